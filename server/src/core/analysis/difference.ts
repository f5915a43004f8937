// Side effects: what an edit changed in a network beyond what it was meant to.
import * as l10n from '@vscode/l10n';
import { type Frame, type Graph, type GraphNode, type Tensor, useOf } from '../graph/graph.ts';
import { Placement, type Segment } from '../graph/segment.ts';
import type { Shape } from '../ops/op.ts';
import type { Range } from '../text/range.ts';
import { type Row, siteOf } from './model.ts';

/**
 * Why an edit is refused: it changes the network's inputs or outputs, or the output of an item. `moved` maps offsets of
 * the old text to the new one. Items in `footprint`, and deleted items, may differ. If `rebuilt` is given, all items
 * except those in it must consist of the same operators: if a residual sum silently disappears because its sides no
 * longer have equal channels, the result is another network.
 */
export function objection(
  before: Graph,
  after: Graph,
  moved: (offset: number) => number | undefined,
  footprint: readonly Range[],
  rebuilt?: readonly Range[],
): string | undefined {
  if (!sameShapes(tensorsOf(before), tensorsOf(after))) return l10n.t('the input of the network would change');
  if (!sameShapes(before.outputs, after.outputs)) return l10n.t('the output shape of the network would change');
  const free = new Set(footprint.map(({ from }) => from));
  const differing = differingRows(before, after, moved);
  const now = outputsByPlace(differing.after);
  for (const [offset, { frame, outputs }] of outputsByPlace(differing.before)) {
    if (free.has(offset)) continue;
    const place = moved(offset);
    if (place === undefined) continue;
    const there = now.get(place);
    if (!there || !sameLists(outputs, there.outputs))
      return l10n.t('the output shape of “{0}” would change', frame.label);
  }
  return rebuilt && otherParts(differing, moved, new Set(rebuilt.map(({ from }) => from)));
}

/** A message about the first row that consists of other operators than before. */
function otherParts(
  { before, after }: { readonly before: readonly Row[]; readonly after: readonly Row[] },
  moved: (offset: number) => number | undefined,
  free: ReadonlySet<number>,
): string | undefined {
  const now = new Map(after.flatMap(row => (row instanceof Placement ? [[row.start, row.segment] as const] : [])));
  for (const row of before) {
    if (!(row instanceof Placement) || free.has(siteOf(row) ?? Number.NaN)) continue;
    const place = moved(row.start);
    const there = place === undefined ? undefined : now.get(place);
    if (there && !sameParts(row.segment, there)) {
      return l10n.t('“{0}” would be built of other operators', row.label ?? '');
    }
  }
  return undefined;
}

function sameParts({ nodes }: Segment, { nodes: others }: Segment): boolean {
  return (
    nodes.length === others.length &&
    nodes.every((node, at) => node.op === others[at]!.op && isDepthwise(node) === isDepthwise(others[at]!))
  );
}

/** Whether a convolution is depthwise; with other widths it would mix channels. */
function isDepthwise({ attrs, inputs }: GraphNode): boolean {
  const { groups = 1 } = attrs as { groups?: number };
  return groups > 1 && groups === inputs[0]?.shape?.[1];
}

interface Outputs {
  readonly frame: Frame;
  /** Output shapes of all its frames, in order. */
  readonly outputs: (Shape | undefined)[];
}

/** The rows of two graphs, without those with the same segment in both at corresponding places. */
function differingRows(
  { rows }: Graph,
  { rows: others }: Graph,
  moved: (offset: number) => number | undefined,
): { readonly before: readonly Row[]; readonly after: readonly Row[] } {
  const before: Row[] = [];
  const after: Row[] = [];
  let next = 0;
  for (let row = 0; row < rows.length; row++) {
    const segment = rows.segment(row);
    const place = segment && moved(rows.start(row)!);
    while (place !== undefined && (others.start(next) ?? place) < place) after.push(others.at(next++));
    // The outputs of a block in all its uses are compared together.
    const isSame = segment && !segment.hasFarSites && others.segment(next) === segment && others.start(next) === place;
    if (isSame) next++;
    else before.push(rows.at(row));
  }
  for (; next < others.length; next++) after.push(others.at(next));
  return { before, after };
}

/** Output shapes of all uses, by the item's offset. */
function outputsByPlace(rows: readonly Row[]): ReadonlyMap<number, Outputs> {
  const places = new Map<number, Outputs>();
  const visit = (frame: Frame): void => {
    const site = useOf(frame);
    if (site) {
      const place = places.get(site.from) ?? { frame, outputs: [] };
      places.set(site.from, place);
      for (const { shape } of frame.outputs) place.outputs.push(shape);
    }
    if (frame.hasSitesInside) for (const child of frame.children) visit(child);
  };
  for (const row of rows) for (const frame of row instanceof Placement ? row.frames : [row]) visit(frame);
  return places;
}

const tensorsOf = ({ inputs }: Graph): readonly Tensor[] => inputs.map(({ tensor }) => tensor);

function sameShapes(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return sameLists(
    a.map(({ shape }) => shape),
    b.map(({ shape }) => shape),
  );
}

function sameLists(a: readonly (Shape | undefined)[], b: readonly (Shape | undefined)[]): boolean {
  return a.length === b.length && a.every((shape, at) => String(shape) === String(b[at]));
}
