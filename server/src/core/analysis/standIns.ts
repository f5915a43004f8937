// What rests on rows that stand in for others, and whether a text is worse read as it is.
import type { Doubt, Doubts, Frame, Graph } from '../graph/graph.ts';
import { type GraphRows, producerOf } from '../graph/segment.ts';
import type { Range } from '../text/range.ts';
import type { LineCost, Model } from './model.ts';

/** What stands in: where it is in the text that was read, and in the one that is shown. */
export interface StandIn {
  readonly read: Range;
  readonly shown: Range;
}

/**
 * Doubts about all that rests on stand-ins: hidden rows, and, with all that reads them, the rows that follow a place where
 * something stands in, because what is there now may be in between. At `numbers` rows read others than their text says.
 * Nothing above the first of all these rests on them.
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
  /** The nodes of rows that rest on stand-ins, in their order. */
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

/** Whether a row certainly ends in front of an offset of the text that was read. */
function isAbove(rows: GraphRows, row: number, offset: number): boolean {
  const segment = rows.segment(row);
  return segment !== undefined && !segment.hasFarSites && rows.textEnd(row) <= offset;
}

/** The numbers of the nodes outside of a row that it reads. */
function readsOf(graph: Graph, row: number, { first, end }: Frame): readonly number[] {
  if (graph.rows.segment(row)) return graph.rows.inputs(row).map(producerOf);
  return graph.nodes.slice(first, end).flatMap(({ inputs }) => inputs.map(producerOf));
}

/** The frames inside that are hidden, or come after one that is, on one level; undefined where there are none. */
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

/** The outermost frames that are hidden, and whether nothing is unknown in them. */
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
 * Whether a line of which all is known in one reading of a text is not there in another, or not known. With `all`, so is
 * any other line of that one that is not known.
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
