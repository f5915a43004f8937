// What `model.fuse()` of Ultralytics makes of a network (nn/tasks.py, BaseModel.fuse, and the heads' own fuse).
import type { Frame, Graph, GraphNode } from '../../graph/graph.ts';
import type { Parameter } from '../../ops/parameter.ts';
import type { Fusion } from '../format.ts';

/** Modules whose batch normalization goes into the convolution before it, which has a bias from then on. */
const folding = new Set(['Conv', 'DWConv', 'Conv2', 'ConvTranspose']);

/** Paths beside a convolution that become a part of its weights (RepConv.fuse_convs, RepVGGDW.fuse). */
const merged: ReadonlyMap<string, readonly string[]> = new Map([
  ['RepConv', ['conv2', 'bn']],
  ['RepVGGDW', ['conv1']],
]);

/** What heads with two branches lose besides the one-to-many branch: parts that only training runs. */
const training = ['flow_model', 'one2one_cv4_sigma', 'cv4_sigma'];

/** Normalization layers below which `is_fused` takes a network for fused, so that nothing happens. */
const leastNorms = 10;
const norms = new Set(['batchNorm', 'layerNorm', 'groupNorm', 'instanceNorm', 'rmsNorm', 'lrn']);

/** `branches`: whether heads lose their one-to-many branch, as from 8.4.0 on. */
export function fuse(graph: Graph, branches: boolean): Fusion {
  const gone = new Set<GraphNode>();
  const biases = new Map<GraphNode, number>();
  if (normsOf(graph) < leastNorms) return { gone, biases };
  for (const part of lostIn(graph.root, branches)) {
    for (let id = part.first; id < part.end; id++) gone.add(graph.nodes[id]!);
  }
  for (const nodes of foldable(graph.nodes.filter(node => !gone.has(node)))) fold(nodes, gone, biases);
  // A Conv that only training runs is here as its parameters: of its norm’s two, a bias stays.
  const idle = idleNorms(graph.nodes).filter(node => !gone.has(node));
  for (const [index, node] of idle.entries()) if (index % 2 === 0) gone.add(node);
  return { gone, biases };
}

/** Parts of a frame that are not there any more. */
function* lostIn(frame: Frame, branches: boolean): Generator<Frame> {
  const paths = merged.get(frame.type);
  const isPair = branches && frame.children.some(({ label }) => label.startsWith(oneToOne));
  for (const child of frame.children) {
    if (paths?.includes(child.label) || (isPair && isForTraining(child, frame))) yield child;
    else yield* lostIn(child, branches);
    // Segment26.fuse takes the semantic branch of its prototypes away too.
    if (isPair && child.type === 'Proto26') yield* child.children.filter(part => named(part, 'semseg'));
  }
}

const oneToOne = 'one2one_';

/** `cv2.0` beside a `one2one_cv2.0`, and what else only training needs. */
function isForTraining(part: Frame, head: Frame): boolean {
  return (
    training.some(name => named(part, name)) || head.children.some(({ label }) => label === `${oneToOne}${part.label}`)
  );
}

/** A part, or one of a list of them: `cv4_sigma`, `cv4_sigma.0`. */
function named({ label }: Frame, name: string): boolean {
  return label === name || label.startsWith(`${name}.`);
}

/** The nodes of each module that folds, in turn. */
function foldable(nodes: readonly GraphNode[]): Iterable<readonly GraphNode[]> {
  const found = new Map<Frame, GraphNode[]>();
  for (const node of nodes) {
    if (!folding.has(node.frame.type)) continue;
    const known = found.get(node.frame);
    if (known) known.push(node);
    else found.set(node.frame, [node]);
  }
  return found.values();
}

/** fuse_conv_and_bn, fuse_deconv_and_bn, and Conv2.fuse_convs, which puts its 1×1 into the wide kernel. */
function fold(own: readonly GraphNode[], gone: Set<GraphNode>, biases: Map<GraphNode, number>): void {
  const [conv, ...others] = own.filter(({ op }) => op.name === 'conv' || op.name === 'convTranspose');
  const norm = own.find(({ op }) => op.name === 'batchNorm');
  if (!conv || !norm) return;
  gone.add(norm);
  for (const other of others) gone.add(other);
  const { out, bias } = conv.attrs as { out: number; bias: boolean };
  if (!bias) biases.set(conv, out);
}

/** Factors and shifts of norms that evaluation does not run, in turn. */
function idleNorms(nodes: readonly GraphNode[]): readonly GraphNode[] {
  return nodes.filter(({ op, attrs }) => op.name === 'parameter' && (attrs as Parameter).role === 'normAffine');
}

function normsOf({ nodes }: Graph): number {
  let count = idleNorms(nodes).length / 2;
  for (const { op, shares, functional, derived } of nodes) {
    if (norms.has(op.name) && shares === undefined && (!functional || derived)) count++;
  }
  return count;
}
