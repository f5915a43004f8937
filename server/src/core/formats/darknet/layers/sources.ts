// Reads the layers that `layers=` or `from=` refer to, and reports invalid references.
import * as l10n from '@vscode/l10n';
import type { CfgOption } from '../../../syntax/cfg.ts';
import type { Range } from '../../../text/range.ts';
import { clip } from '../../../text/wording.ts';
import { type Reference, targetOf } from '../references.ts';
import { repair, type SectionReader, type Value } from '../sectionReader.ts';

/**
 * Undefined for a layer that does not exist; undefined as a whole without the key. `first`: only the first one is read.
 */
export function sourcesOf(
  reader: SectionReader,
  name: string,
  first = false,
): readonly (Value | undefined)[] | undefined {
  const option = reader.option(name);
  if (!option || option.value === '') {
    reader.report({
      range: option ? option.range : reader.section.header,
      code: 'missing-layers',
      message: l10n.t('[{0}] needs `{1}`, the layers it reads; without it Darknet crashes.', reader.section.type, name),
      short: l10n.t('`{0}` is missing', name),
      help: l10n.t('For example: {0}.', `${name}=-1`),
    });
    return undefined;
  }
  const references = reader.item.references.reads.slice(0, first ? 1 : undefined);
  const last = references.findLastIndex(({ isInComment }) => !isInComment);
  return references.map((reference, at) => {
    if (reference.isInComment) return inComment(reader, reference, option, reader.reads[at]);
    checkNumber(reader, reference, option, at === last && at > 0);
    return reader.reads[at] ?? missing(reader, reference, placeOf(reference, option));
  });
}

/** parse_route counts the commas of the whole value, so those after a # refer to layers too. */
function inComment(
  reader: SectionReader,
  reference: Reference,
  option: CfgOption,
  value: Value | undefined,
): Value | undefined {
  const { commentFrom, comment, valueRange } = option;
  const range = { from: valueRange.to, to: commentFrom + comment.length };
  reader.report({
    range: { from: commentFrom, to: reference.range.to },
    severity: 'warning',
    code: 'comment-in-value',
    message: l10n.t(
      'Darknet counts the commas of this comment as well, and also reads layer {0} here.',
      targetOf(reference, reader.index),
    ),
    help: l10n.t('Put the comment on a line of its own.'),
    fixes: [repair(l10n.t('Remove the comment'), range, '')],
  });
  return value;
}

function checkNumber(reader: SectionReader, reference: Reference, option: CfgOption, isLast: boolean): void {
  const { text, range, written } = reference;
  if (/^[+-]?\d+$/.test(text)) return;
  const place = { range: placeOf(reference, option), severity: 'warning' } as const;
  if (text === '') {
    const comma = { from: range.from - 1, to: range.to };
    reader.report({
      ...place,
      code: 'empty-item',
      message: l10n.t('There is no number after this comma: Darknet reads layer 0.'),
      help: l10n.t('Remove the comma.'),
      fixes: isLast ? [repair(l10n.t('Remove the comma'), comma, '')] : [],
    });
    return;
  }
  // Darknet removes spaces from a value, so “-1 -2” is one item.
  reader.report({
    ...place,
    code: 'not-a-whole-number',
    message: l10n.t('“{0}” is not a whole number: Darknet reads layer {1}.', clip(text, 40), written),
    help: l10n.t('Separate layers by commas.'),
  });
}

/** Reports why a number refers to no layer. */
function missing(reader: SectionReader, reference: Reference, range: Range): undefined {
  const { written } = reference;
  const { index } = reader;
  const target = targetOf(reference, index);
  if (target < 0) {
    reader.report({
      range,
      code: 'no-such-layer',
      message: l10n.t('Layer {0}, counted back from layer {1}, is above the first layer.', written, index),
      short: l10n.t('no layer {0}', written),
      help: index > 0 ? l10n.t('Use a number from {0} to {1}.', -index, index - 1) : undefined,
    });
    return;
  }
  reader.report({
    range,
    code: 'forward-reference',
    message:
      target === index
        ? l10n.t('Layer {0} reads itself.', index)
        : l10n.t('Layer {0} cannot read layer {1}, which is below it.', index, target),
    short: l10n.t('reads a layer that is not above it'),
    help: index > 0 ? l10n.t('Use a number from {0} to {1}.', -index, index - 1) : undefined,
  });
}

/** The range of an item, or of the comma before an empty one. */
function placeOf({ range }: Reference, { valueRange }: CfgOption): Range {
  return range.to > range.from ? range : { from: Math.max(valueRange.from, range.from - 1), to: range.to };
}
