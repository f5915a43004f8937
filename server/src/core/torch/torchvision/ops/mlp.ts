// MLP (torchvision/ops/misc.py).
import type { PyValue } from '../../../python/value.ts';
import { layer, only } from '../../layer.ts';
import { relu } from '../../nn/activation.ts';
import { dropout } from '../../nn/dropout.ts';
import { linear } from '../../nn/linear.ts';
import { flag, ignored, int, ints, number } from '../../signature.ts';
import { sizesOf } from '../../tensor.ts';
import { isClass, layerParam, refuseClass } from './classes.ts';

interface MlpArgs {
  in_channels: number;
  hidden_channels: readonly number[];
  norm_layer: PyValue;
  activation_layer: PyValue;
  inplace: PyValue;
  bias: boolean;
  dropout: number;
}

export const MLP = layer<MlpArgs>({
  name: 'torchvision.ops.MLP',
  summary: 'Linear layers over the last dimension, with ReLU between them.',
  params: {
    in_channels: int('Input features: the size of the last dimension.'),
    hidden_channels: ints('Output features of each layer, a list.'),
    norm_layer: layerParam('Normalization between the layers.', null),
    activation_layer: layerParam('Activation between the layers.', 'ReLU'),
    inplace: ignored('Writes over its input.', true),
    bias: flag('Adds a learned number to each feature.', true),
    dropout: number('Dropout while training.', 0),
  },
  forward: (scope, inputs, args) => {
    const x = only(inputs);
    const hidden = args.hidden_channels;
    const refused = (attr: string, message: string) =>
      scope.refuse({ code: 'wrong-argument', attr, message, ...(x.shape ? { output: x.shape } : {}) }, [x]);
    if (!Array.isArray(hidden))
      return refused('hidden_channels', 'hidden_channels is a list, with one size for each layer.');
    if (args.norm_layer !== null) return refuseClass(scope, x, 'norm_layer', sizesOf(x));
    if (hidden.length > 1 && !isClass(args.activation_layer, 'ReLU')) {
      return refuseClass(scope, x, 'activation_layer', sizesOf(x));
    }
    const last = x.shape?.at(-1) ?? Number.NaN;
    if (last !== args.in_channels && !Number.isNaN(last)) {
      const message = `MLP works on the last dimension, which has ${last} features here: in_channels must be ${last}, not ${args.in_channels}.`;
      return refused('in_channels', message);
    }
    let y = x;
    for (const [index, out] of hidden.entries()) {
      y = linear(scope, y, out, args.bias);
      if (index < hidden.length - 1) y = relu(scope, y);
      y = dropout(scope, y);
    }
    return y;
  },
});
