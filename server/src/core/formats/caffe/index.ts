import * as l10n from '@vscode/l10n';
import { Environments, Memo } from '../../graph/memo.ts';
import { placedProblem } from '../../graph/segment.ts';
import {
  movedField,
  type ProtoField,
  type ProtoMessage,
  type PrototextDocument,
  parseDocument,
} from '../../syntax/prototext.ts';
import { prototextSpans } from '../../syntax/spans.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonFor } from '../../text/reason.ts';
import type { Format, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { build, type Known } from './build.ts';
import { repeatedAbove } from './checks.ts';
import { definitionsOf } from './definitions.ts';
import { inputNames } from './inputs.ts';
import { itemsOf, Wirings } from './items.ts';
import { PlacedLayer, topNames, withPadding } from './layer.ts';
import { type Part, partsOf } from './parts.ts';
import { absence, phases, type State } from './phase.ts';
import { rewrite } from './rewrite.ts';
import { rowsFor } from './rows.ts';
import { slotAt } from './slots.ts';
import { stateFor } from './state.ts';

/** Caffe's network definitions and those of its forks, in protobuf's text format. */
export const caffe: Format = {
  id: 'caffe-prototxt',
  label: 'Caffe prototxt',
  choices: { phase: phases },
  // Solvers, label maps and other programs' settings have the same language id, so the content decides.
  languages: [],
  itemName: index => l10n.t('layer {0}', index),
  items: 'layers',
  shapeOrder: 'chw',
  namedInputs: true,
  recognises: ({ name, text, languageId }) =>
    (languageId === 'prototxt' || /\.(?:prototxt|pt|pbtxt)(?:\.txt)?$/i.test(name)) && isNetwork(text),
  open,
};

// Adjacent parts never match the same characters, so long runs of spaces are scanned once.
const layerStart = /(?:^|[\s{}<>,;])layers?\s*(?::\s*)?(?:\[\s*)?[{<]/;
const inputField = /^[ \t]*input\s*:\s*["']/m;

function isNetwork(text: string): boolean {
  const first = text.search(layerStart);
  // A solver can contain its network, but its own fields come first.
  const head = first < 0 ? text : text.slice(0, first);
  if (/^[ \t]*(?:base_lr|train_net|test_net|net)\s*:/m.test(head)) return false;
  return first >= 0 || inputField.test(text);
}

/** What can be reused for an edited text. */
interface Cache extends Known {
  readonly document: PrototextDocument;
  readonly parts: readonly Part[];
  readonly layers: readonly PlacedLayer[];
}

/** A parsed network. */
interface Text {
  readonly source: Source;
  /** The fields outside of layers. */
  readonly root: ProtoMessage;
  readonly layers: readonly PlacedLayer[];
  /** Why the text outside of layers is uncertain; undefined if it is not. */
  readonly fault: Reason | undefined;
}

function open(source: Source, earlier?: Reader): Reader {
  const before = earlier?.cache as Cache | undefined;
  const document = parseDocument(source.text, topNames, before?.document);
  const parts = partsOf(document);
  const layers = placedLayers(document, parts, before);
  const cache: Cache = {
    document,
    parts,
    layers,
    segments: before?.segments ?? new Memo(),
    environments: before?.environments ?? new Environments(),
    wirings: before?.wirings ?? new Wirings(),
  };
  const others: (readonly ProtoField[])[] = [];
  const problems: Problem[] = [];
  const faults: Reason[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    const { start } = document.chunks[at]!;
    if (part.others.length > 0) others.push(part.others.map(field => movedField(field, offset => offset + start)));
    if (part.findings.length > 0) {
      for (const { problem } of part.findings.slice(0, maxProblems - problems.length))
        problems.push(placedProblem(problem, start));
    }
    if (part.fault !== undefined) faults.push(part.fault);
  }
  for (const problem of [...repeatedAbove(others).map(finding => finding.problem), ...mixed(layers)]) {
    problems.push(problem);
    faults.push(reasonFor(problem));
  }
  const root: ProtoMessage = { kind: 'message', from: 0, to: source.text.length, fields: others.flat() };
  const text: Text = { source, root, layers: withPadding(layers), fault: faults[0] };
  return {
    problems,
    cache,
    items: () => itemsOf(text.layers, inputNames(root), statesOf(text, undefined)),
    definitions: () => definitionsOf(root, text.layers),
    spans: () => prototextSpans(document),
    slot: (offset, { phase }) => {
      const inputs = inputNames(root);
      const states = statesOf(text, phase);
      const own = text.layers.find(placed => {
        const { from, to } = placed.at(placed.layer.field);
        return from <= offset && offset <= to;
      });
      // For a phase in which the layer is active: blobs of layers that are not cannot be read.
      const state = states.find(each => !own || absence(own.layer, each) === undefined) ?? states[0]!;
      const items = itemsOf(text.layers, inputs, states).filter(
        ({ index }) => absence(text.layers[index]!.layer, state) === undefined,
      );
      return slotAt(source.text, { items, inputs }, offset);
    },
    read: options => read(text, options, cache),
    rows: options => {
      const isDamaged = document.chunks.some(({ chunk }) => chunk.node.problems.length > 0);
      return isDamaged ? undefined : rowsFor(source.text, text.layers, inputNames(root), statesOf(text, options.phase));
    },
    rewrite: (edits, options) =>
      document.chunks.some(({ chunk }) => chunk.node.problems.length > 0)
        ? undefined
        : rewrite(document, text.layers, statesOf(text, options.phase), edits),
  };
}

/** The layers of a text; those above the edit are reused. */
function placedLayers({ chunks }: PrototextDocument, parts: readonly Part[], before?: Cache): readonly PlacedLayer[] {
  let at = 0;
  let count = 0;
  const isSame = (): boolean => parts[at] === before?.parts[at] && chunks[at] === before?.document.chunks[at];
  for (; at < chunks.length && isSame(); at++) count += parts[at]!.layers.length;
  const layers = before ? before.layers.slice(0, count) : [];
  for (; at < chunks.length; at++) {
    const own = parts[at]!.layers;
    for (let each = 0; each < own.length; each++) layers.push(new PlacedLayer(own[each]!, chunks[at]!.start));
  }
  return layers;
}

/** More problems than anyone reads. */
const maxProblems = 500;

/** The state that is read, then that of every other phase: edits must work in all of them. */
function statesOf({ root, layers }: Text, wanted: string | undefined): readonly State[] {
  const { state } = stateFor(root, layers, wanted);
  return [state, ...phases.filter(phase => phase !== state.phase).map(phase => ({ ...state, phase }))];
}

/** NeedsV1ToV2Upgrade and UpgradeV1Net (upgrade_proto.cpp): all layers of a text must have the same format. */
function mixed(layers: readonly PlacedLayer[]): readonly Problem[] {
  const isCurrent = layers[0]?.layer.form === 'current';
  const other = layers.find(({ layer }) => (layer.form === 'current') !== isCurrent);
  if (!other) return [];
  return [
    {
      range: other.header,
      severity: 'error',
      code: 'mixed-forms',
      message: l10n.t('“layer” and “layers” cannot be used in the same file.'),
      help: l10n.t('Use {0} everywhere.', 'layer { type: "Convolution" … }'),
      related: [{ range: layers[0]!.header, message: l10n.t('The first one') }],
    },
  ];
}

function read({ source, root, layers, fault }: Text, options: ReadOptions, known: Known): Spec {
  const head = headOf(root.fields, layers);
  const problems: Problem[] = [];
  const { state, instead } = stateFor(root, layers, options.phase, options.training ? 'TRAIN' : 'TEST');
  if (instead) problems.push(instead);
  const { graph, problems: found, batch } = build(root, layers, state, options, fault, known);
  if (layers.length === 0) {
    problems.push({
      range: head,
      severity: 'error',
      code: 'empty-network',
      message: l10n.t('This network has no layers.'),
      help: l10n.t('Add {0}.', 'layer { … }'),
    });
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

/** The place for totals: the network's name, or its first field. */
function headOf(fields: readonly ProtoField[], layers: readonly PlacedLayer[]): Range {
  const field = fields.find(({ name }) => name === 'name') ?? fields[0];
  const own = field && { from: field.from, to: field.value?.kind === 'message' ? field.nameTo : field.to };
  const first = layers[0]?.header;
  if (own && (field.name === 'name' || !first || own.from <= first.from)) return own;
  return first ?? { from: 0, to: 0 };
}
