import * as l10n from '@vscode/l10n';
import { type Frame, useOf } from '../graph/graph.ts';
import { shapeText } from '../ops/rules/shape.ts';
import { type Analysed, shownAt } from '../pipeline.ts';
import { contains, type Range } from '../text/range.ts';
import { clip } from '../text/wording.ts';
import { amountText, frameName, orderOf, paramsText } from './wording.ts';

/** One entry of the outline. `selection` lies inside `range`. */
export interface SymbolNode {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'network' | 'block' | 'layer' | 'section';
  readonly range: Range;
  readonly selection: Range;
  readonly children: readonly SymbolNode[];
}

// A deeper or longer outline would not be useful.
const maxDepth = 4;
const maxSymbols = 5000;

/**
 * The outline: the network, its blocks with their rows, and its rows with their content. Nested entries are nested in
 * the text too, so that an editor finds the entry around its cursor.
 */
export function symbols(analysed: Analysed): SymbolNode[] {
  const { model, spec, document, standIns } = analysed;
  // Programs get their outline from the Python extension; project files have none.
  if (spec.program || document.format.hasNoNetwork) return [];
  const { convention, totals } = model;
  const whole: Range = { from: 0, to: document.source.text.length };
  const outline = new Outline(analysed);
  const rows = outline.of(model.graph.root.children, whole, 1);
  if (standIns) {
    // Show rows with stand-ins as they are.
    const { actual } = standIns;
    const others = actual.model.graph.root.children.filter(frame => {
      const place = useOf(frame);
      return place && shownAt(analysed, document.lines.lineAt(place.from)) !== analysed;
    });
    rows.push(...new Outline(actual).of(others, whole, 1));
    rows.sort((a, b) => a.range.from - b.range.from);
  }
  return [
    {
      name: spec.model === '' ? l10n.t('network') : spec.model,
      detail: `${amountText(totals.value, convention.unit)} · ${paramsText(totals.params)}`,
      kind: 'network',
      range: whole,
      selection: spec.head,
      children: [...outline.definitions(), ...rows],
    },
  ];
}

class Outline {
  readonly #analysed: Analysed;
  #left = maxSymbols;

  constructor(analysed: Analysed) {
    this.#analysed = analysed;
  }

  /** `times`: how often the surrounding block is used; if more than once, costs may differ. */
  of(frames: readonly Frame[], around: Range, depth: number, times = 1): SymbolNode[] {
    // If there is not room for all, siblings take precedence over what is inside them.
    const shown = this.#placed(frames, around).slice(0, Math.max(0, this.#left));
    this.#left -= shown.length;
    return shown.map(entry => this.#symbol(entry, depth, times));
  }

  #symbol({ frame, range, isPart, count }: Entry, depth: number, times: number): SymbolNode {
    const all = count * times;
    const detail = [
      all > 1 ? `×${all}` : '',
      frame.type === frame.label ? '' : frame.type,
      all > 1 ? '' : this.#cost(frame),
    ].filter(part => part !== '');
    // An entry without a place in the text gets an empty range at the start of the row.
    const inside = isPart ? { from: range.from, to: range.from } : range;
    return {
      name: nameOf(frame),
      detail: detail.join(' · '),
      kind: frame.children.length > 0 ? 'block' : 'layer',
      range: inside,
      selection: this.#analysed.document.lines.firstOf(inside),
      children: depth >= maxDepth ? [] : this.of(frame.children, inside, depth + 1, all),
    };
  }

  /** The frames with a site in a range, each site once; parts of a framework's module have no site. */
  #placed(frames: readonly Frame[], around: Range): readonly Entry[] {
    const found: Entry[] = [];
    const byPlace = new Map<string, Entry>();
    for (const frame of frames) {
      if (frame.isHidden) continue;
      const range = placeOf(frame);
      if (!range) {
        // Hidden rows are left out; the content of a block is listed with its definition.
        if (!frame.hasSitesInside) found.push({ frame, range: around, isPart: true, count: 1 });
        continue;
      }
      // Repetitions have the same range as the row itself.
      if (!contains(around, range) || (range.from === around.from && range.to === around.to)) continue;
      const key = `${range.from}-${range.to}`;
      const same = byPlace.get(key);
      if (same) {
        same.count++;
        continue;
      }
      // A path with a single row is replaced by that row.
      const [only, ...others] = frame.type === 'branch' ? this.#placed(frame.children, range) : [];
      const isBare = only && others.length === 0 && !isNamed(frame);
      const entry = isBare ? only : { frame, range, isPart: false, count: 1 };
      byPlace.set(key, entry);
      found.push(entry);
    }
    return found;
  }

  #cost(frame: Frame): string {
    const { model } = this.#analysed;
    const { value, params } = model.costOf(frame);
    const shape = frame.outputs[0]?.shape;
    return [
      shape ? shapeText(shape, orderOf(this.#analysed)) : '',
      value.value === 0 && value.complete ? '' : amountText(value, model.convention.unit),
      params.value === 0 && params.complete ? '' : paramsText(params),
    ]
      .filter(part => part !== '')
      .join(' · ');
  }

  /** The definitions of blocks, each with the rows of its first use. */
  definitions(): SymbolNode[] {
    const found = new Map<number, { readonly frame: Frame; readonly range: Range; times: number }>();
    const visit = (frame: Frame): void => {
      for (const { range, role, file } of frame.sites) {
        if (role !== 'definition' || file !== undefined) continue;
        const known = found.get(range.from);
        if (known) known.times++;
        else found.set(range.from, { frame, range, times: 1 });
      }
      for (const child of frame.children) visit(child);
    };
    visit(this.#analysed.model.graph.root);
    return [...found.values()].slice(0, 200).map(({ frame, range: header, times }) => {
      const end = frame.children.reduce((to, child) => Math.max(to, placeOf(child)?.to ?? 0), header.to);
      const range = { from: header.from, to: end };
      return {
        name: frame.type,
        detail: `×${times}`,
        kind: 'block',
        range,
        selection: header,
        children: this.of(frame.children, range, 2, times),
      };
    });
  }
}

/** A frame and its range. */
interface Entry {
  readonly frame: Frame;
  readonly range: Range;
  /** Whether it has no place of its own. */
  readonly isPart: boolean;
  /** How many frames have that range: repetitions. */
  count: number;
}

/** The range of a frame: its own, or one that covers those inside it. */
function placeOf(frame: Frame): Range | undefined {
  const own = useOf(frame);
  if (own || !frame.hasSitesInside) return own;
  const inside = frame.children.flatMap(child => placeOf(child) ?? []);
  if (inside.length === 0) return undefined;
  return { from: Math.min(...inside.map(({ from }) => from)), to: Math.max(...inside.map(({ to }) => to)) };
}

/** A path without a name is labeled with its rows: `maxPool → conv`. */
function nameOf(frame: Frame): string {
  if (isNamed(frame)) return frameName(frame) || l10n.t('layer');
  return clip(frame.children.map(({ type }) => type).join(' → '), 60) || frameName(frame);
}

const isNamed = ({ type, label }: Frame): boolean => type !== 'branch' || !/^branch\.\d+$/.test(label);
