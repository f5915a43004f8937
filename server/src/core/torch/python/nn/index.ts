// torch.nn for one machine: its classes and functions, as native modules.
import type { Machine, NativeModules } from '../../../python/machine.ts';
import { nativeClass, native as nativeFunction } from '../../../python/native.ts';
import { type Native, type PyClass, PyInstance, PyLazy, PyModule, type Value } from '../../../python/objects.ts';
import { unknownLayer } from '../names.ts';
import { Recording, worldOf } from '../recording.ts';
import type { World } from '../world.ts';
import { choose } from './choice.ts';
import { containers } from './containers.ts';
import { activations as activationFunctions } from './functional/activations.ts';
import { attention, losses, resampling } from './functional/data.ts';
import { norms as normFunctions, pools as poolFunctions, weighted } from './functional/layers.ts';
import { initializers } from './init.ts';
import { activations } from './layers/activation.ts';
import { attentions } from './layers/attention.ts';
import { convolutions } from './layers/conv.ts';
import { lazyLayers } from './layers/lazy.ts';
import { linears } from './layers/linear.ts';
import { lossLayers } from './layers/loss.ts';
import { norms } from './layers/norm.ts';
import { parallels } from './layers/parallel.ts';
import { pools } from './layers/pool.ts';
import { recurrentLayers } from './layers/rnn.ts';
import { shapes } from './layers/shape.ts';
import { embeddings } from './layers/sparse.ts';
import { define, type LayerClass } from './layers/spec.ts';
import { transformers } from './layers/transformer.ts';
import { defineModule } from './module.ts';
import { defineParameters } from './parameters.ts';
import { NN } from './state.ts';
import { moduleHelpers, utilities } from './utils/helpers.ts';
import { parametrizationLayers, parametrizations, parametrizing, reparametrizing } from './utils/reparametrize.ts';
import { definePackedSequence, sequences } from './utils/rnn.ts';

const known = new WeakMap<World, NN>();

/** torch.nn of a world; made at the first call. */
export function nnOf(world: World): NN {
  let nn = known.get(world);
  if (!nn) {
    nn = new NN(world);
    known.set(world, nn);
    install(nn);
    const made = nn;
    if (world instanceof Recording) {
      world.directCall = activation => made.direct(activation);
      world.forgetModules = () => made.forget();
      world.choose = (values, why, list) => choose(made, world, values, why, list);
    }
  }
  return nn;
}

/** A base before what derives from it. */
const tables: readonly (readonly LayerClass[])[] = [
  containers,
  convolutions,
  linears,
  embeddings,
  norms,
  activations,
  pools,
  shapes,
  lossLayers,
  recurrentLayers,
  attentions,
  transformers,
  lazyLayers,
  parallels,
  parametrizationLayers,
];

function install(nn: NN): void {
  defineModule(nn);
  defineParameters(nn);
  const functions = [
    ...weighted(nn),
    ...normFunctions(nn),
    ...poolFunctions(nn),
    ...activationFunctions(nn),
    ...resampling(nn),
    ...attention(nn),
    ...losses(nn),
  ];
  for (const each of functions) nn.functions.set(each.name, each);
  for (const table of tables) for (const spec of table) define(nn, spec);
  definePackedSequence(nn);
}

/** Classes that stand in torch.nn itself; the others are in their files alone. */
function isPublic(name: string): boolean {
  return (
    !name.startsWith('_') &&
    !['NonDynamicallyQuantizableLinear', 'ParametrizationList', 'PackedSequence'].includes(name)
  );
}

type Make = (nn: NN) => Iterable<readonly [string, Value]>;

const byName = (list: readonly Native[]): readonly (readonly [string, Value])[] => list.map(each => [each.name, each]);

function* classesOf(nn: NN, file: string): Generator<readonly [string, Value]> {
  const module = `torch.nn.modules.${file}`;
  for (const [name, cls] of nn.classes) if (cls.module === module) yield [name, cls];
}

const files = [
  'activation',
  'adaptive',
  'batchnorm',
  'channelshuffle',
  'container',
  'conv',
  'distance',
  'dropout',
  'flatten',
  'fold',
  'instancenorm',
  'linear',
  'loss',
  'normalization',
  'padding',
  'pixelshuffle',
  'pooling',
  'rnn',
  'sparse',
  'transformer',
  'upsampling',
] as const;

/** By the path of import. Each begins with what it holds; modules inside of it are added. */
const contents: Readonly<Record<string, Make>> = {
  'torch.nn': nn => [...[...nn.classes].filter(([name]) => isPublic(name)), ['data_parallel', dataParallel(nn)]],
  'torch.nn.functional': nn => nn.functions,
  'torch.nn.init': nn => byName(initializers(nn)),
  'torch.nn.parameter': nn =>
    ['Parameter', 'Buffer', 'UninitializedParameter', 'UninitializedBuffer'].map(name => [name, nn.cls(name)]),
  'torch.nn.parallel': nn => [
    ['DataParallel', nn.cls('DataParallel')],
    ['DistributedDataParallel', nn.cls('DistributedDataParallel')],
    ['data_parallel', dataParallel(nn)],
  ],
  'torch.nn.parallel.distributed': nn => [['DistributedDataParallel', nn.cls('DistributedDataParallel')]],
  'torch.nn.parallel.data_parallel': nn => [['DataParallel', nn.cls('DataParallel')]],
  'torch.nn.modules': nn => [...nn.classes].filter(([name]) => isPublic(name)),
  'torch.nn.modules.module': nn => [['Module', nn.cls('Module')]],
  'torch.nn.modules.utils': nn => byName(moduleHelpers(nn)),
  ...Object.fromEntries(
    files.map((file): readonly [string, Make] => [
      `torch.nn.modules.${file}`,
      nn => [...classesOf(nn, file), ...extras(nn)],
    ]),
  ),
  'torch.nn.utils': nn => [...byName(utilities(nn)), ...byName(reparametrizing(nn))],
  'torch.nn.utils.weight_norm': nn => byName(reparametrizing(nn)),
  'torch.nn.utils.spectral_norm': nn => byName(reparametrizing(nn)),
  'torch.nn.utils.clip_grad': nn => byName(utilities(nn)),
  'torch.nn.utils.convert_parameters': nn => byName(utilities(nn)),
  'torch.nn.utils.fusion': nn => byName(utilities(nn)),
  'torch.nn.utils.parametrize': nn => byName(parametrizing(nn)),
  'torch.nn.utils.parametrizations': nn => byName(parametrizations(nn)),
  'torch.nn.utils.rnn': nn => [...byName(sequences(nn)), ['PackedSequence', nn.cls('PackedSequence')]],
  'torch.nn.attention': nn => byName(attentionHelpers(nn)),
  'torch.nn.common_types': nn => sizeTypes(nn),
};

/** What files of torch.nn.modules import themselves, and others import from there. */
function* extras(nn: NN): Generator<readonly [string, Value]> {
  yield* byName(moduleHelpers(nn)).filter(([name]) => /^_(single|pair|triple|quadruple|ntuple)$/.test(name));
  yield ['Module', nn.cls('Module')];
  yield ['Parameter', nn.cls('Parameter')];
}

/** `torch.nn` and what is inside, by the path of import. */
export const nnModules: NativeModules = new Map(
  Object.keys(contents).map(name => [name, (machine: Machine) => moduleNamed(nnOf(worldOf(machine)), name)]),
);

const modules = new WeakMap<NN, Map<string, PyModule>>();

function moduleNamed(nn: NN, name: string): PyModule {
  let made = modules.get(nn);
  if (!made) {
    made = new Map();
    modules.set(nn, made);
  }
  let module = made.get(name);
  if (!module) {
    module = new PyModule(name);
    made.set(name, module);
    for (const [key, value] of contents[name]!(nn)) module.dict.set(key, value);
    // Where a function has the name of its file, it is the function that is meant. Most are never asked for.
    for (const [key, path] of inside(name))
      if (!module.dict.has(key)) module.dict.set(key, new PyLazy(machine => machine.importModule(path)));
    module.lazy = key => unknownLayer(name, key);
  }
  return module;
}

/** The modules directly in one, by their names there. */
function inside(name: string): readonly (readonly [string, string])[] {
  const prefix = `${name}.`;
  return Object.keys(contents).flatMap(path => {
    const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    return rest !== '' && !rest.includes('.') ? [[rest, path] as const] : [];
  });
}

function dataParallel(nn: NN): Native {
  return utilities(nn).find(({ name }) => name === 'data_parallel')!;
}

function attentionHelpers(nn: NN): readonly Native[] {
  const context = nativeClass(nn.machine, '_SDPContext', [], {}, { module: 'torch.nn.attention' });
  context.dict.set(
    '__enter__',
    nativeFunction('__enter__', 'self', ([self]) => self!),
  );
  context.dict.set(
    '__exit__',
    nativeFunction('__exit__', 'self, *args', () => null),
  );
  return [nativeFunction('sdpa_kernel', 'backends, set_priority=False', () => new PyInstance(context))];
}

function* sizeTypes(nn: NN): Generator<readonly [string, Value]> {
  const any = nn.machine.builtin('object') as PyClass;
  for (const rank of ['any', '1', '2', '3', '4', '5', '6']) {
    for (const kind of ['t', 'opt_t']) yield [`_size_${rank}_${kind}`, any];
  }
  for (const rank of ['any', '2', '3']) yield [`_ratio_${rank}_t`, any];
  yield ['_maybe_indices_t', any];
}
