// Finds the budgets of a project that apply to a file.
import { parentOf } from '../text/folders.ts';
import { baseOf, isName, matches, normal } from './glob.ts';
import type { Budget, Project } from './project.ts';
import type { Located } from './shape.ts';

/** A budget for one network. */
export interface BudgetUse {
  readonly project: Project;
  readonly budget: Budget;
  /** Its index among the project's budgets. */
  readonly index: number;
  /** What names the network in the project file: a file name, a glob, or an entry. */
  readonly named: Located<string>;
  /** The expression that builds the network of a Python file; undefined for the default one. */
  readonly entry: string | undefined;
}

/** Where to look for the networks of a budget. */
export interface Sought {
  readonly use: Omit<BudgetUse, 'entry'>;
  /** The file, or the folder to search, relative to the project file. */
  readonly path: string;
  /** Whether it names a single file, which must exist. */
  readonly isFile: boolean;
}

/** The budgets that apply to a file (an absolute path), in the order of the project file. */
export function budgetsOf(project: Project, path: string): readonly BudgetUse[] {
  const folder = parentOf(project.path);
  if (!path.startsWith(`${folder}/`) || path === project.path) return [];
  const relative = path.slice(folder.length + 1);
  return project.budgets.flatMap((budget, index): BudgetUse[] => {
    const { files = [], entries = [] } = budget;
    const excluded = files.some(({ value }) => value.startsWith('!') && matches(value.slice(1), relative));
    const file = excluded
      ? undefined
      : files.find(({ value }) => (isName(value) ? normal(value) === relative : matches(value, relative)));
    return [
      ...(file ? [{ project, budget, index, named: file, entry: undefined }] : []),
      ...entries.flatMap((named): BudgetUse[] => {
        const { file: own, expression } = entryOf(named.value);
        return own === relative ? [{ project, budget, index, named, entry: expression }] : [];
      }),
    ];
  });
}

/** Where the networks of all budgets may be, in the order of the project file. */
export function soughtBy(project: Project): readonly Sought[] {
  return project.budgets.flatMap((budget, index): Sought[] => {
    const sought = (named: Located<string>, path: string, isFile: boolean): Sought => ({
      use: { project, budget, index, named },
      path,
      isFile,
    });
    const files = (budget.files ?? []).filter(({ value }) => !value.startsWith('!'));
    return [
      ...files.map(named =>
        isName(named.value) ? sought(named, normal(named.value), true) : sought(named, baseOf(named.value), false),
      ),
      ...(budget.entries ?? []).map(named => sought(named, entryOf(named.value).file, true)),
    ];
  });
}

/** Splits `models/net.py:Net()` into file and expression. */
function entryOf(written: string): { readonly file: string; readonly expression: string } {
  const [, file = '', expression = ''] = /^(.+?\.pyw?):(.+)$/s.exec(written) ?? [];
  return { file: normal(file), expression: expression.trim() };
}
