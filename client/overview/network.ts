// The network that is shown: made of the one before it and what has changed.
import type { OverviewContent, OverviewMessage, OverviewRow } from '../../server/src/protocol/index.ts';

/** The numbers of a row, by metric: what is counted, parameters, elements of activations. */
export type Metric = 0 | 1 | 2;

export interface Row {
  /** The same for as long as it is the same row for a person, whatever it costs. */
  readonly id: string;
  readonly data: OverviewRow;
  readonly parent: Row | undefined;
  /** 0 for the outermost ones. */
  readonly depth: number;
  readonly rows: readonly Row[];
  readonly places: readonly Place[];
}

/** Lines of a file, 0-based, both included. */
export interface Place {
  readonly file: number;
  readonly first: number;
  readonly last: number;
}

export interface Network {
  readonly uri: string;
  readonly serial: number;
  readonly content: Omit<OverviewContent, 'rows' | 'lines'>;
  /** The outermost rows as they were sent. */
  readonly data: readonly OverviewRow[];
  readonly lines: readonly number[];
  readonly rows: readonly Row[];
  readonly byId: ReadonlyMap<string, Row>;
  /** The next id of an outermost row. */
  readonly next: number;
}

/** The network after a message; undefined where there is none, and `missed` where one before it did not arrive. */
export function received(before: Network | undefined, message: OverviewMessage): Network | undefined | 'missed' {
  const { uri, serial, content } = message;
  if (!content) return undefined;
  const known = serial > 0 && before?.uri === uri && before.serial === serial - 1 ? before : undefined;
  if (serial > 0 && !known) return 'missed';
  // Shown anew, it is the same network for a person.
  const earlier = known ?? (before?.uri === uri ? before : undefined);
  const { rows: parts, lines = known?.lines ?? [], ...rest } = content;
  const data = parts.flatMap(part => ('rows' in part ? part.rows : (known?.data.slice(part.from, part.to) ?? [])));
  const { ids, next } = identified(earlier, data);
  const places = new Places(lines);
  const byId = new Map<string, Row>();
  const rows = data.map((own, at) => rowOf(own, ids[at]!, undefined, places, byId));
  return { uri, serial, content: rest, data, lines, rows, byId, next };
}

/** Whose ids rows take over: of the same row, else of one of the same name that is gone, else of one in its place. */
function identified(
  before: Network | undefined,
  data: readonly OverviewRow[],
): { readonly ids: readonly string[]; readonly next: number } {
  let next = before?.next ?? 0;
  const olds = before?.rows ?? [];
  const ids: (string | undefined)[] = new Array(data.length);
  const free = new Set(olds);
  const take = (at: number, old: Row | undefined): void => {
    if (!old || !free.delete(old)) return;
    ids[at] = old.id;
  };
  const same = new Map(olds.map(row => [row.data, row]));
  for (const [at, own] of data.entries()) take(at, same.get(own));
  const left = new Map<string, Row[]>();
  for (const row of free) {
    const key = `${row.data.name} ${row.data.type ?? ''}`;
    const there = left.get(key);
    if (there) there.push(row);
    else left.set(key, [row]);
  }
  for (const [at, { name, type = '' }] of data.entries())
    if (ids[at] === undefined) take(at, left.get(`${name} ${type}`)?.shift());
  for (const [at, { type }] of data.entries()) {
    if (ids[at] !== undefined) continue;
    const old = olds[at];
    if (old?.data.type === type) take(at, old);
    ids[at] ??= String(next++);
  }
  return { ids: ids as string[], next };
}

function rowOf(data: OverviewRow, id: string, parent: Row | undefined, places: Places, byId: Map<string, Row>): Row {
  const rows: Row[] = [];
  const row: Row = {
    id,
    data,
    parent,
    depth: parent ? parent.depth + 1 : 0,
    places: places.take(data.places),
    rows,
  };
  byId.set(id, row);
  const seen = new Map<string, number>();
  for (const inner of data.rows ?? []) {
    const count = seen.get(inner.name) ?? 0;
    seen.set(inner.name, count + 1);
    rows.push(rowOf(inner, `${id}/${inner.name}${count > 0 ? `#${count}` : ''}`, row, places, byId));
  }
  return row;
}

/** Reads the lines of places in the order in which rows were written. */
class Places {
  readonly #lines: readonly number[];
  #at = 0;
  #line = 0;

  constructor(lines: readonly number[]) {
    this.#lines = lines;
  }

  take(files: readonly number[] = []): readonly Place[] {
    return files.map(file => {
      this.#line += this.#lines[this.#at++] ?? 0;
      return { file, first: this.#line, last: this.#line + (this.#lines[this.#at++] ?? 0) };
    });
  }
}

/** Every row, each in front of those inside it. */
export function* allRows(rows: readonly Row[]): Generator<Row> {
  for (const row of rows) {
    yield row;
    yield* allRows(row.rows);
  }
}

/**
 * The rows with the smallest place around a line of a file, outermost first: several of what stands for many, such as a
 * row of a block that is used more than once.
 */
export function rowsAt({ rows }: Network, file: number, line: number): readonly Row[] {
  let found: Row[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const row of allRows(rows)) {
    for (const { file: own, first, last } of row.places) {
      if (own !== file || line < first || line > last) continue;
      const length = last - first;
      if (length < least) [found, least] = [[], length];
      // What is inside has the place of what is around it.
      if (length === least && !found.includes(row) && !found.some(other => isInside(row, other))) found.push(row);
    }
  }
  return found;
}

export function isInside(row: Row, outer: Row): boolean {
  for (let at: Row | undefined = row; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** The file that a row is shown in, and its line; that of what is around it where it has none of its own. */
export function placeOf(row: Row): Place | undefined {
  for (let at: Row | undefined = row; at; at = at.parent) if (at.places[0]) return at.places[0];
  return undefined;
}

/** `model.2 › m.0 › cv1`. */
export function pathOf(row: Row): string {
  const names: string[] = [];
  for (let at: Row | undefined = row; at; at = at.parent) names.unshift(at.data.name);
  return names.join(' › ');
}
