// Recognizes rows, to choose among several repairs of a damaged line.
import { type Entry, isMerge, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import type { Reads } from '../../syntax/yaml.ts';
import { operatorOf } from './operators.ts';
import { beside, isStructure } from './words.ts';

export const reads: Reads = {
  row: isRow,
  top: new Set(['blocks', 'let', 'input', 'layers']),
  lists: new Set(['layers']),
};

const word = /^[A-Za-z_$][\w.$-]*$/;

/** Whether a node is a row, as far as that can be seen without the rest of the network. */
function isRow(node: YamlNode): boolean {
  const row = resolved(node);
  if (row?.kind === 'scalar') return word.test(row.text) || row.text.startsWith('$(');
  if (row?.kind !== 'mapping') return false;
  const names = row.entries.map(nameOf);
  if (!row.entries.every((entry, at) => isMerge(entry) || word.test(names[at]!))) return false;
  const main = row.entries.find((_, at) => operatorOf(names[at]!) || isStructure(names[at]!));
  if (!main) return row.entries.every(entry => beside.has(nameOf(entry)) || isMerge(entry)) || names.length === 1;
  if (row.entries.some(entry => entry !== main && !isMerge(entry) && !belongs(nameOf(main), nameOf(entry))))
    return false;
  const value = resolved(main.value);
  const operator = operatorOf(nameOf(main));
  if (!operator) return isRows(main.value);
  if (value?.kind === 'mapping') return hasAttributes(value, nameOf(main));
  return value?.kind !== 'sequence' || value.items.every(item => resolved(item)?.kind === 'scalar');
}

function hasAttributes(mapping: Mapping, operator: string): boolean {
  return mapping.entries.every(entry => {
    const value = resolved(entry.value);
    // `{out: 64, 3}` has a key `3` without a value.
    if (isMerge(entry)) return true;
    if (!belongs(operator, nameOf(entry)) || (mapping.flow && entry.value.from === entry.value.to)) return false;
    return value?.kind !== 'sequence' || value.items.every(item => resolved(item)?.kind !== 'mapping');
  });
}

function belongs(operator: string, key: string): boolean {
  const known = operatorOf(operator);
  return known ? known.keys.has(key) || beside.has(key) : true;
}

function isRows(node: YamlNode): boolean {
  const target = resolved(node);
  if (target?.kind === 'sequence') return target.items.every(item => isRow(item) || isRows(item));
  if (target?.kind !== 'mapping') return target?.kind === 'scalar';
  return target.entries.every(entry => word.test(nameOf(entry)) || isMerge(entry));
}

function nameOf({ key }: Entry): string {
  return key.kind === 'scalar' ? key.text : '';
}
