// Heads of Ultralytics that compare places with features of words or pictures (nn/modules/head.py, 8.4).

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import * as ops from '../../../ops/index.ts';
import { each, tensors } from '../../../torch/layer.ts';
import { construct, idle } from '../../../torch/module.ts';
import { Linear } from '../../../torch/nn/linear.ts';
import { batchNorm } from '../../../torch/nn/norm.ts';
import type { Param } from '../../../torch/signature.ts';
import { cat, learned, matmul, plus, reshape, sizesOf, times } from '../../../torch/tensor.ts';
import { idleConv, idleConv2d } from '../layers.ts';
import { module, param, type Scope, since } from '../module.ts';
import {
  appended,
  type DetectArgs,
  decode,
  detect,
  extraBranch,
  joined,
  lightBranch,
  type Predictions,
  Proto,
  Proto26,
  plainBranch,
  type SegmentArgs,
  segmentParams,
  widths,
} from './head.ts';

interface PromptedArgs extends DetectArgs {
  embed: number;
  with_bn: boolean;
}

const promptedParams = {
  embed: { kind: 'int', min: 1, doc: () => l10n.t('Channels of the features that are compared.'), default: 512 },
  with_bn: { kind: 'boolean', doc: () => l10n.t('Batch normalization instead of unit length.'), default: false },
} as const satisfies Record<string, Param>;

export const WorldDetect = module<PromptedArgs>({
  name: 'WorldDetect',
  summary: () => l10n.t('Detect whose class scores compare image features with text features (YOLO-World).'),
  many: true,
  params: { nc: param.nc, ...promptedParams, ...appended },
  forward: (scope, inputs, args) => {
    const { box, cls } = widths(args);
    const text = scope.text.given();
    const maps = each(inputs).map((x, index) => {
      const boxes = plainBranch(scope, `cv2.${index}`, x, box, 4 * args.reg_max);
      const features = plainBranch(scope, `cv3.${index}`, x, cls, args.embed);
      return cat(scope, [boxes, contrast(scope, `cv4.${index}`, features, text, args.with_bn)]);
    });
    return decode(scope, maps, args.nc, args.reg_max);
  },
});

/** (BN)ContrastiveHead.forward: the product of every place with every text feature, scaled and shifted. */
function contrast(scope: Scope, label: string, x: Tensor, text: Tensor, normed: boolean): Tensor {
  const { builder } = scope;
  return scope.part(label, normed ? 'BNContrastiveHead' : 'ContrastiveHead', () => {
    const y = normed ? batchNorm(scope, x) : builder.add(ops.l2Norm, { axis: 1 }, x, { functional: true });
    const [, embed, h, w] = sizesOf(y) as [number, number, number, number];
    const [, classes] = sizesOf(text, 3) as [number, number];
    const words = builder.add(ops.l2Norm, { axis: -1 }, text, { functional: true });
    // einsum bchw,bkc→bkhw
    const scores = reshape(scope, matmul(scope, words, reshape(scope, y, [1, embed, h * w])), [1, classes, h, w]);
    const scale = learned(scope, [1]);
    const bias = learned(scope, [1], 'biases');
    return plus(scope, times(scope, scores, scale), bias);
  });
}

/** YOLOEModel.get_cls_pe: where nobody prompts, zeros for 80 classes of 512 numbers, whatever `nc` is. */
const unprompted = { classes: 80, embed: 512 };

/** What YOLOEDetect asserts, and what its forward pass would fail on; undefined where it runs. */
function refusedPrompt(scope: Scope, name: string, inputs: readonly Tensor[], args: PromptedArgs): Tensor | undefined {
  const { cls } = widths(args);
  const refuse = (code: string, attr: string | undefined, message: string): Tensor =>
    scope.refuse({ code, ...(attr === undefined ? { input: 0 } : { attr }), message }, inputs);
  if (!args.with_bn) return refuse('fixed-argument', 'with_bn', l10n.t('`with_bn` of {0} must be True.', name));
  if (cls > args.embed) {
    return refuse(
      'fixed-argument',
      'embed',
      l10n.t('`embed` of {0} must be at least {1}, the channels of its class branch, not {2}.', name, cls, args.embed),
    );
  }
  if (args.embed !== unprompted.embed) {
    return refuse(
      'fixed-argument',
      'embed',
      l10n.t('`embed` of {0} must be {1}, the size of its prompts, not {2}.', name, unprompted.embed, args.embed),
    );
  }
  if (inputs.length !== 3) {
    return refuse('wrong-input-count', undefined, l10n.t('{0} takes three inputs, not {1}.', name, inputs.length));
  }
  return undefined;
}

/** YOLOEDetect.forward_head of one pass, as `detect` wants it. */
function promptedHead(
  scope: Scope,
  inputs: readonly Tensor[],
  args: PromptedArgs,
  prompt: Tensor,
  prefix: string,
): Predictions {
  const { box, cls } = widths(args);
  const branch = scope.legacy ? plainBranch : lightBranch;
  const boxes = joined(scope, inputs, (x, index) =>
    plainBranch(scope, `${prefix}cv2.${index}`, x, box, 4 * args.reg_max),
  );
  const scores = joined(scope, inputs, (x, index) => {
    const features = branch(scope, `${prefix}cv3.${index}`, x, cls, args.embed);
    return contrast(scope, `${prefix}cv4.${index}`, features, prompt, args.with_bn);
  });
  return { boxes, scores };
}

/** What turns prompts into features, and runs only where there are some: of text (reprta), of pictures (savpe). */
function promptEncoders(scope: Scope, args: PromptedArgs): void {
  const { embed, ch } = args;
  const { cls: c } = widths(args);
  // Residual(SwiGLUFFN(embed, embed)): gate and value in one layer.
  idle(scope, 'reprta', 'Residual', [
    construct(Linear, { in_features: embed, out_features: 4 * embed }),
    construct(Linear, { in_features: 2 * embed, out_features: embed }),
  ]);
  const [wide, k] = [3 * c, 16];
  idle(scope, 'savpe', 'SAVPE', [
    ...ch.flatMap(x => [...idleConv(x, c, 3), ...idleConv(c, c, 3), ...idleConv(x, c)]),
    idleConv2d(wide, embed),
    idleConv2d(wide, k, 3),
    idleConv2d(1, k, 3),
    ...idleConv(2 * k, k, 3),
    idleConv2d(k, k, 3),
  ]);
}

/** Zeros in place of prompts. */
function noPrompt(scope: Scope): Tensor {
  return scope.builder.add(ops.constant, { shape: [1, unprompted.classes, unprompted.embed] }, []);
}

const yoloeParams = {
  nc: { ...param.nc, doc: () => l10n.t('Number of classes that widths go by; without a prompt the output has 80.') },
  ...promptedParams,
  with_bn: { ...promptedParams.with_bn, doc: () => l10n.t('Batch normalization of the features; it must be True.') },
} as const satisfies Record<string, Param>;

export const YOLOEDetect = module<PromptedArgs>({
  name: 'YOLOEDetect',
  summary: () =>
    l10n.t('Detect whose class scores compare image features with prompts (YOLOE); without one, with zeros for 80.'),
  since: since('8.3.99'),
  many: true,
  params: { ...yoloeParams, ...appended },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const refused = refusedPrompt(scope, 'YOLOEDetect', list, args);
    if (refused) return refused;
    promptEncoders(scope, args);
    scope.onlyEvaluates('YOLOEDetect');
    const prompt = noPrompt(scope);
    return detect(scope, args, prefix => promptedHead(scope, list, args, prompt, prefix), unprompted);
  },
});

type PromptedSegmentArgs = PromptedArgs & SegmentArgs;

/** YOLOESegment.forward: YOLOEDetect with mask coefficients, and the prototypes that those combine. */
function promptedSegment(
  scope: Scope,
  name: string,
  list: readonly Tensor[],
  args: PromptedSegmentArgs,
  prototypes: () => Tensor,
): Tensor | readonly Tensor[] {
  const refused = refusedPrompt(scope, name, list, args);
  if (refused) return refused;
  promptEncoders(scope, args);
  scope.onlyEvaluates(name);
  const prompt = noPrompt(scope);
  const pass = (prefix: string): Predictions => ({
    ...promptedHead(scope, list, args, prompt, prefix),
    extra: extraBranch(scope, list, args.ch, args.nm, `${prefix}cv5`),
  });
  return [...tensors(detect(scope, args, pass, unprompted)), prototypes()];
}

const { nc, embed, with_bn } = yoloeParams;

export const YOLOESegment = module<PromptedSegmentArgs>({
  name: 'YOLOESegment',
  summary: () => l10n.t('YOLOEDetect with mask coefficients for each box and prototypes that they combine.'),
  since: since('8.3.99'),
  many: true,
  params: { nc, ...segmentParams, embed, with_bn, ...appended },
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const { npr, nm } = args;
    return promptedSegment(scope, 'YOLOESegment', list, args, () =>
      scope.call('proto', Proto, list[0]!, { c_: npr, c2: nm }),
    );
  },
});

export const YOLOESegment26 = module<PromptedSegmentArgs>({
  name: 'YOLOESegment26',
  summary: () => l10n.t('YOLOE26’s Segment: its prototypes combine all levels.'),
  since: since('8.4.0'),
  many: true,
  params: YOLOESegment.params,
  forward: (scope, inputs, args) => {
    const list = each(inputs);
    const { ch, npr, nm, nc } = args;
    return promptedSegment(scope, 'YOLOESegment26', list, args, () =>
      scope.call('proto', Proto26, list, { ch, c_: npr, c2: nm, nc }),
    );
  },
});
