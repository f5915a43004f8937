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
  if (/(?:rcnn|retinanet|fcos|^ssd)/.test(model)) return 'It is a detector of its own: it hands on boxes, not a map.';
  if (/^(?:fcn|deeplabv3|lraspp)_/.test(model)) return 'It is a segmenter of its own: it hands on a dictionary.';
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

export const TorchVision = module<TorchVisionArgs>({
  name: 'TorchVision',
  summary: 'A backbone of torchvision.',
  params: {
    c1: param.c1,
    c2: { ...param.c2, doc: 'Output channels: those that the model has, no width multiple.' },
    model: {
      kind: 'text',
      doc: 'The name of a classifier of torchvision, such as resnet18; all are known but MaxViT.',
    },
    weights: {
      kind: 'any',
      doc: 'Pretrained weights; with some, GoogLeNet loses its auxiliary heads and a vision transformer takes larger images.',
      default: 'DEFAULT',
    },
    unwrap: { kind: 'boolean', doc: 'Takes the model apart into its layers.', default: true },
    truncate: { kind: 'int', doc: 'How many layers are left out at the end.', default: 2 },
    split: { kind: 'boolean', doc: 'Hands on every layer’s output; Index rows choose among them.', default: false },
  },
  forward: (scope, inputs, { c2, model, weights, unwrap, truncate, split }): Value => {
    const x = only(inputs);
    // get_model takes the name in any case.
    const make = models.get(model.toLowerCase());
    const output = [1, c2, Number.NaN, Number.NaN];
    if (!make) {
      const why =
        unreachable(model.toLowerCase()) ?? `Known are all its classifiers.${suggestion(model, models.keys())}`;
      return scope.builder.unknown(
        scope.builder.complain(
          {
            code: 'unknown-backbone',
            attr: 'model',
            message: `The layers of torchvision’s “${model}” are not known to Flopline, so its cost is not. ${why}`,
          },
          'warning',
        ),
        [x],
        output,
      );
    }
    const found = channels(x);
    if (found !== 3 && !Number.isNaN(found)) {
      const message = `The first layer of ${model} is built for images of 3 channels, but its input has ${found}.`;
      return scope.refuse({ code: 'channel-mismatch', input: 0, message, output }, [x]);
    }
    const parts = make(named(weights));
    if (!unwrap) {
      // self.m.head = self.m.heads = nn.Identity(); other classifiers stay.
      const kept = parts.filter(({ name }) => name !== 'head' && name !== 'heads');
      return kept.reduce((y, child) => step(scope, resting(child), y), x);
    }
    // list(m.children())[:-truncate]: with 0 that leaves nothing, below 0 so many from the start.
    const own = parts.filter(({ bare }) => !bare);
    const kept = truncate === 0 ? [] : own.slice(0, -truncate);
    const [first, ...rest] = kept;
    if (!first) {
      const message = `Nothing is left of ${model}: it has ${own.length} layers, and truncate cuts ${truncate === 0 ? 'all' : truncate}.`;
      return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
    }
    const at = kept.findIndex(({ idle }) => idle !== undefined);
    if (at >= 0 && at < kept.length - 1) {
      const message = `Taken apart, ${model} runs ${kept[at]!.name}, a head that training alone uses, in the middle of the chain, and what follows cannot read its output. Truncate ${own.length - at} or more.`;
      return scope.refuse({ code: 'wrong-argument', attr: 'truncate', message, output }, [x]);
    }
    const outputs = [x];
    for (const child of first.children ? [...first.children, ...rest] : kept) {
      outputs.push(step(scope, child, outputs.at(-1)!));
    }
    return split ? outputs : outputs.at(-1)!;
  },
});
