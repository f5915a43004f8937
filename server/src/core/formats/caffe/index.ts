import { type ParsedPrototext, type ProtoField, parsePrototext } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Format, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { build } from './build.ts';
import { checkMessage } from './check.ts';
import { type Layer, layersOf } from './net.ts';
import { phaseOf, phases, type State, stateOf } from './phase.ts';
import { rewrite } from './rewrite.ts';

/** Network definitions of Caffe and its forks, in protobuf's text format. */
export const caffe: Format = {
  id: 'caffe-prototxt',
  label: 'Caffe prototxt',
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
}

function open(source: Source): Reader {
  const parsed = parsePrototext(source.text, ['layer', 'layers']);
  const problems: Problem[] = [...parsed.problems];
  checkMessage(parsed.root, 'NetParameter', problems);
  const layers = layersOf(parsed.root);
  problems.push(...mixed(layers));
  const kept: Kept = { parsed, layers };
  return {
    problems,
    kept,
    read: options => read(source, kept, options),
    rewrite: (edits, options) =>
      parsed.problems.length > 0
        ? undefined
        : rewrite(source.text, parsed.root, layers, statesOf(parsed.root, options.phase), edits),
  };
}

/** The state that is read, then that of every other phase: what is shared between them must suit them all. */
function statesOf(root: ParsedPrototext['root'], wanted: string | undefined): readonly State[] {
  const state = stateOf(root, wanted);
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

function read(source: Source, { parsed: { root }, layers }: Kept, options: ReadOptions): Spec {
  const head = headOf(root.fields);
  const problems: Problem[] = [];
  if (options.phase !== undefined && phaseOf(options.phase) === undefined) {
    const message = `“${options.phase}” is no phase. There are ${phases.join(' and ')}.`;
    problems.push({ range: head, severity: 'warning', code: 'wrong-setting', message });
  }
  const state = stateOf(root, options.phase);
  const { graph, problems: found, batch } = build(root, layers, state, options.input ?? []);
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
    ...(batch !== undefined && batch > 1 ? { batch } : {}),
  };
}

/** Totals stand at the network's name, or at its first field. */
function headOf(fields: readonly ProtoField[]): Range {
  const field = fields.find(({ name }) => name === 'name') ?? fields[0];
  if (!field) return { from: 0, to: 0 };
  return { from: field.from, to: field.value?.kind === 'message' ? field.nameTo : field.to };
}
