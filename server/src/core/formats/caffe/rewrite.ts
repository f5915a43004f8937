// Translates edits of the network into text edits. New layers are copies of neighboring ones. The connections are
// computed again and compared with the intended ones in both phases.
import {
  type Border,
  changesOf,
  type GraphEdit,
  type NewAttrs,
  type NewConv,
  type NewLayer,
  type Place,
  type Rewriter,
} from '../../graph/edit.ts';
import type { PrototextDocument } from '../../syntax/prototext.ts';
import { applyEdits, type TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import type { Item } from '../reference.ts';
import { commentsIn, Draft, type DraftAttrs, indentOf, lineEnd, lineStart, newlineOf, nextLine } from './draft.ts';
import { Flow, isWired, type Step } from './flow.ts';
import { itemsOf } from './items.ts';
import type { BlobName, Layer, PlacedLayer } from './layer.ts';
import type { State } from './phase.ts';

/** The text edits; undefined if one of the edits cannot be expressed. */
export function rewrite(
  document: PrototextDocument,
  layers: readonly PlacedLayer[],
  states: readonly State[],
  edits: readonly GraphEdit[],
): readonly TextEdit[] | undefined {
  return changesOf(new Writer(document, layers, states), edits);
}

/** Fork types in which every channel has its own filter. */
const depthwiseTypes: ReadonlySet<string> = new Set(['ConvolutionDepthwise', 'DepthwiseConvolution']);

class Writer implements Rewriter {
  readonly #text: string;
  readonly #document: PrototextDocument;
  readonly #layers: readonly PlacedLayer[];
  /** The layers before and after the edits. */
  readonly #before: readonly Step[];
  readonly #steps: Step[];
  readonly #flows: readonly Flow[];
  readonly #clashing: readonly ReadonlySet<Step>[];
  readonly #drafts = new Map<Step, Draft>();
  readonly #inserted = new Map<Step, Step[]>();
  readonly #removed = new Set<Step>();
  readonly #moved = new Map<Step, Step>();
  readonly #names: Set<string>;
  readonly #sharing: ReadonlySet<PlacedLayer>;

  constructor(document: PrototextDocument, layers: readonly PlacedLayer[], states: readonly State[]) {
    this.#text = document.text;
    this.#document = document;
    this.#layers = layers;
    this.#before = layers.map(stepOf);
    this.#steps = [...this.#before];
    this.#flows = states.map(state => new Flow(this.#before, state));
    this.#clashing = this.#flows.map(flow => flow.clashes());
    this.#names = new Set(
      layers.flatMap(({ layer: { name, bottoms, tops } }) => [name, ...[...bottoms, ...tops].map(blob => blob.text)]),
    );
    this.#sharing = sharing(layers, itemsOf(layers, [], states));
  }

  changes(): readonly TextEdit[] | undefined {
    if (!isWired(this.#steps, this.#flows, this.#clashing)) return undefined;
    const edits: TextEdit[] = [];
    for (const step of this.#before) {
      if (this.#removed.has(step)) edits.push(...this.#removal(step.placed.here));
      else if (!this.#moved.has(step) && this.#isTouched(step)) edits.push(...this.#wire(step).edits);
    }
    for (const [at, fresh] of this.#inserted) {
      edits.push(
        this.#insertion(
          at.placed.here,
          fresh.map(step => ({ text: this.#wire(step).fresh, style: step.placed.here })),
        ),
      );
    }
    for (const [step, at] of this.#moved) {
      const { here } = step.placed;
      const { field } = here;
      edits.push(...this.#removal(here, true));
      const own = this.#wire(step).edits.map(({ from, to, text }) => ({
        from: from - field.from,
        to: to - field.from,
        text,
      }));
      const text = applyEdits(this.#text.slice(field.from, field.to), own);
      edits.push(this.#insertion(at.placed.here, [{ text, style: here }]));
    }
    return edits;
  }

  // ——— Edits —————————————————————————————————————————————————————————————————————————————————————————————————————

  insert(before: Place, layers: readonly NewLayer[]): boolean {
    const at = this.#stepAt(before.item);
    if (!at || !isSingle(at.placed.layer) || this.#isTied(at.placed)) return false;
    // After averaging, the next layer reads fewer features, so layers that share its weights would have to change too.
    if (this.#sharing.size > 0 && layers.some(({ op }) => op === 'globalAvgPool')) return false;
    const fresh: Step[] = [];
    for (const layer of layers) {
      const added = layer.op === 'conv' ? this.#newConv(at.placed, before, layer) : this.#newPool(at.placed);
      if (!added) return false;
      fresh.push(...added);
    }
    this.#inserted.set(at, [...(this.#inserted.get(at) ?? []), ...fresh]);
    this.#steps.splice(this.#steps.indexOf(at), 0, ...fresh);
    for (const flow of this.#flows) flow.insert(at, fresh);
    return true;
  }

  set(item: Range, { out, kernel, strided, border, groups, bias }: NewAttrs): boolean {
    const step = this.#stepAt(item);
    if (!step || this.#isTied(step.placed)) return false;
    // Readers have weights per input channel, so layers that share these would have to change too.
    if (out !== undefined && this.#sharing.size > 0) return false;
    const draft = this.#draft(step);
    const padding = border && paddingOf(border, kernel ?? draft.kernelOf(strided?.length ?? 2));
    if (border && border !== 'none' && !padding?.every(Number.isInteger)) return false;
    const width = out === undefined ? undefined : widthOf(draft.out, out);
    if (out !== undefined && width === undefined) return false;
    const attrs: DraftAttrs = {
      ...(width === undefined ? {} : { out: width }),
      ...(kernel ? { kernel } : {}),
      ...(strided ? { strided } : {}),
      ...(padding ? { padding } : {}),
      ...(kernel?.every(size => size === 1) ? { undilated: true } : {}),
      ...(bias === undefined ? {} : { bias }),
    };
    if (groups === undefined) return draft.set(attrs);
    const { type } = step.placed.layer;
    if (!depthwiseTypes.has(type)) return draft.set({ ...attrs, groups });
    // The number of groups follows from the input channels.
    const isWritten = type === 'DepthwiseConvolution' && draft.param?.has('group');
    return width !== undefined && draft.set(isWritten ? { ...attrs, groups } : attrs);
  }

  remove(item: Range): boolean {
    const step = this.#stepAt(item);
    if (!step || this.#removed.has(step)) return false;
    const isRead = this.#flows.some(flow => flow.isRead(step));
    if (isRead && (!isSingle(step.placed.layer) || this.#sharing.size > 0)) return false;
    this.#removed.add(step);
    this.#steps.splice(this.#steps.indexOf(step), 1);
    for (const flow of this.#flows) flow.remove(step);
    return true;
  }

  move(item: Range, before: Place): boolean {
    const step = this.#stepAt(item);
    const at = this.#stepAt(before.item);
    if (!step || !at || !isSingle(step.placed.layer) || !isSingle(at.placed.layer) || step.isInPlace[0]) return false;
    // A layer that is active in only one phase would be missing in the other.
    if (this.#flows.some(flow => flow.has(step) !== flow.has(at))) return false;
    this.#moved.set(step, at);
    this.#steps.splice(this.#steps.indexOf(step), 1);
    this.#steps.splice(this.#steps.indexOf(at), 0, step);
    for (const flow of this.#flows) flow.move(step, at);
    return true;
  }

  // ——— New layers ————————————————————————————————————————————————————————————————————————————————————————————————

  /** A copy of a convolution with other numbers, and copies of its normalization and activation. */
  #newConv(place: PlacedLayer, { norm, act }: Place, layer: NewConv): readonly Step[] | undefined {
    const like = place.here;
    const draft = Draft.copyOf(this.#text, like);
    if (!draft || typeof layer.out !== 'number' || like.type !== 'Convolution') return undefined;
    const { out, kernel, strided, border } = layer;
    const padding = border === 'kept' ? undefined : paddingOf(border, kernel);
    if (padding && !padding.every(Number.isInteger)) return undefined;
    let groups: number | null = null;
    if (layer.depthwise) {
      const fork = this.#layers.find(
        ({ layer: { type, form } }) => depthwiseTypes.has(type) && form === like.form,
      )?.here;
      if (fork && !draft.retype(fork.type)) return undefined;
      const isWritten = fork && new Draft(this.#text, fork).param?.has('group');
      groups = !fork || (isWritten && fork.type === 'DepthwiseConvolution') ? out : null;
    }
    const attrs = { out, kernel, strided, groups, undilated: border !== 'kept' };
    if (!draft.set(padding ? { ...attrs, padding } : attrs)) return undefined;
    const base = like.name === '' ? like.tops[0]!.text : like.name;
    const name = this.#unique(base + this.#joint(base) + kindOf(layer));
    const suffix = name.slice(base.length);
    const named = (text: string): string => (text.includes(base) ? text.replace(base, () => name) : text + suffix);
    const top = like.tops[0]!.text;
    draft.rename(name);
    draft.unname();
    const steps = [this.#fresh(place, draft, top === base ? name : this.#unique(named(top)))];
    const after = [...(layer.norm ? norm : []), ...(layer.act && act ? [act] : [])];
    // Assign names and tops first, so that each copy knows the previous one's top.
    for (const item of after) {
      const source = this.#stepAt(item)?.placed;
      if (!source || !isSingle(source.layer)) return undefined;
      const template = source.here;
      const copy = Draft.copyOf(this.#text, template);
      if (!copy) return undefined;
      const own = template.tops[0]!.text;
      const fresh = template.name === '' ? '' : this.#unique(named(template.name));
      if (fresh !== '') copy.rename(fresh);
      copy.unname();
      const rules = template.rules.length > 0 ? template : like;
      if (rules === like) copy.add(like.rules.map(({ from, to }) => this.#text.slice(from, to)));
      const isInPlace = template.bottoms[0]!.text === own;
      let written = steps.at(-1)!.tops[0]!;
      if (!isInPlace) written = own === template.name ? fresh : this.#unique(named(own));
      steps.push(this.#fresh(source, copy, written, { rules }));
    }
    return steps;
  }

  #newPool(place: PlacedLayer): readonly Step[] | undefined {
    const like = place.here;
    const draft = Draft.copyOf(this.#text, like);
    const base = like.name === '' ? like.tops[0]!.text : like.name;
    const name = this.#unique(`${base}${this.#joint(base)}pool`);
    if (!draft?.becomeGlobalPool()) return undefined;
    draft.rename(name);
    return [this.#fresh(place, draft, name, { isInPlace: [false] })];
  }

  #fresh(like: PlacedLayer, draft: Draft, top: string, more: Partial<Step> = {}): Step {
    const step: Step = { ...stepOf(like), tops: [top], ...more };
    this.#drafts.set(step, draft);
    return step;
  }

  /** The separator that the file's names use: `conv2/reduce`, `inception_3b/5x5_reduce`, `conv2_reduce`. */
  #joint(base: string): string {
    if (base.includes('/')) return '_';
    let isJoined = false;
    for (const name of this.#names) {
      if (name.includes('/')) return '/';
      isJoined ||= name.includes('_');
    }
    return isJoined ? '_' : '/';
  }

  #unique(name: string): string {
    let fresh = name;
    for (let count = 2; this.#names.has(fresh); count++) fresh = `${name}_${count}`;
    this.#names.add(fresh);
    return fresh;
  }

  // ——— Text ——————————————————————————————————————————————————————————————————————————————————————————————————————

  /** Whether a layer's bottoms or tops have changed, or it was replaced. */
  #isTouched(step: Step): boolean {
    const { bottoms, tops } = step.placed.layer;
    const isSame = (blobs: readonly BlobName[], names: readonly string[]): boolean =>
      blobs.every(({ text }, at) => text === names[at]);
    return this.#drafts.has(step) || !isSame(bottoms, step.bottoms) || !isSame(tops, step.tops);
  }

  /** Writes the current bottoms and tops of a layer. */
  #wire(step: Step): Draft {
    const draft = this.#draft(step);
    const { bottoms, tops } = draft.layer;
    bottoms.forEach((blob, at) => {
      if (step.bottoms[at] !== blob.text) draft.write(blob, step.bottoms[at]!);
    });
    tops.forEach((blob, at) => {
      if (step.tops[at] !== blob.text) draft.write(blob, step.tops[at]!);
    });
    return draft;
  }

  /** Inserts layers before another one, below the comments above it, but above its `flopline` comments. */
  #insertion(at: Layer, pieces: readonly { readonly text: string; readonly style: Layer }[]): TextEdit {
    const text = this.#text;
    const { from } = at.field;
    const start = lineStart(text, from);
    const margin = text.slice(start, from);
    if (margin.trim() !== '') return { from, to: from, text: pieces.map(piece => `${piece.text} `).join('') };
    const newline = newlineOf(text);
    let place = start;
    while (place > 0) {
      const above = lineStart(text, place - (text.slice(place - 2, place) === '\r\n' ? 2 : 1));
      const line = text.slice(above, place).trim();
      if (!line.startsWith('#') || !line.includes('flopline')) break;
      place = above;
    }
    const written = pieces.map((piece, index) => {
      const next = pieces[index + 1]?.style ?? at;
      return margin + piece.text + newline + (this.#isApart(next) ? newline : '');
    });
    return { from: place, to: place, text: written.join('') };
  }

  /** Whether an empty line precedes a layer; the first layer counts like the second. */
  #isApart({ field }: Layer): boolean {
    const fields = this.#document.chunks.flatMap(({ chunk, start }) =>
      chunk.node.root.fields.map(({ from, to }) => ({ from: from + start, to: to + start })),
    );
    const at = Math.max(
      1,
      fields.findIndex(({ from }) => from === field.from),
    );
    const [before, own] = [fields[at - 1], fields[at]];
    return before !== undefined && own !== undefined && hasEmptyLine(this.#text.slice(before.to, own.from));
  }

  /** Removes a layer with its lines and an empty one; keeps comments in it unless it is moved. */
  #removal({ field }: Layer, isMoved = false): readonly TextEdit[] {
    const text = this.#text;
    const newline = newlineOf(text);
    let to = field.to;
    if (/[;,]/.test(text[to] ?? '')) to++;
    const start = lineStart(text, field.from);
    const stop = lineEnd(text, to);
    const rest = text.slice(to, stop).trim();
    const staying = isMoved ? [] : [...commentsIn(text, field.from, field.to)];
    const isAlone = text.slice(start, field.from).trim() === '' && (rest === '' || rest.startsWith('#'));
    if (!isAlone) {
      // Its lines contain something else.
      if (staying.length > 0) {
        const comments = staying.map(comment => text.slice(comment.from, comment.to) + newline).join('');
        return [{ from: field.from, to, text: comments }];
      }
      while (text[to] === ' ' || text[to] === '\t') to++;
      return [{ from: field.from, to, text: '' }];
    }
    if (rest !== '') staying.push({ from: text.indexOf('#', to), to: stop });
    const margin = indentOf(text, field.from);
    const comments = staying.map(comment => margin + text.slice(comment.from, comment.to).trimEnd() + newline).join('');
    let end = nextLine(text, stop);
    if (comments === '' && end < text.length) {
      const next = lineEnd(text, end);
      if (text.slice(end, next).trim() === '' && isEmptyAbove(text, start)) end = nextLine(text, next);
    }
    return [{ from: start, to: end, text: comments }];
  }

  // ——— Layers ————————————————————————————————————————————————————————————————————————————————————————————————————

  #stepAt({ from }: Range): Step | undefined {
    return this.#before.find(({ placed }) => placed.from === from);
  }

  #draft(step: Step): Draft {
    const known = this.#drafts.get(step) ?? new Draft(this.#text, step.placed.here);
    this.#drafts.set(step, known);
    return known;
  }

  /** Whether it shares weights with another layer, or has its padding in one (V0 format). */
  #isTied(placed: PlacedLayer): boolean {
    return this.#sharing.has(placed) || placed.layer.pad !== undefined;
  }
}

export function stepOf(placed: PlacedLayer): Step {
  const { layer } = placed;
  return {
    placed,
    rules: layer,
    bottoms: layer.bottoms.map(({ text }) => text),
    tops: layer.tops.map(({ text }) => text),
    isInPlace: layer.tops.map(({ text }, at) => layer.bottoms[at]?.text === text),
  };
}

export const isSingle = ({ bottoms, tops }: Layer): boolean => bottoms.length === 1 && tops.length === 1;

/** The layers that share a parameter blob with another one. */
function sharing(layers: readonly PlacedLayer[], items: readonly Item[]): ReadonlySet<PlacedLayer> {
  const found = new Set<PlacedLayer>();
  for (const { index, references } of items) {
    for (const { reads, target } of references) {
      if (reads || target === undefined || target === 'input') continue;
      found.add(layers[target.index]!);
      found.add(layers[index]!);
    }
  }
  return found;
}

/** The name suffix of a new layer: `reduce` as in GoogLeNet, `dw` as in MobileNet. */
function kindOf({ depthwise, kernel }: NewConv): string {
  if (depthwise) return 'dw';
  return kernel.every(size => size === 1) ? 'reduce' : kernel.join('x');
}

/** Half the kernel is fractional if the kernel is even: then no padding keeps the size. */
function paddingOf(border: Border, kernel: readonly number[] | undefined): readonly number[] | undefined {
  return kernel?.map(size => (border === 'none' ? 0 : (size - 1) / 2));
}

function widthOf(written: number | undefined, out: NonNullable<NewAttrs['out']>): number | undefined {
  if (typeof out === 'number') return out;
  if (written === undefined) return undefined;
  return Math.max(out.multiple, Math.floor((written * out.times) / out.multiple) * out.multiple);
}

function hasEmptyLine(gap: string): boolean {
  const lines = gap.split(/\r\n|\n|\r/);
  return lines.slice(1, -1).some(line => line.trim() === '');
}

function isEmptyAbove(text: string, start: number): boolean {
  if (start === 0) return true;
  const end = text.slice(start - 2, start) === '\r\n' ? start - 2 : start - 1;
  return text.slice(lineStart(text, end), end).trim() === '';
}
