// Reads one network of a program: runs the file's text, builds what the entry says, and records one call of it.
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import { type Frame, type Graph, type Tensor, useOf } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { ShapeOrder } from '../../ops/op.ts';
import type { Hooks, Machine } from '../../python/machine.ts';
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
} from '../../python/objects.ts';
import type { Problem } from '../../text/problem.ts';
import type { Reason } from '../../text/reason.ts';
import { libraryRoot } from '../../torch/python/library/index.ts';
import { ModuleInstance, modulesOf } from '../../torch/python/nn/instance.ts';
import { itemsOf, keywordsOf, setEntry } from '../../torch/python/nn/natives.ts';
import { tensorsIn } from '../../torch/python/nn/state.ts';
import { type Recording, worldOf } from '../../torch/python/recording.ts';
import { PyTensor } from '../../torch/python/tensor.ts';
import type { ModuleRow } from '../format.ts';
import { exceptionReason, type Failure } from './exceptions.ts';
import { type Given, guesses, parameterNames, type TensorInput } from './inputs.ts';
import type { RecordedCall } from './rows.ts';
import { moduleRows, siteOf } from './rows.ts';

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
  /** What ended the call before its time. */
  readonly failure: Failure | undefined;
}

/** What an exception says; a text of its own may be computed by the program. */
export function* failureOf(raised: Raised, machine: Machine): Steps<Failure> {
  const text = yield* machine.str(raised.exception);
  return { raised, message: text instanceof Unknown ? '' : text };
}

export interface Wanted {
  /** The expression that builds the network. */
  readonly entry: string;
  /** How it is called; undefined is guessed. */
  readonly given: Given | undefined;
  /** Which of the guesses is tried. */
  readonly guess: number;
  readonly order: ShapeOrder;
}

/** What is wrong with what was asked for. */
export class Refusal {
  readonly problem: Omit<Problem, 'range' | 'severity'>;
  /** Where what is unknown began. */
  readonly place: Place | undefined;

  constructor(problem: Omit<Problem, 'range' | 'severity'>, place?: Place) {
    this.problem = problem;
    this.place = place;
  }
}

/** What a machine that reads networks does with unknowns: what they hide of the network makes its totals lower bounds. */
export class Unknowns implements Hooks {
  /** Reasons of the construction, which the graph gets when it is begun. */
  readonly #built = new Set<Reason>();
  #isBuilding = false;

  /** From now on what is skipped may be a part of the network. */
  begin(): void {
    this.#isBuilding = true;
  }

  unknownCall(callee: Unknown, args: readonly Value[], keywords: Keywords, machine: Machine): Value {
    const world = worldOf(machine);
    const values = [...args, ...keywords.values()];
    const tensors = values.flatMap(value => tensorsIn(value));
    if (world.isRecording && (tensors.length > 0 || values.some(value => value instanceof ModuleInstance))) {
      world.opaque(callee, tensors);
    }
    return callee;
  }

  unknownBranch(why: Unknown, machine: Machine): void {
    this.#skipped(why.reason, machine);
  }

  unknownWrite(object: Value, _name: string | undefined, why: Unknown, machine: Machine): void {
    if (object instanceof ModuleInstance || object instanceof PyTensor) this.#skipped(why.reason, machine);
  }

  /** What a fault of ours leaves out may be a part of the network. */
  fault(_error: unknown, machine: Machine): void {
    this.#skipped({ message: l10n.t('Flopline cannot follow the program here') }, machine);
  }

  broken(message: string, _place: Place, machine: Machine): void {
    this.#skipped({ message }, machine);
  }

  #skipped(reason: Reason, machine: Machine): void {
    const world = worldOf(machine);
    if (world.isRecording) world.opaque(reason, []);
    else if (this.#isBuilding) this.#built.add(reason);
  }

  /** Puts what was skipped in the construction into the graph. */
  record(world: Recording): void {
    for (const reason of this.#built) world.opaque(reason, []);
  }
}

/** Builds and calls a network in the names of a file that has been run. */
export function* record(
  machine: Machine,
  file: PyModule,
  unknowns: Unknowns,
  { entry, given: wish, guess, order }: Wanted,
): Steps<Recorded | Refusal> {
  const outside = outsideOf(file);
  const scope = yield* scopeOf(machine, file);
  unknowns.begin();
  let model = yield* machine.evaluate(entry, outside, scope);
  // The name of a function or a class is what it builds by itself.
  if (isBuilder(model)) model = yield* machine.call(model, []);
  if (model instanceof Unknown) {
    const { reason, place } = model;
    return new Refusal({ ...unknownEntry(entry, reason) }, place);
  }
  if (!(model instanceof ModuleInstance)) return new Refusal(noModule(entry, model, machine));
  yield* machine.call(yield* machine.getAttribute(model, 'eval'), []);
  const forward = machine.lookup(model, 'forward');
  const ways = wish ? [] : guesses(model, forward);
  const given = wish ?? ways[guess] ?? ways[0];
  const world = worldOf(machine);
  const builder = new Builder(undefined, order);
  if (!given) {
    const calls = parametersLeft(model, world, builder);
    builder.unknown(l10n.t('it is not known what the network takes'));
    const graph = builder.finish([]);
    const modules = moduleRows(model, graph, calls);
    const { problems } = world;
    return { graph, modules, shapes: [], given, guesses: 0, problems, name: model.cls.name, failure: undefined };
  }
  const { args, keywords } = yield* argumentsOf(given, machine, outside, scope);
  world.record(builder);
  const shapes = inputsOf(args, keywords, parameterNames(forward), builder, world);
  unknowns.record(world);
  let outputs: readonly Tensor[] = [];
  let failure: Failure | undefined;
  try {
    const result = yield* machine.call(model, args, keywords);
    const lost = unknownIn(result);
    if (lost) world.opaque(lost, []);
    outputs = tensorsIn(result).map(tensor => world.node(tensor));
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    // What was recorded up to there is there.
    failure = yield* failureOf(error, machine);
    world.opaque(exceptionReason(failure), []);
  } finally {
    world.end();
  }
  const calls = [...world.moduleCalls, ...parametersLeft(model, world, builder)];
  const graph = builder.finish(outputs, layersOf);
  return {
    graph,
    modules: moduleRows(model, graph, calls),
    shapes,
    given,
    guesses: ways.length,
    problems: world.problems,
    name: model.cls.name,
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

interface Arguments {
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

/** Parameters that no call has used are parts of the network too, in their modules. */
function parametersLeft(model: ModuleInstance, world: Recording, builder: Builder): readonly RecordedCall[] {
  const calls: RecordedCall[] = [];
  for (const { path, value: module } of modulesOf(model)) {
    const left = module.ownParameters().flatMap(([, parameter]) => (world.countedBy(parameter) ? [] : [parameter]));
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
  if (value instanceof Unknown) return value;
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

function unknownEntry(entry: string, { message }: Reason): Omit<Problem, 'range' | 'severity'> {
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
