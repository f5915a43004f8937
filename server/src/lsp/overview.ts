// Sends the overview of one document to the client: first all of it, then what has changed.
import {
  type Analysed,
  type Base,
  Lines,
  type Overview,
  overview,
  type OverviewRow as Row,
  textOfFile,
  uriOfPath,
} from '../core/index.ts';
import type {
  ClientNotifications,
  OverviewContent,
  OverviewMessage,
  OverviewPart,
  OverviewRow,
} from '../protocol/index.ts';
import { nobody, type Session } from './session.ts';

/** The last message. */
interface Sent {
  readonly serial: number;
  readonly rows: readonly OverviewRow[];
  readonly lines: readonly number[];
  readonly rest: string;
}

/** The overview that is shown. `update` sends changes, of the given document or of whichever is shown. */
export interface ShownOverview {
  update(uri?: string): void;
}

export function answerOverview(session: Session): ShownOverview {
  const { connection } = session;
  let shown: string | undefined;
  /** The document to show, until it is known whether it has a network. */
  let wanted: string | undefined;
  let sent: Sent | undefined;
  /** By document, the number of the latest update: results of earlier ones are dropped. */
  const turns = new Map<string, number>();
  let looks = 0;

  const send = (message: OverviewMessage): void => {
    connection.sendNotification('flopline/overview', message).catch(nobody);
  };

  const push = async (uri: string): Promise<void> => {
    const own = ++looks;
    turns.set(uri, own);
    const isOld = (): boolean => turns.get(uri) !== own || (uri !== shown && uri !== wanted);
    const token = {
      get isCancellationRequested() {
        return isOld();
      },
    };
    const found = await session.compareNetwork('overview', uri, token, undefined, (analysed, base) => {
      // A library of blocks has no network of its own, and no totals: not 0.
      const { program } = analysed.spec;
      return program && !program.entry ? undefined : written(analysed, base);
    });
    // A later update sends its own result.
    if (isOld()) return;
    if (uri === wanted) {
      wanted = undefined;
      if (found) {
        if (shown !== undefined) turns.delete(shown);
        [shown, sent] = [uri, undefined];
      }
    }
    if (uri !== shown) return;
    const serial = sent ? sent.serial + 1 : 0;
    if (!found) {
      if (sent) send({ uri, serial, content: null });
      // So that the next message is complete.
      sent = undefined;
      return;
    }
    const { rows, lines, ...content } = found;
    const now = { serial, rows, lines, rest: JSON.stringify(content) };
    const parts = partsOfRows(sent?.rows ?? [], rows);
    const isSame = isAlike(lines, sent?.lines);
    if (isSame && now.rest === sent?.rest && isAll(parts, sent.rows.length)) return;
    send({ uri, serial, content: { ...content, rows: parts, ...(isSame ? {} : { lines }) } });
    sent = now;
  };

  const start = (uri: string): void => {
    push(uri).catch(error => session.complain('overview', error));
  };

  connection.onNotification('flopline/didShowOverview', (params: ClientNotifications['flopline/didShowOverview']) => {
    const { uri } = params ?? {};
    if (typeof uri === 'string') {
      wanted = uri === shown ? undefined : uri;
      // A page that was opened again has nothing yet.
      if (uri === shown) sent = undefined;
      start(uri);
      return;
    }
    turns.clear();
    [shown, wanted, sent] = [undefined, undefined, undefined];
  });

  return {
    update: uri => {
      for (const own of [shown, wanted]) if (own !== undefined && (uri === undefined || uri === own)) start(own);
    },
  };
}

/**
 * The rows as ranges of the previously sent rows, and new rows. Nearly all lie before or after the edit; these are compared
 * as values, because serializing them would take longer than the rest of the update.
 */
export function partsOfRows(before: readonly OverviewRow[], after: readonly OverviewRow[]): readonly OverviewPart[] {
  let first = 0;
  while (first < before.length && first < after.length && isAlike(before[first], after[first])) first++;
  let [end, to] = [before.length, after.length];
  while (end > first && to > first && isAlike(before[end - 1], after[to - 1])) {
    end--;
    to--;
  }
  const texts = (rows: readonly OverviewRow[]): readonly string[] => rows.map(row => JSON.stringify(row));
  const rows = after.slice(first, to);
  const between = partsOf(texts(before.slice(first, end)), texts(rows), rows).map(part =>
    'rows' in part ? part : { from: part.from + first, to: part.to + first },
  );
  const all = [{ from: 0, to: first }, ...between, { from: end, to: before.length }];
  const parts: OverviewPart[] = [];
  for (const part of all) {
    const last = parts.at(-1);
    if ('rows' in part) parts.push(part);
    else if (last && 'from' in last && last.to === part.from)
      parts[parts.length - 1] = { from: last.from, to: part.to };
    else if (part.to > part.from) parts.push(part);
  }
  return parts;
}

/** Deep equality of plain JSON values. */
function isAlike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    for (let at = 0; at < one.length; at++) if (!isAlike(one[at], other[at])) return false;
    return true;
  }
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  for (const key of keys) if (!isAlike(one[key as keyof object], other[key as keyof object])) return false;
  return true;
}

/** Whether the parts are just all of the earlier rows. */
function isAll([first, ...others]: readonly OverviewPart[], count: number): boolean {
  if (!first) return count === 0;
  return others.length === 0 && 'from' in first && first.from === 0 && first.to === count;
}

export interface Written extends Omit<OverviewContent, 'rows' | 'lines'> {
  readonly rows: readonly OverviewRow[];
  readonly lines: readonly number[];
}

/** The overview in the form that is sent: places as lines, defaults left out. */
export function written(analysed: Analysed, base: Base | undefined): Written {
  const { rows, since, totals, ...rest } = overview(analysed, base);
  const places = new Places(analysed);
  const flow = new Flow(rest.inputs);
  return {
    ...rest,
    totals: figures(totals),
    ...(since ? { since } : {}),
    rows: rows.map(row => writtenRow(row, places, flow)),
    files: places.files,
    lines: places.lines,
  };
}

function writtenRow(row: Row, places: Places, flow: Flow): OverviewRow {
  const { name, type, shape, stage, change, returns, rows } = row;
  const own = places.add(row.sites);
  const from = flow.add(row);
  return {
    name,
    ...(type === '' ? {} : { type }),
    ...(shape === '' ? {} : { shape }),
    ...(stage === '' ? {} : { stage }),
    ...figures(row),
    ...(own.length > 0 ? { places: own } : {}),
    ...(change ? { change } : {}),
    ...(from ? { from } : {}),
    ...(returns.length > 0 ? { returns } : {}),
    ...(rows.length > 0 ? { rows: rows.map(inner => writtenRow(inner, places, flow)) } : {}),
  };
}

function figures({ costs, signs, why }: Overview['totals']): OverviewContent['totals'] {
  return { costs, ...(signs ? { signs } : {}), ...(why === undefined ? {} : { why }) };
}

/** Encodes what rows read as “n rows earlier”. Rows are added in the order in which they are sent. */
class Flow {
  readonly #inputs: Overview['inputs'];
  /** The shapes of the rows so far. */
  readonly #shapes: string[] = [];
  /** The number of the last row without rows inside. */
  #leaf = -1;

  constructor(inputs: Overview['inputs']) {
    this.#inputs = inputs;
  }

  /** What a row reads; undefined if that is the default, or if the row has no work of its own. */
  add({ shape, sources, change, rows }: Row): OverviewRow['from'] {
    if (change?.status === 'removed') return undefined;
    const number = this.#shapes.push(shape) - 1;
    const isLeaf = rows.every(inner => inner.change?.status === 'removed');
    const before = this.#leaf;
    if (isLeaf) this.#leaf = number;
    if (!sources) return undefined;
    const [first] = sources;
    if (isLeaf && sources.length === 1 && first!.row === before && first!.shape === this.#shape(before))
      return undefined;
    return sources.map(source => {
      const by = source.row < 0 ? 1 + source.row : number - source.row;
      return source.shape === this.#shape(source.row) ? by : [by, source.shape];
    });
  }

  #shape(row: number): string | undefined {
    return row < 0 ? this.#inputs[-1 - row]?.shape : this.#shapes[row];
  }
}

/** Collects the lines of places. Rows are added in the order in which they are sent. */
export class Places {
  readonly files: string[] = [];
  readonly lines: number[] = [];
  readonly #analysed: Analysed;
  readonly #numbers = new Map<string | undefined, { readonly number: number; readonly lines: Lines } | undefined>();
  #last = 0;

  constructor(analysed: Analysed) {
    this.#analysed = analysed;
    // The document itself has an empty URI: the client knows it from the message.
    this.files.push('');
    this.#numbers.set(undefined, { number: 0, lines: analysed.document.lines });
  }

  /** Adds places, and returns the file numbers of those that can be shown. */
  add(sites: Row['sites']): readonly number[] {
    return sites.flatMap(({ range, file }) => {
      const there = this.#file(file);
      if (!there) return [];
      const from = there.lines.lineAt(range.from);
      this.lines.push(from - this.#last, there.lines.lineAt(Math.max(range.from, range.to - 1)) - from);
      this.#last = from;
      return [there.number];
    });
  }

  #file(file: string | undefined): { readonly number: number; readonly lines: Lines } | undefined {
    if (this.#numbers.has(file)) return this.#numbers.get(file);
    const { document, spec } = this.#analysed;
    const text = textOfFile(document, spec, file!);
    const found = text === undefined ? undefined : { number: this.files.length, lines: new Lines(text) };
    if (found) this.files.push(uriOfPath(file!));
    this.#numbers.set(file, found);
    return found;
  }
}

/** The new rows as parts: ranges of earlier rows whose text is the same, and new rows. */
export function partsOf<T>(
  before: readonly string[],
  after: readonly string[],
  rows: readonly T[],
): readonly OverviewPart<T>[] {
  const parts: OverviewPart<T>[] = [];
  let places: Map<string, number> | undefined;
  const placeOf = (text: string): number | undefined => {
    // Of equal rows, the first: a run of them continues from there.
    places ??= new Map(before.map((own, at) => [own, at] as const).reverse());
    return places.get(text);
  };
  let next = 0;
  for (let at = 0; at < after.length; ) {
    const text = after[at]!;
    const from = before[next] === text ? next : placeOf(text);
    const first = at;
    if (from === undefined) {
      while (at < after.length && before[next] !== after[at] && placeOf(after[at]!) === undefined) at++;
      parts.push({ rows: rows.slice(first, at) });
      // Assume that they replace as many earlier rows.
      next += at - first;
      continue;
    }
    while (at < after.length && before[from + at - first] === after[at]) at++;
    next = from + at - first;
    parts.push({ from, to: next });
  }
  return parts;
}
