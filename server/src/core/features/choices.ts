// The choices of a file: the value in effect and where it comes from, the alternatives, and the totals they would give.
import * as l10n from '@vscode/l10n';
import { conventions } from '../analysis/conventions.ts';
import { type Work, workSummary, works } from '../analysis/work.ts';
import type { ProgramEntry, Variant } from '../formats/index.ts';
import { type Analysed, withChoice } from '../pipeline.ts';
import { bytesOf, type ChoiceKey, choiceKeys, isImage, type Origin, written } from '../settings/index.ts';
import { type Problem, textOf } from '../text/problem.ts';
import { exact } from '../text/quantity.ts';
import type { Range } from '../text/range.ts';
import { inputText, peakText } from './totals.ts';
import { amountText, bytesText, elementBytes, orderOf, paramsText, shapeOrUnknown } from './wording.ts';

/** A choice that applies to a file. */
export interface Choice {
  readonly key: ChoiceKey;
  /** `Input size`. */
  readonly name: string;
  /** The value in effect, in the syntax of comments; empty if unknown. */
  readonly value: string;
  /** The value for display: `3×640×640`. */
  readonly text: string;
  readonly origin: Origin;
  /** The range of the comment that sets it. */
  readonly range: Range | undefined;
  /** The alternatives. */
  readonly values: readonly ChoiceValue[];
  /** Whether other values can be typed. */
  readonly open: boolean;
}

export interface ChoiceValue {
  readonly value: string;
  readonly text: string;
  readonly detail?: string;
}

/** The totals that another value would give, or why it is refused. */
export type Outcome =
  | { readonly kind: 'totals'; readonly value: string; readonly text: string; readonly totals: string }
  | { readonly kind: 'refused'; readonly why: string };

/** The choices that apply to this file. */
export function choices(analysed: Analysed): readonly Choice[] {
  const { origins, document } = analysed;
  return choiceKeys.flatMap(key => {
    const values = valuesOf(analysed, key);
    const open = key === 'input' || key === 'batch' || (key === 'entry' && values !== undefined);
    if (!values || (values.length === 0 && !open)) return [];
    const origin = origins[key];
    const range = origin === 'comment' ? document.pragmas.settings.get(key)?.range : undefined;
    return [{ key, name: nameOf(key), ...inEffect(analysed, key), origin, range, values, open }];
  });
}

function nameOf(key: ChoiceKey): string {
  switch (key) {
    case 'entry':
      return l10n.t('Network');
    case 'input':
      return l10n.t('Input size');
    case 'scale':
      return l10n.t('Scale');
    case 'convention':
      return l10n.t('Counting convention');
    case 'work':
      return l10n.t('Inference or training');
    case 'dtype':
      return l10n.t('Data type');
    case 'batch':
      return l10n.t('Batch size');
    case 'phase':
      return l10n.t('Phase');
    case 'dialect':
      return l10n.t('Dialect');
  }
}

/** The alternatives; undefined if the choice does not apply to the file. */
function valuesOf({ document, model, spec }: Analysed, key: ChoiceKey): readonly ChoiceValue[] | undefined {
  const plain = (names: readonly string[]): ChoiceValue[] => names.map(name => ({ value: name, text: name }));
  switch (key) {
    case 'entry':
      return spec.program?.entries.map(entryValue);
    case 'input':
      return model.graph.inputs.length === 0
        ? undefined
        : commonSizes(model.graph.inputs[0]!.tensor.shape, spec.program !== undefined);
    case 'scale':
      return plain(spec.variants.map(({ name }: Variant) => name));
    case 'convention':
      return conventions.map(({ name, summary }) => ({ value: name, text: name, detail: summary() }));
    case 'work':
      return works.map(work => ({ value: work, text: workName(work), detail: workSummary(work) }));
    case 'dtype':
      return Object.entries(bytesOf).map(([value, count]) => ({
        value,
        text: value,
        detail: count === 1 ? l10n.t('1 byte per element') : l10n.t('{0} bytes per element', count),
      }));
    case 'batch':
      return plain(['1', '2', '4', '8', '16', '32', '64', '128']);
    case 'phase':
    case 'dialect':
      return plain(document.format.choices[key] ?? []);
  }
}

function workName(work: Work): string {
  switch (work) {
    case 'inference':
      return l10n.t('inference');
    case 'forward':
      return l10n.t('forward pass of training');
    case 'backward':
      return l10n.t('backward pass of training');
    case 'step':
      return l10n.t('training step');
  }
}

function entryValue({ expression, inputs }: ProgramEntry): ChoiceValue {
  return { value: expression, text: expression, ...(inputs !== undefined && { detail: inputs }) };
}

/** Common image sizes. */
const common = [224, 256, 320, 416, 512, 640, 1024, 1280];

/** A program takes its input with the batch. */
function commonSizes(shape: readonly number[] | undefined, isProgram: boolean): readonly ChoiceValue[] {
  if (!shape || !isImage(shape) || Number.isNaN(shape[1]!)) return [];
  const before = isProgram ? `${shape[0]},` : '';
  return common.map(size => ({ value: `${before}${shape[1]},${size},${size}`, text: `${size}×${size}` }));
}

/** The value in effect, which may come from the file itself. */
function inEffect(analysed: Analysed, key: ChoiceKey): { readonly value: string; readonly text: string } {
  const { settings, spec, model } = analysed;
  const same = (value = ''): { readonly value: string; readonly text: string } => ({ value, text: value });
  switch (key) {
    case 'entry':
      return same(spec.program?.entry?.expression);
    case 'input': {
      const { inputs } = model.graph;
      const order = orderOf(analysed);
      const isAlone = inputs.length === 1;
      const shown = inputs.map(({ name, tensor: { shape } }) => {
        const size = shapeOrUnknown(shape, order);
        return isAlone ? size : `${name} ${size}`;
      });
      const isKnown = inputs.every(({ tensor: { shape } }) => shape && !shape.some(Number.isNaN));
      const isGuessed = spec.program?.entry?.guessed === true;
      const text = isGuessed ? l10n.t('{0} (guessed)', shown.join(', ')) : shown.join(', ');
      const sizes = inputs.map(({ name, tensor: { shape = [] } }) =>
        isAlone && spec.program
          ? written({ sizes: shape })
          : isAlone && shape[0] === 1
            ? written({ sizes: shape.slice(1) })
            : written({ name, sizes: shape }),
      );
      return { value: isKnown ? sizes.join(';') : '', text };
    }
    case 'scale':
      return same(spec.variant);
    case 'convention':
      return same(model.convention.name);
    case 'work':
      return { value: settings.work, text: workName(settings.work) };
    case 'dtype':
      return same(settings.dtype);
    case 'batch':
      return same(String(settings.batch));
    case 'phase':
      return same(spec.phase);
    case 'dialect':
      return same(spec.dialect);
  }
}

/** The totals with another value (undefined: the default), found by analyzing the text with it. */
export function outcome(analysed: Analysed, key: ChoiceKey, value: string | undefined): Outcome {
  return outcomeOf(analysed, withChoice(analysed, key, value), key, value);
}

/** The same, given the analysis with that value. */
export function outcomeOf(analysed: Analysed, after: Analysed, key: ChoiceKey, value: string | undefined): Outcome {
  // Other settings that were refused before do not count against the value.
  const before = new Set(analysed.problems.filter(isRefusal).map(textOf));
  const refusal = after.problems.find(problem => isRefusal(problem) && !before.has(textOf(problem)));
  // With another dialect, the scale may be refused; that does not count against the dialect.
  const isApplied = key !== 'input' && after.origins[key] === 'file';
  if (refusal && value !== undefined && !isApplied) return { kind: 'refused', why: textOf(refusal) };
  return { kind: 'totals', ...inEffect(after, key), totals: totalsWith(after, key, errorsOf(analysed)) };
}

const isRefusal = ({ code }: Problem): boolean => code === 'wrong-setting';

const errorsOf = ({ problems }: Analysed): number => problems.filter(({ severity }) => severity === 'error').length;

/** How a choice changes the totals. */
function totalsWith(analysed: Analysed, key: ChoiceKey, before: number): string {
  const { model, settings } = analysed;
  const { totals, convention } = model;
  const work = amountText(totals.value, convention.unit);
  const parts = (): string[] => {
    switch (key) {
      case 'convention':
      case 'work':
        return [work];
      case 'dtype':
        return [bytesText(totals.params, elementBytes(settings)), peakText(analysed)];
      case 'batch':
        return [peakText(analysed)];
      case 'entry': {
        // With another input the same network costs something else.
        const isGuessed = analysed.spec.program?.entry?.guessed === true;
        const guess = isGuessed ? [inputText(analysed)] : [];
        return [work, paramsText(totals.params), peakText(analysed), ...guess];
      }
      default:
        return [work, paramsText(totals.params), peakText(analysed)];
    }
  };
  const errors = errorsOf(analysed);
  const found = errors === 1 ? l10n.t('1 error') : l10n.t('{0} errors', exact(errors));
  return [...parts(), ...(errors > before ? [found] : [])].join(' · ');
}

/** `scale s · input 3×320×320 · fp16`: the values that are not the default; empty if all are. */
export function stateText(analysed: Analysed, isShownHere: (key: ChoiceKey) => boolean = () => true): string {
  const isGuessed = analysed.spec.program?.entry?.guessed === true;
  const parts = choices(analysed).flatMap(choice => {
    const isShown = choice.origin !== 'default' || (choice.key === 'input' && isGuessed);
    return isShown && isShownHere(choice.key) ? [statePart(analysed, choice)] : [];
  });
  return parts.join(' · ');
}

function statePart(analysed: Analysed, { key, text }: Choice): string {
  switch (key) {
    case 'input':
      return inputText(analysed);
    case 'entry':
      return text;
    case 'scale':
      return l10n.t('scale {0}', text);
    case 'batch':
      return l10n.t('batch {0}', text);
    case 'phase':
      return l10n.t('phase {0}', text);
    case 'dialect':
      return l10n.t('dialect {0}', text);
    case 'convention':
    case 'work':
    case 'dtype':
      return text;
  }
}

/** A line of plain text per choice: the value in effect, and where it comes from. */
export function originLines(analysed: Analysed): readonly string[] {
  // A repository with its own reader has no dialect in our tables.
  const known = choices(analysed).filter(({ text }) => text !== '');
  return known.map(choice => originLine(choice, analysed));
}

function originLine({ name, text, origin, range }: Choice, { document: { lines } }: Analysed): string {
  switch (origin) {
    case 'comment':
      return l10n.t('{0}: {1} (comment in line {2})', name, text, range ? lines.lineAt(range.from) + 1 : '?');
    case 'file':
      return l10n.t('{0}: {1} (chosen for this file)', name, text);
    case 'settings':
      return l10n.t('{0}: {1} (settings)', name, text);
    case 'default':
      return l10n.t('{0}: {1} (default)', name, text);
  }
}
