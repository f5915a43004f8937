import { op, type Shape } from './op.ts';

export interface Constant {
  readonly shape: Shape;
}

/** Anchors, grids, masks: computed or stored, never learned. */
export const constant = op<Constant>({
  name: 'constant',
  kind: 'source',
  summary: 'A fixed tensor, not learned.',
  attrs: { shape: { kind: 'shape', doc: 'Its sizes.' } },
  arity: 0,
  shape: ({ shape }) => shape,
  examples: [
    { attrs: { shape: [1, 2, 8400] }, inputs: [], output: [1, 2, 8400], counts: { macs: 0, weights: 0 } },
    { attrs: { shape: [] }, inputs: [], output: [] },
  ],
});
