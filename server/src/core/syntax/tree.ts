// A YAML text as a tree in which every node has a range. Knows nothing about neural networks.
import type { Range } from '../text/range.ts';

export type YamlNode = Scalar | Sequence | Mapping | Alias;

export interface Scalar extends Range {
  readonly kind: 'scalar';
  /** Decoded, without quotes and escapes. */
  readonly text: string;
  readonly style: 'plain' | 'quoted' | 'block';
  /** As written: `!!float`. */
  readonly tag?: string;
}

export interface Sequence extends Range {
  readonly kind: 'sequence';
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
  readonly tag?: string;
}

export interface Entry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface Mapping extends Range {
  readonly kind: 'mapping';
  readonly flow: boolean;
  /**
   * The entries in effect: the last one of those with the same key, as in PyYAML's dict. Merges (`<<`) are not
   * expanded.
   */
  readonly entries: readonly Entry[];
  /** All written entries, if some are not in effect. */
  readonly written?: readonly Entry[] | undefined;
  /** Whether an entry is a merge. */
  readonly merges?: boolean | undefined;
  readonly tag?: string;
}

export interface Alias extends Range {
  readonly kind: 'alias';
  readonly name: string;
  /** Undefined if no complete node with that anchor precedes it, so an alias never leads to a cycle. */
  readonly target: Exclude<YamlNode, Alias> | undefined;
}

export type ScalarValue = string | number | boolean | null;
export type PlainValue = ScalarValue | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** Follows an alias. */
export function resolved(node: YamlNode | undefined): Exclude<YamlNode, Alias> | undefined {
  return node?.kind === 'alias' ? node.target : node;
}

/** The value of a mapping's key, resolving an alias. */
export function lookUp(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return entryOf(node, key)?.value;
}

/** The entry of a key; a mapping's own entries take precedence over merged ones. */
export function entryOf(node: YamlNode | undefined, key: string): Entry | undefined {
  const mapping = resolved(node);
  if (mapping?.kind !== 'mapping') return undefined;
  const { entries } = mapping;
  for (const entry of entries) if (entry.key.kind === 'scalar' && entry.key.text === key) return entry;
  return mapping.merges ? mergedEntries(entries).find(entry => keyOf(entry) === key) : undefined;
}

/** All entries of a mapping, including merged ones. */
export function allEntries(mapping: Mapping): readonly Entry[] {
  if (!mapping.merges) return mapping.entries;
  return [...mergedEntries(mapping.entries), ...mapping.entries.filter(entry => !isMerge(entry))];
}

/** `<<: *defaults` or `<<: [*first, *second]`. */
export function isMerge({ key }: Entry): boolean {
  return key.kind === 'scalar' && key.text === '<<' && key.style === 'plain';
}

/** A limit on merged entries, since nested merges multiply. */
const mostMerged = 1000;

/**
 * The merged entries that a mapping does not override (SafeConstructor.flatten_mapping of PyYAML): in a list of
 * mappings, the first one that has a key takes precedence.
 */
export function mergedEntries(entries: readonly Entry[]): readonly Entry[] {
  const found = new Map<string, Entry>();
  const own = new Set(entries.map(keyOf));
  let visits = 0;
  const merge = (node: YamlNode, depth: number): void => {
    const target = resolved(node);
    if (++visits > mostMerged || depth > 50) return;
    if (target?.kind !== 'mapping') return;
    for (const entry of target.entries) {
      const key = keyOf(entry);
      if (!isMerge(entry) && !own.has(key) && !found.has(key)) found.set(key, entry);
    }
    mergeAll(target.entries, depth + 1);
  };
  // Of several merges, the last takes precedence, as with any other key.
  const mergeAll = (of: readonly Entry[], depth: number): void => {
    for (const entry of of.filter(isMerge).reverse()) {
      const value = resolved(entry.value);
      for (const item of value?.kind === 'sequence' ? value.items : [entry.value]) merge(item, depth);
    }
  };
  mergeAll(entries, 0);
  return [...found.values()];
}

function keyOf({ key }: Entry): string {
  return key.kind === 'scalar' ? key.text : '';
}

const integer = /^[-+]?(?:0|[1-9][\d_]*)$/;
const float = /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]?\d+)?|\.\d[\d_]*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)$/;

/** The value of a scalar: YAML's core schema, with `_` between digits as in YAML 1.1. */
export function scalarValue(node: Scalar): ScalarValue {
  const { text } = node;
  if (node.style !== 'plain') return text;
  // Most scalars are names, which the first letter settles.
  const first = text.charCodeAt(0);
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) {
    if (integer.test(text) || float.test(text)) return Number(text.replaceAll('_', ''));
    if (/^0x[\da-fA-F]+$/.test(text) || /^0o[0-7]+$/.test(text)) return Number(text);
    if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
    if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
    return text;
  }
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
      return text;
  }
}

/** A node as plain data; undefined if it has more than `limit` nodes (nested aliases multiply). */
export function plainValue(
  node: YamlNode,
  limit = 1000,
  read: (scalar: Scalar) => ScalarValue = scalarValue,
): PlainValue | undefined {
  let left = limit;
  const walk = (at: YamlNode): PlainValue | undefined => {
    if (left-- <= 0) return undefined;
    const target = resolved(at);
    if (!target) return null;
    if (target.kind === 'scalar') return read(target);
    if (target.kind === 'sequence') return target.items.map(item => walk(item) ?? null);
    return Object.fromEntries(
      allEntries(target).map(({ key, value }) => [key.kind === 'scalar' ? key.text : '', walk(value) ?? null]),
    );
  };
  const value = walk(node);
  return left < 0 ? undefined : value;
}
