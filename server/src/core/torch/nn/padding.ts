// torch/nn/modules/padding.py.
import * as l10n from '@vscode/l10n';
import { channels } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import { type AnyLayer, layer, only, type Size } from '../layer.ts';
import { number, type Param } from '../signature.ts';

function padding(
  name: string,
  mode: 'constant' | 'reflect' | 'replicate',
  more: Readonly<Record<string, Param>> = {},
): AnyLayer {
  return layer<{ padding: Size }>({
    name,
    summary: () => l10n.t('Pads the input.'),
    params: {
      padding: {
        kind: 'ints',
        doc: () => l10n.t('Left, right, top and bottom, or one number for all. Negative numbers crop.'),
      },
      ...more,
    },
    forward: (scope, inputs, { padding: given }) => {
      const list = typeof given === 'number' ? [given, given, given, given] : given;
      const [left = 0, right = 0, top = 0, bottom = 0] = list;
      const x = only(inputs);
      // F.pad counts from the last dimension, in pairs; ReflectionPad2d and others want both (constant_pad_nd, padding.py).
      if (list.length !== 4 && !(mode === 'constant' && list.length === 2)) {
        const message = l10n.t(
          'Padding must be one number, or four: left, right, top and bottom; not {0}.',
          list.length,
        );
        const output = [1, channels(x), Number.NaN, Number.NaN];
        return scope.refuse({ code: 'value-count-mismatch', attr: 'padding', message, output }, [x]);
      }
      return scope.builder.add(ops.pad, { before: [top, left], after: [bottom, right], mode }, x);
    },
  });
}

export const ZeroPad2d = padding('nn.ZeroPad2d', 'constant');
export const ConstantPad2d = padding('nn.ConstantPad2d', 'constant', { value: number(() => l10n.t('Its value.')) });
export const ReflectionPad2d = padding('nn.ReflectionPad2d', 'reflect');
export const ReplicationPad2d = padding('nn.ReplicationPad2d', 'replicate');
