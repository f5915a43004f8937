// The project file, `flopline.yaml`, as a text that a person edits. What it says is read in core/project.
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import { bodyProblems, missingFolders, missingNetworks, projectFile, readProject } from '../../project/index.ts';
import { yamlSpans } from '../../syntax/spans.ts';
import type { Format } from '../format.ts';
import { notesOf } from './notes.ts';
import { slotAt } from './slots.ts';

export const project: Format = {
  id: 'project',
  label: 'Flopline project',
  choices: {},
  hasNoNetwork: true,
  languages: [],
  itemName: index => l10n.t('row {0}', index),
  items: 'rows',
  shapeOrder: 'chw',
  namedInputs: true,
  recognises: ({ name }) => name === projectFile,
  open: source => {
    const { text, files } = source;
    const read = readProject(text, source.path ?? projectFile);
    const places = files && {
      has: (path: string) => files.has?.(path) ?? files.read(path) !== undefined,
      isFolder: (path: string) => files.isFolder(path),
    };
    const bodies = source.buildBody ? bodyProblems(read, source.buildBody, new Builder()) : [];
    return {
      problems: [
        ...read.problems,
        ...bodies,
        ...(files ? missingFolders(read, files) : []),
        ...(places ? missingNetworks(read, places) : []),
      ],
      read: () => ({
        model: '',
        graph: new Builder().finish([]),
        problems: [],
        head: { from: 0, to: 0 },
        variants: [],
        notes: () => notesOf(read.root),
      }),
      slot: offset => slotAt(read, offset),
      spans: () => (read.root ? yamlSpans(read.root) : []),
    };
  },
};
