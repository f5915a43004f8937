// Permute (torchvision/ops/misc.py).
import { layer, only } from '../../layer.ts';
import { permute } from '../../tensor.ts';

export const Permute = layer<{ dims: readonly number[] }>({
  name: 'torchvision.ops.Permute',
  summary: 'Puts the dimensions in another order.',
  params: { dims: { kind: 'ints', doc: 'The dimensions, batch first, in their new order.' } },
  forward: (scope, inputs, { dims }) => {
    const x = only(inputs);
    const order = Array.isArray(dims) ? dims.map(axis => (axis < 0 ? axis + dims.length : axis)) : [];
    const wanted = x.shape?.length ?? order.length;
    const isOrder = order.length === wanted && order.every((_, axis) => order.includes(axis));
    if (!isOrder || order.length === 0) {
      const message = `dims must name each of the ${wanted} dimensions once, as in [0, 2, 3, 1].`;
      return scope.refuse({ code: 'wrong-argument', attr: 'dims', message }, [x]);
    }
    return permute(scope, x, ...order);
  },
});
