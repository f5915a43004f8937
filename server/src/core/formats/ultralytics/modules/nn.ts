// Layers of torch.nn as rows name them, with what YOLO’s readers do to their arguments.
import { nn as layers } from '../../../torch/nn/index.ts';
import type { AnyModule } from '../module.ts';

/** `notes`: what is to be said of parameters besides. */
function noted(name: string, notes: Readonly<Record<string, string>>): [string, AnyModule] {
  const layer = layers.get(name)!;
  const params = Object.entries(layer.params).map(([key, param]) => {
    const note = notes[key];
    return [key, note === undefined ? param : { ...param, doc: param.doc.replace(/\.$/, `; ${note}.`) }];
  });
  return [name, { ...layer, params: Object.fromEntries(params) }];
}

const unscaled = { out_channels: 'the width multiple does not apply' };
const scaled = { out_channels: 'the width multiple of the scale is applied to what the file says' };

/** By the name that a row has, `nn.` included. */
export const nn: ReadonlyMap<string, AnyModule> = new Map<string, AnyModule>([
  ...layers,
  noted('nn.Conv1d', unscaled),
  noted('nn.Conv2d', unscaled),
  noted('nn.ConvTranspose2d', scaled),
  ['nn.Identity', { ...layers.get('nn.Identity')!, lists: true }],
]);
