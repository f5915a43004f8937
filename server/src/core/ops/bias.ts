import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxis } from './rules/axis.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf, size } from './rules/shape.ts';

export interface Bias {
  readonly axis: number;
}

/** A separate bias: Caffe's Bias, YOLOR's and YOLOv7's implicit addition. */
export const bias = op<Bias>({
  name: 'bias',
  kind: 'elementwise',
  summary: () => l10n.t('Adds a learned bias to each channel.'),
  attrs: { axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis with one bias per entry.') } },
  arity: 1,
  check: ({ axis }, [x]) => checkAxis(axis, x!),
  shape: (_, [x]) => x!,
  counts: ({ axis }, [x]) => ({ adds: size(x!), biases: x![axisOf(axis, x!.length)]! }),
  inPlace: true,
  saves: savesNothing,
  examples: [
    {
      attrs: { axis: 1 },
      inputs: [[1, 256, 20, 20]],
      output: [1, 256, 20, 20],
      counts: { adds: 102_400, biases: 256 },
    },
    { attrs: { axis: -1 }, inputs: [[1, 5, 7]], output: [1, 5, 7], counts: { adds: 35, biases: 7 } },
  ],
});
