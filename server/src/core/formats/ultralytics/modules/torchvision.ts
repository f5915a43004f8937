// Backbones of torchvision that a TorchVision row can load, unwrapped as the row asks (ultralytics/nn/modules/block.py).

import * as l10n from '@vscode/l10n';
import { channels } from '../../../graph/graph.ts';
import type { PyValue } from '../../../python/value.ts';
import { didYouMean } from '../../../text/spelling.ts';
import { only, type Value, wrongChannels } from '../../../torch/layer.ts';
import { run } from '../../../torch/module.ts';
import { models, notDescribed } from '../../../torch/torchvision/models/index.ts';
import { childrenOf, forwardOf, type Step } from '../../../torch/torchvision/models/model.ts';
import { module, param } from '../module.ts';

interface TorchVisionArgs {
  c1: number;
  c2: number;
  model: string;
  weights: PyValue;
  unwrap: boolean;
  truncate: number;
  split: boolean;
}

/** Which pretrained weights are asked for: None and False are none, True is the model's first (models/_utils.py). */
function named(weights: PyValue): string | undefined {
  if (weights === true) return 'IMAGENET1K_V1';
  return typeof weights === 'string' ? weights : undefined;
}

/** What is taken apart first: up to Ultralytics 8.3.63 the end was cut off before the features were unfolded. */
type Order = 'unfold' | 'cut';

const torchVision = (first: Order) =>
  module<TorchVisionArgs>({
    name: 'TorchVision',
    summary: () => l10n.t('A torchvision model as a backbone.'),
    params: {
      c1: param.c1,
      c2: { ...param.c2, doc: () => l10n.t('Output channels: those of the model; the width multiple does not apply.') },
      model: {
        kind: 'text',
        doc: () => l10n.t('The name of a torchvision classifier, such as resnet18; all but MaxViT are known.'),
      },
      weights: {
        kind: 'any',
        doc: () =>
          l10n.t(
            'Pretrained weights; with some, GoogLeNet loses its auxiliary heads and a vision transformer takes larger images.',
          ),
        default: 'DEFAULT',
      },
      unwrap: { kind: 'boolean', doc: () => l10n.t('Unwraps the model into its layers.'), default: true },
      truncate: { kind: 'int', doc: () => l10n.t('Number of layers to cut off at the end.'), default: 2 },
      split: {
        kind: 'boolean',
        doc: () => l10n.t('Outputs the results of all layers; Index rows select one.'),
        default: false,
      },
    },
    forward: (scope, inputs, { c2, model, weights, unwrap, truncate, split }): Value => {
      const x = only(inputs);
      // get_model takes the name in any case.
      const make = models.get(model.toLowerCase());
      const output = [1, c2, Number.NaN, Number.NaN];
      if (!make) {
        const why = notDescribed(model.toLowerCase());
        const meant = why === undefined ? didYouMean(model, models.keys()) : undefined;
        return scope.builder.unknown(
          scope.builder.complain(
            {
              code: 'unknown-backbone',
              attr: 'model',
              message: l10n.t(
                'Flopline does not know the layers of torchvision’s “{0}”, so its cost is unknown.',
                model,
              ),
              help: why ?? (meant === undefined ? undefined : l10n.t('Did you mean “{0}”?', meant)),
              short: l10n.t('unknown model {0}', model),
            },
            'warning',
          ),
          [x],
          output,
        );
      }
      const found = channels(x);
      if (found !== 3 && !Number.isNaN(found)) {
        return scope.refuse({ ...wrongChannels(model, 3, found), help: undefined, input: 0, output }, [x]);
      }
      const parts = make(named(weights));
      if (!unwrap) {
        // self.m.head = self.m.heads = nn.Identity(); other classifiers stay.
        const others = parts.filter(({ name }) => name !== 'head' && name !== 'heads');
        return forwardOf(scope, others, x);
      }
      const own = childrenOf(parts);
      const chain = first === 'unfold' ? cut(unfolded(own), truncate) : truncate === 0 ? [] : cut(own, truncate);
      if (first === 'cut' && chain.length === 0) {
        const message =
          truncate === 0
            ? l10n.t('Nothing is left of {0}: `truncate` 0 cuts off all of its {1} layers.', model, own.length)
            : l10n.t('Nothing is left of {0}: `truncate` cuts off {1} of its {2} layers.', model, truncate, own.length);
        return scope.refuse({ code: 'nothing-left', attr: 'truncate', message, output }, [x]);
      }
      const at = chain.findIndex(({ isIdle }) => isIdle);
      if (at >= 0 && at < chain.length - 1) {
        const message = l10n.t(
          'When unwrapped, {0} runs its auxiliary head {1} in the middle of the chain, and the next layer cannot take its output.',
          model,
          chain[at]!.name,
        );
        const help = l10n.t('Set `truncate` to {0} or more.', chain.length + truncate - at);
        return scope.refuse({ code: 'training-head-in-chain', attr: 'truncate', message, help, output }, [x]);
      }
      const outputs = [x];
      for (const child of first === 'unfold' ? chain : unfolded(chain))
        outputs.push(run(scope, [child], outputs.at(-1)!));
      return split ? outputs : outputs.at(-1)!;
    },
  });

/** `layers[:-truncate] if truncate else layers`: below 0 so many from the start. */
function cut(layers: readonly Step[], truncate: number): readonly Step[] {
  return truncate === 0 ? layers : layers.slice(0, -truncate);
}

/** A first layer that is an nn.Sequential gives way to its children. */
function unfolded([first, ...rest]: readonly Step[]): readonly Step[] {
  if (first === undefined) return [];
  return first.type === 'Sequential' ? [...first.children, ...rest] : [first, ...rest];
}

/** Ultralytics from 8.3.64. */
export const TorchVision = torchVision('unfold');
/** Up to 8.3.63: with 0 nothing is left. */
export const TorchVisionCut = torchVision('cut');
