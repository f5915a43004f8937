// Visits the specs that a command line names.
import { basename, relative } from 'node:path';
import * as l10n from '@vscode/l10n';
import {
  type Analysed,
  type Document,
  type Files,
  Lines,
  missingFolders,
  open,
  type Problem,
  type Project,
  Projects,
  price,
  type Settings,
  textOf,
} from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import type { ExitCode, SpecsRequest } from './arguments.ts';
import { type Candidate, type Content, candidates, contentOf, reasonOf } from './files.ts';
import { namesEntry, rootsOf } from './parsers.ts';

/** Where a command writes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` is a terminal, so progress can be shown. */
  readonly progress: boolean;
}

/** What a command gets for each spec. */
export interface Visit {
  /** As given on the command line. */
  readonly path: string;
  /** Comments in the file that the command line overrides are already left out. */
  readonly document: Document;
  /** The costs; undefined if the file is too large to analyze. */
  readonly analysed: Analysed | undefined;
  /** Shows a line of progress, replacing the previous one. */
  readonly progress: (text: string) => void;
}

/**
 * Visits every spec in order and reports files that are not specs. Returns the exit code of the whole run: the worst of
 * what `visit` returns, specs with errors, and unreadable files; undefined if a path does not exist, in which case
 * nothing is visited.
 */
export function visitSpecs(
  { paths, settings, given, inputName }: SpecsRequest,
  streams: Streams,
  visit: (spec: Visit, streams: Streams) => ExitCode,
): ExitCode | undefined {
  const { files, missing, unreadable } = candidates(paths, inputName);
  for (const path of missing) streams.err(`flopline: ${l10n.t('No such file or folder: “{0}”.', path)}\n`);
  if (missing.length > 0) return undefined;

  const { clean, progress, clear } = withProgress(streams);
  const say = (text: string): void => clean.err(`flopline: ${text}\n`);
  let worst: ExitCode = 0;
  const reach = (code: ExitCode): void => {
    if (code > worst) worst = code;
  };
  for (const { path, why } of unreadable) {
    say(l10n.t('“{0}” could not be read: {1}.', path, why));
    reach(1);
  }
  let found = 0;
  let others = 0;
  const effects = new Effects(settings);
  const disk = new Disk();
  const projects = new Projects();
  const projectsSeen = new Set<Project>();
  for (const [index, file] of files.entries()) {
    const place = files.length > 1 ? `${index + 1}/${files.length} ` : '';
    if (place) progress(`${place}${file.path.slice(-60)}`);
    try {
      const spec = openSpec(file, contentOf(file, mostBytes(settings)), settings, disk, projects);
      if (typeof spec === 'string') {
        if (file.named) {
          say(spec);
          reach(1);
        } else others++;
        continue;
      }
      const document = withoutGiven(spec, given);
      const { project } = document.source;
      if (project && !projectsSeen.has(project)) {
        projectsSeen.add(project);
        for (const line of complaintsAbout(project, disk)) {
          say(line);
          reach(1);
        }
      }
      if (document.format.hasNoNetwork) {
        if (!file.named) continue;
        say(l10n.t('“{0}” is a project file and holds no network.', file.path));
        reach(1);
        continue;
      }
      const analysed = priced(document, settings);
      // A Python file with only functions is not a network.
      if (!file.named && analysed?.spec.program && !analysed.spec.program.entry) {
        others++;
        continue;
      }
      found++;
      effects.note(analysed);
      if ((analysed ?? document).problems.some(({ severity }) => severity === 'error')) reach(1);
      const showProgress = (more: string): void => progress(`${place}${file.path.slice(-40)}: ${more}`);
      reach(visit({ path: file.path, document, analysed, progress: showProgress }, clean));
    } catch (error) {
      say(l10n.t('“{0}” could not be read: {1}.', file.path, reasonOf(error)));
      reach(1);
    }
  }
  if (others > 0)
    say(
      others === 1
        ? l10n.t('Skipped 1 file that is not a network spec.')
        : l10n.t('Skipped {0} files that are not network specs.', others),
    );
  for (const complaint of found > 0 ? effects.missing() : []) {
    say(complaint);
    reach(1);
  }
  clear();
  if (found === 0 && worst === 0) {
    say(l10n.t('No network specs found.'));
    return 2;
  }
  return worst;
}

/** The size limit for reading files. */
export function mostBytes({ maxFileSize }: Settings): number {
  return Math.max(16_000_000, 4 * maxFileSize);
}

/** Reads one of several related specs, with its costs; or says why that is not possible. */
export function readSpec(
  { path, content, files }: { readonly path: string; readonly content: Content; readonly files: Files },
  { settings, given }: Pick<SpecsRequest, 'settings' | 'given'>,
): Pick<Visit, 'document' | 'analysed'> | string {
  const spec = openSpec({ path, named: true }, content, settings, files, new Projects());
  if (typeof spec === 'string') return spec;
  if (spec.format.hasNoNetwork) return notOne({ path, named: true });
  const document = withoutGiven(spec, given);
  return { document, analysed: priced(document, settings) };
}

/** Problems of a project file in the style of a compiler; its settings may not be what the user meant. */
export function complaintsAbout(project: Project, files: Files): readonly string[] {
  const lines = new Lines(project.text);
  const path = relative('.', project.path);
  return [...project.problems, ...missingFolders(project, files)].map(problem => {
    const { line, character } = lines.position(problem.range.from);
    return `${path}:${line + 1}:${character + 1}: ${textOf(problem)} [${problem.code}]`;
  });
}

/** Opens a spec, or says why that is not possible. */
export function openSpec(
  file: Candidate,
  content: Content,
  settings: Settings,
  files: Files,
  projects: Projects,
): Document | string {
  const name = basename(file.path);
  switch (content.kind) {
    case 'binary':
      return l10n.t('“{0}” is a binary file, not a network spec.', file.path);
    case 'utf-16':
      return l10n.t('“{0}” is encoded in UTF-16. Save it as UTF-8.', file.path);
    case 'large': {
      // The beginning is enough to recognize the format and report that the file is too large.
      const document = open({ name, text: content.beginning }, { ...settings, maxFileSize: 0 });
      const message = l10n.t('This file is too large to analyze ({0} bytes).', content.bytes);
      return document
        ? strict({ ...document, problems: document.problems.map(each => ({ ...each, message, help: undefined })) })
        : notOne(file);
    }
    case 'text': {
      const path = corePath(file.path);
      const project = projects.of(path, files);
      const roots = rootsOf(settings, project);
      const hasEntry = namesEntry(file, settings);
      const document = open({ name, text: content.text, path, files, roots, project, hasEntry }, settings);
      return document ? strict(document) : notOne(file);
    }
  }
}

const notOne = ({ path }: Candidate): string => l10n.t('“{0}” is not a network spec Flopline recognizes.', path);

/** Prices a document. A setting that could not be applied is an error: the costs would answer another question. */
function priced(document: Document, settings: Settings): Analysed | undefined {
  const analysed = price(document, settings);
  return analysed && strict(analysed);
}

function strict<T extends Pick<Document, 'problems'>>(subject: T): T {
  return {
    ...subject,
    problems: subject.problems.map(problem => {
      const refused = problem.code === 'file-too-large' || problem.code === 'wrong-setting';
      return refused ? { ...problem, severity: 'error' as const } : problem;
    }),
  };
}

/** Drops the file's comments for settings that the command line overrides. */
function withoutGiven(document: Document, given: ReadonlySet<string>): Document {
  const settings = new Map([...document.pragmas.settings].filter(([key]) => !given.has(key)));
  return { ...document, pragmas: { ...document.pragmas, settings } };
}

const isRefusal = ({ code }: Problem): boolean => code === 'wrong-setting';

type Option = 'scale' | 'dialect' | 'phase' | 'entry' | 'inputs';

/** Tracks whether options that only some formats have took effect: in a folder, not every spec has to know them. */
export class Effects {
  readonly #settings: Settings;
  readonly #open = new Set<Option>();
  /** Names in --input that no input of any file so far has. */
  readonly #inputs: Set<string>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#inputs = new Set(settings.input?.flatMap(({ name }) => (name === undefined ? [] : [name])));
    if (settings.scale !== undefined) this.#open.add('scale');
    if (settings.dialect !== undefined) this.#open.add('dialect');
    if (settings.phase !== undefined) this.#open.add('phase');
    if (settings.entry !== undefined) this.#open.add('entry');
    if (settings.inputs !== undefined) this.#open.add('inputs');
  }

  note(analysed: Analysed | undefined): void {
    // Too large, or the setting was refused: already reported as an error.
    if (!analysed || analysed.problems.some(isRefusal)) {
      this.#open.clear();
      this.#inputs.clear();
      return;
    }
    const { document, spec } = analysed;
    if (!document.format.namedInputs) this.#inputs.clear();
    for (const { name } of analysed.model.graph.inputs) this.#inputs.delete(name);
    if (spec.variants.length > 0) this.#open.delete('scale');
    if (spec.dialect === this.#settings.dialect) this.#open.delete('dialect');
    if (document.format.choices.phase) this.#open.delete('phase');
    if (!document.format.choices.entry) return;
    this.#open.delete('entry');
    this.#open.delete('inputs');
  }

  missing(): readonly string[] {
    return [
      ...[...this.#open].map(option => withoutEffect(option, this.#settings[option] ?? '')),
      ...[...this.#inputs].map(name =>
        l10n.t('{0} has no effect: no file here has an input “{1}”.', `--input ${name}=…`, name),
      ),
    ];
  }
}

function withoutEffect(option: Option, value: string): string {
  const written = `--${option} ${value}`;
  switch (option) {
    case 'scale':
      return l10n.t('{0} has no effect: no file here has scales.', written);
    case 'dialect':
      return l10n.t('{0} has no effect: no file here can be read in that dialect.', written);
    case 'phase':
      return l10n.t('{0} has no effect: no file here is a Caffe network.', written);
    case 'entry':
    case 'inputs':
      return l10n.t('{0} has no effect: no file here is a Python program.', written);
  }
}

/** Wraps the streams so that a progress line stays below the output. */
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
