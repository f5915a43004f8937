// Flopline YAML: one layer per line, for sketching and teaching (docs/flopline-yaml.md).
import * as l10n from '@vscode/l10n';
import { Environments, Memo } from '../../graph/memo.ts';
import { parseDocument, type YamlDocument } from '../../syntax/document.ts';
import { yamlSpans } from '../../syntax/spans.ts';
import { lookUp, resolved } from '../../syntax/tree.ts';
import type { Format } from '../format.ts';
import { type Item, referencesIn } from '../reference.ts';
import { blockNames, readBlocks } from './blocks.ts';
import { type Known, readNetwork } from './build.ts';
import { definitionsOf } from './definitions.ts';
import { inputNames } from './inputs.ts';
import { itemsOf, outputItem } from './items.ts';
import { reads } from './reads.ts';
import { repairsOf } from './repairs.ts';
import { rewrite } from './rewrite.ts';
import { callAt, type Rows, slotAt } from './slots.ts';
import { writeNetwork } from './write.ts';

/** What can be reused for an edited text. */
interface Cache extends Known {
  readonly document: YamlDocument;
}

export const flopline: Format = {
  id: 'flopline',
  label: 'Flopline YAML',
  choices: {},
  languages: ['flopline'],
  itemName: index => l10n.t('row {0}', index),
  items: 'rows',
  shapeOrder: 'chw',
  namedInputs: true,
  writer: { ending: '.net.yaml', languageId: 'flopline', write: writeNetwork },
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
      items: () => itemsIn(document.root).items,
      references: () => {
        const { items, isBlock } = itemsIn(document.root);
        const output = lookUp(document.root, 'output');
        const bodies = [...readBlocks(lookUp(document.root, 'blocks'), () => {}).values()].map(({ rows }) => {
          const list = resolved(rows);
          return list?.kind === 'sequence' ? itemsOf(list.items, isBlock) : [];
        });
        return referencesIn([...bodies.flat(), ...items, ...(output ? [outputItem(output, items)] : [])]);
      },
      definitions: () => definitionsOf(document.root),
      spans: () => (document.root ? yamlSpans(document.root) : []),
      slot: offset => slotAt(rowsFor(source.text, document.root), offset),
      call: offset => callAt(rowsFor(source.text, document.root), offset),
      fixes: (problem, spec) => repairsOf(source.text, document.root, problem, spec),
      rewrite: edits => (document.damages.length > 0 ? undefined : rewrite(source.text, document.root, edits)),
    };
  },
};

/** The rows of `layers`. */
function itemsIn(root: YamlDocument['root']): {
  readonly items: readonly Item[];
  readonly isBlock: (name: string) => boolean;
} {
  const blocks = blockNames(lookUp(root, 'blocks'));
  const isBlock = (name: string): boolean => blocks.has(name);
  const list = resolved(lookUp(root, 'layers'));
  if (list?.kind !== 'sequence') return { items: [], isBlock };
  return { items: itemsOf(list.items, isBlock, inputNames(lookUp(root, 'input'))), isBlock };
}

/** For queries about places in a text. */
function rowsFor(text: string, root: YamlDocument['root']): Rows {
  const blocks = readBlocks(lookUp(root, 'blocks'), () => {});
  const lets = resolved(lookUp(root, 'let'));
  return {
    text,
    blocks,
    lets: lets?.kind === 'mapping' ? lets.entries.flatMap(({ key }) => (key.kind === 'scalar' ? [key.text] : [])) : [],
    scopeAt: offset => {
      const { items, isBlock } = itemsIn(root);
      const block = [...blocks.values()].find(({ header, rows }) => header.from <= offset && offset <= rows.to);
      // A block has one input, which has no name.
      if (!block) return { items, inputs: inputNames(lookUp(root, 'input')), isBlock: false };
      const list = resolved(block.rows);
      return { items: list?.kind === 'sequence' ? itemsOf(list.items, isBlock) : [], inputs: [], isBlock: true };
    },
  };
}
