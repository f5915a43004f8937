// Values of Python as model files write them, and its arithmetic on them.

/** A value as an argument of a call: tuples are lists; a call in the text (`nn.ReLU()`) stays text. */
export type PyValue = number | string | boolean | null | readonly PyValue[];

/** Python's round(): halves go to the even neighbour. */
export function pyRound(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** math.gcd; NaN where a size is unknown. */
export function gcd(a: number, b: number): number {
  // Euclid would not end on NaN.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  let [high, low] = [a, b];
  while (low !== 0) [high, low] = [low, high % low];
  return high;
}

/** A value as Python prints it, for messages. */
export function show(value: PyValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  // What is not known is not to be read as a value of Python's.
  if (typeof value === 'number' && Number.isNaN(value)) return '?';
  // Python writes a float that is out of range like this.
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return typeof value === 'string' ? `“${value}”` : String(value);
}
