// Multi-head attention: F.multi_head_attention_forward and nn.MultiheadAttention, F.scaled_dot_product_attention.
import * as l10n from '@vscode/l10n';
import { type Attention, attentionBackward } from '../../../../ops/attention.ts';
import * as ops from '../../../../ops/index.ts';
import type { Op, Shape } from '../../../../ops/op.ts';
import type { Value } from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, type Caller, declared, mismatch, refuse, shown, weighted, weightedOne } from '../apply.ts';
import { tupleOf } from '../natives.ts';
import type { NN } from '../state.ts';

interface Attending extends Attention {
  /** Positions that are added to keys and values: a learned one, one of zeros. */
  readonly extra: number;
  /** Whether the weights are returned as well, and of each head. */
  readonly weights: 'none' | 'average' | 'heads';
}

const { shape: attentionShape, ...base } = ops.attention;

/** The operator of one node, with what PyTorch's module has beside it. */
const attending: Op<Attending> = {
  ...base,
  attrs: {
    ...ops.attention.attrs,
    extra: { kind: 'int', default: 0, doc: () => l10n.t('Positions added to keys and values.') },
    weights: {
      kind: 'choice',
      values: ['none', 'average', 'heads'],
      default: 'none',
      doc: () => l10n.t('Whether the attention weights are returned.'),
    },
  },
  shapes: (attrs, inputs) => {
    const y = attentionShape!(attrs, inputs);
    const [n, l] = y as [number, number];
    const s = (inputs[1] ?? inputs[0])![1]! + attrs.extra;
    if (attrs.weights === 'none') return [y];
    return [y, attrs.weights === 'average' ? [n, l, s] : [n, attrs.heads, l, s]];
  },
  counts: (attrs, inputs, outputs) => {
    if (attrs.extra === 0) return ops.attention.counts!(attrs, inputs, outputs);
    const [q, k = q, v = k] = inputs as [Shape, Shape, Shape];
    const longer = (shape: Shape): Shape => [shape[0]!, shape[1]! + attrs.extra, shape[2]!];
    const all = ops.attention.counts!(attrs, [q, longer(k!), longer(v!)], outputs);
    // What is added is not projected.
    const c = attrs.embed ?? q[2]!;
    return { ...all, macs: (all.macs ?? 0) - attrs.extra * q[0]! * c * (k![2]! + v![2]!) };
  },
  backward: (attrs, inputs, _, wanted) => attentionBackward(attrs, inputs, wanted, attrs.extra),
  examples: [],
};

export interface MultiHead {
  readonly heads: number;
  readonly embed: number;
  readonly kdim: number;
  readonly vdim: number;
  /** All of the four projections. */
  readonly parameters: readonly PyTensor[];
  readonly hasBias: boolean;
  /** bias_k and bias_v. */
  readonly appended: readonly PyTensor[];
  readonly zero: boolean;
  readonly batchFirst: boolean;
  readonly weights: 'none' | 'average' | 'heads';
}

/** nn.MultiheadAttention: the output, and the weights or None. */
export function multiHead(
  nn: NN,
  caller: Caller,
  inputs: readonly [PyTensor, PyTensor, PyTensor],
  call: MultiHead,
): Value {
  const { heads, embed, kdim, vdim, hasBias, zero, weights } = call;
  const isVector = inputs[0].shape?.length === 2;
  const swap = !call.batchFirst && !isVector;
  const distinct = inputs[0] === inputs[1] && inputs[1] === inputs[2] ? [inputs[0]] : inputs;
  const ready = new Map<PyTensor, PyTensor>();
  for (const x of distinct) if (!ready.has(x)) ready.set(x, prepared(x));
  const list = distinct.map((x, at) => {
    const wanted = [embed, kdim, vdim][at]!;
    const complaint = (found: number) => mismatch(caller, 'embed_dim', wanted, found, x);
    return declared(nn, ready.get(x)!, -1, wanted, complaint);
  });
  const extra = (call.appended.length > 0 ? 1 : 0) + (zero ? 1 : 0);
  const attrs: Attending = { heads, bias: hasBias, kdim, vdim, embed, extra, weights };
  const wrong = list.find(x => x.shape && x.shape.length !== 3);
  if (wrong) {
    const y = refuse(
      nn,
      {
        code: 'attention-rank',
        input: 0,
        message: l10n.t('{0} needs sequences with 3 dimensions, but gets {1}.', caller.name, shown(wrong.shape)),
        short: l10n.t('attention needs sequences'),
      },
      list,
    );
    return tupleOf([y, weights === 'none' ? null : nn.world.tensor(undefined, 'float32', y.why)]);
  }
  const [y, scores] = weighted(nn, caller, attending, attrs, list, call.parameters);
  // What is appended to keys and values counts by itself.
  if (nn.world.isRecording) for (const tensor of call.appended) nn.world.node(tensor);
  const maps = scores ?? nn.world.tensor(undefined, 'float32', y!.why);
  return tupleOf([
    undo(y!),
    weights === 'none' ? null : isVector && maps.shape ? apply(nn, caller, ops.squeeze, { axis: 0 }, [maps]) : maps,
  ]);

  function prepared(x: PyTensor): PyTensor {
    if (x.shape?.length === 2) return apply(nn, caller, ops.unsqueeze, { axis: 0 }, [x]);
    return swap && x.shape?.length === 3 ? apply(nn, caller, ops.permute, { order: [1, 0, 2] }, [x]) : x;
  }

  function undo(x: PyTensor): PyTensor {
    if (x.shape?.length !== 3) return x;
    if (isVector) return apply(nn, caller, ops.squeeze, { axis: 0 }, [x]);
    return swap ? apply(nn, caller, ops.permute, { order: [1, 0, 2] }, [x]) : x;
  }
}

export interface Projection {
  readonly weight: PyTensor;
  readonly bias: PyTensor | undefined;
}

/** F.multi_head_attention_forward with inputs [L, N, E], projection by projection. */
export function projected(
  nn: NN,
  caller: Caller,
  [query, key, value]: readonly [PyTensor, PyTensor, PyTensor],
  projections: readonly [Projection, Projection, Projection],
  output: Projection,
  call: { readonly heads: number; readonly extra: number; readonly weights: MultiHead['weights'] },
): Value {
  const { heads, extra, weights } = call;
  const project = (x: PyTensor, { weight, bias }: Projection): PyTensor => {
    const out = weight.shape?.[0] ?? Number.NaN;
    return weightedOne(
      nn,
      caller,
      ops.linear,
      { out, bias: bias !== undefined },
      [x],
      bias ? [weight, bias] : [weight],
    );
  };
  const split = (x: PyTensor): PyTensor => {
    if (x.shape?.length !== 3) return x;
    const [l, n, e] = x.shape as [number, number, number];
    const parts = apply(nn, caller, ops.reshape, { shape: [l, n * heads, e / heads] }, [x]);
    return apply(nn, caller, ops.permute, { order: [1, 0, 2] }, [parts]);
  };
  const q = split(project(query, projections[0]));
  const grow = (x: PyTensor): PyTensor =>
    extra > 0 && x.shape ? apply(nn, caller, ops.pad, { before: [0], after: [0], mode: 'constant' }, [x]) : x;
  const k = grow(split(project(key, projections[1])));
  const v = grow(split(project(value, projections[2])));
  const mixed = nn.world.apply(ops.scaledDotProduct, {}, [q, k, v], { functional: true });
  const [l = Number.NaN, n = Number.NaN] = query.shape ?? [];
  const e = projections[2].weight.shape?.[0] ?? Number.NaN;
  const joined = mixed.shape
    ? apply(nn, caller, ops.reshape, { shape: [l, n, e] }, [
        apply(nn, caller, ops.permute, { order: [1, 0, 2] }, [mixed]),
      ])
    : mixed;
  const y = project(joined, output);
  const s = (key.shape?.[0] ?? Number.NaN) + extra;
  const maps =
    weights === 'none' ? null : nn.world.tensor(weights === 'average' ? [n, l, s] : [n, heads, l, s], 'float32');
  return tupleOf([y, maps]);
}
