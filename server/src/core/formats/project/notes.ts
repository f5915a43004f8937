// What the keys of the project file mean, for hovers.
import * as l10n from '@vscode/l10n';
import type { Note } from '../../graph/graph.ts';
import { projectShape, type Shape } from '../../project/index.ts';
import { allEntries, resolved, type YamlNode } from '../../syntax/tree.ts';

export function notesOf(root: YamlNode | undefined): readonly Note[] {
  const notes: Note[] = [];
  const visit = (node: YamlNode | undefined, shape: Shape<unknown>): void => {
    const target = resolved(node);
    if (target?.kind === 'sequence' && shape.inside && !shape.isNamed) {
      for (const item of target.items) visit(item, shape.inside);
    }
    if (target?.kind !== 'mapping') return;
    for (const { key, value } of allEntries(target)) {
      if (key.kind !== 'scalar') continue;
      const field = shape.fields && Object.hasOwn(shape.fields, key.text) ? shape.fields[key.text] : undefined;
      if (field)
        notes.push({ range: { from: key.from, to: key.to }, text: l10n.t('{0}: {1}', `**${key.text}**`, field.doc()) });
      const inside = field?.shape ?? (shape.isNamed ? shape.inside : undefined);
      if (inside) visit(value, inside);
    }
  };
  visit(root, projectShape);
  return notes;
}
