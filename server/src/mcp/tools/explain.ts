import * as l10n from '@vscode/l10n';
import { fedBy, feeding, hintDetail, hover, layerAt, report } from '../../core/index.ts';
import {
  answer,
  fileSchema,
  problemLines,
  problemRows,
  problemSchema,
  rowOf,
  rowSchema,
  section,
  wordsOf,
} from '../answers.ts';
import { amount, has, list, takes, text } from '../schema.ts';
import { subjectOf, type Target, targetArguments } from '../subject.ts';
import type { Tool } from '../tool.ts';

export const explain = (): Tool => ({
  name: 'explain',
  title: l10n.t('Explain a line of a network'),
  description: l10n.t(
    'What one line of a network means and costs: the layer, its arguments as its framework reads them, input and output shapes, the formula of its MACs and parameters with the numbers put in, what it is made of, which layers feed it and read it, and the problems on the line with their fixes.',
  ),
  input: takes(
    { ...targetArguments(), line: { type: 'integer', minimum: 1, description: l10n.t('The line, counted from 1.') } },
    'file',
    'line',
  ),
  output: has(
    {
      file: fileSchema(),
      line: amount(),
      source: text(l10n.t('The line as it is written.')),
      explanation: text(l10n.t('Markdown.')),
      layers: list(rowSchema()),
      reads: list(text(), l10n.t('The layers whose outputs it reads.')),
      readBy: list(text(), l10n.t('The layers that read its output.')),
      problems: list(problemSchema()),
    },
    'file',
    'line',
    'explanation',
  ),
  isReadOnly: true,
  async run({ line, ...target }: Target & { line: number }, { access }) {
    const subject = await subjectOf(access, target);
    if ('refused' in subject) return subject;
    const { analysed, file } = subject;
    const { lines } = analysed.document;
    if (line > lines.count)
      return { refused: l10n.t('“{0}” has {1} lines, and no line {2}.', file, lines.count, line) };
    const at = line - 1;
    const source = lines.textOf(at);
    const offset = lines.start(at) + /^[\s-]*/.exec(source)![0].length;
    const explanation = hintDetail(analysed, at) || (hover(analysed, offset)?.markdown ?? '');
    const words = wordsOf(analysed);
    const layers = report(analysed)
      .layers.filter(layer => layer.line === line && layer.file === undefined)
      .map(layer => ({ index: layer.index, ...rowOf(layer, words) }));
    const isLayer = layerAt(analysed, offset) !== undefined;
    const named = (found: ReturnType<typeof feeding>): string[] =>
      found.map(({ name, detail, range }) => `${name} (line ${lines.lineAt(range.from) + 1}): ${detail}`);
    const [reads, readBy] = isLayer ? [named(feeding(analysed, offset)), named(fedBy(analysed, offset))] : [[], []];
    const problems = problemRows(analysed, at);
    return answer(
      [
        `${file}:${line}: ${source.trim()}`,
        '',
        explanation || l10n.t('Nothing is known of this line: it is no layer, or a comment.'),
        ...section(
          l10n.t('Reads:'),
          reads.map(each => `- ${each}`),
        ),
        ...section(
          l10n.t('Read by:'),
          readBy.map(each => `- ${each}`),
        ),
        ...section(l10n.t('Problems:'), problemLines(problems)),
      ],
      { file, line, source, explanation, layers, reads, readBy, problems: problems.rows },
    );
  },
});
