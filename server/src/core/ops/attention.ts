import * as l10n from '@vscode/l10n';
import { type Complaint, op, type Shape, type Wanted } from './op.ts';
import { sizes } from './rules/shape.ts';
import { softmaxCounts } from './rules/softmax.ts';
import { volume } from './rules/window.ts';

export interface Attention {
  readonly heads: number;
  readonly bias: boolean;
  /** Key features, if the framework declares them. */
  readonly kdim?: number | undefined;
  /** Value features, if the framework declares them. */
  readonly vdim?: number | undefined;
  /** Query and output features, if the framework declares them. */
  readonly embed?: number | undefined;
}

/**
 * PyTorch's nn.MultiheadAttention, batch first: query [N, L, C], key [N, S, Ck], value [N, S, Cv], or one input for all
 * three. Projections into C (functional.py, multi_head_attention_forward), softmax of the L×S scores of each head.
 */
export const attention = op<Attention>({
  name: 'attention',
  kind: 'compute',
  summary: () =>
    l10n.t('Multi-head attention: every query attends to all keys. Four projections and two L×S products.'),
  attrs: {
    heads: {
      kind: 'int',
      min: 1,
      default: 1,
      doc: () => l10n.t('Number of parallel heads; must divide the number of features.'),
    },
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each of the four projections.') },
    kdim: {
      kind: 'int',
      min: 1,
      default: undefined,
      doc: () => l10n.t('Features of the keys. Default: those of the key.'),
    },
    vdim: {
      kind: 'int',
      min: 1,
      default: undefined,
      doc: () => l10n.t('Features of the values. Default: those of the value.'),
    },
    embed: {
      kind: 'int',
      min: 1,
      default: undefined,
      doc: () => l10n.t('Features of the queries and the output. Default: those of the query.'),
    },
  },
  arity: { min: 1 },
  rank: { min: 3, max: 3 },
  check: (attrs, inputs) => checkInputs(inputs) ?? checkFeatures(attrs, inputs) ?? checkHeads(attrs, inputs),
  shape: (attrs, inputs) => {
    const { n, l, c } = lengths(attrs, inputs);
    return [n, l, c];
  },
  counts: (attrs, inputs) => {
    const { n, l, s, c, ck, cv } = lengths(attrs, inputs);
    const { heads, bias } = attrs;
    const softmax = softmaxCounts(n * heads * l * s, n * heads * l);
    return {
      ...softmax,
      macs: n * (2 * l * c * c + s * ck * c + s * cv * c + 2 * l * s * c),
      adds: softmax.adds + (bias ? n * 2 * (l + s) * c : 0),
      // Queries are scaled by 1/√d before the product.
      muls: n * l * c,
      weights: 2 * c * c + ck * c + cv * c,
      biases: bias ? 4 * c : 0,
    };
  },
  backward: (attrs, inputs, _, wanted) => attentionBackward(attrs, inputs, wanted),
  formula: (attrs, inputs) => {
    const { l, s, c, ck, cv } = lengths(attrs, inputs);
    const text = (...factors: number[]): string => factors.map(factor => volume([factor])).join(' · ');
    const projections =
      l === s && c === ck && c === cv
        ? `4 · ${text(l)} · ${volume([c, c])}`
        : `2 · ${text(l)} · ${volume([c, c])} + ${text(s, ck, c)} + ${text(s, cv, c)}`;
    const products = `2 · ${l === s ? volume([l, l]) : text(l, s)} · ${text(c)}`;
    return l10n.t('{0} (projections) + {1} (scores, weighted sum)', projections, products);
  },
  field: () => 'global',
  // The sequences are transposed to sequence-first, which copies them; then per head: queries, keys, values, weights,
  // sums.
  saves: ({ heads }, inputs) => {
    const { n, l, s, c, ck, cv } = lengths({ heads, bias: false }, inputs);
    const copies = inputs.length === 1 ? l * c : l * c + s * ck + s * cv;
    const factor = { elements: 1, bytes: 8, once: true };
    return { extras: [{ elements: n * (copies + 2 * l * c + 2 * s * c + heads * l * s) }, factor] };
  },
  examples: [
    {
      // ViT-B/16: 4 · 197 · 768² + 2 · 197² · 768.
      attrs: { heads: 12, bias: true },
      inputs: [[1, 197, 768]],
      output: [1, 197, 768],
      counts: {
        macs: 524_391_936,
        weights: 2_359_296,
        biases: 3072,
        exps: 465_708,
        divs: 465_708,
        compares: 463_344,
        adds: 1_534_236,
        muls: 151_296,
      },
    },
    {
      // A decoder's cross attention: 10 queries over 20 positions, keys of 6 and values of 5 features.
      attrs: { heads: 2, bias: false, kdim: 6, vdim: 5, embed: 8 },
      inputs: [
        [1, 10, 8],
        [1, 20, 6],
        [1, 20, 5],
      ],
      output: [1, 10, 8],
      counts: { macs: 6240, weights: 216, biases: 0, exps: 400, compares: 380, adds: 780, muls: 80, divs: 400 },
    },
  ],
});

/** `extra`: keys and values appended after the projections. */
export function attentionBackward(
  attrs: Attention,
  inputs: readonly Shape[],
  { inputs: given, weights }: Wanted,
  extra = 0,
): number {
  const { n, l, s, c, ck, cv } = lengths(attrs, inputs);
  const [query = false, key = query, value = query] = given;
  const [hasQuery, hasKey, hasValue] = [query || weights, key || weights, value || weights];
  const projections = [
    l * c * c * (Number(query) + Number(weights)),
    s * ck * c * (Number(key) + Number(weights)),
    s * cv * c * (Number(value) + Number(weights)),
    l * c * c * (1 + Number(weights)),
  ];
  const products = Number(hasQuery) + Number(hasKey) + Number(hasQuery || hasKey) + Number(hasValue);
  return n * (projections.reduce((sum, macs) => sum + macs) + l * (s + extra) * c * products);
}

interface Lengths {
  readonly n: number;
  /** Number of queries. */
  readonly l: number;
  /** Number of keys and values. */
  readonly s: number;
  readonly c: number;
  readonly ck: number;
  readonly cv: number;
}

function lengths({ embed, kdim, vdim }: Attention, inputs: readonly Shape[]): Lengths {
  const q = inputs[0]!;
  const k = inputs[1] ?? q;
  const v = inputs[2] ?? q;
  const first = (...candidates: (number | undefined)[]): number =>
    candidates.find(length => length !== undefined && !Number.isNaN(length)) ?? Number.NaN;
  return {
    n: first(q[0], k[0]),
    l: q[1]!,
    s: first(k[1], v[1]),
    c: first(embed, q[2]),
    ck: first(kdim, k[2]),
    cv: first(vdim, v[2]),
  };
}

function checkInputs(inputs: readonly Shape[]): Complaint | undefined {
  if (inputs.length !== 1 && inputs.length !== 3) {
    return {
      code: 'wrong-input-count',
      message: l10n.t('{0} takes one input or three (query, key and value), but has {1}.', 'attention', inputs.length),
    };
  }
  const [q, k, v] = inputs;
  const flat = inputs.findIndex(shape => shape.length !== 3);
  if (flat >= 0) {
    return {
      code: 'attention-rank',
      input: flat,
      message: l10n.t(
        'Attention needs sequences [N, L, C], but input {0} has {1} dimensions ({2}).',
        flat + 1,
        inputs[flat]!.length,
        sizes(inputs[flat]!),
      ),
      help: l10n.t('Flatten its positions and put the features last.'),
      short: l10n.t('attention needs sequences'),
    };
  }
  if (k && v && (Math.abs(k[1]! - v[1]!) > 0 || Math.abs(k[0]! - q![0]!) > 0 || Math.abs(v[0]! - q![0]!) > 0)) {
    return {
      code: 'key-value-mismatch',
      input: 2,
      output: [q![0]!, q![1]!, q![2]!],
      message: l10n.t(
        'Queries ({0}), keys ({1}) and values ({2}) do not match: all need the same batch size, and there must be one value per key.',
        sizes(q!),
        sizes(k),
        sizes(v),
      ),
      short: l10n.t('keys and values do not match'),
    };
  }
  return undefined;
}

function checkFeatures(attrs: Attention, inputs: readonly Shape[]): Complaint | undefined {
  const { n, l, c } = lengths(attrs, inputs);
  const q = inputs[0]!;
  const declared = [
    { attr: 'embed', shape: q, input: 0 },
    { attr: 'kdim', shape: inputs[1] ?? q, input: inputs.length > 1 ? 1 : 0 },
    { attr: 'vdim', shape: inputs[2] ?? q, input: inputs.length > 1 ? 2 : 0 },
  ] as const;
  for (const { attr, shape, input } of declared) {
    const wanted = attrs[attr];
    if (wanted === undefined || !(Math.abs(wanted - shape[2]!) > 0)) continue;
    return {
      code: 'attention-features-mismatch',
      attr,
      input,
      output: [n, l, c],
      message: featuresText(attr, wanted, shape),
      help: l10n.t('Change “{0}” to {1}, or add a projection before this layer.', attr, shape[2]!),
      short: l10n.t('features do not match “{0}”', attr),
    };
  }
  return undefined;
}

function checkHeads(attrs: Attention, inputs: readonly Shape[]): Complaint | undefined {
  const { n, l, c } = lengths(attrs, inputs);
  if (!(c % attrs.heads > 0)) return undefined;
  return {
    code: 'features-not-divisible-by-heads',
    attr: 'heads',
    output: [n, l, c],
    message: l10n.t('{0} features cannot be divided into {1} heads.', c, attrs.heads),
    help: l10n.t('Use a divisor of {0}.', c),
    short: l10n.t('features not divisible by heads'),
  };
}

function featuresText(attr: 'embed' | 'kdim' | 'vdim', wanted: number, shape: Shape): string {
  switch (attr) {
    case 'embed':
      return l10n.t(
        'This attention expects queries with {0} features, but they have {1} ({2}).',
        wanted,
        shape[2]!,
        sizes(shape),
      );
    case 'kdim':
      return l10n.t(
        'This attention expects keys with {0} features, but they have {1} ({2}).',
        wanted,
        shape[2]!,
        sizes(shape),
      );
    case 'vdim':
      return l10n.t(
        'This attention expects values with {0} features, but they have {1} ({2}).',
        wanted,
        shape[2]!,
        sizes(shape),
      );
  }
}
