// What the keys of a section mean, for hovers.
import type { Note } from '../../graph/graph.ts';
import { activationOf } from './activations.ts';
import type { Item } from './items.ts';
import { capital } from './row.ts';
import { authorOf, type Dialect, keyOf } from './words.ts';

/** Notes for later: frames outlive the reading, so these hold the item alone. */
export function notesOf({ kind, section }: Item, dialect: Dialect): () => readonly Note[] {
  return () => {
    const notes: Note[] = [];
    for (const option of kind ? section.options : []) {
      const key = keyOf(kind!, option.key);
      if (!key) continue;
      const only = key.only && !kind!.only ? ` ${capital(authorOf[key.only])} only.` : '';
      const byDefault = key.default === undefined ? '' : ` Default: ${key.default}.`;
      const names = option.key === 'activation' ? ` ${activationOf(option.value, dialect)?.doc ?? ''}`.trimEnd() : '';
      notes.push({ range: option.range, text: `\`${option.key}\`: ${key.doc}${names}${byDefault}${only}` });
    }
    return notes;
  };
}
