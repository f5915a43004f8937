// Matrices of weights: F.linear, F.bilinear and embeddings.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { op, type Shape } from '../../../../ops/op.ts';
import { size } from '../../../../ops/rules/shape.ts';
import type { Value } from '../../../../python/objects.ts';
import { PyTensor } from '../../tensor.ts';
import { valuesOf } from '../../values.ts';
import { apply, type Caller, declared, mismatch, refuse, shown, unknownResult, weightedOne } from '../apply.ts';
import { flag } from '../natives.ts';
import type { NN } from '../state.ts';

export function linear(
  nn: NN,
  caller: Caller,
  input: PyTensor,
  weight: PyTensor,
  bias: PyTensor | undefined,
): PyTensor {
  const parameters = bias ? [weight, bias] : [weight];
  const { shape } = weight;
  if (!shape) {
    const reason = weight.why ?? { message: l10n.t('The weights of {0} are not known.', caller.name) };
    return unknownResult(nn, reason, [input], input.shape && [...input.shape.slice(0, -1), Number.NaN]);
  }
  // F.linear with a vector of weights: a product, and no matrix.
  if (shape.length === 1) {
    const column = apply(nn, caller, ops.reshape, { shape: [1, shape[0]!] }, [weight]);
    const y = linear(nn, caller, input, column, undefined);
    return y.shape ? apply(nn, caller, ops.reshape, { shape: y.shape.slice(0, -1) }, [y]) : y;
  }
  const [out, features] = shape as [number, number];
  const length = bias?.shape?.length === 1 ? bias.shape[0]! : Number.NaN;
  if (Math.abs(length - out) > 0 && length !== 1)
    throw nn.machine.raise(
      'RuntimeError',
      `The size of the bias (${length}) must match the size of the output (${out})`,
    );
  const isVector = input.shape?.length === 1;
  const row = isVector ? apply(nn, caller, ops.unsqueeze, { axis: 0 }, [input]) : input;
  const x = declared(nn, row, -1, features, found => mismatch(caller, 'in_features', features, found, input));
  const y = weightedOne(nn, caller, ops.linear, { out, bias: bias !== undefined }, [x], parameters);
  return isVector ? apply(nn, caller, ops.squeeze, { axis: 0 }, [y]) : y;
}

interface Bilinear {
  readonly out: number;
  readonly bias: boolean;
}

/** xᵀ·W·y for each output feature (torch.nn.Bilinear). */
const bilinearOp = op<Bilinear>({
  name: 'bilinear',
  kind: 'compute',
  summary: () => l10n.t('Every output feature is a weighted sum of all products of two inputs’ features.'),
  attrs: {
    out: { kind: 'int', min: 1, doc: () => l10n.t('Output features.') },
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each output feature.') },
  },
  arity: 2,
  shape: ({ out }, [x]) => [...x!.slice(0, -1), out],
  counts: ({ out, bias }, [a, b], [y]) => ({
    macs: size(y!) * a!.at(-1)! * b!.at(-1)!,
    adds: bias ? size(y!) : 0,
    weights: out * a!.at(-1)! * b!.at(-1)!,
    biases: bias ? out : 0,
  }),
  examples: [],
});

export function bilinear(
  nn: NN,
  caller: Caller,
  inputs: readonly [PyTensor, PyTensor],
  weight: PyTensor,
  bias: PyTensor | undefined,
): PyTensor {
  const [out = Number.NaN] = weight.shape ?? [];
  const attrs = { out, bias: bias !== undefined };
  return weightedOne(nn, caller, bilinearOp, attrs, inputs, bias ? [weight, bias] : [weight]);
}

/** More indices than this are not looked at one by one. */
const mostChecked = 5000;

export function embed(nn: NN, caller: Caller, indices: PyTensor, weight: PyTensor): PyTensor {
  const { shape } = weight;
  if (shape?.length !== 2) {
    const reason = weight.why ?? { message: l10n.t('The weights of {0} are not known.', caller.name) };
    return unknownResult(nn, reason, [indices]);
  }
  const [count, dim] = shape as [number, number];
  if (indices.hasType && (indices.dtype === 'bool' || /int(8|16)$/.test(indices.dtype))) {
    throw nn.machine.raise(
      'RuntimeError',
      `${caller.name}: expected indices of int64 or int32, but got ${indices.dtype}`,
    );
  }
  if (indices.hasType && /float/.test(indices.dtype)) {
    return refuse(
      nn,
      {
        code: 'indices-not-integers',
        input: 0,
        message: l10n.t(
          '{0} looks up whole numbers, but its input ({1}) has floats.',
          caller.name,
          shown(indices.shape),
        ),
        help: l10n.t('Give it indices of type torch.long.'),
        short: l10n.t('indices must be integers'),
        ...(indices.shape ? { output: [...indices.shape, dim] } : {}),
      },
      [indices],
    );
  }
  // Positions are often computed, and more of them than there are rows.
  const known = indices.shape && size(indices.shape) <= mostChecked ? valuesOf(indices) : undefined;
  if (known?.some(index => index < 0 || index >= count))
    throw nn.machine.raise('IndexError', 'index out of range in self');
  return weightedOne(nn, caller, ops.embedding, { count, dim }, [indices], [weight], { dtype: weight.dtype });
}

interface Bags {
  readonly shape: Shape;
  readonly count: number;
}

const bagsOp = op<Bags>({
  name: 'embeddingBag',
  kind: 'data',
  summary: () => l10n.t('Looks up learned vectors and reduces each bag of them to one.'),
  attrs: {
    shape: { kind: 'shape', doc: () => l10n.t('The shape of its output.') },
    count: { kind: 'int', min: 1, doc: () => l10n.t('Number of vectors: the size of the vocabulary.') },
  },
  arity: { min: 1 },
  shape: ({ shape }) => shape,
  counts: ({ shape, count }, [x]) => ({ adds: size(x!) * shape.at(-1)!, weights: count * shape.at(-1)! }),
  examples: [],
});

/** F.embedding_bag: bags as rows, or cut by offsets. */
export function embedBags(
  nn: NN,
  caller: Caller,
  indices: PyTensor,
  weight: PyTensor,
  offsets: Value,
  includesLast: Value,
): PyTensor {
  const [count = Number.NaN, dim = Number.NaN] = weight.shape ?? [];
  const rows = indices.shape?.length === 2 ? indices.shape[0]! : offsetCount(offsets, flag(includesLast));
  return weightedOne(nn, caller, bagsOp, { shape: [rows, dim], count }, [indices], [weight], { dtype: weight.dtype });
}

function offsetCount(offsets: Value, includesLast: boolean): number {
  const count = offsets instanceof PyTensor ? (offsets.shape?.[0] ?? Number.NaN) : Number.NaN;
  return includesLast ? count - 1 : count;
}
