// What comparisons and negations make of values that data decide.
import { Unknown, type Value } from './objects.ts';

/** How a comparison reads with its sides swapped. */
const mirrored: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

/** A truth that data decide; undefined where more than data do. */
export function comparedWith(sign: string, a: Value, b: Value): Unknown | undefined {
  if (!(a instanceof Unknown)) {
    const other = mirrored[sign];
    return b instanceof Unknown && other !== undefined ? comparedWith(other, b, a) : undefined;
  }
  const { decision } = a;
  if (!decision || !(sign in mirrored) || (b instanceof Unknown && !b.decision)) return undefined;
  if (decision.is !== 'number' || decision.of === undefined) return truth(a, 'value');
  const { of } = decision;
  if (b === 0 && (sign === '>' || sign === '!=')) return truth(a, 'some', of);
  if (b === 0 && (sign === '==' || sign === '<=')) return truth(a, 'none', of);
  if (b === 1 && (sign === '>=' || sign === '<')) return truth(a, sign === '<' ? 'none' : 'some', of);
  return truth(a, 'value');
}

/** `not value`. */
export function negatedDecision(value: Unknown): Unknown {
  const { decision } = value;
  if (decision?.of === undefined || decision.is === 'value') return value.loose;
  return truth(value, decision.is === 'none' ? 'some' : 'none', decision.of);
}

function truth({ reason, place }: Unknown, is: 'some' | 'none' | 'value', of?: object): Unknown {
  return new Unknown(reason, place, undefined, false, { is, of });
}
