// `flopline check`: compares the networks of a project with their budgets.
import * as l10n from '@vscode/l10n';
import {
  type BudgetedFile,
  budgetProblem,
  checkReport,
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
      // A Python file with only functions is not a network.
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
      streams.out(
        json(rows.map(({ path, verdict, document }) => checkReport(verdict, document, { file: path, shown }))),
      );
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
  // In these formats, messages that are not about a network go to stderr.
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

/** Opens a file as a document, or says why that is not possible. */
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
