// The totals in words: one wording for the lens, the hover, the status bar and the outline.
import { conventions } from '../analysis/conventions.ts';
import type { Analysed, NativeFigure } from '../pipeline.ts';
import { bytes } from '../text/quantity.ts';
import { native, under } from './figures.ts';
import {
  amountText,
  bytesText,
  codeSpan,
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
  ]
    .filter(part => part !== '')
    .join(' · ');
}

/** `8.9 GFLOPs as Ultralytics prints`. */
export function nativeText(figure: NativeFigure): string {
  return `${decimals(figure)} ${figure.label} as ${figure.by} prints`;
}

// As many decimals as the framework prints: mostly one, and two digits below 1, which tell networks apart.
function decimals({ value, digits }: NativeFigure): string {
  if (digits !== undefined) return value.toFixed(digits);
  return value >= 0.95 ? value.toFixed(1) : value.toPrecision(2);
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
  const rows = conventions.map(({ name, unit, summary }) => {
    const { value } = under(model, name).totals;
    const cells = [name, totalText(value, unit), plainMarkdown(summary)];
    return `| ${(name === model.convention.name ? cells.map((cell, index) => (index < 2 ? `**${cell}**` : cell)) : cells).join(' | ')} |`;
  });
  const parts = [
    `**${plainMarkdown(spec.model)}**${member} — ${document.format.label}`,
    plainMarkdown(headline(analysed)),
    ['| convention | total | what it counts |', '|---|--:|---|', ...rows].join('\n'),
  ];
  if (figure)
    parts.push(
      `${figure.by} prints **${decimals(figure)} ${figure.label}**.${figure.caveat ? ` ${proseMarkdown(figure.caveat)}` : ''}`,
    );
  if (totals.why !== undefined)
    parts.push(`A part is not known, so totals say “at least”: ${proseMarkdown(totals.why)}`);
  return parts.join('\n\n');
}
