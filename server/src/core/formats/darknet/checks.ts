// Checks that do not depend on what sections become: their lines, and the file as a whole.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import { placedRange } from '../../graph/segment.ts';
import type { CfgOption, CfgStray } from '../../syntax/cfg.ts';
import { didYouMean } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { activationOf } from './activations.ts';
import { headerOf, type Reading } from './items.ts';
import { isOfPyTorch } from './pytorch.ts';
import { placeOf, repair, respelled, type SectionReader } from './sectionReader.ts';
import { atof, atoi, largestInt } from './values.ts';
import { authorOf, type Dialect, type Key, keyOf, type SectionKind } from './words.ts';

/** Checks the lines of a section: keys that Darknet ignores, values that are not numbers. */
export function checkLines(reader: SectionReader): void {
  const { kind, section, dialect } = reader;
  if (!kind) return;
  // Lines after a lost header were meant for another section.
  const end = section.swallowed?.[0]?.range.from ?? Number.POSITIVE_INFINITY;
  const hiding = new Set(section.options.map(({ hiddenBy }) => hiddenBy?.range.from));
  for (const stray of section.strays) {
    if (stray.range.from < end) checkStray(reader, stray, kind, hiding.has(stray.range.from));
  }
  const seen = new Set<string>();
  for (const option of section.options) {
    if (option.range.from >= end) break;
    const key = keyOf(kind, option.key);
    if (!key) {
      if (!reader.mode.isPyTorch) reportUnknownKey(reader, option, kind);
    } else if (seen.has(option.key)) {
      if (option.hiddenBy && !reader.has(option.key)) continue;
      reader.report({
        range: option.keyRange,
        severity: 'warning',
        code: 'duplicate-key',
        message: l10n.t('`{0}` is set twice; Darknet uses the first one.', option.key),
        help: l10n.t('Remove one of them.'),
      });
    } else if (key.only && key.only !== dialect) {
      reader.report({
        range: option.keyRange,
        severity: 'information',
        code: 'key-of-other-dialect',
        message: l10n.t(
          'Only {0} reads `{1}` in [{2}], but this file is read in the dialect of {3}.',
          authorOf[key.only],
          option.key,
          reader.section.type,
          authorOf[dialect],
        ),
      });
    } else checkValue(reader, option, key.kind);
    seen.add(option.key);
  }
}

function checkStray(
  reader: SectionReader,
  { range, text, hasKey }: CfgStray,
  kind: SectionKind,
  isHiding: boolean,
): void {
  const at = { range, severity: 'warning' } as const;
  const name = clip(text, 40);
  if (hasKey) {
    reader.report({
      ...at,
      code: 'missing-value',
      message: l10n.t('`{0}` has no value, so Darknet ignores this line.', name),
      help: l10n.t('Add a value, or remove the line.'),
    });
    return;
  }
  if (isHiding && !reader.has(text)) {
    reader.report({
      ...at,
      code: 'hiding-line',
      message: l10n.t(
        '`{0}` has no value here, and Darknet uses the first line with a key: it ignores the line below and uses the default.',
        name,
      ),
      help: l10n.t('Remove this line.'),
      fixes: [repair(l10n.t('Remove the line'), range, '')],
    });
    return;
  }
  // `filters 32`, `filters:32`, `filters＝32`.
  const [, key = '', value = ''] = /^([A-Za-z]\w*?)[:＝]?([-+\d.,]+)$/.exec(text) ?? [];
  if (keyOf(kind, key) && !reader.has(key)) {
    const line = `${key}=${value}`;
    reader.report({
      ...at,
      code: 'missing-equals',
      message: l10n.t('The “=” is missing, so Darknet ignores this line.'),
      help: l10n.t('Use `{0}`.', clip(line, 60)),
      fixes: [repair(l10n.t('Change to {0}', clip(line, 60)), range, line)],
    });
    return;
  }
  reader.report({
    ...at,
    code: 'stray-text',
    message: l10n.t('This line is neither a [section] nor `key=value`, so Darknet ignores it.'),
    help: l10n.t('Start comments with # or ;.'),
  });
}

function reportUnknownKey(reader: SectionReader, { key, keyRange }: CfgOption, kind: SectionKind): void {
  const known = reader.mode.suggests ? Object.keys(kind.keys).filter(each => !reader.has(each)) : [];
  const meant = didYouMean(key, known);
  reader.report({
    range: keyRange,
    severity: meant === undefined ? 'information' : 'warning',
    code: meant === undefined ? 'ignored-key' : 'unknown-key',
    message: l10n.t('[{0}] has no key `{1}`; Darknet ignores it.', reader.section.type, clip(key, 40)),
    help: meant && l10n.t('Did you mean “{0}”?', meant),
    fixes: respelled(key, meant, keyRange),
  });
}

function checkValue(reader: SectionReader, option: CfgOption, kind: Key['kind']): void {
  const { value, valueRange, comment } = option;
  const range = placeOf(option);
  const isInt = kind === 'int';
  if (kind === 'text') {
    if (comment === '') return;
    reader.report({
      range,
      severity: 'warning',
      code: 'comment-in-value',
      message: l10n.t('Darknet reads “{0}” as part of this value.', clip(comment, 40)),
      help: l10n.t('Put the comment on a line of its own.'),
    });
    return;
  }
  if (isInt && /^[+-]?\d+$/.test(value)) {
    if (Math.abs(Number(value)) <= largestInt) return;
    // If the key affects costs, its value is unknown.
    reader.builder.problem({
      range,
      severity: 'error',
      code: 'value-out-of-range',
      message: l10n.t('{0} does not fit into Darknet’s 32-bit integers.', clip(value, 40)),
      help: l10n.t('Use at most {0}.', largestInt),
    });
    return;
  }
  if (!isInt && (kind !== 'number' || /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value))) return;
  const read = isInt ? atoi(value) : atof(value);
  const fits = Math.abs(read) <= largestInt && valueRange.to > valueRange.from;
  reader.report({
    range,
    severity: 'warning',
    code: isInt ? 'not-a-whole-number' : 'not-a-number',
    message: isInt
      ? l10n.t('`{0}` must be a whole number, not “{1}”: Darknet reads {2}.', option.key, clip(value, 40), read)
      : l10n.t('`{0}` must be a number, not “{1}”: Darknet reads {2}.', option.key, clip(value, 40), read),
    fixes: fits ? [repair(l10n.t('Change to {0}', read), valueRange, String(read))] : [],
  });
}

/** Checks the file as a whole. */
export function reportFile(
  { damage, carriageReturn, isPyTorch, items }: Reading,
  dialect: Dialect,
  builder: Builder,
): void {
  if (damage) builder.problem(damage);
  if (dialect === 'pjreddie' && carriageReturn >= 0) {
    // utils.c, strip: the original drops spaces, tabs and line feeds; AlexeyAB's also carriage returns.
    builder.problem({
      range: { from: carriageReturn, to: carriageReturn + 1 },
      severity: 'warning',
      code: 'carriage-return',
      message: l10n.t(
        'The lines of this file end with CR LF. On Linux and macOS pjreddie’s Darknet keeps the CR in names and values, so it recognizes none of the sections.',
      ),
      help: l10n.t('Save the file with LF.'),
    });
  }
  if (!isPyTorch) return;
  // Reported once: such a file has them in every other section.
  const own = items.filter(({ item }) => isOfPyTorch(item.section.type));
  const names = [...new Set(own.map(({ item }) => `[${item.section.type}]`))];
  builder.problem({
    range: headerOf(own[0]!),
    severity: 'warning',
    code: 'pytorch-cfg',
    message: l10n.t(
      'This file has sections of YOLOR’s PyTorch reader ({0}), which Darknet does not have. They are not counted.',
      names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', '),
    ),
  });
}

/** The single message about an activation that has another name in PyTorch. */
export function reportSilu(
  builder: Builder,
  silus: readonly { readonly start: number; readonly option: CfgOption }[],
  dialect: Dialect,
): void {
  const ranges = silus.map(({ start, option }) => placedRange(option.valueRange, start));
  const [range] = ranges;
  if (!range) return;
  const { length } = ranges;
  const isKnown = activationOf('swish', dialect) !== undefined;
  builder.problem({
    range,
    severity: 'warning',
    code: 'unknown-activation',
    message:
      length > 1
        ? l10n.t('Darknet does not have an activation “silu” and uses relu, in {0} sections of this file.', length)
        : l10n.t('Darknet does not have an activation “silu” and uses relu.'),
    help: isKnown
      ? l10n.t('Darknet calls it swish: use that name.')
      : l10n.t('pjreddie’s Darknet has no such activation; AlexeyAB’s calls it swish.'),
    fixes: isKnown
      ? [
          {
            title: length > 1 ? l10n.t('Change all {0} to “swish”', length) : l10n.t('Change to “{0}”', 'swish'),
            edits: ranges.map(each => ({ ...each, text: 'swish' })),
          },
        ]
      : [],
  });
}
