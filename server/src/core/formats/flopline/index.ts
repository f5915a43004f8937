// Flopline's own YAML: one layer a line, for sketching and teaching (docs/flopline-yaml.md).
import { Environments, Memo } from '../../graph/memo.ts';
import { parseDocument, type YamlDocument } from '../../syntax/document.ts';
import { lookUp, resolved } from '../../syntax/tree.ts';
import type { Format } from '../format.ts';
import { blockNames } from './blocks.ts';
import { type Known, readNetwork } from './build.ts';
import { inputNames } from './inputs.ts';
import { itemsOf } from './items.ts';
import { reads } from './reads.ts';
import { repairsOf } from './repairs.ts';
import { rewrite } from './rewrite.ts';

/** What the reader of an edited text may take over. */
interface Cache extends Known {
  readonly document: YamlDocument;
}

export const flopline: Format = {
  id: 'flopline',
  label: 'Flopline YAML',
  choices: {},
  languages: ['flopline'],
  shapeOrder: 'chw',
  namedInputs: true,
  recognises: ({ name }) => /\.net\.ya?ml$/i.test(name),
  open: (source, earlier) => {
    const before = earlier?.cache as Cache | undefined;
    const document = parseDocument(source.text, reads, before?.document);
    const { problems } = document;
    const cache: Cache = {
      document,
      segments: before?.segments ?? new Memo(),
      environments: before?.environments ?? new Environments(),
    };
    return {
      problems,
      cache,
      read: options => readNetwork(source, document, options, cache),
      items: () => {
        const list = resolved(lookUp(document.root, 'layers'));
        if (list?.kind !== 'sequence') return [];
        const blocks = blockNames(lookUp(document.root, 'blocks'));
        return itemsOf(list.items, name => blocks.has(name), inputNames(lookUp(document.root, 'input')));
      },
      fixes: (problem, spec) => repairsOf(source.text, document.root, problem, spec),
      rewrite: edits => (document.damages.length > 0 ? undefined : rewrite(source.text, document.root, edits)),
    };
  },
};
