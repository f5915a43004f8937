// What a text defines by name, with all uses: inputs, parameters (of `let` and of blocks), blocks.
import { allEntries, type Entry, entryOf, resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import { contains, type Range } from '../../text/range.ts';
import type { Definition, Definitions } from '../reference.ts';
import { type Block, readBlocks } from './blocks.ts';
import { namesOf, parseExpression } from './expression.ts';
import { inputNames } from './inputs.ts';
import { itemsOf, listsOf, outputItem } from './items.ts';
import { operatorOf } from './operators.ts';
import { rangeOf } from './report.ts';
import { entriesOf, rowOf } from './row.ts';
import { isExpression, lettersFrom } from './values.ts';
import { isStructure } from './words.ts';

/** A definition whose uses are still being collected. */
interface Found extends Definition {
  readonly uses: Range[];
}

/** What `$name` refers to at a place. */
type Meanings = ReadonlyMap<string, Found>;

export function definitionsOf(root: YamlNode | undefined): Definitions {
  const found: Found[] = [];
  const add = (kind: Definition['kind'], name: string, at: Range, whole: Range, isFixed = false): Found => {
    const one: Found = { kind, name, range: rangeOf(at), whole: rangeOf(whole), uses: [], isFixed };
    found.push(one);
    return one;
  };

  const [input, lets, layers, output] = ['input', 'let', 'layers', 'output'].map(key => entryOf(root, key));
  if (input) add('input', 'input', input.key, spanOf(input), true);
  const names = inputNames(input?.value);
  for (const entry of entriesIn(input?.value)) {
    const name = textOf(entry.key);
    if (names.includes(name) && name !== 'input') add('input', name, entry.key, spanOf(entry));
  }

  const shared = new Map<string, Found>();
  for (const entry of entriesIn(lets?.value)) {
    readExpressions(entry.value, shared);
    const name = textOf(entry.key);
    if (/^[A-Za-z_]\w*$/.test(name)) shared.set(name, add('parameter', name, entry.key, spanOf(entry)));
  }

  const blocks = new Map<string, { readonly block: Found; readonly parameters: Meanings }>();
  const bodies: { readonly block: Block; readonly meanings: Meanings }[] = [];
  for (const block of readBlocks(entryOf(root, 'blocks')?.value, () => {}).values()) {
    const parameters = new Map<string, Found>();
    for (const parameter of block.parameters) {
      if (parameter.default) readExpressions(parameter.default, new Map([...shared, ...parameters]));
      parameters.set(parameter.name, add('parameter', parameter.name, parameter.range, parameter.range));
    }
    const { header } = block;
    const whole = { from: header.from, to: Math.max(header.to, block.rows.to) };
    blocks.set(block.name, { block: add('block', block.name, block.nameRange, whole), parameters });
    bodies.push({ block, meanings: new Map([...shared, ...parameters]) });
  }

  /** Collects the uses of blocks in a list of rows, and the parameter names in their arguments. */
  const readRows = (rows: readonly YamlNode[], within: Range): void => {
    for (const node of rows) {
      // The content of an alias is written elsewhere.
      if (node.kind === 'alias' || !contains(within, node)) continue;
      const kind = rowOf(node, name => blocks.has(name));
      if (kind.kind !== 'row') continue;
      const { key } = kind.row;
      const used = operatorOf(key.text) || isStructure(key.text) ? undefined : blocks.get(key.text);
      if (used) {
        used.block.uses.push(rangeOf(key));
        for (const entry of entriesOf(kind.row)) {
          const parameter = used.parameters.get(textOf(entry.key));
          if (parameter && contains(node, entry.key)) parameter.uses.push(rangeOf(entry.key));
        }
      }
      for (const list of listsOf(kind)) readRows(list, node);
    }
  };
  for (const node of [input?.value, layers?.value, output?.value]) if (node) readExpressions(node, shared);
  const list = resolved(layers?.value);
  const rows = list?.kind === 'sequence' ? list.items : [];
  if (list) readRows(rows, list);
  const lists = bodies.flatMap(({ block, meanings }) => {
    readExpressions(block.rows, meanings);
    const body = block.rows.kind === 'sequence' ? block.rows : undefined;
    if (!body) return [];
    readRows(body.items, body);
    return [itemsOf(body.items, name => blocks.has(name))];
  });
  const items = output ? itemsOf(rows, name => blocks.has(name), names) : [];
  return {
    definitions: found,
    lists,
    references: output ? outputItem(output.value, items, names).references : [],
    sharesNames: false,
  };
}

/** Collects the names in a node's expressions; repetitions by aliases are found where they are written. */
function readExpressions(node: YamlNode, meanings: Meanings): void {
  switch (node.kind) {
    case 'scalar':
      readExpression(node, meanings);
      return;
    case 'sequence':
      for (const item of node.items) readExpressions(item, meanings);
      return;
    case 'mapping':
      for (const { value } of node.entries) readExpressions(value, meanings);
  }
}

function readExpression(scalar: Scalar, meanings: Meanings): void {
  if (!isExpression(scalar)) return;
  const start = lettersFrom(scalar);
  const { expression } = parseExpression(scalar.text);
  if (start === undefined || !expression) return;
  for (const { name, from, to } of namesOf(expression)) {
    // The position includes the `$` and parentheses.
    const at = start + from + scalar.text.slice(from, to).indexOf(name);
    meanings.get(name)?.uses.push({ from: at, to: at + name.length });
  }
}

function entriesIn(node: YamlNode | undefined): readonly Entry[] {
  return node?.kind === 'mapping' ? allEntries(node).filter(({ key }) => contains(node, key)) : [];
}

const textOf = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : '');

const spanOf = ({ key, value }: Entry): Range => ({ from: key.from, to: Math.max(key.to, value.to) });
