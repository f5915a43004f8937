// What may be written at a place of the text.
import * as l10n from '@vscode/l10n';
import { type Call, type Offer, type OfferKind, parameterList, withoutPlaceholders } from '../formats/index.ts';
import type { Frame, Tensor } from '../graph/graph.ts';
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
import { nearness } from '../text/spelling.ts';
import { frameName, orderOf, proseMarkdown, shapeOrUnknown, shapeSpan } from './wording.ts';

export interface Completion {
  readonly label: string;
  readonly kind: OfferKind;
  /** What is replaced. */
  readonly range: Range;
  readonly text: string;
  /** The same with placeholders, where it has some. */
  readonly snippet: string | undefined;
  /** What an editor compares with what is typed: another word than the label where that is only near it. */
  readonly filter: string;
  readonly detail: string;
  /** As markdown. */
  readonly documentation: string;
}

/** What may stand at an offset, the likeliest first. */
export function completions(analysed: Analysed, offset: number): readonly Completion[] {
  const { document, spec } = analysed;
  const slot = document.reader?.slot?.(offset, spec);
  if (!slot) return [];
  const { range } = slot;
  const typed = document.source.text.slice(range.from, Math.max(range.from, offset));
  const frames = slot.offers.some(({ target }) => target !== undefined) ? framesByStart(analysed) : undefined;
  return ranked(slot.offers, typed).map(({ offer, filter }) => {
    const text = offer.snippet === undefined ? offer.label : withoutPlaceholders(offer.snippet);
    return {
      label: offer.label,
      kind: offer.kind,
      range,
      text,
      snippet: offer.snippet !== undefined && offer.snippet !== text ? offer.snippet : undefined,
      filter,
      detail: frames && offer.target !== undefined ? targetDetail(analysed, offer, frames) : (offer.detail ?? ''),
      documentation: markdown(offer.doc?.() ?? ''),
    };
  });
}

/** What begins like the word that is typed, then what is near it. */
function ranked(
  offers: readonly Offer[],
  typed: string,
): readonly { readonly offer: Offer; readonly filter: string }[] {
  const found = offers.flatMap((offer, at) => {
    const rank = nearness(typed, offer.label);
    return rank === undefined ? [] : [{ offer, at, rank }];
  });
  found.sort((a, b) => a.rank - b.rank || a.at - b.at);
  // An editor drops what does not hold the letters; what is only near goes by what is typed.
  return found.map(({ offer, rank }) => ({ offer, filter: rank > 2 && rank < 9 ? typed : offer.label }));
}

type Frames = ReadonlyMap<number, readonly Frame[]>;

/** The frames of the items, by where those begin. */
function framesByStart({ model }: Analysed): Frames {
  const found = new Map<number, Frame[]>();
  const visit = (frame: Frame): void => {
    for (const { range, file } of frame.sites) {
      if (file !== undefined) continue;
      const list = found.get(range.from);
      if (!list) found.set(range.from, [frame]);
      // The outermost frame at a place is that of the item.
      else if (!list.some(other => other.first <= frame.first && frame.end <= other.end)) list.push(frame);
    }
    if (frame.hasSitesInside) for (const child of frame.children) visit(child);
  };
  for (const row of model.graph.root.children) visit(row);
  return found;
}

/** `C2f · line 24 · 128×40×40`, and before it the name where the label is another. */
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

/** Prose with code in it, which stands as it is. */
const markdown = (text: string): string =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 0 ? proseMarkdown(part) : part))
    .join('`');

const joined = (parts: readonly string[]): string => parts.filter(part => part !== '').join(' · ');

/** A call as it is shown while its arguments are written. */
export interface SignatureHelp {
  readonly label: string;
  /** As markdown. */
  readonly documentation: string;
  readonly parameters: readonly {
    /** Where it is in the label. */
    readonly from: number;
    readonly to: number;
    readonly documentation: string;
  }[];
  readonly active: number;
}

/** The arguments around an offset. */
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
