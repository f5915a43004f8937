// `glob` and `fnmatch`, and what `pathlib` finds by patterns.
import { textOf } from '../builtins/conversions.ts';
import { pathText } from '../builtins/open.ts';
import type { Machine } from '../machine.ts';
import { nativeSteps, strict } from '../native.ts';
import { PyIterator, PyList, Unknown, type Value } from '../objects.ts';
import { join, splitPath } from '../paths.ts';
import { type Storage, storageOf } from '../storage.ts';
import { missing, moduleOf } from './module.ts';

const magic = /[*?[]/;

/** A pattern of names as a regular expression (`fnmatch.translate`). */
export function matcher(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at]!;
    if (sign === '*') {
      if (!source.endsWith('.*')) source += '.*';
    } else if (sign === '?') source += '.';
    else if (sign === '[') {
      const set = /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at));
      if (set === null) source += '\\[';
      else {
        source += `[${set[1] === '' ? '' : '^'}${set[2]!.replace(/[\\^[\]]/g, '\\$&')}]`;
        at += set[0].length - 1;
      }
    } else source += sign.replace(/[\\^$.+(){}|\]]/, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A range that runs backwards matches nothing.
    return /(?!)/;
  }
}

const isHidden = (name: string): boolean => name.startsWith('.');

/** `glob.glob`: paths as the pattern begins them. */
export function globbed(pattern: string, isRecursive: boolean, storage: Storage): readonly string[] {
  const place = (folder: string): string => storage.absolute(folder === '' ? '.' : folder);
  const below = (folder: string): readonly string[] =>
    storage
      .list(place(folder))
      .filter(name => !isHidden(name))
      .flatMap(name => [
        name,
        ...(storage.isFolder(join(place(folder), name))
          ? below(join(folder, name)).map(each => `${name}/${each}`)
          : []),
      ]);
  const inFolder = (folder: string, name: string): readonly string[] => {
    if (isRecursive && name === '**') return storage.isFolder(place(folder)) ? ['', ...below(folder)] : [];
    if (magic.test(name)) {
      const test = matcher(name);
      return storage.list(place(folder)).filter(each => (isHidden(name) || !isHidden(each)) && test.test(each));
    }
    if (name === '') return storage.isFolder(place(folder)) ? [''] : [];
    return storage.exists(join(place(folder), name)) ? [name] : [];
  };
  const visit = (path: string, onlyFolders: boolean): readonly string[] => {
    if (!magic.test(path)) {
      const found = path.endsWith('/') ? storage.isFolder(place(path)) : storage.exists(place(path));
      return found ? [path] : [];
    }
    const [folder, name] = splitPath(path);
    const folders = folder !== '' && folder !== path && magic.test(folder) ? visit(folder, true) : [folder];
    return folders
      .flatMap(each => inFolder(each, name).map(one => (each === '' ? one : join(each, one))))
      .filter(each => !onlyFolders || storage.isFolder(place(each)));
  };
  return visit(pattern, false).filter(each => each !== '');
}

/** `Path.glob`: hidden names count, and `**` means folders alone. */
export function globbedIn(folder: string, parts: readonly string[], storage: Storage): readonly string[] {
  const [first, ...others] = parts;
  if (first === undefined) return [folder];
  const inside = (name: string): string => (folder === '.' ? name : join(folder, name));
  const at = storage.absolute(folder);
  if (first === '**') {
    const within = storage
      .list(at)
      .filter(name => storage.isFolder(join(at, name)))
      .flatMap(name => globbedIn(inside(name), parts, storage));
    return [...new Set([...globbedIn(folder, others, storage), ...within])];
  }
  if (!magic.test(first)) {
    return storage.exists(join(at, first)) ? globbedIn(inside(first), others, storage) : [];
  }
  const test = matcher(first);
  return storage
    .list(at)
    .filter(name => test.test(name) && (others.length === 0 || storage.isFolder(join(at, name))))
    .flatMap(name => globbedIn(inside(name), others, storage));
}

const signature = 'pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False';

function* find(args: readonly Value[], machine: Machine) {
  const [pathname, root, , recursive, hidden] = args;
  const text = yield* pathText(pathname!, machine);
  const isRecursive = yield* machine.truth(recursive!);
  if (text instanceof Unknown) return text;
  if (isRecursive instanceof Unknown) return isRecursive;
  if (root !== null || hidden !== false) return machine.unknown('glob.glob(root_dir=…)');
  return globbed(text, isRecursive, storageOf(machine));
}

export const glob = moduleOf('glob', () => [
  [
    nativeSteps('glob', signature, function* (args, machine) {
      const found = yield* find(args, machine);
      return found instanceof Unknown ? found : new PyList([...found]);
    }),
    nativeSteps('iglob', signature, function* (args, machine) {
      const found = yield* find(args, machine);
      if (found instanceof Unknown) return found;
      let at = 0;
      return new PyIterator(() => found[at++]);
    }),
    strict('escape', 'pathname', ([path]) => (textOf(path!) ?? '').replace(/[*?[]/g, '[$&]')),
    strict('has_magic', 's', ([path]) => magic.test(textOf(path!) ?? '')),
  ],
]);

export const fnmatch = moduleOf('fnmatch', () => [
  ['fnmatch', 'fnmatchcase'].map(name =>
    strict(name, 'name, pat', ([text, pattern]) => matcher(textOf(pattern!) ?? '').test(textOf(text!) ?? '')),
  ),
  [
    nativeSteps('filter', 'names, pat', function* ([names, pattern], machine) {
      if (pattern instanceof Unknown) return pattern;
      const all = yield* machine.list(names!);
      if (all instanceof Unknown) return all;
      const test = matcher(textOf(pattern!) ?? '');
      return new PyList(all.filter(name => test.test(textOf(name) ?? '')));
    }),
  ],
  missing('fnmatch', 'translate'),
]);
