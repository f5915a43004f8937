// Values of Python's literals: numbers and strings. Lexical analysis, sections 2.4 to 2.7 of Python's reference.
import * as l10n from '@vscode/l10n';

/** Why a literal has no value. */
export interface NoValue {
  readonly message: string;
  /** Whether it has a value in Python. */
  readonly isReadable?: true;
}

export type NumberValue =
  | { readonly type: 'int'; readonly value: number | bigint }
  | { readonly type: 'float' | 'complex'; readonly value: number };

/** CPython rejects longer ones (sys.int_info.default_max_str_digits). */
const maxDecimalDigits = 4300;
const maxDigits = 100_000;

const decimal = String.raw`\d(?:_?\d)*`;
const floating = new RegExp(
  `^(?:(?:${decimal})?\\.${decimal}(?:[eE][-+]?${decimal})?|${decimal}\\.(?:[eE][-+]?${decimal})?|${decimal}[eE][-+]?${decimal})$`,
);
const whole = new RegExp(`^${decimal}$`);
const based = /^0(?:[xX](?:_?[\da-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)$/;

export function numberOf(text: string): NumberValue | NoValue {
  const plain = text.replaceAll('_', '');
  if (based.test(text)) {
    if (plain.length > maxDigits) return { message: l10n.t('This integer has more than {0} digits.', maxDigits) };
    return intOf(plain);
  }
  if (whole.test(text)) {
    if (/^0+[1-9]/.test(plain)) {
      return {
        message: l10n.t(
          'An integer must not begin with a zero. Write {0}, or 0o{0} in octal.',
          plain.replace(/^0+/, ''),
        ),
      };
    }
    if (plain.length > maxDecimalDigits) {
      return { message: l10n.t('This integer has more than {0} digits.', maxDecimalDigits) };
    }
    return intOf(plain);
  }
  if (floating.test(text)) return { type: 'float', value: Number(plain) };
  const real = text.slice(0, -1);
  if (/[jJ]$/.test(text) && (whole.test(real) || floating.test(real))) {
    return { type: 'complex', value: Number(plain.slice(0, -1)) };
  }
  return { message: l10n.t('“{0}” is not a number in Python.', text) };
}

function intOf(plain: string): NumberValue {
  const value = Number(plain);
  return { type: 'int', value: Number.isSafeInteger(value) ? value : BigInt(plain) };
}

const simple: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

export interface StringKind {
  readonly isRaw: boolean;
  readonly isBytes: boolean;
  /** Whether doubled braces mean a single one. */
  readonly isFormat: boolean;
}

/** The text of a piece of a literal. */
export function textOf(source: string, { isRaw, isBytes, isFormat }: StringKind): string | NoValue {
  const text = source.includes('\r') ? source.replaceAll(/\r\n?/g, '\n') : source;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII.
  if (isBytes && /[^\x00-\x7f]/.test(text)) {
    return { message: l10n.t('A bytes literal can hold ASCII characters only. Write the others as \\x escapes.') };
  }
  const hasBraces = isFormat && /[{}]/.test(text);
  if (!hasBraces && (isRaw || !text.includes('\\'))) return text;
  let result = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (hasBraces && (char === '{' || char === '}')) {
      if (text[at + 1] !== char) return { message: l10n.t('A single “{0}” in an f-string must be doubled.', char) };
      result += char;
      at += 2;
    } else if (char !== '\\' || isRaw || at + 1 === text.length) {
      result += char;
      at++;
    } else {
      const found = escapeAt(text, at, isBytes);
      if ('message' in found) return found;
      result += found.text;
      at = found.to;
    }
  }
  return result;
}

function escapeAt(text: string, at: number, isBytes: boolean): { text: string; to: number } | NoValue {
  const letter = text[at + 1]!;
  const plain = simple[letter];
  if (plain !== undefined) return { text: plain, to: at + 2 };
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (octal) {
    const code = Number.parseInt(octal, 8);
    return { text: String.fromCharCode(isBytes ? code & 0xff : code), to: at + 1 + octal.length };
  }
  const digits = letter === 'x' ? 2 : isBytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits > 0) {
    const hex = text.slice(at + 2, at + 2 + digits);
    const code = Number.parseInt(hex, 16);
    if (hex.length < digits || !/^[\da-fA-F]+$/.test(hex) || code > 0x10ffff) {
      return { message: l10n.t('The escape \\{0} needs {1} hexadecimal digits.', letter, digits) };
    }
    return { text: String.fromCodePoint(code), to: at + 2 + digits };
  }
  if (letter === 'N' && !isBytes) {
    return { message: l10n.t('Characters written by their names (\\N{…}) are not supported.'), isReadable: true };
  }
  return { text: `\\${letter}`, to: at + 2 };
}
