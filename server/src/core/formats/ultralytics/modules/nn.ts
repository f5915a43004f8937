// Layers of torch.nn as rows name them, with what YOLO’s readers do to their arguments.
import * as l10n from '@vscode/l10n';
import { nn as layers } from '../../../torch/nn/index.ts';
import type { Param } from '../../../torch/signature.ts';
import { type AnyModule, param } from '../module.ts';

/** A layer whose output channels are described as rows have them. */
function described(name: string, doc: () => string): [string, AnyModule] {
  const layer = layers.get(name)!;
  const { params } = layer;
  return [
    name,
    {
      ...layer,
      params: { ...params, out_channels: { ...(params as Readonly<Record<'out_channels', Param>>).out_channels, doc } },
    },
  ];
}

const unscaled = (): string => l10n.t('Output channels; the width multiple does not apply.');
const scaled = param.c2.doc;

/** By the name that a row has, `nn.` included. */
export const nn: ReadonlyMap<string, AnyModule> = new Map<string, AnyModule>([
  ...layers,
  described('nn.Conv1d', unscaled),
  described('nn.Conv2d', unscaled),
  described('nn.ConvTranspose2d', scaled),
  ['nn.Identity', { ...layers.get('nn.Identity')!, lists: true }],
]);
