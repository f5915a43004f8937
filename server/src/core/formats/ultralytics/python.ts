// Python as far as model files need it: values of arguments, rounding, integer division.
import { type PlainValue, plainValue, resolved, type YamlNode } from '../../syntax/tree.ts';
import { value11 } from '../../syntax/yaml11.ts';
import { evaluated } from './expression.ts';

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
 * The value of a YAML node as an argument. Names that parse_model has as local variables are replaced by `names`, and
 * Python literals (`None`, `(1, 2)`, `"3"`) are read; where the repository calls eval, so is arithmetic on such names.
 * Other text stays text.
 */
export function argumentValue(node: YamlNode, names: ReadonlyMap<string, PyValue>, evaluates = false): PyValue {
  const target = resolved(node);
  if (!target) return null;
  if (target.kind === 'scalar') {
    const value = value11(target);
    if (typeof value !== 'string') return value;
    return names.get(value) ?? evaluated(value, evaluates ? names : undefined) ?? textOrNone(value);
  }
  return fromPlain(plainValue(target, 1000, value11) ?? null);
}

// `??` takes None for a missing value.
const textOrNone = (text: string): PyValue => (text.trim() === 'None' ? null : text);

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
