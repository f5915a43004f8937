// Outdated statements in comments: row numbers and summaries.
import * as l10n from '@vscode/l10n';
import { isCertain } from '../analysis/model.ts';
import type { Figure } from '../formats/index.ts';
import { staleComments } from '../numbers.ts';
import type { Analysed } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Problem } from '../text/problem.ts';
import { exact } from '../text/quantity.ts';
import { native } from './figures.ts';

/** Row numbers and summaries in comments that are outdated, with fixes. */
export function staleClaims(analysed: Analysed): Problem[] {
  // Fix references first, if they mean other rows.
  return analysed.numbers ? [] : [...staleNumbers(analysed), ...staleSummary(analysed)];
}

/** Comments whose row numbers are wrong, although the references are right. */
function staleNumbers({ document }: Analysed): Problem[] {
  const stale = staleComments(document);
  const [first] = stale;
  if (!first) return [];
  const edits = stale.map(({ range, index }): TextEdit => ({ ...range, text: String(index) }));
  const message =
    document.format.items === 'layers'
      ? l10n.t('This comment says layer {0}, but this is layer {1}.', first.value, first.index)
      : l10n.t('This comment says row {0}, but this is row {1}.', first.value, first.index);
  const fixes = [{ title: l10n.t('Renumber the comments'), edits }];
  return [{ range: first.range, severity: 'hint', code: 'stale-number', message, fixes }];
}

function staleSummary(analysed: Analysed): Problem[] {
  const { claim } = analysed.spec;
  const { params } = analysed.model.totals;
  if (!claim || !isCertain(params)) return [];
  const figure = claim.printed && native(analysed);
  const printed = figure && claim.printed && figure.value.toFixed(claim.printed.digits);
  // The summary of an older release counts as right if that release prints these numbers.
  const isPrinted =
    printed === undefined ||
    [figure!, ...figure!.versions].some(
      ({ value }) => Number(value.toFixed(claim.printed!.digits)) === claim.printed!.value,
    );
  if (claim.params.value === params.value && isPrinted) return [];
  const edits: TextEdit[] = [{ ...claim.params.range, text: written(params.value, claim.params) }];
  // The difference are untrained weights (the heads' fixed integral), which stay the same.
  if (claim.gradients) {
    const fixed = claim.params.value - claim.gradients.value;
    edits.push({ ...claim.gradients.range, text: written(params.value - fixed, claim.gradients) });
  }
  if (claim.printed && printed !== undefined) edits.push({ ...claim.printed.range, text: printed });
  // We do not count modules; an outdated number is worse than none.
  if (claim.others && claim.params.value !== params.value) edits.push({ ...claim.others, text: '' });
  const count = exact(params.value);
  return [
    {
      range: claim.range,
      severity: 'hint',
      code: 'stale-summary',
      message:
        printed === undefined
          ? l10n.t('This summary is outdated: the network has {0} parameters.', count)
          : l10n.t(
              'This summary is outdated: the network has {0} parameters and {1}.',
              count,
              `${printed} ${figure!.label}`,
            ),
      fixes: [{ title: l10n.t('Update the summary'), edits }],
    },
  ];
}

/** A number in the style of the comment: with thousands separators or without. */
function written(value: number, { separated }: Figure): string {
  return separated ? exact(value) : String(value);
}
