// Which Python reads a model file: the nearest parse_model upwards from it, up to the root of its repository.
import { surroundingsOf } from '../../../program/roots.ts';
import type { Files } from '../../../python/files.ts';
import { parentOf } from '../../../text/folders.ts';
import type { Roots } from '../../format.ts';

/** A Python file that reads model files. */
export interface FoundReader {
  readonly path: string;
  /** What it is called as a module: `ultralytics.nn.tasks`. */
  readonly module: string;
  /** The folders from which imports are resolved, in order. */
  readonly roots: readonly string[];
  /** The folder that its path is shown from: its repository. */
  readonly repository: string;
}

/** Where repositories have it, the commonest first. */
const usual = ['models/yolo.py', 'ultralytics/nn/tasks.py', 'nn/tasks.py', 'yolo.py'];
/** Folders that may hold one under another name. */
const places = ['', 'models', 'model', 'nn', 'lib', 'lib/models', 'src', 'src/models'];
/** Files that are looked into for one. */
const mostFiles = 200;
/** Folders above a file that may hold one under another name, where nothing says that they are a repository. */
const mostUnmarked = 4;

/** Readers beside the first one that are tried: each reads the whole network, also while a name is typed. */
const mostBeside = 2;

const markers = new Set(['.git', 'pyproject.toml', 'setup.py']);
/** Folders above a file that are looked at. */
const mostLevels = 12;

/** The reader of a file, or that of the repository that a person has named; undefined where there is none. */
export function findReader(path: string | undefined, files: Files, set: Roots | undefined): FoundReader | undefined {
  const named = set?.source?.replace(/(?<=[^/])\/$/, '');
  const levels = named === undefined ? (path === undefined ? [] : levelsAbove(path, files)) : [named];
  const found = levels.map(folder => usualIn(folder, files)).find(each => each !== undefined) ?? otherIn(levels, files);
  if (found === undefined) return undefined;
  let { base } = found;
  // A package is imported from above it.
  while (base.includes('/') && files.list(base).includes('__init__.py')) base = parentOf(base);
  const top = levels.at(-1)!;
  const repository = named ?? (isRepository(top, files) ? top : base);
  const { roots } = surroundingsOf(found.path, files, set?.python === undefined ? undefined : { python: set.python });
  return {
    path: found.path,
    module: found.path.slice(base.length + 1, -'.py'.length).replaceAll('/', '.'),
    roots: [...new Set([base, repository, ...roots])],
    repository,
  };
}

interface Place {
  readonly path: string;
  /** The folder from which it is imported, or a package that holds it. */
  readonly base: string;
}

/** The folders from the file's own up to its repository; without a repository, all that a person may mean. */
function levelsAbove(path: string, files: Files): readonly string[] {
  const levels: string[] = [];
  for (let at = parentOf(path); at.includes('/') && levels.length < mostLevels; at = parentOf(at)) {
    if (levels.length > 0 && at.split('/').filter(part => part !== '' && !part.endsWith(':')).length < 2) break;
    levels.push(at);
    if (isRepository(at, files)) break;
  }
  return levels;
}

const isRepository = (folder: string, files: Files): boolean => files.list(folder).some(name => markers.has(name));

function usualIn(base: string, files: Files): Place | undefined {
  return usual.map(name => ({ path: `${base}/${name}`, base })).find(({ path }) => definesReader(path, files));
}

/** A file of any name: in a repository, or near the model file. */
function otherIn(levels: readonly string[], files: Files): Place | undefined {
  const top = levels.at(-1);
  if (top === undefined) return undefined;
  let left = mostFiles;
  for (const level of isRepository(top, files) ? levels : levels.slice(0, mostUnmarked)) {
    for (const place of places) {
      const folder = place === '' ? level : `${level}/${place}`;
      for (const name of files.list(folder)) {
        // YOLOv5's tf.py reads the same files, for another framework.
        if (!name.endsWith('.py') || name === 'tf.py') continue;
        if (left-- <= 0) return undefined;
        if (definesReader(`${folder}/${name}`, files)) return { path: `${folder}/${name}`, base: folder };
      }
    }
  }
  return undefined;
}

/**
 * The keys whose rows a reader goes through, in order, where `backbone` and `head` are not all of them: forks for two
 * images have `d['backbone'] + d['backbone2'] + d['head']`.
 */
export function listsOf({ path }: FoundReader, files: Files): readonly string[] | undefined {
  return factsOf(path, files).lists;
}

/** What a Python file says of itself: asked for at every keystroke, and read from its text once. */
interface Facts {
  readonly text: string;
  readonly isReader: boolean;
  readonly lists: readonly string[] | undefined;
}

const known = new Map<string, Facts>();
const mostKnown = 2000;

function factsOf(path: string, files: Files): Facts {
  const text = files.read(path) ?? '';
  const earlier = known.get(path);
  if (earlier?.text === text) return earlier;
  const isReader = /^def parse_model\s*\(/m.test(text);
  const facts = { text, isReader, lists: isReader ? listsIn(text) : undefined };
  if (known.size >= mostKnown) known.clear();
  known.set(path, facts);
  return facts;
}

function listsIn(text: string): readonly string[] | undefined {
  for (const [, sum] of text.matchAll(/\benumerate\(([^\n]*)\)\s*:/g)) {
    const keys = [...sum!.matchAll(/(?:\[|\.get\()\s*['"](\w+)['"]/g)].map(([, key]) => key!);
    if (keys.includes('backbone') && keys.includes('head')) return keys.length > 2 ? [...new Set(keys)] : undefined;
  }
  return undefined;
}

/** The other files beside a reader that read model files, too: for two images, or an earlier state. */
export function readersBeside(reader: FoundReader, files: Files): readonly FoundReader[] {
  const folder = parentOf(reader.path);
  const names = files.list(folder).filter(name => name.endsWith('.py') && name !== 'tf.py');
  return names
    .slice(0, mostFiles)
    .map(name => `${folder}/${name}`)
    .filter(path => path !== reader.path && definesReader(path, files))
    .slice(0, mostBeside)
    .map(path => ({
      ...reader,
      path,
      module: `${reader.module.slice(0, reader.module.lastIndexOf('.') + 1)}${path.slice(folder.length + 1, -'.py'.length)}`,
    }));
}

function definesReader(path: string, files: Files): boolean {
  // A folder is listed once; a file that is not there costs no more than that.
  if (!files.list(parentOf(path)).includes(path.slice(path.lastIndexOf('/') + 1))) return false;
  return factsOf(path, files).isReader;
}
