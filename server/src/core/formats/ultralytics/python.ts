// Python as far as model files need it: values of arguments, rounding, integer division.
import { type PlainValue, plainValue, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';

/** A value of Python as an argument of a module: tuples are lists, modules (`nn.ReLU()`) stay text. */
export type PyValue = number | string | boolean | null | readonly PyValue[];

/** Python's round(): halves go to the even neighbour. */
export function pyRound(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** make_divisible(x, 8) of all YOLO repositories: up to the next multiple. */
export function makeDivisible(value: number, divisor = 8): number {
  return Math.ceil(value / divisor) * divisor;
}

/** Greatest common divisor, as math.gcd. */
export function gcd(a: number, b: number): number {
  // Sizes may be unknown; Euclid would not end on NaN.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  let [high, low] = [a, b];
  while (low !== 0) [high, low] = [low, high % low];
  return high;
}

/**
 * The value of a YAML node as an argument: names that parse_model has as local variables are replaced by `names`,
 * Python literals (`None`, `True`, `(1, 2)`) are evaluated, other text stays text.
 */
export function argumentValue(node: YamlNode, names: ReadonlyMap<string, PyValue>): PyValue {
  const target = resolved(node);
  if (!target) return null;
  if (target.kind === 'scalar') {
    const value = scalarValue(target);
    return typeof value === 'string' ? textValue(value, names) : value;
  }
  return fromPlain(plainValue(target) ?? null);
}

function textValue(text: string, names: ReadonlyMap<string, PyValue>): PyValue {
  const named = names.get(text);
  if (named !== undefined) return named;
  switch (text) {
    case 'None':
      return null;
    case 'True':
      return true;
    case 'False':
      return false;
  }
  const list = /^[([]([\s\d.,+-]*)[)\]]$/.exec(text);
  if (list) {
    const parts = list[1]!.split(',').map(part => part.trim());
    if (parts.at(-1) === '') parts.pop();
    const numbers = parts.map(Number);
    if (!numbers.some(Number.isNaN)) return numbers;
  }
  return text;
}

// Lists inside arguments are passed on as YAML reads them: parse_model evaluates only the arguments themselves.
function fromPlain(value: PlainValue): PyValue {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value !== null && typeof value === 'object') return null;
  return value as PyValue;
}

/** A value as Python prints it, for messages. */
export function show(value: PyValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'string' ? `“${value}”` : String(value);
}
