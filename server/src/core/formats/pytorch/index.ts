// Networks of PyTorch in Python files, which are read and never run (docs/python.md).
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import { noFiles } from '../../python/files.ts';
import type { PythonTree } from '../../syntax/python/ast.ts';
import { isPythonStarted, parsePython, startPython } from '../../syntax/python/parse.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Format, ProgramEntry, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { type Outline, outlineOf } from './entries.ts';
import { type Given, givenSizes } from './inputs.ts';
import { attempts, type Outcome } from './reading.ts';
import { mayHoldNetwork } from './recognise.ts';
import { rewrite } from './rewrite.ts';
import { type Surroundings, surroundingsOf } from './roots.ts';

export const pytorch: Format = {
  id: 'pytorch',
  label: 'PyTorch',
  choices: { entry: true },
  // Python is the language of another extension.
  languages: [],
  itemName: index => l10n.t('layer {0}', index),
  items: 'layers',
  shapeOrder: 'chw',
  namedInputs: true,
  parser: { isReady: isPythonStarted, load: startPython },
  recognises: mayHoldNetwork,
  open,
};

interface Cache {
  readonly tree: PythonTree;
}

function open(source: Source, earlier?: Reader): Reader {
  const before = earlier?.cache as Cache | undefined;
  const tree = parsePython(source.text, before?.tree);
  const program = new ProgramReader(source, tree);
  return {
    problems: [],
    cache: { tree } satisfies Cache,
    prepare: options => program.prepare(options),
    read: options => program.read(options),
    rewrite: (edits, options) => rewrite(source.text, tree, program.read(options).graph, edits),
  };
}

/** So many readings of a text are remembered: those of its entries, and of sizes that are tried. */
const mostReadings = 8;

class ProgramReader {
  readonly #source: Source;
  readonly #tree: PythonTree;
  readonly #readings = new Map<string, Spec>();
  #outline: Outline | undefined;
  #surroundings: Surroundings | undefined;

  constructor(source: Source, tree: PythonTree) {
    this.#source = source;
    this.#tree = tree;
  }

  read(options: ReadOptions): Spec {
    const steps = this.#steps(options);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  *prepare(options: ReadOptions): Generator<void, void> {
    yield* this.#steps(options);
  }

  *#steps(options: ReadOptions): Generator<void, Spec> {
    const { entry, input, inputs, shapeOrder } = options;
    const key = JSON.stringify([entry, input, inputs, shapeOrder]);
    let spec = this.#readings.get(key);
    if (!spec) {
      spec = yield* this.#reading(options);
      if (this.#readings.size >= mostReadings) this.#readings.delete(this.#readings.keys().next().value!);
      this.#readings.set(key, spec);
    }
    return spec;
  }

  *#reading(options: ReadOptions): Generator<void, Spec> {
    const { text, name, path, files = noFiles, roots } = this.#source;
    this.#outline ??= outlineOf(text, this.#tree);
    this.#surroundings ??= surroundingsOf(path, files, roots);
    const { entries, classes } = this.#outline;
    const { repository, roots: folders } = this.#surroundings;
    const chosen = chosenEntry(entries, options.entry);
    const problems: Problem[] = [...this.#tree.problems];
    if (!chosen) {
      return {
        model: name.replace(/\.pyw?$/i, ''),
        graph: new Builder().finish([]),
        problems,
        head: classes[0]?.head ?? { from: 0, to: 0 },
        variants: [],
        program: { entries, entry: undefined, modules: [], roots: folders, repository, read: new Map(), missing: [] },
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
      order: options.shapeOrder ?? pytorch.shapeOrder,
    });
    for (const problem of outcome.problems) problems.push(problem);
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
        modules: outcome.modules,
        roots: folders,
        repository,
        read: outcome.read,
        missing: outcome.missing,
      },
    };
  }
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
