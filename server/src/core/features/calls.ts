// The call hierarchy: which layers feed a layer, and which layers it feeds.
import { type Frame, type GraphNode, useOf } from '../graph/graph.ts';
import { shapeText } from '../ops/rules/shape.ts';
import { type Analysed, shownAt } from '../pipeline.ts';
import { contains, type Range } from '../text/range.ts';
import { frameName, orderOf } from './wording.ts';

/** A layer as an entry of the call hierarchy. */
export interface Call {
  readonly name: string;
  readonly detail: string;
  readonly range: Range;
  /** Its first line. */
  readonly selection: Range;
}

/** The innermost layer at an offset. */
export function layerAt(analysed: Analysed, offset: number): Call | undefined {
  const frame = framesAt(analysed, offset)[0];
  return frame && callOf(analysed, frame);
}

/** The layers whose outputs the layer at an offset reads. */
export function feeding(analysed: Analysed, offset: number): readonly Call[] {
  const { nodes } = graphAt(analysed, offset);
  return neighbours(analysed, offset, (frame, add) => {
    for (const { inputs } of nodes.slice(frame.first, frame.end)) for (const { node } of inputs) add(node);
    // Inputs that it passes through.
    for (const { node } of frame.outputs) add(node);
  });
}

/** The layers that read the outputs of the layer at an offset. */
export function fedBy(analysed: Analysed, offset: number): readonly Call[] {
  const { nodes } = graphAt(analysed, offset);
  // Built once for all uses of the layer: a block may have thousands.
  const readers = new Map<GraphNode, GraphNode[]>();
  for (const node of nodes) {
    for (const { node: source } of node.inputs) {
      const others = readers.get(source);
      if (others) others.push(node);
      else readers.set(source, [node]);
    }
  }
  return neighbours(analysed, offset, (frame, add) => {
    const sources = new Set([...nodes.slice(frame.first, frame.end), ...frame.outputs.map(({ node }) => node)]);
    for (const source of sources) for (const reader of readers.get(source) ?? []) add(reader);
  });
}

const graphAt = (analysed: Analysed, offset: number): Analysed['model']['graph'] =>
  shownAt(analysed, analysed.document.lines.lineAt(offset)).model.graph;

const isIn = ({ first, end }: Frame, { id }: GraphNode): boolean => id >= first && id < end;

/** The layers of the nodes that `search` adds, for all uses of the layer; without the layer itself. */
function neighbours(
  analysed: Analysed,
  offset: number,
  search: (frame: Frame, add: (node: GraphNode) => void) => void,
): readonly Call[] {
  const found = new Map<number, Frame>();
  for (const frame of framesAt(analysed, offset)) {
    search(frame, node => {
      if (isIn(frame, node)) return;
      const other = besides(frame, node);
      const range = other && useOf(other);
      if (range && !found.has(range.from)) found.set(range.from, other);
    });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, frame]) => callOf(analysed, frame));
}

/** The outermost frame with a site that contains a node but not `frame`. */
function besides(frame: Frame, node: GraphNode): Frame | undefined {
  let found: Frame | undefined;
  for (let at: Frame | undefined = node.frame; at && !(at.first <= frame.first && frame.end <= at.end); at = at.parent)
    if (useOf(at)) found = at;
  return found;
}

/** The frames with the smallest range around an offset; several for a row in a block that is used several times. */
export function framesAt(analysed: Analysed, offset: number): readonly Frame[] {
  const at = { from: offset, to: offset };
  let best: Frame[] = [];
  let length = Number.POSITIVE_INFINITY;
  const visit = (frame: Frame): void => {
    const site = useOf(frame);
    if (site && contains(site, at)) {
      const own = site.to - site.from;
      if (own < length) best = [];
      // Repetitions have the same range as the row they repeat.
      const outer = best.at(-1);
      if (own <= length && !(outer && outer.first <= frame.first && frame.end <= outer.end)) best.push(frame);
      length = Math.min(length, own);
    }
    for (const child of frame.children) visit(child);
  };
  for (const row of graphAt(analysed, offset).root.children) visit(row);
  return best;
}

function callOf(analysed: Analysed, frame: Frame): Call {
  const range = useOf(frame)!;
  const shape = frame.outputs[0]?.shape;
  const detail = [frame.type === frame.label ? '' : frame.type, shape ? shapeText(shape, orderOf(analysed)) : '']
    .filter(part => part !== '')
    .join(' · ');
  return { name: frameName(frame), detail, range, selection: analysed.document.lines.firstOf(range) };
}
