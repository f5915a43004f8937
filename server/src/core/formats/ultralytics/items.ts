// Rows as items: what each says of others.
import { chunkOf } from '../../syntax/chunks.ts';
import type { PlacedRow, Row } from '../../syntax/document.ts';
import { lookUp, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import type { Range } from '../../text/range.ts';
import type { Item, Reference, Target } from '../reference.ts';

/** The rows of `backbone` and `head`, which are numbered through. */
export function rowsOf(top: Mapping): readonly PlacedRow[] {
  return placedRows(
    ['backbone', 'head'].flatMap(key => {
      const list = resolved(lookUp(top, key));
      return list?.kind === 'sequence' ? list.items : [];
    }),
  );
}

/** Rows with the offsets of the text. */
export function placedRows(nodes: readonly YamlNode[]): readonly PlacedRow[] {
  return nodes.map(node => ({ chunk: chunkOf('', node), start: 0, end: 0 }));
}

export function itemsOf(text: string, rows: readonly PlacedRow[]): readonly Item[] {
  const ranges = rows.map(({ chunk: { node }, start }): Range => ({ from: node.from + start, to: node.to + start }));
  return rows.map(({ chunk, start }, index): Item => {
    const references = numbersIn(chunk).map(
      ({ from, to, value }): Reference => ({
        range: { from: from + start, to: to + start },
        written: value,
        kind: value < 0 ? 'relative' : 'absolute',
        target: targetOf(ranges, index, value),
        reads: true,
      }),
    );
    const range = ranges[index]!;
    return { range, index, outputs: [], references, number: numberAfter(text, range.to), lists: [] };
  });
}

interface Written extends Range {
  readonly value: number;
}

const known = new WeakMap<Row, readonly Written[]>();

/** The numbers in `from` of a row, with its own offsets. */
export function numbersIn(row: Row): readonly Written[] {
  const found = known.get(row);
  if (found) return found;
  const parts = resolved(row.node);
  const from = parts?.kind === 'sequence' && parts.items[0] ? sourcesOf(parts.items[0]) : [];
  const numbers = from.flatMap(({ node, value }): Written[] =>
    // What an anchor elsewhere writes has no place here.
    value === undefined ? [] : [{ from: node.kind === 'alias' ? node.to : node.from, to: node.to, value }],
  );
  known.set(row, numbers);
  return numbers;
}

/** `# 5-P3/8` after a row that ends at an offset: 5. Sizes, ratios and ranges are no numbers of rows. */
function numberAfter(text: string, end: number): Item['number'] {
  comment.lastIndex = end;
  const match = comment.exec(text);
  if (!match) return undefined;
  const to = comment.lastIndex;
  return { range: { from: to - match[1]!.length, to }, value: Number(match[1]) };
}

const comment = /[ \t,\]]*#[ \t]*(\d+)(?!\w|[.,]\d|-\d|[/%]|[ \t]*[×*])/y;

/** The entries of `from`, each with its number; undefined where it is none. */
export function sourcesOf(from: YamlNode): readonly { readonly node: YamlNode; readonly value: number | undefined }[] {
  const target = resolved(from);
  const nodes = target?.kind === 'sequence' ? target.items : [from];
  return nodes.map(node => ({ node, value: integerOf(node) }));
}

/** `y[x]`, after the first row has read the image as −1 (parse_model, forward). */
function targetOf(rows: readonly Range[], index: number, value: number): Target | undefined {
  if (index === 0 && value === -1) return 'input';
  const at = value < 0 ? index + value : value;
  const row = rows[at];
  return row && { index: at, range: row };
}

function integerOf(node: YamlNode): number | undefined {
  const target = resolved(node);
  // `ch[-1.0]` is a TypeError in Python.
  if (target?.kind !== 'scalar' || isFloat(target)) return undefined;
  const value = value11(target);
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}
