// Parses nodes as rows: the operator, block or structure that a row begins with, and its other keys.
import {
  allEntries,
  type Entry,
  resolved,
  type Scalar,
  type Sequence,
  scalarValue,
  type YamlNode,
} from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { operatorOf } from './operators.ts';
import { beside, type Common, isStructure, type StructureName, structureKeys } from './words.ts';

export interface Row {
  /** Its node in the list, even if that is an alias. */
  readonly site: YamlNode;
  readonly key: Scalar;
  readonly value: YamlNode | undefined;
  /** The entries besides the operator's key. */
  readonly rest: readonly Entry[];
}

/** What kind of row a node is. */
export type RowKind =
  | { readonly kind: 'row'; readonly row: Row }
  /** Without an operator: `- from: stem`. */
  | { readonly kind: 'select'; readonly entries: readonly Entry[] }
  | { readonly kind: 'empty' | 'list' | 'alias' | 'other' };

const none: readonly Entry[] = [];

/** `isBlock` tells whether a name is a block. */
export function rowOf(node: YamlNode, isBlock: (name: string) => boolean): RowKind {
  const target = resolved(node);
  switch (target?.kind) {
    case 'mapping': {
      const entries = allEntries(target);
      const main = entries.length === 1 ? entries[0]! : mainEntry(entries, isBlock);
      if (!main) return { kind: 'select', entries };
      if (main.key.kind !== 'scalar') return { kind: 'other' };
      const rest = entries.length === 1 ? none : entries.filter(entry => entry !== main);
      if (rest === none && beside.has(main.key.text)) return { kind: 'select', entries };
      return { kind: 'row', row: { site: node, key: main.key, value: main.value, rest } };
    }
    case 'scalar':
      if (scalarValue(target) === null) return { kind: 'empty' };
      return { kind: 'row', row: { site: node, key: target, value: undefined, rest: none } };
    case 'sequence':
      return { kind: 'list' };
    case undefined:
      return { kind: 'alias' };
  }
}

function mainEntry(entries: readonly Entry[], isBlock: (name: string) => boolean): Entry | undefined {
  let main: Entry | undefined;
  for (const entry of entries) {
    const name = entry.key.kind === 'scalar' ? entry.key.text : '';
    if (beside.has(name)) continue;
    if (operatorOf(name) || isStructure(name) || isBlock(name)) return entry;
    main ??= entry;
  }
  return main;
}

/** All entries of a row, wherever they are written. */
export function entriesOf(row: Row): readonly Entry[] {
  const target = resolved(row.value);
  return target?.kind === 'mapping' ? [...allEntries(target), ...row.rest] : row.rest;
}

/** The value of the first entry with this key. */
export function valueAt(entries: readonly Entry[], name: string): YamlNode | undefined {
  return entries.find(({ key }) => key.kind === 'scalar' && key.text === name)?.value;
}

/** A path of `branches`. */
export interface Path {
  readonly label: string;
  readonly rows: YamlNode;
  /** The range for its total, if that is not the first row's. */
  readonly site: Range | undefined;
}

/** The parts of a row that contains other rows. */
export interface StructureParts {
  readonly keys: Readonly<Partial<Record<string, YamlNode>>>;
  readonly paths: readonly Path[];
  /** The rows of a residual or a repeat. */
  readonly rows: YamlNode | undefined;
  readonly duplicates: readonly YamlNode[];
  readonly strangers: readonly YamlNode[];
}

const shared: readonly (keyof Common<unknown>)[] = ['name', 'from', 'if', 'repeats'];

/** The keys of such a row. */
export function keysOfStructure(kind: StructureName): readonly string[] {
  return [...Object.keys(structureKeys[kind]), ...shared.filter(key => key !== 'repeats' || kind !== 'repeat')];
}

export function partsOf(row: Row, kind: StructureName): StructureParts {
  const known = new Set(keysOfStructure(kind));
  const keys: Partial<Record<string, YamlNode>> = {};
  const named: Entry[] = [];
  const duplicates: YamlNode[] = [];
  const strangers: YamlNode[] = [];
  const target = resolved(row.value);
  const take = (entry: Entry, isInside: boolean): void => {
    const { key, value } = entry;
    const text = key.kind === 'scalar' ? key.text : '';
    // A path may have the name of a key; then its value is a list.
    const isPath = isInside && kind === 'branches' && resolved(value)?.kind === 'sequence' && text !== 'from';
    if (kind === 'residual' && text === 'layers' && isInside) keys.layers = value;
    else if (known.has(text) && !isPath) {
      if (keys[text]) duplicates.push(key);
      else keys[text] = value;
    } else if (isInside && kind === 'branches') named.push(entry);
    else strangers.push(key);
  };
  if (target?.kind === 'mapping') for (const entry of allEntries(target)) take(entry, true);
  for (const entry of row.rest) take(entry, false);
  const paths = kind === 'branches' ? pathsOf(target?.kind === 'sequence' ? target : undefined, named) : [];
  const isBare = target?.kind === 'sequence' || (kind === 'residual' && target?.kind !== 'mapping');
  return { keys, paths, rows: isBare ? row.value : keys.layers, duplicates, strangers };
}

function pathsOf(list: Sequence | undefined, named: readonly Entry[]): readonly Path[] {
  if (list)
    return list.items.map((rows, at) => {
      // A path on a line of its own shows its total there, unless its first row begins on the same line.
      const flow = rows.kind === 'alias' || (rows.kind === 'sequence' && rows.flow);
      return { label: `branch.${at}`, rows, site: flow ? rows : undefined };
    });
  return named.map(({ key, value }) => ({
    label: key.kind === 'scalar' ? key.text : '',
    rows: value,
    // From the key to the end of its value.
    site: { from: key.from, to: Math.max(key.to, value.to) },
  }));
}

/** The rows in a node: a list, or a single row without brackets. */
export function rowsIn(node: YamlNode): readonly YamlNode[] | undefined {
  const target = resolved(node);
  if (target?.kind === 'sequence') return target.items;
  if (target?.kind === 'scalar' && scalarValue(target) === null) return [];
  return target && [node];
}

/** The entries of `from`, of an operator's joined tensors, or of `output`. */
export function sourcesIn(node: YamlNode): readonly YamlNode[] {
  const target = resolved(node);
  return target?.kind === 'sequence' ? target.items : [node];
}

/** Whether a value is not empty. */
export function isWritten(node: YamlNode | undefined): node is YamlNode {
  const target = resolved(node);
  return target !== undefined && !(target.kind === 'scalar' && scalarValue(target) === null);
}
