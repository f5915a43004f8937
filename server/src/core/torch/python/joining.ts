// Several tensors to one: cat, stack and what is made of them.
import * as l10n from '@vscode/l10n';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { broadcast } from '../../ops/rules/shape.ts';
import { PyList, PyTuple, type Value } from '../../python/objects.ts';
import { type Call, type Registry, sizesText } from './call.ts';
import { resultType } from './dtype.ts';
import { isConstant, operandOf } from './pointwise.ts';
import type { PyTensor } from './tensor.ts';
import { compute, rowMajor, sizeOf } from './values.ts';
import { expanded, reshaped, shapeOf, unsqueezed } from './views.ts';

export function concatenated(call: Call, given: readonly PyTensor[], axisGiven: number): PyTensor {
  if (given.length === 0)
    return call.wrong('nothing-to-concatenate', l10n.t('The list of tensors to concatenate is empty.'));
  const dtype = resultType(given.map(operandOf));
  // Vectors without elements are left out, as ever.
  const real = given.filter(({ shape }) => !(shape?.length === 1 && shape[0] === 0));
  const tensors = real.length > 0 ? real : given.slice(0, 1);
  const unknown = tensors.find(({ shape }) => !shape);
  if (unknown) return call.world.apply(ops.concat, { axis: axisGiven }, tensors, { dtype });
  const shapes = tensors.map(tensor => shapeOf(call, tensor));
  const rank = shapes[0]!.length;
  if (rank === 0)
    return call.wrong('concat-of-scalars', l10n.t('Tensors without axes cannot be concatenated.'), {
      help: l10n.t('Use stack.'),
    });
  const axis = call.axis(axisGiven, rank);
  for (const [at, shape] of shapes.entries()) {
    const first = shapes[0]!;
    const clash =
      shape.length === rank ? shape.findIndex((length, own) => own !== axis && Math.abs(length - first[own]!) > 0) : -2;
    if (clash === -1) continue;
    call.wrong(
      clash === -2 ? 'concat-rank-mismatch' : 'concat-size-mismatch',
      clash === -2
        ? l10n.t(
            'Tensor {0} ({1}) and tensor {2} ({3}) cannot be concatenated: they have {4} and {5} dimensions.',
            1,
            sizesText(first),
            at + 1,
            sizesText(shape),
            rank,
            shape.length,
          )
        : l10n.t(
            'Tensor {0} ({1}) and tensor {2} ({3}) cannot be concatenated along axis {4}: they differ on axis {5} ({6} and {7}).',
            1,
            sizesText(first),
            at + 1,
            sizesText(shape),
            axis,
            clash,
            first[clash]!,
            shape[clash]!,
          ),
      {
        short: l10n.t('shapes do not match'),
        ...(clash >= 0 && {
          output: first.map((length, own) =>
            own === axis
              ? shapes.reduce((sum, each) => sum + (each[own] ?? Number.NaN), 0)
              : shapes.every(each => each[own] === length)
                ? length
                : Number.NaN,
          ),
        }),
      },
    );
  }
  const lengths = shapes.map(shape => shape[axis]!);
  const shape = shapes[0]!.map((length, own) =>
    own === axis
      ? lengths.reduce((sum, each) => sum + each, 0)
      : (shapes.find(each => !Number.isNaN(each[own]!))?.[own] ?? length),
  );
  const result = tensors.every(isConstant)
    ? call.world.tensor(shape, dtype)
    : call.world.apply(ops.concat, { axis }, tensors, { dtype });
  return compute(
    result,
    tensors,
    (...values) => {
      const out = new Float64Array(sizeOf(shape));
      const inner = rowMajor(shape)[axis]!;
      const block = inner * shape[axis]!;
      let start = 0;
      values.forEach((each, at) => {
        const length = lengths[at]! * inner;
        for (let from = 0, to = start; from < each.length; from += length, to += block) {
          out.set(each.subarray(from, from + length), to);
        }
        start += length;
      });
      return out;
    },
    `concat ${axis}`,
  );
}

export function stacked(call: Call, tensors: readonly PyTensor[], axisGiven: number): PyTensor {
  if (tensors.length === 0) return call.wrong('nothing-to-stack', l10n.t('The list of tensors to stack is empty.'));
  const dtype = resultType(tensors.map(operandOf));
  if (tensors.some(({ shape }) => !shape)) return call.world.apply(ops.stack, { axis: axisGiven }, tensors, { dtype });
  const shapes = tensors.map(tensor => tensor.shape!);
  const [first] = shapes as [Shape];
  const axis = call.axis(axisGiven, first.length + 1);
  if (tensors.every(isConstant) && shapes.every(shape => shape.join() === first.join())) {
    const rows = tensors.map(tensor => unsqueezed(call, tensor, axis));
    return concatenated(call, rows, axis);
  }
  const odd = shapes.findIndex(
    shape => shape.length !== first.length || shape.some((length, at) => Math.abs(length - first[at]!) > 0),
  );
  if (odd >= 0) {
    call.wrong(
      'stack-shape-mismatch',
      l10n.t(
        'Only tensors of the same shape can be stacked, but tensor {0} is {1} and tensor {2} is {3}.',
        1,
        sizesText(first),
        odd + 1,
        sizesText(shapes[odd]!),
      ),
      { short: l10n.t('shapes do not match') },
    );
  }
  if (first.includes(0)) {
    const to = [...first.slice(0, axis), tensors.length, ...first.slice(axis)];
    return call.world.apply(ops.rearrange, { how: 'concat', shape: to }, tensors, { dtype });
  }
  return call.world.apply(ops.stack, { axis }, tensors, { dtype });
}

function atLeast(call: Call, x: PyTensor, rank: number): PyTensor {
  let result = x;
  while (shapeOf(call, result).length < rank) {
    const own = result.shape!.length;
    // numpy puts them in front, but the third at the end.
    result = unsqueezed(call, result, own === 2 ? 2 : 0);
  }
  return result;
}

export function defineJoining(registry: Registry): void {
  registry.fn('cat concat concatenate', 'tensors, dim?', call =>
    concatenated(call, call.tensors('tensors'), call.knownInt('dim', 0)),
  );
  registry.fn('stack', 'tensors, dim?', call => stacked(call, call.tensors('tensors'), call.knownInt('dim', 0)));
  registry.fn('hstack', 'tensors', call => {
    const tensors = call.tensors('tensors').map(tensor => atLeast(call, tensor, 1));
    return concatenated(call, tensors, (tensors[0]?.shape?.length ?? 1) === 1 ? 0 : 1);
  });
  registry.fn('vstack row_stack', 'tensors', call =>
    concatenated(
      call,
      call.tensors('tensors').map(tensor => atLeast(call, tensor, 2)),
      0,
    ),
  );
  registry.fn('dstack', 'tensors', call =>
    concatenated(
      call,
      call.tensors('tensors').map(tensor => atLeast(call, tensor, 3)),
      2,
    ),
  );
  registry.fn('column_stack', 'tensors', call => {
    const tensors = call.tensors('tensors').map(tensor => {
      const { length } = shapeOf(call, tensor);
      return length < 2 ? reshaped(call, tensor, [tensor.shape?.[0] ?? 1, 1]) : tensor;
    });
    return concatenated(call, tensors, 1);
  });
  for (const [name, rank] of [
    ['atleast_1d', 1],
    ['atleast_2d', 2],
    ['atleast_3d', 3],
  ] as const) {
    registry.fn(name, '*tensors', call => {
      const items = (call.value('tensors') as PyTuple).items.map(item =>
        atLeast(call, call.asTensor(item, 'tensors'), rank),
      );
      return items.length === 1 ? items[0]! : new PyTuple(items);
    });
  }
  registry.fn('block_diag', '*tensors', call => {
    const tensors = (call.value('tensors') as PyTuple).items.map(item =>
      atLeast(call, call.asTensor(item, 'tensors'), 2),
    );
    const shape = [0, 1].map(axis => tensors.reduce((sum, tensor) => sum + tensor.shape![axis]!, 0));
    return call.world.apply(ops.rearrange, { how: 'diagonal', shape }, tensors);
  });
  registry.fn('broadcast_tensors', '*tensors', call => {
    const given = (call.value('tensors') as PyTuple).items;
    const items =
      given.length === 1 && (given[0] instanceof PyTuple || given[0] instanceof PyList) ? given[0].items : given;
    const tensors = items.map(item => call.asTensor(item, 'tensors'));
    const shape = broadcast(tensors.map(tensor => shapeOf(call, tensor)));
    if (!shape)
      return call.wrong(
        'broadcast-mismatch',
        l10n.t(
          'These shapes cannot be broadcast together: {0}.',
          tensors.map(({ shape: own }) => sizesText(own!)).join(', '),
        ),
      );
    return new PyTuple(tensors.map(tensor => expanded(call, tensor, shape)));
  });
  registry.fn('cartesian_prod', '*tensors', call => {
    const tensors = (call.value('tensors') as PyTuple).items.map(item => call.asTensor(item, 'tensors'));
    const count = tensors.reduce((product, tensor) => product * (shapeOf(call, tensor)[0] ?? 1), 1);
    const shape = tensors.length === 1 ? [count] : [count, tensors.length];
    return call.world.apply(ops.rearrange, { how: 'repeat', shape }, tensors);
  });
  registry.fn('combinations', 'input, r?, with_replacement?', call => {
    const [n, r] = [shapeOf(call, call.tensor())[0]!, call.knownInt('r', 2)];
    call.machine.charge(r);
    let count = 1;
    const top = call.bool('with_replacement') ? n + r - 1 : n;
    for (let at = 0; at < r; at++) count = (count * (top - at)) / (at + 1);
    return call.world.apply(ops.rearrange, { how: 'repeat', shape: [count, r] }, [call.tensor()]);
  });
  registry.fn('broadcast_shapes', '*shapes', (call): Value => {
    const shapes = (call.value('shapes') as PyTuple).items.map(item => call.intsOf(item, 'shapes'));
    const shape = broadcast(shapes);
    if (!shape)
      throw call.machine.raise('RuntimeError', 'Shape mismatch: objects cannot be broadcast to a single shape');
    return new PyTuple([...shape]);
  });
}
