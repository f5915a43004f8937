import type { ParsedPrototext, ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Format, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { build } from './build.ts';
import { checkMessage, type Finding, type Reach } from './check.ts';
import { type Mended, parseNetwork } from './damage.ts';
import { type Layer, layersOf } from './net.ts';
import { phases, type State, stateFor } from './phase.ts';
import { rewrite } from './rewrite.ts';

/** Network definitions of Caffe and its forks, in protobuf's text format. */
export const caffe: Format = {
  id: 'caffe-prototxt',
  label: 'Caffe prototxt',
  choices: { phase: phases },
  // Solvers, label maps and other programs' settings are of the same language: content decides.
  languages: [],
  recognises: ({ name, text, languageId }) =>
    (languageId === 'prototxt' || /\.(?:prototxt|pt|pbtxt)(?:\.txt)?$/i.test(name)) && isNetwork(text),
  open,
};

// No two neighbours take the same characters: long stretches of space are walked once.
const layerStart = /(?:^|[\s{}<>,;])layers?\s*(?::\s*)?(?:\[\s*)?[{<]/;
const inputField = /^[ \t]*input\s*:\s*["']/m;

function isNetwork(text: string): boolean {
  const first = text.search(layerStart);
  // What a solver says of itself stands above: it may hold its network, but is none.
  const head = first < 0 ? text : text.slice(0, first);
  if (/^[ \t]*(?:base_lr|train_net|test_net|net)\s*:/m.test(head)) return false;
  return first >= 0 || inputField.test(text);
}

/** What later work builds on: the tree and its layers, with ranges. */
export interface Kept {
  readonly parsed: ParsedPrototext;
  readonly layers: readonly Layer[];
  /** Why the text outside of layers is not certain; undefined where it is. */
  readonly fault: string | undefined;
}

function open(source: Source): Reader {
  const parsed = parseNetwork(source.text);
  const { root } = parsed;
  const layers = layersOf(root);
  const found: Finding[] = parsed.problems.map(problem => ({ problem, reach: reachOf(problem, parsed) }));
  checkMessage(root, 'NetParameter', found);
  const others = mixed(layers);
  const kept: Kept = { parsed, layers, fault: blame(layers, found, parsed.repaired) ?? others[0]?.message };
  // Nobody reads more of them; what they mean for the costs is known by now.
  const problems = [...found.slice(0, maxProblems).map(({ problem }) => problem), ...others];
  return {
    problems,
    read: options => read(source, kept, options),
    rewrite: (edits, options) =>
      parsed.problems.length > 0
        ? undefined
        : rewrite(source.text, root, layers, statesOf(root, layers, options.phase), edits),
  };
}

/** More problems than anybody reads. */
const maxProblems = 500;

/** What a complaint of the parser means for the layer that it is in. */
function reachOf({ code, range }: Problem, { root, repaired }: Mended): Reach {
  if (code === 'missing-colon' || repaired.some(({ from, to }) => range.from >= from && range.from < to))
    return 'repaired';
  if (code !== 'missing-value') return 'unknown';
  // A value that is being typed: what nothing else hangs on leaves the numbers as they are, but in doubt.
  const name = fieldAt(root, range.from)?.name ?? '';
  return sizing.has(name) ? 'unknown' : 'doubt';
}

/** The field that begins at an offset. */
function fieldAt(root: ProtoMessage, offset: number): ProtoField | undefined {
  // Not a recursion: a text nests as deep as it likes.
  for (let message: ProtoMessage | undefined = root; message; ) {
    const fields: readonly ProtoField[] = message.fields;
    const exact = fields.find(({ from }) => from === offset);
    if (exact) return exact;
    const around: ProtoField['value'] = fields.find(({ from, to }) => from < offset && offset < to)?.value;
    message = around?.kind === 'message' ? around : undefined;
  }
  return undefined;
}

/** Fields that decide shapes or counts, and without which a layer would be another one; not those that it cannot do without. */
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

/** Gives each layer the gravest fault inside it; returns why the rest of the text is not certain, if it is not. */
function blame(layers: readonly Layer[], found: readonly Finding[], repaired: readonly Range[]): string | undefined {
  let outside: string | undefined;
  const ordered = found.filter(({ problem }) => problem.severity !== 'information');
  for (const { problem, reach } of ordered) {
    const layer = layerAt(layers, problem.range.from);
    if (!layer) outside ??= problem.message;
    else if (!layer.fault || grave(reach) > grave(layer.fault.reach)) layer.fault = { reach, why: problem.message };
  }
  for (const { from } of repaired) {
    const layer = layerAt(layers, from);
    if (layer) layer.fault ??= { reach: 'repaired', why: 'only one repair makes it read' };
  }
  return outside;
}

const grave = (reach: Reach): number => ['repaired', 'doubt', 'unknown'].indexOf(reach);

/** The layer in which an offset lies. Layers are in the order of the text. */
function layerAt(layers: readonly Layer[], offset: number): Layer | undefined {
  let low = 0;
  let high = layers.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { from, to } = layers[middle]!.field;
    if (offset < from) high = middle - 1;
    else if (offset >= to) low = middle + 1;
    else return layers[middle];
  }
  return undefined;
}

/** The state that is read, then that of every other phase: what is shared between them must suit them all. */
function statesOf(root: ProtoMessage, layers: readonly Layer[], wanted: string | undefined): readonly State[] {
  const { state } = stateFor(root, layers, wanted);
  return [state, ...phases.filter(phase => phase !== state.phase).map(phase => ({ ...state, phase }))];
}

/** NetNeedsV1ToV2Upgrade and UpgradeV1Net (upgrade_proto.cpp): a text has layers of one form alone. */
function mixed(layers: readonly Layer[]): readonly Problem[] {
  const isCurrent = layers[0]?.form === 'current';
  const other = layers.find(({ form }) => (form === 'current') !== isCurrent);
  if (!other) return [];
  const message =
    '“layer” and “layers” do not go together: Caffe refuses a text with both. Write layer { type: "Convolution" … } everywhere.';
  const range = { from: other.field.from, to: other.field.nameTo };
  const related = [{ range: { from: layers[0]!.field.from, to: layers[0]!.field.nameTo }, message: 'The first one' }];
  return [{ range, severity: 'error', code: 'mixed-forms', message, related }];
}

function read(source: Source, { parsed: { root }, layers, fault }: Kept, options: ReadOptions): Spec {
  const head = headOf(root.fields);
  const problems: Problem[] = [];
  const { state, instead } = stateFor(root, layers, options.phase);
  if (instead) problems.push(instead);
  const { graph, problems: found, batch } = build(root, layers, state, options.input ?? [], fault);
  if (layers.length === 0) {
    const message = 'This network has no layers yet. Write layer { … }.';
    problems.push({ range: head, severity: 'error', code: 'empty-network', message });
  }
  const name = root.fields.findLast(field => field.name === 'name')?.value;
  const file = source.name.replace(/\.(?:prototxt|pt|pbtxt)(?:\.txt)?$/i, '');
  return {
    model: name && name.kind !== 'message' && name.text !== '' ? name.text : file,
    graph,
    problems: [...problems, ...found],
    head,
    variants: [],
    phase: state.phase,
    ...(batch !== undefined && batch > 1 ? { batch } : {}),
  };
}

/** Totals stand at the network's name, or at its first field. */
function headOf(fields: readonly ProtoField[]): Range {
  const field = fields.find(({ name }) => name === 'name') ?? fields[0];
  if (!field) return { from: 0, to: 0 };
  return { from: field.from, to: field.value?.kind === 'message' ? field.nameTo : field.to };
}
