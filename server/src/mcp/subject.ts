// The network a call is about: a file, a text with a file name, or a file as of a revision.
import { basename, dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { type Content, contentIn, contentOf, reasonOf } from '../cli/files.ts';
import { rootsOf } from '../cli/parsers.ts';
import { Effects, mostBytes, readSpec } from '../cli/specs.ts';
import {
  type Analysed,
  type ChoiceKey,
  choiceKeys,
  defaultSettings,
  type Files,
  formatOf,
  Projects,
  type Settings,
  sentences,
  settingTable,
  textOf,
  withValues,
} from '../core/index.ts';
import { Disk } from '../host/disk.ts';
import { blobIn, FilesOfRevision, type Revision, revisionOf } from '../host/git.ts';
import type { Access } from './access.ts';
import type { Refusal } from './refusal.ts';
import { type Schema, text } from './schema.ts';

/** Which network, and under which settings. */
export interface Target extends Partial<Readonly<Record<ChoiceKey | 'inputs', string | number>>> {
  readonly file: string;
  readonly text?: string;
  readonly revision?: string;
}

export interface Subject {
  /** The name for display. */
  readonly file: string;
  /** The path of the file; undefined for a text. */
  readonly path: string | undefined;
  readonly analysed: Analysed;
  /** Requested settings that have no effect on this network. */
  readonly notes: readonly string[];
}

/** The arguments that select a network. */
export const targetArguments = (): Readonly<Record<string, Schema>> => ({
  file: text(
    l10n.t(
      'Path of the network’s file, such as models/yolov8n.yaml, deploy.prototxt, yolov3.cfg, net.net.yaml or model.py. With “text”, only what the text is called: the ending says its format.',
    ),
  ),
  text: text(l10n.t('Content to read in place of what is on the disk, such as an edit that is not saved yet.')),
  ...choiceArguments(),
});

/** The arguments for settings, the same as the command line's options. */
export function choiceArguments(): Readonly<Record<string, Schema>> {
  const keys = [...choiceKeys, 'inputs'];
  return Object.fromEntries(
    keys.map(key => {
      const { doc, schema } = settingTable.get(key)!;
      const values = schema.enum?.filter(value => value !== '') ?? [];
      const description = values.length > 0 ? sentences(doc(), l10n.t('One of {0}.', values.join(', '))) : doc();
      return [key, schema.type === 'integer' ? { type: 'integer', minimum: 1, description } : text(description)];
    }),
  );
}

/** Reads a network, or says why that is not possible. */
export async function subjectOf(access: Access, target: Target): Promise<Subject | Refusal> {
  const settings = settingsOf(target);
  if ('refused' in settings) return settings;
  const disk = new Disk({ allows: access.allows });
  const found = placeOf(access, target);
  if ('refused' in found) return found;
  const { path, content, files } = read(found, target, settings, disk, access);
  if (typeof content === 'string') return { refused: content };
  if (content.kind === 'text') await loadParser(path, content.text, files, settings);
  const given = new Set(Object.keys(target));
  const spec = readSpec({ path, content, files }, { settings, given });
  if (typeof spec === 'string') return { refused: spec };
  const { analysed, document } = spec;
  const [problem] = document.problems;
  if (!analysed) return { refused: problem ? textOf(problem) : l10n.t('Not analyzed.') };
  const effects = new Effects(settings);
  effects.note(analysed);
  return { file: found.name, path: found.file, analysed, notes: effects.missing() };
}

function settingsOf(target: Target): Settings | Refusal {
  const values = new Map<string, unknown>();
  for (const key of [...choiceKeys, 'inputs'] as const) {
    const written = target[key];
    if (written === undefined) continue;
    const value = settingTable.get(key)!.read(written);
    // Valid scales, dialects and phases depend on the file.
    if ('message' in value && !['scale', 'dialect', 'phase', 'entry'].includes(key)) return { refused: textOf(value) };
    values.set(key, 'value' in value ? value.value : written);
  }
  return withValues(defaultSettings, values);
}

interface Place {
  readonly name: string;
  /** The path it is read under: absolute, or just a name. */
  readonly path: string;
  /** The path of the file that a change is written to. */
  readonly file: string | undefined;
}

function placeOf(access: Access, { file, text: given, revision }: Target): Place | Refusal {
  if (file === '') return { refused: l10n.t('The argument “{0}” is missing.', 'file') };
  if (given !== undefined) return { name: file, path: access.placeOf(file) ?? file, file: undefined };
  // A file of a revision may have been deleted since.
  const path = revision === undefined ? access.find(file) : (access.placeOf(file) ?? access.find(file));
  return typeof path === 'string' ? { name: access.nameOf(path), path, file: path } : path;
}

interface Read {
  readonly path: string;
  /** The content, or why it cannot be read. */
  readonly content: Content | string;
  readonly files: Files;
}

function read(
  { path, name }: Place,
  { text: given, revision }: Target,
  settings: Settings,
  disk: Disk,
  access: Access,
): Read {
  if (given !== undefined) {
    const files = access.allows(path) ? disk : nothing;
    return { path, content: { kind: 'text', text: given.replace(/^\uFEFF/, '') }, files };
  }
  const most = mostBytes(settings);
  if (revision === undefined) {
    try {
      return { path, content: contentOf({ path, named: true }, most), files: disk };
    } catch (error) {
      return { path, content: l10n.t('“{0}” could not be read: {1}.', name, reasonOf(error)), files: disk };
    }
  }
  const found = revision.startsWith('-') ? 'no revision' : revisionOf(dirname(path), revision);
  const bytes = typeof found === 'string' ? undefined : blobIn(found, path);
  const content = bytes ? contentIn(bytes, path, bytes.length, most) : withoutRevision(found, name, revision);
  return { path, content, files: typeof found === 'string' ? disk : within(new FilesOfRevision(found, disk), access) };
}

function withoutRevision(found: Revision | string, name: string, revision: string): string {
  switch (found) {
    case 'no git':
      return l10n.t('git is not installed, or not in the PATH.');
    case 'no repository':
      return l10n.t('“{0}” is not in a git repository.', name);
    case 'no revision':
      return l10n.t('The git repository of “{0}” has no revision “{1}”.', name, revision);
    default:
      return l10n.t('There is no file “{0}” in revision “{1}”.', name, revision);
  }
}

/** Loads the parser that a text needs. */
export async function loadParser(path: string, content: string, files: Files, settings: Settings): Promise<void> {
  const roots = rootsOf(settings, new Projects().of(path, files));
  const source = { name: basename(path), text: content, path, files, roots, hasEntry: settings.entry !== undefined };
  const parser = formatOf(source)?.parser;
  if (parser?.isNeeded(source) && !parser.isReady()) await parser.load();
}

const nothing: Files = { read: () => undefined, isFolder: () => false, has: () => false, list: () => [] };

/** The files, restricted to those that may be read. */
function within(files: Files, { allows }: Access): Files {
  return {
    read: path => (allows(path) ? files.read(path) : undefined),
    isFolder: path => allows(path) && files.isFolder(path),
    ...(files.has ? { has: (path: string) => allows(path) && files.has!(path) } : {}),
    list: path => (allows(path) ? files.list(path) : []),
  };
}
