// From which folders the imports of a file are resolved, and what the file is called there.
import type { Files } from '../python/files.ts';
import { foldersAbove, parentOf } from '../text/folders.ts';
import type { Roots } from './program.ts';

export interface Surroundings {
  /** In the order in which they are looked at. */
  readonly roots: readonly string[];
  /** The nearest folder upwards that is a repository or a project. */
  readonly repository: string | undefined;
  /** What the file is called as a module: `torchvision.models.resnet`. */
  readonly module: string;
}

/** A folder that has one of these is a project. */
const markers = new Set(['.git', 'pyproject.toml', 'setup.py', 'setup.cfg']);
/** Folders above a file that are looked at. */
const mostLevels = 12;

export function surroundingsOf(path: string | undefined, files: Files, set: Roots | undefined): Surroundings {
  const installed = set?.python === undefined ? [] : packageFolders(set.python, files);
  if (path === undefined) {
    return { roots: distinct([...listed(set?.source), ...installed]), repository: undefined, module: '__main__' };
  }
  const folder = parentOf(path);
  const above = foldersAbove(folder, mostLevels);
  const repository = above.find(each => files.list(each).some(name => markers.has(name)));
  // A project within a repository may import what lies beside it.
  const checkout = above.find(each => files.list(each).includes('.git')) ?? repository;
  const top = above.find(each => !files.list(each).includes('__init__.py')) ?? folder;
  // Without a project, nothing says that what lies above a package belongs to it.
  const outermost = checkout ?? (top === folder ? above.at(-1)! : top);
  const within = above.slice(0, above.indexOf(outermost) + 1);
  // A module of a package is imported from above it; a script has its own folder first.
  const own = top === folder ? within : [...within.slice(within.indexOf(top)), ...within.slice(0, within.indexOf(top))];
  const inSource = [repository, checkout]
    .flatMap(each => (each === undefined ? [] : [`${each}/src`]))
    .filter(folder => files.isFolder(folder));
  const named = set?.source;
  // Folders without __init__.py are packages too where a module in them imports others by dots.
  const namespace =
    top === folder ? (within.findLast(each => !path.slice(each.length, folder.length).includes('.')) ?? top) : top;
  const base = named !== undefined && isWithin(path, named) ? named.replace(/\/$/, '') : namespace;
  const stem = path.slice(base.length + 1).replace(/\.pyw?$/i, '');
  return {
    roots: distinct([...listed(named), ...(named === undefined ? [...own, ...inSource] : []), ...installed]),
    repository,
    module: stem
      .split('/')
      .join('.')
      .replace(/\.__init__$/, ''),
  };
}

const listed = (folder: string | undefined): readonly string[] => (folder === undefined ? [] : [folder]);
const distinct = (folders: readonly string[]): readonly string[] => [...new Set(folders)];
const isWithin = (path: string, folder: string): boolean => path.startsWith(`${folder.replace(/\/$/, '')}/`);

/** The folders of installed packages in an environment, which may be given by its interpreter; else the folder itself. */
function packageFolders(python: string, files: Files): readonly string[] {
  const environment = files.isFolder(python) ? python.replace(/(?<=[^/])\/$/, '') : parentOf(parentOf(python));
  const found = [`${environment}/Lib/site-packages`];
  for (const lib of ['lib', 'lib64', 'local/lib']) {
    for (const name of files.list(`${environment}/${lib}`)) {
      if (!/^python3(?:\.\d+)?$/.test(name)) continue;
      found.push(`${environment}/${lib}/${name}/site-packages`, `${environment}/${lib}/${name}/dist-packages`);
    }
  }
  const there = found.filter(each => files.isFolder(each));
  return there.length > 0 ? there : files.isFolder(environment) ? [environment] : [];
}
