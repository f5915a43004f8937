const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

/**
 * A number with an SI prefix: three significant digits from 1,000 up (`118M`, `37.0k`, `1.60G`), exact below (`812`).
 * All quantities are spelled like this.
 */
export function si(value: number, gap = ''): string {
  if (!Number.isFinite(value)) return '?';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size < 1000) {
    if (Number.isInteger(size)) return sign + size;
    // 999.96 rounds to the next prefix.
    if (Number(size.toPrecision(3)) < 1000) return sign + rounded(size);
  }
  let rest = size;
  let prefix = 0;
  // Rounding may carry over: 999,950 is 1.00M, not 1000k.
  while (Number(rest.toPrecision(3)) >= 1000 && prefix < prefixes.length - 1) {
    rest /= 1000;
    prefix++;
  }
  const digits = rest < 1000 ? rest.toPrecision(3) : String(Math.round(rest));
  return sign + digits + gap + prefixes[prefix];
}

/** A fraction below 1,000: at most three digits, two decimals. */
function rounded(value: number): string {
  const whole = value < 1 ? 1 : Math.floor(Math.log10(value)) + 1;
  const text = value.toFixed(Math.max(0, 3 - whole));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** An exact integer with thousands separators, `346,816,512`; marked as approximate above 2⁵³. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return `≈ ${value.toPrecision(6)}`;
  const text = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `−${text}` : text;
}

/** Bytes with a unit in powers of 1,000: `12.6 MB`, `7.00 kB`, `512 B`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '?';
  return value < 1000 ? `${value} B` : `${si(value, ' ')}B`;
}

/** A share as a percentage that never rounds to 0 or 100: `89 %`, `0.7 %`, `< 0.1 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '?';
  const value = share * 100;
  if (value === 0) return '0 %';
  const size = Math.abs(value);
  if (size < 0.1) return '< 0.1 %';
  // 99.96 % must not become 100 %.
  if (size < 100 && size > 99.5) return `${Math.min(size, 99.9).toFixed(1)} %`;
  return size < 10 ? `${value.toFixed(1).replace(/\.0$/, '')} %` : `${Math.round(value)} %`;
}

/** A relative change with its sign: `−12 %`, `+0.7 %`, `−0.03 %`, `> −0.01 %`, `±0 %`. */
export function changeText(share: number): string {
  if (!Number.isFinite(share)) return '?';
  if (share === 0) return '±0 %';
  const size = Math.abs(share) * 100;
  const sign = share < 0 ? '−' : '+';
  if (size < 0.01) return share < 0 ? '> −0.01 %' : '< +0.01 %';
  return size < 0.1 ? `${sign}${Number(size.toPrecision(1))} %` : `${sign}${percent(size / 100)}`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Superscript digits: `28²`. */
export function superscript(value: number): string {
  return String(value).replace(/\d/g, digit => superscripts[Number(digit)]!);
}
