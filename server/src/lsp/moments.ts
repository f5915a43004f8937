// Requests of the memory and time views: the first answer is complete, later ones contain what has changed.
import {
  type Analysed,
  type Memory,
  type MemoryCurve,
  memory,
  memoryAt,
  memoryPreparation,
  time,
} from '../core/index.ts';
import type { MemoryContent, Requests, Spliced, TimeContent } from '../protocol/index.ts';
import { Places, partsOf } from './overview.ts';
import type { Session } from './session.ts';

/** The last answer by document and kind of request. */
class Answers<T> {
  readonly #last = new Map<string, { readonly id: number; readonly value: T }>();
  #next = 0;

  /** What the page already has, if that is the last answer; and the id of the new one. */
  follow(key: string, known: number | undefined, value: T): { readonly id: number; readonly before: T | undefined } {
    const last = this.#last.get(key);
    const id = ++this.#next;
    this.#last.set(key, { id, value });
    return { id, before: last && last.id === known ? last.value : undefined };
  }

  /** Drops the answers for a closed document. */
  forget(uri: string): void {
    for (const key of this.#last.keys()) if (key.endsWith(` ${uri}`)) this.#last.delete(key);
  }
}

interface SentMemory {
  readonly operators: readonly number[];
  readonly curves: readonly MemoryCurve[];
  readonly names: string;
  readonly stretches: readonly string[];
  readonly lines: string;
}

interface SentTime {
  readonly rows: readonly string[];
  readonly lines: string;
}

export interface Moments {
  forget(uri: string): void;
}

export function answerMoments(session: Session): Moments {
  const memories = new Answers<SentMemory>();
  const times = new Answers<SentTime>();

  session.on('flopline/memory', ({ textDocument: { uri }, mode, known }, token) =>
    session.answerNewest<MemoryContent | null>('memory', uri, token, null, async analysed => {
      const steps = memoryPreparation(analysed, mode);
      if (steps && (await session.paced(uri, token, done(steps))) === undefined) return null;
      return content(analysed, memory(analysed, mode), sent => memories.follow(`${mode} ${uri}`, known, sent));
    }),
  );

  session.on('flopline/memoryAt', ({ textDocument: { uri }, mode, kind, step }, token) =>
    session.answerNewest<Requests['flopline/memoryAt']['result']>('memory', uri, token, null, async analysed => {
      const steps = memoryPreparation(analysed, mode);
      if (steps && (await session.paced(uri, token, done(steps))) === undefined) return null;
      return memoryAt(analysed, mode, kind, step) ?? null;
    }),
  );

  session.on('flopline/time', ({ textDocument: { uri }, device, known }, token) =>
    session.answerNewest<TimeContent | null>('time', uri, token, null, analysed => {
      const { rows, ...rest } = time(analysed, device);
      const places = new Places(analysed);
      const written = rows.map(({ sites, ...row }) => ({ ...row, places: places.add(sites) }));
      const sent = { rows: written.map(row => JSON.stringify(row)), lines: places.lines.join() };
      const { id, before } = times.follow(`time ${uri}`, known, sent);
      return {
        id,
        ...rest,
        rows: partsOf(before?.rows ?? [], sent.rows, written),
        ...(before?.lines === sent.lines ? {} : { lines: places.lines }),
        files: places.files,
      };
    }),
  );

  return {
    forget: uri => {
      memories.forget(uri);
      times.forget(uri);
    },
  };
}

/** Wraps steps so that reaching their end can be told from being stopped. */
function* done(steps: Generator<void, void>): Generator<void, true> {
  yield* steps;
  return true;
}

function content(
  analysed: Analysed,
  { operators, names, stretches, curves, ...rest }: Memory,
  follow: (sent: SentMemory) => { readonly id: number; readonly before: SentMemory | undefined },
): MemoryContent {
  const places = new Places(analysed);
  const written = stretches.map(({ sites, ...stretch }) => ({ ...stretch, places: places.add(sites) }));
  const sent: SentMemory = {
    operators,
    curves,
    names: names.join(),
    stretches: written.map(each => JSON.stringify(each)),
    lines: places.lines.join(),
  };
  const { id, before } = follow(sent);
  return {
    id,
    ...rest,
    names,
    // Operators are indexes into the names, so they can be reused only with the same names.
    operators: spliced(before && before.names === sent.names ? before.operators : undefined, operators),
    curves: curves.map(({ bytes, ...curve }) => ({
      ...curve,
      bytes: spliced(before?.curves.find(({ kind }) => kind === curve.kind)?.bytes, bytes),
    })),
    stretches: partsOf(before?.stretches ?? [], sent.stretches, written),
    ...(before?.lines === sent.lines ? {} : { lines: places.lines }),
    files: places.files,
  };
}

/** The replaced part between two lists; everything if there is no earlier list. */
export function spliced(before: readonly number[] | undefined, after: readonly number[]): Spliced {
  if (!before) return { from: 0, to: null, values: after };
  const least = Math.min(before.length, after.length);
  let from = 0;
  while (from < least && before[from] === after[from]) from++;
  let end = 0;
  while (end < least - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from, to: before.length - end, values: after.slice(from, after.length - end) };
}
