import * as l10n from '@vscode/l10n';
import { type Analysed, adviceCandidates, applyEdits, priceAdvice, type TextEdit } from '../../core/index.ts';
import {
  answer,
  cannotWrite,
  changeLines,
  changeOf,
  changeSchemas,
  countsSchema,
  fileSchema,
  lineOfFix,
  namedFixes,
  totalsLine,
  writeArgument,
} from '../answers.ts';
import type { Refusal } from '../refusal.ts';
import { has, takes, text } from '../schema.ts';
import { subjectOf, type Target, targetArguments } from '../subject.ts';
import type { Tool } from '../tool.ts';

export const apply = (): Tool => ({
  name: 'apply',
  title: l10n.t('Apply a change to a network'),
  description: l10n.t(
    'Makes one change that “advise”, “report” or “explain” listed, by its id: a change that makes the network cheaper, or the fix of a problem. References, row numbers, names and comments follow. Answers the change as a diff with the totals before and after; the file is written only with “write”: true.',
  ),
  input: takes(
    {
      ...targetArguments(),
      id: text(
        l10n.t(
          'The id, such as fat-convolution@12:64 or fix:channel-mismatch@12:5.1. It holds for the text as it is now.',
        ),
      ),
      write: writeArgument(),
    },
    'file',
    'id',
  ),
  output: has(
    {
      file: fileSchema(),
      id: text(),
      title: text(),
      before: countsSchema(l10n.t('Totals of the network as it is.')),
      after: countsSchema(l10n.t('Totals of the network with it.')),
      ...changeSchemas(),
    },
    'file',
    'title',
    'diff',
    'written',
  ),
  isReadOnly: false,
  async run({ id, write = false, ...target }: Target & { id: string; write?: boolean }, { access }) {
    const refusal = cannotWrite({ ...target, write });
    if (refusal) return refusal;
    const subject = await subjectOf(access, target);
    if ('refused' in subject) return subject;
    const { analysed, file } = subject;
    const found = editsOf(analysed, id, file);
    if ('refused' in found) return found;
    const { title, edits } = found;
    const change = changeOf(subject, edits, write);
    if ('refused' in change) return change;
    const after = await subjectOf(access, {
      ...target,
      text: applyEdits(analysed.document.source.text, edits),
    });
    const isRead = !('refused' in after);
    return answer(
      [
        `${file}: ${title}`,
        l10n.t('Before: {0}', totalsLine(analysed)),
        ...(isRead ? [l10n.t('After: {0}', totalsLine(after.analysed))] : []),
        ...changeLines(change, file),
      ],
      {
        file,
        id,
        title,
        before: totalsOf(analysed),
        ...(isRead ? { after: totalsOf(after.analysed) } : {}),
        ...change,
      },
    );
  },
});

function totalsOf({ model: { totals } }: Analysed): { macs: number; params: number } {
  return { macs: totals.macs.value, params: totals.params.value };
}

function editsOf(
  analysed: Analysed,
  id: string,
  file: string,
): { readonly title: string; readonly edits: readonly TextEdit[] } | Refusal {
  const line = lineOfFix(id);
  if (line !== undefined) {
    const { lines } = analysed.document;
    // Fixes are numbered per place, so the ones on the line are enough.
    const named = line < lines.count ? namedFixes(analysed, lines.range(line)) : [];
    const offer = named.find(fix => fix.id === id)?.offer;
    return offer ? offer.fix : unknown(id, file);
  }
  const candidate = adviceCandidates(analysed).find(each => each.id === id);
  if (!candidate) return unknown(id, file);
  const advice = priceAdvice(analysed, candidate);
  if (advice?.refused === null) return { title: advice.title, edits: advice.edits };
  return {
    refused: l10n.t(
      '“{0}” is not offered ({1}). Nothing was changed.',
      id,
      advice?.refused ?? l10n.t('it saves too little here'),
    ),
  };
}

function unknown(id: string, file: string): Refusal {
  return {
    refused: l10n.t(
      '“{0}” has no change “{1}” as it is now. The tools “advise” and “report” list those that there are.',
      file,
      id,
    ),
  };
}
