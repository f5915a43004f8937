// What the keys of a section mean, for hovers.
import * as l10n from '@vscode/l10n';
import type { Note } from '../../graph/graph.ts';
import { activationOf } from './activations.ts';
import type { Item } from './items.ts';
import { authorOf, type Dialect, keyOf } from './words.ts';

/** Notes for later: frames outlive the reading, so these hold the item alone. */
export function notesOf({ kind, section }: Item, dialect: Dialect): () => readonly Note[] {
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
      notes.push({ range: option.range, text: parts.join(' ') });
    }
    return notes;
  };
}
