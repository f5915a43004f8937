// Rows as items with their references. The builder uses the same functions.
import { resolved, type Scalar, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { contains, type Range } from '../../text/range.ts';
import type { Item, Reference, Target } from '../reference.ts';
import { isReservedName, lookUp, Names } from './names.ts';
import { type Operator, operatorOf } from './operators.ts';
import { rangeOf } from './report.ts';
import { entriesOf, isWritten, partsOf, type Row, type RowKind, rowOf, rowsIn, sourcesIn, valueAt } from './row.ts';
import { isExpression } from './values.ts';
import { isStructure } from './words.ts';

type IsBlock = (name: string) => boolean;

/** The output of a row; `unknown` if it cannot be determined here. */
type Source = Target | 'unknown';

/** The rows of one list: the network's, or those of a block. */
export function itemsOf(list: readonly YamlNode[], isBlock: IsBlock, inputs: readonly string[] = []): readonly Item[] {
  const names = new Names<Source>(undefined, list, 'input', true);
  for (const name of inputs) names.named.set(name, 'input');
  return itemsIn(list, names, isBlock);
}

/** What `output` refers to, as an item after the last one. */
export function outputItem(node: YamlNode, items: readonly Item[], inputs: readonly string[] = []): Item {
  const names = new Names<Source>(undefined, [], 'input', true);
  for (const name of inputs) names.named.set(name, 'input');
  for (const { index, range, outputs } of items) {
    names.rows.push({ index, range });
    for (const { name } of outputs) names.named.set(name, { index, range });
  }
  const flow = names.rows.at(-1) ?? 'input';
  return {
    range: rangeOf(node),
    index: items.length,
    outputs: [],
    references: referencesIn([node], node, names, flow),
    lists: [],
  };
}

function itemsIn(list: readonly YamlNode[], names: Names<Source>, isBlock: IsBlock): readonly Item[] {
  let flow = names.input;
  return list.map((node, index): Item => {
    const range = rangeOf(node);
    const kind = rowOf(node, isBlock);
    const references = referencesIn(readNodesOf(kind), node, names, flow);
    const input = inputOf(kind, references, flow);
    const lists = listsOf(kind).map(rows => itemsIn(rows, new Names<Source>(names, rows, input), isBlock));
    const own: Target = { index, range };
    const nameNode = nameNodeOf(kind);
    const name = resolved(nameNode);
    const isNamed = name?.kind === 'scalar' && name.text !== '' && !isReservedName(name.text);
    names.rows.push(own);
    if (isNamed) names.named.set(name.text, own);
    if (!(isNamed && isSkipped(kind))) flow = own;
    return {
      range,
      index,
      outputs: isNamed ? [{ name: name.text, range: placeOf(nameNode!, node) }] : [],
      references,
      lists,
    };
  });
}

/** The operator of a row; undefined for blocks, structures and unknown names. */
function operatorIn(kind: RowKind): Operator | undefined {
  return kind.kind === 'row' ? operatorOf(kind.row.key.text) : undefined;
}

/** Whether the row is a source, such as a parameter: the next row reads what it would read without it. */
function isSkipped(kind: RowKind): boolean {
  return operatorIn(kind)?.op.kind === 'source';
}

/** The node with the row's own name. */
export function nameNodeOf(kind: RowKind): YamlNode | undefined {
  return valueAt(keysIn(kind), 'name');
}

function keysIn(kind: RowKind): ReturnType<typeof entriesOf> {
  if (kind.kind === 'select') return kind.entries;
  return kind.kind === 'row' ? entriesOf(kind.row) : [];
}

/** The nodes that refer to what a row reads. */
function readNodesOf(kind: RowKind): readonly YamlNode[] {
  const from = valueAt(keysIn(kind), 'from');
  if (from) return [from];
  const operator = operatorIn(kind);
  const joined = kind.kind === 'row' && operator ? joinedBy(kind.row, operator) : undefined;
  return joined ? [joined.node] : [];
}

/**
 * The tensors that a row's bare value joins: all of them if it is a list, else one together with the previous output.
 */
export function joinedBy(
  row: Row,
  operator: Operator,
): { readonly node: YamlNode; readonly isAll: boolean } | undefined {
  if (operator.main !== 'references' || operator.op.arity === 0 || !isWritten(row.value)) return undefined;
  const kind = resolved(row.value)!.kind;
  return kind === 'mapping' ? undefined : { node: row.value, isAll: kind === 'sequence' };
}

/** The input of the first row inside a row. */
function inputOf({ kind }: RowKind, references: readonly Reference[], flow: Source): Source {
  if (kind !== 'row' || references.length === 0) return flow;
  return references.length === 1 ? (references[0]!.target ?? 'unknown') : 'unknown';
}

/** The lists of rows inside a row. */
export function listsOf(kind: RowKind): readonly (readonly YamlNode[])[] {
  if (kind.kind !== 'row' || operatorIn(kind) || !isStructure(kind.row.key.text)) return [];
  const { paths, rows, keys } = partsOf(kind.row, kind.row.key.text);
  return [...paths.map(path => path.rows), rows, keys.shortcut].flatMap(node => {
    const list = node && rowsIn(node);
    return list ? [list] : [];
  });
}

function referencesIn(
  nodes: readonly YamlNode[],
  row: YamlNode,
  names: Names<Source>,
  flow: Source,
): readonly Reference[] {
  return nodes.flatMap(node =>
    sourcesIn(node).flatMap((item): Reference[] => {
      const target = resolved(item);
      if (target?.kind !== 'scalar') return [];
      return [{ range: placeOf(item, row), ...meaningOf(target, names, flow), reads: true }];
    }),
  );
}

function meaningOf(
  scalar: Scalar,
  names: Names<Source>,
  flow: Source,
): Pick<Reference, 'written' | 'kind' | 'target' | 'output'> {
  const value = isExpression(scalar) ? scalar.text : scalarValue(scalar);
  // The value of an expression depends on the use of its block.
  const found = isExpression(scalar) ? undefined : lookUp<Source>(value, names, flow);
  const of = found?.kind === 'whole' || found?.kind === 'part' ? found.of : undefined;
  const target = of === 'unknown' ? undefined : of;
  if (typeof value === 'number') return { written: value, kind: 'relative', target };
  const output = found?.kind === 'part' ? { output: found.part } : {};
  return { written: scalar.text, kind: 'name', target, ...output };
}

/** A range in a row; empty if an alias or merge brings it from elsewhere. */
function placeOf(node: YamlNode, row: Range): Range {
  return contains(row, node) && node.kind !== 'alias' ? rangeOf(node) : { from: row.to, to: row.to };
}
