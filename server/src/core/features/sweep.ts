// Sweeps: the totals over a range of input sizes, scales, batch sizes or widths, found by analyzing the text with each.
import * as l10n from '@vscode/l10n';
import type { Amount } from '../analysis/model.ts';
import { type Analysed, attempt, readOptions, withChoice } from '../pipeline.ts';
import { isImage } from '../settings/index.ts';
import { type Problem, textOf } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { choices } from './choices.ts';
import { certaintySign, elementBytes } from './wording.ts';

export type SweepKey = 'input' | 'scale' | 'batch' | 'width';

/** A quantity that can be varied. */
export interface Sweep {
  readonly key: SweepKey;
  /** In display order. */
  readonly values: readonly SweepValue[];
  /**
   * The exponents with which MACs and parameters grow in theory, if most layers are convolutions: twice the width and
   * height cost four times as much. Undefined if there is no such rule.
   */
  readonly theory: { readonly value: number; readonly params: number; readonly activations: number } | undefined;
}

export interface SweepValue {
  /** The value to request. */
  readonly value: string;
  /** The value for display: `640×640`, `×1.5`. */
  readonly text: string;
  /** Its position on the axis; undefined for names. */
  readonly at: number | undefined;
  /** Whether it is the current value. */
  readonly isCurrent: boolean;
}

/** The totals with a value, each with its certainty sign; or why there are none. */
export type SweepPoint =
  | {
      readonly value: SweepFigure;
      readonly params: SweepFigure;
      /** In bytes, for the batch. */
      readonly activations: SweepFigure;
      readonly peak: SweepFigure;
    }
  | { readonly refused: string };

export interface SweepFigure {
  /** Null if nothing is known. */
  readonly amount: number | null;
  readonly sign: string;
}

/** What can be varied for a network. */
export function sweeps(analysed: Analysed): readonly Sweep[] {
  return [inputs(analysed), scales(analysed), batches(analysed), widths(analysed)].flatMap(sweep => sweep ?? []);
}

const sides = [16, 24, 32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 416, 512, 640, 768, 896, 1024, 1280];

/** Square sizes around the current one, for a network with one image input. */
function inputs({ model, spec }: Analysed): Sweep | undefined {
  const [input, ...others] = model.graph.inputs;
  const shape = input?.tensor.shape;
  if (!shape || others.length > 0 || !isImage(shape) || shape.length !== 4 || shape.some(Number.isNaN))
    return undefined;
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const own = Math.sqrt(height * width);
  const near = sides.filter(side => side !== own && side >= own / 3 && side <= own * 2.1);
  const written = (h: number, w: number): string => (spec.program ? [batch, channels, h, w] : [channels, h, w]).join();
  const values = [
    ...near.map(side => ({ value: written(side, side), text: `${side}×${side}`, at: side, isCurrent: false })),
    { value: written(height, width), text: `${height}×${width}`, at: own, isCurrent: true },
  ];
  return {
    key: 'input',
    values: values.sort((a, b) => a.at - b.at),
    theory: { value: 2, params: 0, activations: 2 },
  };
}

function scales(analysed: Analysed): Sweep | undefined {
  const { variants, variant } = analysed.spec;
  if (variants.length < 2) return undefined;
  const values = variants.map(({ name }) => ({ value: name, text: name, at: undefined, isCurrent: name === variant }));
  return { key: 'scale', values, theory: undefined };
}

function batches(analysed: Analysed): Sweep | undefined {
  const choice = choices(analysed).find(({ key }) => key === 'batch');
  if (!choice) return undefined;
  const own = analysed.settings.batch;
  const all = [...new Set([...choice.values.map(({ value }) => Number(value)), own])].sort((a, b) => a - b);
  const values = all.map(batch => ({ value: `${batch}`, text: `${batch}`, at: batch, isCurrent: batch === own }));
  return { key: 'batch', values, theory: undefined };
}

const multipliers = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

/** Widths, for a text that scales the channels of all rows by one number. */
function widths(analysed: Analysed): Sweep | undefined {
  if (!widthOf(analysed)) return undefined;
  const values = multipliers.map(at => ({ value: `${at}`, text: `×${at}`, at, isCurrent: at === 1 }));
  return { key: 'width', values, theory: { value: 2, params: 2, activations: 1 } };
}

function widthOf({
  document,
  settings,
  standIns,
}: Analysed): { readonly item: Range; readonly name: string; readonly value: number } | undefined {
  // With stand-ins, the written numbers are not those that are counted.
  if (standIns) return undefined;
  for (const { item, knobs, isScale } of document.reader?.tunables?.(readOptions(settings)) ?? []) {
    const knob = isScale ? knobs.find(({ kind }) => kind === 'width') : undefined;
    if (knob) return { item, name: knob.name, value: knob.value };
  }
  return undefined;
}

/** The totals with another value. */
export function sweepPoint(analysed: Analysed, key: SweepKey, value: string): SweepPoint {
  const after = key === 'width' ? atWidth(analysed, Number(value)) : withChoice(analysed, key, value);
  if (!after) return { refused: l10n.t('The file cannot be read with this width.') };
  const refusal = refusalOf(analysed.problems, after.problems);
  if (refusal) return { refused: textOf(refusal) };
  const { totals, peak } = after.model;
  const each = elementBytes(after.settings) * after.settings.batch;
  const elements = peak.elements;
  return {
    value: figure(totals.value),
    params: figure(totals.params),
    activations: figure(totals.activations, each),
    peak: figure({ ...totals.activations, value: Number.isNaN(elements) ? 0 : elements }, each),
  };
}

/** The problem with a value: a setting that is refused, or a new error. */
function refusalOf(before: readonly Problem[], after: readonly Problem[]): Problem | undefined {
  const known = new Set(before.map(textOf));
  const fresh = after.filter(problem => !known.has(textOf(problem)));
  const setting = fresh.find(({ code }) => code === 'wrong-setting');
  if (setting) return setting;
  const isError = ({ severity }: Problem): boolean => severity === 'error';
  // The same error has other sizes in its message, so compare counts.
  return after.filter(isError).length > before.filter(isError).length ? fresh.find(isError) : undefined;
}

function atWidth(analysed: Analysed, times: number): Analysed | undefined {
  const width = widthOf(analysed);
  if (!width) return undefined;
  if (times === 1) return analysed;
  const value = Number((width.value * times).toPrecision(6));
  return attempt(analysed, [{ kind: 'tune', item: width.item, knob: width.name, value }], [])?.after;
}

function figure(amount: Amount, times = 1): SweepFigure {
  const isUnknown = (amount.value === 0 && !amount.complete) || amount.bound === 'none';
  return { amount: isUnknown ? null : amount.value * times, sign: certaintySign(amount) };
}
