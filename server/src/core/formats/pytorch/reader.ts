// What a Python file has of networks: loaded with the first one.

import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import type { Frame } from '../../graph/graph.ts';
import { type Given, givenSizes } from '../../program/inputs.ts';
import { attempts, type Outcome } from '../../program/reading.ts';
import { refusedFiles } from '../../program/refused.ts';
import { type Surroundings, surroundingsOf } from '../../program/roots.ts';
import { noFiles } from '../../python/files.ts';
import type { PythonTree } from '../../syntax/python/ast.ts';
import { parsePython } from '../../syntax/python/parse.ts';
import { applyEdits } from '../../text/edit.ts';
import { commentAbove } from '../../text/pragma.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Host, ModuleRow, ProgramEntry, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { Readings, readOn } from '../readings.ts';
import type { Offer, Slot } from '../slot.ts';
import { checks } from './checks.ts';
import { type Outline, outlineOf } from './entries.ts';
import { rewrite } from './rewrite.ts';
import { firstArgument, improbable } from './slots.ts';

/** The order of sizes in a program. */
export const shapeOrder = 'chw';

interface Cache {
  readonly tree: PythonTree;
}

export function open(source: Source, earlier?: Reader): Reader {
  const before = earlier?.cache as Cache | undefined;
  const tree = parsePython(source.text, before?.tree);
  const program = new ProgramReader(source, tree);
  return {
    problems: [],
    cache: { tree } satisfies Cache,
    prepare: options => program.prepare(options),
    read: options => program.read(options),
    fixes: problem => program.fixes(problem),
    slot: offset => program.slot(offset),
    rewrite: (edits, options) => rewrite(source.text, tree, program.read(options).graph, edits),
  };
}

/** In networks of more operators than these, nothing is tried while a person types. */
const mostTried = 3000;

class ProgramReader {
  readonly #source: Source;
  readonly #tree: PythonTree;
  readonly #readings = new Readings();
  readonly #fixes = new WeakMap<Problem, readonly Fix[]>();
  /** What was asked for last, and the operators of what was read then. */
  #last: ReadOptions | undefined;
  #size = 0;
  #outline: Outline | undefined;
  #surroundings: Surroundings | undefined;

  constructor(source: Source, tree: PythonTree) {
    this.#source = source;
    this.#tree = tree;
  }

  read(options: ReadOptions): Spec {
    return readOn(this.#steps(options));
  }

  *prepare(options: ReadOptions): Generator<void, void> {
    yield* this.#steps(options);
  }

  fixes(problem: Problem): readonly Fix[] {
    return this.#fixes.get(problem) ?? [];
  }

  /** The number that fits the layer whose first argument is at an offset. */
  slot(offset: number): Slot | undefined {
    const { text } = this.#source;
    const options = this.#last;
    const argument = options && this.#size < mostTried ? firstArgument(text, offset) : undefined;
    if (!options || !argument) return undefined;
    const { range, attr, isNamed, trial } = argument;
    const changed = applyEdits(text, [trial]);
    const other = new ProgramReader({ ...this.#source, text: changed }, parsePython(changed, this.#tree));
    const { problems } = other.read(options);
    const first = changed.indexOf(improbable, trial.from);
    for (const problem of problems) {
      const edit = other.fixes(problem)[0]?.edits[0];
      if (edit?.from !== first || !edit.text) continue;
      const value = edit.text;
      const plain: Offer = { kind: 'value', label: value, detail: l10n.t('fits its input') };
      const named: Offer = { kind: 'parameter', label: `${attr}=${value}`, detail: l10n.t('fits its input') };
      return { range, offers: isNamed ? [plain] : [plain, named] };
    }
    return undefined;
  }

  *#steps(options: ReadOptions): Generator<void, Spec> {
    const { entry, input, inputs, shapeOrder, training = false, lifetimes = false } = options;
    const key = JSON.stringify([entry, input, inputs, shapeOrder, training, lifetimes]);
    this.#last = options;
    const spec = yield* this.#readings.of(key, () => this.#reading(options));
    this.#size = spec.graph.nodeCount;
    return spec;
  }

  *#reading(options: ReadOptions): Generator<void, Spec> {
    const { text, name, path, files = noFiles, roots } = this.#source;
    this.#outline ??= outlineOf(text, this.#tree);
    this.#surroundings ??= surroundingsOf(path, files, roots);
    const { entries, classes, unbuilt } = this.#outline;
    const { repository, roots: folders } = this.#surroundings;
    const own = chosenEntry(entries, options.entry);
    const { host } = this.#source;
    // A part of a network may be a network by itself, but that is not what it is for.
    if (host && options.entry === undefined && (own === undefined || own.from === 'class')) {
      const borrowed: Spec | undefined = yield* this.#hosted(host, options);
      if (borrowed) return borrowed;
    }
    const chosen = own;
    const problems: Problem[] = [...this.#tree.problems];
    if (!chosen) {
      return {
        model: name.replace(/\.pyw?$/i, ''),
        graph: new Builder().finish([]),
        problems,
        head: classes[0]?.head ?? { from: 0, to: 0 },
        variants: [],
        program: {
          entries,
          entry: undefined,
          unbuilt,
          host: undefined,
          modules: [],
        },
        imports: { roots: folders, repository, read: new Map(), missing: [], refused: () => refusedFiles(new Map()) },
      };
    }
    const head = headOf(chosen.expression, this.#outline) ?? chosen.range ?? { from: 0, to: 0 };
    const given = givenFor(chosen, options);
    if (given && 'message' in given) problems.push({ range: head, severity: 'error', code: 'wrong-setting', ...given });
    const wish = given && 'kind' in given ? given : undefined;
    const outcome: Outcome = yield* attempts({
      source: this.#source,
      tree: this.#tree,
      surroundings: this.#surroundings,
      entry: chosen.expression,
      given: wish,
      head,
      order: options.shapeOrder ?? shapeOrder,
      training: options.training ?? false,
      lifetimes: options.lifetimes ?? false,
    });
    for (const problem of outcome.problems)
      problems.push(problem.code === 'unknown-input' ? { ...problem, fixes: [sizes(chosen, head, text)] } : problem);
    for (const [problem, fixes] of outcome.fixes) this.#fixes.set(problem, fixes);
    if (!problems.some(({ severity }) => severity === 'error')) {
      for (const problem of checks(this.#tree, outcome)) problems.push(problem);
    }
    const entry: ProgramEntry = {
      ...chosen,
      guessed: outcome.guessed,
      ...(outcome.shapes && { shapes: outcome.shapes }),
    };
    return {
      model: outcome.name ?? chosen.expression,
      graph: outcome.graph,
      problems,
      head,
      variants: [],
      program: {
        entries: entries.includes(chosen) ? entries.map(each => (each === chosen ? entry : each)) : [entry, ...entries],
        entry,
        unbuilt,
        host: path === undefined ? undefined : { path, entry: chosen.expression, given: wish, roots },
        modules: placedAt(head, outcome.modules),
      },
      imports: {
        roots: folders,
        repository,
        read: outcome.read,
        missing: outcome.missing,
        refused: () => refusedFiles(outcome.read),
      },
    };
  }

  /** The text as the network of a program that imports it has it; undefined where that does not use it. */
  *#hosted({ path, entry, given, roots }: Host, options: ReadOptions): Generator<void, Spec | undefined> {
    const { files = noFiles } = this.#source;
    const { entries, classes, unbuilt } = this.#outline!;
    const around = surroundingsOf(path, files, roots);
    const head = classes[0]?.head ?? { from: 0, to: 0 };
    const outcome: Outcome = yield* attempts({
      source: this.#source,
      tree: this.#tree,
      surroundings: { ...this.#surroundings!, roots: around.roots },
      entry,
      module: around.module,
      given: given as Given | undefined,
      head,
      order: options.shapeOrder ?? shapeOrder,
      training: options.training ?? false,
      lifetimes: options.lifetimes ?? false,
    });
    if (!outcome.read.has(path) || !isPlaced(outcome.graph.root)) return undefined;
    const shown: ProgramEntry = {
      expression: entry,
      range: undefined,
      from: 'host',
      host: path,
      inputs: undefined,
      guessed: outcome.guessed,
      ...(outcome.shapes && { shapes: outcome.shapes }),
    };
    return {
      model: outcome.name ?? entry,
      graph: outcome.graph,
      // What is wrong elsewhere is reported there.
      problems: [...this.#tree.problems, ...outcome.problems.filter(({ range }) => range !== head && range.to > 0)],
      head,
      variants: [],
      program: {
        entries,
        entry: shown,
        unbuilt,
        host: undefined,
        modules: outcome.modules,
      },
      imports: {
        roots: around.roots,
        repository: this.#surroundings!.repository,
        read: outcome.read,
        missing: outcome.missing,
        refused: () => refusedFiles(outcome.read),
      },
    };
  }
}

/** Whether anything of a network is in the text that is read. */
function isPlaced({ sites, children }: Frame): boolean {
  return sites.some(({ file }) => file === undefined) || children.some(isPlaced);
}

/** A comment with sizes that are common, for a person to change. */
function sizes({ expression, from, range }: ProgramEntry, head: Range, text: string): Fix {
  const words = 'input=1,3,224,224';
  const edit =
    from === 'comment' && range
      ? { from: range.to, to: range.to, text: ` ${words}` }
      : commentAbove(text, head.from, `${expression} ${words}`);
  return { title: l10n.t('Write the input size in a comment ({0})', words), edits: [edit], isGuess: true };
}

/** The network is shown at the head of its class where nothing in the text makes it. */
function placedAt(head: Range, modules: readonly ModuleRow[]): readonly ModuleRow[] {
  return modules.map((row, at) => (at > 0 || row.site ? row : { ...row, site: { range: head, role: 'construct' } }));
}

/** The entry that is read: the one that was asked for, which the file need not name itself; else its first. */
function chosenEntry(entries: readonly ProgramEntry[], wanted: string | undefined): ProgramEntry | undefined {
  if (wanted === undefined) return entries[0];
  const plain = (text: string): string => text.replace(/\s+/g, '');
  const known = entries.find(({ expression }) => plain(expression) === plain(wanted));
  return known ?? { expression: wanted, range: undefined, from: 'outside', inputs: undefined };
}

/** The head of the class that an expression calls. */
function headOf(expression: string, { classes, functions }: Outline): Range | undefined {
  const [name] = /^[A-Za-z_]\w*/.exec(expression) ?? [];
  return [...classes, ...functions].find(each => each.name === name)?.head;
}

/** What a network is called with: as was asked for, else as the text says. */
function givenFor(
  { inputs: stated }: ProgramEntry,
  { input = [], inputs }: ReadOptions,
): Given | { readonly message: string; readonly help: string } | undefined {
  if (inputs !== undefined) return { kind: 'expressions', text: inputs };
  if (input.length > 0) return givenSizes(input);
  const [, key, value = ''] = /^(inputs?)=(.*)$/s.exec(stated ?? '') ?? [];
  if (key === 'inputs') return { kind: 'expressions', text: value };
  return key === 'input' ? statedSizes(value) : undefined;
}

/** `1,3,32,32;1,128:int64`, as a comment states it. */
function statedSizes(written: string): Given | { readonly message: string; readonly help: string } {
  const parts = written
    .split(';')
    .map(part => /^\s*(?:([A-Za-z_]\w*)=)?([\d,x×]+)(?::(?:torch\.)?(\w+))?\s*$/.exec(part));
  if (parts.includes(null)) {
    return {
      message: l10n.t('“{0}” is not an input size.', written),
      help: l10n.t('Write the sizes of each argument with the batch, as in input=1,3,224,224.'),
    };
  }
  return givenSizes(
    parts.map(part => ({ name: part![1], sizes: part![2]!.split(/[,x×]/).map(Number), dtype: part![3] })),
  );
}
