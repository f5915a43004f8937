// Reads one network of a program: runs the file's text, builds what the entry says, and records one call of it.
import * as l10n from '@vscode/l10n';
import { Builder, type FrameSpec } from '../graph/builder.ts';
import { type Frame, type Graph, type Tensor, useOf } from '../graph/graph.ts';
import { placedNotes, type Shown } from '../graph/segment.ts';
import * as ops from '../ops/index.ts';
import type { ShapeOrder } from '../ops/op.ts';
import type { Machine } from '../python/machine.ts';
import {
  type Keywords,
  Native,
  noKeywords,
  type Place,
  PyDict,
  PyList,
  PyModule,
  PyTuple,
  Raised,
  type Steps,
  Unknown,
  type Value,
} from '../python/objects.ts';
import type { Problem } from '../text/problem.ts';
import type { Reason } from '../text/reason.ts';
import type { RowSpec } from '../torch/python/frames.ts';
import { libraryRoot } from '../torch/python/library/index.ts';
import { ModuleInstance, modulesOf } from '../torch/python/nn/instance.ts';
import { itemsOf, keywordsOf, setEntry } from '../torch/python/nn/natives.ts';
import { tensorsIn } from '../torch/python/nn/state.ts';
import { type Recording, worldOf } from '../torch/python/recording.ts';
import type { PyParameter, PyTensor } from '../torch/python/tensor.ts';
import { exceptionReason, type Failure, failureOf } from './exceptions.ts';
import { type Given, guesses, parameterNames, type TensorInput } from './inputs.ts';
import type { RecordedCall } from './modules.ts';
import { moduleRows, siteOf } from './modules.ts';
import type { ModuleRow } from './program.ts';
import type { Unknowns } from './unknowns.ts';

/** What became of an entry. */
export interface Recorded {
  readonly graph: Graph;
  readonly modules: readonly ModuleRow[];
  readonly shapes: readonly (readonly number[])[];
  /** How it was called; undefined where nothing said how, and nothing could be guessed. */
  readonly given: Given | undefined;
  /** How many ways to call it there are to guess. */
  readonly guesses: number;
  readonly problems: readonly Problem[];
  readonly name: string;
  /** What the program read values of. */
  readonly valuesRead: readonly Tensor[];
  /** What ended the call before its time. */
  readonly failure: Failure | undefined;
}

export interface Wanted {
  /** The expression that builds the network. */
  readonly entry: string;
  /** How it is called; undefined is guessed. */
  readonly given: Given | undefined;
  /** Which of the guesses is tried. */
  readonly guess: number;
  readonly order: ShapeOrder;
  /** Whether it is called as in training. */
  readonly training: boolean;
  /** Whether it is followed how long tensors are there. */
  readonly lifetimes: boolean;
}

/** What is wrong with what was asked for. */
export class Refusal {
  readonly problem: Omit<Problem, 'range' | 'severity'>;
  /** Where what is unknown began. */
  readonly place: Place | undefined;
  /** Why it is unknown. */
  readonly reason: Reason | undefined;

  constructor(problem: Omit<Problem, 'range' | 'severity'>, place?: Place, reason?: Reason) {
    this.problem = problem;
    this.place = place;
    this.reason = reason;
  }
}

/** Builds and calls a network in the names of a file that has been run. */
export function* record(
  machine: Machine,
  file: PyModule,
  unknowns: Unknowns,
  { entry, given: wish, guess, order, training, lifetimes }: Wanted,
): Steps<Recorded | Refusal> {
  const outside = outsideOf(file);
  const scope = yield* scopeOf(machine, file);
  unknowns.begin();
  let model = yield* machine.evaluate(entry, outside, scope);
  // The name of a function or a class is what it builds by itself.
  if (isBuilder(model)) model = yield* machine.call(model, []);
  if (model instanceof Unknown) {
    const { reason, place } = model;
    return new Refusal({ ...unknownEntry(entry, reason) }, place, reason);
  }
  if (!(model instanceof ModuleInstance)) {
    const unknown = machine.typeOf(model)?.unknownBase;
    return unknown
      ? new Refusal({ ...unknownEntry(entry, unknown.reason) }, unknown.place, unknown.reason)
      : new Refusal(noModule(entry, model, machine));
  }
  yield* setMode(machine, model, training);
  const forward = machine.lookup(model, 'forward');
  const ways = wish ? [] : guesses(model, forward);
  const given = wish ?? ways[guess] ?? ways[0];
  const world = worldOf(machine);
  const builder = new Builder(undefined, order);
  if (!given) {
    const calls = parametersLeft(model, world, builder);
    builder.unknown(l10n.t('it is not known what the network takes'));
    const graph = builder.finish([]);
    const modules = moduleRows(model, graph, calls, unknowns);
    const { problems } = world;
    const { name } = model.cls;
    return { graph, modules, shapes: [], given, guesses: 0, problems, name, valuesRead: [], failure: undefined };
  }
  const taken = yield* argumentsOf(given, machine, outside, scope);
  const { graph, shapes, calls, failure } = yield* recordCall(machine, model, taken, unknowns, { order, lifetimes });
  return {
    graph,
    modules: moduleRows(model, graph, calls, unknowns),
    shapes,
    given,
    guesses: ways.length,
    problems: world.problems,
    name: model.cls.name,
    valuesRead: [...world.valuesRead],
    failure,
  };
}

/** `model.train()` or `model.eval()`, and what operators record from then on. */
export function* setMode(machine: Machine, model: ModuleInstance, training: boolean): Steps<void> {
  worldOf(machine).isTraining = training;
  yield* machine.call(yield* machine.getAttribute(model, training ? 'train' : 'eval'), []);
}

/** What a network does that is called once. */
export interface Call {
  readonly graph: Graph;
  /** Of its inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly calls: readonly RecordedCall[];
  /** What ended it before its time. */
  readonly failure: Failure | undefined;
}

/** The modules of a network that stand for rows of another text. */
export interface RowModules {
  /** By module. */
  readonly rows: ReadonlyMap<object, RowSpec>;
  /** What that text calls its inputs. */
  readonly inputs: readonly string[];
  /** Rows for which there is no module, and why. */
  readonly unbuilt: readonly { readonly frame: FrameSpec; readonly why: Reason }[];
  /** Where places of that text are shown, where another one is shown. */
  readonly places: Shown | undefined;
}

/** Calls a network and records what it does. With `rows`, their frames are those of the graph's root. */
export function* recordCall(
  machine: Machine,
  model: ModuleInstance,
  { args, keywords }: Arguments,
  unknowns: Unknowns,
  { order, lifetimes }: Pick<Wanted, 'order' | 'lifetimes'>,
  rows?: RowModules,
): Steps<Call> {
  const world = worldOf(machine);
  const builder = new Builder(rows?.places, order);
  const left: RecordedCall[] = [];
  const ended = new Set<object>();
  /** Modules whose other parameters are there. */
  const done = new Set<ModuleInstance>();
  world.record(
    builder,
    rows && {
      rowOf: module => rows.rows.get(module),
      ends: module => {
        ended.add(module);
        for (const why of world.changedChoices()) builder.boundless(why);
        if (module instanceof ModuleInstance) left.push(...parametersLeft(module, world, builder, done));
      },
      stands: module => {
        ended.add(module);
        if (module instanceof ModuleInstance) for (const { value } of modulesOf(module)) done.add(value);
      },
    },
    lifetimes,
  );
  world.countLeft = (module, path) => {
    world.follow();
    left.push(...parametersLeft(module, world, builder, done, path));
  };
  world.countOnly(parametersOf(model, world));
  const followed = world.lifetimes;
  const names = rows?.inputs ?? parameterNames(machine.lookup(model, 'forward'));
  const shapes = inputsOf(args, keywords, names, builder, world);
  unknowns.record(world);
  let outputs: readonly Tensor[] = [];
  let failure: Failure | undefined;
  try {
    const result = yield* machine.call(model, args, keywords);
    const lost = unknownIn(result);
    if (lost) world.opaque(lost, []);
    const changed = world.changedChoices();
    if (changed.length > 0) world.follow();
    for (const why of changed) builder.boundless(why);
    outputs = tensorsIn(result).map(tensor => world.node(tensor));
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    // What was recorded up to there is there.
    failure = yield* failureOf(error, machine);
    world.opaque(exceptionReason(failure), []);
  } finally {
    world.end();
  }
  const why = failure && exceptionReason(failure);
  for (const [module, { frame, start }] of rows?.rows ?? []) {
    if (ended.has(module)) continue;
    builder.open(placedNotes(frame, start));
    if (module instanceof ModuleInstance) left.push(...parametersLeft(module, world, builder, done));
    if (why) builder.unknown(why);
    builder.close([]);
  }
  for (const { frame, why } of rows?.unbuilt ?? []) {
    builder.open(frame);
    builder.unknown(why);
    builder.close([]);
  }
  left.push(...parametersLeft(model, world, builder, done));
  return {
    graph: builder.finish(outputs, rows ? undefined : layersOf, undefined, followed),
    shapes,
    calls: [...world.moduleCalls, ...left],
    failure,
  };
}

/** The names of the file for expressions that are not in it: their places are nobody's. */
function outsideOf(file: PyModule): PyModule {
  const outside = new PyModule(file.name, `${libraryRoot}/entry`);
  for (const [name, value] of file.dict) outside.dict.set(name, value);
  return outside;
}

/** What a person calls the layers of a network: the modules that its forward pass calls itself, in the order of the calls. */
function layersOf(root: Frame): readonly Frame[] {
  const found: Frame[] = [];
  const visit = (frame: Frame): void => {
    for (const child of frame.children) {
      if (child.type === 'function' || child.type === 'statement') visit(child);
      else if (useOf(child)) found.push(child);
      else visit(child);
    }
  };
  visit(root);
  return found;
}

/** Names that an expression from outside may use though the file does not have them. */
function* scopeOf(machine: Machine, file: PyModule): Steps<PyDict> {
  const scope = new PyDict();
  for (const [name, module] of [
    ['torch', 'torch'],
    ['nn', 'torch.nn'],
    ['F', 'torch.nn.functional'],
  ] as const) {
    if (!file.dict.has(name)) setEntry(scope, name, yield* machine.importModule(module));
  }
  setEntry(
    scope,
    argumentsName,
    new Native(argumentsName, '*args, **kwargs', ([args, keywords]) => new PyTuple([args!, keywords!])),
  );
  return scope;
}

/** A function that gives what it is called with. */
const argumentsName = '__flopline_arguments__';

/** What a network is called with. */
export interface Arguments {
  readonly args: readonly Value[];
  readonly keywords: Keywords;
}

function* argumentsOf(given: Given, machine: Machine, file: PyModule, scope: PyDict): Steps<Arguments> {
  if (given.kind === 'sizes') {
    const world = worldOf(machine);
    const tensorOf = ({ shape, dtype }: TensorInput): PyTensor => world.tensor(shape, dtype);
    return {
      args: given.tensors.filter(({ name }) => name === undefined).map(tensorOf),
      keywords: new Map(
        given.tensors.flatMap(tensor => (tensor.name === undefined ? [] : [[tensor.name, tensorOf(tensor)]])),
      ),
    };
  }
  const value = yield* machine.evaluate(`${argumentsName}(${given.text})`, file, scope);
  if (!(value instanceof PyTuple)) return { args: [value], keywords: noKeywords };
  const [args, keywords] = value.items;
  return { args: itemsOf(args), keywords: keywordsOf(keywords) };
}

/** Makes the tensors that a network is called with its inputs; their shapes. */
function inputsOf(
  args: readonly Value[],
  keywords: Keywords,
  names: readonly string[],
  builder: Builder,
  world: Recording,
): readonly (readonly number[])[] {
  const shapes: (readonly number[])[] = [];
  const seen = new Set<PyTensor>();
  const given = [...args.map((value, at) => [names[at] ?? `input${at}`, value] as const), ...keywords];
  for (const [name, value] of given) {
    const tensors = tensorsIn(value);
    for (const [at, tensor] of tensors.entries()) {
      if (seen.has(tensor)) continue;
      seen.add(tensor);
      const { shape, why } = tensor;
      world.attach(tensor, builder.input(tensors.length > 1 ? `${name}.${at}` : name, shape, why));
      if (shape) shapes.push(shape);
    }
  }
  return shapes;
}

/**
 * Whether a network has a parameter: it was registered before the call, or is registered in it. One that takes the place of
 * another counts only if that one does not.
 */
function parametersOf(model: ModuleInstance, world: Recording): (parameter: PyParameter) => boolean {
  const before = new Set<PyParameter>();
  const places = new Map<ModuleInstance, Map<string, PyParameter>>();
  for (const { value: module } of modulesOf(model)) {
    const own = module.ownParameters();
    for (const [, parameter] of own) before.add(parameter);
    if (own.length > 0) places.set(module, new Map(own));
  }
  const later = new Map<PyParameter, PyParameter | 'registered' | 'foreign'>();
  const find = (parameter: PyParameter): PyParameter | 'registered' | 'foreign' => {
    for (const { value: module } of modulesOf(model)) {
      for (const [name, own] of module.ownParameters()) {
        if (own === parameter) return places.get(module)?.get(name) ?? 'registered';
      }
    }
    return 'foreign';
  };
  return parameter => {
    if (before.has(parameter)) return true;
    let found = later.get(parameter);
    if (found === undefined) {
      found = find(parameter);
      later.set(parameter, found);
    }
    if (typeof found === 'string') return found === 'registered';
    // Those of lazy layers have no shape before.
    return !found.shape || !world.countedBy(found);
  };
}

/** Parameters that no call has used are parts of the network too, in their modules. */
function parametersLeft(
  model: ModuleInstance,
  world: Recording,
  builder: Builder,
  done = new Set<ModuleInstance>(),
  prefix = '',
): readonly RecordedCall[] {
  const calls: RecordedCall[] = [];
  for (const { path, value: module } of modulesOf(model, prefix)) {
    if (done.has(module)) continue;
    done.add(module);
    const left = module
      .ownParameters()
      .flatMap(([, parameter]) => (world.countedBy(parameter) || !world.counts(parameter) ? [] : [parameter]));
    const lost = module.unknownPart;
    if (left.length === 0 && !lost) continue;
    const first = builder.next;
    const site = siteOf(module);
    builder.open({ label: path, type: module.cls.name, sites: site ? [site] : [] });
    for (const parameter of left) {
      const { shape, role, why } = parameter;
      // A parameter that two names have is counted at the first.
      if (world.countedBy(parameter)) continue;
      const node =
        shape && !shape.some(Number.isNaN)
          ? builder.add(ops.parameter, { shape, role }, [])
          : builder.unknown(why ?? l10n.t('a size is not known'));
      world.count(parameter, node.node);
    }
    // An attribute that is not known may be a module.
    if (lost) builder.unknown(lost.reason);
    builder.close([]);
    calls.push({ module, first, end: builder.next, outputs: [], isCall: false });
  }
  return calls;
}

/** The first part of a result that is not known. */
function unknownIn(value: Value, depth = 4): Unknown | undefined {
  // What values decide has cost what was counted.
  if (value instanceof Unknown) return value.decision ? undefined : value;
  if (depth === 0) return undefined;
  const inside =
    value instanceof PyTuple || value instanceof PyList
      ? value.items
      : value instanceof PyDict
        ? [...value.entries.values()].map(each => each.value)
        : [];
  for (const each of inside) {
    const found = unknownIn(each, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** A network whose file is not there any more. */
export function notFound(entry: string): Omit<Problem, 'range' | 'severity'> {
  return unknownEntry(entry, { message: l10n.t('its file was not found') });
}

export function unknownEntry(entry: string, { message }: Reason): Omit<Problem, 'range' | 'severity'> {
  return {
    code: 'unknown-network',
    message: l10n.t('What `{0}` builds cannot be known: {1}.', entry, message.replace(/\.$/, '')),
    short: l10n.t('unknown'),
  };
}

const isBuilder = (value: Value): boolean =>
  typeof value === 'object' && value !== null && ['type', 'function', 'method'].includes(value.kind);

function noModule(entry: string, value: Value, machine: Machine): Omit<Problem, 'range' | 'severity'> {
  return {
    code: 'not-a-network',
    message: l10n.t('`{0}` is not an nn.Module; it is of the type {1}.', entry, machine.typeOf(value)?.name ?? '?'),
    help: l10n.t('Name an expression that makes a network.'),
  };
}
