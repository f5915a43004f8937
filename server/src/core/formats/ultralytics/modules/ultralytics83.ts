// What Ultralytics 8.3.63 has otherwise than 8.4: YOLOv12 and YOLOv13 are forks of it.
import * as l10n from '@vscode/l10n';
import { type AnyModule, type Module, module } from '../module.ts';
import * as block from './block.ts';
import * as head from './head.ts';
import * as prompted from './prompted.ts';
import { TorchVisionCut } from './torchvision.ts';
import { RTDETRDecoderAll } from './transformer.ts';

const { attn: _, ...c3k2Params } = block.C3k2.params;

/** Its fourth argument in a row is `g`, its fifth `shortcut`. */
const C3k2 = module<block.CspArgs & { c3k: boolean }>({
  ...block.C3k2,
  summary: () => l10n.t('A C2f whose inner blocks are bottlenecks, or C3k blocks of two bottlenecks (YOLO11).'),
  params: {
    ...c3k2Params,
    c3k: { ...c3k2Params.c3k, doc: () => l10n.t('C3k blocks inside; the largest scales always have them.') },
  },
  forward: (scope, inputs, args) => block.C3k2.forward(scope, inputs, { ...args, attn: false }),
});

/** A head without what 8.4 appends to its arguments: `reg_max` and `end2end`. */
function plain(later: AnyModule): AnyModule {
  const { reg_max, end2end, ...params } = later.params as Module<head.DetectArgs>['params'];
  return {
    ...later,
    params,
    forward: (scope, inputs, args) => later.forward(scope, inputs, { ...args, reg_max: 16, end2end: false }),
  };
}

const replaced: readonly AnyModule[] = [
  block.SPPFV5,
  C3k2,
  // No head for fewer than 64 hidden channels.
  ...Object.values(block.positionAttention(c => Math.floor(c / 64))),
  ...[head.Detect, head.Segment, head.Pose, head.OBB, prompted.WorldDetect].map(plain),
  RTDETRDecoderAll,
  TorchVisionCut,
];

const byName = new Map(replaced.map(found => [found.name, found]));

/** The module of 8.3.63 for one of 8.4; undefined where it came later. */
export function earlier(found: AnyModule): AnyModule | undefined {
  return found.since === undefined ? (byName.get(found.name) ?? found) : undefined;
}
