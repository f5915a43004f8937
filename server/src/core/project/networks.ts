// The files that the budgets of a project apply to, and budgets that match no file.
import * as l10n from '@vscode/l10n';
import { joined, parentOf } from '../text/folders.ts';
import type { Problem } from '../text/problem.ts';
import { type BudgetUse, budgetsOf, type Sought, soughtBy } from './budgets.ts';
import type { Project } from './project.ts';

/** Access to the files of a disk. Paths are absolute, with forward slashes. */
export interface Places {
  has(path: string): boolean;
  isFolder(path: string): boolean;
  /** All hand-written files in a folder and below, without those that another project governs. */
  below(folder: string): readonly string[];
}

/** A file with the budgets that apply to it. */
export interface BudgetedFile {
  readonly path: string;
  readonly uses: readonly BudgetUse[];
  /** Whether the project file names this very file; then it has to be a network. */
  readonly isNamed: boolean;
}

/** All files that the project's budgets apply to, sorted by path, and budgets that check nothing. */
export function budgetedFiles(
  project: Project,
  places: Places,
): { readonly files: readonly BudgetedFile[]; readonly problems: readonly Problem[] } {
  const folder = parentOf(project.path);
  const sought = soughtBy(project);
  const named = new Set(sought.filter(({ isFile }) => isFile).map(({ path }) => joined(folder, path)));
  const isInside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const bases = new Set(sought.filter(({ isFile }) => !isFile).map(({ path }) => joined(folder, path)));
  const present = [...named].filter(path => places.has(path) && !places.isFolder(path));
  const found = new Set([...present, ...[...bases].filter(isInside).flatMap(base => places.below(base))]);
  const files = [...found].sort().flatMap((path): BudgetedFile[] => {
    const uses = budgetsOf(project, path);
    return uses.length === 0 ? [] : [{ path, uses, isNamed: named.has(path) }];
  });
  // A glob is fine if its files are covered by another glob of the same budget.
  const used = new Set(files.flatMap(({ uses }) => uses.map(({ index }) => index)));
  const vacant = sought
    .filter(({ isFile, use }) => !isFile && !used.has(use.index))
    .map(({ use: { named: place } }) =>
      vacancy(
        place.range,
        l10n.t('No file matches “{0}”, so this budget checks nothing.', place.value),
        l10n.t('Paths are relative to the folder of `flopline.yaml`.'),
      ),
    );
  return { files, problems: [...missingNetworks(project, places), ...vacant] };
}

/** Problems for files that budgets name but that do not exist. */
export function missingNetworks(project: Project, places: Pick<Places, 'has' | 'isFolder'>): readonly Problem[] {
  const folder = parentOf(project.path);
  return soughtBy(project).flatMap(({ use: { named }, path, isFile }: Sought) => {
    if (!isFile) return [];
    const at = joined(folder, path);
    const range = named.range;
    if (!at.startsWith(`${folder}/`)) {
      const message = l10n.t('“{0}” is outside the folder of `flopline.yaml`, so this budget checks nothing.', path);
      return [vacancy(range, message, l10n.t('Write a `flopline.yaml` for the folder that it is in.'))];
    }
    if (places.isFolder(at)) {
      const message = l10n.t('“{0}” is a folder, so this budget checks nothing.', path);
      return [vacancy(range, message, l10n.t('To check all files in it, write {0}.', `\`${path}/**\``))];
    }
    if (places.has(at)) return [];
    const message = l10n.t('There is no file “{0}”, so this budget checks nothing.', path);
    return [vacancy(range, message, l10n.t('Paths are relative to the folder of `flopline.yaml`.'))];
  });
}

function vacancy(range: Problem['range'], message: string, help: string): Problem {
  return { range, severity: 'error', code: 'budget-without-network', message, help };
}
