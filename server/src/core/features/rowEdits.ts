// Commands on the row at the cursor: insert below, duplicate, move up or down, delete. References follow, and the
// network never changes silently.

import * as l10n from '@vscode/l10n';
import {
  type Format,
  type Item,
  indexOf,
  insertPlan,
  isAsPlanned,
  numberEdits,
  type Objection,
  type Plan,
  type Planned,
  type Rows,
  removePlan,
  swapPlan,
} from '../formats/index.ts';
import { useOf } from '../graph/graph.ts';
import { type Analysed, type Document, open, readOptions, withEdits } from '../pipeline.ts';
import { applyEdits, composed, type TextEdit } from '../text/edit.ts';
import { Lines } from '../text/lines.ts';
import type { Range } from '../text/range.ts';
import { sentences } from '../text/sentences.ts';

export const rowCommands = ['insert', 'duplicate', 'up', 'down', 'delete'] as const;

export type RowCommand = (typeof rowCommands)[number];

export type RowEdits =
  | {
      /** All edits, which one undo reverts. */
      readonly edits: readonly TextEdit[];
      /** Something else the user should know. */
      readonly message?: string;
      /** The resulting text, and the selection in it. */
      readonly text: string;
      readonly lines: Lines;
      readonly selection: Range;
    }
  | { readonly refused: string };

/** The edits of a command at an offset, or why it does nothing. */
export function rowEdits(analysed: Analysed, offset: number, command: RowCommand): RowEdits {
  const { document, numbers } = analysed;
  if (!document.reader?.rows)
    return refuse(l10n.t('Rows of {0} files cannot be moved by commands.', document.format.label));
  if (numbers) return refuse(l10n.t('Some references still use old row numbers. Shift them first.'));
  const rows = rowsOf(analysed, document);
  if (!rows) return refuse(l10n.t('Rows cannot be moved while part of this file cannot be read.'));
  const index = rowAt(document, rows, offset, command === 'insert');
  if (index === undefined) return refuse(l10n.t('Place the cursor on a row first.'));
  switch (command) {
    case 'insert':
      return inserted(analysed, rows, index);
    case 'duplicate':
      return duplicated(analysed, rows, index);
    case 'up':
      return index === 0
        ? refuse(l10n.t('This row is the first one.'))
        : moved(analysed, rows, index, index - 1, offset);
    case 'down':
      return index === rows.extents.length - 1
        ? refuse(l10n.t('This row is the last one.'))
        : moved(analysed, rows, index, index + 1, offset);
    case 'delete':
      return removed(analysed, rows, index);
  }
}

const refuse = (refused: string): RowEdits => ({ refused });

function rowsOf({ settings }: Analysed, { reader }: Document): Rows | undefined {
  return reader?.rows?.(readOptions(settings));
}

/** The row whose lines contain an offset; with `orAbove`, otherwise the one above it. */
function rowAt({ lines }: Document, { extents }: Rows, offset: number, orAbove: boolean): number | undefined {
  const line = lines.position(offset).line;
  const starts = (range: Range): number => lines.position(range.from).line;
  const exact = extents.findIndex(({ from, to }) => from <= offset && offset <= to);
  if (exact >= 0) return exact;
  const found = extents.findIndex(range => starts(range) <= line && line <= lines.position(range.to).line);
  if (found >= 0) return found;
  const above = orAbove ? extents.findLastIndex(range => starts(range) <= line) : -1;
  return above < 0 ? undefined : above;
}

// ——— Commands
// —————————————————————————————————————————————————————————————————————————————————————————————————————————

function moved(analysed: Analysed, rows: Rows, from: number, to: number, offset: number): RowEdits {
  const upper = Math.min(from, to);
  const { document } = analysed;
  const { format } = document;
  if (isNamed(format)) {
    const objection = namedObjection(rows, upper);
    if (objection) return refuse(objection);
  }
  const planned = swapPlan(rows.readings[0]!, upper, rows.readsAbove);
  if ('objection' in planned) return refuse(wordsOf(planned.objection, format));
  const place = (index: number): number => (index === from ? to : index === to ? from : index);
  const change = changed(analysed, rows, rows.swapped(upper), planned, place);
  if ('refused' in change) return change;
  const old = rows.readings[0]![from]!.range;
  const fresh = change.rows.readings[0]![to]!.range;
  const within = Math.max(0, offset - old.from);
  const at = Math.min(fresh.from + within, fresh.to);
  return finished(change, { from: at, to: at });
}

function duplicated(analysed: Analysed, rows: Rows, index: number): RowEdits {
  const items = rows.readings[0]!;
  const planned = insertPlan(items, index, true, rows.readsAbove);
  const change = changed(analysed, rows, rows.copied(index), planned);
  return 'refused' in change ? change : finished(change, startOf(change.rows.readings[0]![index + 1]!.range));
}

function inserted(analysed: Analysed, rows: Rows, index: number): RowEdits {
  const items = rows.readings[0]!;
  const { format } = analysed.document;
  const frame = analysed.model.graph.root.children.find(each => useOf(each)?.from === items[index]!.range.from);
  const [output, ...others] = frame?.outputs ?? [];
  const channels = output?.shape?.[1];
  if (!output || others.length > 0 || output.shape?.length !== 4 || channels === undefined || !(channels > 0))
    return refuse(l10n.t('No layer can be inserted here: the output of {0} is not an image.', format.itemName(index)));
  const planned = insertPlan(items, index, false, rows.readsAbove);
  const structure = rows.inserted(index, channels);
  if (!structure)
    return refuse(l10n.t('No layer with {0} channels can be inserted below {1}.', channels, format.itemName(index)));
  const change = changed(analysed, rows, structure, planned);
  return 'refused' in change ? change : finished(change, startOf(change.rows.readings[0]![index + 1]!.range));
}

function removed(analysed: Analysed, rows: Rows, index: number): RowEdits {
  const items = rows.readings[0]!;
  const { document } = analysed;
  if (items.length === 1) return refuse(l10n.t('This is the only row of the network.'));
  const planned = removePlan(items, index, rows.readsAbove);
  const place = (at: number): number => (at > index ? at - 1 : at);
  const change = changed(analysed, rows, rows.removed(index), planned, place, index);
  if ('refused' in change) return change;
  const after = change.rows.readings[0]!;
  const next = after[Math.min(index, after.length - 1)]!.range;
  return finished(change, startOf(next), removalMessage(document.format, change, index));
}

const startOf = ({ from }: Range): Range => ({ from, to: from });

/** A change, with the rows of the resulting text. */
interface Change {
  readonly edits: readonly TextEdit[];
  readonly text: string;
  readonly rows: Rows;
  readonly redirected: number;
  /** The readers of a removed item, by their index afterwards. */
  readonly lost: readonly number[];
  /** How many errors the network has more than before. */
  readonly errors: number;
}

function finished(change: Change, selection: Range, words?: string): RowEdits {
  const { edits, text, errors } = change;
  const message = sentences(words, errorsText(errors));
  return { edits, text, lines: new Lines(text), selection, ...(message === '' ? {} : { message }) };
}

function errorsText(more: number): string | undefined {
  if (more <= 0) return undefined;
  return more === 1
    ? l10n.t('The network has one error more than before.')
    : l10n.t('The network has {0} errors more than before.', more);
}

/** Makes a change and adjusts numbers, then checks the result against the plan. */
function changed(
  analysed: Analysed,
  rows: Rows,
  structure: readonly TextEdit[] | undefined,
  planned: Planned,
  place?: (index: number) => number,
  gone?: number,
): Change | { readonly refused: string } {
  const { document, settings } = analysed;
  const { source, format } = document;
  if ('objection' in planned) return { refused: wordsOf(planned.objection, format) };
  const { plan } = planned;
  const impossible = { refused: l10n.t('This row is written in a way that cannot be changed by this command.') };
  if (!structure) return impossible;
  const between = open({ ...source, text: applyEdits(source.text, structure) }, settings, document);
  const middle = between && rowsOf(analysed, between);
  if (!middle) return impossible;
  const before = rows.readings[0]!;
  const numbers = isNamed(format) ? [] : numberEdits(before, middle.readings[0]!, plan);
  if (!numbers) return impossible;
  const edits = composed(structure, numbers).filter(({ from, to, text }) => source.text.slice(from, to) !== text);
  const after = withEdits(analysed, edits);
  const found = after && rowsOf(analysed, after.document);
  if (!found || after.spec.dialect !== analysed.spec.dialect) return impossible;
  if (isNamed(format)) {
    if (place && !isSameByName(rows, found, place, gone)) return impossible;
  } else if (!isAsPlanned(found.readings[0]!, plan)) return impossible;
  const counted = gone === undefined ? { redirected: 0, lost: [] } : countLost(format, rows, found, plan, gone);
  const errors = errorsOf(after) - errorsOf(analysed);
  return { edits, text: after.document.source.text, rows: found, errors, ...counted };
}

const errorsOf = ({ problems }: Analysed): number => problems.filter(({ severity }) => severity === 'error').length;

const isNamed = ({ numbersItems }: Format): boolean => numbersItems === undefined;

// ——— Names
// ————————————————————————————————————————————————————————————————————————————————————————————————————————————

/** Why two neighbors that refer to each other by name cannot be swapped. */
function namedObjection({ readings }: Rows, upper: number): string | undefined {
  for (const items of readings) {
    const reference = items[upper + 1]!.references.find(
      ({ target }) => typeof target === 'object' && target.index === upper,
    );
    if (!reference) continue;
    const name = String(reference.written);
    return reference.reads
      ? l10n.t('The lower of these two layers reads “{0}”, which the upper one outputs.', name)
      : l10n.t('The lower of these two layers uses the parameters “{0}” of the upper one.', name);
  }
  return undefined;
}

/** Whether all items read the same as before, except for readers of a removed item. */
function isSameByName(before: Rows, after: Rows, place: (index: number) => number, gone: number | undefined): boolean {
  return before.readings.every((items, phase) =>
    items.every(({ index, references }) => {
      if (index === gone) return true;
      const now = after.readings[phase]?.[place(index)]?.references;
      return (
        now?.length === references.length &&
        references.every((reference, at) => {
          const target = indexOf(reference);
          if (gone !== undefined && target === gone) return true;
          const expected = target === undefined || target < 0 ? target : place(target);
          return indexOf(now[at]!) === expected && now[at]!.output === reference.output;
        })
      );
    }),
  );
}

function countLost(
  format: Format,
  before: Rows,
  after: Rows,
  plan: Plan,
  gone: number,
): Pick<Change, 'redirected' | 'lost'> {
  if (!isNamed(format)) return { redirected: plan.redirected, lost: plan.lost.map(({ reader }) => reader) };
  let redirected = 0;
  const lost: number[] = [];
  for (const { index, references } of before.readings[0]!) {
    if (index === gone) continue;
    const reader = index > gone ? index - 1 : index;
    const now: Item | undefined = after.readings[0]![reader];
    for (const [at, reference] of references.entries()) {
      if (indexOf(reference) !== gone) continue;
      const fresh = now?.references[at];
      if (fresh && fresh.target !== undefined) redirected++;
      else lost.push(reader);
    }
  }
  return { redirected, lost };
}

// ——— Words
// ————————————————————————————————————————————————————————————————————————————————————————————————————————————

function wordsOf(objection: Objection, { itemName }: Format): string {
  switch (objection.kind) {
    case 'reads':
      return l10n.t('Not possible here: {0} reads {1}.', itemName(objection.reader), itemName(objection.source));
    case 'flow':
      return l10n.t('Not possible here: {0} would read another layer than now.', itemName(objection.reader));
    case 'written':
      return l10n.t('Not possible here: what {0} reads is written elsewhere.', itemName(objection.reader));
  }
}

/** Says how many references to a removed item there were, and what became of them. */
function removalMessage({ itemName }: Format, { redirected, lost }: Change, index: number): string | undefined {
  const gone = itemName(index);
  const parts: string[] = [];
  if (redirected === 1) parts.push(l10n.t('One reference to {0} now means what that read.', gone));
  if (redirected > 1) parts.push(l10n.t('{0} references to {1} now mean what that read.', redirected, gone));
  const readers = [...new Set(lost)].map(itemName).join(', ');
  if (lost.length === 1)
    parts.push(l10n.t('One reference to {0} was left as it is and has to be changed by hand: {1}.', gone, readers));
  if (lost.length > 1)
    parts.push(
      l10n.t(
        '{0} references to {1} were left as they are and have to be changed by hand: {2}.',
        lost.length,
        gone,
        readers,
      ),
    );
  return parts.length > 0 ? sentences(...parts) : undefined;
}
