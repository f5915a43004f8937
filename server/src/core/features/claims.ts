// What comments say and what no longer holds.
import { isCertain } from '../analysis/model.ts';
import type { Figure } from '../formats/index.ts';
import type { Analysed } from '../pipeline.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Problem } from '../text/problem.ts';
import { exact } from '../text/quantity.ts';
import { native } from './figures.ts';

/** Tells of numbers of rows and of a summary that are of another state, with today's as a repair. */
export function staleClaims(analysed: Analysed): Problem[] {
  return [...(analysed.spec.remarks?.() ?? []), ...staleSummary(analysed)];
}

function staleSummary(analysed: Analysed): Problem[] {
  const { claim } = analysed.spec;
  const { params } = analysed.model.totals;
  if (!claim || !isCertain(params)) return [];
  const figure = claim.printed && native(analysed);
  const printed = figure && claim.printed && figure.value.toFixed(claim.printed.digits);
  // The comment of an older release stands as long as that one prints so.
  const isPrinted =
    printed === undefined ||
    [figure!, ...figure!.versions].some(
      ({ value }) => Number(value.toFixed(claim.printed!.digits)) === claim.printed!.value,
    );
  if (claim.params.value === params.value && isPrinted) return [];
  const edits: TextEdit[] = [{ ...claim.params.range, text: written(params.value, claim.params) }];
  // What is not trained stays so: the weights of the heads' fixed integral.
  if (claim.gradients) {
    const fixed = claim.params.value - claim.gradients.value;
    edits.push({ ...claim.gradients.range, text: written(params.value - fixed, claim.gradients) });
  }
  if (claim.printed && printed !== undefined) edits.push({ ...claim.printed.range, text: printed });
  // How many modules there are is not counted here: an old number is worse than none.
  if (claim.others && claim.params.value !== params.value) edits.push({ ...claim.others, text: '' });
  const now = `${exact(params.value)} parameters${printed === undefined ? '' : ` and ${printed} ${figure!.label}`}`;
  return [
    {
      range: claim.range,
      severity: 'hint',
      code: 'stale-summary',
      message: `This summary is of another state: the network has ${now} now.`,
      repairs: [{ title: 'Refresh the summary', edits }],
    },
  ];
}

/** A number as the comment writes numbers: with thousands separators or without. */
function written(value: number, { separated }: Figure): string {
  return separated ? exact(value) : String(value);
}
