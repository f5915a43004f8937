// The lines of the table: rows and groups, sorted and filtered, expanded where the user opened them.
import type { Metric, Network, Row } from './network.ts';

/** In the network's order (`order`), or by a column. */
export interface Sort {
  readonly by: 'order' | 'name' | 'shape' | Metric | 'change';
  readonly descending: boolean;
}

export type Grouping = 'none' | 'type' | 'stage';

export interface Wish {
  readonly sort: Sort;
  readonly group: Grouping;
  readonly filter: string;
  /** The metric of the column of changes. */
  readonly metric: Metric;
  readonly expanded: ReadonlySet<string>;
}

export interface Line {
  readonly id: string;
  readonly row: Row | undefined;
  readonly group: Group | undefined;
  /** 1-based. */
  readonly level: number;
  /** Undefined if there is nothing to expand. */
  readonly isOpen: boolean | undefined;
}

/** Rows of the same type or stage. */
export interface Group {
  /** Empty for rows without a stage. */
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface Lines {
  readonly lines: readonly Line[];
  /** The outermost rows that match the filter; undefined if it leaves nothing out. */
  readonly matches: readonly Row[] | undefined;
}

/** Sums over several rows. */
export interface Sum {
  readonly costs: readonly (number | null)[];
  readonly signs: readonly string[];
  /** The increase by metric; null if a part is unknown. */
  readonly by: readonly (number | null)[];
}

export function linesOf({ rows }: Network, wish: Wish): Lines {
  const { group, expanded, sort } = wish;
  const matching = filtered(rows, wish.filter);
  const lines: Line[] = [];
  const order = (list: readonly Row[]): readonly Row[] => sorted(list, wish);
  const add = (list: readonly Row[], level: number): void => {
    for (const row of order(list)) {
      const inside = matching ? row.rows.filter(inner => matching.kept.has(inner)) : row.rows;
      const all = inside.length > 0 || !matching ? inside : row.rows;
      // A row with matches inside is expanded.
      const isOpen = all.length === 0 ? undefined : (matching?.open.has(row) ?? false) || expanded.has(row.id);
      lines.push({ id: row.id, row, group: undefined, level, isOpen });
      if (isOpen) add(all, level + 1);
    }
  };
  const kept = (list: readonly Row[]): readonly Row[] => (matching ? list.filter(row => matching.kept.has(row)) : list);
  if (group === 'none') add(kept(rows), 1);
  else {
    for (const each of sortedGroups(groupsOf(kept(units(rows)), group), sort, wish.metric)) {
      const id = `group:${group}:${each.name}`;
      const isOpen = expanded.has(id) || matching !== undefined;
      lines.push({ id, row: undefined, group: each, level: 1, isOpen });
      if (isOpen) add(each.rows, 2);
    }
  }
  return { lines, matches: matching?.matches };
}

/** Module types that only contain others: users think of their children as the layers. */
const containers = new Set(['Sequential', 'ModuleList', 'ModuleDict']);

export function units(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap(row => (containers.has(row.data.type ?? '') && row.rows.length > 0 ? units(row.rows) : [row]));
}

function groupsOf(rows: readonly Row[], group: Exclude<Grouping, 'none'>): readonly Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = group === 'stage' ? (row.data.stage ?? '') : (row.data.type ?? row.data.name);
    const there = groups.get(name);
    if (there) there.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].map(([name, rows]) => ({ name, rows }));
}

interface Matching {
  /** The matching rows, their ancestors and their descendants. */
  readonly kept: ReadonlySet<Row>;
  /** Rows with a match inside. */
  readonly open: ReadonlySet<Row>;
  /** The outermost matches. */
  readonly matches: readonly Row[];
}

/** A predicate: name, type and shape of a row contain all words; undefined for an empty filter. */
export function matcherOf(filter: string): ((row: Row) => boolean) | undefined {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  if (words.length === 0) return undefined;
  return ({ data: { name, type = '', shape = '', change } }) => {
    const text = `${name} ${type} ${shape} ${change?.status ?? ''}`.toLowerCase();
    return words.every(word => text.includes(word));
  };
}

/** The rows that match, with their ancestors and descendants; undefined for an empty filter. */
function filtered(rows: readonly Row[], filter: string): Matching | undefined {
  const isMatch = matcherOf(filter);
  if (!isMatch) return undefined;
  const kept = new Set<Row>();
  const open = new Set<Row>();
  const matches: Row[] = [];
  const visit = (row: Row, isWithin: boolean): boolean => {
    const isFound = isMatch(row);
    if (isFound && !isWithin) matches.push(row);
    let isInside = false;
    for (const inner of row.rows) isInside = visit(inner, isWithin || isFound) || isInside;
    if (isFound || isInside) kept.add(row);
    if (isInside && !isFound) open.add(row);
    return isFound || isInside;
  };
  for (const row of rows) visit(row, false);
  return { kept, open, matches };
}

function sorted(rows: readonly Row[], { sort: { by, descending }, metric }: Wish): readonly Row[] {
  if (by === 'order') return descending ? rows.toReversed() : rows;
  const sign = descending ? -1 : 1;
  if (by === 'name' || by === 'shape') {
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    const text = ({ data }: Row): string => data[by] ?? '';
    return rows.toSorted((a, b) => sign * compare(text(a), text(b)));
  }
  const value = ({ data }: Row): number =>
    (by === 'change' ? Math.abs(data.change?.by[metric] ?? 0) : data.costs[by]) ?? -1;
  return rows.toSorted((a, b) => sign * (value(a) - value(b)));
}

function sortedGroups(groups: readonly Group[], { by, descending }: Sort, metric: Metric): readonly Group[] {
  if (by === 'order' || by === 'shape') return descending ? groups.toReversed() : groups;
  const sign = descending ? -1 : 1;
  if (by === 'name') return groups.toSorted((a, b) => sign * a.name.localeCompare(b.name));
  const value = ({ rows }: Group): number => {
    const sum = sumOf(rows);
    return (by === 'change' ? Math.abs(sum.by[metric] ?? 0) : sum.costs[by]) ?? -1;
  };
  return groups.toSorted((a, b) => sign * (value(a) - value(b)));
}

export function sumOf(rows: readonly Row[]): Sum {
  const costs: (number | null)[] = [];
  const signs: string[] = [];
  const by: (number | null)[] = [];
  for (const at of [0, 1, 2] as const) {
    let sum = 0;
    let change: number | null = 0;
    let isMissing = false;
    const found = new Set<string>();
    for (const { data } of rows) {
      const value = data.costs[at];
      if (value === null) isMissing = true;
      else sum += value;
      const sign = data.signs?.[at];
      if (sign) found.add(sign.trim());
      const own = data.change?.by[at];
      if (own === null) change = null;
      else if (change !== null) change += own ?? 0;
    }
    const isLower = isMissing || found.has('≥') || found.has('≳');
    const isDoubtful = found.has('≈') || found.has('≳');
    costs.push(sum === 0 && isMissing ? null : sum);
    signs.push(found.has('~') ? '~ ' : isLower ? (isDoubtful ? '≳ ' : '≥ ') : isDoubtful ? '≈ ' : '');
    by.push(change);
  }
  return { costs, signs, by };
}
