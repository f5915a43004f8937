// Walks rows (of the network, of blocks, branches, residuals and repeats) and calls the builder in their order.
import { type Builder, maxNodes } from '../../graph/builder.ts';
import { definition, type Note, type Tensor, use } from '../../graph/graph.ts';
import { agrees, type Memo, portsOf } from '../../graph/memo.ts';
import { countOf, type Inputs, type Name, portOf, tensorsOf } from '../../graph/segment.ts';
import { type Damage, damageOf } from '../../syntax/damage.ts';
import type { PlacedRow } from '../../syntax/document.ts';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { likelyName, respelling, suggested } from '../../text/spelling.ts';
import { type Block, isStructure, type Structure, structures } from './blocks.ts';
import { described } from './expression.ts';
import { labelOf, type Names, References } from './names.ts';
import { keyNotes, operatorNotes, useNotes } from './notes.ts';
import { type Common, nothing, OperatorRows } from './operatorRows.ts';
import { type CommonKey, commonKeys, type Operator, operatorNames, operatorOf } from './operators.ts';
import { beside, readBranches, readRepeat, readResidual, structureKeys } from './structures.ts';
import { entriesOf, type Row, Telling } from './telling.ts';
import { readArguments, readBody } from './uses.ts';
import type { Scope, Values } from './values.ts';

/** What a row of the network means beside its segment. */
export interface RowValue {
  /** What it names in `from`. */
  readonly references: readonly YamlNode[];
  /** How many tensors come in, and how many each reference names. */
  readonly lengths: readonly number[];
  /** The name that it gives itself. */
  readonly name: string | undefined;
  readonly label: Name;
  /** How many rows were read for it, repetitions counted. */
  readonly read: number;
  /** Whether the next row still reads what came before it. */
  readonly aside: boolean;
}

export type RowMemo = Memo<RowValue>;

/** What the rows of the network are read in. */
export interface Around {
  readonly scope: Scope;
  readonly names: Names;
  readonly memo: RowMemo;
  readonly environment: object;
}

/** What the rows that arrange others, and blocks, need of the walk. */
export interface Walk {
  readonly builder: Builder;
  readonly values: Values;
  readonly telling: Telling;
  /** What all rows may use: `let`. */
  readonly shared: Scope;
  /** Blocks that are being read, from the outside in. */
  readonly within: Block[];
  list(
    list: { readonly items: readonly YamlNode[] },
    input: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[];
  isFull(node: Range): boolean;
  times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number;
  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[];
}

const none: readonly Entry[] = [];
const noNotes = (): readonly Note[] => [];

/** Notes for later: made here, they hold what they need and nothing else of the reading. */
function notesOf<T>(
  notes: (row: Row, what: T, values: Values, scope: Scope, flow: readonly Tensor[]) => readonly Note[],
  row: Row,
  what: T,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): () => readonly Note[] {
  const inputs = flow.map(portOf);
  const quiet = values.quiet();
  return () => notes(row, what, quiet, scope, inputs);
}

function docsOf(own: Readonly<Record<string, string>>): (key: string) => string | undefined {
  return key => own[key] ?? commonKeys[key as CommonKey];
}

export class Rows implements Walk {
  readonly builder: Builder;
  readonly values: Values;
  readonly telling: Telling;
  readonly shared: Scope;
  readonly within: Block[] = [];
  readonly #blocks: ReadonlyMap<string, Block>;
  readonly #damages: readonly Damage[];
  /** Rows of which nothing is known but their place. */
  readonly #unread: ReadonlyMap<YamlNode, Damage>;
  readonly #references: References;
  readonly #operators: OperatorRows;
  /** What unknown operators were likely meant to be: a repeated row asks thousands of times. */
  readonly #meant = new Map<string, string | undefined>();
  /** How many rows were read, repetitions counted. */
  #read = 0;
  /** Set by a row that stands aside: the next one still reads what came before it. */
  #aside = false;

  constructor(
    builder: Builder,
    values: Values,
    blocks: ReadonlyMap<string, Block>,
    damages: readonly Damage[],
    unread: ReadonlyMap<YamlNode, Damage>,
    shared: Scope,
  ) {
    this.builder = builder;
    this.values = values;
    this.shared = shared;
    this.telling = new Telling(builder);
    this.#blocks = blocks;
    this.#damages = damages;
    this.#unread = unread;
    this.#references = new References(values, this.telling);
    this.#operators = new OperatorRows(builder, values, this.telling);
  }

  /** What the network returns, by name. */
  outputs(node: YamlNode, names: Names, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] {
    return this.#references.of(node, names, scope, flow);
  }

  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    return this.#operators.activate(node, inputs, scope);
  }

  /** Adds the rows of a list; returns what the last one hands on. */
  list(
    list: { readonly items: readonly YamlNode[] },
    input: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    let flow = input;
    const { items } = list;
    for (let index = 0; index < items.length; index++) {
      if (this.isFull(items[index]!)) break;
      const outputs = this.#rowAt(items[index]!, index, flow, scope, names);
      names.rows.push(outputs);
      if (!this.#aside) flow = outputs;
      this.#aside = false;
    }
    return flow;
  }

  /** Adds the rows of the network itself, each as a segment. */
  top(items: readonly PlacedRow[], input: readonly Tensor[], around: Around): readonly Tensor[] {
    let flow: Inputs = input;
    for (let index = 0; index < items.length; index++) {
      const item = items[index]!;
      let outputs: Inputs | undefined = this.#found(item, index, flow, around);
      if (!outputs) {
        if (this.isFull(item.chunk.node)) break;
        outputs = this.#built(item, index, tensorsOf(flow), around);
      }
      around.names.rows.push(outputs);
      if (!this.#aside) flow = outputs;
      this.#aside = false;
    }
    return tensorsOf(flow);
  }

  /** Places what such a row was built into before, if it reads the same now. */
  #found({ chunk, start }: PlacedRow, index: number, flow: Inputs, around: Around): Inputs | undefined {
    if (this.builder.full) return undefined;
    for (const made of around.memo.of(chunk)) {
      const inputs = this.#inputsOf(made.value, flow, around);
      if (!inputs || !agrees(made, around.environment, inputs)) continue;
      const { segment, value } = made;
      const placement = this.builder.place(segment, portsOf(made, inputs), start, value.label, index);
      if (!placement) return undefined;
      if (value.name !== undefined) around.names.named.set(value.name, placement);
      this.#read += value.read;
      this.#aside = value.aside;
      return placement;
    }
    return undefined;
  }

  /** What a row reads, if it reads in the way that one did. */
  #inputsOf({ references, lengths, name, read }: RowValue, flow: Inputs, { names, scope }: Around): Inputs | undefined {
    if (this.#read + read > maxNodes) return undefined;
    // That there is another row of this name has to be reported.
    if (name !== undefined && names.named.has(name)) return undefined;
    // Two tensors that come in and one by name are not one that comes in and two by name.
    if (countOf(flow) !== lengths[0]) return undefined;
    if (references.length === 0) return flow;
    const all = tensorsOf(flow);
    const inputs = [...all];
    for (const [at, reference] of references.entries()) {
      const tensors = this.#references.find(reference, names, scope, all);
      if (!tensors || tensors.length !== lengths[at + 1]) return undefined;
      inputs.push(...tensors);
    }
    return inputs;
  }

  #built({ chunk, start }: PlacedRow, index: number, flow: readonly Tensor[], around: Around): Inputs {
    const { builder } = this;
    const { scope, names, memo, environment } = around;
    const before = this.#read;
    this.#references.take();
    const built = builder.segment(() => this.#rowAt(chunk.node, index, flow, scope, names));
    const { references, name, isFar } = this.#references.take();
    const { segment, inputs } = built;
    const placement = builder.place(segment, inputs, start)!;
    if (name !== undefined) names.named.set(name, placement);
    const [frame] = segment.frames;
    // What was reported depends on what else there is: the names of other rows.
    if (isFar || !frame || segment.problems.length > 0) return placement;
    const isNumbered = name === undefined;
    const text = isNumbered ? frame.label.slice(0, frame.label.lastIndexOf('.') + 1) : frame.label;
    const value: RowValue = {
      references: references.map(({ node }) => node),
      lengths: [flow.length, ...references.map(({ found }) => found.length)],
      name,
      label: { text, isNumbered },
      read: this.#read - before + 1,
      aside: this.#aside,
    };
    memo.keep(chunk, environment, [...flow, ...references.flatMap(({ found }) => found)], built, value);
    return placement;
  }

  // ——— Rows ——————————————————————————————————————————————————————————————————————————————————————————————————————

  #rowAt(node: YamlNode, index: number, flow: readonly Tensor[], scope: Scope, names: Names): readonly Tensor[] {
    const unread = this.#unread.get(node);
    if (unread) {
      this.builder.open({ label: `row.${index}`, type: 'unknown', sites: [use(node)] });
      const outputs = this.telling.unknown(unread.why, flow);
      this.builder.close(outputs);
      return outputs;
    }
    const target = resolved(node);
    switch (target?.kind) {
      case 'mapping': {
        const entries = allEntries(target);
        const main = entries.length === 1 ? entries[0]! : this.#mainEntry(entries);
        if (!main) return this.#select(node, entries, index, flow, scope, names);
        if (main.key.kind !== 'scalar') break;
        const rest = entries.length === 1 ? none : entries.filter(entry => entry !== main);
        if (rest === none && beside.has(main.key.text)) return this.#select(node, entries, index, flow, scope, names);
        return this.#dispatch({ site: node, key: main.key, value: main.value, rest }, index, flow, scope, names);
      }
      case 'scalar':
        if (scalarValue(target) === null) return this.#empty(node, index, flow);
        return this.#dispatch({ site: node, key: target, value: undefined, rest: none }, index, flow, scope, names);
      case 'sequence':
        return this.#wrongRow(
          node,
          index,
          flow,
          'A row is an operator, not a list. Paths side by side are written as “branches: [[…], […]]”.',
        );
      case undefined:
        return this.#wrongRow(
          node,
          index,
          flow,
          `Nothing above is marked with “&${node.kind === 'alias' ? node.name : ''}”.`,
        );
    }
    return this.#wrongRow(
      node,
      index,
      flow,
      'A row is an operator with its attributes, as in “- conv: {out: 64, kernel: 3}”.',
    );
  }

  /** Whether the row's text, or that of a row inside, is read as a repair has it. */
  #isRepaired(node: YamlNode): boolean | undefined {
    return damageOf(this.#damages, node)?.repaired;
  }

  #dispatch(row: Row, index: number, flow: readonly Tensor[], scope: Scope, names: Names): readonly Tensor[] {
    const { text } = row.key;
    const operator = operatorOf(text);
    if (operator) return this.#operator(row, operator, index, flow, scope, names);
    if (isStructure(text)) return this.#structure(row, text, index, flow, scope, names);
    const block = this.#blocks.get(text);
    if (block) return this.#use(row, block, index, flow, scope, names);
    if (text.startsWith('$')) {
      // A block may be told by a parameter which operator to use.
      const value = this.values.scalar(row.key, scope, flow);
      if (typeof value === 'string' && !value.startsWith('$')) {
        return this.#dispatch({ ...row, key: { ...row.key, text: value } }, index, flow, scope, names);
      }
      if (value === undefined) return this.#unknownRow(row, index, flow, scope, names, 'its operator is not known');
    }
    const name = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    if (!this.#meant.has(text)) {
      const known = [...this.#blocks.keys(), ...Object.keys(structures), ...operatorNames];
      this.#meant.set(text, likelyName(text, known));
    }
    const meant = this.#meant.get(text);
    const why = `“${name}” is not an operator and not a block of this file.${suggested(meant)}`;
    this.telling.tell(row.key, 'unknown-operator', why, 'error', respelling(text, meant, row.key));
    return this.#unknownRow(row, index, flow, scope, names, `“${name}” is not known`);
  }

  #mainEntry(entries: readonly Entry[]): Entry | undefined {
    let main: Entry | undefined;
    for (const entry of entries) {
      const name = entry.key.kind === 'scalar' ? entry.key.text : '';
      if (beside.has(name)) continue;
      if (operatorOf(name) || isStructure(name) || this.#blocks.has(name)) return entry;
      main ??= entry;
    }
    return main;
  }

  /** A row without an operator: `- from: stem` goes on from there, `- name: stem` names what came in. */
  #select(
    node: YamlNode,
    entries: readonly Entry[],
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const common: Common = {};
    for (const { key, value } of entries) {
      const text = key.kind === 'scalar' ? key.text : '';
      if (text === 'from' || text === 'name' || text === 'if') common[text] = value;
      else
        this.telling.tell(
          key,
          'wrong-row',
          `“${text.slice(0, 60)}” belongs to an operator, but this row has none. Begin it with one, as in “- conv: …”.`,
        );
    }
    const label = labelOf(common.name, 'from', index);
    this.builder.open({
      label,
      type: 'from',
      sites: [use(node)],
      repaired: this.#isRepaired(node),
      summary: 'Goes on from another row; does nothing itself.',
    });
    let outputs = flow;
    if (common.from && this.#holds(common.if, scope, flow) !== false) {
      outputs = this.#references.of(common.from, names, scope, flow);
    }
    this.builder.close(outputs);
    this.#references.define(common.name, outputs, names);
    return outputs;
  }

  /** Nothing is there yet: what comes in goes on. */
  #empty(node: YamlNode, index: number, flow: readonly Tensor[]): readonly Tensor[] {
    this.builder.open({ label: `row.${index}`, type: 'empty', sites: [use(node)], summary: 'This row is empty.' });
    this.telling.tell(
      node,
      'empty-row',
      'This row is empty. Write an operator, as in “- relu”, or remove it.',
      'warning',
    );
    this.builder.close(flow);
    return flow;
  }

  #wrongRow(node: YamlNode, index: number, flow: readonly Tensor[], message: string): readonly Tensor[] {
    this.telling.tell(node, 'wrong-row', message);
    this.builder.open({ label: `row.${index}`, type: 'unknown', sites: [use(node)] });
    const outputs = this.telling.unknown('a row could not be understood', flow);
    this.builder.close(outputs);
    return outputs;
  }

  #unknownRow(
    row: Row,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: Names,
    why: string,
  ): readonly Tensor[] {
    const entries = entriesOf(row);
    const name = entries.find(({ key }) => key.kind === 'scalar' && key.text === 'name')?.value;
    const from = entries.find(({ key }) => key.kind === 'scalar' && key.text === 'from')?.value;
    this.builder.open({
      label: labelOf(name, row.key.text, index),
      type: row.key.text,
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
    });
    const inputs = from ? this.#references.of(from, names, scope, flow) : flow;
    const outputs = this.telling.unknown(why, inputs ?? []);
    this.builder.close(outputs);
    this.#references.define(name, outputs, names);
    return outputs;
  }

  // ——— Operators —————————————————————————————————————————————————————————————————————————————————————————————————

  #operator(
    row: Row,
    operator: Operator,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const common = this.#operators.gather(row, operator, false);
    const builder = this.builder;
    builder.open({
      label: common === nothing ? `${operator.name}.${index}` : labelOf(common.name, operator.name, index),
      type: operator.op.name,
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.telling.locate,
      // A word alone has nothing to explain.
      notes:
        row.value || row.rest.length > 0 ? notesOf(operatorNotes, row, operator, this.values, scope, flow) : noNotes,
    });
    let outputs = flow;
    if (common === nothing) {
      const inputs = this.#inputs(row, operator, undefined, flow, scope, names);
      outputs = this.#operators.apply(row, operator, inputs, scope);
    } else {
      const present = this.#holds(common.if, scope, flow);
      const times = this.times(common.repeats, scope, flow);
      if (present === undefined || Number.isNaN(times)) {
        outputs = this.telling.unknown('whether it is there depends on a size that is not known', flow);
      } else if (present) {
        outputs = this.#repeated(
          row,
          times,
          this.#inputs(row, operator, common.from, flow, scope, names),
          (inputs, copy) => {
            if (copy > 0) this.#operators.gather(row, operator, true);
            return this.#operators.applyAll(row, operator, inputs, scope, common);
          },
        );
      }
      this.#references.define(common.name, outputs, names);
    }
    builder.close(outputs);
    this.#aside = operator.op.kind === 'source' && common.name !== undefined;
    return outputs;
  }

  /** The tensors an operator reads. A bare name joins what is named with what comes in; a list names all. */
  #inputs(
    row: Row,
    operator: Operator,
    from: YamlNode | undefined,
    flow: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    if (from) return this.#references.of(from, names, scope, flow);
    if (operator.op.arity === 0) return [];
    if (operator.main === 'references' && row.value) {
      const target = resolved(row.value);
      if (target?.kind === 'sequence') return this.#references.of(target, names, scope, flow);
      if (target?.kind === 'scalar' && scalarValue(target) !== null) {
        return [...flow, ...this.#references.of(row.value, names, scope, flow)];
      }
    }
    return flow;
  }

  // ——— Blocks ————————————————————————————————————————————————————————————————————————————————————————————————————

  #use(row: Row, block: Block, index: number, flow: readonly Tensor[], scope: Scope, names: Names): readonly Tensor[] {
    const common: Common = {};
    const args = new Map<string, YamlNode>();
    readArguments(this, row, block, common, args);
    const builder = this.builder;
    const label = labelOf(common.name, block.name, index);
    const notes = notesOf(useNotes, row, block, this.values, scope, flow);
    const present = this.#holds(common.if, scope, flow);
    const times = this.times(common.repeats, scope, flow);
    const single = times === 1 && present === true;
    builder.open({
      label,
      type: block.name,
      sites: single ? [use(row.site), definition(block.header)] : [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.telling.locate,
      notes,
    });
    this.telling.at(row);
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.telling.unknown('whether it is there depends on a size that is not known', flow);
    } else if (present) {
      const inputs = common.from ? this.#references.of(common.from, names, scope, flow) : flow;
      if (single) outputs = readBody(this, row, block, args, inputs, scope);
      else {
        outputs = inputs;
        for (let copy = 0; copy < times && !this.isFull(row.site); copy++) {
          builder.open({
            label: `${label}.${copy}`,
            type: block.name,
            sites: [use(row.site), definition(block.header)],
            locate: this.telling.locate,
            notes,
          });
          outputs = readBody(this, row, block, args, outputs, scope);
          builder.close(outputs);
        }
      }
    }
    builder.close(outputs);
    this.#references.define(common.name, outputs, names);
    return outputs;
  }

  // ——— Rows that arrange rows ————————————————————————————————————————————————————————————————————————————————————

  #structure(
    row: Row,
    kind: Structure,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const own: Readonly<Record<string, string>> = structureKeys[kind];
    const found: Record<string, YamlNode> = {};
    const paths: Entry[] = [];
    const target = resolved(row.value);
    const take = (entry: Entry, named: boolean): void => {
      const { key, value } = entry;
      const text = key.kind === 'scalar' ? key.text : '';
      const isKey =
        Object.hasOwn(own, text) ||
        text === 'name' ||
        text === 'from' ||
        text === 'if' ||
        (text === 'repeats' && kind !== 'repeat');
      if (kind === 'residual' && text === 'layers' && named) found.layers = value;
      else if (isKey && !(named && kind === 'branches' && resolved(value)?.kind === 'sequence' && text !== 'from')) {
        if (found[text]) this.telling.duplicate(key);
        else found[text] = value;
      } else if (named && kind === 'branches') paths.push(entry);
      else
        this.telling.unknownKey(key, kind, [
          ...Object.keys(own),
          'name',
          'from',
          'if',
          ...(kind === 'repeat' ? [] : ['repeats']),
        ]);
    };
    if (target?.kind === 'mapping') for (const entry of allEntries(target)) take(entry, true);
    for (const entry of row.rest) take(entry, false);
    const { name, from } = found;

    const builder = this.builder;
    builder.open({
      label: labelOf(name, kind, index),
      type: kind,
      summary: structures[kind],
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.telling.locate,
      notes: notesOf(keyNotes, row, docsOf(own), this.values, scope, flow),
    });
    this.telling.at(row, from);
    const present = this.#holds(found.if, scope, flow);
    const times = this.times(found.repeats, scope, flow);
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.telling.unknown('whether it is there depends on a size that is not known', flow);
    } else if (present) {
      const inputs = from ? this.#references.of(from, names, scope, flow) : flow;
      outputs = this.#repeated(row, times, inputs, input => {
        switch (kind) {
          case 'branches':
            return readBranches(this, row, paths, found, input, scope, names);
          case 'residual':
            return readResidual(this, row, found, input, scope, names);
          case 'repeat':
            return readRepeat(this, row, found, input, scope, names);
        }
      });
    }
    builder.close(outputs);
    this.#references.define(name, outputs, names);
    return outputs;
  }

  #repeated(
    row: Row,
    times: number,
    input: readonly Tensor[],
    body: (input: readonly Tensor[], copy: number) => readonly Tensor[],
  ): readonly Tensor[] {
    if (times === 1) return body(input, 0);
    let outputs = input;
    for (let copy = 0; copy < times && !this.isFull(row.site); copy++) {
      this.builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: this.telling.locate });
      outputs = body(outputs, copy);
      this.builder.close(outputs);
    }
    return outputs;
  }

  /** Whether a row is there; undefined where that depends on what is not known. */
  #holds(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): boolean | undefined {
    if (!node) return true;
    const value = this.values.of(node, scope, flow);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isNaN(value) ? undefined : value !== 0;
    if (value !== undefined) {
      this.telling.tell(
        node,
        'wrong-argument',
        `“if” is ${described(value)}, but it is true or false, as in “if: $stride == 1”.`,
      );
    }
    return undefined;
  }

  /** How often a row is repeated; NaN where that is not known. */
  times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number {
    if (!node) return 1;
    const value = this.values.of(node, scope, flow);
    if (typeof value === 'number' && (Number.isNaN(value) || (Number.isInteger(value) && value >= 0))) return value;
    if (value !== undefined) {
      this.telling.tell(
        node,
        'wrong-argument',
        `This is ${described(value)}, but a row is repeated a whole number of times from 0.`,
      );
    }
    return Number.NaN;
  }

  /** Whether to stop: more rows than the builder has nodes would come of it. */
  isFull(node: Range): boolean {
    if (this.builder.full) return true;
    if (++this.#read <= maxNodes) return false;
    if (this.#read === maxNodes + 1) {
      this.telling.tell(
        node,
        'too-many-operators',
        `There are more than ${maxNodes} rows, repetitions counted. The rest is not analysed.`,
      );
    }
    return true;
  }
}
