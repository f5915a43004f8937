// Backbones of torchvision that a TorchVision row can load, unwrapped as the row asks (ultralytics/nn/modules/block.py).
import { channels } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { suggestion } from '../../../text/spelling.ts';
import { module, only, param, type Value } from '../module.ts';
import type { PyValue } from '../python.ts';
import { type Child, step } from './torchvision/child.ts';
import { models } from './torchvision/index.ts';

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

/** Why a model that torchvision has is not analysed; undefined where torchvision has none of this name. */
function unreachable(model: string): string | undefined {
  if (/^quantized_/.test(model)) return 'Quantized models are not analysed.';
  if (/(?:rcnn|retinanet|fcos|^ssd)/.test(model)) return 'It is a detector of its own: it outputs boxes, not a map.';
  if (/^(?:fcn|deeplabv3|lraspp)_/.test(model)) return 'It is a segmenter of its own: it outputs a dictionary.';
  if (/^(?:r3d|mc3|r2plus1d|s3d|mvit|swin3d)(?:_|$)/.test(model)) return 'It takes videos.';
  if (/^maxvit_/.test(model)) return 'MaxViT is the one classifier of torchvision that is not described yet.';
  if (/^raft_/.test(model)) return 'It takes two images.';
  return undefined;
}

/** A child that the model's own forward pass leaves out: only its parameters are there. */
function resting(child: Child): Child {
  const { name, idle } = child;
  if (idle === undefined) return child;
  return {
    name,
    forward: (scope, x) => {
      scope.builder.add(ops.parameter, { shape: [idle], role: 'weights' }, []);
      return x;
    },
  };
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
          unreachable(model.toLowerCase()) ?? `All its classifiers are known.${suggestion(model, models.keys())}`;
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
        const kept = parts.filter(({ name }) => name !== 'head' && name !== 'heads');
        return kept.reduce((y, child) => step(scope, resting(child), y), x);
      }
      const own = parts.filter(({ bare }) => !bare);
      const kept = first === 'unfold' ? cut(unfolded(own), truncate) : truncate === 0 ? [] : cut(own, truncate);
      if (first === 'cut' && kept.length === 0) {
        const message = `Nothing is left of ${model}: it has ${own.length} layers, and truncate cuts ${truncate === 0 ? 'all' : truncate}.`;
        return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
      }
      const at = kept.findIndex(({ idle }) => idle !== undefined);
      if (at >= 0 && at < kept.length - 1) {
        const message = `Unwrapped, ${model} runs ${kept[at]!.name}, a head used only in training, in the middle of the chain, and the next layer cannot read its output. Truncate ${kept.length + truncate - at} or more.`;
        return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
      }
      const outputs = [x];
      for (const child of first === 'unfold' ? kept : unfolded(kept)) outputs.push(step(scope, child, outputs.at(-1)!));
      return split ? outputs : outputs.at(-1)!;
    },
  });

/** `layers[:-truncate] if truncate else layers`: below 0 so many from the start. */
function cut(layers: readonly Child[], truncate: number): readonly Child[] {
  return truncate === 0 ? layers : layers.slice(0, -truncate);
}

/** A first layer that is an nn.Sequential gives way to its children. */
function unfolded([first, ...rest]: readonly Child[]): readonly Child[] {
  return first === undefined ? [] : first.children ? [...first.children, ...rest] : [first, ...rest];
}

/** Ultralytics from 8.3.64. */
export const TorchVision = torchVision('unfold');
/** Up to 8.3.63: with 0 nothing is left. */
export const TorchVisionCut = torchVision('cut');
