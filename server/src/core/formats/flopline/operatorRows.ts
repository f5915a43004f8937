// Reads the attributes of a row and adds its operator, with the normalization and the activation in the same row.
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { permute, type Shape } from '../../ops/index.ts';
import {
  type Entry,
  isMerge,
  mergedEntries,
  resolved,
  type Scalar,
  scalarValue,
  type YamlNode,
} from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { suggestion } from '../../text/spelling.ts';
import { type Reading, unreadable } from './attributes.ts';
import { described } from './expression.ts';
import {
  borderKey,
  type CommonKey,
  commonList,
  ignoredKey,
  type Operator,
  operatorNames,
  operatorOf,
  templateOf,
} from './operators.ts';
import { readPadding } from './padding.ts';
import type { Row, Telling } from './telling.ts';
import type { Scope, Values } from './values.ts';

/** Names of normalizations in `norm:`. */
export const norms: Readonly<Record<string, string>> = {
  batch: 'batchnorm',
  layer: 'layernorm',
  group: 'groupnorm',
  instance: 'instancenorm',
  rms: 'rmsnorm',
};

/** The keys of a row that every operator has, as they stand in the text. */
export type Common = { -readonly [K in CommonKey]?: YamlNode };

/** Most rows have none of them. */
export const nothing: Common = {};

interface Options {
  /** Where its inputs stand in the text. */
  readonly from?: YamlNode | undefined;
  /** False: it has none unless the text says so. */
  readonly bias?: boolean;
  /** Where its complaints belong, all of them. */
  readonly blame?: Range | undefined;
  readonly part?: 'norm' | 'act';
  /** Attributes that need not be written. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
}

const plain: Options = {};

export class OperatorRows {
  readonly #builder: Builder;
  readonly #values: Values;
  readonly #telling: Telling;

  // The attributes of the row at hand, before they are read: reused, because there is one at a time.
  readonly #codes: number[] = [];
  readonly #nodes: YamlNode[] = [];
  #count = 0;
  /** Bits of the attributes among them. */
  #written = 0;
  readonly #reading: { -readonly [K in keyof Reading]: Reading[K] };
  /** Whether the row has a bare value that says nothing: what is missing need not be told as well. */
  #misplaced = false;

  constructor(builder: Builder, values: Values, telling: Telling) {
    this.#builder = builder;
    this.#values = values;
    this.#telling = telling;
    this.#reading = { values, scope: new Map(), input: [], dimensions: 1 };
  }

  /** The operator, its normalization and its activation. */
  applyAll(row: Row, operator: Operator, inputs: readonly Tensor[], scope: Scope, common: Common): readonly Tensor[] {
    const norm = common.norm && this.#companion('norm', common.norm, inputs, scope);
    const act = common.act && this.#companion('act', common.act, inputs, scope);
    let outputs = this.apply(row, operator, inputs, scope, { from: common.from, bias: norm === undefined });
    if (norm) outputs = this.#normalize(norm, operator, outputs, scope);
    if (act) outputs = this.#applyCompanion(act, outputs, scope);
    return outputs;
  }

  /** An activation behind what is no operator, such as a residual. */
  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    const act = node && this.#companion('act', node, inputs, scope);
    return act ? this.#applyCompanion(act, inputs, scope) : inputs;
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
      if (operator?.op.kind === wanted) return { kind, operator, row: { site: node, key: key!, value, rest: [] } };
    }
    const known =
      kind === 'norm' ? Object.keys(norms) : operatorNames.filter(name => operatorOf(name)!.op.kind === wanted);
    const meant = typeof word === 'string' ? suggestion(word, known) : '';
    this.#telling.tell(
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
    this.#telling.at(norm.row, undefined, norm.row.site);
    const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
    const last = this.#builder.add(permute, { order: [0, ...spatial, 1] }, outputs[0]!);
    const normal = this.#applyCompanion(norm, [last], scope);
    return [this.#builder.add(permute, { order: [0, rank - 1, ...spatial.map(axis => axis - 1)] }, normal)];
  }

  #applyCompanion({ kind, operator, row }: Companion, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    this.gather(row, operator, false, true);
    // 32 groups, as in the paper on group normalization and in Keras.
    const defaults = operator.op.name === 'groupNorm' && row.value === undefined ? { groups: 32 } : undefined;
    return this.apply(row, operator, inputs, scope, { part: kind, blame: row.site, defaults });
  }

  /** Sorts the entries of a row into attributes (`#codes`, `#nodes`) and keys that every row has. */
  gather(row: Row, operator: Operator, quiet: boolean, companion = false): Common {
    this.#count = 0;
    this.#written = 0;
    this.#misplaced = false;
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
      this.#put(main.attr, value);
    } else if (main === 'border') {
      this.#put(borderKey, value);
    } else if (main === undefined && operator.op.kind !== 'source') {
      const target = resolved(value);
      if (target?.kind === 'scalar' && scalarValue(target) === true) return;
      this.#misplaced = true;
      this.#telling.tell(
        value,
        'wrong-argument',
        attributes.length === 0
          ? `“${key.text}” takes no value. Write it alone: “- ${key.text}”.`
          : `Say what this is: “${key.text}” takes ${attributes.map(({ name }) => name).join(', ')}, as in “${key.text}: {${attributes[0]!.name}: …}”.`,
      );
    }
  }

  #put(code: number, node: YamlNode): void {
    this.#codes[this.#count] = code;
    this.#nodes[this.#count] = node;
    this.#count++;
    if (code < ignoredKey) this.#written |= 1 << code;
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
        if (isMerge({ key, value })) {
          // All merges at once, where the last one is written: which of them counts is settled there.
          if (entries.findLast(isMerge)!.key === key)
            common = this.#gatherEntries(mergedEntries(entries), row, operator, common, true, companion);
        } else if (!quiet)
          this.#telling.unknownKey(
            key,
            row.key.text,
            companion ? operator.attributes.map(({ name }) => name) : [...keys.keys()],
          );
      } else if (code >= 0) {
        if (code < ignoredKey && this.#written & (1 << code)) {
          if (!quiet) this.#telling.duplicate(key);
        } else this.#put(code, value);
      } else if (companion)
        this.#telling.unknownKey(
          key,
          row.key.text,
          operator.attributes.map(({ name }) => name),
        );
      else {
        if (common === nothing) common = {};
        const name = commonList[-1 - code]!;
        if (common[name]) this.#telling.duplicate(key);
        else common[name] = value;
      }
    }
    return common;
  }

  /** Reads the attributes that were gathered and adds the operator. */
  apply(
    row: Row,
    operator: Operator,
    given: readonly Tensor[],
    scope: Scope,
    options: Options = plain,
  ): readonly Tensor[] {
    const { op, attributes } = operator;
    const { defaults } = options;
    this.#telling.at(row, options.from ?? (operator.main === 'references' ? row.value : undefined), options.blame);
    let inputs = given;
    const shape = given[0]?.shape;
    let spatial = shape ? shape.length - 2 : 0;
    if (operator.dimensions !== undefined && shape && !fits(operator, shape)) {
      const why = `${row.key.text} works on ${operator.dimensions} dimension${operator.dimensions === 1 ? '' : 's'} besides batch and channels, but its input has ${spatial} (${shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×')}). “${operator.name}” takes any number.`;
      this.#telling.tell(row.key, 'wrong-rank', why);
      return this.#telling.unknown(why, given);
    }
    if (!shape && given.length > 0) {
      spatial = operator.dimensions ?? this.#writtenDimensions(operator);
      if (spatial > 0) inputs = [ofRank(given[0]!, spatial + 2), ...given.slice(1)];
    }
    if (spatial < 1) spatial = 1;
    const template = templateOf(operator, spatial);
    if (this.#count === 0 && operator.required === 0 && options === plain && !operator.depthwise) {
      return this.#builder.addAll(op, template, inputs);
    }

    const attrs: Record<string, unknown> = defaults ? { ...template, ...defaults } : { ...template };
    const reading = this.#reading;
    reading.scope = scope;
    reading.input = inputs;
    reading.dimensions = spatial;
    let written = this.#written;
    let padding: YamlNode | undefined;
    let broken: string | undefined;
    let depthwise = operator.depthwise;
    for (let at = 0; at < this.#count; at++) {
      const code = this.#codes[at]!;
      const node = this.#nodes[at]!;
      if (code === ignoredKey) continue;
      if (code === borderKey) {
        const border = attributes[operator.keys.get('before')!]!.read(node, reading);
        attrs.before = border;
        attrs.after = border;
        continue;
      }
      const attribute = attributes[code]!;
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
    if (missing !== 0 && !defaults && !this.#misplaced) this.#missing(row, operator, missing, options.part);
    if (padding) readPadding(padding, attrs, operator, inputs[0]?.shape, reading, written, this.#telling);
    // The normalization's shift makes a bias superfluous, so one must be asked for.
    const bias = options.bias === false ? operator.keys.get('bias') : undefined;
    if (bias !== undefined && !(written & (1 << bias))) attrs.bias = false;
    if (broken !== undefined) return this.#unreadable(operator, attrs, broken, inputs);
    if (operator.structural !== 0) {
      const open = attributes.find(({ name }, at) => operator.structural & (1 << at) && isUnknown(attrs[name]));
      if (open) return this.#telling.unknown(`“${open.name}” is not known`, inputs);
    }
    return this.#builder.addAll(op, attrs, inputs);
  }

  /** An attribute that is no number cannot be read: the output is known where it is the same whatever it is. */
  #unreadable(operator: Operator, attrs: object, broken: string, inputs: readonly Tensor[]): readonly Tensor[] {
    const { op } = operator;
    const why = `“${broken}” could not be read`;
    const spec = operator.attributes.find(({ name }) => name === broken)!.spec;
    const shapes = inputs.map(({ shape }) => shape);
    const few = typeof op.arity === 'number' ? inputs.length !== op.arity : inputs.length < op.arity.min;
    if (!op.shape || few || shapes.includes(undefined)) return this.#telling.unknown(why, inputs);
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
    const needed = operator.attributes.filter((_, index) => operator.required & (1 << index));
    const own = `${row.key.text}: {${needed.map(({ name }) => `${name}: …`).join(', ')}}`;
    const example = part ? `${part}: {${own}}` : own;
    operator.attributes.forEach(({ name, spec }, index) => {
      if (!(missing & (1 << index))) return;
      this.#telling.tell(
        row.key,
        'missing-argument',
        `“${row.key.text}” needs “${name}”, as in “${example}”. ${spec.doc()}`,
      );
    });
  }

  /** The spatial dimensions that a list among the attributes tells where the input does not; 0 for none. */
  #writtenDimensions(operator: Operator): number {
    for (let at = 0; at < this.#count; at++) {
      const attribute = operator.attributes[this.#codes[at]!];
      const node = resolved(this.#nodes[at]);
      if (attribute?.spec.spatial && node?.kind === 'sequence' && node.items.length > 1 && node.items.length <= 3) {
        return node.items.length;
      }
    }
    return 0;
  }
}

/** A normalization or an activation that stands in the row of another operator. */
interface Companion {
  readonly kind: 'norm' | 'act';
  readonly operator: Operator;
  readonly row: Row;
}

function isDigit(text: string): boolean {
  const code = text.charCodeAt(0);
  return code >= 48 && code <= 57;
}

function isUnknown(value: unknown): boolean {
  return Number.isNaN(value) || (Array.isArray(value) && value.some(Number.isNaN));
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
  const { node, port, why } = tensor;
  return { node, port, why, shape: [1, ...Array<number>(rank - 1).fill(Number.NaN)] };
}
