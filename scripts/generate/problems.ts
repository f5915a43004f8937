// Generates docs/problems.md: all problems, each with an example text and the messages for it.
import {
  budgetProblem,
  defaultSettings,
  documentBudgets,
  documentProblems,
  judge,
  judgedBy,
  lookThroughFiles,
  open,
  type Problem,
  price,
  problemsWithHints,
  startPython,
  textOf,
} from '../../server/src/core/index.ts';
import { formerCodesOf } from '../../server/src/core/text/codes.ts';
import { notice } from './markdown.ts';
import type { ProblemExample } from './problems/example.ts';
import { areas } from './problems/index.ts';

await startPython();

export function problemsPage(): string {
  return `${[
    notice,
    '# Problems',
    'Every problem that Flopline reports, by code: an example, the message for it, and the rule behind it. `# flopline-ignore CODE` above a line silences it there, `# flopline-ignore-file CODE` in the whole file. If a code was renamed, comments with the old name still work.',
    ...areas.flatMap(({ title, problems }, area) => {
      // A code used by several formats has one entry, at its first occurrence, with an example per format.
      const own = [...new Set(problems.map(({ code }) => code))].filter(
        code => !areas.slice(0, area).some(other => other.problems.some(problem => problem.code === code)),
      );
      return own.length === 0 ? [] : [`# ${title}`, ...own.sort().map(section)];
    }),
  ].join('\n\n')}\n`;
}

/** The problems with the example's code in its text. */
export function reported({ code, file, text, settings: own, source }: ProblemExample): readonly Problem[] {
  const settings = { ...defaultSettings, ...own };
  const document = open({ name: file, text, ...source }, settings);
  if (!document) return [];
  const analysed = price(document, settings);
  for (const _ of analysed ? lookThroughFiles(analysed) : []);
  const budgets = documentBudgets(document).flatMap(
    use => budgetProblem(judge(use, judgedBy(use, document, settings))) ?? [],
  );
  const all = [...budgets, ...(analysed ? problemsWithHints(analysed) : documentProblems(document))];
  return all.filter(problem => problem.code === code);
}

function section(code: string): string {
  const examples = areas.flatMap(({ title, problems }) =>
    problems.filter(problem => problem.code === code).map(example => ({ title, example })),
  );
  const former = formerCodesOf(code);
  return [
    `## ${code}`,
    ...examples.flatMap(({ title, example }) => [
      ...(examples.length > 1 ? [`**${title}.**`] : []),
      ...described(example),
    ]),
    ...(former.length === 0 ? [] : [`Formerly ${former.map(name => `\`${name}\``).join(' or ')}.`]),
  ].join('\n\n');
}

function languageOf(file: string): string {
  if (file.endsWith('.py')) return 'python';
  return /ya?ml$/.test(file) ? 'yaml' : 'ini';
}

function described(example: ProblemExample): string[] {
  const { code, text, file, why } = example;
  const [first] = reported(example);
  if (!first) throw new Error(`The example of ${code} does not have that problem.`);
  return [
    `${first.severity[0]!.toUpperCase()}${first.severity.slice(1)}: ${textOf(first)}`,
    [`\`\`\`${languageOf(file)}`, text.trimEnd(), '```'].join('\n'),
    why,
  ];
}
