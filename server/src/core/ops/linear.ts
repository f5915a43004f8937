import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { ofWeighted } from './rules/backward.ts';
import { size } from './rules/shape.ts';
import { volume } from './rules/window.ts';

export interface Linear {
  /** Output features. */
  readonly out: number;
  readonly bias: boolean;
}

/** Fully connected layer over the last dimension: [N, …, in] → [N, …, out]. */
export const linear = op<Linear>({
  name: 'linear',
  kind: 'compute',
  summary: () => l10n.t('Fully connected layer: every output feature is a weighted sum of all input features.'),
  attrs: {
    out: { kind: 'int', min: 1, doc: () => l10n.t('Output features.') },
    bias: { kind: 'boolean', default: true, doc: () => l10n.t('Adds a learned bias to each output feature.') },
  },
  arity: 1,
  rank: { min: 2 },
  shape: ({ out }, [x]) => [...x!.slice(0, -1), out],
  counts: ({ out, bias }, [x], [y]) => ({
    macs: size(y!) * x!.at(-1)!,
    adds: bias ? size(y!) : 0,
    weights: x!.at(-1)! * out,
    biases: bias ? out : 0,
  }),
  backward: (_, [x], [y], wanted) => ofWeighted(size(y!) * x!.at(-1)!, wanted),
  formula: ({ out }, [x]) => {
    const lead = x!.slice(0, -1).filter(length => length !== 1);
    return [...(lead.length > 0 ? [volume(lead)] : []), volume([x!.at(-1)!]), `${out}`].join(' · ');
  },
  // After a flatten ([N, C·H·W]) it depends on everything; in a sequence, on the same element only.
  field: (_, [x]) => (x!.length === 2 ? 'global' : { kernel: [], stride: [] }),
  saves: (_, __, ___, { weights }) => (weights ? { inputs: [0] } : {}),
  examples: [
    {
      // VGG-16's first fully connected layer: 74 % of the network's parameters.
      attrs: { out: 4096, bias: true },
      inputs: [[1, 25088]],
      output: [1, 4096],
      counts: { macs: 102_760_448, adds: 4096, weights: 102_760_448, biases: 4096 },
    },
    {
      // The MLP of ViT-B/16.
      attrs: { out: 3072, bias: true },
      inputs: [[1, 197, 768]],
      output: [1, 197, 3072],
      counts: { macs: 464_781_312, adds: 605_184, weights: 2_359_296, biases: 3072 },
    },
    {
      attrs: { out: 5, bias: false },
      inputs: [[1, 2, 3, 4]],
      output: [1, 2, 3, 5],
      counts: { macs: 120, weights: 20 },
    },
  ],
});
