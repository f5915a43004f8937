// What rests on rows that stand in for others, and whether a text is worse read as it is.
import type { Doubt, Doubts, Frame, Graph } from '../graph/graph.ts';
import { Placement } from '../graph/segment.ts';
import type { Range } from '../text/range.ts';
import type { LineCost, Model } from './model.ts';

/**
 * Doubts about all that rests on stand-ins: hidden rows, and, with all that reads them, the rows that follow a place where
 * something stands in, because what is there now may be in between. `places` are those of the text that is shown, and so
 * are `numbers`, at which rows read others than their text says.
 */
export function restingDoubts(graph: Graph, places: readonly Range[], numbers: readonly Range[], doubt: Doubt): Doubts {
  const doubts = new Map<Frame, Doubt>([[graph.root, doubt]]);
  /** The first nodes of rows that rest on stand-ins, and of all others, in their order. */
  const firsts: number[] = [];
  const rests: boolean[] = [];
  const reads = (id: number): boolean => {
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle]! <= id) low = middle + 1;
      else high = middle;
    }
    return low > 0 && rests[low - 1]!;
  };
  let next = 0;
  for (const row of graph.rows) {
    for (const frame of row instanceof Placement ? row.frames : [row]) {
      if (frame.end === frame.first) continue;
      const from = frame.sites[0]?.range.from;
      let follows = false;
      while (from !== undefined && next < places.length && places[next]!.to <= from) {
        follows = true;
        next++;
      }
      const inside = frame.hasSitesInside && !frame.isHidden ? hiddenInside(frame) : undefined;
      const site = numbers.length > 0 ? frame.sites[0]?.range : undefined;
      const isOther = site !== undefined && numbers.some(({ from: at }) => site.from <= at && at < site.to);
      const restsWhole = frame.isHidden || follows || isOther || inputsOf(graph, row, frame).some(reads);
      firsts.push(frame.first);
      rests.push(restsWhole || inside !== undefined);
      if (restsWhole) doubts.set(frame, doubt);
      else for (const part of inside ?? []) doubts.set(part, doubt);
    }
  }
  return doubts;
}

/** The numbers of the nodes outside of a row that it reads. */
function inputsOf(graph: Graph, row: Placement | Frame, { first, end }: Frame): readonly number[] {
  if (row instanceof Placement) return row.inputs.map(({ node }) => node.id);
  return graph.nodes.slice(first, end).flatMap(({ inputs }) => inputs.map(({ node }) => node.id));
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

/** Whether nothing is unknown in all that is hidden. */
export function knowsHidden(model: Model): boolean {
  const isKnown = (frame: Frame): boolean =>
    frame.isHidden ? knows(model.costOf(frame), [frame]) : !frame.hasSitesInside || frame.children.every(isKnown);
  return model.graph.root.children.every(isKnown);
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
