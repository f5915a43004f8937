// What is wrong with a text whatever its sections become: with their lines, and with the file as a whole.
import type { Builder } from '../../graph/builder.ts';
import { placedRange } from '../../graph/segment.ts';
import type { CfgOption, CfgStray } from '../../syntax/cfg.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { activationOf } from './activations.ts';
import { headerOf, type Reading } from './items.ts';
import { isOfPyTorch } from './pytorch.ts';
import { capital, largestInt, placeOf, type Row, repair, short } from './row.ts';
import { atof, atoi } from './values.ts';
import { authorOf, type Dialect, type Key, keyOf, type SectionKind } from './words.ts';

/** What is wrong with the lines of a section, whatever they mean: keys that nobody reads, values that are no numbers. */
export function checkLines(row: Row): void {
  const { kind, section, dialect } = row;
  if (!kind) return;
  // What follows a lost header was meant for another section.
  const end = section.swallowed?.[0]?.range.from ?? Number.POSITIVE_INFINITY;
  const hiding = new Set(section.options.map(({ hiddenBy }) => hiddenBy?.range.from));
  for (const stray of section.strays) {
    if (stray.range.from < end) checkStray(row, stray, kind, hiding.has(stray.range.from));
  }
  const seen = new Set<string>();
  for (const option of section.options) {
    if (option.range.from >= end) break;
    const key = keyOf(kind, option.key);
    if (!key) {
      if (!row.mode.isPyTorch) reportUnknownKey(row, option, kind);
    } else if (seen.has(option.key)) {
      if (option.hiddenBy && !row.has(option.key)) continue;
      const message = `\`${option.key}\` is given twice; the first one counts. Remove one of them.`;
      row.report(option.keyRange, 'duplicate-key', message, 'warning');
    } else {
      if (key.only && key.only !== dialect) {
        const message = `Only ${authorOf[key.only]} reads \`${option.key}\` here; this file is read as ${authorOf[dialect]} would.`;
        row.report(option.keyRange, 'ignored-key', message, 'information');
      } else checkValue(row, option, key.kind);
    }
    seen.add(option.key);
  }
}

function checkStray(row: Row, { range, text, hasKey }: CfgStray, kind: SectionKind, isHiding: boolean): void {
  if (hasKey) {
    const message = `Nothing follows “=”, so Darknet ignores this line. Give \`${short(text)}\` a value, or remove the line.`;
    row.report(range, 'wrong-line', message, 'warning');
  } else if (isHiding && !row.has(text)) {
    const message = `\`${short(text)}\` has no value here, and Darknet uses the first line with a key: it ignores the one below and falls back to the default. Remove this line.`;
    row.report(range, 'hiding-line', message, 'warning', [repair('Remove the line', range, '')]);
  } else {
    // `filters 32`, `filters:32`, `filters＝32`.
    const [, key = '', value = ''] = /^([A-Za-z]\w*?)[:＝]?([-+\d.,]+)$/.exec(text) ?? [];
    const isKey = keyOf(kind, key) !== undefined && !row.has(key);
    const message = isKey
      ? `The “=” is missing, so Darknet ignores this line. Write \`${key}=${short(value)}\`.`
      : `This is neither a [section] nor \`key=value\`, so Darknet ignores it. Comments start with # or ;.`;
    const mending = repair(`Change to ${key}=${short(value)}`, range, `${key}=${value}`);
    row.report(range, isKey ? 'missing-equals' : 'wrong-line', message, 'warning', isKey ? [mending] : []);
  }
}

function reportUnknownKey(row: Row, option: CfgOption, kind: SectionKind): void {
  const { keyRange } = option;
  const name = option.key;
  const known = row.mode.suggests ? Object.keys(kind.keys).filter(each => !row.has(each)) : [];
  const meant = didYouMean(name, known);
  if (meant === undefined) {
    const message = `Darknet reads no \`${short(name)}\` in [${row.section.type}] and ignores it.`;
    row.report(keyRange, 'ignored-key', message, 'information');
    return;
  }
  const message = `Darknet reads no \`${short(name)}\` in [${row.section.type}] and ignores it. Did you mean “${meant}”?`;
  row.report(keyRange, 'unknown-key', message, 'warning', [
    { ...repair(`Change to “${meant}”`, keyRange, meant), ...guess(name, meant) },
  ]);
}

function checkValue(row: Row, option: CfgOption, kind: Key['kind']): void {
  const { value, valueRange, comment } = option;
  const place = placeOf(option);
  switch (kind) {
    case 'text':
      if (comment !== '') {
        const message = `Darknet takes “${short(comment)}” for a part of this value: comments have lines of their own.`;
        row.report(place, 'comment-in-value', message, 'warning');
      }
      return;
    case 'int':
      if (/^[+-]?\d+$/.test(value)) {
        if (Math.abs(Number(value)) <= largestInt) return;
        const message = `${short(value)} is more than an integer of Darknet’s holds (${largestInt}).`;
        // Where the key has to do with costs, its value is not known.
        row.builder.problem({ range: place, severity: 'error', code: 'wrong-value', message });
        return;
      }
      break;
    case 'number':
      if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) return;
      break;
    default:
      return;
  }
  const read = kind === 'int' ? atoi(value) : atof(value);
  const message = `${value === '' ? 'This' : `“${short(value)}”`} is no ${kind === 'int' ? 'whole number' : 'number'}: Darknet reads ${read}.`;
  const fits = Math.abs(read) <= largestInt && valueRange.to > valueRange.from;
  row.report(place, 'wrong-value', message, 'warning', fits ? [repair(`Write ${read}`, valueRange, String(read))] : []);
}

/** What is wrong with the file as a whole. */
export function reportFile(
  { damage, carriageReturn, isPyTorch, items }: Reading,
  dialect: Dialect,
  builder: Builder,
): void {
  if (damage) builder.problem(damage);
  if (dialect === 'pjreddie' && carriageReturn >= 0) {
    // utils.c, strip: the original drops spaces, tabs and line feeds; AlexeyAB's carriage returns, too.
    const message =
      'This file has carriage returns (CR LF). On Linux and macOS pjreddie’s Darknet keeps them in names and values, so it knows none of the sections. Save the file with LF.';
    const range = { from: carriageReturn, to: carriageReturn + 1 };
    builder.problem({ range, severity: 'warning', code: 'carriage-return', message });
  }
  if (!isPyTorch) return;
  // Reported once: such a file has them in every other section.
  const own = items.filter(({ item }) => isOfPyTorch(item.section.type));
  const names = [...new Set(own.map(({ item }) => `[${item.section.type}]`))];
  const listed = names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(' and ');
  const message = `This cfg is for YOLOR’s PyTorch reader, not for Darknet, which has no ${listed}. Such sections are not counted, and neither is anything that depends on them.`;
  builder.problem({ range: headerOf(own[0]!), severity: 'warning', code: 'pytorch-cfg', message });
}

/** The one message on an activation that PyTorch calls by another name. */
export function reportSilu(
  builder: Builder,
  silus: readonly { readonly start: number; readonly option: CfgOption }[],
  dialect: Dialect,
): void {
  const ranges = silus.map(({ start, option }) => placedRange(option.valueRange, start));
  const [range] = ranges;
  if (!range) return;
  const others = ranges.length > 1 ? ` (and in ${ranges.length - 1} more sections)` : '';
  const isKnown = activationOf('swish', dialect) !== undefined;
  const swish = isKnown
    ? 'Darknet calls it swish.'
    : `${capital(authorOf[dialect])} has no such activation; AlexeyAB’s calls it swish.`;
  const message = `Darknet has no activation “silu” and uses relu here${others}. ${swish}`;
  const edits = ranges.map(each => ({ ...each, text: 'swish' }));
  const title = ranges.length > 1 ? `Change all ${ranges.length} to swish` : 'Change to swish';
  const repairs = isKnown ? [{ title, edits }] : [];
  builder.problem({ range, severity: 'warning', code: 'unknown-activation', message, repairs });
}
