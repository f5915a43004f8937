// Commands on layers, each with its lines and the comments right above it. Names matter here, not the order.
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import type { Rows } from '../rows.ts';
import { Draft, indentOf, lineEnd, lineStart, newlineOf } from './draft.ts';
import { Flow, isWired, type Step } from './flow.ts';
import { itemsOf } from './items.ts';
import type { PlacedLayer } from './layer.ts';
import type { State } from './phase.ts';
import { isSingle, stepOf } from './rewrite.ts';

export function rowsFor(
  text: string,
  layers: readonly PlacedLayer[],
  inputs: readonly string[],
  states: readonly State[],
): Rows {
  const extents = layers.map(placed => extentOf(text, placed));
  /** A V0 padding layer belongs to the layer below it. */
  const isBound = (at: number): boolean => {
    const layer = layers[at]?.layer;
    return layer?.form === 'v0' || layer?.pad !== undefined || layer?.source !== undefined;
  };
  const extentToRemove = (index: number): Extent => removable(text, layers, extents, index);
  return {
    extents: extents.map(({ from, to }) => ({ from, to })),
    readings: states.map(state => itemsOf(layers, inputs, [state])),
    readsAbove: () => false,
    swapped(upper) {
      const [a, b] = [extents[upper]!, extents[upper + 1]!];
      if (isBound(upper) || isBound(upper + 1) || !a.isAlone || !b.isAlone) return undefined;
      return [
        { from: a.from, to: a.to, text: text.slice(b.from, b.to) },
        { from: b.from, to: b.to, text: text.slice(a.from, a.to) },
      ];
    },
    copied: index => (isBound(index) ? undefined : new Change(text, layers, states, extents).copy(index)),
    inserted: (index, channels) =>
      isBound(index) ? undefined : new Change(text, layers, states, extents).insert(index, channels),
    removed: index =>
      isBound(index) || isBound(index + 1)
        ? undefined
        : (new Change(text, layers, states, extents).remove(index) ?? removal(text, extentToRemove(index))),
  };
}

interface Extent extends Range {
  /** Whether its lines contain nothing else. */
  readonly isAlone: boolean;
}

function extentOf(text: string, { here: { field } }: PlacedLayer): Extent {
  const start = lineStart(text, field.from);
  const end = lineEnd(text, field.to);
  const rest = text.slice(field.to, end).replace(/^[;,]/, '').trim();
  if (text.slice(start, field.from).trim() !== '' || (rest !== '' && !rest.startsWith('#')))
    return { from: field.from, to: field.to, isAlone: false };
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - (text.startsWith('\r\n', from - 2) ? 2 : 1));
    if (!text.slice(above, from).trim().startsWith('#')) break;
    from = above;
  }
  return { from, to: end, isAlone: true };
}

/** The range to remove. Comments above the first layer may be about the file, so they stay. */
function removable(text: string, layers: readonly PlacedLayer[], extents: readonly Extent[], index: number): Extent {
  const extent = extents[index]!;
  return index > 0 || !extent.isAlone ? extent : { ...extent, from: lineStart(text, layers[0]!.from) };
}

function removal(text: string, { from, to, isAlone }: Extent): readonly TextEdit[] | undefined {
  if (!isAlone) return undefined;
  const before = text.slice(0, from).trimEnd().length;
  // Include the blank lines above it or, if there is nothing above, those below.
  if (before > 0) return [{ from: lineEnd(text, before), to, text: '' }];
  const after = /\S/.exec(text.slice(to));
  return [{ from, to: after ? lineStart(text, to + after.index) : text.length, text: '' }];
}

/** Adds or removes a layer, and renames blobs so that all other layers read what they should. */
class Change {
  readonly #text: string;
  readonly #layers: readonly PlacedLayer[];
  readonly #extents: readonly Extent[];
  readonly #before: readonly Step[];
  readonly #flows: readonly Flow[];
  readonly #clashing: readonly ReadonlySet<Step>[];
  readonly #names: Set<string>;

  constructor(text: string, layers: readonly PlacedLayer[], states: readonly State[], extents: readonly Extent[]) {
    this.#text = text;
    this.#layers = layers;
    this.#extents = extents;
    this.#before = layers.map(stepOf);
    this.#flows = states.map(state => new Flow(this.#before, state));
    this.#clashing = this.#flows.map(flow => flow.clashes());
    this.#names = new Set(
      layers.flatMap(({ layer: { name, bottoms, tops } }) => [name, ...[...bottoms, ...tops].map(blob => blob.text)]),
    );
  }

  remove(index: number): readonly TextEdit[] | undefined {
    const step = this.#before[index]!;
    const isRead = this.#flows.some(flow => flow.isRead(step));
    if (isRead && !isSingle(step.placed.layer)) return undefined;
    for (const flow of this.#flows) flow.remove(step);
    const left = this.#before.filter(other => other !== step);
    const own = removal(this.#text, removable(this.#text, this.#layers, this.#extents, index));
    const names = this.#wired(left);
    return own && names && [...own, ...names];
  }

  copy(index: number): readonly TextEdit[] | undefined {
    const like = this.#before[index]!;
    const { here } = like.placed;
    const draft = Draft.copyOf(this.#text, here);
    if (!draft) return undefined;
    const isChained = isSingle(here);
    if (!isChained && like.isInPlace.some(Boolean)) return undefined;
    const name = here.name === '' ? '' : this.#unique(here.name);
    const tops = here.tops.map(({ text: top }) => (top === here.name ? name : this.#unique(top)));
    const fresh: Step = { ...like, bottoms: [...like.bottoms], tops };
    if (name !== '') draft.rename(name);
    draft.unname();
    for (const flow of this.#flows) {
      if (isChained) flow.append(like, fresh);
      else flow.repeat(like, fresh);
    }
    return this.#put(index, fresh, draft);
  }

  insert(index: number, channels: number): readonly TextEdit[] | undefined {
    const above = this.#before[index]!;
    const { here } = above.placed;
    if (here.tops.length !== 1) return undefined;
    const conv = this.#layers.findLast(
      ({ layer: { type, form, bottoms, tops } }, at) =>
        type === 'Convolution' && form === here.form && bottoms.length === 1 && tops.length === 1 && at <= index,
    );
    const like = conv ?? this.#layers.find(({ layer }) => layer.type === 'Convolution' && isSingle(layer));
    const draft = like && Draft.copyOf(this.#text, like.here);
    if (!like || !draft || like.layer.rules.length > 0 || like.layer.form !== here.form) return undefined;
    const attrs = { out: channels, kernel: [3, 3], strided: [false, false], padding: [1, 1], undilated: true };
    if (!draft.set({ ...attrs, groups: null })) return undefined;
    const base = here.name === '' ? here.tops[0]!.text : here.name;
    const name = this.#unique(`${base}_3x3`);
    draft.rename(name);
    draft.unname();
    if (here.rules.length > 0) draft.add(here.rules.map(({ from, to }) => this.#text.slice(from, to)));
    const fresh: Step = { placed: like, rules: here, bottoms: [''], tops: [name], isInPlace: [false] };
    for (const flow of this.#flows) flow.append(above, fresh);
    return this.#put(index, fresh, draft);
  }

  #put(index: number, fresh: Step, draft: Draft): readonly TextEdit[] | undefined {
    const extent = this.#extents[index]!;
    if (!extent.isAlone) return undefined;
    const names = this.#wired(this.#before.toSpliced(index + 1, 0, fresh));
    if (!names) return undefined;
    write(draft, fresh);
    const text = this.#text;
    const { to } = extent;
    const at = index + 1 < this.#extents.length || index === 0 ? to : this.#extents[index - 1]!.to;
    const gap = /^(?:[ \t]*(?:\r\n|\n|\r))+/.exec(text.slice(at))?.[0];
    const isOpen = gap === undefined || at + gap.length === text.length;
    const margin = indentOf(text, this.#before[index]!.placed.here.field.from);
    return [...names, { from: to, to, text: (isOpen ? newlineOf(text) : gap) + margin + draft.fresh }];
  }

  /** The edits of bottoms and tops, if names can express the intended connections. */
  #wired(steps: readonly Step[]): readonly TextEdit[] | undefined {
    if (!isWired(steps, this.#flows, this.#clashing)) return undefined;
    return this.#before.flatMap(step => {
      if (!steps.includes(step)) return [];
      const draft = new Draft(this.#text, step.placed.here);
      write(draft, step);
      return draft.edits;
    });
  }

  /** A new name: `conv1_2` after `conv1`. */
  #unique(name: string): string {
    let fresh = name;
    for (let count = 2; this.#names.has(fresh); count++) fresh = `${name}_${count}`;
    this.#names.add(fresh);
    return fresh;
  }
}

/** Writes the blob names of a layer that have changed. */
function write(draft: Draft, { bottoms, tops }: Step): void {
  const { layer } = draft;
  for (const [at, blob] of layer.bottoms.entries()) if (bottoms[at] !== blob.text) draft.write(blob, bottoms[at]!);
  for (const [at, blob] of layer.tops.entries()) if (tops[at] !== blob.text) draft.write(blob, tops[at]!);
}
