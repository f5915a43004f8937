// Finds what depends on stand-ins for rows that cannot be read, and whether reading a text as it is loses information.
import type { Doubt, Doubts, Frame, Graph } from '../graph/graph.ts';
import { type GraphRows, producerOf } from '../graph/segment.ts';
import type { Range } from '../text/range.ts';
import type { LineCost, Model } from './model.ts';

/** The range of a stand-in in the text that was read, and of the part it replaces in the text shown. */
export interface StandIn {
  readonly read: Range;
  readonly shown: Range;
}

/**
 * Doubts about everything that depends on stand-ins: hidden rows; the row after each place where something stands in,
 * since the edited text may end up in between; rows with `numbers` that were read as others than their text says; and
 * all readers of these. Rows above the first of them are not affected.
 */
export function restingDoubts(
  graph: Graph,
  standIns: readonly StandIn[],
  numbers: readonly StandIn[],
  doubt: Doubt,
): Doubts {
  const doubts = new Map<Frame, Doubt>([[graph.root, doubt]]);
  const { rows } = graph;
  const top = Math.min(...[...standIns, ...numbers].map(({ read }) => read.from));
  /** The nodes of affected rows, in order. */
  const resting: { readonly first: number; end: number }[] = [];
  const isResting = (id: number): boolean => {
    let [low, high] = [0, resting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (resting[middle]!.first <= id) low = middle + 1;
      else high = middle;
    }
    return low > 0 && id < resting[low - 1]!.end;
  };
  let next = 0;
  for (let row = 0; row < rows.length; row++) {
    if (resting.length === 0 && next === 0 && isAbove(rows, row, top)) continue;
    for (const frame of rows.frames(row)) {
      if (frame.end === frame.first) continue;
      const from = next < standIns.length ? frame.sites[0]?.range.from : undefined;
      let follows = false;
      while (from !== undefined && next < standIns.length && standIns[next]!.shown.to <= from) {
        follows = true;
        next++;
      }
      const inside = frame.hasSitesInside && !frame.isHidden ? hiddenInside(frame) : undefined;
      const site = numbers.length > 0 ? frame.sites[0]?.range : undefined;
      const isOther = site !== undefined && numbers.some(({ shown: { from: at } }) => site.from <= at && at < site.to);
      const isWhole = follows || frame.isHidden || isOther || readsOf(graph, row, frame).some(isResting);
      if (isWhole) doubts.set(frame, doubt);
      else for (const part of inside ?? []) doubts.set(part, doubt);
      if (!isWhole && !inside) continue;
      const last = resting.at(-1);
      if (last?.end === frame.first) last.end = frame.end;
      else resting.push({ first: frame.first, end: frame.end });
    }
  }
  return doubts;
}

/** Whether a row certainly ends before an offset of the text that was read. */
function isAbove(rows: GraphRows, row: number, offset: number): boolean {
  const segment = rows.segment(row);
  return segment !== undefined && !segment.hasFarSites && rows.textEnd(row) <= offset;
}

/** The ids of nodes outside of a row that it reads. */
function readsOf(graph: Graph, row: number, { first, end }: Frame): readonly number[] {
  if (graph.rows.segment(row)) return graph.rows.inputs(row).map(producerOf);
  return graph.nodes.slice(first, end).flatMap(({ inputs }) => inputs.map(producerOf));
}

/** Nested frames that are hidden or follow a hidden sibling; undefined if there are none. */
function hiddenInside(frame: Frame): readonly Frame[] | undefined {
  const found: Frame[] = [];
  let after = false;
  for (const child of frame.children) {
    const inside = child.hasSitesInside && !child.isHidden ? hiddenInside(child) : undefined;
    if (child.isHidden) after = true;
    if (after) found.push(child);
    else if (inside) {
      found.push(...inside);
      after = true;
    }
  }
  return found.length > 0 ? found : undefined;
}

/** The outermost hidden frames, and whether all of them are known. */
export function hiddenIn(
  model: Model,
  standIns: readonly StandIn[],
): { readonly frames: readonly Frame[]; readonly isKnown: boolean } {
  const frames: Frame[] = [];
  const [first, last] = [standIns[0], standIns.at(-1)];
  if (!first || !last) return { frames, isKnown: true };
  const visit = (frame: Frame): void => {
    if (frame.isHidden) frames.push(frame);
    else if (frame.hasSitesInside) for (const child of frame.children) visit(child);
  };
  const { rows } = model.graph;
  for (let row = 0; row < rows.length; row++) {
    const segment = rows.segment(row);
    const isBelow = segment && !segment.hasFarSites && rows.start(row)! >= last.read.to;
    if (!isBelow && !isAbove(rows, row, first.read.from)) for (const frame of rows.frames(row)) visit(frame);
  }
  return { frames, isKnown: frames.every(frame => knows(model.costOf(frame), [frame])) };
}

/**
 * Whether a line that was fully known in one reading of a text is missing or unknown in another. With `all`, also
 * whether any other line is unknown there.
 */
export function loses(now: Model, before: Model, all: boolean): boolean {
  const known = new Map<number, boolean>();
  for (const { line, cost, frames } of before.lineCosts()) known.set(line, knows(cost, frames));
  for (const { line, cost, frames } of now.lineCosts()) {
    const was = known.get(line);
    if ((was ?? all) && !knows(cost, frames)) return true;
    known.delete(line);
  }
  return [...known.values()].includes(true);
}

function knows({ macs, params }: LineCost['cost'], frames: readonly Frame[]): boolean {
  return macs.complete && params.complete && frames.every(({ outputs }) => outputs.every(({ why }) => !why));
}
