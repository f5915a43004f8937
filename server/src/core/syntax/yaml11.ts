// The value of a plain scalar under YAML 1.1 as PyYAML resolves and constructs it (resolver.py, constructor.py).
import type { Scalar, ScalarValue } from './tree.ts';

const integer =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][\d_]*)|[-+]?0x[\da-fA-F_]+|[-+]?[1-9][\d_]*(?::[0-5]?\d)+)$/;
const float =
  /^(?:[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Words with a value other than text. */
const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['', null],
  ['~', null],
  ...['null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(word => [word, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(word => [word, false] as const),
]);

/**
 * The value of a scalar. Dates are treated as text, since no model file uses one. PyYAML rejects a few scalars that
 * look like numbers but have no digits (`0x_`); these are NaN.
 */
export function value11(node: Scalar): ScalarValue {
  const { text } = node;
  if (node.style !== 'plain') return text;
  const first = text.charCodeAt(0);
  // Digits, signs and the decimal point: `+`, `-`, `.`, 0 to 9.
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) {
    if (integer.test(text)) return integerOf(text.replaceAll('_', ''));
    return float.test(text) ? floatOf(text.replaceAll('_', '').toLowerCase()) : text;
  }
  const word = words.get(text);
  return word === undefined ? text : word;
}

/** Whether Python sees a float, which it rejects as a count: `80.0`, although it is a whole number. */
export function isFloat(node: Scalar): boolean {
  return node.style === 'plain' && !integer.test(node.text) && float.test(node.text);
}

function integerOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '0') return 0;
  // Number() parses these two, if there is at least one digit.
  if (/^0[bx]/.test(digits)) return sign * (digits.length > 2 ? Number(digits) : Number.NaN);
  if (digits.startsWith('0')) return sign * Number.parseInt(digits, 8);
  return sign * sexagesimal(digits);
}

function floatOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  return digits === '.nan' ? Number.NaN : sign * sexagesimal(digits);
}

/** `1:30` is 90. */
function sexagesimal(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
