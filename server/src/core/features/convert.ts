// Converts a network to another language. The result is read back and compared, and refused if it is not the same
// network.
import * as l10n from '@vscode/l10n';
import { countsOf } from '../analysis/counts.ts';
import { type Format, formats, type Source } from '../formats/index.ts';
import type { Frame, Graph, GraphNode, Tensor } from '../graph/graph.ts';
import { useOf } from '../graph/graph.ts';
import { type Analysed, open, price } from '../pipeline.ts';
import { defaultSettings } from '../settings/index.ts';
import { exact } from '../text/quantity.ts';

export type ConversionTarget = 'flopline' | 'pytorch';

export const conversionTargets = ['flopline', 'pytorch'] as const satisfies readonly ConversionTarget[];

export interface Converted {
  readonly text: string;
  /** The proposed file name. */
  readonly name: string;
  /** The client's language id. */
  readonly languageId: string;
}

/** Why a network cannot be converted. */
export interface Refused {
  /** One or two sentences that name the layer. */
  readonly message: string;
  /** The 0-based line of the layer, if it has one. */
  readonly line: number | undefined;
}

/** The name of a language for display. */
export function targetLabel(target: ConversionTarget): string {
  return target === 'flopline' ? 'Flopline YAML' : 'PyTorch';
}

/** The parser to load before converting, since the result is read back. */
export function conversionParser(target: ConversionTarget): Format['parser'] {
  return formats.find(({ id }) => id === target)!.parser;
}

/** Converts the network of a text. */
export function convert(analysed: Analysed, target: ConversionTarget): Converted | Refused {
  const { spec, document } = analysed;
  const { graph, model: title } = spec;
  const format = formats.find(({ id }) => id === target)!;
  const unknown = unknownIn(analysed);
  if (unknown) return unknown;
  const name = nameOf(document.source.name, format);
  const from = spec.variant === undefined ? document.source.name : `${document.source.name}, ${spec.variant}`;
  const comments = [l10n.t('Converted from {0} by Flopline.', from)];
  const written = format.writer!.write({ graph, title, comments });
  if (!('text' in written)) return refusal(analysed, target, written.node, written.why, written.label);
  const { text } = written;
  const result: Converted = { text, name, languageId: format.writer!.languageId };
  return differenceOf(analysed, target, { name, text }) ?? result;
}

/** The file name with the ending of another language. */
function nameOf(name: string, { writer }: Format): string {
  const { ending } = writer!;
  const base = name.replace(/(?:\.net)?\.[^.]+$/i, '');
  // A Python module needs a name that can be imported.
  return (ending === '.py' ? base.replace(/\W+/g, '_').replace(/^(?=\d)/, 'net_') : base) + ending;
}

/** Refuses a network with unknown parts: it would become another network. */
function unknownIn(analysed: Analysed): Refused | undefined {
  const { graph } = analysed.spec;
  const rule = frameByRule(graph.root);
  if (rule) {
    const message = l10n.t(
      '“{0}” is priced by a rule of flopline.yaml, which says what it costs but not what it computes.',
      rule.label,
    );
    return { message, line: lineOf(analysed, rule) };
  }
  for (const { name, tensor } of graph.inputs) {
    const { shape, why } = tensor;
    if (shape && !shape.some(Number.isNaN)) continue;
    const message = why
      ? l10n.t('The size of the input “{0}” is not known: {1}', name, why.message)
      : l10n.t('The size of the input “{0}” is not known.', name);
    return { message, line: undefined };
  }
  for (const node of graph.nodes) {
    const open = node.why ?? node.outputs.find(({ shape, why }) => why || !shape || shape.some(Number.isNaN))?.why;
    if (open) {
      const message = l10n.t('“{0}” is not known: {1}', layerOf(node), open.message);
      return { message, line: lineOf(analysed, node.frame) };
    }
  }
  const [doubt] = analysed.spec.doubts ?? [];
  if (doubt) {
    const [frame, { subject }] = doubt;
    const message = l10n.t('It is not certain what “{0}” computes: {1} may be another class.', frame.label, subject);
    return { message, line: lineOf(analysed, frame) };
  }
  return undefined;
}

function frameByRule(frame: Frame): Frame | undefined {
  if (frame.byRule) return frame;
  for (const child of frame.children) {
    const found = frameByRule(child);
    if (found) return found;
  }
  return undefined;
}

function refusal(
  analysed: Analysed,
  target: ConversionTarget,
  node: GraphNode,
  why: string,
  label = layerOf(node),
): Refused {
  const message = l10n.t('“{0}” cannot be written as {1}: {2}', label, targetLabel(target), why);
  return { message, line: lineOf(analysed, node.frame) };
}

function lineOf({ document }: Analysed, frame: Frame): number | undefined {
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    const range = useOf(at);
    if (range) return document.lines.position(range.from).line;
  }
  return undefined;
}

/** The layer's name for display. */
function layerOf({ frame }: GraphNode): string {
  const labels: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent; at = at.parent)
    if (at.label !== '' && at.type !== 'function') labels.unshift(at.label);
  return labels.join(' › ');
}

/** Refuses a result that is read as another network. */
function differenceOf(analysed: Analysed, target: ConversionTarget, source: Source): Refused | undefined {
  const document = open(source, defaultSettings);
  const back = document && price(document, defaultSettings);
  const node = back && differingNode(analysed.spec.graph, back.spec.graph, target);
  if (back && !node) return undefined;
  const problem = back?.problems.find(({ severity }) => severity === 'error');
  const layer = node ?? analysed.spec.graph.nodes.at(-1);
  const label = layer ? layerOf(layer) : analysed.spec.model;
  const message = problem
    ? l10n.t('“{0}” cannot be written as {1}, which refuses it: {2}', label, targetLabel(target), problem.message)
    : l10n.t('“{0}” cannot be written as {1}: what is read back is not the same network.', label, targetLabel(target));
  return { message, line: layer && lineOf(analysed, layer.frame) };
}

/** The first node that differs after reading back; undefined if the networks are the same. */
function differingNode(before: Graph, after: Graph, target: ConversionTarget): GraphNode | undefined {
  return target === 'flopline' ? unlike(before, after) : unpriced(before, after);
}

/** Compares node by node: same operators, inputs and costs. */
function unlike(before: Graph, after: Graph): GraphNode | undefined {
  const [first, second] = [before, after].map(network => {
    const inputs = new Set(network.inputs.map(({ tensor }) => tensor.node.id));
    return network.nodes.filter(({ id }) => !inputs.has(id));
  }) as [GraphNode[], GraphNode[]];
  const places = new Map<number, number>();
  for (const [index, { tensor }] of before.inputs.entries())
    places.set(tensor.node.id, after.inputs[index]?.tensor.node.id ?? -1);
  const isSame = (a: Tensor, b: Tensor | undefined): boolean =>
    b !== undefined && places.get(a.node.id) === b.node.id && a.port === b.port && String(a.shape) === String(b.shape);
  for (const [index, node] of first.entries()) {
    const other = second[index];
    if (!other) return node;
    places.set(node.id, other.id);
    const isAlike =
      node.op.name === other.op.name &&
      JSON.stringify(countsOf(node)) === JSON.stringify(countsOf(other)) &&
      node.inputs.length === other.inputs.length &&
      node.inputs.every((tensor, at) => isSame(tensor, other.inputs[at])) &&
      other.outputs.every((tensor, at) => isSame(node.outputs[at]!, tensor));
    if (!isAlike) return node;
  }
  const isWhole = first.length === second.length && before.outputs.length === after.outputs.length;
  if (isWhole && before.outputs.every((tensor, at) => isSame(tensor, after.outputs[at]))) return undefined;
  return before.outputs.at(-1)?.node ?? first.at(-1);
}

/** Compares only layers with parameters and products, in order, and the output shapes. */
function unpriced(before: Graph, after: Graph): GraphNode | undefined {
  const [first, second] = [before, after].map(network => {
    return network.nodes.flatMap(node => {
      const { macs, weights, biases, normAffine } = countsOf(node);
      const params = weights + biases + normAffine;
      return macs > 0 || params > 0 ? [{ node, text: `${macs} ${params}`, macs, params }] : [];
    });
  }) as [Priced[], Priced[]];
  const sum = (list: readonly Priced[], key: 'macs' | 'params'): number =>
    list.reduce((total, each) => total + each[key], 0);
  const shapes = (network: Graph): string => network.outputs.map(({ shape }) => exactShape(shape)).join(' ');
  const isSame =
    sum(first, 'macs') === sum(second, 'macs') &&
    sum(first, 'params') === sum(second, 'params') &&
    shapes(before) === shapes(after) &&
    after.nodes.every(({ why }) => !why);
  if (isSame) return undefined;
  return first.find(({ text }, index) => text !== second[index]?.text)?.node ?? before.outputs.at(-1)?.node;
}

interface Priced {
  readonly node: GraphNode;
  readonly text: string;
  readonly macs: number;
  readonly params: number;
}

function exactShape(shape: Tensor['shape']): string {
  return shape?.map(exact).join('×') ?? '?';
}
