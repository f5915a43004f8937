// Going through the specs that a command line names.
import { basename } from 'node:path';
import { type Analysed, type Document, open, type Problem, price, type Settings } from '../core/index.ts';
import type { ExitCode, SpecsRequest } from './arguments.ts';
import { type Candidate, candidates, contentOf, reasonOf } from './files.ts';

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
  /** With its costs; undefined where it is too large to be analysed. */
  readonly analysed: Analysed | undefined;
  /** A line that a person who waits sees, in place of the one before. */
  readonly progress: (text: string) => void;
}

/**
 * Visits every spec in order and reports what is none. Returns the exit code of the whole run: the worst of what
 * `visit` returns, of specs with errors, and of what could not be read; undefined where a path does not exist, and
 * nothing was done.
 */
export function visitSpecs(
  { paths, settings, given }: SpecsRequest,
  streams: Streams,
  visit: (spec: Visit, streams: Streams) => ExitCode,
): ExitCode | undefined {
  const { files, missing, unreadable } = candidates(paths);
  for (const path of missing) streams.err(`flopline: There is no file or folder “${path}”.\n`);
  if (missing.length > 0) return undefined;

  const { clean, progress, clear } = withProgress(streams);
  const say = (text: string): void => clean.err(`flopline: ${text}\n`);
  let worst: ExitCode = 0;
  const reach = (code: ExitCode): void => {
    if (code > worst) worst = code;
  };
  for (const { path, why } of unreadable) {
    say(`“${path}” could not be read: ${why}.`);
    reach(1);
  }
  let found = 0;
  let others = 0;
  const effects = new Effects(settings);
  for (const [index, file] of files.entries()) {
    const place = files.length > 1 ? `${index + 1}/${files.length} ` : '';
    if (place) progress(`${place}${file.path.slice(-60)}`);
    try {
      const spec = specOf(file, settings);
      if (typeof spec === 'string') {
        if (file.named) {
          say(`“${file.path}” ${spec}`);
          reach(1);
        } else others++;
        continue;
      }
      found++;
      const document = withoutGiven(spec, given);
      const analysed = priced(document, settings);
      effects.note(analysed);
      if ((analysed ?? document).problems.some(({ severity }) => severity === 'error')) reach(1);
      const tell = (more: string): void => progress(`${place}${file.path.slice(-40)}: ${more}`);
      reach(visit({ path: file.path, document, analysed, progress: tell }, clean));
    } catch (error) {
      say(`“${file.path}” could not be read: ${reasonOf(error)}.`);
      reach(1);
    }
  }
  if (others > 0)
    say(
      `Skipped ${others} other file${others === 1 ? ', which is not a network spec' : 's, which are not network specs'}.`,
    );
  for (const complaint of found > 0 ? effects.missing() : []) {
    say(complaint);
    reach(1);
  }
  clear();
  if (found === 0 && worst === 0) {
    say('There is no network spec to work on.');
    return 2;
  }
  return worst;
}

/** A spec, opened; or what a file is instead, as the end of a sentence. */
function specOf(file: Candidate, settings: Settings): Document | string {
  const name = basename(file.path);
  const content = contentOf(file, Math.max(16_000_000, 4 * settings.maxFileSize));
  switch (content.kind) {
    case 'binary':
      return 'is a binary file, not a network spec.';
    case 'utf-16':
      return 'is encoded in UTF-16. Save it as UTF-8.';
    case 'large': {
      // Opened by its beginning, which is enough to say whose it is and that it is too large.
      const document = open({ name, text: content.beginning }, { ...settings, maxFileSize: 0 });
      const message = `This file has ${content.bytes} bytes, which is too large to be analysed.`;
      return document
        ? strict({ ...document, problems: document.problems.map(each => ({ ...each, message })) })
        : notOne;
    }
    case 'text': {
      const document = open({ name, text: content.text }, settings);
      return document ? strict(document) : notOne;
    }
  }
}

const notOne = 'is not a network spec that Flopline knows.';

/** Prices a document; what was asked for and could not be done is an error: the costs are not those of the question. */
function priced(document: Document, settings: Settings): Analysed | undefined {
  const analysed = price(document, settings);
  return analysed && strict(analysed);
}

function strict<T extends Pick<Document, 'problems'>>(subject: T): T {
  return {
    ...subject,
    problems: subject.problems.map(problem => {
      const refused = problem.code === 'too-large' || problem.code === 'wrong-setting';
      return refused ? { ...problem, severity: 'error' as const } : problem;
    }),
  };
}

/** The command line wins over the file's comments: those that set the same are left out. */
function withoutGiven(document: Document, given: ReadonlySet<string>): Document {
  const settings = new Map([...document.pragmas.settings].filter(([key]) => !given.has(key)));
  return { ...document, pragmas: { ...document.pragmas, settings } };
}

const isRefusal = ({ code }: Problem): boolean => code === 'wrong-setting';

/** Whether options that not every format knows did something at all: in a folder, some specs may not know one. */
class Effects {
  readonly #settings: Settings;
  readonly #open = new Map<'scale' | 'dialect' | 'phase', string>();
  /** Names that --input gives a size to, and no file so far has an input of. */
  readonly #inputs: Set<string>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#inputs = new Set(settings.input?.flatMap(({ name }) => (name === undefined ? [] : [name])));
    if (settings.scale !== undefined) this.#open.set('scale', 'has a choice of scales');
    if (settings.dialect !== undefined) this.#open.set('dialect', 'can be read in that dialect');
    if (settings.phase !== undefined) this.#open.set('phase', 'is a Caffe network');
  }

  note(analysed: Analysed | undefined): void {
    // What is too large or cannot take the setting is an error already.
    if (!analysed || analysed.problems.some(isRefusal)) {
      this.#open.clear();
      this.#inputs.clear();
      return;
    }
    const { document, spec } = analysed;
    // The others have one input, which takes the size under any name.
    const hasNames = document.format.id === 'caffe-prototxt' || document.format.id === 'flopline';
    if (!hasNames) this.#inputs.clear();
    for (const { name } of analysed.model.graph.inputs) this.#inputs.delete(name);
    if (spec.variants.length > 0) this.#open.delete('scale');
    if (spec.dialect === this.#settings.dialect) this.#open.delete('dialect');
    if (document.format.choices.phase) this.#open.delete('phase');
  }

  missing(): readonly string[] {
    return [
      ...[...this.#open].map(
        ([option, wanted]) => `--${option} ${this.#settings[option]} has no effect: no file here ${wanted}.`,
      ),
      ...[...this.#inputs].map(name => `--input ${name}=… has no effect: no file here has an input “${name}”.`),
    ];
  }
}

/** The streams, and a line of progress under what they print. */
function withProgress(streams: Streams) {
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
  return { clean, progress, clear };
}
