// Completion and signature help.
import * as l10n from '@vscode/l10n';
import {
  type Call,
  type Offer,
  type OfferKind,
  parameterList,
  type Slot,
  withoutPlaceholders,
} from '../formats/index.ts';
import type { Frame, Tensor } from '../graph/graph.ts';
import { type Analysed, problemsWith } from '../pipeline.ts';
import { type Problem, textOf } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { nearness } from '../text/spelling.ts';
import { frameName, orderOf, proseMarkdown, shapeOrUnknown, shapeSpan } from './wording.ts';

export interface Completion {
  readonly label: string;
  readonly kind: OfferKind;
  /** The range to replace. */
  readonly range: Range;
  readonly text: string;
  /** The text with placeholders, if there are any. */
  readonly snippet: string | undefined;
  /** What the client matches with the typed word; not the label if the match is only approximate. */
  readonly filter: string;
  readonly detail: string;
  /** As Markdown. */
  readonly documentation: string;
  /** Why the row could not read the layer that this names, in a few words. */
  readonly misfit?: string;
}

/** The completions at an offset, likeliest first. */
export function completions(analysed: Analysed, offset: number): readonly Completion[] {
  const { document, spec } = analysed;
  const slot = document.reader?.slot?.(offset, spec);
  if (!slot) return [];
  const { range } = slot;
  const typed = document.source.text.slice(range.from, Math.max(range.from, offset));
  const frames = slot.offers.some(({ target }) => target !== undefined) ? framesByStart(analysed) : undefined;
  const misfits = frames ? misfitsOf(analysed, slot, frames) : new Map<Offer, Misfit>();
  return ranked(slot.offers, typed, misfits).map(({ offer, filter }) => {
    const text = offer.snippet === undefined ? offer.label : withoutPlaceholders(offer.snippet);
    const misfit = slot.likely ? undefined : misfits.get(offer);
    const why = misfit && (misfit.problem.short ?? l10n.t('does not fit'));
    const detail = frames && offer.target !== undefined ? targetDetail(analysed, offer, frames) : (offer.detail ?? '');
    const doc = markdown(offer.doc?.() ?? '');
    return {
      label: offer.label,
      kind: offer.kind,
      range,
      text,
      snippet: offer.snippet !== undefined && offer.snippet !== text ? offer.snippet : undefined,
      filter,
      detail,
      documentation: misfit ? [misfitText(misfit, offer), doc].filter(part => part !== '').join('\n\n') : doc,
      ...(why === undefined ? {} : { misfit: why }),
    };
  });
}

/** Sorts by how well offers match the typed word; within a rank, layers that do not fit come last. */
function ranked(
  offers: readonly Offer[],
  typed: string,
  misfits: ReadonlyMap<Offer, Misfit>,
): readonly { readonly offer: Offer; readonly filter: string }[] {
  const found = offers.flatMap((offer, at) => {
    const rank = nearness(typed, offer.label);
    return rank === undefined ? [] : [{ offer, at, rank }];
  });
  const unfit = ({ offer }: { readonly offer: Offer }): number => Number(misfits.has(offer));
  found.sort((a, b) => a.rank - b.rank || unfit(a) - unfit(b) || a.at - b.at);
  // Clients drop offers that do not contain the typed letters, so approximate matches use the typed word as filter.
  return found.map(({ offer, rank }) => ({ offer, filter: rank > 2 && rank < 9 ? typed : offer.label }));
}

// ——— What fits
// ————————————————————————————————————————————————————————————————————————————————————————————————————————

/** Why a row could not read a layer. */
interface Misfit {
  readonly problem: Problem;
  /** The offer that was tried, representing all of the same shape. */
  readonly tried: Offer;
}

/** How many shapes are tried at one place, fewer in long texts: each trial takes as long as an edit. */
const mostTrials = 16;
const mostItems = 4000;

/**
 * The references that do not fit, each with the problem that it would cause. Of layers with the same shape, one is
 * inserted and the text is analyzed.
 */
function misfitsOf(analysed: Analysed, slot: Slot, frames: Frames): ReadonlyMap<Offer, Misfit> {
  const found = new Map<Offer, Misfit>();
  const byShape = new Map<string, Offer[]>();
  for (const offer of slot.offers) {
    const shape = offer.target === undefined ? undefined : shapeKey(analysed, offer, frames);
    if (shape === undefined) continue;
    const same = byShape.get(shape);
    if (same) same.push(offer);
    else byShape.set(shape, [offer]);
  }
  // While references mean other rows, the text is read with other numbers than the user sees.
  if (byShape.size === 0 || analysed.numbers) return found;
  const row = rowAround(analysed, slot.range);
  const count = Math.max(2, Math.min(mostTrials, Math.floor(mostItems / (frames.size + 1))));
  const trials = [...byShape.values()].slice(0, count).map(offers => ({
    offers,
    problems: problemsIn(row, analysed, slot, offers[0]!),
  }));
  const now = analysed.problems;
  const has = (problems: readonly Problem[], { code, message }: Problem): boolean =>
    problems.some(other => other.code === code && other.message === message);
  for (const { offers, problems } of trials) {
    // Ignore problems that occur with any layer: these are not about the shape.
    const misfit = problems.find(problem =>
      trials.length > 1 ? !trials.every(other => has(other.problems, problem)) : !has(now, problem),
    );
    if (misfit) for (const offer of offers) found.set(offer, { problem: misfit, tried: offers[0]! });
  }
  return found;
}

function misfitText({ problem, tried }: Misfit, offer: Offer): string {
  const text = proseMarkdown(textOf(problem));
  return tried === offer ? text : l10n.t('With “{0}”, which has the same shape: {1}', tried.label, text);
}

/** The key that decides whether an offer fits: its shapes; undefined if unknown. */
function shapeKey({ model }: Analysed, { label, target, output }: Offer, frames: Frames): string | undefined {
  const outputs =
    target === 'input'
      ? [
          model.graph.inputs
            .filter(({ name }, _, all) => all.length === 1 || name === label)
            .map(({ tensor }) => tensor),
        ]
      : (frames.get(target!.range.from) ?? []).map(use =>
          output === undefined ? use.outputs : use.outputs.slice(output, output + 1),
        );
  const [only, ...others] = outputs;
  if (!only || others.length > 0 || only.some(({ shape }) => !shape || shape.some(Number.isNaN))) return undefined;
  return only.map(({ shape }) => shape!.join('×')).join(' ');
}

interface Row extends Range {
  /** Whether the items below it can be left out. */
  readonly isItem: boolean;
}

/** The item around a range; if none can be read, the line. */
function rowAround({ document: { reader, source } }: Analysed, { from, to }: Range): Row {
  const item = reader?.items?.().find(({ range }) => range.from <= from && to <= range.to);
  if (item) return { ...item.range, isItem: true };
  const end = source.text.indexOf('\n', to);
  return { isItem: false, from: source.text.lastIndexOf('\n', from - 1) + 1, to: end < 0 ? source.text.length : end };
}

/** The problems of a row with an offer inserted. */
function problemsIn(row: Row, analysed: Analysed, { range, likely }: Slot, { label, snippet }: Offer): Problem[] {
  const text = snippet === undefined ? label : withoutPlaceholders(snippet);
  const edits =
    likely === undefined
      ? [{ ...range, text }]
      : likely.from === range.to
        ? [{ ...range, text: text + likely.text }]
        : [{ ...range, text }, likely];
  const longer = edits.reduce((sum, edit) => sum + edit.text.length - (edit.to - edit.from), 0);
  return problemsWith(analysed, edits, row.isItem ? row.to : undefined).filter(
    ({ range: { from, to }, severity, short }) =>
      // Of the warnings, only those about its output, which have a short text.
      (severity === 'error' || (severity === 'warning' && short !== undefined)) &&
      row.from <= from &&
      to <= row.to + longer,
  );
}

// ——— Words
// ————————————————————————————————————————————————————————————————————————————————————————————————————————————

type Frames = ReadonlyMap<number, readonly Frame[]>;

/** The frames of items by start offset. */
function framesByStart({ model }: Analysed): Frames {
  const found = new Map<number, Frame[]>();
  const visit = (frame: Frame): void => {
    for (const { range, file } of frame.sites) {
      if (file !== undefined) continue;
      const list = found.get(range.from);
      if (!list) found.set(range.from, [frame]);
      // At one offset, the outermost frame is the item's.
      else if (!list.some(other => other.first <= frame.first && frame.end <= other.end)) list.push(frame);
    }
    if (frame.hasSitesInside) for (const child of frame.children) visit(child);
  };
  for (const row of model.graph.root.children) visit(row);
  return found;
}

/** `C2f · line 24 · 128×40×40`, preceded by the name if the label is another. */
function targetDetail(analysed: Analysed, { label, target, output }: Offer, frames: Frames): string {
  if (target === undefined) return '';
  const order = orderOf(analysed);
  const shapeOf = (tensors: readonly Tensor[]): string =>
    tensors.map(({ shape }) => shapeOrUnknown(shape, order)).join(', ');
  if (target === 'input') {
    const inputs = analysed.model.graph.inputs.filter(({ name }) => name === label);
    const tensors = (inputs.length > 0 ? inputs : analysed.model.graph.inputs).map(({ tensor }) => tensor);
    return joined([l10n.t('input of the network'), shapeOf(tensors)]);
  }
  const { format, lines } = analysed.document;
  const uses = frames.get(target.range.from) ?? [];
  const [first] = uses;
  const outputs = uses.map(use => (output === undefined ? use.outputs : use.outputs.slice(output, output + 1)));
  const shapes = outputs.flatMap(([tensor]) => (tensor?.shape ? [tensor.shape] : []));
  const name = /^-?\d+$/.test(label)
    ? label === String(target.index)
      ? ''
      : format.itemName(target.index)
    : first && frameName(first) !== label
      ? frameName(first)
      : '';
  return joined([
    name,
    first && first.type !== name ? first.type : '',
    l10n.t('line {0}', lines.lineAt(target.range.from) + 1),
    outputs.length === 1 ? shapeOf(outputs[0]!) : shapes.length === 0 ? '' : shapeSpan(shapes, order),
  ]);
}

/** Converts text to Markdown; inline code stays code. */
const markdown = (text: string): string =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? proseMarkdown(part) : part))
    .join('`');

const joined = (parts: readonly string[]): string => parts.filter(part => part !== '').join(' · ');

/** A call, shown while its arguments are typed. */
export interface SignatureHelp {
  readonly label: string;
  /** As Markdown. */
  readonly documentation: string;
  readonly parameters: readonly {
    /** Its range in the label. */
    readonly from: number;
    readonly to: number;
    readonly documentation: string;
  }[];
  readonly active: number;
}

/** Signature help for the arguments around an offset. */
export function signatureHelp({ document, spec }: Analysed, offset: number): SignatureHelp | undefined {
  const call = document.reader?.call?.(offset, spec);
  return call && helpOf(call);
}

function helpOf({ name, doc, parameters, active }: Call): SignatureHelp {
  let label = `${name}(`;
  const list = parameterList(parameters).map((text, at) => {
    if (at > 0) label += ', ';
    const from = label.length;
    label += text;
    return { from, to: label.length, documentation: markdown(parameters[at]!.doc) };
  });
  return { label: `${label})`, documentation: markdown(doc ?? ''), parameters: list, active };
}
