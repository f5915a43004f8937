// Flopline's own YAML: one layer a line, for sketching and teaching (docs/flopline-yaml.md).
import { type ParsedYaml, parseEdited } from '../../syntax/reparse.ts';
import type { Format } from '../format.ts';
import { Kept } from './kept.ts';
import { mends } from './mend.ts';
import { readNetwork } from './network.ts';
import { reads } from './reads.ts';
import { rewrite } from './rewrite.ts';

/** What an edited text builds on. */
interface Before {
  readonly parsed: ParsedYaml;
  readonly rows: Kept;
}

export const flopline: Format = {
  id: 'flopline',
  label: 'Flopline YAML',
  languages: ['flopline'],
  recognises: ({ name }) => /\.net\.ya?ml$/i.test(name),
  open: (source, earlier) => {
    const before = earlier?.kept as Before | undefined;
    const parsed = parseEdited(source.text, before?.parsed, reads);
    const { root, problems } = parsed;
    const rows = before?.rows ?? new Kept();
    let isRead = false;
    return {
      problems,
      kept: { parsed, rows } satisfies Before,
      read: options => {
        // Only the first reading may use up the earlier graph; another scale or size is read beside it.
        const first = options.main !== false && !isRead;
        if (first) isRead = true;
        return readNetwork(source, root, parsed.damages, options, first ? rows : undefined);
      },
      mends: (problem, spec) => mends(source.text, root, problem, spec),
      rewrite: edits => (parsed.damages.length > 0 ? undefined : rewrite(source.text, root, edits)),
    };
  },
};
