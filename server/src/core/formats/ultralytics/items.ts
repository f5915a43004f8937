// Rows as items: what each says of others.
import { lookUp, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import type { Range } from '../../text/range.ts';
import type { Item, Reference, Target } from '../reference.ts';

/** The rows of `backbone` and `head`, which are numbered through. */
export function rowsOf(top: Mapping): readonly YamlNode[] {
  return ['backbone', 'head'].flatMap(key => {
    const list = resolved(lookUp(top, key));
    return list?.kind === 'sequence' ? list.items : [];
  });
}

export function itemsOf(rows: readonly YamlNode[]): readonly Item[] {
  return rows.map((row, index): Item => {
    const target = resolved(row);
    const from = target?.kind === 'sequence' && target.items[0] ? sourcesOf(target.items[0]) : [];
    const references = from.flatMap(({ node, value }): Reference[] => {
      if (value === undefined) return [];
      // What an anchor elsewhere writes has no place here.
      const range = node.kind === 'alias' ? { from: node.to, to: node.to } : rangeOf(node);
      const kind = value < 0 ? 'relative' : 'absolute';
      return [{ range, written: value, kind, target: targetOf(rows, index, value), reads: true }];
    });
    return { range: rangeOf(row), index, outputs: [], references, lists: [] };
  });
}

/** The entries of `from`, each with its number; undefined where it is none. */
export function sourcesOf(from: YamlNode): readonly { readonly node: YamlNode; readonly value: number | undefined }[] {
  const target = resolved(from);
  const nodes = target?.kind === 'sequence' ? target.items : [from];
  return nodes.map(node => ({ node, value: integerOf(node) }));
}

/** `y[x]`, after the first row has read the image as −1 (parse_model, forward). */
function targetOf(rows: readonly YamlNode[], index: number, value: number): Target | undefined {
  if (index === 0 && value === -1) return 'input';
  const at = value < 0 ? index + value : value;
  const row = rows[at];
  return row && { index: at, range: rangeOf(row) };
}

function integerOf(node: YamlNode): number | undefined {
  const target = resolved(node);
  // `ch[-1.0]` is a TypeError in Python.
  if (target?.kind !== 'scalar' || isFloat(target)) return undefined;
  const value = value11(target);
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}

/** A place without the node: whoever holds it holds nothing of the tree. */
function rangeOf({ from, to }: Range): Range {
  return { from, to };
}
