// Products of matrices and what is computed by them: matmul and its kin, einsum, tensordot. They count multiply-accumulates.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { broadcast } from '../../ops/rules/shape.ts';
import { notImplemented, PyList, PyTuple, type Value } from '../../python/objects.ts';
import { type Call, type Registry, sizesText } from './call.ts';
import { fractionType, isComplex, isWhole, promote, realType } from './dtype.ts';
import { add, checked, mul } from './pointwise.ts';
import { normOf, reduced } from './reductions.ts';
import { named } from './results.ts';
import { type DType, PyTensor } from './tensor.ts';
import { broadcastRead, compute, sizeOf, stridesOf } from './values.ts';
import { needDimensions, permuted, reshaped, shapeOf, squeezed, unsqueezed, viewed, viewStrides } from './views.ts';

/** Products whose values are computed. */
const mostProducts = 1 << 18;

export function product(call: Call, a: PyTensor, b: PyTensor): PyTensor {
  const dtype = promote(a.dtype, b.dtype);
  if (!a.shape || !b.shape) return call.world.apply(ops.matmul, {}, [a, b], { dtype });
  const [m, n] = [a.shape, b.shape];
  if (m.length === 0 || n.length === 0) {
    return call.wrong(
      'matmul-rank',
      l10n.t(
        'Both factors of a matrix product must have an axis, but they are {0} and {1}.',
        sizesText(m),
        sizesText(n),
      ),
      {
        help: l10n.t('Use * for a product with a number.'),
        short: l10n.t('factor is a scalar'),
      },
    );
  }
  const inner = n.length === 1 ? n[0]! : n.at(-2)!;
  if (Math.abs(m.at(-1)! - inner) > 0) {
    const batch = broadcast([m.slice(0, -2), n.slice(0, -2)]);
    const output = batch && [...batch, ...(m.length > 1 ? [m.at(-2)!] : []), ...(n.length > 1 ? [n.at(-1)!] : [])];
    call.wrong(
      'matmul-size-mismatch',
      l10n.t(
        'A tensor of {0} cannot be multiplied by one of {1}: {2} and {3} must be equal.',
        sizesText(m),
        sizesText(n),
        m.at(-1)!,
        inner,
      ),
      {
        help: l10n.t('Permute or transpose one of them.'),
        short: l10n.t('matrix sizes do not match'),
        ...(output && { output }),
      },
    );
  }
  if (!broadcast([m.slice(0, -2), n.slice(0, -2)])) {
    call.wrong(
      'batch-axes-mismatch',
      l10n.t(
        'The leading axes of {0} and {1} do not match: {2} and {3} must be equal or 1.',
        sizesText(m),
        sizesText(n),
        sizesText(m.slice(0, -2)),
        sizesText(n.slice(0, -2)),
      ),
      { short: l10n.t('leading axes do not match') },
    );
  }
  const left = m.length === 1 ? unsqueezed(call, a, 0) : a;
  const right = n.length === 1 ? unsqueezed(call, b, 1) : b;
  let result = call.world.apply(ops.matmul, {}, [left, right], { dtype });
  result.strides = 'contiguous';
  if (result.node) call.world.lifetimes?.copiesInputs(result.node, copied(left, right));
  multiplied(result, left, right);
  if (n.length === 1) result = squeezedAt(call, result, result.shape!.length - 1);
  if (m.length === 1) result = squeezedAt(call, result, result.shape!.length - (n.length === 1 ? 1 : 2));
  return result;
}

/**
 * Which factors are copied first: all axes in front of the last two become one, and where memory has another order, that
 * takes a copy.
 */
function copied(left: PyTensor, right: PyTensor): readonly number[] {
  const [a, b] = [left.shape!, right.shape!];
  if (a.length < 3 && b.length < 3) return [];
  const isFolded = a.length > 2 && b.length === 2;
  const lead = broadcast([a.slice(0, -2), b.slice(0, -2)]) ?? [];
  return [left, right].flatMap((factor, at) => {
    const shape = factor.shape!;
    const own = stridesOf(factor);
    if (!own || (isFolded && at === 1)) return [];
    const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
    if (isFolded) return viewStrides(shape, own, [sizeOf(shape.slice(0, -1)), columns]) ? [] : [at];
    const added = lead.length + 2 - shape.length;
    // An axis that is repeated has all its elements in one place.
    const strides = [...lead, rows, columns].map((length, axis) =>
      axis < added || (shape[axis - added] === 1 && length !== 1) ? 0 : own[axis - added]!,
    );
    return viewStrides([...lead, rows, columns], strides, [sizeOf(lead), rows, columns]) ? [] : [at];
  });
}

/** Values of small tables are known, too: they may decide something. */
function multiplied(result: PyTensor, left: PyTensor, right: PyTensor): void {
  const [a, b, to] = [left.shape!, right.shape!, result.shape!];
  const [rows, inner, columns] = [a.at(-2)!, a.at(-1)!, b.at(-1)!];
  if (!(sizeOf(to) * inner <= mostProducts)) return;
  const batch = to.slice(0, -2);
  compute(result, [left, right], (x, y) => {
    const p = broadcastRead(x!, a, [...batch, rows, inner]);
    const q = broadcastRead(y!, b, [...batch, inner, columns]);
    const out = new Float64Array(sizeOf(to));
    for (let at = 0; at < out.length; at++) {
      const column = at % columns;
      const line = Math.floor(at / columns);
      const start = Math.floor(line / rows) * inner * columns + column;
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += p[line * inner + k]! * q[start + k * columns]!;
      out[at] = sum;
    }
    return out;
  });
}

function squeezedAt(call: Call, x: PyTensor, axis: number): PyTensor {
  return x.shape![axis] === 1 ? squeezed(call, x, [axis]) : x;
}

/** Refuses tensors of another rank. */
function needRank(call: Call, tensor: PyTensor, rank: number): PyTensor {
  if (tensor.shape && tensor.shape.length !== rank) {
    call.wrong(
      'matmul-rank',
      l10n.t('{0} takes tensors of {1} dimensions, but one is {2}.', call.name, rank, sizesText(tensor.shape)),
      { help: l10n.t('Use matmul for other ranks.'), short: l10n.t('wrong number of dimensions') },
    );
  }
  return tensor;
}

function sameBatch(call: Call, a: PyTensor, b: PyTensor): void {
  if (a.shape && b.shape && Math.abs(a.shape[0]! - b.shape[0]!) > 0) {
    call.wrong(
      'batch-axes-mismatch',
      l10n.t(
        '{0} takes the same batch on both sides, but they are {1} and {2}.',
        call.name,
        sizesText(a.shape),
        sizesText(b.shape),
      ),
      {
        short: l10n.t('batches do not match'),
      },
    );
  }
}

function scaled(call: Call, x: PyTensor, name: string): PyTensor {
  const value = call.value(name);
  return value === undefined || value === 1 ? x : mul(call.world, x, call.asTensor(value, name));
}

export function defineProducts(registry: Registry): void {
  frames(registry);
  registry.define('matmul', 'input, other', call => product(call, call.tensor(), call.tensor('other')));
  registry.method('__matmul__', 'input, other', call => {
    const other = call.value('other');
    if (!(other instanceof PyTensor)) return notImplemented;
    return product(call, call.tensor(), other);
  });
  registry.method('__rmatmul__', 'input, other', call => product(call, call.tensor('other'), call.tensor()));
  registry.define('mm', 'input, mat2', call =>
    product(call, needRank(call, call.tensor(), 2), needRank(call, call.tensor('mat2'), 2)),
  );
  registry.define('bmm', 'input, mat2', call => {
    const [a, b] = [needRank(call, call.tensor(), 3), needRank(call, call.tensor('mat2'), 3)];
    sameBatch(call, a, b);
    return product(call, a, b);
  });
  registry.define('mv', 'input, vec', call =>
    product(call, needRank(call, call.tensor(), 2), needRank(call, call.tensor('vec'), 1)),
  );
  registry.define('dot vdot', 'input, tensor', call =>
    product(call, needRank(call, call.tensor(), 1), needRank(call, call.tensor('tensor'), 1)),
  );
  registry.define('inner', 'input, other', call => {
    const [a, b] = [call.tensor(), call.tensor('other')];
    const { length } = shapeOf(call, b);
    if (length === 0 || shapeOf(call, a).length === 0) return mul(call.world, a, b);
    return contracted(call, a, b, [a.shape!.length - 1], [length - 1]);
  });
  registry.define('outer ger', 'input, vec2', call => {
    const [a, b] = [needRank(call, call.tensor(), 1), needRank(call, call.tensor('vec2'), 1)];
    return mul(call.world, unsqueezed(call, a, 1), unsqueezed(call, b, 0));
  });
  for (const [name, first, second, rank] of [
    ['addmm', 'mat1', 'mat2', 2],
    ['baddbmm', 'batch1', 'batch2', 3],
  ] as const) {
    registry.define(
      name,
      `input, ${first}, ${second}, *, beta?, alpha?`,
      call => {
        const [a, b] = [needRank(call, call.tensor(first), rank), needRank(call, call.tensor(second), rank)];
        if (rank === 3) sameBatch(call, a, b);
        const sum = scaled(call, product(call, a, b), 'alpha');
        return checked(add)(call.world, sum, scaled(call, call.tensor(), 'beta'));
      },
      { inPlace: true },
    );
  }
  registry.define('addmv', 'input, mat, vec, *, beta?, alpha?', call =>
    checked(add)(
      call.world,
      scaled(call, product(call, call.tensor('mat'), call.tensor('vec')), 'alpha'),
      scaled(call, call.tensor(), 'beta'),
    ),
  );
  registry.define('addbmm', 'input, batch1, batch2, *, beta?, alpha?', call => {
    const sum = product(call, call.tensor('batch1'), call.tensor('batch2'));
    const total = reduced(call, 'sum', sum, [0], false, sum.dtype, undefined);
    return checked(add)(call.world, total, call.tensor());
  });
  registry.define('addr', 'input, vec1, vec2, *, beta?, alpha?', call => {
    const outer = mul(call.world, unsqueezed(call, call.tensor('vec1'), 1), unsqueezed(call, call.tensor('vec2'), 0));
    return checked(add)(call.world, outer, call.tensor());
  });
  registry.fn('tensordot', 'input, b, dims?', call => {
    const [a, b] = [call.tensor(), call.tensor('b')];
    const [m, n] = [shapeOf(call, a), shapeOf(call, b)];
    const dims = call.value('dims') ?? 2;
    if (dims instanceof PyList || dims instanceof PyTuple) {
      const [left, right] = dims.items;
      return contracted(
        call,
        a,
        b,
        call.intsOf(left!, 'dims').map(axis => call.axis(axis, m.length)),
        call.intsOf(right!, 'dims').map(axis => call.axis(axis, n.length)),
      );
    }
    const count = call.knownInt('dims', 2);
    const axes = Array.from({ length: count }, (_, at) => at);
    return contracted(
      call,
      a,
      b,
      axes.map(at => m.length - count + at),
      axes,
    );
  });
  registry.fn('einsum', 'equation, *operands', einsum);
  registry.fn('kron', 'input, other', call => {
    const [a, b] = [shapeOf(call, call.tensor()), shapeOf(call, call.tensor('other'))];
    const rank = Math.max(a.length, b.length);
    const shape = Array.from(
      { length: rank },
      (_, at) => (a[at - rank + a.length] ?? 1) * (b[at - rank + b.length] ?? 1),
    );
    return call.world.apply(ops.rearrange, { how: 'repeat', shape }, [call.tensor(), call.tensor('other')]);
  });
  registry.fn('cdist', 'x1, x2, p?, compute_mode?', call => {
    const [a, b] = [call.tensor('x1'), call.tensor('x2')];
    needDimensions(call, a, 2);
    needDimensions(call, b, 2);
    const [m, n] = [shapeOf(call, a), shapeOf(call, b)];
    const batch = broadcast([m.slice(0, -2), n.slice(0, -2)]);
    const known = [a, b].filter(({ hasType }) => hasType);
    const refused = known.find(({ dtype }) => isWhole(dtype));
    if (refused)
      throw call.machine.raise('RuntimeError', `cdist only supports floating-point dtypes, got: ${refused.dtype}`);
    if (!batch || Math.abs(m.at(-1)! - n.at(-1)!) > 0) {
      return call.wrong(
        'cdist-mismatch',
        l10n.t(
          'Distances between {0} and {1} are not defined: their last axes must agree.',
          sizesText(m),
          sizesText(n),
        ),
        {
          short: l10n.t('shapes do not match'),
        },
      );
    }
    return call.world.apply(ops.rearrange, { how: 'order', shape: [...batch, m.at(-2)!, n.at(-2)!] }, [a, b]);
  });
  registry.define('matrix_power', 'input, n', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    const n = call.int('n');
    if (shape.length < 2 || Math.abs(shape.at(-1)! - shape.at(-2)!) > 0)
      throw call.machine.raise('RuntimeError', 'linalg.matrix_power: A must be batches of square matrices');
    // By squares: what PyTorch multiplies depends on the number.
    if (!Number.isInteger(n) || n < 0 || n > 3)
      return call.lost({ message: l10n.t('Flopline does not know {0}.', 'torch.matrix_power') });
    if (n === 0) return call.world.tensor(shape, x.dtype);
    let power = x;
    for (let at = 1; at < n; at++) power = product(call, at === 1 ? x : power, x);
    return power;
  });
  registry.define('cross', 'input, other, dim?', call => {
    const shape = broadcast([shapeOf(call, call.tensor()), shapeOf(call, call.tensor('other'))]);
    if (!shape) return checked(mul)(call.world, call.tensor(), call.tensor('other'));
    return call.world.apply(ops.combine, { how: 'lerp' }, [call.tensor(), call.tensor('other')]);
  });
  registry.define('trace', 'input', call => {
    const x = needRank(call, call.tensor(), 2);
    return reduced(call, 'sum', x, undefined, false, x.dtype, undefined);
  });
  registry.define('pairwise_distance', 'input, other, p?, eps?, keepdim?', call => {
    const difference = checked(add)(call.world, call.tensor(), call.tensor('other'));
    return reduced(
      call,
      'norm',
      difference,
      [shapeOf(call, difference).length - 1],
      call.bool('keepdim'),
      difference.dtype,
      undefined,
    );
  });
  registry.fn('chain_matmul', '*matrices', call =>
    chain(
      call,
      (call.value('matrices') as PyTuple).items.map(item => call.asTensor(item, 'matrices')),
    ),
  );
}

/** Sums over pairs of axes, as torch.tensordot does it: by one matrix product. */
function contracted(call: Call, a: PyTensor, b: PyTensor, left: readonly number[], right: readonly number[]): PyTensor {
  const [m, n] = [shapeOf(call, a), shapeOf(call, b)];
  left.forEach((axis, at) => {
    const [x, y] = [m[axis]!, n[right[at]!]!];
    if (Math.abs(x - y) > 0) {
      call.wrong(
        'contracted-size-mismatch',
        l10n.t(
          'Axis {0} of {1} and axis {2} of {3} must have the same size.',
          axis,
          sizesText(m),
          right[at]!,
          sizesText(n),
        ),
        {
          short: l10n.t('sizes do not match'),
        },
      );
    }
  });
  const rows = m.flatMap((_, axis) => (left.includes(axis) ? [] : [axis]));
  const columns = n.flatMap((_, axis) => (right.includes(axis) ? [] : [axis]));
  const lengths = (shape: Shape, axes: readonly number[]): number[] => axes.map(axis => shape[axis]!);
  const x = reshaped(call, permuted(call, a, [...rows, ...left]), [sizeOf(lengths(m, rows)), sizeOf(lengths(m, left))]);
  const y = reshaped(call, permuted(call, b, [...right, ...columns]), [
    sizeOf(lengths(n, right)),
    sizeOf(lengths(n, columns)),
  ]);
  return reshaped(call, product(call, x, y), [...lengths(m, rows), ...lengths(n, columns)]);
}

interface Term {
  readonly tensor: PyTensor;
  readonly labels: readonly number[];
}

/** From left to right, two by two, as PyTorch does it without a path; an axis that is in one alone is summed before. */
/** Equations of more operands than this are not worked out. */
const mostOperands = 64;

function einsum(call: Call): Value {
  const equation = call.string('equation').replaceAll(' ', '');
  const given = (call.value('operands') as PyTuple).items;
  const items =
    given.length === 1 && (given[0] instanceof PyList || given[0] instanceof PyTuple) ? given[0].items : given;
  if (items.length > mostOperands) return call.unsupported(l10n.t('einsum with so many operands'));
  const tensors = items.map(item => call.asTensor(item, 'operands'));
  const [inputs, output] = equation.split('->') as [string, string | undefined];
  const texts = inputs.split(',');
  if (texts.length !== tensors.length) {
    return call.wrong(
      'einsum-operands',
      l10n.t('The equation “{0}” has {1} operands, but {2} are given.', equation, texts.length, tensors.length),
      {
        short: l10n.t('wrong number of operands'),
      },
    );
  }
  const numbers = new Map<string, number>();
  const numberOf = (letter: string): number => {
    let number = numbers.get(letter);
    if (number === undefined) {
      number = letter.charCodeAt(0);
      numbers.set(letter, number);
    }
    return number;
  };
  // Axes of an ellipsis count from its end.
  let dots = 0;
  const terms: Term[] = texts.map((text, at) => {
    const tensor = tensors[at]!;
    const shape = shapeOf(call, tensor);
    const letters = text.replace('...', '');
    const rest = shape.length - letters.length;
    if (text.includes('...') ? rest < 0 : rest !== 0) {
      return call.wrong(
        'einsum-rank',
        l10n.t(
          '“{0}” in the equation “{1}” describes a tensor of {2}, which has {3} dimensions.',
          text,
          equation,
          sizesText(shape),
          shape.length,
        ),
        { short: l10n.t('equation does not match input') },
      );
    }
    const labels: number[] = [];
    for (const part of text.split(/(\.\.\.)/)) {
      if (part === '...') for (let k = rest; k > 0; k--) labels.push(-k);
      else labels.push(...[...part].map(numberOf));
    }
    if (text.includes('...')) dots = Math.max(dots, rest);
    return diagonals(call, { tensor, labels });
  });
  const ellipsis = Array.from({ length: dots }, (_, at) => at - dots);
  const counts = new Map<string, number>();
  for (const letter of inputs.replace(/[.,]/g, '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const implicit = (): number[] => [
    ...ellipsis,
    ...[...counts]
      .filter(([, count]) => count === 1)
      .map(([letter]) => letter)
      .sort()
      .map(numberOf),
  ];
  const out =
    output === undefined
      ? implicit()
      : output.split(/(\.\.\.)/).flatMap(part => (part === '...' ? ellipsis : [...part].map(numberOf)));
  // What the equation demands of the same letter.
  const sizes = new Map<number, number>();
  for (const { tensor, labels } of terms) {
    labels.forEach((label, at) => {
      const length = tensor.shape![at]!;
      const other = sizes.get(label);
      if (other !== undefined && other !== 1 && length !== 1 && Math.abs(other - length) > 0) {
        call.wrong(
          'einsum-size-mismatch',
          l10n.t(
            '“{0}” in the equation “{1}” has the sizes {2} and {3}: the operands are {4}.',
            label > 0 ? String.fromCharCode(label) : '...',
            equation,
            other,
            length,
            tensors.map(each => sizesText(each.shape!)).join(', '),
          ),
          {
            short: l10n.t('sizes do not match'),
            output: out.map(each => (each === label ? Number.NaN : (sizeIn(terms, each) ?? Number.NaN))),
          },
        );
      }
      if (other === undefined || other === 1) sizes.set(label, length);
    });
  }
  const missing = out.find(label => !sizes.has(label));
  if (missing !== undefined) {
    return call.wrong(
      'einsum-output-axis',
      l10n.t(
        '“{0}” of the output is in no operand of the equation “{1}”.',
        missing > 0 ? String.fromCharCode(missing) : '...',
        equation,
      ),
    );
  }
  let total = terms[0]!;
  for (let at = 1; at < terms.length; at++) {
    const later = new Set([...out, ...terms.slice(at + 1).flatMap(({ labels }) => labels)]);
    total = paired(call, total, terms[at]!, later, at === terms.length - 1 ? out : undefined);
  }
  return ordered(call, summed(call, total, new Set(out)), out);
}

function sizeIn(terms: readonly Term[], label: number): number | undefined {
  for (const { tensor, labels } of terms) {
    const at = labels.indexOf(label);
    if (at >= 0) return tensor.shape![at]!;
  }
  return undefined;
}

/** “ii” is the diagonal. */
function diagonals(call: Call, term: Term): Term {
  const unique = [...new Set(term.labels)];
  if (unique.length === term.labels.length) return term;
  const shape = unique.map(label => term.tensor.shape![term.labels.indexOf(label)]!);
  return {
    tensor: viewed(call.world, ops.view, { how: 'diagonal', shape }, term.tensor, shape, undefined),
    labels: unique,
  };
}

/** Sums over the axes that nobody needs any more. */
function summed(call: Call, { tensor, labels }: Term, wanted: ReadonlySet<number>): Term {
  const gone = labels.flatMap((label, at) => (wanted.has(label) ? [] : [at]));
  if (gone.length === 0) return { tensor, labels };
  return {
    tensor: reduced(call, 'sum', tensor, gone, false, tensor.dtype, undefined),
    labels: labels.filter(label => wanted.has(label)),
  };
}

function ordered(call: Call, { tensor, labels }: Term, out: readonly number[]): PyTensor {
  const order = out.map(label => labels.indexOf(label));
  return order.every((axis, at) => axis === at) ? tensor : permuted(call, tensor, order);
}

function paired(call: Call, a: Term, b: Term, later: ReadonlySet<number>, out: readonly number[] | undefined): Term {
  const left = summed(call, a, new Set([...later, ...b.labels]));
  const right = summed(call, b, new Set([...later, ...a.labels]));
  const all = [...new Set([...left.labels, ...right.labels])].filter(label => later.has(label));
  const labels = out?.every(label => all.includes(label)) && out.length === all.length ? out : all;
  const ids = new Map([...new Set([...left.labels, ...right.labels])].map((label, at) => [label, at]));
  const idsOf = (each: readonly number[]): number[] => each.map(label => ids.get(label)!);
  const attrs = { left: idsOf(left.labels), right: idsOf(right.labels), out: idsOf(labels) };
  const tensor = call.world.apply(ops.einsum, attrs, [left.tensor, right.tensor], {
    dtype: promote(left.tensor.dtype, right.tensor.dtype),
  });
  return { tensor, labels };
}

/** Several matrices in the order that takes the fewest operations (torch.linalg.multi_dot). */
function chain(call: Call, matrices: readonly PyTensor[]): PyTensor {
  if (matrices.length < 3) return matrices.length === 1 ? matrices[0]! : product(call, matrices[0]!, matrices[1]!);
  const shapes = matrices.map(matrix => shapeOf(call, matrix));
  const sides = [
    shapes[0]!.length === 1 ? 1 : shapes[0]![0]!,
    ...shapes.map((shape, at) => (shape.length === 1 ? (at === 0 ? shape[0]! : 1) : shape[1]!)),
  ];
  const n = matrices.length;
  const cost: number[][] = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const cut: number[][] = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length;
      cost[i]![j] = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const own = cost[i]![k]! + cost[k + 1]![j]! + sides[i]! * sides[k + 1]! * sides[j + 1]!;
        if (own < cost[i]![j]!) {
          cost[i]![j] = own;
          cut[i]![j] = k;
        }
      }
    }
  }
  const multiply = (i: number, j: number): PyTensor =>
    i === j ? matrices[i]! : product(call, multiply(i, cut[i]![j]!), multiply(cut[i]![j]! + 1, j));
  return multiply(0, n - 1);
}

/** torch.linalg, torch.fft. */
export function defineLinalg(linalg: Registry, fft: Registry): void {
  linalg.fn('matmul', 'input, other', call => product(call, call.tensor(), call.tensor('other')));
  linalg.fn('multi_dot', 'tensors', call => chain(call, call.tensors('tensors')));
  for (const name of ['norm', 'vector_norm', 'matrix_norm']) {
    linalg.fn(name, 'input, ord?, dim?, keepdim?, *, dtype?', call => {
      const x = call.tensor();
      const ord = call.value('ord');
      const axes =
        call.dims('dim', shapeOf(call, x).length) ??
        (name === 'matrix_norm' ? [x.shape!.length - 2, x.shape!.length - 1] : undefined);
      const power =
        ord === undefined || ord === null || ord === 'fro'
          ? 2
          : typeof ord === 'string'
            ? Number.NaN
            : call.number('ord');
      const isVector = name === 'vector_norm' || ord === undefined || ord === null || axes?.length === 1;
      const dtype = call.dtype() ?? fractionType(x.dtype);
      return reduced(
        call,
        'norm',
        x,
        axes,
        call.bool('keepdim'),
        isComplex(dtype) ? 'float32' : dtype,
        isVector && !Number.isNaN(power) ? values => normOf(values, power) : undefined,
      );
    });
  }
  const shaped = (
    names: string,
    parameters: string,
    shape: (call: Call, x: Shape) => Shape | readonly Shape[],
    results: string | readonly string[] = '',
  ): void =>
    linalg.fn(names, parameters, call => {
      const x = call.tensor();
      const own = shapeOf(call, x);
      if (own.length < 2) return needRank(call, x, 2);
      const made = shape(call, own);
      if (typeof results === 'string') return part(call, x, made as Shape, results);
      return named(
        call,
        names,
        results,
        (made as readonly Shape[]).map((each, at) => part(call, x, each, results[at]!)),
      );
    });
  const lead = (x: Shape): Shape => x.slice(0, -2);
  shaped('inv', 'input', (_, x) => x);
  shaped('cholesky', 'input, *, upper?', (_, x) => x);
  shaped('matrix_exp', 'input', (_, x) => x);
  shaped('pinv', 'input', (_, x) => [...lead(x), x.at(-1)!, x.at(-2)!]);
  shaped('det', 'input', (_, x) => lead(x));
  shaped('slogdet', 'input', (_, x) => [lead(x), lead(x)], ['sign', 'logabsdet']);
  shaped('matrix_rank', 'input', (_, x) => lead(x));
  shaped('eigh', 'input, UPLO?', (_, x) => [x.slice(0, -1), x], ['eigenvalues', 'eigenvectors']);
  shaped('svdvals', 'input', (_, x) => [...lead(x), Math.min(x.at(-1)!, x.at(-2)!)], 'S');
  shaped(
    'svd',
    'input, full_matrices?',
    (call, x) => {
      const [m, n] = [x.at(-2)!, x.at(-1)!];
      const k = Math.min(m, n);
      const isFull = call.bool('full_matrices', true);
      return [
        [...lead(x), m, isFull ? m : k],
        [...lead(x), k],
        [...lead(x), isFull ? n : k, n],
      ];
    },
    ['U', 'S', 'Vh'],
  );
  shaped(
    'qr',
    'input, mode?',
    (call, x) => {
      const [m, n] = [x.at(-2)!, x.at(-1)!];
      const k = Math.min(m, n);
      const mode = call.string('mode', 'reduced');
      return mode === 'complete'
        ? [
            [...lead(x), m, m],
            [...lead(x), m, n],
          ]
        : [
            [...lead(x), m, k],
            [...lead(x), k, n],
          ];
    },
    ['Q', 'R'],
  );
  linalg.fn('solve', 'input, other', call =>
    call.world.apply(ops.rearrange, { how: 'order', shape: shapeOf(call, call.tensor('other')) }, [
      call.tensor(),
      call.tensor('other'),
    ]),
  );
  linalg.fn('cross', 'input, other, dim?', call =>
    call.world.apply(ops.combine, { how: 'lerp' }, [call.tensor(), call.tensor('other')]),
  );
  linalg.fn('diagonal', 'input, *, offset?, dim1?, dim2?', call => call.unsupported(l10n.t('this call')));
  spectra(fft);
}

/** A part of a decomposition. Singular values and eigenvalues of Hermitian matrices are real. */
function part(call: Call, x: PyTensor, shape: Shape, name: string): PyTensor {
  const isReal = name === 'S' || name === 'eigenvalues' || name === 'logabsdet';
  return call.world.apply(ops.rearrange, { how: 'order', shape }, [x], { dtype: isReal ? realType(x.dtype) : x.dtype });
}

function spectra(fft: Registry): void {
  const complexOf = (dtype: DType): DType =>
    isComplex(dtype) ? dtype : dtype === 'float64' ? 'complex128' : 'complex64';
  const realOf = (dtype: DType): DType => (dtype === 'complex128' || dtype === 'float64' ? 'float64' : 'float32');
  const transform = (name: string, count: 1 | 2 | 'n', kind: 'complex' | 'real-in' | 'real-out'): void =>
    fft.fn(name, count === 1 ? 'input, n?, dim?, norm?' : 'input, s?, dim?, norm?', call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      const lengths = call.has(count === 1 ? 'n' : 's') ? call.ints(count === 1 ? 'n' : 's') : undefined;
      const rank = shape.length;
      const axes =
        call.dims('dim', rank) ??
        (count === 1
          ? [call.axis(-1, rank)]
          : count === 2
            ? [call.axis(-2, rank), call.axis(-1, rank)]
            : shape.map((_, axis) => axis).slice(lengths ? rank - lengths.length : 0));
      const to = [...shape];
      axes.forEach((axis, at) => {
        const given = lengths?.[at];
        const own = given === undefined || given === -1 ? shape[axis]! : given;
        const isLast = at === axes.length - 1;
        if (!isLast || kind === 'complex') to[axis] = own;
        else if (kind === 'real-in') to[axis] = Math.floor(own / 2) + 1;
        else to[axis] = given === undefined || given === -1 ? 2 * (shape[axis]! - 1) : given;
      });
      return call.world.apply(ops.fft, { shape: to }, [x], {
        dtype: kind === 'real-out' ? realOf(x.dtype) : complexOf(x.dtype),
      });
    });
  for (const [suffix, count] of [
    ['', 1],
    ['2', 2],
    ['n', 'n'],
  ] as const) {
    transform(`fft${suffix}`, count, 'complex');
    transform(`ifft${suffix}`, count, 'complex');
    transform(`rfft${suffix}`, count, 'real-in');
    transform(`irfft${suffix}`, count, 'real-out');
    // The same sizes, of a spectrum and its signal the other way round.
    transform(`ihfft${suffix}`, count, 'real-in');
    transform(`hfft${suffix}`, count, 'real-out');
  }
  for (const name of ['fftshift', 'ifftshift']) {
    fft.fn(name, 'input, dim?', call =>
      call.world.apply(ops.rearrange, { how: 'roll', shape: shapeOf(call, call.tensor()) }, [call.tensor()]),
    );
  }
  for (const [name, real] of [
    ['fftfreq', false],
    ['rfftfreq', true],
  ] as const) {
    fft.fn(name, 'n, d?', call => {
      const n = call.knownInt('n');
      return call.world.tensor([real ? Math.floor(n / 2) + 1 : n], 'float32');
    });
  }
}

/** Spectra of frames that overlap, and back. Windows decide values alone. */
function frames(registry: Registry): void {
  registry.define(
    'stft',
    'input, n_fft, hop_length?, win_length?, window?, center?, pad_mode?, normalized?, onesided?, return_complex?',
    call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      if (shape.length !== 1 && shape.length !== 2) return call.unsupported(l10n.t('this many dimensions'));
      const size = call.knownInt('n_fft');
      const hop = hopOf(call, size);
      const isComplexInput = isComplex(x.dtype);
      const isHalf = call.has('onesided') ? call.bool('onesided') : !isComplexInput;
      if (!call.has('return_complex') && !isComplexInput) {
        throw call.machine.raise('RuntimeError', 'stft requires the return_complex parameter be given for real inputs');
      }
      const length = shape.at(-1)! + (call.bool('center', true) ? 2 * Math.floor(size / 2) : 0);
      if (size < 1 || hop < 1 || size > length) {
        throw call.machine.raise('RuntimeError', `stft: expected 0 < n_fft <= ${length}, but got n_fft=${size}`);
      }
      const count = 1 + Math.floor((length - size) / hop);
      const own = [...shape.slice(0, -1), isHalf ? Math.floor(size / 2) + 1 : size, count];
      const complex = x.dtype === 'float64' || x.dtype === 'complex128' ? 'complex128' : 'complex64';
      if (call.bool('return_complex', isComplexInput)) {
        return call.world.apply(ops.fft, { shape: own }, [x], { dtype: complex });
      }
      return call.world.apply(ops.fft, { shape: [...own, 2] }, [x]);
    },
  );
  registry.define(
    'istft',
    'input, n_fft, hop_length?, win_length?, window?, center?, normalized?, onesided?, length?, return_complex?',
    call => {
      const x = call.tensor();
      const shape = shapeOf(call, x);
      if (!isComplex(x.dtype) || (shape.length !== 2 && shape.length !== 3)) {
        throw call.machine.raise('RuntimeError', 'istft requires a complex-valued input tensor of 2 or 3 dimensions');
      }
      const size = call.knownInt('n_fft');
      const whole = size + hopOf(call, size) * (shape.at(-1)! - 1);
      const length = call.has('length')
        ? call.int('length')
        : whole - (call.bool('center', true) ? 2 * Math.floor(size / 2) : 0);
      const dtype = call.bool('return_complex') ? x.dtype : x.dtype === 'complex128' ? 'float64' : 'float32';
      return call.world.apply(ops.fft, { shape: [...shape.slice(0, -2), length] }, [x], { dtype });
    },
  );
  registry.define('svd', 'input, some?, compute_uv?', call => {
    const x = call.tensor();
    const shape = shapeOf(call, x);
    if (shape.length < 2) return needRank(call, x, 2);
    const lead = shape.slice(0, -2);
    const [m, n] = [shape.at(-2)!, shape.at(-1)!];
    const k = Math.min(m, n);
    const isFull = !call.bool('some', true);
    const made = [
      [...lead, m, isFull ? m : k],
      [...lead, k],
      [...lead, n, isFull ? n : k],
    ];
    const names = ['U', 'S', 'V'];
    return named(
      call,
      'svd',
      names,
      made.map((each, at) => part(call, x, each, names[at]!)),
    );
  });
}

/** By default a quarter of the window. */
function hopOf(call: Call, size: number): number {
  return call.has('hop_length') ? call.knownInt('hop_length') : Math.floor(size / 4);
}
