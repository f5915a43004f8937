// Hovers: describes what is at a place in the text.

import * as l10n from '@vscode/l10n';
import { type Reader, type Reference, referencesIn } from '../formats/index.ts';
import type { Frame, Graph, Note, Tensor } from '../graph/graph.ts';
import { type Analysed, shownAt } from '../pipeline.ts';
import { contains, type Range } from '../text/range.ts';
import { sentences } from '../text/sentences.ts';
import { type Base, lineDetail } from './changes.ts';
import { variantModel } from './figures.ts';
import { inputsOf, layerText, lineText } from './layerText.ts';
import { totalsMarkdown } from './totals.ts';
import {
  amountText,
  bytesText,
  codeSpan,
  doubtText,
  elementBytes,
  frameName,
  orderOf,
  paramsText,
  plainMarkdown,
  proseMarkdown,
  shapeOrUnknown,
  shapeSpan,
  whyText,
} from './wording.ts';

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

/**
 * The hover at an offset: a reference, a key or argument, a layer, a scale, or the network's head. With a base, also
 * what has changed on the line.
 */
export function hover(analysed: Analysed, offset: number, base?: Base): Hover | undefined {
  const found = hoverAt(analysed, offset);
  const change = found && base ? lineDetail(analysed, base, analysed.document.lines.lineAt(offset)) : '';
  return found && change !== '' ? { ...found, markdown: `${found.markdown}\n\n---\n\n${change}` } : found;
}

function hoverAt(analysed: Analysed, offset: number): Hover | undefined {
  const at: Range = { from: offset, to: offset };
  if (analysed.document.format.hasNoNetwork) {
    const note = analysed.spec.notes?.().find(({ range }) => contains(range, at));
    return note && { range: note.range, markdown: proseMarkdown(note.text) };
  }
  const { standIns, document } = analysed;
  const place = placeAt(analysed, at);
  // Show rows with stand-ins as they are.
  if (standIns && (!place || shownAt(analysed, document.lines.lineAt(offset)) !== analysed)) {
    const found = placeAt(standIns.actual, at) && hoverAt(standIns.actual, offset);
    if (found) return found;
  }
  const frames = place?.frames ?? [];
  const notes = frames.flatMap(frame => noteAt(frame, at) ?? []);
  const [note] = notes;
  const reference = referenceAt(analysed, at);
  const target = reference && targetText(analysed, reference);
  if (target !== undefined) {
    const slot = reference!.target !== 'input' && note?.allowed?.kind === 'reference' ? proseMarkdown(note.text) : '';
    return { range: reference!.range, markdown: joined(analysed, [target, slot], frames) };
  }
  // On the name of a module or operator, show the layer itself.
  if (note?.isName)
    return {
      range: note.range,
      markdown: layerText(analysed, frames, note.text === '' ? undefined : proseMarkdown(note.text)),
    };
  if (note) {
    const text = sentences(proseMarkdown(note.text), valuesText(notes));
    return { range: note.range, markdown: joined(analysed, [text], frames) };
  }
  const variant = analysed.spec.variants.find(({ range }) => contains(range, at));
  if (variant) return { range: variant.range, markdown: variantText(analysed, variant.name) };
  if (place) return { range: place.range, markdown: layerText(analysed, frames) };
  const assigned = assignedAt(analysed, offset);
  if (assigned) return assigned;
  if (contains(analysed.spec.head, at)) return { range: analysed.spec.head, markdown: totalsMarkdown(analysed) };
  return undefined;
}

/** In a program, the layer that an assignment target on the left of its constructor names: `self.conv1 = `. */
function assignedAt(analysed: Analysed, offset: number): Hover | undefined {
  const { spec, document, model } = analysed;
  if (!spec.program) return undefined;
  const { lines } = document;
  const line = lines.lineAt(offset);
  const frames = model.lineCost(line)?.frames ?? [];
  const to = frames[0]?.sites.find(({ range, file }) => file === undefined && lines.lineAt(range.from) === line)?.range;
  const from = lines.start(line) + /^\s*/.exec(lines.textOf(line))![0].length;
  if (!to || offset < from || offset >= to.from) return undefined;
  return { range: { from, to: to.from }, markdown: layerText(analysed, frames) };
}

/** The detail of the hint on a 0-based line, as Markdown; empty if there is none. */
export function hintDetail(analysed: Analysed, line: number, base?: Base): string {
  const parts = [detailOf(analysed, line), base ? lineDetail(analysed, base, line) : ''];
  return parts.filter(part => part !== '').join('\n\n---\n\n');
}

function detailOf(analysed: Analysed, line: number): string {
  const variant = analysed.spec.variants.find(({ range }) => analysed.document.lines.lineAt(range.from) === line);
  if (variant) return variantText(analysed, variant.name);
  const shown = shownAt(analysed, line);
  const cost = shown.model.lineCost(line);
  return cost ? layerText(shown, cost.frames) : '';
}

/** Joins paragraphs, and appends the layer they are about in one line. */
function joined(analysed: Analysed, paragraphs: readonly string[], frames: readonly Frame[]): string {
  const text = paragraphs.filter(part => part !== '').join('\n\n');
  return frames.length === 0 ? text : `${text}\n\n---\n\n${lineText(analysed, frames)}`;
}

interface Place {
  readonly range: Range;
  /** All frames with that site: several for a row in a block that is used several times. */
  readonly frames: readonly Frame[];
}

/** The frames with the smallest site around a range. */
export function placeAt({ model }: Analysed, at: Range): Place | undefined {
  let best: { range: Range; frames: Frame[] } | undefined;
  const visit = (frame: Frame): void => {
    for (const { range: site, file } of frame.sites) {
      if (file !== undefined || !contains(site, at)) continue;
      const length = site.to - site.from;
      const least = best ? best.range.to - best.range.from : Number.POSITIVE_INFINITY;
      if (best && best.range.from === site.from && length === least) {
        if (!isWithin(frame, best.frames.at(-1)!)) best.frames.push(frame);
      } else if (length < least) best = { range: site, frames: [frame] };
    }
    for (const child of frame.children) visit(child);
  };
  for (const row of model.graph.root.children) visit(row);
  return best;
}

function isWithin(frame: Frame, outer: Frame): boolean {
  return frame.first >= outer.first && frame.end <= outer.end && frame !== outer;
}

// ——— Keys, arguments and values ————————————————————————————————————————————————————————————————————————————————————

/** The smallest note around a range, of the frame or an enclosing one. */
export function noteAt(frame: Frame, at: Range): Note | undefined {
  let best: Note | undefined;
  for (let holder: Frame | undefined = frame; holder; holder = holder.parent) {
    for (const note of holder.notes) {
      if (!contains(note.range, at)) continue;
      if (!best || note.range.to - note.range.from < best.range.to - best.range.from) best = note;
    }
    if (best) return best;
  }
  return best;
}

const shownValues = 8;

/** The value at a place in each of the uses: “Here **64**.”, “Here **64, 128** (3 uses).” */
function valuesText(notes: readonly Note[]): string {
  const values = [...new Set(notes.flatMap(({ value }) => value ?? []))];
  if (values.every(value => value === '?')) return '';
  const shown = values.length > shownValues ? [...values.slice(0, shownValues - 1), '…', values.at(-1)!] : values;
  const list = `**${proseMarkdown(shown.join(', '))}**`;
  return values.length === 1 ? l10n.t('Here {0}.', list) : l10n.t('Here {0} ({1} uses).', list, notes.length);
}

// ——— References ————————————————————————————————————————————————————————————————————————————————————————————————————

/** Cached, because the same text is queried at many offsets. */
const known = new WeakMap<Reader, readonly Reference[]>();

function referenceAt({ document, standIns }: Analysed, at: Range): Reference | undefined {
  // With stand-ins, references mean what they mean in the text that was read.
  const { reader } = standIns?.document ?? document;
  if (!reader) return undefined;
  let references = known.get(reader);
  if (!references) {
    references = reader.references?.() ?? referencesIn(reader.items?.() ?? []);
    known.set(reader, references);
  }
  // A reference that comes from an anchor elsewhere has no range here.
  const isThere = (range: Range): boolean => range.to > range.from && contains(range, at);
  if (!standIns) return references.find(({ range }) => isThere(range));
  for (const reference of references) {
    const range = standIns.places(reference.range, false);
    if (!range || !isThere(range)) continue;
    const { target } = reference;
    const place = typeof target === 'object' ? standIns.places(target.range, true) : undefined;
    return { ...reference, range, target: place && typeof target === 'object' ? { ...target, range: place } : target };
  }
  return undefined;
}

/** What a reference refers to: `**row 12** · C2f · line 24 · 128×40×40`; undefined if it is unresolved. */
function targetText(analysed: Analysed, reference: Reference): string | undefined {
  const { target, kind, output } = reference;
  if (target === undefined) return undefined;
  if (target === 'input') return inputText(analysed, reference);
  const { format, lines } = analysed.document;
  const frames = framesAt(analysed, target.range);
  const [first] = frames;
  const name = kind === 'name' && first ? frameName(first) : format.itemName(target.index);
  const shapes = frames.map(({ outputs }) => (output === undefined ? outputs : outputs.slice(output, output + 1)));
  return [
    `**${plainMarkdown(name)}**`,
    first && first.type !== name ? codeSpan(first.type) : '',
    l10n.t('line {0}', lines.lineAt(target.range.from) + 1),
    tensorsText(analysed, shapes),
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** The network's input, or the input of a block in each of its uses. */
function inputText(analysed: Analysed, reference: Reference): string {
  const { graph } = analysed.model;
  const uses = (placeAt(analysed, reference.range)?.frames ?? []).flatMap(frame => blockAround(frame) ?? []);
  const tensors = uses.length > 0 ? uses.map(use => inputsOf(graph.nodes, use)) : [networkInputs(graph, reference)];
  const name = uses.length > 0 ? l10n.t('input of the block') : l10n.t('input of the network');
  return [`**${name}**`, tensorsText(analysed, tensors)].filter(part => part !== '').join(' · ');
}

/** The one with that name or index, else all of them. */
function networkInputs({ inputs }: Graph, { written, output }: Reference): readonly Tensor[] {
  const one = inputs.find(({ name }, at) => name === written || at === output);
  return (one ? [one] : inputs).map(({ tensor }) => tensor);
}

/** The use of a block whose definition contains the row. */
function blockAround({ parent }: Frame): Frame | undefined {
  for (let holder = parent; holder; holder = holder.parent)
    if (holder.sites.some(({ role }) => role === 'definition')) return holder;
  return undefined;
}

/** The frames of an item, in each use of the block that contains it. */
function framesAt({ model }: Analysed, item: Range): readonly Frame[] {
  const found: Frame[] = [];
  const visit = (frame: Frame): void => {
    const isItem = frame.sites.some(({ range, file }) => file === undefined && range.from === item.from);
    if (isItem) found.push(frame);
    else for (const child of frame.children) visit(child);
  };
  for (const row of model.graph.root.children) visit(row);
  return found;
}

/** The tensors of one use; for several uses, the span of the shapes of each one's first tensor. */
function tensorsText(analysed: Analysed, uses: readonly (readonly Tensor[])[]): string {
  const order = orderOf(analysed);
  if (uses.length === 1) return uses[0]!.map(({ shape }) => codeSpan(shapeOrUnknown(shape, order))).join(', ');
  const shapes = uses.flatMap(([tensor]) => (tensor?.shape ? [tensor.shape] : []));
  return shapes.length === 0 || shapes.length < uses.length ? '' : codeSpan(shapeSpan(shapes, order));
}

// ——— Members of a family ———————————————————————————————————————————————————————————————————————————————————————————

function variantText(analysed: Analysed, name: string): string {
  const model = variantModel(analysed, name);
  const { totals, convention } = model;
  const network = `**${plainMarkdown(analysed.spec.model)}**`;
  return [
    name === analysed.spec.variant
      ? l10n.t('{0} at scale {1}. The costs in this file are for this scale.', network, codeSpan(name))
      : l10n.t('{0} at scale {1}.', network, codeSpan(name)),
    `${amountText(totals.value, convention.unit)} · ${paramsText(totals.params)} · ${bytesText(totals.params, elementBytes(analysed.settings))}`,
    ...(totals.why === undefined ? [] : [whyText(totals)]),
    ...(totals.doubts.length === 0 ? [] : [proseMarkdown(doubtText(totals.doubts))]),
  ].join('\n\n');
}
