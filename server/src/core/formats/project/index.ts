// The project file, `flopline.yaml`, as a text that a person edits. What it says is read in core/project.
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import { bodyProblems, missingFolders, projectFile, readProject } from '../../project/index.ts';
import { yamlSpans } from '../../syntax/spans.ts';
import type { Format } from '../format.ts';
import { notesOf } from './notes.ts';

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
    const bodies = source.buildBody ? bodyProblems(read, source.buildBody, new Builder()) : [];
    return {
      problems: [...read.problems, ...bodies, ...(files ? missingFolders(read, files) : [])],
      read: () => ({
        model: '',
        graph: new Builder().finish([]),
        problems: [],
        head: { from: 0, to: 0 },
        variants: [],
        notes: () => notesOf(read.root),
      }),
      spans: () => (read.root ? yamlSpans(read.root) : []),
    };
  },
};
