// Reads the attributes of a row and adds its operator, with the normalization and the activation in the same row.

import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { permute, type Shape } from '../../ops/index.ts';
import { resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { sentences } from '../../text/sentences.ts';
import { suggestion } from '../../text/spelling.ts';
import { type Reading, unreadable } from './attributes.ts';
import { described } from './expression.ts';
import { type CommonNodes, WrittenAttributes } from './gather.ts';
import { activationNames, borderKey, ignoredKey, type Operator, operatorOf, templateOf } from './operators.ts';
import { readPadding } from './padding.ts';
import { reportChoice } from './report.ts';
import type { Reports } from './reports.ts';
import type { Row } from './row.ts';
import type { Scope, Values } from './values.ts';
import { norms } from './words.ts';

interface Options {
  /** The node that names its inputs. */
  readonly from?: YamlNode | undefined;
  /** False if there is no bias unless the text asks for it. */
  readonly bias?: boolean;
  /** The range for all of its complaints. */
  readonly blame?: Range | undefined;
  readonly part?: 'norm' | 'act';
  /** Defaults for attributes. */
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
}

const plain: Options = {};

export class OperatorRows {
  readonly #builder: Builder;
  readonly #values: Values;
  readonly #reports: Reports;
  readonly #written: WrittenAttributes;
  readonly #reading: { -readonly [K in keyof Reading]: Reading[K] };

  constructor(builder: Builder, values: Values, reports: Reports) {
    this.#builder = builder;
    this.#values = values;
    this.#reports = reports;
    this.#written = new WrittenAttributes(reports);
    this.#reading = { values, report: reports.report, scope: new Map(), input: [], dimensions: 1 };
  }

  /** Sorts the entries of a row; `apply` then reads the attributes. */
  gather(row: Row, operator: Operator, quiet: boolean): CommonNodes {
    return this.#written.gather(row, operator, quiet);
  }

  /** Adds the operator, its normalization and its activation. */
  applyAll(
    row: Row,
    operator: Operator,
    inputs: readonly Tensor[],
    scope: Scope,
    common: CommonNodes,
  ): readonly Tensor[] {
    const norm = common.norm && this.#companion('norm', common.norm, inputs, scope);
    const act = common.act && this.#companion('act', common.act, inputs, scope);
    let outputs = this.apply(row, operator, inputs, scope, { from: common.from, bias: norm === undefined });
    if (norm) outputs = this.#normalize(norm, operator, outputs, scope);
    if (act) outputs = this.#applyCompanion(act, outputs, scope);
    return outputs;
  }

  /** Adds an activation to a row that is not an operator, such as a residual. */
  activate(node: YamlNode | undefined, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    const act = node && this.#companion('act', node, inputs, scope);
    return act ? this.#applyCompanion(act, inputs, scope) : inputs;
  }

  /** The operator that `norm:` or `act:` names; undefined for none. */
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
    if (kind === 'norm')
      reportChoice(this.#reports.report, node, 'norm', word ?? null, [...Object.keys(norms), 'none']);
    else {
      const meant = typeof word === 'string' ? suggestion(word, activationNames) : '';
      this.#reports.report(node, 'unknown-activation', l10n.t('“act” cannot be {0}.', described(word ?? null)), {
        help: sentences(meant, l10n.t('Use an activation such as relu, silu or gelu, or none.')),
      });
    }
    return undefined;
  }

  #normalize(norm: Companion, operator: Operator, outputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    const rank = outputs[0]?.shape?.length;
    const trailing = norm.operator.op.name === 'layerNorm' || norm.operator.op.name === 'rmsNorm';
    const channelsFirst = operator.op.name.startsWith('conv') || (rank !== undefined && rank > 3);
    if (!trailing || !channelsFirst || rank === undefined || rank < 3)
      return this.#applyCompanion(norm, outputs, scope);
    // These normalize the last dimension, so channels are moved there and back, as in torchvision's LayerNorm2d.
    this.#reports.at(norm.row, undefined, norm.row.site);
    const spatial = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
    const last = this.#builder.add(permute, { order: [0, ...spatial, 1] }, outputs[0]!);
    const normal = this.#applyCompanion(norm, [last], scope);
    return [this.#builder.add(permute, { order: [0, rank - 1, ...spatial.map(axis => axis - 1)] }, normal)];
  }

  #applyCompanion({ kind, operator, row }: Companion, inputs: readonly Tensor[], scope: Scope): readonly Tensor[] {
    this.#written.gather(row, operator, false, true);
    // 32 groups, as in the group normalization paper and in Keras.
    const defaults = operator.op.name === 'groupNorm' && row.value === undefined ? { groups: 32 } : undefined;
    return this.apply(row, operator, inputs, scope, { part: kind, blame: row.site, defaults });
  }

  /** Reads the collected attributes and adds the operator. */
  apply(
    row: Row,
    operator: Operator,
    given: readonly Tensor[],
    scope: Scope,
    options: Options = plain,
  ): readonly Tensor[] {
    const { op, attributes } = operator;
    const { defaults } = options;
    this.#reports.at(row, options.from ?? (operator.main === 'references' ? row.value : undefined), options.blame);
    let inputs = given;
    const shape = given[0]?.shape;
    let spatial = shape ? shape.length - 2 : 0;
    if (operator.dimensions !== undefined && shape && !fits(operator, shape)) {
      return this.#wrongDimensions(row, operator, operator.dimensions, shape, given);
    }
    if (!shape && given.length > 0) {
      spatial = operator.dimensions ?? this.#written.dimensions(operator);
      if (spatial > 0) inputs = [ofRank(given[0]!, spatial + 2), ...given.slice(1)];
    }
    if (spatial < 1) spatial = 1;
    const template = templateOf(operator, spatial);
    if (this.#written.count === 0 && operator.required === 0 && options === plain && !operator.depthwise) {
      return this.#builder.addAll(op, template, inputs);
    }

    const attrs: Record<string, unknown> = defaults ? { ...template, ...defaults } : { ...template };
    const reading = this.#reading;
    reading.scope = scope;
    reading.input = inputs;
    reading.dimensions = spatial;
    const { codes, nodes, count } = this.#written;
    let written = this.#written.bits;
    let padding: YamlNode | undefined;
    let broken: string | undefined;
    let depthwise = operator.depthwise;
    for (let at = 0; at < count; at++) {
      const code = codes[at]!;
      const node = nodes[at]!;
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
    if (missing !== 0 && !defaults && !this.#written.isMisplaced) this.#missing(row, operator, missing, options.part);
    if (padding) readPadding(padding, attrs, operator, inputs[0]?.shape, reading, written, this.#reports);
    // The normalization's shift makes a bias superfluous, so it has to be requested.
    const bias = options.bias === false ? operator.keys.get('bias') : undefined;
    if (bias !== undefined && !(written & (1 << bias))) attrs.bias = false;
    if (broken !== undefined) return this.#unreadable(operator, attrs, broken, inputs);
    if (operator.structural !== 0) {
      const open = attributes.find(({ name }, at) => operator.structural & (1 << at) && isUnknown(attrs[name]));
      if (open) return this.#reports.unknown(l10n.t('“{0}” is not known', open.name), inputs);
    }
    return this.#builder.addAll(op, attrs, inputs);
  }

  /** The outputs if a non-numeric attribute is invalid: known if they do not depend on it. */
  #unreadable(operator: Operator, attrs: object, broken: string, inputs: readonly Tensor[]): readonly Tensor[] {
    const { op } = operator;
    const why = l10n.t('“{0}” could not be read', broken);
    const spec = operator.attributes.find(({ name }) => name === broken)!.spec;
    const shapes = inputs.map(({ shape }) => shape);
    const few = typeof op.arity === 'number' ? inputs.length !== op.arity : inputs.length < op.arity.min;
    if (!op.shape || few || shapes.includes(undefined)) return this.#reports.unknown(why, inputs);
    const possible = (spec.kind === 'boolean' ? [true, false] : (spec.values ?? [])).map(value => {
      const trial = { ...attrs, [broken]: value };
      const known = shapes as readonly Shape[];
      const wrongRank =
        op.rank && known[0] && (known[0].length < (op.rank.min ?? 0) || known[0].length > (op.rank.max ?? 99));
      return wrongRank || op.check?.(trial, known, this.#builder.order) ? undefined : op.shape!(trial, known);
    });
    const first = possible[0];
    const same = first && possible.every(shape => shape && String(shape) === String(first));
    return [this.#builder.unknown(why, inputs, same ? first : undefined)];
  }

  #wrongDimensions(
    { key }: Row,
    { name }: Operator,
    expected: number,
    shape: Shape,
    given: readonly Tensor[],
  ): readonly Tensor[] {
    const { text } = key;
    const sizes = shape.map(length => (Number.isNaN(length) ? '?' : length)).join('×');
    const actual = shape.length - 2;
    const message =
      expected === 1
        ? l10n.t('{0} needs 1 spatial dimension, but its input has {1} ({2}).', text, actual, sizes)
        : l10n.t('{0} needs {1} spatial dimensions, but its input has {2} ({3}).', text, expected, actual, sizes);
    const short = l10n.t('wrong number of dimensions');
    this.#reports.report(key, 'spatial-dimensions-mismatch', message, {
      help: l10n.t('Use “{0}”, which takes any number of dimensions.', name),
      short,
    });
    return [this.#builder.unknown({ message, short }, given)];
  }

  #missing(row: Row, operator: Operator, missing: number, part: 'norm' | 'act' | undefined): void {
    const needed = operator.attributes.filter((_, index) => operator.required & (1 << index));
    const own = `${row.key.text}: {${needed.map(({ name }) => `${name}: …`).join(', ')}}`;
    const example = part ? `${part}: {${own}}` : own;
    operator.attributes.forEach(({ name, spec }, index) => {
      if (!(missing & (1 << index))) return;
      this.#reports.report(row.key, 'missing-argument', l10n.t('“{0}” needs “{1}”.', row.key.text, name), {
        help: `${l10n.t('For example: “{0}”.', example)} ${spec.doc()}`,
      });
    });
  }
}

/** A normalization or activation in the row of another operator. */
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

/** PyTorch's BatchNorm1d also accepts [N, C]. */
function fits({ op, dimensions }: Operator, shape: Shape): boolean {
  return (
    shape.length - 2 === dimensions ||
    (dimensions === 1 && op.kind !== 'compute' && op.kind !== 'pool' && shape.length === 2)
  );
}

/** An unknown tensor, except for its rank, which the row that reads it implies. */
function ofRank(tensor: Tensor, rank: number): Tensor {
  const { node, port, why } = tensor;
  return { node, port, why, shape: [1, ...Array<number>(rank - 1).fill(Number.NaN)] };
}
