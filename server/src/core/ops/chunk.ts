import * as l10n from '@vscode/l10n';
import { op } from './op.ts';
import { checkAxisIn } from './rules/axis.ts';
import { checkPieces, piecesOf } from './rules/pieces.ts';
import { savesNothing } from './rules/saved.ts';
import { axisOf } from './rules/shape.ts';

export interface Chunk {
  readonly axis: number;
  readonly chunks: number;
}

export const chunk = op<Chunk>({
  name: 'chunk',
  kind: 'view',
  summary: () =>
    l10n.t('Splits a tensor along an axis into a number of equal chunks; the last one may be smaller. Views: no copy.'),
  attrs: {
    axis: { kind: 'axis', default: 1, doc: () => l10n.t('Axis to split.') },
    chunks: { kind: 'int', min: 1, doc: () => l10n.t('Number of chunks.') },
  },
  arity: 1,
  check: ({ axis, chunks }, [x]) => checkAxisIn(axis, x!) ?? checkPieces(chunks, 'chunks'),
  shapes: ({ axis, chunks }, [x]) => piecesOf(x!, axis, lengthsOf(x![axisOf(axis, x!.length)]!, chunks)),
  saves: savesNothing,
  examples: [
    {
      // The two halves of a C2f.
      attrs: { axis: 1, chunks: 2 },
      inputs: [[1, 32, 160, 160]],
      output: [
        [1, 16, 160, 160],
        [1, 16, 160, 160],
      ],
      counts: { macs: 0 },
    },
    {
      // 10 in 4: pieces of ceil(10/4) = 3, as documented for torch.chunk.
      attrs: { axis: 1, chunks: 4 },
      inputs: [[1, 10, 2]],
      output: [
        [1, 3, 2],
        [1, 3, 2],
        [1, 3, 2],
        [1, 1, 2],
      ],
    },
  ],
});

/** Pieces are ceil(length / chunks) long, so there may be fewer than asked for (torch.chunk). */
function lengthsOf(length: number, chunks: number): number[] {
  const piece = Math.ceil(length / chunks);
  // An unknown length gives `chunks` unknown pieces; an empty axis, `chunks` empty ones.
  const count = length > 0 && Number.isFinite(length) ? Math.ceil(length / piece) : chunks;
  return Array.from({ length: count }, (_, index) => Math.min(piece, length - index * piece));
}
