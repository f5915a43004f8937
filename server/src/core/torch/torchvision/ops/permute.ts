// Permute (torchvision/ops/misc.py).
import * as l10n from '@vscode/l10n';
import { layer, only } from '../../layer.ts';
import { permute } from '../../tensor.ts';

export const Permute = layer<{ dims: readonly number[] }>({
  name: 'torchvision.ops.Permute',
  summary: () => l10n.t('Reorders the dimensions.'),
  params: {
    dims: { kind: 'ints', doc: () => l10n.t('The dimensions in their new order, counted from 0 (the batch).') },
  },
  forward: (scope, inputs, { dims }) => {
    const x = only(inputs);
    const order = Array.isArray(dims) ? dims.map(axis => (axis < 0 ? axis + dims.length : axis)) : [];
    const wanted = x.shape?.length ?? order.length;
    const isOrder = order.length === wanted && order.every((_, axis) => order.includes(axis));
    if (!isOrder || order.length === 0) {
      const message = l10n.t('`dims` must name each of the {0} dimensions once.', wanted);
      const help = l10n.t('For example: [0, 2, 3, 1].');
      return scope.refuse({ code: 'incomplete-order', attr: 'dims', message, help }, [x]);
    }
    return permute(scope, x, ...order);
  },
});
