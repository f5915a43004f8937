// Networks of PyTorch in Python files, which are read and never run (docs/python.md).
import * as l10n from '@vscode/l10n';
import { startPython } from '../../syntax/python/grammar.ts';
import type { Format } from '../format.ts';
import { mayHoldNetwork } from './recognise.ts';
import { writeModule } from './write/index.ts';

/** What reads programs is a large part of the code: it is loaded with the parser, for the first Python file. */
let openProgram: Format['open'] | undefined;

async function load(): Promise<void> {
  const [{ open }] = await Promise.all([import('./reader.ts'), startPython()]);
  openProgram = open;
}

export const pytorch: Format = {
  id: 'pytorch',
  label: 'PyTorch',
  choices: { entry: true },
  // Python is the language of another extension.
  languages: [],
  itemName: index => l10n.t('layer {0}', index),
  items: 'layers',
  shapeOrder: 'chw',
  namedInputs: true,
  parser: { isNeeded: () => true, isReady: () => openProgram !== undefined, load },
  writer: { ending: '.py', languageId: 'python', write: writeModule },
  recognises: mayHoldNetwork,
  open: (source, earlier) => {
    if (!openProgram) throw new Error('A Python file is opened before its parser is loaded.');
    return openProgram(source, earlier);
  },
};
