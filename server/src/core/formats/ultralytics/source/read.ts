// A model file as the Python of its repository reads it: each row is what parse_model makes of it, and costs what the
// module's own forward pass does.
import * as l10n from '@vscode/l10n';
import { Builder, type FrameSpec } from '../../../graph/builder.ts';
import { type Graph, use } from '../../../graph/graph.ts';
import type { Shown } from '../../../graph/segment.ts';
import type { ShapeOrder } from '../../../ops/op.ts';
import { type Failure, failureOf } from '../../../program/exceptions.ts';
import type { Ran } from '../../../program/machine.ts';
import { type Prepared, type Reading, runPrepared } from '../../../program/prepared.ts';
import type { MissingImport } from '../../../program/program.ts';
import { type RowModules, recordCall, setMode } from '../../../program/record.ts';
import { Unknowns } from '../../../program/unknowns.ts';
import { Witness } from '../../../program/witness.ts';
import { type CostRule, type CostRules, ruleNotes } from '../../../project/index.ts';
import type { Files } from '../../../python/files.ts';
import type { Activation, Machine } from '../../../python/machine.ts';
import {
  type Keywords,
  noKeywords,
  PyClass,
  PyDict,
  type PyException,
  PyFunction,
  PyList,
  Raised,
  type Steps,
  Unknown,
  type Value,
} from '../../../python/objects.ts';
import type { PyValue } from '../../../python/value.ts';
import type { Interpreter } from '../../../python/vm/interpreter.ts';
import type { Problem } from '../../../text/problem.ts';
import type { Range } from '../../../text/range.ts';
import type { Reason } from '../../../text/reason.ts';
import type { RowSpec } from '../../../torch/python/frames.ts';
import { isLibrary, libraryRoot, withLibrary } from '../../../torch/python/library/index.ts';
import { ModuleInstance } from '../../../torch/python/nn/instance.ts';
import { callPlaces } from '../../../torch/python/nn/natives.ts';
import { worldOf } from '../../../torch/python/recording.ts';
import { isModuleCall } from '../../../torch/python/world.ts';
import { attribute } from './attribute.ts';
import { type Built, build, Unbuilt } from './build.ts';
import type { FoundReader } from './find.ts';
import { isMadeByReader, opaqueModule, readerAt } from './opaque.ts';
import { refusal, shownPath } from './refusal.ts';
import { type RuledRow, ruleBehind } from './rules.ts';

/** A row of the text. */
export interface SourceRow {
  readonly range: Range;
  /** What it names as its module; undefined where it cannot be read. */
  readonly module: { readonly name: string; readonly range: Range } | undefined;
  /** What it writes as arguments; undefined where that is no list. */
  readonly args: readonly { readonly value: PyValue; readonly range: Range }[] | undefined;
  /** Whether it is read as what it must have been, and not as it is written. */
  readonly repaired: boolean;
  /** Why it cannot be read: it and those below are not built. */
  readonly damage: string | undefined;
}

export interface SourceTask {
  readonly reader: FoundReader;
  readonly files: Files;
  /** What modules cost that cannot be found, as the project says it. */
  readonly rules: CostRules | undefined;
  /** The text as values of Python, made anew each time: readers change what they get. */
  readonly values: (machine: Interpreter) => Value;
  readonly path: string;
  readonly scale: string | undefined;
  readonly rows: readonly SourceRow[];
  /** The keys that have them, in order. */
  readonly lists: readonly string[];
  /** Of the image, batch first. */
  readonly input: readonly number[];
  /** Where problems are that belong to no row. */
  readonly head: Range;
  readonly order: ShapeOrder;
  /** Whether it is called as in training. */
  readonly training: boolean;
  /** Whether it is followed how long tensors are there. */
  readonly lifetimes: boolean;
  /** Where places of the text are shown, where another text is shown than the one that is read. */
  readonly places: Shown | undefined;
}

export interface SourceReading {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  readonly missing: readonly MissingImport[];
  /** The files that were read, with their texts. */
  readonly read: ReadonlyMap<string, string>;
  /** How many images the network takes. */
  readonly images: number;
}

/** What came of one construction and call. */
interface Attempt {
  readonly graph: Graph | undefined;
  readonly problems: readonly Problem[];
  readonly missing: readonly MissingImport[];
  /** What ended the construction: from this row on, nothing can be built. */
  readonly stop: Stop | undefined;
  /** Where parse_model made the module that ended it. */
  readonly place: string | undefined;
  /** The first row of which nothing could be built, and which did not end the construction. */
  readonly first: Stop | undefined;
  readonly images: number;
}

/** The network, or why there is none. */
type Work = { readonly graph: Graph; readonly failure: Failure | undefined; readonly images: number } | Unbuilt;

interface Stop {
  /** Undefined where it belongs to none. */
  readonly row: number | undefined;
  readonly reason: Reason;
  readonly problem: Problem | undefined;
  /** The class that the row was to become. */
  readonly cls?: PyClass | undefined;
}

/**
 * Reads the text. A module that cannot be built is one of which nothing is known, so that the rows below are what they are.
 * That is so only where parse_model does not catch what is raised, so it is read first without. Any other error ends the
 * network at its row, as in the framework; the rows above are what they would be without it.
 */
export function* readBySource(task: SourceTask): Generator<void, SourceReading> {
  const files = new Witness(task.files);
  const damaged = task.rows.findIndex(({ damage }) => damage !== undefined);
  let stop: Stop | undefined =
    damaged < 0 ? undefined : { row: damaged, reason: { message: task.rows[damaged]!.damage! }, problem: undefined };
  const reported: Problem[] = [];
  let missing: readonly MissingImport[] = [];
  let places: ReadonlySet<string> | undefined = new Set();
  // Each turn goes on at one place more, or ends in a row above the one before.
  for (;;) {
    const rows: number = stop ? (stop.row ?? 0) : task.rows.length;
    const { texts: read } = files;
    if (rows === 0 && stop) return { graph: unbuilt(task, stop), problems: reported, missing, read, images: 1 };
    const attempt: Attempt = yield* attempted(task, files, rows, stop, places ?? new Set());
    missing = attempt.missing;
    if (attempt.graph) {
      const { graph, images } = attempt;
      return { graph, problems: [...reported, ...attempt.problems], missing, read, images };
    }
    const { place, first } = attempt;
    if (place !== undefined && places && !places.has(place)) {
      places = new Set([...places, place]);
      continue;
    }
    // What else goes wrong may do so because of the first.
    places = undefined;
    const end: Stop = first ?? attempt.stop!;
    if (end.problem) reported.push(end.problem);
    stop = end.row !== undefined && end.row < rows ? end : { ...end, row: 0 };
  }
}

function attempted(
  task: SourceTask,
  files: Files,
  count: number,
  stop: Stop | undefined,
  places: ReadonlySet<string>,
): Generator<void, Attempt> {
  const { reader } = task;
  const setting = { files: withLibrary(files), roots: [...reader.roots, libraryRoot], cwd: reader.repository };
  return runPrepared(setting, reader.module, () => readingOf(task, count, stop, places));
}

/** `places` are those at which a module may be made of which nothing is known. */
function readingOf(
  task: SourceTask,
  count: number,
  stop: Stop | undefined,
  places: ReadonlySet<string>,
): Reading<Work, Attempt> {
  const { reader, head, rows: all, order, input, rules, training, lifetimes } = task;
  const watch = new Watch(task);
  const misfits = new Map<string, Problem>();
  /** By row, why its module could not be built. */
  const refused = new Map<number, Stop>();
  /** Where parse_model was making a module when an exception was raised. */
  const made = new WeakMap<object, string>();
  const ruling = rules && {
    rules,
    rowAt: (on: Machine) => watch.rowAt(on.top),
    rowOf: (index: number): RuledRow | undefined => {
      const args = all[index]?.args;
      return args && { args: args.map(({ value }) => value) };
    },
    report: (row: number, arg: number | undefined, problem: Omit<Problem, 'range' | 'severity'>) => {
      const { module, range, args } = all[row]!;
      const place = args?.[arg ?? -1]?.range ?? module?.range ?? range;
      misfits.set(`${row} ${problem.code} ${problem.message}`, { range: place, severity: 'error', ...problem });
    },
  };
  return { hooks: watch, work, finish, isMaking: at => readerAt(at) !== undefined, making };

  function* making(cls: PyClass, steps: () => Steps, machine: Interpreter): Steps {
    const place = JSON.stringify(callPlaces(machine));
    const row = watch.rowAt(machine.top);
    try {
      return yield* steps();
    } catch (error) {
      if (!(error instanceof Raised)) throw error;
      made.set(error.exception, place);
      if (row === undefined || !places.has(place)) throw error;
      const at = refused.get(row) ?? stopOf(yield* failureOf(error, machine), row, cls);
      refused.set(row, at);
      return opaqueModule(machine, all[row]?.module?.name ?? cls.name, new Unknown(at.reason), cls);
    }
  }

  function stopOf(failure: Failure, row: number | undefined, cls: PyClass | undefined): Stop {
    const problem = refusal(failure, 'construct', all[row ?? -1], head, reader);
    const { message, short } = problem;
    return { row, reason: { message, ...(short ? { short } : {}) }, problem, cls };
  }

  function finish({ ending, machine }: Ran<Work>): Attempt {
    const missing = machine.missing.map(({ name }) => ({ name, why: l10n.t('no folder has it') }));
    const [first] = [...refused.values()].toSorted((a, b) => a.row! - b.row!);
    const stopped = (at: Stop, place?: string): Attempt => ({
      graph: undefined,
      problems: [],
      missing,
      stop: at,
      place,
      first,
      images: 1,
    });
    switch (ending.kind) {
      case 'stopped': {
        const { reason } = ending;
        const problem: Problem = { range: head, severity: 'error', code: 'program-too-long', message: reason.message };
        return stopped({ row: undefined, reason, problem });
      }
      case 'unknown': {
        const { reason } = ending;
        return stopped({ row: undefined, reason, problem: unknownNetwork(reason) });
      }
      case 'raised': {
        const { failure } = ending;
        return stopped(
          stopOf(failure, watch.rowOf(failure), watch.classOf(failure)),
          made.get(failure.raised.exception),
        );
      }
    }
    const { value } = ending;
    if (value instanceof Unbuilt)
      return stopped({ row: undefined, reason: value.reason, problem: unknownNetwork(value.reason) });
    const { graph, failure, images } = value;
    const refusals = [...refused.values()].flatMap(({ problem }) => problem ?? []);
    const problems = [...refusals, ...worldOf(machine).problems, ...misfits.values()];
    if (failure) problems.push(refusal(failure, 'forward', all[watch.rowOf(failure) ?? -1], head, reader));
    return { graph, problems, missing, stop: undefined, place: undefined, first: undefined, images };
  }

  function* work({ machine: on, module }: Prepared): Steps<Work> {
    const values = task.values(on);
    if (!(values instanceof PyDict)) {
      return new Unbuilt(values instanceof Unknown ? values.reason : { message: l10n.t('the text is no mapping') });
    }
    const last = all[count - 1]?.module?.name ?? '';
    watch.begin();
    const built = yield* build(on, reader.module, module, {
      values,
      path: task.path,
      scale: task.scale,
      rows: count,
      lists: task.lists,
      last,
      ruling,
    });
    if (built instanceof Unbuilt) return built;
    if (built.rows.length !== count) {
      const message = l10n.t('`parse_model` makes {0} layers of {1} rows', built.rows.length, count);
      return new Unbuilt({ message });
    }
    const { model } = built;
    yield* setMode(on, model, training);
    const world = worldOf(on);
    // What is wrong with the network shows in the call that is recorded.
    world.forget();
    const images = imageNames(on.lookup(model, 'forward'));
    const rows = yield* rowsOf(on, task, built, stop, images);
    watch.rows = built.rows;
    const args = { args: images.map(() => world.tensor(input)), keywords: noKeywords };
    return { ...(yield* recordCall(on, model, args, watch, { order, lifetimes }, rows)), images: images.length };
  }

  function unknownNetwork({ message }: Reason): Problem {
    return {
      range: head,
      severity: 'warning',
      code: 'unknown-network',
      message: l10n.t(
        'What `{0}` makes of this file cannot be known: {1}.',
        shownPath(reader),
        message.replace(/\.$/, ''),
      ),
    };
  }
}

/** What a second image is called: `x2`, `ir`, `img_thermal`. A parameter of another name may take anything. */
const imageName =
  /^(?:(?:x|y|im|img|image|input)s?_?(?:\d+|[a-z]|rgb|ir|tir|nir|thermal|infrared|vis|depth)?|rgb|ir|tir|nir|thermal|infrared|vis|visible|depth)$/i;

/** The images that a network must be called with: one, or as many as `forward` asks for where it takes two streams. */
function imageNames(forward: Value | undefined): readonly string[] {
  if (!(forward instanceof PyFunction)) return ['images'];
  const { names, positional } = forward.code.parameters;
  const needed = names.slice(1, positional - forward.defaults.length);
  return needed.length > 1 && needed.every(name => imageName.test(name)) ? ['images', ...needed.slice(1)] : ['images'];
}

/** The rows with their modules. */
function* rowsOf(
  machine: Interpreter,
  { rows: all, places }: SourceTask,
  built: Built,
  stop: Stop | undefined,
  inputs: readonly string[],
): Steps<RowModules> {
  const rows = new Map<object, RowSpec>();
  const unbuilt: { frame: FrameSpec; why: Reason }[] = [];
  for (const [index, row] of all.entries()) {
    const value = built.rows[index];
    if (value instanceof ModuleInstance) {
      const type = yield* attribute(machine, value, 'type');
      const name = typeof type === 'string' ? type.slice(type.lastIndexOf('.') + 1) : value.cls.name;
      const inside =
        name === value.cls.name ? value : [...value.ownChildren()].find(([, each]) => each.cls.name === name)?.[1];
      const rule = ruleBehind(value);
      const { range } = row;
      const own = within(row);
      const frame = frameOf(own, index, rule ? (row.module?.name ?? name) : name);
      const cls = (inside ?? value).cls;
      const { from = -1, to = -1 } = own.module?.range ?? {};
      const argumentPlaces = rule ? (own.args ?? []).flatMap(({ range: each }) => [each.from, each.to]) : [];
      rows.set(value, {
        frame: rule ? ruled(frame, own, rule) : described(frame, own, cls),
        range,
        start: range.from,
        prefix,
        number: index,
        key: [name, cls, row.repaired, own.range.to, own.module?.name, from, to, rule, ...argumentPlaces],
      });
    } else {
      const why = value instanceof Unknown ? value.reason : (stop?.reason ?? { message: l10n.t('it was not built') });
      unbuilt.push({ frame: unbuiltFrame(row, index, stop), why });
    }
  }
  return { rows, unbuilt, inputs, places };
}

/** A row with the places that it has in itself. */
function within({ range: { from: start, to }, module, args, ...row }: SourceRow): SourceRow {
  const moved = ({ from, to }: Range): Range => ({ from: from - start, to: to - start });
  return {
    ...row,
    range: { from: 0, to: to - start },
    module: module && { ...module, range: moved(module.range) },
    args: args?.map(arg => ({ ...arg, range: moved(arg.range) })),
  };
}

/** The frame of a row that was not built: its class is known where that is what stopped. */
function unbuiltFrame(row: SourceRow, index: number, stop: Stop | undefined): FrameSpec {
  const frame = frameOf(row, index, row.module?.name ?? '?');
  return stop?.cls && stop.row === index ? described(frame, row, stop.cls) : frame;
}

const prefix = 'model.';

const frameOf = ({ range, repaired }: SourceRow, index: number, type: string): FrameSpec => ({
  repaired,
  label: `${prefix}${index}`,
  type,
  sites: [use(range)],
});

/** The frame of a row that a rule of the project counts. */
function ruled(frame: FrameSpec, { module, args = [] }: SourceRow, rule: CostRule): FrameSpec {
  return {
    ...frame,
    sites: [...(frame.sites ?? []), rule.site],
    summary: rule.summary,
    byRule: true,
    ...(module && {
      notes: () =>
        ruleNotes(
          module.name,
          rule,
          module.range,
          args.map(({ range }) => range),
        ),
    }),
  };
}

/** A row with what its class says of itself. */
function described(frame: FrameSpec, { module }: SourceRow, { place, dict }: PyClass): FrameSpec {
  const doc = dict.get('__doc__');
  const summary = typeof doc === 'string' ? firstParagraph(doc) : undefined;
  const note = module && {
    range: module.range,
    // Without a docstring, what its operators do is said.
    text: summary === undefined ? '' : l10n.t('{0}: {1}', `**${module.name}**`, summary),
    isName: true,
  };
  const isElsewhere = place?.file !== undefined && !isLibrary(place.file);
  return {
    ...frame,
    ...(summary !== undefined && { summary }),
    ...(isElsewhere && {
      sites: [...(frame.sites ?? []), { range: place.range, role: 'definition', file: place.file! }],
    }),
    ...(note && { notes: () => [note] }),
  };
}

function firstParagraph(doc: string): string {
  return doc
    .trim()
    .split(/\n\s*\n/, 1)[0]!
    .replace(/\s+/g, ' ');
}

/** A network of which nothing could be built. */
function unbuilt({ rows, order, places }: SourceTask, stop: Stop): Graph {
  const builder = new Builder(places, order);
  for (const [index, row] of rows.entries()) {
    builder.open(unbuiltFrame(row, index, stop));
    builder.unknown(stop.reason);
    builder.close([]);
  }
  // Without a row that could say so, it is the network as a whole that is not known.
  if (rows.length === 0) builder.unknown(stop.reason);
  return builder.finish([]);
}

/** Sees in which row of the text an exception is raised. */
class Watch extends Unknowns {
  readonly #task: SourceTask;
  readonly #rows = new WeakMap<object, number>();
  readonly #classes = new WeakMap<object, PyClass>();
  /** What the rows became, once they are there. */
  rows: readonly Value[] = [];

  constructor(task: SourceTask) {
    super();
    this.#task = task;
  }

  override unknownCall(callee: Unknown, args: readonly Value[], keywords: Keywords, machine: Machine): Value {
    const row = callee.isImport && isMadeByReader(callee, machine.top) ? this.rowAt(machine.top) : undefined;
    const name = row === undefined ? undefined : this.#task.rows[row]?.module?.name;
    return name === undefined
      ? super.unknownCall(callee, args, keywords, machine)
      : opaqueModule(machine, name, callee);
  }

  raised(exception: PyException, at: Activation | undefined): void {
    const row = this.rowAt(at);
    if (row !== undefined) this.#rows.set(exception, row);
    let reader = at;
    while (reader && reader.code?.name !== 'parse_model') reader = reader.parent;
    const cls = reader?.local('m');
    if (cls instanceof PyClass) this.#classes.set(exception, cls);
  }

  rowOf({ raised: { exception } }: Failure): number | undefined {
    return this.#rows.get(exception);
  }

  /** What parse_model was about to make; it may not have got so far. */
  classOf({ raised: { exception } }: Failure): PyClass | undefined {
    return this.#classes.get(exception);
  }

  /** The row that a loop without an index of that name is in: as many as there are have become modules. */
  #rowUnderWay(reader: Activation): number | undefined {
    const { locals = [], cells = [] } = reader.code ?? {};
    const values = [...locals, ...cells].map(name => reader.local(name));
    const lists = values.filter(value => value instanceof PyList).map(({ items }) => items);
    const made = lists.filter(items => items.every(item => item instanceof ModuleInstance || item instanceof Unknown));
    const row = Math.max(-1, ...made.map(({ length }) => length));
    const module = this.#task.rows[row]?.module?.name.replace(/^.*\./, '');
    // Before the loop nothing stands for a module of the text, and behind it there is no row left.
    const isIt = (value: Value | undefined): boolean =>
      value instanceof PyClass ? value.name === module : typeof value === 'string' && value.endsWith(module!);
    return module !== undefined && values.some(isIt) ? row : undefined;
  }

  /** The row that a call is in. */
  rowAt(at: Activation | undefined): number | undefined {
    const called: object[] = [];
    for (let each = at; each; each = each.parent) {
      const { tag, code, receiver } = each;
      if (isModuleCall(tag)) called.push(tag.module);
      if (code?.name === 'parse_model') {
        const index = each.local('i');
        const row = typeof index === 'number' ? index : this.#rowUnderWay(each);
        if (row !== undefined) return row;
      }
      // In the forward pass of the constructor, or in the one that is recorded.
      const sequence = receiver instanceof ModuleInstance ? receiver.registered('model') : undefined;
      const rows =
        sequence instanceof ModuleInstance ? [...sequence.children.entries.values()].map(({ value }) => value) : [];
      const row = rows.findIndex(value => called.includes(value as object));
      if (row >= 0) return row;
    }
    return undefined;
  }
}
