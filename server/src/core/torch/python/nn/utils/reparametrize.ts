// torch/nn/utils/weight_norm.py, spectral_norm.py, parametrize.py, parametrizations.py: weights made of others at each call.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import { op } from '../../../../ops/op.ts';
import {
  type Native,
  type PyClass,
  PyProperty,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../../../../python/objects.ts';
import { PyParameter, PyTensor } from '../../tensor.ts';
import { apply, functionNamed, notSupported } from '../apply.ts';
import { type Hook, ModuleInstance } from '../instance.ts';
import type { LayerClass } from '../layers/spec.ts';
import { moduleOf } from '../module.ts';
import { entry, itemsOf, native, nativeClass, nativeSteps, numberOf, setEntry } from '../natives.ts';
import type { NN } from '../state.ts';

/** σ = uᵀ·W·v in evaluation: one product with the matrix, one of vectors. */
const spectral = op<{ rows: number; columns: number }>({
  name: 'spectralNorm',
  kind: 'compute',
  summary: () => l10n.t('The largest singular value of the weights, by one matrix-vector and one dot product.'),
  attrs: {
    rows: { kind: 'int', min: 1, doc: () => l10n.t('Rows of the weight matrix.') },
    columns: { kind: 'int', min: 1, doc: () => l10n.t('Columns of the weight matrix.') },
  },
  arity: 0,
  shape: () => [],
  counts: ({ rows, columns }) => ({ macs: rows * columns + rows }),
  formula: ({ rows, columns }) => `${rows} · ${columns} + ${rows}`,
  examples: [],
});

function sigma(nn: NN, shape: readonly number[] | undefined, dim: number): PyTensor {
  const rows = shape?.[dim] ?? Number.NaN;
  const columns = (shape?.reduce((product, length) => product * length, 1) ?? Number.NaN) / rows;
  return apply(nn, functionNamed('spectral_norm'), spectral, { rows, columns }, []);
}

/** The axis of the outputs: 1 in transposed convolutions. */
function outputAxis(module: ModuleInstance, given: Value): number {
  if (given !== null) return numberOf(given) ?? 0;
  return module.cls.mro.some(({ name }) => name === '_ConvTransposeNd') ? 1 : 0;
}

/** The shape of the norms along all axes but one; a number alone for None. */
function normShape(shape: readonly number[] | undefined, dim: Value): readonly number[] | undefined {
  if (dim === null) return [];
  const at = numberOf(dim) ?? 0;
  if (at === -1) return [];
  return shape?.map((length, axis) => (axis === at ? length : 1));
}

function weightOf(module: ModuleInstance, name: string, nn: NN): PyTensor {
  const value = module.attribute(name);
  if (value instanceof PyTensor) return value;
  throw nn.machine.raise('AttributeError', `'${module.cls.name}' object has no attribute '${name}'`);
}

function learned(nn: NN, shape: readonly number[] | undefined, role: PyParameter['role']): PyParameter {
  const parameter = nn.parameter(
    nn.world.tensor(shape, 'float32', shape ? undefined : { message: l10n.t('a size is not known') }),
  );
  parameter.role = role;
  return parameter;
}

/** Puts a weight in place of a parameter, made again at each call. */
function replaced(nn: NN, module: ModuleInstance, name: string, make: (machine: NN['machine']) => Value): Hook {
  module.remove(name);
  const fill = (): null => {
    module.set(name, make(nn.machine));
    return null;
  };
  fill();
  const hook: Hook = { when: 'within', callee: native('hook', 'module', fill), withKeywords: false };
  module.hooks = [...module.hooks, hook];
  return hook;
}

export function reparametrizing(nn: NN): readonly Native[] {
  const weightNorm = native('weight_norm', "module, name='weight', dim=0", ([given, key, dim], machine) => {
    const module = moduleOf(given, machine);
    const name = String(key);
    const weight = weightOf(module, name, nn);
    const role = weight instanceof PyParameter ? weight.role : 'weights';
    const g = learned(nn, normShape(weight.shape, dim!), role);
    const v = learned(nn, weight.shape, role);
    module.remove(name);
    module.register('parameters', `${name}_g`, g);
    module.register('parameters', `${name}_v`, v);
    replaced(nn, module, name, () =>
      apply(nn, functionNamed('weight_norm'), ops.mul, {}, [
        weightOf(module, `${name}_v`, nn),
        weightOf(module, `${name}_g`, nn),
      ]),
    );
    return module;
  });
  const spectralNorm = native(
    'spectral_norm',
    "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None",
    ([given, key, , , dim], machine) => {
      const module = moduleOf(given, machine);
      const name = String(key);
      const weight = weightOf(module, name, nn);
      const axis = outputAxis(module, dim!);
      const { shape } = weight;
      const rows = shape?.[axis] ?? Number.NaN;
      const columns = (shape?.reduce((product, length) => product * length, 1) ?? Number.NaN) / rows;
      module.remove(name);
      if (weight instanceof PyParameter) module.register('parameters', `${name}_orig`, weight);
      module.register('buffers', `${name}_u`, nn.world.tensor([rows]));
      module.register('buffers', `${name}_v`, nn.world.tensor([columns]));
      let scale = nn.world.tensor([]);
      // Its products run in a hook before the layer: they belong to whoever calls it.
      const before = native('hook', 'module, input', () => {
        scale = sigma(nn, weightOf(module, `${name}_orig`, nn).shape, axis);
        return null;
      });
      module.hooks = [...module.hooks, { when: 'before', callee: before, withKeywords: false }];
      replaced(nn, module, name, () =>
        apply(nn, functionNamed('spectral_norm'), ops.div, {}, [weightOf(module, `${name}_orig`, nn), scale]),
      );
      return module;
    },
  );
  const removing = (name: string, suffixes: readonly string[]): Native =>
    native(name, "module, name='weight'", ([given, key], machine) => {
      const module = moduleOf(given, machine);
      const text = String(key);
      const shape = weightOf(module, text, nn).shape;
      for (const suffix of suffixes) module.remove(`${text}${suffix}`);
      module.register('parameters', text, learned(nn, shape, 'weights'));
      module.hooks = [];
      return module;
    });
  return [
    weightNorm,
    spectralNorm,
    removing('remove_weight_norm', ['_g', '_v']),
    removing('remove_spectral_norm', ['_orig', '_u', '_v']),
  ];
}

/** Modules that compute a weight, and the list of them for one weight. */
export const parametrizationLayers: readonly LayerClass[] = [
  {
    name: 'ParametrizationList',
    file: 'utils.parametrize',
    base: 'ModuleList',
    input: '',
    forward: function* (self, _, nn): Steps {
      const originals = self
        .ownParameters()
        .filter(([name]) => name.startsWith('original'))
        .map(([, each]) => each);
      let weight: Value | undefined;
      for (const [, module] of self.ownChildren()) {
        weight = yield* nn.machine.call(module, weight === undefined ? originals : [weight]);
      }
      return weight ?? originals[0] ?? null;
    },
  },
  {
    name: '_WeightNorm',
    file: 'utils.parametrizations',
    init: 'dim=0',
    input: 'weight_g, weight_v',
    forward: (_, [g, v], nn) =>
      apply(
        nn,
        functionNamed('weight_norm'),
        ops.mul,
        {},
        [v, g].filter(each => each instanceof PyTensor),
      ),
    members: nn => ({
      right_inverse: native('right_inverse', 'self, weight', ([self, weight], machine) => {
        if (!(weight instanceof PyTensor)) return weight!;
        const dim = moduleOf(self, machine).attribute('dim') ?? null;
        return new PyTuple([nn.world.tensor(normShape(weight.shape, dim)), nn.world.tensor(weight.shape)]);
      }),
    }),
  },
  {
    name: '_SpectralNorm',
    file: 'utils.parametrizations',
    init: 'weight, n_power_iterations=1, dim=0, eps=1e-12',
    hidden: ['weight'],
    construct: (self, { weight, dim }, nn) => {
      const shape = weight instanceof PyTensor ? weight.shape : undefined;
      if ((shape?.length ?? 0) <= 1) return;
      const rows = shape?.[numberOf(dim!) ?? 0] ?? Number.NaN;
      self.register('buffers', '_u', nn.world.tensor([rows]));
      self.register('buffers', '_v', nn.world.tensor([shape!.reduce((product, length) => product * length, 1) / rows]));
    },
    input: 'weight',
    forward: (self, [weight], nn) => {
      if (!(weight instanceof PyTensor)) return weight!;
      const scale = sigma(nn, weight.shape, numberOf(self.attribute('dim') ?? 0) ?? 0);
      return apply(nn, functionNamed('spectral_norm'), ops.div, {}, [weight, scale]);
    },
  },
  {
    name: '_Orthogonal',
    file: 'utils.parametrizations',
    init: '',
    input: 'weight',
    forward: (_, [weight], nn) => {
      if (!(weight instanceof PyTensor)) return weight!;
      return notSupported(nn, 'torch.nn.utils.parametrizations.orthogonal', [weight], weight.shape);
    },
  },
];

/** torch.nn.utils.parametrize and parametrizations. */
export function parametrizing(nn: NN): readonly Native[] {
  const register = nativeSteps(
    'register_parametrization',
    'module, tensor_name, parametrization, *, unsafe=False',
    function* ([given, key, parametrization], machine): Steps {
      const module = moduleOf(given, machine);
      yield* parametrize(nn, module, String(key), moduleOf(parametrization, machine));
      return module;
    },
  );
  return [
    register,
    native('is_parametrized', 'module, tensor_name=None', ([given, key], machine) => {
      const list = entry(moduleOf(given, machine).children, 'parametrizations');
      if (!(list instanceof ModuleInstance)) return false;
      return key === null ? list.children.entries.size > 0 : list.children.entries.has(String(key));
    }),
    native('remove_parametrizations', 'module, tensor_name, leave_parametrized=True', ([given, key], machine) => {
      const module = moduleOf(given, machine);
      const lists = entry(module.children, 'parametrizations');
      const list = lists instanceof ModuleInstance ? entry(lists.children, String(key)) : undefined;
      if (!(lists instanceof ModuleInstance) || !(list instanceof ModuleInstance)) {
        throw machine.raise('ValueError', `Module has no parametrization on ${String(key)}`);
      }
      const [original] = list
        .ownParameters()
        .map(([, each]) => each)
        .reverse();
      lists.children.entries.delete(String(key));
      if (lists.children.entries.size === 0) {
        module.remove('parametrizations');
        module.cls = module.cls.bases[0] ?? module.cls;
      }
      if (original) module.register('parameters', String(key), original);
      return module;
    }),
  ];
}

export function parametrizations(nn: NN): readonly Native[] {
  const of = (
    name: string,
    signature: string,
    make: (module: ModuleInstance, args: readonly Value[]) => ModuleInstance,
  ): Native =>
    nativeSteps(name, `module, name='weight'${signature}`, function* ([given, key, ...args], machine): Steps {
      const module = moduleOf(given, machine);
      yield* parametrize(nn, module, String(key), make(module, [key!, ...args]));
      return module;
    });
  return [
    of('weight_norm', ', dim=0', (_, [, dim]) => nn.make('_WeightNorm', { dim: dim! })),
    of('spectral_norm', ', n_power_iterations=1, eps=1e-12, dim=None', (module, [key, , , dim]) =>
      nn.make('_SpectralNorm', { weight: weightOf(module, String(key), nn), dim: outputAxis(module, dim!) }),
    ),
    of('orthogonal', ', orthogonal_map=None, *, use_trivialization=True', () => nn.make('_Orthogonal', {})),
  ];
}

function* parametrize(nn: NN, module: ModuleInstance, name: string, by: ModuleInstance): Steps<void> {
  const { machine } = nn;
  let lists = entry(module.children, 'parametrizations');
  if (!(lists instanceof ModuleInstance)) {
    lists = nn.create(nn.cls('ModuleDict'));
    module.register('children', 'parametrizations', lists);
    const cls: PyClass = nativeClass(
      machine,
      `Parametrized${module.cls.name}`,
      [module.cls],
      {},
      {
        module: 'torch.nn.utils.parametrize',
      },
    );
    module.cls = cls;
  }
  if (!(lists instanceof ModuleInstance)) return;
  const known = entry(lists.children, name);
  if (known instanceof ModuleInstance) {
    setEntry(known.children, String(known.children.entries.size), by);
    return;
  }
  const original = weightOf(module, name, nn);
  const list = nn.create(nn.cls('ParametrizationList'));
  const inverse = machine.lookup(by, 'right_inverse');
  const parts = inverse ? yield* machine.call(yield* machine.getAttribute(by, 'right_inverse'), [original]) : original;
  if (parts instanceof Unknown) {
    module.set(name, parts);
    return;
  }
  module.remove(name);
  const role = original instanceof PyParameter ? original.role : 'weights';
  if (parts instanceof PyTuple) {
    itemsOf(parts).forEach((part, at) => {
      if (part instanceof PyTensor) list.register('parameters', `original${at}`, learned(nn, part.shape, role));
    });
  } else if (original instanceof PyParameter) list.register('parameters', 'original', original);
  setEntry(list.children, '0', by);
  setEntry(lists.children, name, list);
  module.cls.dict.set(
    name,
    new PyProperty(
      nativeSteps(name, 'self', function* ([self]): Steps {
        const owner = moduleOf(self, machine);
        const computed = owner.computed?.get(name);
        if (computed !== undefined) return computed;
        const own = entry(owner.children, 'parametrizations');
        const each = own instanceof ModuleInstance ? entry(own.children, name) : undefined;
        return each === undefined ? null : yield* machine.call(each, []);
      }),
    ),
  );
}
