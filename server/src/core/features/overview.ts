// A network as rows within rows, with what each costs: what a table and a flame graph of it show.
import * as l10n from '@vscode/l10n';
import type { Amount, Cost } from '../analysis/model.ts';
import { type Frame, type GraphNode, type Site, useOf } from '../graph/graph.ts';
import { producerOf } from '../graph/segment.ts';
import type { Shape } from '../ops/op.ts';
import { gridOf, sizes } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import { clip } from '../text/wording.ts';
import type { Base } from './changes.ts';
import { compare, type LayerPair, type Status } from './comparison.ts';
import { headline } from './totals.ts';
import { certaintySign, elementBytes, frameName, isCode, orderOf, shapeOrUnknown, uncertainty } from './wording.ts';

/** What is counted of a row, in this order: in the convention, learnable parameters, elements of new memory. */
export const overviewMetrics = ['value', 'params', 'activations'] as const;

/** One number a metric; null where nothing is known. */
export type OverviewCosts = readonly [value: number | null, params: number | null, activations: number | null];

/** Where a row is: in the text, or in another file. */
export type OverviewSite = Pick<Site, 'range' | 'file'>;

/** What a row of the text, a block, a module, a part of it or an operator costs. */
export interface OverviewRow {
  readonly name: string;
  /** The module, the block or the operator; empty where the name says it. */
  readonly type: string;
  /** Of its first output, as a person reads it; empty where there is none. */
  readonly shape: string;
  /** The height and width of that, by which layers are in stages; empty where it is no image. */
  readonly stage: string;
  readonly costs: OverviewCosts;
  /** What is in front of each number: `≥ `; undefined where all are certain. */
  readonly signs: readonly [string, string, string] | undefined;
  /** Why a number is not certain. */
  readonly why: string | undefined;
  /** The places that it stands for, the one that is shown first; none for a part of a framework’s module. */
  readonly sites: readonly OverviewSite[];
  /** What it is compared with; undefined where that is not compared row by row. */
  readonly change: OverviewChange | undefined;
  /** What its own work reads, each once; undefined where all work is that of the rows inside. */
  readonly sources: readonly OverviewSource[] | undefined;
  /** The shapes of what the network returns of its own work. */
  readonly returns: readonly string[];
  /** In the order of execution. What is in it and costs something may be its own work, which is no row. */
  readonly rows: readonly OverviewRow[];
}

/** A tensor that a row reads. */
export interface OverviewSource {
  /**
   * The number of the row whose work it is: rows are counted from 0, each in front of those inside it, removed ones not
   * at all. Below 0 an input of the network: −1 is the first.
   */
  readonly row: number;
  /** As a person reads it. */
  readonly shape: string;
}

/** What has become of a row, and what is more now; null where a side is not known. */
export interface OverviewChange {
  readonly status: Exclude<Status, 'same'>;
  readonly by: OverviewCosts;
}

export interface Overview {
  readonly title: string;
  /** Totals, input and the rest in one line, as a code lens says them. */
  readonly head: string;
  /** What `value` counts: `MACs`. */
  readonly unit: string;
  /** Bytes that an element of an activation takes, for the whole batch. */
  readonly elementBytes: number;
  readonly totals: Pick<OverviewRow, 'costs' | 'signs' | 'why'>;
  /** Where it is compared with something: since when, and what that is more now. */
  readonly since: { readonly text: string; readonly by: OverviewCosts } | undefined;
  /** What the network is given, in the order in which rows name it. */
  readonly inputs: readonly { readonly name: string; readonly shape: string }[];
  /** In the order of the text or of the execution; they sum to the totals, and what was removed is where it was. */
  readonly rows: readonly OverviewRow[];
}

/** Above so many operators, rows end with frames: the rest would be more than anybody looks at. */
const mostOperators = 20_000;

export function overview(analysed: Analysed, base?: Base): Overview {
  const { model, spec, settings } = analysed;
  const before = base?.analysed.model.totals;
  return {
    title: spec.model,
    head: headline(analysed),
    unit: model.convention.unit,
    elementBytes: elementBytes(settings) * settings.batch,
    totals: figures(model.totals),
    since: base && before && { text: sinceText(base), by: difference(model.totals, before) },
    inputs: model.graph.inputs.map(({ name, tensor }) => ({
      name,
      shape: shapeOrUnknown(tensor.shape, orderOf(analysed)),
    })),
    rows: new Rows(analysed, base).all(),
  };
}

/** The head of a column of differences: “since HEAD”. */
function sinceText({ kind, label }: Base): string {
  switch (kind) {
    case 'revision':
      return l10n.t('Since {0}', label);
    case 'save':
      return l10n.t('Since the last save');
    case 'file':
      return l10n.t('Against {0}', label);
  }
}

class Rows {
  readonly #analysed: Analysed;
  readonly #changes: Changes | undefined;
  readonly #showsOperators: boolean;
  /** By node, the number of the row whose work it is; −1 for none. */
  readonly #owners: Int32Array;
  /** By node that the network is given, the number of that input as rows name it. */
  readonly #inputs: ReadonlyMap<number, number>;
  /** By node, the shapes of its outputs that the network returns. */
  readonly #returned: ReadonlyMap<number, readonly string[]>;
  /** How many rows there are so far. */
  #count = 0;
  readonly #shapes = new Map<Shape, string>();
  readonly #stages = new Map<Shape, string>();

  constructor(analysed: Analysed, base: Base | undefined) {
    const { graph } = analysed.model;
    this.#analysed = analysed;
    this.#changes = base && changesOf(analysed, base);
    this.#showsOperators = graph.nodeCount <= mostOperators;
    this.#owners = new Int32Array(graph.nodeCount).fill(-1);
    this.#inputs = new Map(graph.inputs.map(({ tensor }, at) => [producerOf(tensor), -1 - at]));
    const returned = new Map<number, string[]>();
    for (const tensor of new Set(graph.outputs)) {
      const id = producerOf(tensor);
      const there = returned.get(id);
      if (there) there.push(this.#shapeText(tensor.shape));
      else returned.set(id, [this.#shapeText(tensor.shape)]);
    }
    this.#returned = returned;
  }

  all(): readonly OverviewRow[] {
    const { root, rows } = this.#analysed.model.graph;
    const changes = this.#changes;
    // A program has one network, and what it does is of interest.
    if (this.#analysed.spec.program) return [...this.#inside(root, '', []), ...(changes?.removed('') ?? [])];
    const found: OverviewRow[] = [];
    for (let row = 0; row < rows.length; row++) {
      found.push(...(changes?.removedAbove(row) ?? []));
      for (const frame of rows.frames(row)) found.push(this.#row(frame, frame.label, [], changes?.ofRow(row)));
    }
    found.push(...(changes?.removedAbove(rows.length) ?? []));
    return found;
  }

  #row(frame: Frame, path: string, around: readonly OverviewSite[], change?: OverviewChange): OverviewRow {
    const number = this.#count++;
    this.#owners.fill(number, frame.first, frame.end);
    const rows = this.#inside(frame, path, []);
    const [only] = rows;
    // An operator of the same name adds nothing to its layer.
    const isPlain = rows.length === 1 && only!.rows.length === 0 && frame.children.every(isCode);
    if (isPlain) {
      this.#count = number + 1;
      this.#owners.fill(number, frame.first, frame.end);
    }
    const own = useOf(frame);
    const name = isNamed(frame) ? frameName(frame) : clip(frame.children.map(({ type }) => type).join(' → '), 60);
    return {
      name,
      type: isSaid(frame.type, name) ? '' : frame.type,
      ...this.#shape(frame.outputs[0]?.shape),
      ...figures(this.#analysed.model.costOf(frame)),
      sites: frame.isHidden ? [] : [...(own ? [{ range: own }] : placesElsewhere(frame)), ...around],
      change: change ?? this.#changes?.ofModule(path),
      ...this.#work(number, frame.first, frame.end, isPlain || rows.every(isRemoved)),
      rows: isPlain ? [] : rows,
    };
  }

  #operator(node: GraphNode, around: readonly OverviewSite[]): OverviewRow {
    return {
      name: node.op.name,
      type: '',
      ...this.#shape(node.outputs[0]?.shape),
      ...figures(this.#analysed.model.costOfNode(node)),
      sites: around,
      change: undefined,
      ...this.#work(this.#owners[node.id]!, node.id, node.id + 1, true),
      rows: [],
    };
  }

  /** What a row reads and returns by the work of its own, which is some of the nodes `first` to `end` − 1. */
  #work(row: number, first: number, end: number, isLeaf: boolean): Pick<OverviewRow, 'sources' | 'returns'> {
    const { nodes } = this.#analysed.model.graph;
    const found: OverviewSource[] = [];
    const returns: string[] = [];
    let isWorking = isLeaf;
    for (let id = first; id < end; id++) {
      if (this.#owners[id] !== row) continue;
      const { op, inputs } = nodes[id]!;
      if (op.name === 'input') continue;
      isWorking = true;
      returns.push(...(this.#returned.get(id) ?? []));
      for (const tensor of inputs) {
        const producer = producerOf(tensor);
        const owner = this.#owners[producer] ?? -1;
        const source = owner >= 0 ? owner : this.#inputs.get(producer);
        // What is made of nothing that is shown, as a constant outside of all rows, comes from nowhere.
        if (source === undefined || source === row) continue;
        const shape = this.#shapeText(tensor.shape);
        if (!found.some(other => other.row === source && other.shape === shape)) found.push({ row: source, shape });
      }
    }
    return { sources: isWorking ? found : undefined, returns };
  }

  #shapeText(shape: Shape | undefined): string {
    const known = shape && this.#shapes.get(shape);
    if (known !== undefined) return known;
    const text = shapeOrUnknown(shape, orderOf(this.#analysed));
    if (shape) this.#shapes.set(shape, text);
    return text;
  }

  /** The frames and the operators in a frame; lines and functions of a program are what they do. */
  #inside(frame: Frame, path: string, around: readonly OverviewSite[]): OverviewRow[] {
    const found: OverviewRow[] = [];
    const { nodes } = this.#analysed.model.graph;
    let id = frame.first;
    const operators = (end: number): void => {
      for (; id < end; id++) {
        const node = nodes[id]!;
        // What the network is given is no work of its own.
        if (!this.#showsOperators || node.op.name === 'input') continue;
        this.#owners[id] = this.#count++;
        found.push(this.#operator(node, around));
      }
    };
    const { children } = frame;
    for (const child of children) {
      operators(child.first);
      if (isCode(child)) {
        const call = useOf(child);
        found.push(...this.#inside(child, path, call ? [{ range: call }] : placesElsewhere(child)));
      } else if (isWhole(child)) {
        // The network of a program, and what holds the paths of a block.
        found.push(...this.#inside(child, path, []));
      } else if (child.end > child.first) {
        const only = child.type === 'branch' && child.children.length === 1 && !isNamed(child) && child.children[0];
        const name = path === '' ? child.label : `${path}.${child.label}`;
        found.push(this.#row(only || child, name, around));
      }
      id = Math.max(id, child.end);
    }
    operators(frame.end);
    if (!isCode(frame) && frame.parent) found.push(...(this.#changes?.removed(path) ?? []));
    return found;
  }

  #shape(shape: Shape | undefined): Pick<OverviewRow, 'shape' | 'stage'> {
    if (!shape) return { shape: this.#shapeText(shape), stage: '' };
    let stage = this.#stages.get(shape);
    if (stage === undefined) {
      const isImage = shape.length >= 4 && shape[0] === 1;
      stage = isImage ? sizes(gridOf(shape, orderOf(this.#analysed))) : '';
      this.#stages.set(shape, stage);
    }
    return { shape: this.#shapeText(shape), stage };
  }
}

const isRemoved = ({ change }: OverviewRow): boolean => change?.status === 'removed';

/** Whether a frame is all that its parent is. */
function isWhole({ type, label, parent }: Frame): boolean {
  return parent !== undefined && (type === 'branches' ? /^branches\.\d+$/.test(label) : !parent.parent && label === '');
}

/** A path without a name of its own is known by its rows. */
const isNamed = ({ type, label, children }: Frame): boolean =>
  type !== 'branch' || !/^branch\.\d+$/.test(label) || children.length === 0;

/** Whether a name says the type, as `maxpool.6` does; a path of a block has none. */
function isSaid(type: string, name: string): boolean {
  if (type === 'branch') return true;
  return name.length >= type.length && name.replace(/\.\d+$/, '').toLowerCase() === type.toLowerCase();
}

/** Where a frame is that has no place in the text itself. */
export function placesElsewhere({ sites }: Frame): readonly OverviewSite[] {
  const others = sites.filter(({ role, file }) => file !== undefined && role !== 'definition');
  return others.map(({ range, file }) => ({ range, file: file! }));
}

function figures(cost: Cost): Pick<OverviewRow, 'costs' | 'signs' | 'why'> {
  const { value, params, activations } = cost;
  const costs: OverviewCosts = [numberOf(value), numberOf(params), numberOf(activations)];
  const [first, second, third] = [certaintySign(value), certaintySign(params), certaintySign(activations)];
  const isCertain = first === '' && second === '' && third === '';
  return {
    costs,
    signs: isCertain ? undefined : [first, second, third],
    why: isCertain ? undefined : uncertainty(cost),
  };
}

const numberOf = ({ value, complete, bound }: Amount): number | null =>
  (value === 0 && !complete) || bound === 'none' ? null : value;

// --- Changes ------------------------------------------------------------------------------------------------------

interface Changes {
  /** Of a row of the text, by its number. */
  ofRow(row: number): OverviewChange | undefined;
  /** Layers that are gone, in front of a row. */
  removedAbove(row: number): readonly OverviewRow[];
  /** Of a module of a program and all inside it, by its path. */
  ofModule(path: string): OverviewChange | undefined;
  /** Modules that are gone, in the one that held them. */
  removed(path: string): readonly OverviewRow[];
}

/** Networks of two formats are compared operator by operator: their rows have nothing in common. */
function changesOf(analysed: Analysed, { analysed: before }: Base): Changes | undefined {
  if (before.document.format !== analysed.document.format) return undefined;
  const comparison = compare(before, analysed);
  const { pairs } = comparison;
  const order = orderOf(analysed);
  const changeOf = (pair: LayerPair): OverviewChange | undefined => {
    const status = comparison.status(pair);
    return status === 'same' ? undefined : { status, by: difference(pair.after?.cost, pair.before?.cost) };
  };
  const gone = (pair: LayerPair): OverviewRow => {
    const { name, type, outputs } = pair.before!;
    return {
      name,
      type: type === name ? '' : type,
      shape: outputs.length === 0 ? '' : shapeOrUnknown(outputs[0], order),
      stage: '',
      costs: [0, 0, 0],
      signs: undefined,
      why: undefined,
      sites: [],
      change: changeOf(pair),
      sources: undefined,
      returns: [],
      rows: [],
    };
  };
  const none: readonly OverviewRow[] = [];
  if (!analysed.spec.program) {
    const changes: (OverviewChange | undefined)[] = [];
    const removed = new Map<number, OverviewRow[]>();
    for (const pair of pairs) {
      if (pair.after) {
        changes.push(changeOf(pair));
        continue;
      }
      const there = removed.get(changes.length);
      if (there) there.push(gone(pair));
      else removed.set(changes.length, [gone(pair)]);
    }
    return {
      ofRow: row => changes[row],
      removedAbove: row => removed.get(row) ?? none,
      ofModule: () => undefined,
      removed: () => none,
    };
  }
  return moduleChanges(pairs, changeOf, gone, analysed);
}

/** A layer of a program is a module with its own work alone: what holds it has changed by as much. */
function moduleChanges(
  pairs: readonly LayerPair[],
  changeOf: (pair: LayerPair) => OverviewChange | undefined,
  gone: (pair: LayerPair) => OverviewRow,
  { spec }: Analysed,
): Changes {
  const there = new Set(spec.program?.modules.map(({ name }) => name));
  const changes = new Map<string, OverviewChange>();
  const removed = new Map<string, OverviewRow[]>();
  for (const pair of pairs) {
    const change = changeOf(pair);
    if (!change) continue;
    const own = pair.after?.name ?? holderOf(pair.before!.name, there);
    if (!pair.after) {
      const others = removed.get(own);
      if (others) others.push(gone(pair));
      else removed.set(own, [gone(pair)]);
    } else if (own !== '') changes.set(own, added(changes.get(own), change, change.status));
    for (let at = pair.after ? holderOf(own, there) : own; at !== ''; at = holderOf(at, there))
      changes.set(at, added(changes.get(at), change, 'changed'));
  }
  const reported = new Set<string>();
  const given = new Set<string>();
  return {
    ofRow: () => undefined,
    removedAbove: () => [],
    // What is called again has changed once.
    ofModule: path => {
      if (reported.has(path)) return undefined;
      reported.add(path);
      return changes.get(path);
    },
    removed: path => {
      if (given.has(path)) return [];
      given.add(path);
      return removed.get(path) ?? [];
    },
  };
}

/** The nearest module that holds one of this name; empty for the network. */
function holderOf(name: string, there: ReadonlySet<string>): string {
  for (let at = name.lastIndexOf('.'); at > 0; at = name.lastIndexOf('.', at - 1))
    if (there.has(name.slice(0, at))) return name.slice(0, at);
  return '';
}

function added(
  before: OverviewChange | undefined,
  { by }: OverviewChange,
  status: OverviewChange['status'],
): OverviewChange {
  if (!before) return { status, by };
  const sum = before.by.map((value, at) => (value === null || by[at] === null ? null : value + by[at]!));
  return { status, by: sum as unknown as OverviewCosts };
}

type Costs = Pick<Cost, (typeof overviewMetrics)[number]>;

/** What is more now; null where a side is not known. */
function difference(after: Costs | undefined, before: Costs | undefined): OverviewCosts {
  const by = overviewMetrics.map(metric => {
    const [now, then] = [after?.[metric], before?.[metric]];
    if (now?.complete === false || then?.complete === false) return null;
    return (now?.value ?? 0) - (then?.value ?? 0);
  });
  return by as unknown as OverviewCosts;
}
