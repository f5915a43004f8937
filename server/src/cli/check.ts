// `flopline check`: are the networks of a project within their budgets?
import * as l10n from '@vscode/l10n';
import {
  type BudgetedFile,
  type BudgetStatus,
  type BudgetUse,
  budgetProblem,
  conditionsText,
  type Document,
  judge,
  judgedBy,
  Lines,
  missingFolders,
  type Problem,
  type Project,
  Projects,
  textOf,
  type Verdict,
} from '../core/index.ts';
import { Disk } from '../host/disk.ts';
import type { CheckRequest, ExitCode } from './arguments.ts';
import { shown, targetsOf } from './budgeted.ts';
import { type CheckFinding, type CheckRow, isVerdict, placeText } from './checked.ts';
import { checkMarkdown, checkText } from './checkText.ts';
import { contentOf, reasonOf } from './files.ts';
import { githubAnnotations } from './github.ts';
import { json } from './json.ts';
import { sarif } from './sarif.ts';
import { mostBytes, openSpec, type Streams } from './specs.ts';

/** `flopline check`: returns the exit code. */
export function runCheck(request: CheckRequest, streams: Streams): ExitCode {
  const say = (text: string): void => streams.err(`flopline: ${text}\n`);
  const disk = new Disk();
  const projects = new Projects();
  const { targets, projects: found, vacancies, without, missing } = targetsOf(request.paths, projects, disk);
  for (const path of missing) say(l10n.t('No such file or folder: “{0}”.', path));
  if (missing.length > 0) return 2;
  if (request.paths.length === 0 && found.length === 0) {
    say(l10n.t('There is no {0} here or in a folder above it. Name the files to check.', 'flopline.yaml'));
    return 2;
  }
  if (found.length > 0 && found.every(({ budgets }) => budgets.length === 0)) {
    say(l10n.t('“{0}” has no budgets.', shown(found[0]!.path)));
    return 2;
  }
  for (const path of without) say(l10n.t('No budget is for “{0}”.', path));

  const rows: CheckRow[] = [];
  const findings: CheckFinding[] = [
    ...found.flatMap(project => projectFindings(project, disk)),
    ...vacancies.map(([project, problem]) => projectFinding(project, problem)),
  ];
  let others = 0;
  for (const target of targets) {
    const document = documentOf(target, request, disk, projects);
    if (typeof document === 'string') {
      if (!target.isNamed) others++;
      for (const { project, named } of target.isNamed ? target.uses : [])
        findings.push(
          projectFinding(project, {
            range: named.range,
            severity: 'error',
            code: 'budget-without-network',
            message: document,
          }),
        );
      continue;
    }
    for (const use of target.uses) {
      const verdict = judge(use, judgedBy(use, document, request.settings));
      // A file of functions alone is not a network.
      if (!target.isNamed && hasNoNetwork(verdict)) {
        others++;
        continue;
      }
      rows.push({ path: target.path, verdict, document });
      const problem = budgetProblem(verdict);
      if (problem) findings.push({ path: target.path, lines: document.lines, problem });
    }
  }
  if (others > 0)
    say(
      others === 1
        ? l10n.t('Skipped 1 file that is not a network spec.')
        : l10n.t('Skipped {0} files that are not network specs.', others),
    );
  const checked = { rows, findings };
  switch (request.format) {
    case 'json':
      streams.out(json(rows.map(fileOf)));
      break;
    case 'sarif':
      streams.out(sarif(checked));
      break;
    case 'github':
      streams.out(githubAnnotations(checked));
      break;
    case 'markdown':
      streams.out(checkMarkdown(checked));
      break;
    case 'text':
      streams.out(checkText(checked));
      break;
  }
  // What has no place in a document about networks is said beside it.
  if (request.format === 'json' || request.format === 'markdown') {
    for (const { path, lines, problem } of findings.filter(({ problem: { code } }) => !isVerdict(code)))
      streams.err(`${placeText(path, lines, problem)} ${textOf(problem)} [${problem.code}]\n`);
  }
  return findings.length > 0 ? 1 : 0;
}

function hasNoNetwork({ analysed, use }: Verdict): boolean {
  const program = analysed?.spec.program;
  return use.entry === undefined && program !== undefined && !program.entry;
}

/** A file as a text with its format; or why it is none. */
function documentOf(
  { path }: BudgetedFile,
  { settings }: CheckRequest,
  disk: Disk,
  projects: Projects,
): Document | string {
  try {
    const file = { path, named: true };
    const document = openSpec(file, contentOf(file, mostBytes(settings)), settings, disk, projects);
    if (typeof document !== 'string' && document.format.hasNoNetwork)
      return l10n.t('“{0}” is a project file and holds no network.', path);
    return document;
  } catch (error) {
    return l10n.t('“{0}” could not be read: {1}.', path, reasonOf(error));
  }
}

function projectFindings(project: Project, disk: Disk): readonly CheckFinding[] {
  const problems = [...project.problems, ...missingFolders(project, disk)];
  return problems.map(problem => projectFinding(project, problem));
}

function projectFinding(project: Project, problem: Problem): CheckFinding {
  return { path: shown(project.path), lines: new Lines(project.text), problem };
}

/** What scripts rely on: a file of schema 1 of `flopline check --format json`. */
export interface CheckReport {
  readonly file: string;
  /** The expression that builds the network of a Python file. */
  readonly entry?: string;
  /** The budget, by its project file and the 1-based line there. */
  readonly budget: { readonly file: string; readonly line: number };
  /** What the budget is for, in words. */
  readonly for: string;
  readonly limits: Amounts<number>;
  /** Null for what is not known. */
  readonly actual: Amounts<number | null>;
  readonly status: BudgetStatus;
  /** Whether all that is limited is known; else numbers are lower bounds. */
  readonly complete: boolean;
  /** Where the status is unknown: the reason, in words. */
  readonly why?: string;
  readonly costliest: readonly CostlyReport[];
}

/** Bytes are bytes. */
export interface Amounts<T> {
  readonly macs?: T;
  readonly params?: T;
  readonly bytes?: T;
  readonly peak?: T;
  readonly time?: { readonly device: string; readonly ms: T };
}

export interface CostlyReport {
  readonly name: string;
  readonly op: string;
  /** 1-based; null where it is in no text. */
  readonly line: number | null;
  /** Where it is in another file. */
  readonly file?: string;
  readonly macs: number;
  readonly params: number;
  /** Its share of what is limited, from 0 to 1. */
  readonly share: number;
}

function fileOf({ path, verdict, document }: CheckRow): CheckReport {
  const { use, status, limits, why, costliest } = verdict;
  const amounts = <T>(of: (limit: Verdict['limits'][number]) => T): Amounts<T> =>
    Object.fromEntries(
      limits.map(limit => [
        limit.key,
        limit.key === 'time' ? { device: limit.device ?? '', ms: of(limit) } : of(limit),
      ]),
    );
  return {
    file: path,
    ...(use.entry === undefined ? {} : { entry: use.entry }),
    budget: budgetPlace(use),
    for: conditionsText(verdict),
    limits: amounts(({ limit }) => limit),
    actual: amounts(({ actual }) => (Number.isNaN(actual) ? null : actual)),
    status,
    complete: limits.every(({ isLeast, actual }) => !isLeast && !Number.isNaN(actual)),
    ...(why === undefined ? {} : { why }),
    costliest: costliest.map(({ name, type, range, file, macs, params, share }) => {
      const text = file === undefined ? document.source.text : verdict.analysed?.spec.imports?.read.get(file);
      const line = range && text !== undefined ? new Lines(text).lineAt(range.from) + 1 : null;
      return { name, op: type, line, ...(file === undefined ? {} : { file: shown(file) }), macs, params, share };
    }),
  };
}

function budgetPlace({ project, named }: BudgetUse): CheckReport['budget'] {
  return { file: shown(project.path), line: new Lines(project.text).lineAt(named.range.from) + 1 };
}
