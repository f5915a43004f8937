// The networks that `flopline check` looks at: those on the command line, or all that the project's budgets name.
import { basename, relative } from 'node:path';
import {
  type BudgetedFile,
  budgetedFiles,
  budgetsOf,
  type Places,
  type Problem,
  type Project,
  type Projects,
  projectFile,
} from '../core/index.ts';
import { corePath, type Disk } from '../host/disk.ts';
import { writtenBelow } from '../host/storage.ts';
import { candidates } from './files.ts';

export interface Targets {
  /** The files with the budgets that apply to them; paths are as displayed. */
  readonly targets: readonly BudgetedFile[];
  /** The projects whose budgets these are. */
  readonly projects: readonly Project[];
  /** Budgets that check nothing. */
  readonly vacancies: readonly (readonly [Project, Problem])[];
  /** Files on the command line that no budget applies to. */
  readonly without: readonly string[];
  /** Paths that do not exist. */
  readonly missing: readonly string[];
}

/** The files that the paths name; without paths, or for a project file, all files its budgets apply to. */
export function targetsOf(paths: readonly string[], projects: Projects, disk: Disk): Targets {
  const isProject = (path: string): boolean => basename(path) === projectFile && disk.has(corePath(path));
  const named = paths.length === 0 ? [projectFile] : paths.filter(isProject);
  const whole = new Set(named.flatMap(path => projects.of(corePath(path), disk) ?? []));
  const governing = new Set(whole);
  const targets = new Map<string, BudgetedFile>();
  const vacancies: (readonly [Project, Problem])[] = [];
  for (const project of whole) {
    const { files, problems } = budgetedFiles(project, placesOn(disk));
    for (const file of files) targets.set(file.path, { ...file, path: shown(file.path) });
    vacancies.push(...problems.map(problem => [project, problem] as const));
  }
  const { files, missing } = candidates(paths.filter(path => !isProject(path)));
  const without: string[] = [];
  for (const { path, named: isNamed } of files) {
    const at = corePath(path);
    if (targets.has(at)) continue;
    const project = projects.of(at, disk);
    const uses = project ? budgetsOf(project, at) : [];
    if (project && uses.length > 0) {
      governing.add(project);
      targets.set(at, { path, uses, isNamed });
    } else if (isNamed) without.push(path);
  }
  return { targets: [...targets.values()], projects: [...governing], vacancies, without, missing };
}

const placesOn = (disk: Disk): Places => ({
  has: path => disk.has(path),
  isFolder: path => disk.isFolder(path),
  below: folder => writtenBelow(folder, disk, projectFile),
});

/** A path relative to the current folder, as displayed. */
export function shown(path: string): string {
  const there = relative('.', path);
  return there === '' || there.startsWith('..') ? path : there.replaceAll('\\', '/');
}
