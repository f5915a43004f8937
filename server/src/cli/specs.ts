// Going through the specs that a command line names.
import { basename } from 'node:path';
import { type Document, open } from '../core/index.ts';
import type { SpecsRequest } from './arguments.ts';
import { candidates, textOf } from './files.ts';

/** Where a command writes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches what `err` says. */
  readonly progress: boolean;
}

/** What a command is handed for each spec. */
export interface Visit {
  /** As it was named. */
  readonly path: string;
  /** The settings of the command line win in it over the file's comments. */
  readonly document: Document;
  /** A line that a person who waits sees, in place of the one before. */
  readonly progress: (text: string) => void;
}

/** What became of all of them. */
export interface Visited {
  readonly found: number;
  /** Whether one could not be read. */
  readonly failed: boolean;
}

/** Visits every spec in order and tells of what is none; undefined where something is not there at all. */
export function visitSpecs(
  { paths, settings, given }: SpecsRequest,
  streams: Streams,
  visit: (spec: Visit, streams: Streams) => void,
): Visited | undefined {
  const { files, missing } = candidates(paths);
  for (const path of missing) streams.err(`flopline: there is no file or folder “${path}”.\n`);
  if (missing.length > 0) return undefined;

  let shown = false;
  const progress = (text: string): void => {
    if (!streams.progress) return;
    streams.err(`\r\x1b[K${text}`);
    shown = true;
  };
  const clear = (): void => {
    if (shown) streams.err('\r\x1b[K');
    shown = false;
  };
  const clean: Streams = {
    progress: streams.progress,
    out: text => {
      clear();
      streams.out(text);
    },
    err: text => {
      clear();
      streams.err(text);
    },
  };
  const say = (text: string): void => clean.err(`flopline: ${text}\n`);
  let found = 0;
  let others = 0;
  let failed = false;
  for (const [index, file] of files.entries()) {
    const place = files.length > 1 ? `${index + 1}/${files.length} ` : '';
    if (place) progress(`${place}${file.path.slice(-60)}`);
    try {
      const text = textOf(file);
      const document = text === undefined ? undefined : open({ name: basename(file.path), text }, settings);
      if (!document) {
        if (file.named) say(`“${file.path}” is no network spec that Flopline knows: skipped.`);
        else others++;
        continue;
      }
      found++;
      const tell = (more: string): void => progress(`${place}${file.path.slice(-40)}: ${more}`);
      visit({ path: file.path, document: withoutGiven(document, given), progress: tell }, clean);
    } catch (error) {
      failed = true;
      say(`“${file.path}” could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (others > 0)
    say(`${others} other file${others === 1 ? ' is' : 's are'} no network spec${others === 1 ? '' : 's'}: skipped.`);
  clear();
  if (found === 0 && !failed) say('no network spec among what was named.');
  return { found, failed };
}

/** The command line wins over the file's comments: those that set the same are left out. */
function withoutGiven(document: Document, given: ReadonlySet<string>): Document {
  const settings = new Map([...document.pragmas.settings].filter(([key]) => !given.has(key)));
  return { ...document, pragmas: { ...document.pragmas, settings } };
}
