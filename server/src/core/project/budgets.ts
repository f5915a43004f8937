// Which budgets of a project are for a file.
import { parentOf } from '../text/folders.ts';
import { baseOf, isName, matches, normal } from './glob.ts';
import type { Budget, Project } from './project.ts';
import type { Located } from './shape.ts';

/** A budget for one network. */
export interface BudgetUse {
  readonly project: Project;
  readonly budget: Budget;
  /** Its place among the budgets of the project. */
  readonly index: number;
  /** What names the network in the project file: a name or glob of files, or an entry. */
  readonly named: Located<string>;
  /** The expression that builds the network of a Python file; undefined is the file's own. */
  readonly entry: string | undefined;
}

/** What is to be looked for to find all networks that a budget is for. */
export interface Sought {
  readonly use: Omit<BudgetUse, 'entry'>;
  /** The file, or the folder in which it may lie, relative to that of the project file. */
  readonly path: string;
  /** Whether it is the name of one file, which must be there. */
  readonly isFile: boolean;
}

/** The budgets for a file, an absolute path, of the project that governs it: in the order of the project file. */
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

/** Where the networks of all budgets of a project may be, in the order of the project file. */
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

/** `models/net.py` and `Net()` of `models/net.py:Net()`. */
function entryOf(written: string): { readonly file: string; readonly expression: string } {
  const [, file = '', expression = ''] = /^(.+?\.pyw?):(.+)$/s.exec(written) ?? [];
  return { file: normal(file), expression: expression.trim() };
}
