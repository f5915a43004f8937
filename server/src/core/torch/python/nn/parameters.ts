// nn.Parameter, nn.Buffer and the like as classes of Python.
import * as l10n from '@vscode/l10n';
import { type Keywords, type PyClass, PyFloat, PyList, PyTuple, Unknown, type Value } from '../../../python/objects.ts';
import { isWhole } from '../dtype.ts';
import { PyParameter, PyTensor } from '../tensor.ts';
import { share } from '../values.ts';
import { copiesOf, deepCopy } from './copying.ts';
import { flag, native, nativeClass } from './natives.ts';
import type { NN } from './state.ts';

export function defineParameters(nn: NN): void {
  const { Parameter, Tensor } = nn.world.classes;
  nn.classes.set('Parameter', Parameter);
  Parameter.create = (cls, args, keywords) => parameterOf(nn, cls, args, keywords);
  Parameter.dict.set(
    '__init__',
    native('__init__', 'self, *args, **kwargs', () => null),
  );
  for (const cls of [Parameter, Tensor]) {
    cls.dict.set(
      '__deepcopy__',
      native('__deepcopy__', 'self, memo', ([self, memo]) => deepCopy(self!, copiesOf(memo))),
    );
  }
  const buffer = nativeClass(nn.machine, 'Buffer', [Tensor], {}, { module: 'torch.nn.parameter' });
  buffer.create = (cls, args, keywords) => bufferOf(nn, cls, args, keywords);
  buffer.dict.set(
    '__init__',
    native('__init__', 'self, *args, **kwargs', () => null),
  );
  nn.classes.set('Buffer', buffer);
  for (const [name, base] of [
    ['UninitializedParameter', Parameter],
    ['UninitializedBuffer', Tensor],
  ] as const) {
    const cls = nativeClass(nn.machine, name, [base], {}, { module: 'torch.nn.parameter' });
    cls.create = own => uninitialized(nn, own);
    cls.dict.set(
      '__init__',
      native('__init__', 'self, *args, **kwargs', () => null),
    );
    nn.classes.set(name, cls);
  }
}

/** A parameter whose shape is decided by the first input. */
export function uninitialized(nn: NN, cls: PyClass): PyTensor {
  const isParameter = cls.mro.includes(nn.world.classes.Parameter);
  const tensor = isParameter ? new PyParameter(cls, undefined, 'float32') : new PyTensor(cls, undefined, 'float32');
  tensor.why = { message: l10n.t('the layer was not called yet') };
  return tensor;
}

function given(args: readonly Value[], keywords: Keywords, at: number, name: string): Value | undefined {
  return args[at] ?? keywords.get(name);
}

function parameterOf(nn: NN, cls: PyClass, args: readonly Value[], keywords: Keywords): Value {
  const data = given(args, keywords, 0, 'data') ?? null;
  const requiresGrad = flag(given(args, keywords, 1, 'requires_grad') ?? true, true);
  if (data === null) return nn.parameter(nn.world.tensor([0]), requiresGrad, cls);
  if (data instanceof PyTensor) {
    if (requiresGrad && data.hasType && isWhole(data.dtype))
      throw nn.machine.raise('RuntimeError', 'Only Tensors of floating point and complex dtype can require gradients');
    return nn.parameter(data, requiresGrad, cls);
  }
  if (data instanceof Unknown)
    return nn.parameter(nn.world.tensor(undefined, 'float32', data.reason), requiresGrad, cls);
  const isNumber = typeof data === 'number' || typeof data === 'boolean' || data instanceof PyFloat;
  const isList = data instanceof PyList || data instanceof PyTuple;
  const type = nn.machine.typeOf(data)?.name ?? 'object';
  if (isNumber || isList) throw nn.machine.raise('TypeError', `expected torch.Tensor as data, got ${type}`);
  throw nn.machine.raise('TypeError', `cannot make a parameter of ${type}`);
}

function bufferOf(nn: NN, cls: PyClass, args: readonly Value[], keywords: Keywords): Value {
  const data = given(args, keywords, 0, 'data') ?? null;
  if (data instanceof Unknown) return data;
  const base = data instanceof PyTensor ? data : nn.world.tensor([0]);
  const tensor = new PyTensor(cls, base.shape, base.dtype);
  tensor.why = base.why;
  return share(tensor, base, base.strides);
}
