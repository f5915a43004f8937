// The totals in words: one wording for the lens, the hover, the status bar and the outline.
import { conventions } from '../analysis/conventions.ts';
import type { Model } from '../analysis/model.ts';
import type { Analysed, FusedFigure, NativeFigure } from '../pipeline.ts';
import { bytes, exact, si } from '../text/quantity.ts';
import { baseOf, differences } from './differences.ts';
import { native, under } from './figures.ts';
import {
  amountText,
  bytesText,
  codeSpan,
  conditionText,
  doubtText,
  elementBytes,
  plainMarkdown,
  proseMarkdown,
  storedShape,
  totalText,
} from './wording.ts';

/** `8.74 GMACs · 3.16M params · 12.6 MB · peak 9.8 MB · input 3×640×640`. */
export function headline(analysed: Analysed): string {
  const { model, settings } = analysed;
  const { totals, convention } = model;
  const dtype = settings.dtype === 'fp32' ? '' : ` ${settings.dtype}`;
  return [
    totalText(totals.value, convention.unit),
    amountText(totals.params, 'params'),
    `${bytesText(totals.params, elementBytes(settings))}${dtype}`,
    peakText(analysed),
    inputText(analysed),
    conditionText(totals.doubts),
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** `8.9 GFLOPs as Ultralytics 8.4.117 prints`. */
export function nativeText(figure: NativeFigure): string {
  return `${printed(figure.value, figure)} ${figure.label} as ${whoPrints(figure)} prints`;
}

function whoPrints({ by, version }: NativeFigure): string {
  return version === undefined ? by : `${by} ${version}`;
}

/** What a pointer on that says, as plain text: older releases, the fused network, and where the figure misleads. */
export function nativeDetail(figure: NativeFigure): string {
  const older = olderText(figure);
  return [
    ...(older === '' ? [] : [`Older releases: ${older}.`]),
    ...(figure.fused ? [`After model.fuse(): ${fusedText(figure, figure.fused)}.`] : []),
    ...(figure.caveat === undefined ? [] : [figure.caveat]),
  ].join('\n');
}

/** `8.4.101: 8.9, 8.3.63: 8.9`, each in the label’s unit. */
function olderText(figure: NativeFigure): string {
  return figure.versions
    .slice(1)
    .map(({ version, value }) => `${version}: ${printed(value, figure)}`)
    .join(', ');
}

/** `8.7 GFLOPs, 3,151,904 parameters`. */
function fusedText(figure: NativeFigure, { params, value }: FusedFigure): string {
  return `${printed(value, figure)} ${figure.label}, ${exact(params)} parameters`;
}

/** With as many digits as the framework itself prints. */
function printed(value: number, { digits }: NativeFigure): string {
  // A figure that would be printed as 0.0 says more with two digits of its own.
  return value >= 0.95 * 10 ** (1 - digits) ? value.toFixed(digits) : value.toPrecision(2);
}

/** The most memory alive at once, parameters apart. */
export function peakText({ model, settings }: Analysed): string {
  const { elements } = model.peak;
  const batch = settings.batch === 1 ? '' : ` (batch ${settings.batch})`;
  return Number.isNaN(elements)
    ? 'peak ?'
    : `peak ${bytes(elements * elementBytes(settings) * settings.batch)}${batch}`;
}

/** `input 3×640×640`; several by name. */
export function inputText({ model }: Analysed): string {
  const { inputs } = model.graph;
  const [only] = inputs;
  if (!only) return '';
  if (inputs.length === 1) return `input ${storedShape(only.tensor.shape)}`;
  const shown = inputs.slice(0, 3).map(({ name, tensor }) => `${name} ${storedShape(tensor.shape)}`);
  return `inputs ${shown.join(', ')}${inputs.length > 3 ? ', …' : ''}`;
}

/** The totals under every convention side by side, as markdown. */
export function totalsMarkdown(analysed: Analysed): string {
  const { model, spec, document } = analysed;
  const { totals } = model;
  const figure = native(analysed);
  const member = spec.variant === undefined ? '' : ` (scale ${codeSpan(spec.variant)})`;
  const rows = presets(model).map(preset => {
    const { name } = preset;
    // A total that breaks in two makes the table twice as high.
    const cells = [name, preset.total.replaceAll(' ', '\u00a0'), plainMarkdown(preset.how)];
    return `| ${(name === model.convention.name ? cells.map((cell, index) => (index < 2 ? `**${cell}**` : cell)) : cells).join(' | ')} |`;
  });
  const parts = [
    `**${plainMarkdown(spec.model)}**${member} — ${document.format.label}`,
    plainMarkdown(headline(analysed)),
    ['| convention | total | in this network |', '|---|--:|---|', ...rows].join('\n'),
  ];
  if (spec.dialect !== undefined) {
    const because = spec.dialectBecause === undefined ? '' : `, because ${spec.dialectBecause}`;
    parts.push(
      `Read as ${codeSpan(spec.dialect)} means it${proseMarkdown(because)}. \`# flopline: dialect=…\` reads it as another’s.`,
    );
  }
  if (figure) parts.push(figureText(analysed, figure));
  if (spec.batch !== undefined)
    parts.push(`The file writes a batch of ${spec.batch}; work is reported for one sample, whatever the batch.`);
  if (totals.why !== undefined)
    parts.push(`A part is not known, so totals say “at least”: ${proseMarkdown(totals.why.message)}`);
  if (totals.doubts.length > 0) parts.push(proseMarkdown(doubtText(totals.doubts)));
  return parts.join('\n\n');
}

/** The totals under every convention, one a line, as plain text. */
export function presetsText({ model }: Analysed): string {
  return presets(model)
    .map(({ name, total, how }) => `${name}: ${total} — ${how}`)
    .join('\n');
}

function presets(model: Model): { readonly name: string; readonly total: string; readonly how: string }[] {
  return conventions.map(({ name, unit }) => {
    const other = under(model, name);
    return { name, total: totalText(other.totals.value, unit), how: differenceText(other) };
  });
}

/** How a convention's total comes about here: `2 for each MAC; batch norm 8 an element: +121M`. */
function differenceText(model: Model): string {
  const { convention, graph } = model;
  if (convention.name === 'macs') return convention.summary();
  const found = differences(model, graph.nodes);
  const shown = found.slice(0, 3).map(({ words, delta }) => `${words}: ${delta < 0 ? '−' : '+'}${si(Math.abs(delta))}`);
  if (found.length > 3) shown.push('…');
  if (baseOf(convention.name) === 2) shown.unshift('2 for each MAC');
  return shown.join('; ') || 'the same';
}

/** What the framework prints, and why that is another number than ours. */
function figureText({ model }: Analysed, figure: NativeFigure): string {
  const { label, caveat, counter, value, unit, fused } = figure;
  const other = under(model, counter);
  // Where it is counted at another size, what makes it up here would not add up to it.
  const here = Math.abs(other.totals.value.value / unit - value) < 0.5 * 10 ** -figure.digits;
  const older = olderText(figure);
  return [
    `${whoPrints(figure)} prints **${printed(value, figure)} ${label}**${older === '' ? '' : ` (${older})`}${here ? `: ${plainMarkdown(differenceText(other))}.` : '.'}`,
    ...(fused ? [`After \`model.fuse()\` it prints ${fusedText(figure, fused)}.`] : []),
    ...(caveat === undefined ? [] : [proseMarkdown(caveat)]),
  ].join(' ');
}
