// The totals as text, the same in the lens, hovers, the status bar and the outline.

import * as l10n from '@vscode/l10n';
import { conventions } from '../analysis/conventions.ts';
import type { Model } from '../analysis/model.ts';
import { works } from '../analysis/work.ts';
import type { Spec } from '../formats/index.ts';
import type { Analysed, FusedFigure, NativeFigure } from '../pipeline.ts';
import { bytes, exact } from '../text/quantity.ts';
import { clauses, sentences } from '../text/sentences.ts';
import { commaText } from '../text/wording.ts';
import { type Base, totalsChange } from './changes.ts';
import { baseOf, differencePhrase, differences } from './differences.ts';
import { native, under } from './figures.ts';
import {
  amountText,
  bytesText,
  certaintySign,
  codeSpan,
  conditionText,
  doubtText,
  elementBytes,
  orderOf,
  paramsText,
  plainMarkdown,
  proseMarkdown,
  shapeOrUnknown,
} from './wording.ts';

/**
 * `4.37G MACs · 3.16M params · 12.6 MB · peak 9.80 MB · scale n · input 3×640×640`; with a base,
 * `4.37G MACs (+2.5 % since HEAD) · 3.16M params (+1 %) · …`.
 */
export function headline(analysed: Analysed, base?: Base): string {
  const { model, settings, spec } = analysed;
  const { totals } = model;
  const dtype = settings.dtype === 'fp32' ? '' : ` ${settings.dtype}`;
  return [
    totalsLine(analysed, base),
    `${bytesText(totals.params, elementBytes(settings))}${dtype}`,
    peakText(analysed),
    scaleText(spec),
    inputText(analysed),
    conditionText(totals.doubts),
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** `4.37G MACs (+2.5 % since HEAD) · 3.16M params (+1 %)`. */
export function totalsLine(analysed: Analysed, base?: Base): string {
  const { totals, convention } = analysed.model;
  const changes = base ? totalsChange(analysed, base) : { value: '', params: '' };
  const parts = [
    [amountText(totals.value, convention.unit), changes.value],
    [paramsText(totals.params), changes.params],
  ];
  return parts.map(([text, change]) => (change === '' ? text : `${text} (${change})`)).join(' · ');
}

function scaleText({ variant }: Spec): string {
  return variant === undefined ? '' : l10n.t('scale {0}', variant);
}

/** `8.9 GFLOPs as printed by Ultralytics 8.4.117`. */
export function nativeText(figure: NativeFigure): string {
  return l10n.t('{0} as printed by {1}', figureText(figure.value, figure), whoPrints(figure));
}

function whoPrints({ by, version }: NativeFigure): string {
  return version === undefined ? by : `${by} ${version}`;
}

/** The tooltip of the framework's figure, as plain text: older releases, the fused network, and caveats. */
export function nativeDetail(figure: NativeFigure): string {
  const older = olderText(figure);
  return [
    ...(older === '' ? [] : [l10n.t('Older releases: {0}.', older)]),
    ...(figure.fused ? [l10n.t('After {0}: {1}.', 'model.fuse()', fusedText(figure, figure.fused))] : []),
    ...(figure.caveat === undefined ? [] : [figure.caveat]),
  ].join('\n');
}

/** `8.4.101: 8.9, 8.3.63: 8.9`, each in the label's unit. */
function olderText(figure: NativeFigure): string {
  return figure.versions
    .slice(1)
    .map(({ version, value }) => `${version}: ${printed(value, figure)}`)
    .join(', ');
}

/** `8.7 GFLOPs, 3,151,904 parameters`. */
function fusedText(figure: NativeFigure, { params, value }: FusedFigure): string {
  return l10n.t(
    '{0}, {1} parameters',
    figureText(value, figure),
    certaintySign({ complete: true, standIn: figure.standIn }) + exact(params),
  );
}

/** `8.9 GFLOPs`: a framework's own figure, as it prints it. */
function figureText(value: number, figure: NativeFigure): string {
  return `${printed(value, figure)} ${figure.label}`;
}

/** With as many digits as the framework prints. */
function printed(value: number, { digits, standIn }: NativeFigure): string {
  // A figure that would be printed as 0.0 gets two significant digits.
  const text = value >= 0.95 * 10 ** (1 - digits) ? value.toFixed(digits) : value.toPrecision(2);
  return certaintySign({ complete: true, standIn }) + text;
}

/** Peak activation memory. */
export function peakText({ model, settings, standIns }: Analysed): string {
  const { elements } = model.peak;
  const { batch } = settings;
  if (Number.isNaN(elements)) return l10n.t('peak {0}', '?');
  const sign = certaintySign({ complete: true, standIn: standIns !== undefined });
  const peak = sign + bytes(elements * elementBytes(settings) * batch);
  return batch === 1 ? l10n.t('peak {0}', peak) : l10n.t('peak {0} (batch {1})', peak, batch);
}

/** `input 3×640×640`; several inputs by name. */
export function inputText(analysed: Analysed): string {
  const order = orderOf(analysed);
  const { inputs } = analysed.model.graph;
  const [only] = inputs;
  if (!only) return '';
  const isGuessed = analysed.spec.program?.entry?.guessed === true;
  if (inputs.length === 1) {
    const shape = shapeOrUnknown(only.tensor.shape, order);
    return isGuessed ? l10n.t('input {0} (guessed)', shape) : l10n.t('input {0}', shape);
  }
  const list = inputs.slice(0, 3).map(({ name, tensor }) => `${name} ${shapeOrUnknown(tensor.shape, order)}`);
  const shown = `${list.join(', ')}${inputs.length > 3 ? ', …' : ''}`;
  return isGuessed ? l10n.t('inputs {0} (guessed)', shown) : l10n.t('inputs {0}', shown);
}

/** A table of the totals under all conventions, as Markdown. */
export function totalsMarkdown(analysed: Analysed): string {
  const { model, spec, document } = analysed;
  const { totals } = model;
  const figure = native(analysed);
  const name = `**${plainMarkdown(spec.model)}**`;
  const { label } = document.format;
  const rows = presets(model).map(preset => {
    // A line break inside a total would double the height of the table.
    const cells = [preset.name, preset.total.replaceAll(' ', '\u00a0'), plainMarkdown(preset.how)];
    const isShown = preset.name === model.convention.name && model.convention.work === 'inference';
    return `| ${cells.map((cell, index) => (isShown && index < 2 ? `**${cell}**` : cell)).join(' | ')} |`;
  });
  const parts = [
    spec.variant === undefined
      ? `${name} — ${label}`
      : l10n.t('{0} (scale {1}) — {2}', name, codeSpan(spec.variant), label),
    plainMarkdown(headline(analysed)),
    [`| ${l10n.t('convention')} | ${l10n.t('total')} | ${l10n.t('in this network')} |`, '|---|--:|---|', ...rows].join(
      '\n',
    ),
  ];
  if (model.convention.work !== 'inference') parts.push(trainingText(model));
  if (spec.reader !== undefined) parts.push(l10n.t('Read by {0}.', codeSpan(spec.reader)));
  if (spec.dialect !== undefined) {
    const dialect = codeSpan(spec.dialect);
    const how =
      spec.dialectBecause === undefined ? dialect : l10n.t('{0} ({1})', dialect, proseMarkdown(spec.dialectBecause));
    parts.push(
      sentences(
        spec.tables === undefined
          ? l10n.t('Read in the dialect {0}.', how)
          : l10n.t(
              'Read by Flopline’s tables of {0}, in the dialect {1}.',
              plainMarkdown(spec.mirrors ?? spec.tables),
              how,
            ),
        l10n.t('To choose another one, write {0} at the top of the file.', '`# flopline: dialect=…`'),
      ),
    );
  }
  if (figure) parts.push(frameworkText(analysed, figure));
  if (spec.batch !== undefined)
    parts.push(
      l10n.t('The file sets a batch size of {0}. Costs are for one sample, whatever the batch size.', spec.batch),
    );
  if (totals.why !== undefined)
    parts.push(
      l10n.t('Part of the network is unknown, so totals are lower bounds: {0}', proseMarkdown(totals.why.message)),
    );
  if (totals.doubts.length > 0) parts.push(proseMarkdown(doubtText(totals.doubts)));
  return parts.join('\n\n');
}

/** The cost of a training step, by pass, as Markdown. */
function trainingText(model: Model): string {
  const { name } = model.convention;
  const passes = works.filter(work => work !== 'inference');
  const totals = passes.map(work => {
    const { totals, convention } = model.under(name, work);
    const text = amountText(totals.value, convention.unit);
    return work === model.convention.work ? `**${text}**` : text;
  });
  return l10n.t('Training, for one sample: {0}. The table above counts inference.', commaText(totals));
}

/** The totals under all conventions, one per line, as plain text. */
export function presetsText({ model }: Analysed): string {
  return presets(model)
    .map(({ name, total, how }) => `${name}: ${total} — ${how}`)
    .join('\n');
}

function presets(model: Model): { readonly name: string; readonly total: string; readonly how: string }[] {
  return conventions.map(({ name, unit }) => {
    const other = under(model, name);
    return { name, total: amountText(other.totals.value, unit), how: compositionText(other) };
  });
}

/** How a convention arrives at its total: `2 per MAC; +121M batch norm (8 per element)`. */
function compositionText(model: Model): string {
  const { convention, graph } = model;
  if (convention.name === 'macs') return convention.summary();
  const found = differences(model, graph.nodes);
  const shown = found.slice(0, 3).map(differencePhrase);
  if (found.length > 3) shown.push('…');
  if (baseOf(convention.name) === 2) shown.unshift(l10n.t('2 per MAC'));
  return clauses(shown) || l10n.t('the same');
}

/** The figure that the framework prints, and why it differs from ours. */
function frameworkText({ model }: Analysed, figure: NativeFigure): string {
  const { caveat, counter, value, unit, fused } = figure;
  const other = under(model, counter);
  // If it is for another input size, the composition at this size would not add up to it.
  const isHere = Math.abs(other.totals.value.value / unit - value) < 0.5 * 10 ** -figure.digits;
  const older = olderText(figure);
  const total = `**${figureText(value, figure)}**`;
  const who = whoPrints(figure);
  return sentences(
    older === '' ? l10n.t('{0} prints {1}.', who, total) : l10n.t('{0} prints {1} ({2}).', who, total, older),
    ...(isHere ? [l10n.t('In this network: {0}.', plainMarkdown(compositionText(other)))] : []),
    ...(fused ? [l10n.t('After {0} it prints {1}.', '`model.fuse()`', fusedText(figure, fused))] : []),
    ...(caveat === undefined ? [] : [proseMarkdown(caveat)]),
  );
}
