// The model: a graph with its costs, which all features query. Computed once per text; expensive parts only on demand.
import * as l10n from '@vscode/l10n';
import { type Doubt, type Doubts, type Frame, type Graph, type GraphNode, useOf } from '../graph/graph.ts';
import { Placement, placedOffset, placedRange } from '../graph/segment.ts';
import type { Counts } from '../ops/op.ts';
import type { Lines } from '../text/lines.ts';
import { type Reason, sameReason } from '../text/reason.ts';
import { type Choice, choiceOf, type NodeChoice, reasonOfChoices, sumOfChoices } from './choices.ts';
import { type Convention, type ConventionName, counterOf } from './conventions.ts';
import { activationsOf, choicesByRow, countsOf, isBounded, isBoundless, mainCounts } from './counts.ts';
import { fieldsOf, type ReceptiveField } from './field.ts';
import { type Gradients, gradientsOf } from './gradients.ts';
import { type Peak, peakOf } from './liveness.ts';
import { counting } from './training.ts';
import type { Work } from './work.ts';

/** A quantity that may be partly unknown; then it is a lower bound (“at least”). */
export interface Amount {
  readonly value: number;
  readonly complete: boolean;
  /** Whether it holds only on a condition (`Cost.doubts`): neither a lower bound nor certain. */
  readonly doubtful?: boolean;
  /** Whether it is doubtful because it depends on a stand-in for a row that cannot be read. */
  readonly standIn?: boolean;
  /**
   * Of one that is neither complete nor a lower bound: `upper` where it is an upper bound (“at most”), because values select
   * a part of some rows; `none` where another part is unknown, too, so that it is not a bound. Such an amount is also `doubtful`.
   */
  readonly bound?: 'upper' | 'none';
  /** What of it depends on which numbers values choose: sums of amounts may know more. */
  readonly chosen?: Chosen | undefined;
}

/** A part of an amount. */
interface Chosen {
  readonly choices: readonly Choice[];
  /** The amount without them. */
  readonly rest: Amount;
}

/** The cost of a stretch of the network, for one sample. */
export interface Cost {
  readonly macs: Amount;
  /** In the selected convention. */
  readonly value: Amount;
  /** Learnable parameters. */
  readonly params: Amount;
  /** Elements of new memory. */
  readonly activations: Amount;
  readonly weights: number;
  readonly biases: number;
  readonly normAffine: number;
  /** Running statistics, which are not in `params`. */
  readonly normStats: number;
  /** Why a part is unknown. */
  readonly why: Reason | undefined;
  /** The conditions under which these numbers hold, without duplicates. */
  readonly doubts: readonly Doubt[];
  /** The reason with its origin, which may be outside: whatever depends on an unknown is unknown too. */
  readonly cause: Cause | undefined;
}

/** Why something is unknown, and the first node that is. */
export interface Cause {
  readonly why: Reason;
  readonly node: GraphNode;
}

/** Whether no part is unknown or doubtful. */
export function isCertain({ complete, doubtful }: Amount): boolean {
  return complete && !doubtful;
}

/** The cost of a line: the frames with a site on it, not nested in each other. */
export interface LineCost {
  /** 0-based. */
  readonly line: number;
  /** In source order; several if a block is used several times. */
  readonly frames: readonly Frame[];
  readonly cost: Cost;
}

/** A row of the text: a placed item, or a frame. */
export type Row = Placement | Frame;

/** The offset of a row's first site; undefined if it has none. */
export function siteOf(row: Row): number | undefined {
  const [frame] = row instanceof Placement ? row.segment.frames : [row];
  const site = frame && useOf(frame);
  if (!site || !(row instanceof Placement)) return site?.from;
  const { start, places } = row;
  return places ? places(placedRange(site, start), frame.hasSitesInside)?.from : placedOffset(site.from, start);
}

export interface Model {
  readonly graph: Graph;
  readonly lines: Lines;
  readonly convention: Convention;
  readonly totals: Cost;
  counts(node: GraphNode): Counts;
  /** The cost of a frame, or of the nodes `first` to `end` − 1. */
  costOf(stretch: Pick<Frame, 'first' | 'end'>): Cost;
  /** The cost of a row (by index) in the selected convention. Creates no frames, so it is cheap for rankings. */
  rowValue(row: number): number;
  costOfNode(node: GraphNode): Cost;
  /** The costs of the 0-based lines from `first` to `last`, inclusive; default: all lines. */
  lineCosts(first?: number, last?: number): readonly LineCost[];
  lineCost(line: number): LineCost | undefined;
  /** The same network under another convention; without `work`, it counts inference. */
  under(convention: ConventionName, work?: Work): Model;
  /** The same network with only these doubts. */
  doubting(doubts: Doubts): Model;
  /** The gradients that a training step computes. */
  readonly gradients: Gradients;
  readonly peak: Peak;
  field(node: GraphNode): ReceptiveField | undefined;
}

/** Counts all nodes; `lines` are those of the text that the graph's sites refer to. */
export function analyse(
  graph: Graph,
  lines: Lines,
  convention: ConventionName = 'macs',
  doubts?: Doubts,
  work: Work = 'inference',
): Model {
  return new Analysis(
    graph,
    lines,
    counting(counterOf(convention)!, work, graph),
    new Tally(graph),
    doubts?.size ? new DoubtsByNode(doubts, graph.nodeCount) : undefined,
  );
}

/**
 * Prefix sums over the nodes: a frame is a stretch of nodes, so its cost is a difference. Independent of conventions.
 * MACs and parameters are summed at once, because hints need them at every keystroke; the rest on demand.
 */
class Tally {
  readonly macs: Prefix;
  readonly params: Prefix;
  readonly #graph: Graph;
  #counts: readonly Counts[] | undefined;
  #activations: Prefix | undefined;
  readonly #byRole = new Map<keyof Counts, Prefix>();

  constructor(graph: Graph) {
    this.#graph = graph;
    const { macs, params, bounded, choices } = mainCounts(graph);
    this.macs = new Prefix(macs, bounded, choices);
    this.params = new Prefix(params);
  }

  get counts(): readonly Counts[] {
    this.#counts ??= this.#graph.nodes.map(countsOf);
    return this.#counts;
  }

  get activations(): Prefix {
    this.#activations ??= new Prefix(activationsOf(this.#graph));
    return this.#activations;
  }

  role(role: keyof Counts): Prefix {
    let prefix = this.#byRole.get(role);
    if (!prefix) {
      prefix = new Prefix(Float64Array.from(this.counts, counts => counts[role]));
      this.#byRole.set(role, prefix);
    }
    return prefix;
  }
}

/** Prefix sums of amounts, some of which may be unknown. */
class Prefix {
  /** The sum of the values 0 to `id`, inclusive. */
  readonly #sums: Float64Array;
  /** How many of these are unknown; undefined if none is. */
  readonly #unknown: Uint32Array | undefined;
  /**
   * The values from the one at which the sum exceeds 2⁵³: differences of such large sums lose digits, and a small row
   * after a huge one would lose all of them. Undefined in any realistic network.
   */
  readonly #late: { readonly from: number; readonly values: Float64Array } | undefined;
  /** The nodes of which the value is an upper bound, in order. */
  readonly #bounded: readonly number[];
  /** What nodes, of which the value is 0 otherwise, do for each number that is chosen. */
  readonly #choices: readonly NodeChoice[];

  /**
   * `values` by node, NaN if unknown; the array is reused for the sums. A value that would make a sum infinite counts
   * as unknown: otherwise every later difference, and so every row below, would be NaN.
   */
  constructor(values: Float64Array, bounded: readonly number[] = [], choices: readonly NodeChoice[] = []) {
    this.#bounded = bounded;
    this.#choices = choices;
    let unknown: Uint32Array | undefined;
    let late: { readonly from: number; readonly values: Float64Array } | undefined;
    let sum = 0;
    let missing = 0;
    for (let id = 0; id < values.length; id++) {
      const value = values[id]!;
      if (!late && sum + value > Number.MAX_SAFE_INTEGER) late = { from: id, values: values.slice(id) };
      if (!(value >= 0 && sum + value < Number.POSITIVE_INFINITY)) {
        unknown ??= new Uint32Array(values.length);
        missing++;
        if (late) late.values[id - late.from] = 0;
      } else sum += value;
      values[id] = sum;
      if (unknown) unknown[id] = missing;
    }
    this.#sums = values;
    this.#unknown = unknown;
    this.#late = late;
  }

  value(first: number, end: number): number {
    return this.#choices.length > 0 ? this.amount(first, end).value : this.#plain(first, end);
  }

  #plain(first: number, end: number): number {
    if (this.#late && end > this.#late.from) return this.#added(first, end, this.#late);
    return end > 0 ? this.#sums[end - 1]! - (first > 0 ? this.#sums[first - 1]! : 0) : 0;
  }

  amount(first: number, end: number): Amount {
    const value = this.#plain(first, end);
    const complete = this.#missing(end) === this.#missing(first);
    const isBounded = this.#bounded.length > 0 && this.#isBounded(first, end);
    const rest: Amount = isBounded
      ? { value, complete: false, doubtful: true, bound: complete ? 'upper' : 'none' }
      : { value, complete };
    if (this.#choices.length === 0) return rest;
    const from = firstFrom(this.#choices, ({ id }) => id, first);
    const choices = this.#choices.slice(
      from,
      firstFrom(this.#choices, ({ id }) => id, end),
    );
    return choices.length > 0 ? withChoices({ rest, choices }) : rest;
  }

  #isBounded(first: number, end: number): boolean {
    const at = firstFrom(this.#bounded, id => id, first);
    return at < this.#bounded.length && this.#bounded[at]! < end;
  }

  #added(first: number, end: number, { from, values }: { from: number; values: Float64Array }): number {
    let sum = 0;
    for (let id = Math.max(first, from); id < end; id++) sum += values[id - from]!;
    return first < from ? sum + this.#plain(first, from) : sum;
  }

  #missing(end: number): number {
    return this.#unknown && end > 0 ? this.#unknown[end - 1]! : 0;
  }
}

/** The first place in a list, in order of `idOf`, of one from `first` on. */
function firstFrom<T>(list: readonly T[], idOf: (each: T) => number, first: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (idOf(list[middle]!) >= first) high = middle;
    else low = middle + 1;
  }
  return low;
}

function withChoices(chosen: Chosen): Amount {
  const { rest, choices } = chosen;
  const { value, isBounded } = sumOfChoices(choices);
  const all = { ...rest, value: rest.value + value, chosen };
  if (!isBounded) return all;
  const isUpper = rest.bound ? rest.bound === 'upper' : rest.complete && !rest.doubtful;
  return { ...all, complete: false, doubtful: true, bound: isUpper ? 'upper' : 'none' };
}

/** The cost of the nodes `first` to `end` − 1, computed on demand. */
class Stretch implements Cost {
  readonly #sums: Sources;
  readonly #first: number;
  readonly #end: number;
  readonly macs: Amount;
  readonly params: Amount;
  readonly value: Amount;

  constructor(sums: Sources, first: number, end: number) {
    this.#sums = sums;
    this.#first = first;
    this.#end = end;
    this.macs = this.#amount(sums.tally.macs);
    this.params = this.#amount(sums.tally.params);
    this.value = sums.value === sums.tally.macs ? this.macs : this.#amount(sums.value);
  }

  get activations(): Amount {
    return this.#amount(this.#sums.tally.activations);
  }

  get doubts(): readonly Doubt[] {
    const { doubts } = this.#sums;
    return doubts ? distinct(doubts.within(this.#first, this.#end)) : none;
  }

  get weights(): number {
    return this.#role('weights');
  }

  get biases(): number {
    return this.#role('biases');
  }

  get normAffine(): number {
    return this.#role('normAffine');
  }

  get normStats(): number {
    return this.#role('normStats');
  }

  get why(): Reason | undefined {
    const node = this.#firstUnknown();
    if (node && this.#onlyChosen) return reasonOfChoices(this.macs.chosen!.choices);
    return node && (reasonOf(node) ?? handedTo(node) ?? node.guard?.why ?? tooLarge());
  }

  get cause(): Cause | undefined {
    const node = this.#firstUnknown();
    if (!node) return undefined;
    if (this.#onlyChosen) return { why: reasonOfChoices(this.macs.chosen!.choices), node };
    const why = reasonOf(node) ?? handedTo(node) ?? node.guard?.why;
    return why === undefined ? { why: tooLarge(), node } : { why, node: originOf(node, why, this.#sums) };
  }

  /** Whether all that is uncertain of the work is which experts values choose. */
  get #onlyChosen(): boolean {
    const { bound, chosen } = this.macs;
    return bound === 'upper' && chosen !== undefined && isCertain(chosen.rest);
  }

  /** The first unknown node that has a reason, else the first unknown node; undefined if all are known. */
  #firstUnknown(): GraphNode | undefined {
    const { macs, params, value, activations } = this;
    if (macs.complete && params.complete && value.complete && activations.complete) return undefined;
    const { graph, tally, value: values } = this.#sums;
    for (let id = this.#first; id < this.#end; id++) {
      if (reasonOf(graph.nodes[id]!) !== undefined) return graph.nodes[id];
    }
    const sums = [tally.macs, tally.params, values, tally.activations];
    for (let id = this.#first; id < this.#end; id++) {
      if (sums.some(prefix => !prefix.amount(id, id + 1).complete)) return graph.nodes[id];
    }
    return undefined;
  }

  #role(role: keyof Counts): number {
    return this.#sums.tally.role(role).value(this.#first, this.#end);
  }

  #amount(prefix: Prefix): Amount {
    const amount = prefix.amount(this.#first, this.#end);
    const { doubts } = this.#sums;
    if (!doubts) return amount;
    const found = doubts.within(this.#first, this.#end);
    if (found.length === 0) return amount;
    // Right under a condition, and then at most: no bound at all.
    const bound = amount.bound && { bound: 'none' as const };
    const all = { ...amount, doubtful: true, ...bound, chosen: undefined };
    return found.some(isOfRow) ? { ...all, standIn: true } : all;
  }
}

const none: readonly Doubt[] = [];

const isOfRow = ({ expected }: Doubt): boolean => expected.kind === 'row';

/** Doubts by the nodes they are about. */
class DoubtsByNode {
  /** Doubts about rows, in order. */
  readonly #rows: readonly (readonly [Frame, Doubt])[];
  readonly #whole: readonly Doubt[];
  /** Doubts about the total only, for example because an unknown row is missing in it. */
  readonly #total: readonly Doubt[];
  readonly #end: number;

  constructor(doubts: Doubts, end: number) {
    this.#end = end;
    const all = [...doubts];
    this.#rows = all.filter(([{ parent }]) => parent).sort(([a], [b]) => a.first - b.first);
    const whole = all.flatMap(([{ parent }, doubt]) => (parent ? [] : [doubt]));
    this.#whole = whole.filter(doubt => !isOfRow(doubt));
    this.#total = whole.filter(isOfRow);
  }

  /** The doubts about the nodes `first` to `end` − 1. */
  within(first: number, end: number): readonly Doubt[] {
    const rows = this.#rows;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle]![0].end > first) high = middle;
      else low = middle + 1;
    }
    const found = first === 0 && end === this.#end ? [...this.#whole, ...this.#total] : [...this.#whole];
    for (let at = low; at < rows.length && rows[at]![0].first < end; at++) found.push(rows[at]![1]);
    return found;
  }
}

function distinct(doubts: readonly Doubt[]): readonly Doubt[] {
  return [...new Map(doubts.map(doubt => [`${doubt.subject} ${JSON.stringify(doubt.expected)}`, doubt])).values()];
}

/** The sums that the cost of a stretch is computed from. */
interface Sources {
  readonly graph: Graph;
  readonly tally: Tally;
  /** In the selected convention. */
  readonly value: Prefix;
  /** The origins of unknown nodes found so far. */
  readonly origins: Map<GraphNode, GraphNode>;
  readonly doubts: DoubtsByNode | undefined;
}

/** If no builder gave a reason: the sizes are known, but their product overflows. */
const tooLarge = (): Reason => ({ message: l10n.t('its cost is too large to count') });

class Analysis implements Model {
  readonly graph: Graph;
  readonly lines: Lines;
  readonly convention: Convention;
  readonly totals: Cost;
  readonly #sums: Sources;
  readonly #byLine = new Map<number, LineCost>();
  #gradients: Gradients | undefined;
  #peak: Peak | undefined;
  #fields: readonly (ReceptiveField | undefined)[] | undefined;

  constructor(graph: Graph, lines: Lines, convention: Convention, tally: Tally, doubts: DoubtsByNode | undefined) {
    this.graph = graph;
    this.lines = lines;
    this.convention = convention;
    const value =
      convention.name === 'macs' && convention.work === 'inference' ? tally.macs : valuesOf(graph, convention, tally);
    this.#sums = { graph, tally, value, origins: new Map(), doubts };
    this.totals = this.#cost(0, graph.nodeCount);
  }

  counts(node: GraphNode): Counts {
    return this.#sums.tally.counts[node.id]!;
  }

  costOf({ first, end }: Pick<Frame, 'first' | 'end'>): Cost {
    return this.#cost(first, end);
  }

  rowValue(row: number): number {
    const { rows } = this.graph;
    return this.#sums.value.value(rows.first(row), rows.end(row));
  }

  costOfNode(node: GraphNode): Cost {
    return this.#cost(node.id, node.id + 1);
  }

  lineCosts(first = 0, last = this.lines.count - 1): readonly LineCost[] {
    const frames = this.#framesOf(first, last);
    const found: LineCost[] = [];
    let isSorted = true;
    for (const [line, there] of frames) {
      isSorted &&= found.length === 0 || found.at(-1)!.line < line;
      found.push(this.#lineCost(line, there));
    }
    return isSorted ? found : found.sort((a, b) => a.line - b.line);
  }

  lineCost(line: number): LineCost | undefined {
    const frames = this.#framesOf(line, line).get(line);
    return frames && this.#lineCost(line, frames);
  }

  #lineCost(line: number, frames: readonly Frame[]): LineCost {
    let known = this.#byLine.get(line);
    if (!known) {
      const cost = frames.length === 1 ? this.costOf(frames[0]!) : sumOf(frames.map(frame => this.costOf(frame)));
      known = { line, frames, cost };
      this.#byLine.set(line, known);
    }
    return known;
  }

  under(convention: ConventionName, work: Work = 'inference'): Model {
    if (convention === this.convention.name && work === this.convention.work) return this;
    const { tally, doubts } = this.#sums;
    return new Analysis(this.graph, this.lines, counting(counterOf(convention)!, work, this.graph), tally, doubts);
  }

  doubting(doubts: Doubts): Model {
    const { tally } = this.#sums;
    const byNode = new DoubtsByNode(doubts, this.graph.nodeCount);
    return new Analysis(this.graph, this.lines, this.convention, tally, byNode);
  }

  get gradients(): Gradients {
    this.#gradients ??= gradientsOf(this.graph);
    return this.#gradients;
  }

  get peak(): Peak {
    this.#peak ??= peakOf(this.graph);
    return this.#peak;
  }

  field(node: GraphNode): ReceptiveField | undefined {
    this.#fields ??= fieldsOf(this.graph);
    return this.#fields[node.id];
  }

  /** The frames with a site on each of the lines; a node counts once per line. */
  #framesOf(first: number, last: number): ReadonlyMap<number, readonly Frame[]> {
    const from = this.lines.start(first);
    const to = this.lines.end(last);
    const found = new Map<number, Frame[]>();
    const visit = (frame: Frame): void => {
      for (const { range, file } of frame.sites) {
        if (file !== undefined || range.from < from || range.from > to) continue;
        const line = this.lines.lineAt(range.from);
        const there = found.get(line);
        if (!there) found.set(line, [frame]);
        // Frames are visited from the outside in, so one inside the line's last frame is already in its sum.
        else if (!isInside(frame, there.at(-1)!)) there.push(frame);
      }
      if (frame.hasSitesInside) for (const child of frame.children) visit(child);
    };
    const { rows } = this.graph;
    for (let row = 0; row < rows.length; row++) {
      const segment = rows.segment(row);
      // The sites of an item begin within its text, which ends where the next item begins.
      const isWithin = segment && !rows.places && !segment.hasFarSites;
      if (!isWithin || (rows.start(row)! <= to && rows.textEnd(row) >= from))
        for (const frame of rows.frames(row)) visit(frame);
    }
    return found;
  }

  #cost(first: number, end: number): Cost {
    return new Stretch(this.#sums, first, end);
  }
}

/** What nodes count in a convention. */
function valuesOf({ nodes, rows }: Graph, convention: Convention, { counts }: Tally): Prefix {
  const bounded: number[] = [];
  const choices: NodeChoice[] = [];
  const values = Float64Array.from(nodes, node => {
    if (isBoundless(node)) bounded.push(node.id);
    if (node.why !== undefined) return Number.NaN;
    const value = convention.of(node, counts[node.id]!);
    if (!(value > 0 && isBounded(node))) return value;
    const choice = choiceOf(node, each => convention.of(each, countsOf(each)));
    if (!choice) {
      bounded.push(node.id);
      return value;
    }
    choices.push({ ...choice, id: node.id });
    return 0;
  });
  return new Prefix(values, bounded, choices.length > 0 ? choicesByRow(choices, rows) : choices);
}

function reasonOf({ why, outputs }: GraphNode): Reason | undefined {
  return why ?? outputs.find(tensor => tensor.why !== undefined)?.why;
}

/** If a size of an input is unknown, all sizes of the output may be, so the input has the reason. */
function handedTo({ inputs }: GraphNode): Reason | undefined {
  return inputs.find(tensor => tensor.why !== undefined)?.why;
}

/**
 * Builders pass a reason on with the tensor, so it can be followed back to the node where it first occurs. Cached per
 * node, since thousands of rows may depend on one.
 */
function originOf(from: GraphNode, why: Reason, { graph: { nodes }, origins }: Sources): GraphNode {
  const way: GraphNode[] = [];
  let node = from;
  for (;;) {
    const found = origins.get(node);
    if (found) {
      node = found;
      break;
    }
    if (sameReason(reasonOf(node), why)) way.push(node);
    const source = node.inputs.find(tensor => sameReason(tensor.why, why))?.node;
    // Nodes cut at the size limit are in no list. Ids decrease on the way back, so this ends.
    if (!source || source.id >= node.id || nodes[source.id] !== source) break;
    node = source;
  }
  for (const each of way) origins.set(each, node);
  return node;
}

function isInside(frame: Frame, outer: Frame): boolean {
  for (let at: Frame | undefined = frame; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** The sum of costs; unknown if one of them is. */
export function sumOf(costs: readonly Cost[]): Cost {
  return new Sum(costs);
}

export function sumOfAmounts(amounts: readonly Amount[]): Amount {
  const choices = amounts.flatMap(({ chosen }) => chosen?.choices ?? []);
  if (choices.length > 0) {
    return withChoices({ choices, rest: sumOfAmounts(amounts.map(amount => amount.chosen?.rest ?? amount)) });
  }
  let value = 0;
  let complete = true;
  let doubtful = false;
  let standIn = false;
  let isBound = false;
  let isOther = false;
  for (const part of amounts) {
    if (part.bound) isBound = true;
    if (part.bound === 'none' || (!part.bound && (!part.complete || part.doubtful))) isOther = true;
    value += part.value;
    complete &&= part.complete;
    doubtful ||= part.doubtful ?? false;
    standIn ||= part.standIn ?? false;
  }
  const bound = isBound && { bound: isOther ? ('none' as const) : ('upper' as const) };
  return { value, complete, ...(doubtful && { doubtful }), ...(standIn && { standIn }), ...bound };
}

/** Like `Stretch`: sums what hints need at once, the rest on demand. */
class Sum implements Cost {
  readonly #costs: readonly Cost[];
  readonly macs: Amount;
  readonly value: Amount;
  readonly params: Amount;

  constructor(costs: readonly Cost[]) {
    this.#costs = costs;
    this.macs = this.#amount(cost => cost.macs);
    this.value = this.#amount(cost => cost.value);
    this.params = this.#amount(cost => cost.params);
  }

  get activations(): Amount {
    return this.#amount(cost => cost.activations);
  }

  get weights(): number {
    return this.#plain(cost => cost.weights);
  }

  get biases(): number {
    return this.#plain(cost => cost.biases);
  }

  get normAffine(): number {
    return this.#plain(cost => cost.normAffine);
  }

  get normStats(): number {
    return this.#plain(cost => cost.normStats);
  }

  get why(): Reason | undefined {
    return this.cause?.why;
  }

  get cause(): Cause | undefined {
    for (const { cause } of this.#costs) if (cause !== undefined) return cause;
    return undefined;
  }

  get doubts(): readonly Doubt[] {
    return distinct(this.#costs.flatMap(({ doubts }) => doubts));
  }

  #amount(of: (cost: Cost) => Amount): Amount {
    return sumOfAmounts(this.#costs.map(of));
  }

  #plain(of: (cost: Cost) => number): number {
    let sum = 0;
    for (const cost of this.#costs) sum += of(cost);
    return sum;
  }
}
