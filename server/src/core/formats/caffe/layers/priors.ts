// SSD: compares the boxes of PriorBox layers with what the convolutions predict for them.

import * as l10n from '@vscode/l10n';
import type { GraphNode, Tensor } from '../../../graph/graph.ts';
import type { Complaint } from '../../../ops/op.ts';
import { sentences } from '../../../text/sentences.ts';
import { sizesText } from './complaints.ts';
import type { Scope } from './layer.ts';

/**
 * The CHECKs shared by DetectionOutputLayer::Reshape and MultiBoxLossLayer::Reshape: each prior has four coordinates in
 * bottom 0 (per class, unless `share_location`) and a score per class in bottom 1.
 */
export function unlikePriors(scope: Scope): readonly Complaint[] {
  const { inputs, param } = scope;
  const [locations, confidences, boxes] = inputs;
  // bottom[2]->height() / 4, an integer division.
  const priors = Math.floor((boxes?.shape?.[2] ?? Number.NaN) / 4);
  const classes = param.natural('num_classes', Number.NaN);
  if (!(priors > 0)) return [];
  const isShared = param.boolean('share_location', true);
  const coordinates = isShared ? 4 : 4 * classes;
  const found: Complaint[] = [];
  const check = (input: 0 | 1, tensor: Tensor | undefined, each: number): void => {
    const own = tensor?.shape && (tensor.shape[1] ?? 1);
    if (own === undefined || !(Math.abs(own - priors * each) > 0)) return;
    const facts = [
      scope.bottomName(2),
      priors,
      priors * each,
      scope.bottomName(input),
      own,
      sizesText(tensor!.shape!),
      classes,
    ];
    const message =
      input === 1
        ? l10n.t('The {1} priors in “{0}” need {2} scores ({1} · {6} classes), but “{3}” has {4} ({5}).', ...facts)
        : isShared
          ? l10n.t('The {1} priors in “{0}” need {2} coordinates ({1} · 4), but “{3}” has {4} ({5}).', ...facts)
          : l10n.t(
              'The {1} priors in “{0}” need {2} coordinates ({1} · 4 · {6} classes), but “{3}” has {4} ({5}).',
              ...facts,
            );
    const help = adviceFor(tensor!, boxes!, each) ?? overall(own, priors, each, input);
    found.push({ code: 'prior-mismatch', input, message, help, short: l10n.t('does not match the priors') });
  };
  check(0, locations, coordinates);
  check(1, confidences, classes);
  return found;
}

/** Names convolutions that predict another number of boxes than the PriorBox of the same map has. */
function adviceFor(tensor: Tensor, boxes: Tensor, each: number): string | undefined {
  const heads = leaves(tensor);
  const maps = leaves(boxes);
  if (heads.length !== maps.length || heads.length > maxPairs) return undefined;
  const advice: string[] = [];
  for (const [index, head] of heads.entries()) {
    const map = maps[index]!;
    if (head.op.name !== 'conv' || map.op.name !== 'priorBox') return undefined;
    const { out } = head.attrs as { readonly out: number };
    const { priors } = map.attrs as { readonly priors: number };
    const [, , height = Number.NaN, width = Number.NaN] = head.outputs[0]?.shape ?? [];
    const [, , rows = Number.NaN, columns = Number.NaN] = map.inputs[0]?.shape ?? [];
    if (height !== rows || width !== columns) {
      if ([height, width, rows, columns].some(Number.isNaN)) return undefined;
      advice.push(
        l10n.t(
          '“{0}” works on a feature map of {1}×{2}, but “{3}” on one of {4}×{5}: use the same one for both.',
          rowOf(head),
          height,
          width,
          rowOf(map),
          rows,
          columns,
        ),
      );
    } else if (out !== priors * each) {
      advice.push(
        l10n.t(
          'Set num_output of “{0}” to {1} ({2} · {3}), not {4}: “{5}” has {2} per position.',
          rowOf(head),
          priors * each,
          priors,
          each,
          out,
          rowOf(map),
        ),
      );
    }
  }
  if (advice.length === 0) return undefined;
  const rest = advice.length - 3;
  const more =
    rest <= 0
      ? []
      : [rest === 1 ? l10n.t('One more layer is affected.') : l10n.t('{0} more layers are affected.', rest)];
  const ratios = l10n.t(
    'Aspect ratio 1 is always included; flip adds the inverse of every other ratio, and max_size one more box.',
  );
  return sentences(...advice.slice(0, 3), ...more, ratios);
}

/** A limit far above the number of maps in real detectors. */
const maxPairs = 64;

/** Advice from the two total numbers alone. */
function overall(own: number, priors: number, each: number, input: number): string {
  const per = own / priors;
  if (Number.isInteger(per)) {
    return input === 1
      ? l10n.t('Set num_classes to {0}, or change num_output of the convolutions to get {1} per prior.', per, each)
      : l10n.t('Change num_output of the convolutions to get {1} per prior instead of {0}.', per, each);
  }
  return l10n.t(
    'Set num_output of each convolution to the boxes per position of its PriorBox, times the values per box.',
  );
}

/** The nodes that views, concatenations and activations are built from, in element order. */
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

/** A limit on the number of steps from a convolution to the layer that reads its boxes. */
const maxSteps = 16;
const passing: ReadonlySet<string> = new Set(['softmax', 'permute', 'identity', 'slice']);

/** The layer that a node belongs to. */
function rowOf({ frame }: GraphNode): string {
  let row = frame;
  while (row.parent?.parent) row = row.parent;
  return row.label;
}
