// Uses of the blocks that a text defines: arguments bound to parameters, then the block's rows.
import type { Tensor } from '../../graph/graph.ts';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Block } from './blocks.ts';
import type { Value } from './expression.ts';
import { Names } from './names.ts';
import type { Common } from './operatorRows.ts';
import type { Walk } from './rows.ts';
import type { Row } from './telling.ts';
import type { Scope } from './values.ts';

export function readArguments(walk: Walk, row: Row, block: Block, common: Common, args: Map<string, YamlNode>): void {
  const { parameters } = block;
  const signature = parameters.length === 0 ? 'none' : parameters.map(({ name }) => name).join(', ');
  const target = resolved(row.value);
  const entries: readonly Entry[] = target?.kind === 'mapping' ? [...allEntries(target), ...row.rest] : row.rest;
  if (target?.kind === 'sequence' || (target?.kind === 'scalar' && scalarValue(target) !== null)) {
    const items = target.kind === 'sequence' ? target.items : [row.value!];
    items.forEach((item, position) => {
      const parameter = parameters[position];
      if (parameter) args.set(parameter.name, item);
      else if (position === parameters.length) {
        walk.telling.tell(
          item,
          'wrong-argument',
          `“${block.name}” has ${parameters.length} parameter${parameters.length === 1 ? '' : 's'} (${signature}), but is given ${items.length}. Remove what is too much.`,
        );
      }
    });
  }
  for (const { key, value } of entries) {
    const text = key.kind === 'scalar' ? key.text : '';
    if (text === 'name' || text === 'from' || text === 'if' || text === 'repeats') {
      if (common[text]) walk.telling.duplicate(key);
      else common[text] = value;
    } else if (parameters.some(({ name }) => name === text)) {
      if (args.has(text)) walk.telling.duplicate(key);
      else args.set(text, value);
    } else
      walk.telling.unknownKey(key, block.name, [
        ...parameters.map(({ name }) => name),
        'name',
        'from',
        'if',
        'repeats',
      ]);
  }
  const missing = parameters.filter(({ name, otherwise }) => otherwise === undefined && !args.has(name));
  if (missing.length === 0) return;
  const list = missing.map(({ name }) => `“${name}”`).join(', ');
  walk.telling.tell(
    row.key,
    'missing-argument',
    `“${block.name}” needs ${list}, as in “${block.name}: {${missing.map(({ name }) => `${name}: …`).join(', ')}}”.`,
  );
}

export function readBody(
  walk: Walk,
  row: Row,
  block: Block,
  args: ReadonlyMap<string, YamlNode>,
  inputs: readonly Tensor[],
  scope: Scope,
): readonly Tensor[] {
  if (walk.within.includes(block)) {
    const path = [...walk.within.slice(walk.within.indexOf(block)), block].map(({ name }) => name).join(' → ');
    const why = `“${block.name}” uses itself (${path}), which would never end.`;
    walk.telling.tell(row.key, 'recursive-block', `${why} Use other rows here.`);
    return walk.telling.unknown(why, inputs);
  }
  const list = resolved(block.rows);
  if (list?.kind !== 'sequence') {
    const empty = !list || (list.kind === 'scalar' && scalarValue(list) === null);
    if (empty) {
      walk.telling.tell(
        block.header,
        'empty-block',
        `“${block.name}” has no rows. Write them below, each behind a dash.`,
        'warning',
      );
      return inputs;
    }
    walk.telling.tell(block.rows, 'wrong-row', 'The rows of a block are a list: one a line, each behind a dash.');
    return walk.telling.unknown(`“${block.name}” could not be understood`, inputs);
  }
  const bound = new Map<string, Value>();
  for (const { name, otherwise } of block.parameters) {
    const arg = args.get(name);
    // An argument speaks the language of its place, a default that of the block.
    const value = arg
      ? walk.values.of(arg, scope, inputs)
      : otherwise && walk.values.of(otherwise, inner(walk, bound), inputs);
    bound.set(name, value === undefined ? Number.NaN : value);
  }
  walk.within.push(block);
  const outputs = walk.list(list, inputs, inner(walk, bound), new Names(undefined, list.items, inputs));
  walk.within.pop();
  return outputs;
}

function inner(walk: Walk, bound: Map<string, Value>): Scope {
  return walk.shared.size === 0 ? bound : new Map([...walk.shared, ...bound]);
}
