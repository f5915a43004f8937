// SSD: the boxes that PriorBox layers lay out, held against what the convolutions predict for them.
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import type { Complaint } from '../../../ops/op.ts';
import type { Scope } from './layer.ts';
import { sizesText } from './layer.ts';

/**
 * The CHECKs that DetectionOutputLayer::Reshape and MultiBoxLossLayer::Reshape share: each prior has four coordinates in
 * bottom 0 (for each class, unless `share_location`) and a score for each class in bottom 1.
 */
export function unlikePriors(scope: Scope): readonly Complaint[] {
  const { inputs, param } = scope;
  const [locations, confidences, boxes] = inputs;
  // bottom[2]->height() / 4, a division of whole numbers.
  const priors = Math.floor((boxes?.shape?.[2] ?? Number.NaN) / 4);
  const classes = param.natural('num_classes', Number.NaN);
  if (!(priors > 0)) return [];
  const isShared = param.boolean('share_location', true);
  const coordinates = isShared ? 4 : 4 * classes;
  const found: Complaint[] = [];
  const check = (input: number, tensor: Tensor | undefined, each: number, what: string, why: string): void => {
    const own = tensor?.shape && (tensor.shape[1] ?? 1);
    if (own === undefined || !(Math.abs(own - priors * each) > 0)) return;
    const name = scope.bottomName(input);
    const needed = `${priors} priors in “${scope.bottomName(2)}” need ${priors * each} ${what} (${priors} · ${why}), but “${name}” has ${own} (${sizesText(tensor!.shape!)}).`;
    const advice = adviceFor(tensor!, boxes!, each) ?? overall(own, priors, each, input);
    found.push({ code: 'prior-mismatch', input, message: `${needed} ${advice}` });
  };
  check(0, locations, coordinates, 'coordinates', isShared ? '4' : `4 · ${classes} classes`);
  check(1, confidences, classes, 'scores', `${classes} classes`);
  return found;
}

/** Which convolutions predict another number of boxes than the PriorBox of the same map lays out. */
function adviceFor(tensor: Tensor, boxes: Tensor, each: number): string | undefined {
  const heads = leaves(tensor);
  const maps = leaves(boxes);
  if (heads.length !== maps.length || heads.length > maxPairs) return undefined;
  const said: string[] = [];
  for (const [index, head] of heads.entries()) {
    const map = maps[index]!;
    if (head.op.name !== 'conv' || map.op.name !== 'priorBox') return undefined;
    const { out } = head.attrs as { readonly out: number };
    const { priors } = map.attrs as { readonly priors: number };
    const [, , height = Number.NaN, width = Number.NaN] = head.outputs[0]?.shape ?? [];
    const [, , rows = Number.NaN, columns = Number.NaN] = map.inputs[0]?.shape ?? [];
    if (height !== rows || width !== columns) {
      if ([height, width, rows, columns].some(Number.isNaN)) return undefined;
      said.push(
        `“${rowOf(head)}” works on a ${height}×${width} map, but “${rowOf(map)}” on ${rows}×${columns}: give both the same map.`,
      );
    } else if (out !== priors * each) {
      said.push(
        `“${rowOf(map)}” has ${priors} box${priors === 1 ? '' : 'es'} at each position, so num_output of “${rowOf(head)}” must be ${priors * each} (${priors} · ${each}), not ${out}.`,
      );
    }
  }
  if (said.length === 0) return undefined;
  const shown = said.slice(0, 3).join(' ');
  return `${shown}${said.length > 3 ? ` The same goes for ${said.length - 3} more.` : ''} ${ratioHint}`;
}

const ratioHint =
  'Aspect ratio 1 is always included; flip adds the inverse of every other ratio, and max_size adds one more box.';

/** More maps than any detector has. */
const maxPairs = 64;

/** What the two numbers say by themselves. */
function overall(own: number, priors: number, each: number, input: number): string {
  const per = own / priors;
  if (Number.isInteger(per)) {
    const fix =
      input === 1 ? `Set num_classes to ${per}, or change num_output of the convolutions` : 'Change num_output';
    return `That is ${per} for each prior, not ${each}. ${fix} to get ${each}.`;
  }
  return 'Set num_output of each convolution to the boxes per position of its PriorBox, times the numbers per box.';
}

/** What views, joins and activations put together: nodes in the order of their elements. */
function leaves(tensor: Tensor): readonly GraphNode[] {
  const found: GraphNode[] = [];
  const visit = ({ node }: Tensor, depth: number): void => {
    if (found.length > maxPairs) return;
    const { name, kind } = node.op;
    const passes = name === 'concat' || kind === 'view' || kind === 'activation' || passing.has(name);
    if (!passes || depth > maxSteps || node.inputs.length === 0) found.push(node);
    else for (const input of node.inputs) visit(input, depth + 1);
  };
  visit(tensor, 0);
  return found;
}

/** More steps than lie between a convolution and the layer that reads its boxes. */
const maxSteps = 16;
const passing: ReadonlySet<string> = new Set(['softmax', 'permute', 'identity', 'slice']);

/** The layer that a node belongs to. */
function rowOf({ frame }: GraphNode): string {
  let row = frame;
  while (row.parent?.parent) row = row.parent;
  return row.label;
}
