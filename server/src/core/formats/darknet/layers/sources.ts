// The layers that `layers=` or `from=` names, as a section reads them, and what is wrong with them.
import type { CfgOption } from '../../../syntax/cfg.ts';
import type { Range } from '../../../text/range.ts';
import { type Reference, targetOf } from '../references.ts';
import { type Row, repair, short, type Value } from '../row.ts';

/** Each is undefined where there is no such layer; all are where the key is missing. `first`: only that one is read. */
export function sourcesOf(row: Row, name: string, first = false): readonly (Value | undefined)[] | undefined {
  const option = row.option(name);
  if (!option || option.value === '') {
    const message = `[${row.section.type}] needs \`${name}=\`: the layers that it reads, as in \`${name}=-1\`. Without it Darknet crashes.`;
    row.report(option ? option.range : row.section.header, 'missing-argument', message);
    return undefined;
  }
  const references = row.item.references.reads.slice(0, first ? 1 : undefined);
  const last = references.findLastIndex(({ isInComment }) => !isInComment);
  return references.map((reference, at) => {
    if (reference.isInComment) return inComment(row, reference, option, row.reads[at]);
    checkNumber(row, reference, option, at === last && at > 0);
    return row.reads[at] ?? missing(row, reference, placeOf(reference, option));
  });
}

/** parse_route counts the commas of the whole value: those behind a # name layers, too. */
function inComment(row: Row, reference: Reference, option: CfgOption, value: Value | undefined): Value | undefined {
  const { commentFrom, comment, valueRange } = option;
  const message = `Darknet counts the commas of this comment as well, and reads layer ${targetOf(reference, row.index)} here, too. Comments have lines of their own.`;
  const range = { from: valueRange.to, to: commentFrom + comment.length };
  row.report({ from: commentFrom, to: reference.range.to }, 'comment-in-value', message, 'warning', [
    repair('Remove the comment', range, ''),
  ]);
  return value;
}

function checkNumber(row: Row, reference: Reference, option: CfgOption, isLast: boolean): void {
  const { text, range, written } = reference;
  const place = placeOf(reference, option);
  if (text === '') {
    const message = 'Nothing follows this comma, which Darknet reads as layer 0. Remove it.';
    const comma = { from: range.from - 1, to: range.to };
    row.report(place, 'wrong-value', message, 'warning', isLast ? [repair('Remove the comma', comma, '')] : []);
  } else if (!/^[+-]?\d+/.test(text)) {
    const message = `“${short(text)}” is not a number, so Darknet reads it as layer 0.`;
    row.report(place, 'wrong-value', message, 'warning');
  } else if (!/^[+-]?\d+$/.test(text)) {
    // Darknet takes spaces out of a value, so that “-1 -2” is one item.
    const message = `“${short(text)}” is no whole number: Darknet reads ${written}. Layers are separated by commas.`;
    row.report(place, 'wrong-value', message, 'warning');
  }
}

/** Says why a number names no layer. */
function missing(row: Row, reference: Reference, place: Range): undefined {
  const { written } = reference;
  const { index } = row;
  const target = targetOf(reference, index);
  if (target < 0) {
    const most = index > 0 ? ` Use ${-index} or more.` : '';
    const message = `${written} points before the first layer: this is layer ${index}, and layers are counted back from here.${most}`;
    row.report(place, 'no-such-layer', message);
    return;
  }
  const what = target === index ? 'this layer itself' : 'a layer that comes later';
  const back = index === 0 ? '' : ` Use ${index - 1} or less, or a negative number to count back from here.`;
  const message = `Layer ${target} is ${what}: this is layer ${index}, and Darknet would read one that is not there yet.${back}`;
  row.report(place, 'forward-reference', message);
}

/** An item, or the comma in front of one that is empty. */
function placeOf({ range }: Reference, { valueRange }: CfgOption): Range {
  return range.to > range.from ? range : { from: Math.max(valueRange.from, range.from - 1), to: range.to };
}
