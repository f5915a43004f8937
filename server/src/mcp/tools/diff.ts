import * as l10n from '@vscode/l10n';
import { diffCounts, diffReport, diffTotals, markdownDiff } from '../../core/index.ts';
import { answer, fileSchema, totalsSchema, wordsOf } from '../answers.ts';
import { amount, count, has, list, type Schema, takes, text } from '../schema.ts';
import { choiceArguments, type Subject, subjectOf, type Target } from '../subject.ts';
import type { Tool } from '../tool.ts';

const defaultLimit = 40;

const side = (description: string): Schema => ({
  ...takes({
    file: text(l10n.t('Path of the network’s file; with “text”, what the text is called.')),
    text: text(l10n.t('Content to read in place of what is on the disk.')),
    revision: text(l10n.t('A git revision of the file, such as HEAD, main or HEAD~3.')),
    ...choiceArguments(),
  }),
  description,
});

interface Arguments {
  readonly before?: Partial<Target>;
  readonly after: Partial<Target>;
  readonly limit?: number;
}

export const diff = (): Tool => ({
  name: 'diff',
  title: l10n.t('Compare two networks'),
  description: l10n.t(
    'What an edit changed: two networks layer by layer, with the exact difference of MACs and parameters. By default a file is compared with its last commit (HEAD). Also compares a file with another revision, another file (of any format), a text, or itself with other settings such as another scale. Layers are matched by name and structure, so an inserted layer shifts nothing.',
  ),
  input: takes(
    {
      after: side(l10n.t('The network as it is now. Names the file, unless “before” does.')),
      before: side(
        l10n.t(
          'What it is compared with. Default: the same file in HEAD. What is left out is as in “after”: {"scale": "n"} is the same file at scale n.',
        ),
      ),
      limit: count(l10n.t('How many differing layers to list. Default: {0}.', defaultLimit)),
    },
    'after',
  ),
  output: has(
    {
      before: has({ file: fileSchema(), revision: text(), totals: totalsSchema() }),
      after: has({ file: fileSchema(), revision: text(), totals: totalsSchema() }),
      counts: text(l10n.t('How many layers there are of each status.')),
      rows: list(
        has({
          status: text(),
          name: has({}),
          line: has({}),
          macs: has({}),
          params: has({}),
        }),
        l10n.t('The layers that differ; each value has “before” and “after”.'),
      ),
      more: amount(),
    },
    'before',
    'after',
    'rows',
  ),
  isReadOnly: true,
  async run({ before: given = {}, after: now, limit = defaultLimit }: Arguments, { access }) {
    const { file, ...settings } = now;
    const name = file ?? given.file;
    if (name === undefined) return { refused: l10n.t('The argument “{0}” is missing.', 'after.file') };
    const old = beforeOf(given, { file: name, ...settings });
    const sides: Subject[] = [];
    for (const target of [old, { ...now, file: name }]) {
      const subject = await subjectOf(access, target);
      if ('refused' in subject) return subject;
      sides.push(subject);
    }
    const [first, second] = sides as [Subject, Subject];
    const fileOf = ({ file: path }: Subject, { revision }: Target) => ({
      file: path,
      ...(revision === undefined ? {} : { revision }),
    });
    const found = diffReport(first.analysed, second.analysed, {
      before: fileOf(first, old),
      after: fileOf(second, { ...now, file: name }),
    });
    const words = wordsOf(second.analysed);
    const differing = found.rows.filter(({ status }) => status !== 'same');
    const rows = differing.slice(0, limit);
    const more = differing.length - rows.length;
    const { value, change, params, paramsChange } = diffTotals(found);
    const part = (text: string, by: string): string => (by === '' ? text : `${text} (${by})`);
    return answer(
      [
        `${part(`${value} ${words.unit}`, change)} · ${part(l10n.t('{0} params', params), paramsChange)} · ${diffCounts(found)}`,
        '',
        markdownDiff({ ...found, rows }, words).replace(/^(.*\n\n).*\n\n/, '$1'),
        ...(more > 0 ? [l10n.t('… and {0} more', more)] : []),
      ],
      {
        before: found.before,
        after: found.after,
        counts: diffCounts(found),
        rows: rows.map(({ status, name: names, op, line, outputs, macs, params: weights, complete }) => ({
          status,
          name: names,
          op,
          line,
          outputs: { before: outputs.before?.[0] ?? null, after: outputs.after?.[0] ?? null },
          macs,
          params: weights,
          ...(complete ? {} : { complete }),
        })),
        ...(more > 0 ? { more } : {}),
      },
    );
  },
});

/** What a network is compared with: by default, the last commit of the same file. */
function beforeOf(given: Partial<Target>, now: Target): Target {
  const { text: _, revision: __, ...settings } = now;
  if (Object.keys(given).length === 0) return { ...settings, revision: 'HEAD' };
  const isOther = given.file !== undefined || given.text !== undefined || given.revision !== undefined;
  return isOther ? { ...settings, ...given } : { ...now, ...given };
}
