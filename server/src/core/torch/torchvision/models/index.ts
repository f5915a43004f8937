// The classification models of torchvision (torchvision/models/*.py), by the names that get_model knows.

import * as l10n from '@vscode/l10n';
import { convnexts } from './convnext.ts';
import { densenets } from './densenet.ts';
import { efficientnets } from './efficientnet.ts';
import { inceptions } from './inception.ts';
import { mobilenets } from './mobilenet.ts';
import type { Model } from './model.ts';
import { regnets } from './regnet.ts';
import { resnets } from './resnet.ts';
import { shufflenets } from './shufflenet.ts';
import { squeezenets } from './squeezenet.ts';
import { swins } from './swin.ts';
import { vggs } from './vgg.ts';
import { vits } from './vit.ts';

export const models: ReadonlyMap<string, Model> = new Map(
  [
    resnets,
    vggs,
    squeezenets,
    densenets,
    mobilenets,
    shufflenets,
    efficientnets,
    regnets,
    inceptions,
    convnexts,
    swins,
    vits,
  ].flatMap(family => Object.entries(family)),
);

/** Why a model that torchvision has is not described; undefined where torchvision has none of this name. */
export function notDescribed(model: string): string | undefined {
  if (/^quantized_/.test(model)) return l10n.t('Quantized models are not analyzed.');
  if (/(?:rcnn|retinanet|fcos|^ssd)/.test(model))
    return l10n.t('It is a complete detector: it outputs boxes, not a feature map.');
  if (/^(?:fcn|deeplabv3|lraspp)_/.test(model))
    return l10n.t('It is a complete segmentation model: it outputs a dictionary.');
  if (/^(?:r3d|mc3|r2plus1d|s3d|mvit|swin3d)(?:_|$)/.test(model)) return l10n.t('It takes videos.');
  if (/^maxvit_/.test(model)) return l10n.t('MaxViT is the one torchvision classifier that is not described yet.');
  if (/^raft_/.test(model)) return l10n.t('It takes two images.');
  return undefined;
}
