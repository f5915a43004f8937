import * as l10n from '@vscode/l10n';
import { type Advice, adviceCandidates, priceAdvice, shareChange } from '../../core/index.ts';
import { answer, countsSchema, fileSchema, totalsLine } from '../answers.ts';
import { amount, has, list, takes, text } from '../schema.ts';
import { subjectOf, type Target, targetArguments } from '../subject.ts';
import type { Tool } from '../tool.ts';

const defaultLimit = 10;
/** Milliseconds after which no more changes are tried: clients time out after a minute. */
const mostTime = 30_000;

export const advise = (): Tool => ({
  name: 'advise',
  title: l10n.t('Ways to make a network cheaper'),
  description: l10n.t(
    'Changes that make a network cheaper, those that save most first. Each has been tried on the file: its price is the exact difference in totals, and the result still builds. Apply one with the tool “apply” and its id. To reach a budget with several changes, use the tool “slim”.',
  ),
  input: takes(
    {
      ...targetArguments(),
      line: {
        type: 'integer',
        minimum: 1,
        description: l10n.t('Only what changes the layer on this line, counted from 1; also says what is not offered.'),
      },
      limit: { type: 'integer', minimum: 1, description: l10n.t('How many to list. Default: {0}.', defaultLimit) },
    },
    'file',
  ),
  output: has(
    {
      file: fileSchema(),
      totals: countsSchema(l10n.t('Of the network as it is.')),
      advice: list(
        has(
          {
            id: text(l10n.t('For the tool “apply”.')),
            code: text(),
            line: amount(),
            title: text(),
            why: text(l10n.t('Why it is cheaper, and what it costs besides.')),
            after: countsSchema(l10n.t('Totals of the network with it.')),
          },
          'id',
          'line',
          'title',
          'after',
        ),
      ),
      notOffered: list(text()),
      found: amount(l10n.t('How many changes save something.')),
      untried: amount(),
    },
    'file',
    'totals',
    'advice',
  ),
  isReadOnly: true,
  async run({ line, limit = defaultLimit, ...target }: Target & { line?: number; limit?: number }, context) {
    const subject = await subjectOf(context.access, target);
    if ('refused' in subject) return subject;
    const { analysed, file } = subject;
    const { lines } = analysed.document;
    if (line !== undefined && line > lines.count)
      return { refused: l10n.t('“{0}” has {1} lines, and no line {2}.', file, lines.count, line) };
    const candidates = adviceCandidates(analysed, line === undefined ? undefined : lines.range(line - 1));
    const priced: Advice[] = [];
    const end = performance.now() + mostTime;
    let tried = 0;
    for (const candidate of candidates) {
      if (performance.now() > end) break;
      const advice = priceAdvice(analysed, candidate);
      if (advice) priced.push(advice);
      context.progress(++tried, candidates.length, l10n.t('{0} of {1} changes tried', tried, candidates.length));
      await context.turn();
      if (context.isCancelled()) return { refused: l10n.t('Cancelled.') };
    }
    const offered = priced
      .filter(({ refused }) => refused === null)
      .toSorted((a, b) => a.after.macs - b.after.macs || a.after.params - b.after.params);
    const shown = offered.slice(0, limit);
    const notOffered =
      line === undefined ? [] : priced.filter(({ refused }) => refused !== null).map(each => each.title);
    const { macs, params } = analysed.model.totals;
    const totals = { macs: macs.value, params: params.value };
    const untried = candidates.length - tried;
    return answer(
      [
        `${file}: ${totalsLine(analysed)}`,
        '',
        ...(shown.length === 0 ? [l10n.t('No suggestions.')] : []),
        ...shown.map(
          ({ id, range, title, after }) =>
            `- ${id} (line ${lines.lineAt(range.from) + 1}, MACs ${shareChange(after.macs, totals.macs)}, params ${shareChange(after.params, totals.params)}): ${title}`,
        ),
        ...(offered.length > shown.length
          ? [l10n.t('{0} of {1} changes, those that save most first.', shown.length, offered.length)]
          : []),
        ...notOffered.map(each => `- ${l10n.t('Not offered: {0}', each)}`),
        ...(untried > 0 ? [l10n.t('{0} more changes were not tried: name a line.', untried)] : []),
      ],
      {
        file,
        totals,
        advice: shown.map(({ id, code, range, title, why, after }) => ({
          id,
          code,
          line: lines.lineAt(range.from) + 1,
          title,
          why,
          after: { macs: after.macs, params: after.params },
        })),
        ...(notOffered.length > 0 ? { notOffered } : {}),
        found: offered.length,
        ...(untried > 0 ? { untried } : {}),
      },
    );
  },
});
