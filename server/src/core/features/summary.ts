import type { ConventionName } from '../analysis/conventions.ts';
import { isCertain } from '../analysis/model.ts';
import { shapeText } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import type { Dtype } from '../settings/index.ts';
import type { Base } from './changes.ts';
import { stateText } from './choices.ts';
import { native } from './figures.ts';
import { headline, nativeText, totalsLine, totalsMarkdown } from './totals.ts';

/** What a status bar and its menu show. */
export interface Summary {
  /** The network's name. */
  readonly title: string;
  /** For the status bar: `4.37G MACs · 3.16M params`. */
  readonly text: string;
  /** The same with how they have changed: `4.37G MACs (+2.5 % since HEAD) · 3.16M params`. */
  readonly compared: string;
  /** What is in effect and not the default: `scale s · input 3×320×320`; empty where all is. */
  readonly state: string;
  /** One line with memory and input too. */
  readonly detail: string;
  readonly format: string;
  /** Whether it is made of rows, which commands move. */
  readonly hasRows: boolean;
  /** Input sizes by name, without the batch, as `input=` takes them whatever the format: `3,640,640`. */
  readonly input: Readonly<Record<string, string>>;
  readonly scales: readonly string[];
  readonly scale: string | undefined;
  /** The phases that the format has, and the one that was read. */
  readonly phases: readonly string[];
  readonly phase: string | undefined;
  readonly dialect: string | undefined;
  readonly convention: ConventionName;
  readonly batch: number;
  readonly dtype: Dtype;
  /** In the convention's unit; a lower bound or in doubt where `complete` is false, as `text` says. */
  readonly value: number;
  readonly macs: number;
  readonly params: number;
  readonly complete: boolean;
  /** `8.9 GFLOPs as Ultralytics 8.4.117 prints`. */
  readonly native: string | undefined;
}

export function summary(analysed: Analysed, base?: Base): Summary {
  const { document, model, settings, spec } = analysed;
  const { totals, convention, graph } = model;
  const figure = native(analysed);
  return {
    title: spec.model,
    text: totalsLine(analysed),
    compared: totalsLine(analysed, base),
    state: stateText(analysed),
    detail: headline(analysed),
    format: document.format.label,
    hasRows: document.reader?.rows !== undefined,
    input: Object.fromEntries(
      graph.inputs.map(({ name, tensor: { shape } }) => [
        name,
        shape ? shapeText(shape, 'chw').replaceAll('×', ',') : '?',
      ]),
    ),
    scales: spec.variants.map(({ name }) => name),
    scale: spec.variant,
    phases: document.format.choices.phase ?? [],
    phase: spec.phase,
    dialect: spec.dialect,
    convention: convention.name,
    batch: settings.batch,
    dtype: settings.dtype,
    value: totals.value.value,
    macs: totals.macs.value,
    params: totals.params.value,
    complete: isCertain(totals.value) && isCertain(totals.params),
    native: figure && nativeText(figure),
  };
}

/** What pointing at the status bar shows, as markdown. */
export function summaryMarkdown(analysed: Analysed): string {
  return totalsMarkdown(analysed);
}
