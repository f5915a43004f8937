// Flopline's own YAML: one layer a line, for sketching and teaching (docs/flopline-yaml.md).
import { parseYaml } from '../../syntax/yaml.ts';
import type { Format } from '../format.ts';
import { readNetwork } from './network.ts';

export const flopline: Format = {
  id: 'flopline',
  label: 'Flopline YAML',
  languages: ['flopline'],
  recognises: ({ name }) => /\.net\.ya?ml$/i.test(name),
  open: source => {
    const { value: root, problems } = parseYaml(source.text);
    return { problems, read: options => readNetwork(source, root, problems, options) };
  },
};
