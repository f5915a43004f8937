// Parts of cfg files of YOLOR and its relatives that no Darknet has: PyTorch programs read these (WongKinYiu's yolor
// and PyTorch_YOLOv4, models/models.py, create_modules).

import { l2Norm } from '../../ops/index.ts';
import { type Activation, activations } from './activations.ts';

const sections: ReadonlySet<string> = new Set([
  'implicit_add',
  'implicit_mul',
  'implicit_cat',
  'implicit_add_2d',
  'implicit_mul_2d',
  'implicit_cat_2d',
  'shift_channels',
  'shift_channels_2d',
  'control_channels',
  'control_channels_2d',
  'alternate_channels',
  'alternate_channels_2d',
  'select_channels',
  'select_channels_2d',
  'deformableconvolutional',
  'route2',
  'route3',
  'route_lhalf',
  'dwt',
  'jde',
  'BatchNorm2d',
]);

/** Whether only those programs have a section of this name. */
export function isOfPyTorch(type: string): boolean {
  return sections.has(type);
}

/** Activations that only those programs have; an embedding is scaled to length 1. */
export const pyTorchActivations: Readonly<Record<string, Pick<Activation, 'apply'>>> = {
  silu: activations.swish!,
  emb: { apply: (builder, x) => builder.add(l2Norm, { axis: 1 }, x) },
};
