import type { ConventionName } from '../analysis/conventions.ts';
import { isCertain } from '../analysis/model.ts';
import { shapeText } from '../ops/rules/shape.ts';
import type { Analysed } from '../pipeline.ts';
import type { Dtype } from '../settings/index.ts';
import type { Base } from './changes.ts';
import { stateText } from './choices.ts';
import { native } from './figures.ts';
import { headline, nativeText, totalsLine, totalsMarkdown } from './totals.ts';

/** The content of the status bar and its menu. */
export interface Summary {
  /** The network's name. */
  readonly title: string;
  /** For the status bar: `4.37G MACs · 3.16M params`. */
  readonly text: string;
  /** The same with the changes: `4.37G MACs (+2.5 % since HEAD) · 3.16M params`. */
  readonly compared: string;
  /** The non-default choices: `scale s · input 3×320×320`; empty if there are none. */
  readonly state: string;
  /** One line that includes memory and input. */
  readonly detail: string;
  readonly format: string;
  /** Whether it consists of rows that commands can move. */
  readonly hasRows: boolean;
  /** Input sizes by name, without the batch, in the syntax of `input=`: `3,640,640`. */
  readonly input: Readonly<Record<string, string>>;
  readonly scales: readonly string[];
  readonly scale: string | undefined;
  /** The phases of the format, and the one that was read. */
  readonly phases: readonly string[];
  readonly phase: string | undefined;
  readonly dialect: string | undefined;
  readonly convention: ConventionName;
  readonly batch: number;
  readonly dtype: Dtype;
  /** In the convention's unit; a lower bound or doubtful if `complete` is false, as in `text`. */
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

/** The tooltip of the status bar, as Markdown. */
export function summaryMarkdown(analysed: Analysed): string {
  return totalsMarkdown(analysed);
}
