// Parses amounts with SI prefixes and optional units.
import * as l10n from '@vscode/l10n';

/** Powers of 1,000 by their lowercase prefix. B (billion) is the same as G. */
export const siPrefixes: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  b: 1e9,
  t: 1e12,
  p: 1e15,
};

/** What is counted: MACs, parameters, bytes, bytes a second, operations a second, milliseconds. */
export type Quantity = 'macs' | 'params' | 'bytes' | 'bandwidth' | 'rate' | 'milliseconds';

interface Spelling {
  /** The unit after the prefix, which is optional. */
  readonly unit: RegExp;
  readonly example: string;
  readonly expected: () => string;
}

const spellings: Readonly<Record<Exclude<Quantity, 'milliseconds'>, Spelling>> = {
  macs: { unit: /^(?:macs?)?$/i, example: '5G', expected: () => l10n.t('a number of MACs') },
  params: {
    unit: /^(?:params?|parameters?)?$/i,
    example: '3.2M',
    expected: () => l10n.t('a number of parameters'),
  },
  bytes: { unit: /^(?:b|bytes?)?$/i, example: '13MB', expected: () => l10n.t('a number of bytes') },
  bandwidth: {
    unit: /^(?:(?:b|bytes?)(?:\/s|ps)?)?$/i,
    example: '300GB/s',
    expected: () => l10n.t('a number of bytes per second'),
  },
  rate: {
    unit: /^(?:(?:fl)?op(?:s|\/s)?)?$/i,
    example: '10T',
    expected: () => l10n.t('a number of operations per second'),
  },
};

const milliseconds: Spelling = { unit: /^/, example: '30', expected: () => l10n.t('a number of milliseconds') };

const spellingOf = (quantity: Quantity): Spelling => (quantity === 'milliseconds' ? milliseconds : spellings[quantity]);

/** The quantity in words, as in “must be a number of MACs”. */
export function quantityWords(quantity: Quantity): string {
  return spellingOf(quantity).expected();
}

/** An example of an amount. */
export function amountExample(quantity: Quantity): string {
  return spellingOf(quantity).example;
}

const amount = /^\s*((?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE]([-+]?\d{1,3}))?\s*([A-Za-zµ/\s]*)$/;

/**
 * Parses an amount: `5G`, `3.2 M`, `13MB`, `16 MiB`, `300GB/s`, `10 TFLOPS`, `1.5s`. Counts are in their unit, time is
 * in milliseconds. Undefined if it is invalid or not positive.
 */
export function readAmount(text: string, quantity: Quantity): number | undefined {
  const match = amount.exec(text);
  if (!match) return undefined;
  const [, digits, exponent = '0', rest] = match;
  const factor = factorOf(rest!.replaceAll(/\s/g, ''), quantity);
  if (factor === undefined) return undefined;
  // 3.2 × 1e6 is not always exactly 3,200,000 in floating point, so let the parser apply the exponent.
  const written = Number(`${digits!.replaceAll(/[,_]/g, '')}e${exponent}`) * factor;
  const value = factor > 1 && Math.abs(written - Math.round(written)) < 1e-6 * factor ? Math.round(written) : written;
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** The factor from the written unit to the quantity's own. */
function factorOf(written: string, quantity: Quantity): number | undefined {
  if (quantity === 'milliseconds') return times[written.toLowerCase()];
  const { unit } = spellings[quantity];
  const binary = quantity === 'bytes' || quantity === 'bandwidth' ? /^([kmgtp])i(?=b)(.*)$/i.exec(written) : null;
  if (binary) return unit.test(binary[2]!) ? 1024 ** ('kmgtp'.indexOf(binary[1]!.toLowerCase()) + 1) : undefined;
  // `13B` is bytes for sizes, and billions for everything else.
  if (unit.test(written)) return 1;
  const factor = siPrefixes[written.charAt(0).toLowerCase()];
  return factor !== undefined && unit.test(written.slice(1)) ? factor : undefined;
}

const times: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, µs: 1e-3, us: 1e-3 };
