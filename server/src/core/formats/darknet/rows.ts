// Commands on sections, each with its lines and the comments right above it.
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import type { Rows } from '../rows.ts';
import type { Item } from './items.ts';
import { type Layers, readsAbove } from './rewrite.ts';

export function rowsFor(text: string, { sections, items }: Layers): Rows {
  const extents = sections.map(({ section: { header, range } }) => ({
    from: commentsAbove(text, header.from),
    to: lineEnd(text, range.to),
  }));
  return {
    extents,
    readings: [items],
    readsAbove: index => readsAbove({ kind: sections[index]!.kind?.name }),
    swapped(upper) {
      const [a, b] = [extents[upper]!, extents[upper + 1]!];
      return [
        { ...a, text: text.slice(b.from, b.to) },
        { ...b, text: text.slice(a.from, a.to) },
      ];
    },
    copied(index) {
      const { from, to } = extents[index]!;
      return [below(text, extents, index, text.slice(from, to))];
    },
    inserted(index, channels) {
      const newline = newlineOf(text);
      const lines = convolution(text, sections, index, channels);
      const { header } = sections[index]!.section;
      const { number } = items[index]!;
      const above = extents[index]!;
      // A bare number above the section: give the new section one too.
      const bare =
        number?.value === index
          ? /^([ \t]*[#;][ \t]*)\d+[ \t]*(?:\r?\n|\r)$/.exec(text.slice(above.from, lineStart(text, header.from)))
          : null;
      const head = bare ? [bare[1]! + (index + 1)] : [];
      return [below(text, extents, index, [...head, ...lines].join(newline))];
    },
    removed(index) {
      const { from, to } = extents[index]!;
      const before = text.slice(0, from).trimEnd().length;
      // Include the blank lines above it or, if there is nothing above, those below.
      if (before > 0) return [{ from: lineEnd(text, before), to, text: '' }];
      const after = /\S/.exec(text.slice(to));
      return [{ from, to: after ? lineStart(text, to + after.index) : text.length, text: '' }];
    },
  };
}

/** Inserts lines below a section, at the same distance as its neighbor. */
function below(text: string, extents: readonly Range[], index: number, fresh: string): TextEdit {
  const { to } = extents[index]!;
  const at = index + 1 < extents.length || index === 0 ? to : extents[index - 1]!.to;
  const gap = /^(?:[ \t]*(?:\r\n|\n|\r))+/.exec(text.slice(at))?.[0];
  const isOpen = gap === undefined || at + gap.length === text.length;
  return { from: to, to, text: (isOpen ? newlineOf(text).repeat(2) : gap) + fresh };
}

/** A convolution that keeps the number of channels, in the style of the nearest one above. */
function convolution(text: string, sections: readonly Item[], index: number, channels: number): readonly string[] {
  const isConv = ({ kind }: Item): boolean => kind?.name === 'convolutional';
  const like = sections.slice(0, index + 1).findLast(isConv) ?? sections.find(isConv);
  const own = new Map([
    ['filters', String(channels)],
    ['size', '3'],
    ['stride', '1'],
    ['pad', '1'],
  ]);
  const first = like?.options.values().next().value;
  const equals = first ? text.slice(first.keyRange.to, first.valueRange.from) : '=';
  const sign = /^[ \t]*=[ \t]*$/.test(equals) ? equals.replace(/[ \t]+/g, ' ') : '=';
  const normalizes = like === undefined || like.options.get('batch_normalize')?.text === '1';
  const activation = like?.options.get('activation')?.text;
  const isPlain = activation === undefined || activation === '' || activation === 'linear';
  const pairs = [
    ...(normalizes ? [['batch_normalize', '1'] as const] : []),
    ...own,
    ['activation', isPlain ? 'leaky' : activation] as const,
  ];
  return ['[convolutional]', ...pairs.map(([key, value]) => key + sign + value)];
}

/** The start of the comments right above a section. */
function commentsAbove(text: string, header: number): number {
  let at = lineStart(text, header);
  while (at > 0) {
    const end = at - (text.startsWith('\r\n', at - 2) ? 2 : 1);
    const start = lineStart(text, end);
    if (!/^[ \t]*[#;]/.test(text.slice(start, end))) break;
    at = start;
  }
  return at;
}

function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--;
  return at;
}

function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function newlineOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}
