// The classification models of torchvision (torchvision/models/*.py), by the names that get_model knows.
import type { Model } from './child.ts';
import { convnexts } from './convnext.ts';
import { densenets } from './densenet.ts';
import { efficientnets } from './efficientnet.ts';
import { inceptions } from './inception.ts';
import { mobilenets } from './mobilenet.ts';
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
