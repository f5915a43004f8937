// Walks over rows (of the network, of blocks, branches, residuals and repeats) and calls the builder in order.
import * as l10n from '@vscode/l10n';
import { type Builder, maxNodes } from '../../graph/builder.ts';
import { definition, type Note, type Tensor, use } from '../../graph/graph.ts';
import { portOf } from '../../graph/segment.ts';
import { type Damage, damageOf } from '../../syntax/damage.ts';
import { type Entry, resolved, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { likelyName, respelling, suggested } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import type { Block } from './blocks.ts';
import { described } from './expression.ts';
import { type CommonNodes, nothing } from './gather.ts';
import { joinedBy } from './items.ts';
import { operatorNotes, structureNotes, useNotes } from './notes.ts';
import { OperatorRows } from './operatorRows.ts';
import { type Operator, operatorNames, operatorOf } from './operators.ts';
import { References, type TensorNames } from './references.ts';
import { Reports } from './reports.ts';
import { entriesOf, keysOfStructure, partsOf, type Row, rowOf, valueAt } from './row.ts';
import { readStructure } from './structures.ts';
import { readArguments, readBody } from './uses.ts';
import { isExpression, type Scope, type Values } from './values.ts';
import type { Walk } from './walk.ts';
import { isStructure, type StructureName, structures } from './words.ts';

/** The context that all rows of a text share. */
export interface Around {
  readonly blocks: ReadonlyMap<string, Block>;
  readonly damages: readonly Damage[];
  /** Rows that could not be read. */
  readonly unread: ReadonlyMap<YamlNode, Damage>;
  /** The names of `let`. */
  readonly shared: Scope;
}

const noNotes = (): readonly Note[] => [];

/** Lazy notes: defined here, they capture only what they need. */
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

export class Rows implements Walk {
  readonly builder: Builder;
  readonly values: Values;
  readonly reports: Reports;
  readonly shared: Scope;
  readonly within: Block[] = [];
  readonly references: References;
  readonly #around: Around;
  readonly #isBlock: (name: string) => boolean;
  readonly #operators: OperatorRows;
  /** Suggestions for unknown operators, cached: a repeated row asks thousands of times. */
  readonly #meant = new Map<string, string | undefined>();
  /** How many rows were read, counting repetitions. */
  #count = 0;
  #isSkipped = false;

  constructor(builder: Builder, values: Values, around: Around) {
    this.builder = builder;
    this.values = values;
    this.shared = around.shared;
    this.reports = new Reports(builder);
    this.references = new References(builder.rows, values, this.reports);
    this.#around = around;
    this.#isBlock = name => around.blocks.has(name);
    this.#operators = new OperatorRows(builder, values, this.reports);
  }

  get count(): number {
    return this.#count;
  }

  /** Counts rows that are reused instead of read. */
  add(count: number): void {
    this.#count += count;
  }

  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    return this.#operators.activate(node, inputs, scope);
  }

  list(items: readonly YamlNode[], input: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[] {
    let flow = input;
    for (const [index, item] of items.entries()) {
      if (this.isFull(item)) break;
      const { outputs, isSkipped } = this.row(item, index, flow, scope, names);
      names.rows.push(outputs);
      if (!isSkipped) flow = outputs;
    }
    return flow;
  }

  // ——— Rows ——————————————————————————————————————————————————————————————————————————————————————————————————————

  /** Adds a row. After a skipped row, the next one reads the same as that row. */
  row(
    node: YamlNode,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): { readonly outputs: readonly Tensor[]; readonly isSkipped: boolean } {
    const outputs = this.#rowAt(node, index, flow, scope, names);
    const isSkipped = this.#isSkipped;
    this.#isSkipped = false;
    return { outputs, isSkipped };
  }

  #rowAt(node: YamlNode, index: number, flow: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[] {
    const unread = this.#around.unread.get(node);
    if (unread) return this.#opaque(node, index, flow, unread.why);
    const found = rowOf(node, this.#isBlock);
    switch (found.kind) {
      case 'row':
        return this.#dispatch(found.row, index, flow, scope, names);
      case 'select':
        return this.#select(node, found.entries, index, flow, scope, names);
      case 'empty':
        return this.#empty(node, index, flow);
      case 'list':
        this.reports.report(node, 'row-is-a-list', l10n.t('A row must be an operator, not a list.'), {
          help: l10n.t('For parallel paths, use “{0}”.', 'branches: [[…], […]]'),
        });
        break;
      case 'other':
        this.reports.report(node, 'not-a-row', l10n.t('This is not an operator with its attributes.'), {
          help: l10n.t('For example: “{0}”.', '- conv: {out: 64, kernel: 3}'),
        });
        break;
      // Reported where the text is parsed.
      case 'alias':
        break;
    }
    return this.#opaque(node, index, flow, l10n.t('a row could not be understood'));
  }

  /** A row that could not be read. */
  #opaque(node: YamlNode, index: number, flow: readonly Tensor[], why: string): readonly Tensor[] {
    this.builder.open({ label: `row.${index}`, type: 'unknown', sites: [use(node)] });
    const outputs = this.reports.unknown(why, flow);
    this.builder.close(outputs);
    return outputs;
  }

  /** Whether the row's text, or that of a row inside, was repaired. */
  #isRepaired(node: YamlNode): boolean | undefined {
    return damageOf(this.#around.damages, node)?.repaired;
  }

  #dispatch(row: Row, index: number, flow: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[] {
    const { text } = row.key;
    const operator = operatorOf(text);
    if (operator) return this.#operator(row, operator, index, flow, scope, names);
    if (isStructure(text)) return this.#structure(row, text, index, flow, scope, names);
    const block = this.#around.blocks.get(text);
    if (block) return this.#use(row, block, index, flow, scope, names);
    if (isExpression(row.key)) {
      // The operator may be given by a parameter of a block.
      const value = this.values.scalar(row.key, scope, flow);
      if (typeof value === 'string' && !value.startsWith('$')) {
        return this.#dispatch({ ...row, key: { ...row.key, text: value } }, index, flow, scope, names);
      }
      if (value === undefined)
        return this.#unknownRow(row, index, flow, scope, names, l10n.t('its operator is not known'));
    }
    const name = clip(text, 60);
    if (!this.#meant.has(text)) {
      const known = [...this.#around.blocks.keys(), ...Object.keys(structures), ...operatorNames];
      this.#meant.set(text, likelyName(text, known));
    }
    const meant = this.#meant.get(text);
    this.reports.report(
      row.key,
      'unknown-operator',
      l10n.t('“{0}” is neither an operator nor a block of this file.', name),
      { ...(meant === undefined ? {} : { help: suggested(meant).trim() }), ...respelling(text, meant, row.key) },
    );
    return this.#unknownRow(row, index, flow, scope, names, l10n.t('“{0}” is not known', name));
  }

  /** A row without an operator: `- from: stem` continues from there, `- name: stem` names the previous output. */
  #select(
    node: YamlNode,
    entries: readonly Entry[],
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): readonly Tensor[] {
    const common: CommonNodes = {};
    for (const { key, value } of entries) {
      const text = key.kind === 'scalar' ? key.text : '';
      if (text === 'from' || text === 'name' || text === 'if') common[text] = value;
      else
        this.reports.report(
          key,
          'key-without-operator',
          l10n.t('“{0}” belongs to an operator, but this row has none.', clip(text, 60)),
          { help: l10n.t('Begin the row with an operator, for example “{0}”.', '- conv: …') },
        );
    }
    const label = labelOf(common.name, 'from', index);
    this.builder.open({
      label,
      type: 'from',
      sites: [use(node)],
      repaired: this.#isRepaired(node),
      summary: l10n.t('Continues from another row; computes nothing itself.'),
    });
    let outputs = flow;
    if (common.from && this.#holds(common.if, scope, flow) !== false) {
      outputs = this.references.of(common.from, names, scope, flow);
    }
    this.builder.close(outputs);
    this.references.define(common.name, outputs, names);
    return outputs;
  }

  /** An empty row passes its input through. */
  #empty(node: YamlNode, index: number, flow: readonly Tensor[]): readonly Tensor[] {
    this.builder.open({
      label: `row.${index}`,
      type: 'empty',
      sites: [use(node)],
      summary: l10n.t('This row is empty.'),
    });
    this.reports.report(node, 'empty-row', l10n.t('This row is empty.'), {
      help: l10n.t('Add an operator, for example “{0}”, or remove the row.', '- relu'),
      severity: 'warning',
    });
    this.builder.close(flow);
    return flow;
  }

  #unknownRow(
    row: Row,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
    why: string,
  ): readonly Tensor[] {
    const entries = entriesOf(row);
    const name = valueAt(entries, 'name');
    const from = valueAt(entries, 'from');
    this.builder.open({
      label: labelOf(name, row.key.text, index),
      type: row.key.text,
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
    });
    const inputs = from ? this.references.of(from, names, scope, flow) : flow;
    const outputs = this.reports.unknown(why, inputs ?? []);
    this.builder.close(outputs);
    this.references.define(name, outputs, names);
    return outputs;
  }

  // ——— Operators —————————————————————————————————————————————————————————————————————————————————————————————————

  #operator(
    row: Row,
    operator: Operator,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): readonly Tensor[] {
    const common = this.#operators.gather(row, operator, false);
    const builder = this.builder;
    builder.open({
      label: common === nothing ? `${operator.name}.${index}` : labelOf(common.name, operator.name, index),
      type: operator.op.name,
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.reports.locate,
      // A bare word has nothing to explain.
      notes:
        row.value || row.rest.length > 0
          ? notesOf(operatorNotes, row, operator, this.values, scope, this.#read(common.from, flow, scope, names))
          : noNotes,
    });
    let outputs = flow;
    if (common === nothing) {
      const inputs = this.#inputs(row, operator, undefined, flow, scope, names);
      outputs = this.#operators.apply(row, operator, inputs, scope);
    } else {
      const present = this.#holds(common.if, scope, flow);
      const times = this.times(common.repeats, scope, flow);
      if (present === undefined || Number.isNaN(times)) {
        outputs = this.reports.unknown(unknownPresence(), flow);
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
      this.references.define(common.name, outputs, names);
    }
    builder.close(outputs);
    this.#isSkipped = operator.op.kind === 'source' && common.name !== undefined;
    return outputs;
  }

  /** What a row reads, for its notes; unresolved references are reported when it is built. */
  #read(from: YamlNode | undefined, flow: readonly Tensor[], scope: Scope, names: TensorNames): readonly Tensor[] {
    return from ? (this.references.find(from, names, scope, flow) ?? []) : flow;
  }

  /** The inputs of an operator. A bare name is joined with the previous output; a list names all inputs. */
  #inputs(
    row: Row,
    operator: Operator,
    from: YamlNode | undefined,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): readonly Tensor[] {
    if (from) return this.references.of(from, names, scope, flow);
    if (operator.op.arity === 0) return [];
    const joined = joinedBy(row, operator);
    if (joined) {
      const tensors = this.references.of(joined.node, names, scope, flow);
      return joined.isAll ? tensors : [...flow, ...tensors];
    }
    return flow;
  }

  // ——— Blocks ————————————————————————————————————————————————————————————————————————————————————————————————————

  #use(
    row: Row,
    block: Block,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): readonly Tensor[] {
    const common: CommonNodes = {};
    const args = new Map<string, YamlNode>();
    readArguments(this, row, block, common, args);
    const builder = this.builder;
    const label = labelOf(common.name, block.name, index);
    const asked = { block, args, shared: this.shared };
    const notes = notesOf(useNotes, row, asked, this.values, scope, this.#read(common.from, flow, scope, names));
    const present = this.#holds(common.if, scope, flow);
    const times = this.times(common.repeats, scope, flow);
    const single = times === 1 && present === true;
    builder.open({
      label,
      type: block.name,
      sites: single ? [use(row.site), definition(block.header)] : [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.reports.locate,
      notes,
    });
    this.reports.at(row);
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.reports.unknown(unknownPresence(), flow);
    } else if (present) {
      const inputs = common.from ? this.references.of(common.from, names, scope, flow) : flow;
      if (single) outputs = readBody(this, row, block, args, inputs, scope);
      else {
        outputs = inputs;
        for (let copy = 0; copy < times && !this.isFull(row.site); copy++) {
          builder.open({
            label: `${label}.${copy}`,
            type: block.name,
            sites: [use(row.site), definition(block.header)],
            locate: this.reports.locate,
            notes,
          });
          outputs = readBody(this, row, block, args, outputs, scope);
          builder.close(outputs);
        }
      }
    }
    builder.close(outputs);
    this.references.define(common.name, outputs, names);
    return outputs;
  }

  // ——— Rows that contain rows ————————————————————————————————————————————————————————————————————————————————————

  #structure(
    row: Row,
    kind: StructureName,
    index: number,
    flow: readonly Tensor[],
    scope: Scope,
    names: TensorNames,
  ): readonly Tensor[] {
    const parts = partsOf(row, kind);
    for (const key of parts.duplicates) this.reports.duplicate(key);
    for (const key of parts.strangers) this.reports.unknownKey(key, kind, keysOfStructure(kind));
    const { name, from } = parts.keys;
    const builder = this.builder;
    builder.open({
      label: labelOf(name, kind, index),
      type: kind,
      summary: structures[kind](),
      sites: [use(row.site)],
      repaired: this.#isRepaired(row.site),
      locate: this.reports.locate,
      notes: notesOf(structureNotes, row, kind, this.values, scope, this.#read(from, flow, scope, names)),
    });
    this.reports.at(row, from);
    const present = this.#holds(parts.keys.if, scope, flow);
    const times = this.times(parts.keys.repeats, scope, flow);
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.reports.unknown(unknownPresence(), flow);
    } else if (present) {
      const inputs = from ? this.references.of(from, names, scope, flow) : flow;
      outputs = this.#repeated(row, times, inputs, input => readStructure(this, kind, row, parts, input, scope, names));
    }
    builder.close(outputs);
    this.references.define(name, outputs, names);
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
      this.builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: this.reports.locate });
      outputs = body(outputs, copy);
      this.builder.close(outputs);
    }
    return outputs;
  }

  /** Whether the `if` of a row holds; undefined if that is unknown. */
  #holds(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): boolean | undefined {
    if (!node) return true;
    const value = this.values.of(node, scope, flow);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isNaN(value) ? undefined : value !== 0;
    if (value !== undefined) {
      this.reports.report(
        node,
        'not-a-boolean',
        l10n.t('“{0}” must be true or false, not {1}.', 'if', described(value)),
        { help: l10n.t('Use a condition, for example “{0}”.', 'if: $stride == 1') },
      );
    }
    return undefined;
  }

  /** How often a row is repeated; NaN if unknown. */
  times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number {
    if (!node) return 1;
    const value = this.values.of(node, scope, flow);
    if (typeof value === 'number' && (Number.isNaN(value) || (Number.isInteger(value) && value >= 0))) return value;
    if (value !== undefined) {
      const code =
        typeof value !== 'number'
          ? 'not-a-number'
          : Number.isInteger(value)
            ? 'value-below-minimum'
            : 'not-a-whole-number';
      this.reports.report(
        node,
        code,
        l10n.t('The number of repetitions must be a whole number ≥ 0, not {0}.', described(value)),
      );
    }
    return Number.NaN;
  }

  /** Whether to stop, since there would be more rows than the limit on nodes. */
  isFull(node: Range): boolean {
    if (this.builder.full) return true;
    if (++this.#count <= maxNodes) return false;
    if (this.#count === maxNodes + 1) {
      this.reports.report(
        node,
        'too-many-operators',
        l10n.t('There are more than {0} rows, including repetitions.', maxNodes),
        { help: l10n.t('The rest is not analyzed.') },
      );
    }
    return true;
  }
}

const unknownPresence = (): string => l10n.t('its “if” depends on an unknown size');

/** The name of a row in hovers and reports: its own, or its operator with the position. */
function labelOf(name: YamlNode | undefined, type: string, index: number): string {
  const target = resolved(name);
  return target?.kind === 'scalar' && target.text !== '' ? target.text : `${type}.${index}`;
}
