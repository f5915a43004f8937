// The files that the budgets of a project are for, and budgets that are for none.
import * as l10n from '@vscode/l10n';
import { joined, parentOf } from '../text/folders.ts';
import type { Problem } from '../text/problem.ts';
import { type BudgetUse, budgetsOf, type Sought, soughtBy } from './budgets.ts';
import type { Project } from './project.ts';

/** What has to be known of a disk to find them. Paths are absolute, with forward slashes. */
export interface Places {
  has(path: string): boolean;
  isFolder(path: string): boolean;
  /** All files in a folder and below that people write, without those that another project governs. */
  below(folder: string): readonly string[];
}

/** A file with the budgets that are for it. */
export interface BudgetedFile {
  readonly path: string;
  readonly uses: readonly BudgetUse[];
  /** Whether the project file names just this file: then it has to be a network. */
  readonly isNamed: boolean;
}

/** All that the budgets of a project are for, in the order of their paths, and budgets that check nothing. */
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
  // A glob whose files another one of the same budget has taken is no mistake.
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

/** Files that budgets name and that are not there. */
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
