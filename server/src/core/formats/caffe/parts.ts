// The parts of a text, read separately, so that an edit only affects the part that it changes.
import * as l10n from '@vscode/l10n';
import type { ParsedPrototext, ProtoField, ProtoMessage, PrototextDocument } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonFor, reasonOf } from '../../text/reason.ts';
import { checkMessage, type Finding } from './checks.ts';
import { isLayer, type Layer, layersOf, type Reach } from './layer.ts';
import { maxDamaged, repairOf } from './repairs.ts';

/** A part of a text with relative positions: what precedes the layers, or a layer and what follows it. */
export interface Part {
  readonly layers: readonly Layer[];
  /** Top-level fields that are not layers. */
  readonly others: readonly ProtoField[];
  readonly findings: readonly Finding[];
  /** Why the text outside of its layers is uncertain; undefined if it is not. */
  readonly fault: Reason | undefined;
}

/** The content of a text's chunks; damaged ones are read with their only possible repair. */
export function partsOf({ chunks }: PrototextDocument): readonly Part[] {
  let damaged = 0;
  for (let at = 0; at < chunks.length; at++) if (chunks[at]!.chunk.node.problems.length > 0) damaged++;
  const parts = new Array<Part>(chunks.length);
  for (let at = 0; at < chunks.length; at++) {
    const { chunk, start } = chunks[at]!;
    const { text, node, built } = chunk;
    const isDamaged = node.problems.length > 0 && damaged <= maxDamaged;
    const repaired = isDamaged ? repairOf(text, node, start === 0, blobsOf(parts.slice(0, at))) : undefined;
    const part = repaired ? read(repaired, repaired.row) : ((built.held ?? built.hold(read(node, undefined))) as Part);
    parts[at] = part;
  }
  return parts;
}

/** The names of the blobs in these parts. */
function blobsOf(parts: readonly Part[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { others, layers } of parts) {
    for (const { name, value } of others) if (name === 'input' && value?.kind === 'string') names.add(value.text);
    for (const { tops } of layers) for (const { text } of tops) names.add(text);
  }
  return names;
}

/** `repaired`: the range that was read with its only possible repair. */
function read({ root, problems }: ParsedPrototext, repaired: Range | undefined): Part {
  const findings: Finding[] = problems.map(problem => ({ problem, reach: reachOf(problem, root, repaired) }));
  checkMessage(root, 'NetParameter', findings);
  const layers = [...layersOf(root.fields)];
  let outside: Reason | undefined;
  const blame = (offset: number, reach: Reach, why: Reason): void => {
    const at = layers.findIndex(({ field }) => field.from <= offset && offset < field.to);
    const layer = layers[at];
    if (!layer) outside ??= why;
    else if (!layer.fault || grave(reach) > grave(layer.fault.reach)) layers[at] = { ...layer, fault: { reach, why } };
  };
  for (const { problem, reach } of findings)
    if (problem.severity !== 'information') blame(problem.range.from, reach, reasonFor(problem));
  if (repaired) blame(repaired.from, 'repaired', reasonOf(l10n.t('it is read as its only possible repair')));
  return { layers, others: root.fields.filter(field => !isLayer(field)), findings, fault: outside };
}

const grave = (reach: Reach): number => ['repaired', 'doubt', 'unknown'].indexOf(reach);

/** The effect of a parser problem on the layer it is in. */
function reachOf({ code, range }: Problem, root: ProtoMessage, repaired: Range | undefined): Reach {
  if (code === 'missing-colon' || (repaired && range.from >= repaired.from && range.from < repaired.to))
    return 'repaired';
  if (code !== 'missing-value') return 'unknown';
  // While a value is being typed on which nothing depends, numbers stay, but are in doubt.
  const name = fieldAt(root, range.from)?.name ?? '';
  return sizing.has(name) ? 'unknown' : 'doubt';
}

/** The field that begins at an offset. */
function fieldAt(root: ProtoMessage, offset: number): ProtoField | undefined {
  // Iterative: a text may nest arbitrarily deep.
  for (let message: ProtoMessage | undefined = root; message; ) {
    const fields: readonly ProtoField[] = message.fields;
    const exact = fields.find(({ from }) => from === offset);
    if (exact) return exact;
    const around: ProtoField['value'] = fields.find(({ from, to }) => from < offset && offset < to)?.value;
    message = around?.kind === 'message' ? around : undefined;
  }
  return undefined;
}

/** Optional fields that change shapes or counts. */
const sizing: ReadonlySet<string> = new Set([
  ...['stride', 'stride_h', 'stride_w', 'pad', 'pad_h', 'pad_w'],
  ...['pad_t', 'pad_b', 'pad_l', 'pad_r', 'pad_type', 'dilation', 'hole', 'hole_h', 'hole_w', 'kstride', 'group'],
  ...[
    'bias_term',
    'axis',
    'end_axis',
    'num_axes',
    'concat_dim',
    'slice_dim',
    'slice_point',
    'concat_axis',
    'shape',
    'dim',
  ],
  ...[
    'order',
    'offset',
    'tiles',
    'top_k',
    'out_max_val',
    'operation',
    'pool',
    'global_pooling',
    'round_mode',
    'ceil_mode',
  ],
  ...[
    'channel_shared',
    'pyramid_height',
    'input_dim',
    'min_size',
    'max_size',
    'aspect_ratio',
    'flip',
    'pooled_h',
    'pooled_w',
  ],
  ...[
    'output_dim',
    'group_size',
    'num_classes',
    'height',
    'width',
    'zoom_factor',
    'shrink_factor',
    'scale',
    'crop_size',
  ],
  ...['type', 'bottom', 'top', 'phase', 'include', 'exclude', 'stage', 'not_stage', 'min_level', 'max_level', 'name'],
]);
