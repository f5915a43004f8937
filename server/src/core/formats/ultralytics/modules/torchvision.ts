// Backbones of torchvision that a TorchVision row can load, unwrapped as the row asks (ultralytics/nn/modules/block.py).

import { channels } from '../../../graph/graph.ts';
import type { PyValue } from '../../../python/value.ts';
import { suggestion } from '../../../text/spelling.ts';
import { only, type Value } from '../../../torch/layer.ts';
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
    summary: 'A backbone of torchvision.',
    params: {
      c1: param.c1,
      c2: { ...param.c2, doc: 'Output channels: those of the model; the width multiple does not apply.' },
      model: {
        kind: 'text',
        doc: 'The name of a torchvision classifier, such as resnet18; all but MaxViT are known.',
      },
      weights: {
        kind: 'any',
        doc: 'Pretrained weights; with some, GoogLeNet loses its auxiliary heads and a vision transformer takes larger images.',
        default: 'DEFAULT',
      },
      unwrap: { kind: 'boolean', doc: 'Takes the model apart into its layers.', default: true },
      truncate: { kind: 'int', doc: 'How many layers to cut off at the end.', default: 2 },
      split: {
        kind: 'boolean',
        doc: 'Outputs the results of all layers; Index rows choose among them.',
        default: false,
      },
    },
    forward: (scope, inputs, { c2, model, weights, unwrap, truncate, split }): Value => {
      const x = only(inputs);
      // get_model takes the name in any case.
      const make = models.get(model.toLowerCase());
      const output = [1, c2, Number.NaN, Number.NaN];
      if (!make) {
        const why =
          notDescribed(model.toLowerCase()) ?? `All its classifiers are known.${suggestion(model, models.keys())}`;
        return scope.builder.unknown(
          scope.builder.complain(
            {
              code: 'unknown-backbone',
              attr: 'model',
              message: `The layers of torchvision’s “${model}” are not known to Flopline, so its cost is unknown. ${why}`,
            },
            'warning',
          ),
          [x],
          output,
        );
      }
      const found = channels(x);
      if (found !== 3 && !Number.isNaN(found)) {
        const message = `The first layer of ${model} expects images with 3 channels, but its input has ${found}.`;
        return scope.refuse({ code: 'channel-mismatch', input: 0, message, output }, [x]);
      }
      const parts = make(named(weights));
      if (!unwrap) {
        // self.m.head = self.m.heads = nn.Identity(); other classifiers stay.
        const others = parts.filter(({ name }) => name !== 'head' && name !== 'heads');
        return forwardOf(scope, others, x);
      }
      const own = childrenOf(parts);
      const kept = first === 'unfold' ? cut(unfolded(own), truncate) : truncate === 0 ? [] : cut(own, truncate);
      if (first === 'cut' && kept.length === 0) {
        const message = `Nothing is left of ${model}: it has ${own.length} layers, and truncate cuts ${truncate === 0 ? 'all' : truncate}.`;
        return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
      }
      const at = kept.findIndex(({ isIdle }) => isIdle);
      if (at >= 0 && at < kept.length - 1) {
        const message = `Unwrapped, ${model} runs ${kept[at]!.name}, a head used only in training, in the middle of the chain, and the next layer cannot read its output. Truncate ${kept.length + truncate - at} or more.`;
        return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
      }
      const outputs = [x];
      for (const child of first === 'unfold' ? kept : unfolded(kept))
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
