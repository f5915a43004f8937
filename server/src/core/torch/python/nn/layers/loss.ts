// torch/nn/modules/loss.py, distance.py and adaptive.py.
import * as l10n from '@vscode/l10n';
import type { Value } from '../../../../python/objects.ts';
import { tensorOf } from '../apply.ts';
import { along, type LossSizes, loss } from '../kernels/loss.ts';
import { callerOf, type LayerClass, need } from './spec.ts';

const legacy = "size_average=None, reduce=None, reduction='mean'";

/** By name: the constructor's arguments, how many tensors its forward takes, and how their sizes go together. */
const losses: Readonly<
  Record<string, { readonly init: string; readonly inputs?: string; readonly sizes?: LossSizes }>
> = {
  L1Loss: { init: legacy, sizes: 'broadcast' },
  NLLLoss: {
    init: "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
    sizes: 'classes',
  },
  NLLLoss2d: {
    init: "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
    sizes: 'classes',
  },
  PoissonNLLLoss: { init: "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'" },
  GaussianNLLLoss: { init: "*, full=False, eps=1e-06, reduction='mean'", inputs: 'input, target, var' },
  KLDivLoss: { init: "size_average=None, reduce=None, reduction='mean', log_target=False", sizes: 'broadcast' },
  MSELoss: { init: legacy, sizes: 'broadcast' },
  BCELoss: { init: `weight=None, ${legacy}`, sizes: 'equal' },
  BCEWithLogitsLoss: { init: `weight=None, ${legacy}, pos_weight=None`, sizes: 'equal' },
  HingeEmbeddingLoss: { init: `margin=1.0, ${legacy}` },
  MultiLabelMarginLoss: { init: legacy },
  SmoothL1Loss: { init: `${legacy}, beta=1.0`, sizes: 'broadcast' },
  HuberLoss: { init: "reduction='mean', delta=1.0", sizes: 'broadcast' },
  SoftMarginLoss: { init: legacy },
  CrossEntropyLoss: {
    init: "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0",
    sizes: 'classes',
  },
  MultiLabelSoftMarginLoss: { init: `weight=None, ${legacy}` },
  CosineEmbeddingLoss: { init: `margin=0.0, ${legacy}`, inputs: 'input1, input2, target' },
  MarginRankingLoss: { init: `margin=0.0, ${legacy}`, inputs: 'input1, input2, target' },
  MultiMarginLoss: { init: `p=1, margin=1.0, weight=None, ${legacy}` },
  TripletMarginLoss: {
    init: "margin=1.0, p=2.0, eps=1e-06, swap=False, size_average=None, reduce=None, reduction='mean'",
    inputs: 'anchor, positive, negative',
  },
  TripletMarginWithDistanceLoss: {
    init: "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
    inputs: 'anchor, positive, negative',
  },
  CTCLoss: {
    init: "blank=0, reduction='mean', zero_infinity=False",
    inputs: 'log_probs, targets, input_lengths, target_lengths',
  },
};

const tensors = ['weight', 'pos_weight'];

export const lossLayers: readonly LayerClass[] = [
  { name: '_Loss', file: 'loss', init: legacy },
  { name: '_WeightedLoss', file: 'loss', base: '_Loss', init: `weight=None, ${legacy}` },
  ...Object.entries(losses).map(
    ([name, { init, inputs = 'input, target', sizes }]): LayerClass => ({
      name,
      file: 'loss',
      base: init.startsWith('weight') ? '_WeightedLoss' : '_Loss',
      summary: () => l10n.t('A training loss.'),
      init,
      hidden: tensors,
      construct: (self, args) => {
        for (const key of tensors) if (args[key] !== undefined) self.register('buffers', key, args[key]);
      },
      input: inputs,
      forward: (self, args, nn): Value => {
        const list = args.slice(0, name === 'CTCLoss' ? 2 : undefined).map(each => tensorOf(nn, each));
        return loss(nn, callerOf(self), list, need(self, 'reduction', nn.machine), sizes);
      },
    }),
  ),
  {
    name: 'CosineSimilarity',
    file: 'distance',
    summary: () => l10n.t('The cosine of the angle between vectors.'),
    init: 'dim=1, eps=1e-08',
    input: 'x1, x2',
    forward: (self, [a, b], nn) =>
      along(nn, callerOf(self), tensorOf(nn, a, 'x1'), tensorOf(nn, b, 'x2'), need(self, 'dim', nn.machine)),
  },
  {
    name: 'PairwiseDistance',
    file: 'distance',
    summary: () => l10n.t('The distance between vectors.'),
    init: 'p=2.0, eps=1e-06, keepdim=False',
    input: 'x1, x2',
    forward: (self, [a, b], nn) => {
      const keeps = need(self, 'keepdim', nn.machine);
      return along(nn, callerOf(self), tensorOf(nn, a, 'x1'), tensorOf(nn, b, 'x2'), -1, keeps);
    },
  },
];
