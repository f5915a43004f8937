// Flopline's own YAML: one layer a line, for sketching and teaching (docs/flopline-yaml.md).
import { type ParsedYaml, parseEdited } from '../../syntax/reparse.ts';
import type { Format } from '../format.ts';
import { readNetwork } from './network.ts';

export const flopline: Format = {
  id: 'flopline',
  label: 'Flopline YAML',
  languages: ['flopline'],
  recognises: ({ name }) => /\.net\.ya?ml$/i.test(name),
  open: (source, earlier) => {
    const parsed = parseEdited(source.text, earlier?.kept as ParsedYaml | undefined);
    const { root, problems } = parsed;
    return { problems, kept: parsed, read: options => readNetwork(source, root, problems, options) };
  },
};
