// Explains the keys of a section for hovers, with their allowed values.

import * as l10n from '@vscode/l10n';
import type { Allowed, Note } from '../../graph/graph.ts';
import { sentences } from '../../text/sentences.ts';
import { activationNames, activationOf } from './activations.ts';
import type { Item } from './items.ts';
import { namesLayers } from './references.ts';
import { largestInt } from './values.ts';
import { authorOf, type Dialect, type Key, keyOf, type SectionKind } from './words.ts';

/** Lazy notes: frames outlive the reading, so these only capture the item. */
export function notesOf({ kind, section, references }: Item, dialect: Dialect): () => readonly Note[] {
  return () => {
    const notes: Note[] = [];
    for (const option of kind ? section.options : []) {
      const key = keyOf(kind!, option.key);
      if (!key) continue;
      const parts = [`\`${option.key}\`: ${key.doc()}`];
      const activation = option.key === 'activation' ? activationOf(option.value, dialect) : undefined;
      if (activation) parts.push(activation.doc());
      if (key.default !== undefined) parts.push(l10n.t('Default: {0}.', key.default));
      if (key.only && !kind!.only) parts.push(l10n.t('Only in {0}.', authorOf[key.only]));
      const text = sentences(...parts);
      notes.push({ range: option.range, text, allowed: { kind: 'key', choices: () => keysOf(kind!, dialect) } });
      notes.push({ range: option.valueRange, text, allowed: allowedOf(kind!, option.key, key, dialect) });
      if (!namesLayers(kind!, option.key)) continue;
      for (const { range } of [...references.reads, ...references.mentions])
        notes.push({ range, text, allowed: { kind: 'reference' } });
    }
    return notes;
  };
}

/** The keys that a dialect reads in a section. */
function keysOf({ keys }: SectionKind, dialect: Dialect): readonly string[] {
  return Object.keys(keys).filter(name => (keys[name]!.only ?? dialect) === dialect);
}

/** The allowed values of a key; for a list, of each entry. */
function allowedOf(section: SectionKind, name: string, key: Key, dialect: Dialect): Allowed {
  if (namesLayers(section, name)) return { kind: 'reference' };
  const { choices } = key;
  switch (key.kind) {
    case 'int':
    case 'ints':
      return { kind: 'integer', min: key.min ?? -largestInt, max: largestInt };
    case 'number':
    case 'numbers':
      return { kind: 'number' };
    case 'text':
      if (name === 'activation') return { kind: 'choice', choices: () => activationNames(dialect) };
      return choices ? { kind: 'choice', choices: () => choices } : { kind: 'name' };
  }
}
