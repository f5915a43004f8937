const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

/** A number with an SI prefix, three significant digits by default: `118M`, `37k`, `1.6G`, `812`. */
export function si(value: number, digits = 3, gap = ''): string {
  if (!Number.isFinite(value)) return '?';
  const sign = value < 0 ? '−' : '';
  let rest = Math.abs(value);
  let prefix = 0;
  while (rest >= 1000 && prefix < prefixes.length - 1) {
    rest /= 1000;
    prefix++;
  }
  let text = significant(rest, prefix === 0 && Number.isInteger(rest) ? 4 : digits);
  // Rounding may reach the next prefix: 999,950 is 1M, not 1000k.
  if (Number(text) >= 1000 && prefix < prefixes.length - 1) {
    text = significant(Number(text) / 1000, digits);
    prefix++;
  }
  return sign + text + (prefix ? gap + prefixes[prefix] : '');
}

function significant(value: number, digits: number): string {
  if (value === 0) return '0';
  if (value >= 1e6) return String(value);
  const whole = Math.floor(Math.log10(value)) + 1;
  const text = value.toFixed(Math.max(0, digits - Math.max(whole, 1)));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** An exact integer with thousands separators, `346,816,512`; past 2⁵³ it is marked as approximate. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return `≈ ${value.toPrecision(6)}`;
  const text = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `−${text}` : text;
}

/** Bytes in powers of 1000 with a unit: `12.6 MB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return '?';
  return value < 1000 ? `${value} B` : `${si(value, 3, ' ')}B`;
}

/** A share of a whole as a percentage that never hides a small part: `89 %`, `0.7 %`, `< 0.1 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '?';
  const value = share * 100;
  if (value === 0) return '0 %';
  const size = Math.abs(value);
  if (size < 0.1) return '< 0.1 %';
  // 99.96 % is not the whole.
  if (size < 100 && size > 99.5) return `${Math.min(size, 99.9).toFixed(1)} %`;
  return size < 10 ? `${value.toFixed(1).replace(/\.0$/, '')} %` : `${Math.round(value)} %`;
}

/** A change against a whole, with its sign: `−12 %`, `+0.7 %`, `−0.03 %`, `> −0.01 %`, `±0 %`. */
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
