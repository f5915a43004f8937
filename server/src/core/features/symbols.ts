import * as l10n from '@vscode/l10n';
import type { Model } from '../analysis/model.ts';
import { type Frame, useOf } from '../graph/graph.ts';
import { shapeText } from '../ops/rules/shape.ts';
import { type Analysed, shownAt } from '../pipeline.ts';
import type { Range } from '../text/range.ts';
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

// A deeper or longer outline would be of no use.
const maxDepth = 4;
const maxSymbols = 5000;

/** The network, its blocks' definitions, and its rows with what is inside them. */
export function symbols(analysed: Analysed): SymbolNode[] {
  const { model, spec, document, standIns } = analysed;
  const { root } = model.graph;
  const { convention, totals } = model;
  const order = orderOf(analysed);
  let left = maxSymbols;

  const cost = (frame: Frame, of: Model): string => {
    const { value, params } = of.costOf(frame);
    const shape = frame.outputs[0]?.shape;
    return [
      shape ? shapeText(shape, order) : '',
      value.value === 0 && value.complete ? '' : amountText(value, convention.unit),
      params.value === 0 && params.complete ? '' : paramsText(params),
    ]
      .filter(part => part !== '')
      .join(' · ');
  };
  const symbolOf = (frame: Frame, of: Model, around: Range, depth: number): SymbolNode => {
    const range = useOf(frame) ?? around;
    const name = frameName(frame) || l10n.t('layer');
    const detail = [frame.type === frame.label ? '' : frame.type, cost(frame, of)]
      .filter(part => part !== '')
      .join(' · ');
    const children = depth >= maxDepth ? [] : symbolsOf(frame.children, of, range, depth + 1);
    const selection = document.lines.firstOf(range);
    return { name, detail, kind: frame.children.length > 0 ? 'block' : 'layer', range, selection, children };
  };
  // All siblings come before anything inside the first of them when there is no room for all.
  const symbolsOf = (frames: readonly Frame[], of: Model, around: Range, depth: number): SymbolNode[] => {
    const shown = frames.filter(({ isHidden }) => !isHidden).slice(0, Math.max(0, left));
    left -= shown.length;
    return shown.map(frame => symbolOf(frame, of, around, depth));
  };

  const rows = symbolsOf(root.children, model, spec.head, 1);
  // Rows that something stands in for are seen as they are.
  const actual = standIns?.actual.model;
  const others = actual?.graph.root.children.filter(frame => {
    const place = useOf(frame);
    return place && shownAt(analysed, document.lines.lineAt(place.from)) !== analysed;
  });
  if (actual && others) {
    rows.push(...symbolsOf(others, actual, spec.head, 1));
    rows.sort((a, b) => a.range.from - b.range.from);
  }
  const whole: Range = { from: 0, to: document.source.text.length };
  return [
    {
      name: spec.model === '' ? l10n.t('network') : spec.model,
      detail: `${amountText(totals.value, convention.unit)} · ${paramsText(totals.params)}`,
      kind: 'network',
      range: whole,
      selection: spec.head,
      children: [...definitions(analysed), ...rows],
    },
  ];
}

/** The definitions of blocks: what frames have as a definition. */
function definitions({ model }: Analysed): SymbolNode[] {
  const found = new Map<number, { readonly frame: Frame; readonly range: Range; times: number }>();
  const visit = (frame: Frame): void => {
    for (const { range, role } of frame.sites) {
      if (role !== 'definition') continue;
      const known = found.get(range.from);
      if (known) known.times++;
      else found.set(range.from, { frame, range, times: 1 });
    }
    for (const child of frame.children) visit(child);
  };
  visit(model.graph.root);
  return [...found.values()].slice(0, 200).map(({ frame, range, times }) => ({
    name: frame.type,
    detail: `×${times}`,
    kind: 'block',
    range,
    selection: range,
    children: [],
  }));
}
