// From rows to a graph: what parse_model does with `backbone` and `head`, and what forward does with `from`.

import * as l10n from '@vscode/l10n';
import { Builder, type FrameSpec } from '../../graph/builder.ts';
import { type Allowed, channels, type Graph, type Note, type Tensor, use } from '../../graph/graph.ts';
import {
  agrees,
  counterparts,
  type Environments,
  type Made,
  type Memo,
  portsOf,
  type Trail,
  type Trails,
} from '../../graph/memo.ts';
import { far, type GraphRows, type Inputs, type Name, type Segment } from '../../graph/segment.ts';
import type { Complaint } from '../../ops/op.ts';
import { type CostRule, type CostRules, type RuleOutcome, ruleNotes } from '../../project/index.ts';
import { type PyValue, pyRound } from '../../python/value.ts';
import { type Damage, damageOf } from '../../syntax/damage.ts';
import type { PlacedRow } from '../../syntax/document.ts';
import {
  allEntries,
  entryOf,
  lookUp,
  type Mapping,
  resolved,
  type Scalar,
  type Sequence,
  type YamlNode,
} from '../../syntax/tree.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Reason } from '../../text/reason.ts';
import { sentences } from '../../text/sentences.ts';
import { likelyName, respelling } from '../../text/spelling.ts';
import { listText } from '../../text/wording.ts';
import { tensors, type Value, wrongChannels } from '../../torch/layer.ts';
import type { Arg, Param, Since } from '../../torch/signature.ts';
import type { InputSize, ReadOptions, Variant } from '../format.ts';
import { argumentValue } from './arguments.ts';
import { bind } from './bind.ts';
import { ownersOf } from './choose.ts';
import type { Arranged, Dialect, Family, Remark } from './dialect.ts';
import { sourcesOf } from './items.ts';
import { makeDivisible } from './layers.ts';
import { type AnyModule, Scope } from './module.ts';
import { nn } from './modules/nn.ts';

/** What a file says apart from its rows. */
export interface Header {
  readonly top: Mapping;
  readonly family: Family;
  readonly activation: PyValue;
  /** Channels of the image. */
  readonly inputChannels: number;
  readonly rows: readonly YamlNode[];
  /** The same, each where it is. */
  readonly items: readonly PlacedRow[];
  /** The names of their modules. */
  readonly modules: readonly string[];
  readonly known: Known;
  /** What of the text is not read as it is written. */
  readonly damages: readonly Damage[];
  /** Why the rows are not all that there is: then totals are lower bounds. */
  readonly gaps: readonly string[];
  /** Whether a comment of the text sets the dialect. */
  readonly pinned: boolean;
  /** What modules cost that the dialect does not know. */
  readonly rules: CostRules | undefined;
}

export interface Network {
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  /** What the last row was given, where it is a head: its sizes define the stride. */
  readonly headInputs: readonly Tensor[];
  /** The releases that modules and arguments of its rows came with, as `8.4.0`. */
  readonly asked: readonly string[];
}

/** The rows of `scales:`. */
export function variantsOf(top: Mapping): readonly Variant[] {
  const scales = resolved(lookUp(top, 'scales'));
  if (scales?.kind !== 'mapping') return [];
  return allEntries(scales).flatMap(({ key, value }) =>
    key.kind === 'scalar' ? [{ name: key.text, range: { from: key.from, to: Math.max(key.to, value.to) } }] : [],
  );
}

/** A number that the file sets for all rows, within sense; reported where it is not one. */
export function setting(top: Mapping, key: string, byDefault: number, problems: Problem[]): number {
  const entry = entryOf(top, key);
  if (!entry) return byDefault;
  const node = resolved(entry.value);
  const value = node?.kind === 'scalar' ? value11(node) : undefined;
  if (typeof value === 'number' && value > 0 && value <= 1e6) return value;
  const where = entry.value.to > entry.value.from ? entry.value : entry.key;
  problems.push({
    range: { from: where.from, to: where.to },
    severity: 'error',
    code: 'not-positive',
    ...((typeof value === 'string' && asText(key, node as Scalar)) || {
      message: l10n.t('`{0}` must be a number above 0.', key),
    }),
  });
  return Number.NaN;
}

/** Why what looks like a number is not one to PyYAML: quotes, a float without a dot, digits that are not octal. */
function asText(key: string, { text, style }: Scalar): Pick<Problem, 'message' | 'help'> | undefined {
  const number = Number(text.replace(/,\s*$/, '') || Number.NaN);
  if (!(number > 0 && number <= 1e6)) return undefined;
  return {
    message:
      style === 'quoted'
        ? l10n.t('`{0}` must be a number above 0, but quotes make it a string.', key)
        : l10n.t('`{0}` must be a number above 0, but “{1}” is a string in YAML 1.1.', key, text),
    help: l10n.t('Use {0}.', number),
  };
}

/** What readings of a text, and of earlier texts, have built. */
export interface Known {
  readonly segments: Memo<RowValue>;
  readonly environments: Environments;
  readonly trails: Trails<RowValue>;
}

/** What a row means beside its segment. */
export interface RowValue {
  readonly from: Parts['from'];
  /** `ch[x]` for each entry of `from`. */
  readonly channels: readonly number[];
  /** How many tensors each source is; −1 for one that is not a list. */
  readonly lengths: readonly number[];
  readonly c2: number;
  /** Whether it outputs a list. */
  readonly isList: boolean;
  readonly isHead: boolean;
  /** The releases that it came with. */
  readonly asked: readonly string[];
  /** Channels of the row above, as parse_model believes. */
  readonly believed: number;
  readonly legacy: boolean;
}

/** Builds the network of a file for one scale and input. */
export function build(header: Header, dialect: Dialect, options: ReadOptions, defaultSize: number): Network {
  return new Rows(header, dialect, options).build(options.input?.[0], defaultSize);
}

const numbered: Name = { text: 'model.', isNumbered: true };

/** What rows may read: the image, or what a row outputs. */
class Source {
  /** The channels that parse_model believes. */
  readonly c2: number;
  /** How many tensors it is; −1 for one that is not a list. */
  readonly length: number;
  readonly inputs: Inputs;
  /** What the row was built into, where it may be reused. */
  readonly cached: Made<RowValue> | undefined;

  constructor(c2: number, length: number, inputs: Inputs, cached: Made<RowValue> | undefined) {
    this.c2 = c2;
    this.length = length;
    this.inputs = inputs;
    this.cached = cached;
  }

  value(rows: GraphRows): Value {
    const all = rows.tensors(this.inputs);
    return this.length < 0 ? all[0]! : all;
  }
}

interface Built {
  readonly value: Value;
  /** What parse_model believes. */
  readonly c2: number;
}

class Rows {
  readonly #header: Header;
  readonly #dialect: Dialect;
  readonly #builder: Builder;
  readonly #names: ReadonlyMap<string, PyValue>;
  /** What the rows above output. */
  readonly #above: Source[] = [];
  readonly #environment: object;
  readonly #training: boolean;
  #headInputs: readonly Tensor[] = [];
  readonly #asked = new Set<string>();
  /** What the row that is being built depends on; undefined where it is not to be built again as it is. */
  #facts: Omit<RowValue, 'isList'> | undefined;

  constructor(header: Header, dialect: Dialect, { places, shapeOrder, training = false }: ReadOptions) {
    const { family, activation, rules } = header;
    this.#builder = new Builder(places, shapeOrder, header.items.length);
    this.#header = header;
    this.#dialect = dialect;
    this.#training = training;
    this.#names = dialect.names(family);
    const values = Object.values(family).map(value => (Array.isArray(value) ? JSON.stringify(value) : value));
    this.#environment = header.known.environments.of([
      dialect,
      activation,
      training,
      this.#builder.order,
      rules?.identity ?? null,
      ...values,
    ]);
  }

  build(input: InputSize | undefined, defaultSize: number): Network {
    const { items, modules: names, inputChannels, activation, family } = this.#header;
    const builder = this.#builder;
    const shape = input
      ? input.name === undefined
        ? [1, ...input.sizes]
        : input.sizes
      : [1, inputChannels, defaultSize, defaultSize];
    const given = builder.input('images', shape);
    const image = new Source(channels(given), -1, [given], undefined);
    let text: Tensor | undefined;
    const scope = new Scope(builder, {
      activation: this.#dialect.activation ?? activation,
      legacy: true,
      training: this.#training,
      text: () => {
        text ??= builder.input(
          'text',
          [1, family.nc, 512],
          Number.isNaN(family.nc) ? l10n.t('the number of classes is not known') : undefined,
        );
        return text;
      },
    });
    // YOLO-World is given text features beside the image (WorldModel.predict).
    if (names.some(name => name === 'C2fAttn' || name === 'WorldDetect' || name === 'ImagePoolingAttn'))
      scope.text.given();
    const { trails } = this.#header.known;
    const trail = this.#dialect.lookup ? undefined : trails.find(this.#environment, shape);
    const isPlain: boolean[] = [];
    const counterpart = counterparts(trail?.items ?? [], items);
    for (let index = 0; index < items.length; index++) {
      const item = items[index]!;
      let source = trail && this.#followed(trail, counterpart(index), scope, item, index, image);
      isPlain.push(source !== undefined);
      if (!source) {
        // A head is built by what parse_model has seen above it.
        if (this.#dialect.modern.has(names[index]!)) scope.legacy = false;
        source = this.#found(scope, item, index, image) ?? this.#item(scope, item, index, image);
        isPlain[index] = isPlainRow(source);
      }
      this.#above.push(source);
    }
    const cached = this.#above.map(source => source.cached);
    trails.add({ environment: this.#environment, input: shape, items, made: cached, isPlain });
    for (const gap of this.#header.gaps) builder.unknown(gap);
    return {
      graph: builder.finish(builder.rows.tensors((this.#above.at(-1) ?? image).inputs)),
      problems: builder.problems,
      headInputs: this.#headInputs,
      asked: [...this.#asked],
    };
  }

  /** Places what the row was built into in another reading, if it reads there what it reads here: most rows do. */
  #followed(
    { made: list, isPlain }: Trail<RowValue>,
    there: number,
    scope: Scope,
    { start }: PlacedRow,
    index: number,
    image: Source,
  ): Source | undefined {
    const cached = there >= 0 && isPlain[there] && !this.#builder.full ? list[there] : undefined;
    if (!cached) return undefined;
    const above = index === 0 ? image : this.#above[index - 1]!;
    const isSame =
      index === 0 ? there === 0 : there > 0 && above.cached !== undefined && above.cached === list[there - 1];
    if (!isSame) return undefined;
    const { segment, value } = cached;
    // What parse_model has seen above is the same as well.
    scope.legacy = value.legacy;
    const row = this.#builder.place(segment, above.inputs, start);
    return row === undefined ? undefined : new Source(value.c2, -1, row, cached);
  }

  /** Places what such a row was built into before, if it reads the same now. */
  #found(scope: Scope, { chunk: row, start }: PlacedRow, index: number, image: Source): Source | undefined {
    const builder = this.#builder;
    if (builder.full) return undefined;
    const believed = this.#believed(index, image);
    const list = this.#header.known.segments.of(row);
    for (let at = 0; at < list.length; at++) {
      const cached = list[at]!;
      const { segment, value } = cached;
      if (value.legacy !== scope.legacy || !Object.is(value.believed, believed)) continue;
      const inputs = this.#inputsOf(value, index, image);
      if (inputs === undefined || !agrees(cached, this.#environment, inputs, builder.rows)) continue;
      const placed = builder.place(segment, portsOf(cached, inputs, builder.rows), start);
      if (placed === undefined) return undefined;
      if (value.isHead)
        this.#headInputs = this.#named(value.from, index, image)!.map(({ inputs }) => builder.rows.tensors(inputs)[0]!);
      for (const version of value.asked) this.#asked.add(version);
      return new Source(value.c2, value.isList ? segment.outputs.length : -1, placed, cached);
    }
    return undefined;
  }

  #item(scope: Scope, { chunk: row, start }: PlacedRow, index: number, image: Source): Source {
    const { segments } = this.#header.known;
    const builder = this.#builder;
    this.#facts = undefined;
    let read: Built = { value: [], c2: Number.NaN };
    const built = builder.segment(() => {
      read = this.#row(scope, row.node, index, image, this.#believed(index, image));
      return tensors(read.value);
    });
    const isList = Array.isArray(read.value);
    const facts = this.#facts as Omit<RowValue, 'isList'> | undefined;
    // What is wrong with a row is reported with its number; a remark holds wherever the row is.
    const isSound = built.segment.problems.every(({ severity }) => severity === 'information');
    let cached: Made<RowValue> | undefined;
    if (facts && isSound && !sharesActivation(built.segment)) {
      const value = { ...facts, isList };
      const inputs = this.#inputsOf(value, index, image);
      if (inputs !== undefined)
        cached = segments.keep(row, this.#environment, builder.rows.tensors(inputs), built, value, numbered);
    }
    const segment = cached?.segment ?? built.segment;
    const placed = builder.place(segment, built.inputs, start)!;
    // What rows hand to all rows below is of the graph, not of the segment.
    if (scope.text.current) scope.text.current = builder.rows.placement(placed).shown(scope.text.current);
    if (scope.sharedActivation) scope.sharedActivation = builder.rows.placement(placed).node(scope.sharedActivation);
    return new Source(read.c2, isList ? segment.outputs.length : -1, placed, cached);
  }

  /** The channels of the row above, as parse_model believes. */
  #believed(index: number, image: Source): number {
    return (index === 0 ? image : this.#above[index - 1]!).c2;
  }

  /** What an entry of `from` names; undefined where it names nothing. */
  #source(from: number, index: number, image: Source): Source | undefined {
    return from === -1 && index === 0 ? image : this.#above[from < 0 ? index + from : from];
  }

  /** The tensors of what a row reads; undefined where they are not of the kind that `value` expects. */
  #inputsOf({ from, channels: known, lengths }: RowValue, index: number, image: Source): Inputs | undefined {
    if (typeof from === 'number') {
      const source = this.#source(from, index, image);
      const isSame =
        source?.length === lengths[0] && Object.is(this.#channelsOf(from, false, source!, index, image), known[0]);
      return isSame ? source!.inputs : undefined;
    }
    const inputs: Tensor[] = [];
    for (let at = 0; at < from.length; at++) {
      const source = this.#source(from[at]!, index, image);
      if (source?.length !== lengths[at]) return undefined;
      if (!Object.is(this.#channelsOf(from[at]!, true, source!, index, image), known[at])) return undefined;
      inputs.push(...this.#builder.rows.tensors(source!.inputs));
    }
    return inputs;
  }

  /** What `from` names; undefined where it names nothing. Reports nothing. */
  #named(from: Parts['from'], index: number, image: Source): readonly Source[] | undefined {
    const list = typeof from === 'number' ? [from] : from;
    const sources = list.map(each => this.#source(each, index, image));
    return sources.every(source => source !== undefined) ? sources : undefined;
  }

  /** `ch[x]` for an entry of `from`, as this repository looks it up. */
  #channelsOf(from: number, listed: boolean, source: Source, index: number, image: Source): number {
    const { lookup } = this.#dialect;
    if (!lookup) return source.c2;
    const at = lookup(from, listed, index);
    return at < 0 ? image.c2 : (this.#above[at]?.c2 ?? Number.NaN);
  }

  #row(scope: Scope, node: YamlNode, index: number, image: Source, believed: number): Built {
    const label = `model.${index}`;
    const row = resolved(node);
    const damage = damageOf(this.#header.damages, node);
    if (damage && !damage.repaired) {
      const module = row?.kind === 'sequence' ? textOf(row.items[2]) : undefined;
      return this.#unknown({ label, type: module ?? '?', sites: [use(node)] }, damage.why);
    }
    if (row?.kind !== 'sequence') {
      // A row that could not be read keeps its place; the parser has reported it.
      const empty = row === undefined || (row.kind === 'scalar' && value11(row) === null);
      const problem: Problem = {
        range: trim(node),
        severity: 'error',
        code: empty ? 'empty-row' : 'not-a-row',
        message: empty ? l10n.t('Row {0} is empty.', index) : l10n.t('Row {0} is not a list.', index),
        help: rowHelp(),
      };
      return this.#unknown({ label, type: '?', sites: [use(node)] }, unreadable(), problem);
    }
    const type = textOf(row.items[2]) ?? '?';
    const parts = this.#parts(row, index, node);
    if (!parts) return this.#unknown({ label, type, sites: [use(node)] }, unreadable());

    const found = this.#find(parts.module);
    const spec: FrameSpec = {
      label,
      type: parts.module,
      sites: [use(node)],
      repaired: damage?.repaired,
      ...(found ? { summary: found.summary() } : {}),
    };
    const sources = this.#sources(parts, index, image);
    if (!sources) {
      const why = { message: l10n.t('its `from` names a row that does not exist'), short: l10n.t('missing row') };
      return this.#unknown(spec, why);
    }
    const inputs = sources.map(source => source.value(this.#builder.rows));
    const at = (arg: number | undefined): Range => parts.args[arg ?? -1]?.range ?? parts.moduleNode;
    const rule = found ? undefined : this.#header.rules?.of(parts.module);
    if (rule) {
      const sourceChannels = this.#sourceChannels(parts.from, sources, index, image);
      const built = this.#ruled(rule, spec, parts, sources, sourceChannels);
      this.#facts = {
        from: parts.from,
        channels: sourceChannels,
        lengths: sources.map(({ length }) => length),
        c2: built.c2,
        isHead: false,
        asked: [],
        believed,
        legacy: scope.legacy,
      };
      return built;
    }
    if (!found) {
      const candidates = parts.module.startsWith('nn.') ? nn.keys() : this.#dialect.modules.keys();
      const range = trim(parts.moduleNode);
      const reason = this.#dialect.unreachable?.get(parts.module);
      const owners = reason === undefined ? ownersOf(parts.module) : [];
      const meant = owners.length === 0 ? likelyName(parts.module, candidates) : undefined;
      const help =
        owners.length > 0
          ? l10n.t(
              'It is a module of {0}: set dialect={1} if this file is of that family.',
              listText(owners.map(({ by }) => by)),
              owners[0]!.id,
            )
          : meant === undefined
            ? undefined
            : l10n.t('Did you mean “{0}”?', meant);
      const message =
        reason?.(parts.module) ??
        l10n.t('“{0}” is not a module of {1}, so its cost and shape are unknown.', parts.module, this.#dialect.by);
      const short = l10n.t('unknown module {0}', parts.module);
      const fixes =
        owners.length === 0
          ? respelling(parts.module, meant, range)
          : this.#header.pinned
            ? {}
            : { fixes: owners.filter(owner => this.#canBe(owner)).map(readAs) };
      const code = reason ? 'unreachable-module' : 'unknown-module';
      const problem: Problem = { range, severity: 'error', code, message, help, short, ...fixes };
      return this.#unknown(
        spec,
        { message: l10n.t('“{0}” is not a known module', parts.module), short },
        problem,
        inputs,
      );
    }
    let refusal: Reason | undefined;
    const refuse = ({ arg, ...words }: Remark): undefined => {
      refusal ??= { message: words.message, ...(words.short === undefined ? {} : { short: words.short }) };
      this.#builder.problem({ range: trim(at(arg)), severity: 'error', ...words });
    };
    const leave = (why: string): undefined => {
      refusal ??= { message: why };
    };
    const { from } = parts;
    const sourceChannels = this.#sourceChannels(from, sources, index, image);
    const arranged = this.#dialect.arrange(
      {
        from,
        repeats: parts.repeats,
        module: parts.module,
        args: parts.args,
        channels: sourceChannels,
        c2: believed,
        refuse,
        leave,
      },
      this.#header.family,
    );
    if (!arranged) return this.#unknown(spec, refusal ?? unreadable(), undefined, inputs);
    const bound = bind(found, arranged.args, this.#dialect.evaluates, refuse, parts);
    if (!bound) return this.#unknown(spec, refusal ?? unreadable(), undefined, inputs, arranged.c2);
    this.#remark(arranged, parts);
    const asked = releasesOf(found, arranged);
    for (const version of asked) this.#asked.add(version);
    const frame = explained(spec, found, arranged, parts, this.#dialect);
    const value = this.#run(scope, { ...frame, label }, found, bound, arranged, inputs, parts);
    this.#facts = {
      from,
      channels: sourceChannels,
      lengths: sources.map(({ length }) => length),
      c2: arranged.c2,
      isHead: this.#dialect.heads.has(found.name),
      asked,
      believed,
      legacy: scope.legacy,
    };
    return { value: outputOf(found, inputs, value), c2: arranged.c2 };
  }

  /** The channels that parse_model believes each source of a row to have. */
  #sourceChannels(from: Parts['from'], sources: readonly Source[], index: number, image: Source): readonly number[] {
    return sources.map((source, at) =>
      typeof from === 'number'
        ? this.#channelsOf(from, false, source, index, image)
        : this.#channelsOf(from[at]!, true, source, index, image),
    );
  }

  /** A row of a module that the project has a rule for. */
  #ruled(
    rule: CostRule,
    spec: FrameSpec,
    parts: Parts,
    sources: readonly Source[],
    inputChannels: readonly number[],
  ): Built {
    const builder = this.#builder;
    const { args, moduleNode, repeats } = parts;
    const { family } = this.#header;
    const ranges = args.map(({ range }) => range);
    const frame = ruledFrame(spec, rule, parts);
    let outcome: RuleOutcome | undefined;
    builder.within(frame, () => {
      outcome = rule.apply(builder, {
        args: args.map(({ value }) => value),
        inputs: sources.flatMap(source => tensors(source.value(builder.rows))),
        inputChannels,
        repeats,
        scaled: channels => makeDivisible(Math.min(channels, family.maxChannels) * family.width, family.divisor),
      });
      return outcome.outputs;
    });
    const { outputs, channels, problems } = outcome!;
    for (const { arg, ...words } of problems)
      builder.problem({ range: trim(ranges[arg ?? -1] ?? moduleNode), severity: 'error', ...words });
    return { value: outputs.length === 1 ? outputs[0]! : outputs, c2: channels };
  }

  /** What is to be known of a row that can be built. */
  #remark({ remarks }: Arranged, { args, moduleNode }: Parts): void {
    for (const { arg, ...words } of remarks ?? []) {
      this.#builder.problem({ range: trim(args[arg ?? -1]?.range ?? moduleNode), severity: 'information', ...words });
    }
  }

  /** Runs the module, or a sequence of them. */
  #run(
    scope: Scope,
    frame: FrameSpec,
    found: AnyModule,
    bound: object,
    arranged: Arranged,
    inputs: readonly Value[],
    parts: Parts,
  ): Value {
    const builder = this.#builder;
    let result: Value = [];
    builder.within(frame, () => {
      if (!found.many && Array.isArray(parts.from)) {
        const message = l10n.t('{0} takes one input, so `from` must be a number, not a list.', found.name);
        const help = l10n.t('To join several inputs, add a Concat row above.');
        result = builder.unknown(
          builder.complain({ code: 'list-of-inputs', input: 0, message, help }),
          inputs.flatMap(tensors),
          [1, arranged.c2, Number.NaN, Number.NaN],
        );
        return result;
      }
      const listed = found.lists ? -1 : inputs.findIndex(value => Array.isArray(value));
      if (listed >= 0) {
        const message = l10n.t('This input is a list of tensors, which {0} cannot take.', found.name);
        const help = l10n.t('Select one of its tensors with an Index row.');
        result = builder.unknown(
          builder.complain({ code: 'list-as-input', input: listed, message, help }),
          inputs.flatMap(tensors),
          [1, arranged.c2, Number.NaN, Number.NaN],
        );
        return result;
      }
      if (found.many && arranged.repeats > 1) {
        const message = l10n.t(
          '{0} takes a list of inputs, but only the first of its {1} copies in sequence gets one.',
          found.name,
          arranged.repeats,
        );
        const help = l10n.t('Set the number of repeats to 1.');
        const range = trim(parts.repeatsNode);
        this.#builder.problem({ range, severity: 'error', code: 'repeated-list-module', message, help });
        result = builder.unknown(message, inputs.flatMap(tensors), [1, arranged.c2, Number.NaN, Number.NaN]);
        return result;
      }
      if (this.#dialect.heads.has(found.name)) this.#headInputs = inputs.map(value => tensors(value)[0]!);
      const expected = this.#expected(found, bound, inputs);
      if (arranged.repeats > 1) {
        let values: readonly Value[] = expected;
        builder.times(arranged.repeats, index => {
          // Each expects the channels of the first.
          const x = index === 0 ? values : this.#expected(found, bound, values, { arranged, parts });
          builder.within({ label: String(index), type: found.name }, () => {
            result = found.forward(scope, x, bound);
            return tensors(result);
          });
          values = [result];
        });
      } else result = found.forward(scope, expected, bound);
      // At the limit of nodes nothing more is built.
      if (tensors(result).length === 0)
        result = builder.unknown(l10n.t('the rest of this network is not analyzed'), inputs.flatMap(tensors));
      return tensors(result);
    });
    return result;
  }

  /**
   * The inputs with the channels that the module expects. Where they differ the framework fails at this row: that is
   * reported once, and the row is priced as it is declared, so that everything below keeps its costs.
   */
  #expected(
    found: AnyModule,
    bound: object,
    inputs: readonly Value[],
    repeated?: { readonly arranged: Arranged; readonly parts: Parts },
  ): readonly Value[] {
    const args = bound as {
      c1?: unknown;
      in_channels?: unknown;
      inp?: unknown;
      c_in?: unknown;
      num_features?: unknown;
      num_channels?: unknown;
      ch?: unknown;
    };
    const declared = args.c1 ?? args.in_channels ?? args.inp ?? args.c_in ?? args.num_features ?? args.num_channels;
    const list: readonly unknown[] = Array.isArray(args.ch)
      ? args.ch
      : found.many || found.channelsLast
        ? []
        : [declared];
    return inputs.map((value, index) => {
      const wanted = list[index];
      const [x] = tensors(value);
      if (!x || typeof wanted !== 'number' || Array.isArray(value)) return value;
      const given = channels(x);
      if (Number.isNaN(wanted) || Number.isNaN(given) || wanted === given || x.shape!.length !== 4) return value;
      const why = repeated
        ? this.#misrepeated(found, repeated.arranged.repeats, repeated.parts, wanted, given)
        : this.#builder.complain({ ...wrongChannels(found.name, wanted, given), input: index });
      return this.#builder.unknown(why, [x], [x.shape![0]!, wanted, ...x.shape!.slice(2)]);
    });
  }

  /** nn.Sequential(*(m(*args) for _ in range(n))): only the first copy fits its input. */
  #misrepeated(found: AnyModule, times: number, parts: Parts, wanted: number, given: number): string {
    const message =
      times === parts.written
        ? l10n.t(
            'Each of the {0} copies of {1} in sequence expects {2} input channels, but the first outputs {3}.',
            times,
            found.name,
            wanted,
            given,
          )
        : l10n.t(
            'Each of the {0} copies ({4} × depth) of {1} in sequence expects {2} input channels, but the first outputs {3}.',
            times,
            found.name,
            wanted,
            given,
            parts.written,
          );
    const help = l10n.t('Set the number of repeats to 1, or use one row per copy.');
    const range = trim(parts.repeatsNode);
    this.#builder.problem({ range, severity: 'error', code: 'repeats-channel-mismatch', message, help });
    return message;
  }

  #unknown(
    frame: FrameSpec,
    why: string | Reason,
    problem?: Problem,
    inputs: readonly Value[] = [],
    c2 = Number.NaN,
  ): Built {
    if (problem) this.#builder.problem(problem);
    const value = this.#builder.within(frame, () =>
      this.#builder.unknown(why, inputs.flatMap(tensors), [1, c2, Number.NaN, Number.NaN]),
    );
    return { value, c2 };
  }

  /** Whether a repository would read this file at all. */
  #canBe({ required }: Dialect): boolean {
    return required.every(key => lookUp(this.#header.top, key) !== undefined);
  }

  #find(name: string): AnyModule | undefined {
    // Ultralytics takes what follows the first three letters for the layer's name.
    return this.#dialect.modules.get(name) ?? nn.get(this.#dialect.evaluates ? name.replace(/^torch\./, '') : name);
  }

  /** What `from` names, or undefined where it names nothing. */
  #sources(parts: Parts, index: number, image: Source): readonly Source[] | undefined {
    const list: readonly number[] = typeof parts.from === 'number' ? [parts.from] : parts.from;
    const sources: Source[] = [];
    for (const [position, from] of list.entries()) {
      const source = this.#source(from, index, image);
      if (source) {
        sources.push(source);
        continue;
      }
      // Rows that could not be read are reported; how many there were is not known.
      const backbone = lookUp(this.#header.top, 'backbone');
      if (backbone && resolved(backbone)?.kind !== 'sequence') return undefined;
      const range = trim(parts.fromNodes[position] ?? parts.fromNodes[0]!);
      this.#builder.problem({ range, severity: 'error', ...wrongReference(from, index) });
      return undefined;
    }
    return sources;
  }

  /** A row's four parts; undefined (and reported) where one is missing or of the wrong kind. */
  #parts(row: Sequence, index: number, range: Range): Parts | undefined {
    const refuse = (code: string, where: Range, message: string, help?: string): undefined => {
      this.#builder.problem({ range: trim(where), severity: 'error', code, message, help });
    };
    const [fromNode, repeatsNode, moduleNode, argsNode] = row.items;
    if (row.items.length !== 4) {
      const count = row.items.length;
      const message =
        count === 1 ? l10n.t('Row {0} has one entry.', index) : l10n.t('Row {0} has {1} entries.', index, count);
      return refuse('row-length', range, message, rowHelp());
    }
    const fromTarget = resolved(fromNode)!;
    const sources = sourcesOf(fromNode!);
    const fromNodes = sources.map(({ node }) => node);
    const from = sources.map(({ value }) => value);
    if (from.length === 0) {
      const message = l10n.t('This row has no input.');
      return refuse('no-input', fromNode!, message, l10n.t('Set `from` to one or more rows, such as [-1, 6].'));
    }
    const bad = from.indexOf(undefined);
    if (bad >= 0) {
      const message = l10n.t('`from` must be a row number or a list of row numbers; -1 is the row above.');
      return refuse('wrong-from', fromNodes[bad]!, message);
    }
    const times = numeric(repeatsNode);
    if (times === undefined || times < 0) {
      return refuse('wrong-repeats', repeatsNode!, l10n.t('Repeats must be a number ≥ 0.'));
    }
    const module = textOf(moduleNode);
    if (module === undefined) {
      const message = l10n.t('The third entry of a row must be the name of a module, such as Conv.');
      return refuse('not-a-module', moduleNode!, message);
    }
    const argsTarget = resolved(argsNode);
    if (argsTarget?.kind !== 'sequence') {
      const message = l10n.t('The fourth entry of a row must be the list of arguments, such as [64, 3, 2].');
      return refuse('not-arguments', argsNode!, message);
    }
    const args = argsTarget.items.map((node): Arg => {
      const target = resolved(node);
      const float = target?.kind === 'scalar' && isFloat(target) ? { float: target.text } : {};
      return { value: argumentValue(node, this.#names, this.#dialect.evaluates), range: node, ...float };
    });
    const { depth } = this.#header.family;
    return {
      from: fromTarget?.kind === 'sequence' ? (from as number[]) : from[0]!,
      fromNodes,
      // n = max(round(n * depth), 1) if n > 1 else n
      repeats: times > 1 ? Math.max(pyRound(times * depth), 1) : Math.round(times),
      written: times,
      repeatsNode: repeatsNode!,
      module,
      moduleNode: moduleNode!,
      args,
      argsNode: argsTarget,
    };
  }
}

const unreadable = (): string => l10n.t('this row could not be read');
const rowHelp = (): string => l10n.t('A row is [from, repeats, module, args].');

/** What is wrong with a number in `from` that names no row above. */
function wrongReference(from: number, index: number): Pick<Problem, 'code' | 'message' | 'help'> {
  const help =
    index === 0
      ? l10n.t('Use -1, the image: this is the first row.')
      : index === 1
        ? l10n.t('Use -1 or 0, the row above.')
        : l10n.t('Use -1, the row above, down to -{0}; or 0 to {1}, counted from the first row.', index, index - 1);
  if (from < 0) {
    const message = l10n.t('{0} points above the first row: this is row {1}.', from, index);
    return { code: 'unknown-reference', message, help };
  }
  return from === index
    ? { code: 'own-reference', message: l10n.t('Row {0} is this row itself.', from), help }
    : {
        code: 'later-reference',
        message: l10n.t('Row {0} comes after this row, which is row {1}.', from, index),
        help,
      };
}

/** What the rows below get. */
function outputOf(found: AnyModule, inputs: readonly Value[], value: Value): Value {
  return found.passes ? inputs.flatMap(tensors) : value;
}

/** Whether it uses the one activation with parameters (PReLU) that all rows share. */
function sharesActivation({ nodes }: Segment): boolean {
  return nodes.some(({ op }) => op.name === 'prelu');
}

/** Whether a row reads only the one tensor of the row above, and outputs one tensor. */
function isPlainRow({ cached }: Source): boolean {
  if (!cached) return false;
  const { from, lengths, isList, isHead, asked } = cached.value;
  return from === -1 && lengths[0] === -1 && cached.isPlain && !isList && !isHead && asked.length === 0;
}

/** The releases that a module and those of its arguments that a row writes came with. */
function releasesOf({ since, params }: AnyModule, { args }: Arranged): readonly string[] {
  const written = Object.values<Param>(params).filter((_, index) => args[index]?.range !== undefined);
  return [since, ...written.map(param => param.since)].flatMap(release => (release ? [release.version] : []));
}

/** A frame that can locate and explain its parts; created here, it retains nothing else of the reading. */
function explained(spec: FrameSpec, found: AnyModule, arranged: Arranged, parts: Parts, dialect: Dialect): FrameSpec {
  return {
    ...spec,
    composite: true,
    locate: complaint => locate(complaint, found, arranged, parts),
    notes: () => notesOf(found, arranged, parts, dialect),
  };
}

/** The same for a row that is counted by a rule. */
function ruledFrame(spec: FrameSpec, rule: CostRule, parts: Parts): FrameSpec {
  const { module, moduleNode, args } = parts;
  return {
    ...spec,
    sites: [...(spec.sites ?? []), rule.site],
    summary: rule.summary,
    composite: true,
    byRule: true,
    notes: () => [
      ...fromNotes(parts),
      ...ruleNotes(
        module,
        rule,
        moduleNode,
        args.map(({ range }) => range),
      ),
    ],
  };
}

/** A row taken apart. */
export interface Parts {
  readonly from: number | readonly number[];
  readonly fromNodes: readonly YamlNode[];
  readonly repeats: number;
  readonly written: number;
  readonly repeatsNode: YamlNode;
  readonly module: string;
  readonly moduleNode: YamlNode;
  readonly args: readonly Arg[];
  readonly argsNode: Sequence;
}

/** A comment at the top that sets the dialect. */
function readAs({ id, by }: Dialect): Fix {
  const edits = [{ from: far, to: far, text: `# flopline: dialect=${id}\n` }];
  return { title: l10n.t('Read this file as {0}’s', by), edits, isGuess: true };
}

/** A place as it is now: nodes move when the text above them is edited. */
function trim({ from, to }: Range): Range {
  return { from, to };
}

function textOf(node: YamlNode | undefined): string | undefined {
  const target = resolved(node);
  return target?.kind === 'scalar' && typeof value11(target) === 'string' ? (target as Scalar).text : undefined;
}

function numeric(node: YamlNode | undefined): number | undefined {
  const target = resolved(node);
  const value = target?.kind === 'scalar' ? value11(target) : undefined;
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}

/** The parameters that an operator's attribute is called by in constructors. */
const called: Readonly<Record<string, readonly string[]>> = {
  out: ['c2', 'out_channels', 'out_features'],
  kernel: ['k', 'kernel_size'],
  stride: ['s', 'stride'],
  padding: ['p', 'padding'],
  groups: ['g', 'groups', 'num_groups'],
  dilation: ['d', 'dilation'],
  size: ['size', 'output_size'],
  scale: ['scale_factor'],
};

function locate(complaint: Complaint, found: AnyModule, arranged: Arranged, parts: Parts): Range | undefined {
  if (complaint.attr !== undefined) {
    const names = Object.keys(found.params);
    for (const name of [complaint.attr, ...(called[complaint.attr] ?? [])]) {
      const range = arranged.args[names.indexOf(name)]?.range;
      if (range) return trim(range);
    }
    return trim(parts.argsNode);
  }
  if (complaint.input !== undefined) return trim(parts.fromNodes[complaint.input] ?? parts.fromNodes[0]!);
  if (complaint.isInner) return trim(parts.argsNode.to > parts.argsNode.from ? parts.argsNode : parts.moduleNode);
  // Neither an argument nor one input: its inputs do not fit each other.
  if (parts.fromNodes.length > 1) {
    return { from: parts.fromNodes[0]!.from, to: parts.fromNodes.at(-1)!.to };
  }
  return undefined;
}

/** What each part of a row means, for hovers. */
function notesOf(found: AnyModule, arranged: Arranged, parts: Parts, dialect: Dialect): readonly Note[] {
  const notes = [...fromNotes(parts)];
  notes.push({
    range: trim(parts.repeatsNode),
    text: repeatsNote(found, parts),
    allowed: { kind: 'number', min: 0 },
  });
  notes.push({
    range: trim(parts.moduleNode),
    text: sentences(l10n.t('{0} ({1}): {2}', `**${found.name}**`, dialect.by, found.summary()), sinceNote(found)),
    allowed: { kind: 'operator', choices: () => [...dialect.modules.keys(), ...nn.keys()] },
    isName: true,
  });
  for (const [index, [name, param]] of Object.entries<Param>(found.params).entries()) {
    const arg = arranged.args[index];
    if (!arg?.range) continue;
    const text = sentences(l10n.t('{0} ({1}): {2}', `**${name}**`, found.name, param.doc()), sinceNote(param));
    notes.push({ range: trim(arg.range), text, value: numberIn(arg), allowed: allowedOf(param) });
  }
  return notes;
}

function fromNotes(parts: Parts): readonly Note[] {
  const notes: Note[] = [];
  for (const [index, node] of parts.fromNodes.entries()) {
    const from = Array.isArray(parts.from) ? parts.from[index] : parts.from;
    const text =
      from === -1
        ? l10n.t('**from**: the input is the row above.')
        : from! < 0
          ? l10n.t('**from**: the input is the row {0} above.', -from!)
          : l10n.t('**from**: the input is row {0}, counted from 0 over `backbone` and `head`.', from!);
    notes.push({ range: trim(node), text, allowed: { kind: 'reference' } });
  }
  return notes;
}

/** What a parameter takes; undefined where its constructor takes anything. */
function allowedOf({ kind, min, words }: Param): Allowed | undefined {
  switch (kind) {
    case 'int':
    case 'ints':
      return { kind: 'integer', min };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'text':
      return words ? { kind: 'choice', choices: () => words } : { kind: 'name' };
    case 'any':
      return words && { kind: 'choice', choices: () => words };
  }
}

/** `**repeats**: 6 blocks inside, 2 at this depth.` */
function repeatsNote(found: AnyModule, { written, repeats }: Parts): string {
  if (written > 1 && repeats !== written) {
    return 'n' in found.params
      ? l10n.t('**repeats**: {0} blocks inside; scaled by the depth multiple, **{1}** here.', written, repeats)
      : l10n.t('**repeats**: {0} copies in sequence; scaled by the depth multiple, **{1}** here.', written, repeats);
  }
  if ('n' in found.params) {
    return repeats === 1
      ? l10n.t('**repeats**: one block inside.')
      : l10n.t('**repeats**: {0} blocks inside.', repeats);
  }
  return repeats === 1 ? l10n.t('**repeats**: once.') : l10n.t('**repeats**: {0} copies in sequence.', repeats);
}

function sinceNote({ since }: { readonly since?: Since }): string | undefined {
  if (since === undefined) return undefined;
  return since.before?.() ?? l10n.t('Since {0} {1}.', since.by, since.version);
}

function numberIn({ value }: Arg): string | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? String(value) : undefined;
}
