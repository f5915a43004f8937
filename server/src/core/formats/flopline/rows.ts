// Walks rows (of the network, of blocks, branches, residuals and repeats) and calls the builder in their order.
import { type Builder, maxNodes } from '../../graph/builder.ts';
import type { Note, Tensor } from '../../graph/graph.ts';
import { add, type Complaint, concat, mul, permute, type Shape } from '../../ops/index.ts';
import { samePadding } from '../../ops/rules/window.ts';
import { type Entry, resolved, type Scalar, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, suggestion } from '../../text/spelling.ts';
import { type Reading, same, unreadable } from './attributes.ts';
import { type Block, isStructure, type Structure, structures } from './blocks.ts';
import { described, type Value } from './expression.ts';
import {
  borderKey,
  type CommonKey,
  commonKeys,
  commonList,
  ignoredKey,
  type Operator,
  operatorNames,
  operatorOf,
  takesNorm,
  templateOf,
} from './operators.ts';
import type { Scope, Values } from './values.ts';

/** What hangs together in one list of rows: their outputs by position and by name, and the list around it. */
export class Names {
  readonly parent: Names | undefined;
  /** The rows themselves, to tell a later name from one that does not exist. */
  readonly list: YamlNode | undefined;
  readonly input: readonly Tensor[];
  readonly named = new Map<string, readonly Tensor[]>();
  readonly rows: (readonly Tensor[])[] = [];

  constructor(parent: Names | undefined, list: YamlNode | undefined, input: readonly Tensor[]) {
    this.parent = parent;
    this.list = list;
    this.input = input;
  }
}

/** Keys of the rows that arrange other rows, with what they mean. */
export const structureKeys = {
  branches: {
    join: 'How the paths come together: concat (the default), add, mul, or none for all of them side by side.',
    axis: 'The axis of `join: concat`, batch included; 1, the channels, where not given.',
    act: commonKeys.act,
  },
  residual: {
    shortcut: 'Rows for the other path, a projection for instance; nothing where not given.',
    act: 'An activation behind the sum.',
  },
  repeat: { times: 'How often.', layers: 'The rows that are repeated.' },
} as const satisfies Record<Structure, Readonly<Record<string, string>>>;

/** Keys that may stand beside the operator of a row, so they are not taken for it. */
const beside: ReadonlySet<string> = new Set<string>([
  ...commonList,
  ...Object.values(structureKeys).flatMap(keys => Object.keys(keys)),
]);

/** Names of normalizations in `norm:`. */
export const norms: Readonly<Record<string, string>> = {
  batch: 'batchnorm',
  layer: 'layernorm',
  group: 'groupnorm',
  instance: 'instancenorm',
  rms: 'rmsnorm',
};

interface Row {
  /** Where the row stands: in its list, even where that is an alias. */
  readonly site: YamlNode;
  readonly key: Scalar;
  readonly value: YamlNode | undefined;
  /** What stands beside the operator's key. */
  readonly rest: readonly Entry[];
}

type Common = { -readonly [K in CommonKey]?: YamlNode };

const none: readonly Entry[] = [];
const nothing: Common = {};

export class Rows {
  readonly #builder: Builder;
  readonly #values: Values;
  readonly #blocks: ReadonlyMap<string, Block>;
  readonly #syntaxProblems: readonly Problem[];
  /** What all rows may use: `let`. */
  readonly #shared: Scope;
  /** Blocks that are being read, from the outside in. */
  readonly #within: Block[] = [];
  /** How many rows were read, repetitions counted. */
  #read = 0;
  /** Set by a row that stands aside: the next one still reads what came before it. */
  #aside = false;

  // The attributes of the row at hand, before they are read: reused, because there is one at a time.
  readonly #codes: number[] = [];
  readonly #nodes: YamlNode[] = [];

  // Where complaints of the operator at hand belong.
  #row: Row | undefined;
  #from: YamlNode | undefined;
  #blame: Range | undefined;

  constructor(
    builder: Builder,
    values: Values,
    blocks: ReadonlyMap<string, Block>,
    syntaxProblems: readonly Problem[],
    shared: Scope,
  ) {
    this.#builder = builder;
    this.#shared = shared;
    this.#values = values;
    this.#blocks = blocks;
    this.#syntaxProblems = syntaxProblems;
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
      if (this.#isFull(items[index]!)) break;
      const outputs = this.#rowAt(items[index]!, index, flow, scope, names);
      names.rows.push(outputs);
      if (!this.#aside) flow = outputs;
      this.#aside = false;
    }
    return flow;
  }

  /** The tensors that `from` speaks of; undefined where it speaks of nothing, which is told. */
  references(node: YamlNode, names: Names, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    const target = resolved(node);
    if (target?.kind !== 'sequence') return this.#reference(node, names, scope, flow);
    const found: Tensor[] = [];
    for (const item of target.items) {
      const tensors = this.#reference(item, names, scope, flow);
      if (tensors) found.push(...tensors);
      else found.push(this.#builder.unknown('it reads a row that does not exist'));
    }
    return found;
  }

  // ——— Rows ——————————————————————————————————————————————————————————————————————————————————————————————————————

  #rowAt(node: YamlNode, index: number, flow: readonly Tensor[], scope: Scope, names: Names): readonly Tensor[] {
    const target = resolved(node);
    switch (target?.kind) {
      case 'mapping': {
        const { entries } = target;
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
        return this.#wrongRow(node, index, flow, 'Nothing above is marked with this name.');
    }
    return this.#wrongRow(
      node,
      index,
      flow,
      'A row is an operator with its attributes, as in “- conv: {out: 64, kernel: 3}”.',
    );
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
      const value = this.#values.scalar(row.key, scope, flow);
      if (typeof value === 'string' && !value.startsWith('$')) {
        return this.#dispatch({ ...row, key: { ...row.key, text: value } }, index, flow, scope, names);
      }
      if (value === undefined) return this.#unknownRow(row, index, flow, scope, names, 'its operator is not known');
    }
    const known = [...this.#blocks.keys(), ...Object.keys(structures), ...operatorNames];
    const name = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    const why = `“${name}” is not an operator and not a block of this file.${suggestion(text, known)}`;
    this.#tell(row.key, 'unknown-operator', why);
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
        this.#tell(
          key,
          'wrong-row',
          `“${text.slice(0, 60)}” belongs to an operator, but this row has none. Begin it with one, as in “- conv: …”.`,
        );
    }
    const label = this.#label(common.name, 'from', index);
    this.#builder.open({
      label,
      type: 'from',
      sites: [node],
      summary: 'Goes on from another row; does nothing itself.',
    });
    let outputs = flow;
    if (common.from && this.#holds(common.if, scope, flow) !== false) {
      outputs =
        this.references(common.from, names, scope, flow) ?? this.#unknown('it reads a row that does not exist', []);
    }
    this.#builder.close(outputs);
    this.#define(common.name, outputs, names);
    return outputs;
  }

  /** Nothing stands there yet: what comes in goes on. A row that could not be read may do anything. */
  #empty(node: YamlNode, index: number, flow: readonly Tensor[]): readonly Tensor[] {
    const unread = this.#syntaxProblems.some(({ range }) => range.from <= node.to && range.to >= node.from);
    this.#builder.open({ label: `row.${index}`, type: 'empty', sites: [node], summary: 'Nothing stands here yet.' });
    if (!unread) {
      this.#tell(
        node,
        'empty-row',
        'Nothing stands in this row. Write an operator, as in “- relu”, or remove it.',
        'warning',
      );
    }
    const outputs = unread ? this.#unknown('a row above could not be read', flow) : flow;
    this.#builder.close(outputs);
    return outputs;
  }

  #wrongRow(node: YamlNode, index: number, flow: readonly Tensor[], message: string): readonly Tensor[] {
    this.#tell(node, 'wrong-row', message);
    this.#builder.open({ label: `row.${index}`, type: 'unknown', sites: [node] });
    const outputs = this.#unknown('a row could not be understood', flow);
    this.#builder.close(outputs);
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
    this.#builder.open({ label: this.#label(name, row.key.text, index), type: row.key.text, sites: [row.site] });
    const inputs = from ? this.references(from, names, scope, flow) : flow;
    const outputs = this.#unknown(why, inputs ?? []);
    this.#builder.close(outputs);
    this.#define(name, outputs, names);
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
    const common = this.#gather(row, operator, false);
    const builder = this.#builder;
    builder.open({
      label: common === nothing ? `${operator.name}.${index}` : this.#label(common.name, operator.name, index),
      type: operator.op.name,
      sites: [row.site],
      locate: this.#locate,
      notes: () => this.#notesOf(row, operator, scope, flow),
    });
    let outputs = flow;
    if (common === nothing) {
      const inputs = this.#inputs(row, operator, undefined, flow, scope, names);
      outputs = this.#apply(row, operator, inputs, scope, undefined, undefined);
    } else {
      const present = this.#holds(common.if, scope, flow);
      const times = this.#times(common.repeats, scope, flow);
      if (present === undefined || Number.isNaN(times)) {
        outputs = this.#unknown('whether it is there depends on a size that is not known', flow);
      } else if (present) {
        outputs = this.#repeated(
          times,
          this.#inputs(row, operator, common.from, flow, scope, names),
          (inputs, copy) => {
            if (copy > 0) this.#gather(row, operator, true);
            return this.#applyAll(row, operator, inputs, scope, common);
          },
        );
      }
      this.#define(common.name, outputs, names);
    }
    builder.close(outputs);
    this.#aside = operator.op.kind === 'source' && common.name !== undefined;
    return outputs;
  }

  /** The operator, its normalization and its activation. */
  #applyAll(row: Row, operator: Operator, inputs: readonly Tensor[], scope: Scope, common: Common): readonly Tensor[] {
    const norm = common.norm && this.#companion('norm', common.norm, inputs, scope);
    const act = common.act && this.#companion('act', common.act, inputs, scope);
    let outputs = this.#apply(row, operator, inputs, scope, common.from, norm);
    if (norm) outputs = this.#normalize(norm, operator, outputs, scope);
    if (act) outputs = this.#applyCompanion(act, outputs, scope);
    this.#blame = undefined;
    return outputs;
  }

  /** What `norm:` or `act:` speaks of; undefined for none. */
  #companion(kind: 'norm' | 'act', node: YamlNode, input: readonly Tensor[], scope: Scope): Companion | undefined {
    const target = resolved(node);
    let key: Scalar | undefined;
    let value: YamlNode | undefined;
    if (target?.kind === 'scalar') key = target;
    else if (target?.kind === 'mapping' && target.entries.length === 1 && target.entries[0]!.key.kind === 'scalar') {
      key = target.entries[0]!.key;
      value = target.entries[0]!.value;
    }
    const word = key && this.#values.scalar(key, scope, input);
    if (key && word === undefined) return undefined;
    if (word === null || word === false || word === 'none') return undefined;
    const wanted = kind === 'norm' ? 'norm' : 'activation';
    if (typeof word === 'string') {
      const operator = operatorOf(kind === 'norm' && Object.hasOwn(norms, word) ? norms[word]! : word);
      if (operator?.op.kind === wanted) return { kind, operator, row: { site: node, key: key!, value, rest: none } };
    }
    const known =
      kind === 'norm' ? Object.keys(norms) : operatorNames.filter(name => operatorOf(name)!.op.kind === wanted);
    const meant = typeof word === 'string' ? suggestion(word, known) : '';
    this.#tell(
      node,
      'wrong-argument',
      kind === 'norm'
        ? `“norm” is ${described(word ?? null)}, but it is one of ${known.join(', ')}, none.${meant}`
        : `“act” is ${described(word ?? null)}, but it is an activation such as relu, silu or gelu, or none.${meant}`,
    );
    return undefined;
  }

  #normalize(norm: Companion, operator: Operator, outputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    const rank = outputs[0]?.shape?.length;
    const trailing = norm.operator.op.name === 'layerNorm' || norm.operator.op.name === 'rmsNorm';
    const channelsFirst = operator.op.name.startsWith('conv') || (rank !== undefined && rank > 3);
    if (!trailing || !channelsFirst || rank === undefined || rank < 3)
      return this.#applyCompanion(norm, outputs, scope);
    // These normalize the last dimension, so the channels are put there and back, as torchvision's LayerNorm2d does.
    this.#blame = rangeOf(norm.row.site);
    const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
    const last = this.#builder.add(permute, { order: [0, ...spatial, 1] }, outputs[0]!);
    const normal = this.#applyCompanion(norm, [last], scope);
    return [this.#builder.add(permute, { order: [0, rank - 1, ...spatial.map(axis => axis - 1)] }, normal)];
  }

  #applyCompanion({ kind, operator, row }: Companion, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    this.#gather(row, operator, false, true);
    this.#blame = rangeOf(row.site);
    // 32 groups, as in the paper on group normalization and in Keras.
    const groups = operator.op.name === 'groupNorm' && this.#codes.length === 0 ? { groups: 32 } : undefined;
    const outputs = this.#apply(row, operator, inputs, scope, undefined, undefined, groups, kind);
    this.#blame = undefined;
    return outputs;
  }

  /** Sorts the entries of a row into attributes (`#codes`, `#nodes`) and keys that every row has. */
  #gather(row: Row, operator: Operator, quiet: boolean, companion = false): Common {
    const codes = this.#codes;
    const nodes = this.#nodes;
    codes.length = 0;
    nodes.length = 0;
    const { value, rest } = row;
    let common = nothing;
    if (value !== undefined) {
      const target = resolved(value);
      if (target?.kind === 'mapping')
        common = this.#gatherEntries(target.entries, row, operator, common, quiet, companion);
      else if (target?.kind !== 'scalar' || scalarValue(target) !== null) this.#gatherMain(row, operator, value);
    }
    if (rest.length > 0) common = this.#gatherEntries(rest, row, operator, common, quiet, companion);
    return common;
  }

  #gatherMain({ key }: Row, operator: Operator, value: YamlNode): void {
    const { main, attributes } = operator;
    if (typeof main === 'object') {
      this.#codes.push(main.attr);
      this.#nodes.push(value);
    } else if (main === 'border') {
      this.#codes.push(borderKey);
      this.#nodes.push(value);
    } else if (main === undefined && operator.op.kind !== 'source') {
      const target = resolved(value);
      if (target?.kind === 'scalar' && scalarValue(target) === true) return;
      this.#tell(
        value,
        'wrong-argument',
        attributes.length === 0
          ? `“${key.text}” takes no value. Write it alone: “- ${key.text}”.`
          : `Say what this is: “${key.text}” takes ${attributes.map(({ name }) => name).join(', ')}, as in “${key.text}: {${attributes[0]!.name}: …}”.`,
      );
    }
  }

  #gatherEntries(
    entries: readonly Entry[],
    row: Row,
    operator: Operator,
    before: Common,
    quiet: boolean,
    companion: boolean,
  ): Common {
    const { keys } = operator;
    let common = before;
    for (const { key, value } of entries) {
      const code = key.kind === 'scalar' ? keys.get(key.text) : undefined;
      if (code === undefined) {
        const merged = key.kind === 'scalar' && key.text === '<<' ? resolved(value) : undefined;
        if (merged?.kind === 'mapping')
          common = this.#gatherMerged(merged.entries, entries, row, operator, common, companion);
        else if (!quiet) this.#unknownKey(key, row.key.text, [...keys.keys()]);
      } else if (code >= 0) {
        if (this.#codes.includes(code)) {
          if (!quiet) this.#duplicate(key);
        } else {
          this.#codes.push(code);
          this.#nodes.push(value);
        }
      } else if (companion)
        this.#unknownKey(
          key,
          row.key.text,
          operator.attributes.map(({ name }) => name),
        );
      else {
        if (common === nothing) common = {};
        const name = commonList[-1 - code]!;
        if (common[name]) this.#duplicate(key);
        else common[name] = value;
      }
    }
    return common;
  }

  /** YAML's `<<: *defaults`: what is not written here. */
  #gatherMerged(
    merged: readonly Entry[],
    own: readonly Entry[],
    row: Row,
    operator: Operator,
    common: Common,
    companion: boolean,
  ): Common {
    const written = new Set(own.map(({ key }) => (key.kind === 'scalar' ? key.text : '')));
    const rest = merged.filter(({ key }) => key.kind === 'scalar' && !written.has(key.text));
    return this.#gatherEntries(rest, row, operator, common, true, companion);
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
    const missing = 'it reads a row that does not exist';
    if (from) return this.references(from, names, scope, flow) ?? this.#unknown(missing, []);
    if (operator.op.arity === 0) return [];
    if (operator.main === 'references' && row.value) {
      const target = resolved(row.value);
      if (target?.kind === 'sequence') return this.references(target, names, scope, flow) ?? flow;
      if (target?.kind === 'scalar' && scalarValue(target) !== null) {
        return [...flow, ...(this.#reference(row.value, names, scope, flow) ?? this.#unknown(missing, []))];
      }
    }
    return flow;
  }

  /** Reads the attributes that were gathered and adds the operator. */
  #apply(
    row: Row,
    operator: Operator,
    given: readonly Tensor[],
    scope: Scope,
    from: YamlNode | undefined,
    norm: Companion | undefined,
    defaults?: Readonly<Record<string, unknown>>,
    part?: 'norm' | 'act',
  ): readonly Tensor[] {
    const { op, attributes } = operator;
    this.#row = row;
    this.#from = from;
    let inputs = given;
    const shape = given[0]?.shape;
    let spatial = shape ? shape.length - 2 : 0;
    if (operator.dimensions !== undefined && shape && !fits(operator, shape)) {
      const why = `${row.key.text} works on ${operator.dimensions} dimension${operator.dimensions === 1 ? '' : 's'} besides batch and channels, but its input has ${spatial} (${shape.join('×')}).`;
      this.#tell(row.key, 'wrong-rank', why);
      return this.#unknown(why, given);
    }
    if (!shape && given.length > 0) {
      spatial = operator.dimensions ?? this.#writtenDimensions(operator);
      if (spatial > 0) inputs = [ofRank(given[0]!, spatial + 2), ...given.slice(1)];
    }
    if (spatial < 1) spatial = 1;
    const template = templateOf(operator, spatial);
    const codes = this.#codes;
    if (codes.length === 0 && operator.required === 0 && !norm && !defaults && !operator.depthwise) {
      return this.#builder.addAll(op, template, inputs);
    }

    const attrs: Record<string, unknown> = defaults ? { ...template, ...defaults } : { ...template };
    const reading: Reading = { values: this.#values, scope, input: inputs, dimensions: spatial };
    let written = 0;
    let padding: YamlNode | undefined;
    let broken: string | undefined;
    let depthwise = operator.depthwise;
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at]!;
      const node = this.#nodes[at]!;
      if (code === ignoredKey) continue;
      if (code === borderKey) {
        const border = attributes[operator.keys.get('before')!]!.read(node, reading);
        attrs.before = border;
        attrs.after = border;
        continue;
      }
      const attribute = attributes[code]!;
      written |= 1 << code;
      if (attribute.name === 'padding' && (node.kind !== 'scalar' || !isDigit(node.text))) {
        padding = node;
        continue;
      }
      if (attribute.name === 'groups' && node.kind === 'scalar' && node.text === 'depthwise') {
        depthwise = true;
        continue;
      }
      const value = attribute.read(node, reading);
      if (value === unreadable) broken = attribute.name;
      else attrs[attribute.name] = value;
    }
    if (depthwise) {
      const channels = inputs[0]?.shape?.[1] ?? Number.NaN;
      attrs.groups = channels;
      const filters = operator.keys.get('out');
      if (filters !== undefined && !(written & (1 << filters))) {
        attrs.out = channels;
        written |= 1 << filters;
      }
    }
    const missing = operator.required & ~written;
    if (missing !== 0 && !defaults) this.#missing(row, operator, missing, part);
    if (padding) this.#pad(padding, attrs, operator, inputs[0]?.shape, reading, written);
    // The normalization's shift makes a bias superfluous, so one must be asked for.
    const bias = norm && operator.keys.get('bias');
    if (bias !== undefined && !(written & (1 << bias))) attrs.bias = false;
    if (broken !== undefined) return this.#unreadable(operator, attrs, broken, inputs);
    return this.#builder.addAll(op, attrs, inputs);
  }

  /** An attribute that is no number cannot be read: the output is known where it is the same whatever it is. */
  #unreadable(operator: Operator, attrs: object, broken: string, inputs: readonly Tensor[]): readonly Tensor[] {
    const { op } = operator;
    const why = `“${broken}” could not be read`;
    const spec = operator.attributes.find(({ name }) => name === broken)!.spec;
    const shapes = inputs.map(({ shape }) => shape);
    if (!op.shape || shapes.includes(undefined)) return this.#unknown(why, inputs);
    const possible = (spec.kind === 'boolean' ? [true, false] : (spec.values ?? [])).map(value => {
      const trial = { ...attrs, [broken]: value };
      const known = shapes as readonly Shape[];
      const wrongRank =
        op.rank && known[0] && (known[0].length < (op.rank.min ?? 0) || known[0].length > (op.rank.max ?? 99));
      return wrongRank || op.check?.(trial, known) ? undefined : op.shape!(trial, known);
    });
    const first = possible[0];
    const same = first && possible.every(shape => shape && String(shape) === String(first));
    return [this.#builder.unknown(why, inputs, same ? first : undefined)];
  }

  #missing(row: Row, operator: Operator, missing: number, part: 'norm' | 'act' | undefined): void {
    operator.attributes.forEach(({ name, spec }, index) => {
      if (!(missing & (1 << index))) return;
      const example = part ? `${part}: {${row.key.text}: {${name}: …}}` : `${row.key.text}: {${name}: …}`;
      this.#tell(row.key, 'missing-argument', `“${row.key.text}” needs “${name}”, as in “${example}”. ${spec.doc}`);
    });
  }

  /** `same`, `valid`, a side at a time, or numbers. */
  #pad(
    node: YamlNode,
    attrs: Record<string, unknown>,
    operator: Operator,
    shape: Shape | undefined,
    reading: Reading,
    written: number,
  ): void {
    const target = resolved(node);
    const { dimensions } = reading;
    const attribute = operator.attributes[operator.keys.get('padding')!]!;
    if (target?.kind === 'mapping') {
      this.#padSides(target.entries, node, attrs, operator, reading);
      return;
    }
    let word: Value | undefined;
    if (target?.kind === 'scalar') {
      if (target.text === 'same' || target.text === 'valid') word = target.text;
      else if (target.text.startsWith('$')) {
        word = this.#values.scalar(target, reading.scope, reading.input, node);
        if (word === undefined) {
          attrs.padding = same(Number.NaN, dimensions);
          return;
        }
      }
    }
    if (word === 'valid') attrs.padding = same(0, dimensions);
    else if (word === 'same') {
      const kernel = attrs.kernel as readonly number[];
      const stride = (attrs.stride ?? kernel) as readonly number[];
      const dilation = (attrs.dilation ?? same(1, dimensions)) as readonly number[];
      if (operator.op.name === 'convTranspose') {
        // Keras: the output is input × stride, whatever the kernel.
        const reach = kernel.map((k, axis) => dilation[axis]! * (k - 1) + 1);
        const before = reach.map((length, axis) => Math.ceil(Math.max(length - stride[axis]!, 0) / 2));
        attrs.padding = before;
        const output = operator.keys.get('outputPadding');
        if (output !== undefined && !(written & (1 << output))) {
          attrs.outputPadding = reach.map((length, axis) => stride[axis]! + 2 * before[axis]! - length);
        }
        return;
      }
      const total = kernel.map((k, axis) =>
        samePadding(shape?.[axis + 2] ?? Number.NaN, k, stride[axis]!, dilation[axis]!),
      );
      const before = total.map(length => Math.floor(length / 2));
      attrs.padding = before;
      // TensorFlow puts the odd one behind.
      if (total.some(length => length % 2 !== 0))
        attrs.paddingAfter = total.map((length, axis) => length - before[axis]!);
    } else if (typeof word === 'string') {
      this.#tell(
        node,
        'wrong-argument',
        `“padding” is ${described(word)}, but it is a number, one for each dimension, same or valid.`,
      );
      attrs.padding = same(Number.NaN, dimensions);
    } else if (target?.kind === 'scalar' && typeof scalarValue(target) === 'string' && !target.text.startsWith('$')) {
      this.#tell(
        node,
        'wrong-argument',
        `“padding” is ${described(target.text)}, but it is a number, one for each dimension, same or valid.${suggestion(target.text, ['same', 'valid'])}`,
      );
      attrs.padding = same(Number.NaN, dimensions);
    } else attrs.padding = attribute.read(node, reading);
  }

  #padSides(
    entries: readonly Entry[],
    node: YamlNode,
    attrs: Record<string, unknown>,
    operator: Operator,
    reading: Reading,
  ): void {
    const { dimensions } = reading;
    const before = [...same(0, dimensions)];
    const after = [...same(0, dimensions)];
    const attribute = operator.attributes[operator.keys.get('padding')!]!;
    const sides: Readonly<Record<string, readonly [number[], number]>> = {
      top: [before, dimensions - 2],
      bottom: [after, dimensions - 2],
      left: [before, dimensions - 1],
      right: [after, dimensions - 1],
    };
    for (const { key, value } of entries) {
      const text = key.kind === 'scalar' ? key.text : '';
      if (text === 'before' || text === 'after') {
        const border = attribute.read(value, reading) as readonly number[];
        border.forEach((length, axis) => {
          (text === 'before' ? before : after)[axis] = length;
        });
      } else if (Object.hasOwn(sides, text) && dimensions >= (text === 'top' || text === 'bottom' ? 2 : 1)) {
        const [border, axis] = sides[text]!;
        border[axis] = (attribute.read(value, { ...reading, dimensions: 1 }) as readonly number[])[0]!;
      } else this.#unknownKey(key, 'padding', ['before', 'after', 'top', 'bottom', 'left', 'right']);
    }
    attrs.padding = before;
    const differ = after.some((length, axis) => length !== before[axis]);
    if (!differ) return;
    if (operator.keys.has('paddingAfter')) attrs.paddingAfter = after;
    else {
      this.#tell(
        node,
        'wrong-argument',
        `${operator.name} has the same padding before and after. Cut off the rest with “slice”.`,
      );
      attrs.padding = same(Number.NaN, dimensions);
    }
  }

  /** The spatial dimensions that a list among the attributes tells where the input does not; 0 for none. */
  #writtenDimensions(operator: Operator): number {
    for (let at = 0; at < this.#codes.length; at++) {
      const attribute = operator.attributes[this.#codes[at]!];
      const node = resolved(this.#nodes[at]);
      if (attribute?.spec.spatial && node?.kind === 'sequence' && node.items.length > 1 && node.items.length <= 3) {
        return node.items.length;
      }
    }
    return 0;
  }

  // ——— Blocks ————————————————————————————————————————————————————————————————————————————————————————————————————

  #use(row: Row, block: Block, index: number, flow: readonly Tensor[], scope: Scope, names: Names): readonly Tensor[] {
    const common: Common = {};
    const args = new Map<string, YamlNode>();
    this.#arguments(row, block, common, args);
    const builder = this.#builder;
    const label = this.#label(common.name, block.name, index);
    const notes = (): readonly Note[] => this.#useNotes(row, block, scope, flow);
    const present = this.#holds(common.if, scope, flow);
    const times = this.#times(common.repeats, scope, flow);
    const single = times === 1 && present === true;
    builder.open({
      label,
      type: block.name,
      sites: single ? [row.site, block.header] : [row.site],
      locate: this.#locate,
      notes,
    });
    this.#row = row;
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.#unknown('whether it is there depends on a size that is not known', flow);
    } else if (present) {
      const inputs = common.from
        ? (this.references(common.from, names, scope, flow) ?? this.#unknown('it reads a row that does not exist', []))
        : flow;
      if (single) outputs = this.#body(row, block, args, inputs, scope);
      else {
        outputs = inputs;
        for (let copy = 0; copy < times && !this.#isFull(row.site); copy++) {
          builder.open({
            label: `${label}.${copy}`,
            type: block.name,
            sites: [row.site, block.header],
            locate: this.#locate,
            notes,
          });
          outputs = this.#body(row, block, args, outputs, scope);
          builder.close(outputs);
        }
      }
    }
    builder.close(outputs);
    this.#define(common.name, outputs, names);
    return outputs;
  }

  #arguments(row: Row, block: Block, common: Common, args: Map<string, YamlNode>): void {
    const { parameters } = block;
    const signature = parameters.length === 0 ? 'none' : parameters.map(({ name }) => name).join(', ');
    const target = resolved(row.value);
    const entries: readonly Entry[] = target?.kind === 'mapping' ? [...target.entries, ...row.rest] : row.rest;
    if (target?.kind === 'sequence' || (target?.kind === 'scalar' && scalarValue(target) !== null)) {
      const items = target.kind === 'sequence' ? target.items : [row.value!];
      items.forEach((item, position) => {
        const parameter = parameters[position];
        if (parameter) args.set(parameter.name, item);
        else if (position === parameters.length) {
          this.#tell(
            item,
            'wrong-argument',
            `“${block.name}” has ${parameters.length} parameter${parameters.length === 1 ? '' : 's'} (${signature}), but is given ${items.length}. Remove what is too much.`,
          );
        }
      });
    }
    for (const { key, value } of entries) {
      const text = key.kind === 'scalar' ? key.text : '';
      if (text === 'name' || text === 'from' || text === 'if' || text === 'repeats') {
        if (common[text]) this.#duplicate(key);
        else common[text] = value;
      } else if (parameters.some(({ name }) => name === text)) {
        if (args.has(text)) this.#duplicate(key);
        else args.set(text, value);
      } else
        this.#unknownKey(key, block.name, [...parameters.map(({ name }) => name), 'name', 'from', 'if', 'repeats']);
    }
    const missing = parameters.filter(({ name, otherwise }) => otherwise === undefined && !args.has(name));
    if (missing.length === 0) return;
    const list = missing.map(({ name }) => `“${name}”`).join(', ');
    this.#tell(
      row.key,
      'missing-argument',
      `“${block.name}” needs ${list}, as in “${block.name}: {${missing.map(({ name }) => `${name}: …`).join(', ')}}”.`,
    );
  }

  #body(
    row: Row,
    block: Block,
    args: ReadonlyMap<string, YamlNode>,
    inputs: readonly Tensor[],
    scope: Scope,
  ): readonly Tensor[] {
    if (this.#within.includes(block)) {
      const path = [...this.#within.slice(this.#within.indexOf(block)), block].map(({ name }) => name).join(' → ');
      const why = `“${block.name}” uses itself (${path}), which would never end.`;
      this.#tell(row.key, 'recursive-block', `${why} Use other rows here.`);
      return this.#unknown(why, inputs);
    }
    const list = resolved(block.rows);
    if (list?.kind !== 'sequence') {
      const empty = !list || (list.kind === 'scalar' && scalarValue(list) === null);
      if (empty) {
        this.#tell(
          block.header,
          'empty-block',
          `“${block.name}” has no rows. Write them below, each behind a dash.`,
          'warning',
        );
        return inputs;
      }
      this.#tell(block.rows, 'wrong-row', 'The rows of a block are a list: one a line, each behind a dash.');
      return this.#unknown(`“${block.name}” could not be understood`, inputs);
    }
    const bound = new Map<string, Value>();
    for (const { name, otherwise } of block.parameters) {
      const arg = args.get(name);
      // An argument speaks the language of its place, a default that of the block.
      const value = arg
        ? this.#values.of(arg, scope, inputs)
        : otherwise && this.#values.of(otherwise, this.#inner(bound), inputs);
      bound.set(name, value === undefined ? Number.NaN : value);
    }
    this.#within.push(block);
    const outputs = this.list(list, inputs, this.#inner(bound), new Names(undefined, list, inputs));
    this.#within.pop();
    return outputs;
  }

  #inner(bound: Map<string, Value>): Scope {
    return this.#shared.size === 0 ? bound : new Map([...this.#shared, ...bound]);
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
        if (found[text]) this.#duplicate(key);
        else found[text] = value;
      } else if (named && kind === 'branches') paths.push(entry);
      else
        this.#unknownKey(key, kind, [
          ...Object.keys(own),
          'name',
          'from',
          'if',
          ...(kind === 'repeat' ? [] : ['repeats']),
        ]);
    };
    if (target?.kind === 'mapping') for (const entry of target.entries) take(entry, true);
    for (const entry of row.rest) take(entry, false);
    const { name, from } = found;

    const builder = this.#builder;
    builder.open({
      label: this.#label(name, kind, index),
      type: kind,
      summary: structures[kind],
      sites: [row.site],
      locate: this.#locate,
      notes: () => this.#keyNotes(row, key => own[key] ?? commonKeys[key as CommonKey], scope, flow),
    });
    this.#row = row;
    this.#from = from;
    const present = this.#holds(found.if, scope, flow);
    const times = this.#times(found.repeats, scope, flow);
    let outputs = flow;
    if (present === undefined || Number.isNaN(times)) {
      outputs = this.#unknown('whether it is there depends on a size that is not known', flow);
    } else if (present) {
      const inputs = from
        ? (this.references(from, names, scope, flow) ?? this.#unknown('it reads a row that does not exist', []))
        : flow;
      outputs = this.#repeated(times, inputs, input => {
        switch (kind) {
          case 'branches':
            return this.#branches(row, paths, found, input, scope, names);
          case 'residual':
            return this.#residual(row, found, input, scope, names);
          case 'repeat':
            return this.#repeat(row, found, input, scope, names);
        }
      });
    }
    builder.close(outputs);
    this.#define(name, outputs, names);
    return outputs;
  }

  #branches(
    row: Row,
    named: readonly Entry[],
    found: Readonly<Record<string, YamlNode>>,
    input: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const target = resolved(row.value);
    const paths: { label: string; rows: YamlNode; site: Range | undefined }[] = [];
    if (target?.kind === 'sequence') {
      target.items.forEach((rows, at) => {
        // A path on a line of its own has its sum there; where its first row begins that line, the row has it.
        const flow = rows.kind === 'alias' || (rows.kind === 'sequence' && rows.flow);
        paths.push({ label: `branch.${at}`, rows, site: flow ? rows : undefined });
      });
    } else {
      for (const { key, value } of named) {
        const label = key.kind === 'scalar' ? key.text : '';
        paths.push({ label, rows: value, site: { from: key.from, to: Math.max(key.to, value.to) } });
      }
    }
    if (paths.length === 0) {
      this.#tell(
        row.key,
        'missing-argument',
        '“branches” needs lists of rows: one for each path, as in “branches: [[relu], [tanh]]”.',
      );
      return this.#unknown('there are no branches', input);
    }
    const ends: Tensor[] = [];
    for (const { label, rows, site } of paths) {
      if (this.#isFull(row.site)) break;
      this.#builder.open({ label, type: 'branch', sites: site ? [site] : [], locate: this.#locate });
      const outputs = this.#rows(rows, input, scope, names, 'A branch is a list of rows.');
      this.#builder.close(outputs);
      ends.push(...outputs);
    }
    this.#at(row, found.join ?? row.key);
    const word = found.join ? this.#values.of(found.join, scope, input) : 'concat';
    let outputs: readonly Tensor[];
    switch (word) {
      case 'concat': {
        const axis = found.axis ? this.#values.of(found.axis, scope, input) : 1;
        const proper = typeof axis === 'number' && (Number.isInteger(axis) || Number.isNaN(axis));
        if (found.axis && axis !== undefined && !proper) {
          this.#tell(
            found.axis,
            'wrong-argument',
            `“axis” is ${described(axis)}, but it is a whole number: 1 for channels, −1 for the last.`,
          );
        }
        if (proper && !Number.isNaN(axis)) outputs = [this.#builder.add(concat, { axis }, ends)];
        else outputs = this.#unknown('the axis is not known', ends);
        break;
      }
      case 'add':
        outputs = [this.#builder.add(add, {}, ends)];
        break;
      case 'mul':
        outputs = [this.#builder.add(mul, {}, ends)];
        break;
      case 'none':
        outputs = ends;
        break;
      default: {
        const known = ['concat', 'add', 'mul', 'none'];
        const meant = typeof word === 'string' ? suggestion(word, known) : '';
        if (word !== undefined) {
          this.#tell(
            found.join!,
            'wrong-argument',
            `“join” is ${described(word)}, but it is one of ${known.join(', ')}.${meant}`,
          );
        }
        outputs = this.#unknown('how the branches are joined is not known', ends);
      }
    }
    return this.#activate(found.act, outputs, scope);
  }

  #residual(
    row: Row,
    found: Readonly<Record<string, YamlNode>>,
    input: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const target = resolved(row.value);
    const rows = target?.kind === 'mapping' ? found.layers : row.value;
    if (!rows || (target?.kind === 'scalar' && scalarValue(target) === null)) {
      this.#tell(
        row.key,
        'missing-argument',
        '“residual” needs rows, as in “residual: [conv: {out: 64, kernel: 3, padding: same}]”.',
      );
      return this.#unknown('there are no rows', input);
    }
    const body = this.#rows(rows, input, scope, names, '“residual” is a list of rows.');
    let other = input;
    if (found.shortcut) {
      const site = found.shortcut.kind === 'sequence' && found.shortcut.flow ? [found.shortcut] : [];
      this.#builder.open({ label: 'shortcut', type: 'shortcut', sites: site, locate: this.#locate });
      other = this.#rows(found.shortcut, input, scope, names, '“shortcut” is a list of rows.');
      this.#builder.close(other);
    }
    this.#at(row, row.key);
    return this.#activate(found.act, [this.#builder.add(add, {}, [...body, ...other])], scope);
  }

  #repeat(
    row: Row,
    found: Readonly<Record<string, YamlNode>>,
    input: readonly Tensor[],
    scope: Scope,
    names: Names,
  ): readonly Tensor[] {
    const target = resolved(row.value);
    // `repeat: 3` with `layers:` beside it says the same.
    const count = target?.kind === 'scalar' && scalarValue(target) !== null ? row.value : found.times;
    const rows = target?.kind === 'sequence' ? row.value : found.layers;
    if (!count || !rows) {
      this.#tell(
        row.key,
        'missing-argument',
        `“repeat” needs ${count ? 'rows' : 'to know how often'}, as in “repeat: {times: 3, layers: […]}”.`,
      );
      if (!rows) return this.#unknown('there are no rows', input);
    }
    const times = this.#times(count, scope, input);
    if (!count || Number.isNaN(times)) return this.#unknown('how often it is repeated is not known', input);
    let outputs = input;
    for (let copy = 0; copy < times && !this.#isFull(row.site); copy++) {
      this.#builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: this.#locate });
      outputs = this.#rows(rows, outputs, scope, names, '“layers” is a list of rows.');
      this.#builder.close(outputs);
    }
    return outputs;
  }

  /** Rows inside a row: they see the names around them, nobody sees theirs. */
  #rows(node: YamlNode, input: readonly Tensor[], scope: Scope, names: Names, message: string): readonly Tensor[] {
    const target = resolved(node);
    if (target?.kind === 'sequence') return this.list(target, input, scope, new Names(names, target, input));
    if (target?.kind === 'scalar' && scalarValue(target) === null) return input;
    // A single row needs no brackets.
    if (target) {
      const single = { items: [node] };
      return this.list(single, input, scope, new Names(names, undefined, input));
    }
    this.#tell(node, 'wrong-row', message);
    return this.#unknown('a row could not be understood', input);
  }

  #activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    const act = node && this.#companion('act', node, inputs, scope);
    return act ? this.#applyCompanion(act, inputs, scope) : inputs;
  }

  #repeated(
    times: number,
    input: readonly Tensor[],
    body: (input: readonly Tensor[], copy: number) => readonly Tensor[],
  ): readonly Tensor[] {
    if (times === 1) return body(input, 0);
    let outputs = input;
    for (let copy = 0; copy < times && !this.#isFull(undefined); copy++) {
      this.#builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: this.#locate });
      outputs = body(outputs, copy);
      this.#builder.close(outputs);
    }
    return outputs;
  }

  // ——— Keys that every row has ———————————————————————————————————————————————————————————————————————————————————

  #label(name: YamlNode | undefined, type: string, index: number): string {
    const target = resolved(name);
    return target?.kind === 'scalar' && target.text !== '' ? target.text : `${type}.${index}`;
  }

  #define(name: YamlNode | undefined, outputs: readonly Tensor[], names: Names): void {
    if (!name) return;
    const target = resolved(name);
    if (target?.kind !== 'scalar' || target.text === '') {
      this.#tell(name, 'wrong-argument', 'A name is a word.');
    } else if (target.text === 'input' || target.text === 'previous') {
      this.#tell(name, 'duplicate-name', `“${target.text}” has a meaning already. Use another name.`);
    } else {
      if (names.named.has(target.text)) {
        this.#tell(
          name,
          'duplicate-name',
          `There is a row “${target.text}” above already. Give this one another name.`,
        );
      }
      names.named.set(target.text, outputs);
    }
  }

  /** Whether a row is there; undefined where that depends on what is not known. */
  #holds(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): boolean | undefined {
    if (!node) return true;
    const value = this.#values.of(node, scope, flow);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isNaN(value) ? undefined : value !== 0;
    if (value !== undefined) {
      this.#tell(
        node,
        'wrong-argument',
        `“if” is ${described(value)}, but it is true or false, as in “if: $stride == 1”.`,
      );
    }
    return undefined;
  }

  /** How often a row is repeated; NaN where that is not known. */
  #times(node: YamlNode | undefined, scope: Scope, flow: readonly Tensor[]): number {
    if (!node) return 1;
    const value = this.#values.of(node, scope, flow);
    if (typeof value === 'number' && (Number.isNaN(value) || (Number.isInteger(value) && value >= 0))) return value;
    if (value !== undefined) {
      this.#tell(
        node,
        'wrong-argument',
        `This is ${described(value)}, but a row is repeated a whole number of times from 0.`,
      );
    }
    return Number.NaN;
  }

  #reference(node: YamlNode, names: Names, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    const target = resolved(node);
    const value = target?.kind === 'scalar' ? this.#values.scalar(target, scope, flow, node) : null;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value < 0) {
      const position = names.rows.length + value;
      if (position >= 0) return names.rows[position]!;
      if (position === -1) return names.input;
      this.#tell(
        node,
        'unknown-reference',
        `${-value} rows above this one is before the first row of this list. Use ${-names.rows.length - 1} at most, or a name.`,
      );
      return undefined;
    }
    if (typeof value !== 'string') {
      this.#tell(
        node,
        'wrong-argument',
        `${described(value)} names no row. Use the name of a row above, “input”, or −1 for the row above.`,
      );
      return undefined;
    }
    const found = this.#named(value, names, flow);
    if (found) return found;
    const piece = /^(.+)\.(\d{1,6})$/.exec(value);
    const whole = piece && this.#named(piece[1]!, names, flow);
    if (whole) {
      const part = whole[Number(piece[2])];
      if (part) return [part];
      // Where nothing is known about a row, neither is the number of its outputs.
      if (whole.some(({ node: at, shape }) => at.why !== undefined && shape === undefined)) return [whole[0]!];
      this.#tell(
        node,
        'unknown-reference',
        `“${piece[1]}” hands on ${whole.length} tensor${whole.length === 1 ? '' : 's'}, counted from 0. Use ${whole.length === 1 ? `“${piece[1]}”` : `“${piece[1]}.${whole.length - 1}” at most`}.`,
      );
      return undefined;
    }
    this.#unknownReference(node, value, names);
    return undefined;
  }

  #named(name: string, names: Names, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    if (name === 'previous') return flow;
    for (let at: Names | undefined = names; at; at = at.parent) {
      const found = at.named.get(name);
      if (found) return found;
      if (!at.parent && name === 'input') return at.input;
    }
    return undefined;
  }

  #unknownReference(node: YamlNode, name: string, names: Names): void {
    const known = ['input'];
    let later = false;
    for (let at: Names | undefined = names; at; at = at.parent) {
      known.push(...at.named.keys());
      later ||= namesIn(at.list).has(name);
    }
    const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
    this.#tell(
      node,
      'unknown-reference',
      later
        ? `“${shown}” comes later or is this row itself. A row can only read rows above it.`
        : `No row above is called “${shown}”.${suggestion(name, known)} ${didYouMean(name, known) ? '' : 'Give a row above this name with “name:”.'}`.trimEnd(),
    );
  }

  // ——— Telling ———————————————————————————————————————————————————————————————————————————————————————————————————

  #tell(range: Range, code: string, message: string, severity: Problem['severity'] = 'error'): void {
    this.#builder.problem({ range: rangeOf(range), severity, code, message });
  }

  #unknownKey(key: YamlNode, what: string, known: readonly string[]): void {
    const text = key.kind === 'scalar' ? key.text : '';
    const synonym = synonyms[text.toLowerCase().replace(/[-_]/g, '')]?.find(name => known.includes(name));
    const meant = synonym ? ` Did you mean “${synonym}”?` : suggestion(text, known);
    this.#tell(key, 'unknown-key', `“${what}” has no “${text.slice(0, 60)}”.${meant} It takes ${known.join(', ')}.`);
  }

  #duplicate(key: YamlNode): void {
    const text = key.kind === 'scalar' ? key.text : '';
    this.#tell(
      key,
      'duplicate-key',
      `“${text.slice(0, 60)}” is given twice; only the first counts. Remove one of them.`,
    );
  }

  #unknown(why: string, inputs: readonly Tensor[]): readonly Tensor[] {
    return [this.#builder.unknown(why, inputs)];
  }

  #at(row: Row, blame: Range): void {
    this.#row = row;
    this.#from = undefined;
    this.#blame = rangeOf(blame);
  }

  /** Shared by all frames: complaints come while their operator is being added. */
  readonly #locate = (complaint: Complaint): Range | undefined => {
    if (this.#blame) return this.#blame;
    const row = this.#row;
    if (!row) return undefined;
    if (complaint.attr !== undefined) {
      const entries = entriesOf(row);
      const names =
        complaint.attr === 'paddingAfter' || complaint.attr === 'before' || complaint.attr === 'after'
          ? [complaint.attr, 'padding']
          : [complaint.attr];
      for (const name of names) {
        const entry = entries.find(({ key }) => key.kind === 'scalar' && key.text === name);
        if (entry) return rangeOf(entry.value);
      }
      const operator = operatorOf(row.key.text);
      const main =
        operator && typeof operator.main === 'object' ? operator.attributes[operator.main.attr]!.name : undefined;
      const bare = resolved(row.value);
      if (main === complaint.attr && bare && bare.kind !== 'mapping') return rangeOf(row.value!);
    }
    const list = resolved(this.#from);
    if (complaint.input !== undefined && this.#from) {
      const item = list?.kind === 'sequence' ? list.items[complaint.input] : undefined;
      return rangeOf(item ?? this.#from);
    }
    return rangeOf(row.key);
  };

  /** Whether to stop: more rows than the builder has nodes would come of it. */
  #isFull(node: Range | undefined): boolean {
    if (this.#builder.full) return true;
    if (++this.#read <= maxNodes) return false;
    if (this.#read === maxNodes + 1) {
      this.#tell(
        node ?? this.#row?.site ?? { from: 0, to: 0 },
        'too-large',
        `There are more than ${maxNodes} rows, repetitions counted. The rest is not analysed.`,
      );
    }
    return true;
  }

  #notesOf(row: Row, operator: Operator, scope: Scope, flow: readonly Tensor[]): readonly Note[] {
    const docOf = (key: string): string | undefined => {
      const attribute = operator.attributes.find(({ name }) => name === key);
      return (
        attribute?.spec.doc ??
        (takesNorm(operator.op) || (key !== 'norm' && key !== 'act') ? commonKeys[key as CommonKey] : undefined)
      );
    };
    const notes = this.#keyNotes(row, docOf, scope, flow);
    const bare = resolved(row.value);
    if (bare && bare.kind !== 'mapping' && typeof operator.main === 'object') {
      const { name, spec } = operator.attributes[operator.main.attr]!;
      notes.push({
        range: rangeOf(row.value!),
        text: `\`${name}\`: ${spec.doc}${this.#result(row.value!, scope, flow)}`,
      });
    }
    return notes;
  }

  #useNotes(row: Row, block: Block, scope: Scope, flow: readonly Tensor[]): readonly Note[] {
    const docOf = (key: string): string | undefined =>
      block.parameters.some(({ name }) => name === key)
        ? `A parameter of the block ${block.name}.`
        : commonKeys[key as CommonKey];
    const notes = this.#keyNotes(row, docOf, scope, flow);
    const bare = resolved(row.value);
    if (bare?.kind === 'sequence') {
      bare.items.slice(0, block.parameters.length).forEach((item, at) => {
        notes.push({
          range: rangeOf(item),
          text: `\`${block.parameters[at]!.name}\`${this.#result(item, scope, flow)}: a parameter of the block ${block.name}.`,
        });
      });
    }
    return notes;
  }

  #keyNotes(row: Row, docOf: (key: string) => string | undefined, scope: Scope, flow: readonly Tensor[]): Note[] {
    const notes: Note[] = [];
    for (const { key, value } of entriesOf(row)) {
      const doc = key.kind === 'scalar' && Object.hasOwn(key, 'text') ? docOf(key.text) : undefined;
      if (doc === undefined || key.kind !== 'scalar') continue;
      const target = resolved(value);
      const to = target?.kind === 'scalar' || (target?.kind === 'sequence' && target.flow) ? value.to : key.to;
      notes.push({
        range: { from: key.from, to: Math.max(key.to, to) },
        text: `\`${key.text}\`: ${doc}${this.#result(value, scope, flow)}`,
      });
    }
    return notes;
  }

  /** What an expression comes to here, as ` (= 64)`; nothing for what says it itself. */
  #result(node: YamlNode, scope: Scope, flow: readonly Tensor[]): string {
    const target = resolved(node);
    if (target?.kind !== 'scalar' || !target.text.startsWith('$')) return '';
    const value = this.#values.scalar(target, scope, flow, node);
    return value === undefined || Number.isNaN(value) ? '' : ` (= ${described(value)})`;
  }
}

/** A normalization or an activation that stands in the row of another operator. */
interface Companion {
  readonly kind: 'norm' | 'act';
  readonly operator: Operator;
  readonly row: Row;
}

/** What other frameworks call a key. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  kernelsize: ['kernel'],
  size: ['kernel', 'out'],
  ksize: ['kernel'],
  filters: ['out'],
  units: ['out', 'hidden'],
  channels: ['out'],
  features: ['out'],
  outchannels: ['out'],
  outfeatures: ['out'],
  strides: ['stride'],
  pad: ['padding'],
  numheads: ['heads'],
  group: ['groups'],
  dim: ['axis', 'axes'],
  scalefactor: ['scale'],
  hiddensize: ['hidden'],
  numlayers: ['layers'],
  activation: ['act'],
  normalization: ['norm'],
  usebias: ['bias'],
  ceilmode: ['rounding'],
  p: ['rate'],
  repeat: ['repeats'],
  times: ['repeats'],
  n: ['repeats', 'times'],
  input: ['from'],
  inputs: ['from'],
};

function entriesOf(row: Row): readonly Entry[] {
  const target = resolved(row.value);
  return target?.kind === 'mapping' ? [...target.entries, ...row.rest] : row.rest;
}

function rangeOf({ from, to }: Range): Range {
  return { from, to };
}

function isDigit(text: string): boolean {
  const code = text.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** PyTorch's BatchNorm1d takes [N, C] as well. */
function fits({ op, dimensions }: Operator, shape: Shape): boolean {
  return (
    shape.length - 2 === dimensions ||
    (dimensions === 1 && op.kind !== 'compute' && op.kind !== 'pool' && shape.length === 2)
  );
}

/** A tensor of which nothing is known but what the row that reads it says: the number of its dimensions. */
function ofRank(tensor: Tensor, rank: number): Tensor {
  return { ...tensor, shape: [1, ...Array<number>(rank - 1).fill(Number.NaN)] };
}

/** The names that rows of a list give themselves. */
function namesIn(list: YamlNode | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const target = resolved(list);
  if (target?.kind !== 'sequence') return found;
  const take = (entries: readonly Entry[]): void => {
    for (const { key, value } of entries) {
      const name = resolved(value);
      if (key.kind === 'scalar' && key.text === 'name' && name?.kind === 'scalar') found.add(name.text);
    }
  };
  for (const item of target.items) {
    const row = resolved(item);
    if (row?.kind !== 'mapping') continue;
    take(row.entries);
    for (const { value } of row.entries) {
      const attrs = resolved(value);
      if (attrs?.kind === 'mapping') take(attrs.entries);
    }
  }
  return found;
}
