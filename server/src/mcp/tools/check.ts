import * as l10n from '@vscode/l10n';
import { targetsOf } from '../../cli/budgeted.ts';
import { contentOf, reasonOf } from '../../cli/files.ts';
import { mostBytes, openSpec } from '../../cli/specs.ts';
import {
  type BudgetedFile,
  budgetFix,
  budgetsOf,
  type CheckReport,
  checkReport,
  costliestText,
  type Document,
  defaultSettings,
  fixHelp,
  judge,
  judgedBy,
  Projects,
  projectFile,
  textOf,
  type Verdict,
  verdictText,
} from '../../core/index.ts';
import { corePath, Disk } from '../../host/disk.ts';
import type { Access } from '../access.ts';
import { answer, fileSchema, section } from '../answers.ts';
import type { Refusal } from '../refusal.ts';
import { amount, has, list, takes, text } from '../schema.ts';
import { loadParser } from '../subject.ts';
import type { Tool } from '../tool.ts';

interface Arguments {
  readonly file?: string;
  readonly text?: string;
}

export const check = (): Tool => ({
  name: 'check',
  title: l10n.t('Check networks against their budgets'),
  description: l10n.t(
    'Holds networks against the budgets of the project’s flopline.yaml (MACs, parameters, bytes, peak memory, time): within, over, or unknown with the reason. Without arguments all networks that have a budget; with a file, those of that file, and if it is over, changes that bring it back. Use it after a change of a network.',
  ),
  input: takes({
    file: text(l10n.t('A network’s file, a folder, or a flopline.yaml. Default: the flopline.yaml of the workspace.')),
    text: text(l10n.t('Content of the file to check in place of what is on the disk.')),
  }),
  output: has(
    {
      status: text(l10n.t('The worst of all: ok, over or unknown.')),
      files: list(
        has(
          {
            file: fileSchema(),
            entry: text(),
            for: text(l10n.t('The input and the scale that the budget is for.')),
            limits: has({}),
            actual: has({}),
            status: text(l10n.t('ok, over or unknown.')),
            why: text(),
            costliest: list(has({ name: text(), line: amount() })),
          },
          'file',
          'limits',
          'actual',
          'status',
        ),
      ),
      problems: list(text(), l10n.t('What is wrong with the budgets themselves.')),
      fix: text(l10n.t('What would bring the file back.')),
    },
    'status',
    'files',
  ),
  isReadOnly: true,
  async run({ file, text: given }: Arguments, context) {
    const { access } = context;
    const disk = new Disk({ allows: access.allows });
    const projects = new Projects();
    const found = targets(file, given, access, projects, disk);
    if ('refused' in found) return found;
    const rows: { readonly name: string; readonly verdict: Verdict; readonly report: CheckReport }[] = [];
    const problems = [...found.problems];
    for (const target of found.targets) {
      const path = corePath(target.path);
      const name = access.nameOf(path);
      const document = await documentOf(path, given, disk, projects);
      if (typeof document === 'string') {
        if (target.isNamed) problems.push(document);
        continue;
      }
      for (const use of target.uses) {
        const verdict = judge(use, judgedBy(use, document, defaultSettings));
        const { program } = verdict.analysed?.spec ?? {};
        // A Python file with only functions is not a network.
        if (!target.isNamed && use.entry === undefined && program && !program.entry) continue;
        rows.push({
          name,
          verdict,
          report: checkReport(verdict, document, { file: name, shown: place => access.nameOf(place) }),
        });
        await context.turn();
        if (context.isCancelled()) return { refused: l10n.t('Cancelled.') };
      }
    }
    const statuses = rows.map(({ verdict }) => verdict.status);
    const status = statuses.includes('over') ? 'over' : statuses.includes('unknown') ? 'unknown' : 'ok';
    const over = rows.filter(({ verdict }) => verdict.status === 'over');
    // The search takes seconds, so it runs only if a single file is checked.
    const fix = file !== undefined && over.length === 1 ? await fixOf(over[0]!.verdict, context.turn) : undefined;
    return answer(
      [
        ...(rows.length === 0 ? [l10n.t('No networks were checked.')] : []),
        ...rows.flatMap(({ name, verdict, report }) => {
          const place = report.for === '' ? name : `${name} (${report.for})`;
          const more = verdict.status === 'over' ? costliestText(verdict) : report.why;
          return [
            `- ${verdict.status}: ${place}: ${verdictText(verdict)}`,
            ...(more === undefined ? [] : [`  ${more}`]),
          ];
        }),
        ...section(
          l10n.t('Problems:'),
          problems.map(each => `- ${each}`),
        ),
        ...(fix === undefined ? [] : ['', fix]),
      ],
      {
        status,
        files: rows.map(({ report }) => report),
        ...(problems.length > 0 ? { problems } : {}),
        ...(fix === undefined ? {} : { fix }),
      },
    );
  },
});

interface Targets {
  readonly targets: readonly BudgetedFile[];
  readonly problems: readonly string[];
}

function targets(
  file: string | undefined,
  given: string | undefined,
  access: Access,
  projects: Projects,
  disk: Disk,
): Targets | Refusal {
  if (given !== undefined) {
    if (file === undefined) return { refused: l10n.t('“text” needs “file”, which says which budgets are for it.') };
    const path = access.placeOf(file);
    const project = path === undefined ? undefined : projects.of(path, disk);
    const uses = project && path !== undefined ? budgetsOf(project, path) : [];
    if (path === undefined || uses.length === 0) return { refused: l10n.t('No budget is for “{0}”.', file) };
    return { targets: [{ path, uses, isNamed: true }], problems: [] };
  }
  const places = file === undefined ? projectFiles(access, disk) : [access.find(file)];
  const [refusal] = places.filter(place => typeof place !== 'string');
  if (refusal) return refusal;
  if (places.length === 0)
    return {
      refused: l10n.t('There is no {0} in {1}. Name a file.', projectFile, access.folders.join(', ')),
    };
  const { targets: found, vacancies, projects: governing, without } = targetsOf(places as string[], projects, disk);
  if (found.length === 0 && file !== undefined) return { refused: l10n.t('No budget is for “{0}”.', file) };
  return {
    targets: found,
    problems: [
      ...governing.flatMap(project => project.problems.map(textOf)),
      ...vacancies.map(([, problem]) => textOf(problem)),
      ...without.map(path => l10n.t('No budget is for “{0}”.', access.nameOf(corePath(path)))),
    ],
  };
}

function projectFiles({ folders }: Access, disk: Disk): readonly string[] {
  return folders.map(folder => `${folder}/${projectFile}`).filter(path => disk.has(path));
}

async function documentOf(
  path: string,
  given: string | undefined,
  disk: Disk,
  projects: Projects,
): Promise<Document | string> {
  try {
    const file = { path, named: true };
    const content =
      given === undefined ? contentOf(file, mostBytes(defaultSettings)) : ({ kind: 'text', text: given } as const);
    if (content.kind === 'text') await loadParser(path, content.text, disk, defaultSettings);
    return openSpec(file, content, defaultSettings, disk, projects);
  } catch (error) {
    return l10n.t('“{0}” could not be read: {1}.', path, reasonOf(error));
  }
}

async function fixOf(verdict: Verdict, turn: () => Promise<void>): Promise<string> {
  const search = budgetFix(verdict);
  for (let next = search.next(); ; next = search.next()) {
    if (next.done) return fixHelp(next.value);
    await turn();
  }
}
