import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  evaluate,
  maxExpression,
  parseExpression,
  type Value,
} from '../../../server/src/core/formats/flopline/expression.ts';

const { NaN: unknown } = Number;

describe('expressions', () => {
  it('arithmetic binds as in Python', () => {
    checkValue('1 + 2 * 3', 7);
    checkValue('(1 + 2) * 3', 9);
    checkValue('7 // 2 + 7 % 2', 4);
    checkValue('-7 // 2', -4);
    checkValue('-7 % 3', 2);
    checkValue('7 / 2', 3.5);
    checkValue('10 - 4 - 3', 3);
    checkValue('--3', 3);
    checkValue('min(3, 1, 2) + max(8, $c // 4)', 17);
    checkValue('floor(2.7) + ceil(2.1) + round(2.5) + abs(-1)', 9);
  });
  it('names stand with and without a dollar', () => {
    checkValue('$c', 64);
    checkValue('c * 2', 128);
    checkValue('$(c * 4 // 2)', 128);
    checkValue('$min(c, 8)', 8);
  });
  it('conditions', () => {
    checkValue('c == 64 and not (s == 2)', true);
    checkValue('c < 64 || s != 1', false);
    checkValue('c >= 64 && s <= 1', true);
    checkValue("kind == 'wide'", true);
    checkValue('true or c / 0', true);
  });
  it('what is not known stays so, unless it does not matter', () => {
    checkValue('what * 2', unknown);
    checkValue('what == 2', unknown);
    checkValue('what == 2 or s == 1', true);
    checkValue('what == 2 and s == 2', false);
    checkValue('what > 2 or s == 2', unknown);
    checkValue('not (what > 2)', unknown);
  });
  it('faults say where', () => {
    checkFault('c +', '', 'expression-syntax');
    checkFault('(c', '(', 'expression-syntax');
    checkFault('c c', 'c', 'expression-syntax', 2);
    checkFault('c § 2', '§', 'expression-syntax');
    checkFault('nope + 1', 'nope', 'unknown-parameter');
    checkFault('c // (s - 1)', '(s - 1)', 'division-by-zero');
    checkFault('kind * 2', 'kind', 'wrong-operand');
    checkFault('mix(1)', 'mix', 'unknown-function');
    checkFault('min()', 'min()', 'expression-syntax');
    checkFault('('.repeat(100), '(', 'expression-nested-too-deep', 40);
    checkFault('-'.repeat(100), '-', 'expression-nested-too-deep', 40);
    checkFault('1+'.repeat(maxExpression), '1+'.repeat(maxExpression), 'expression-too-long');
  });
});

const names: Readonly<Record<string, Value>> = { c: 64, s: 1, kind: 'wide', what: unknown };
const look = (name: string): Value | undefined => names[name];

function checkValue(text: string, expected: Value): void {
  const parsed = parseExpression(text);
  assert.ok(parsed.expression, `${text}: ${parsed.fault?.message}`);
  assert.deepEqual(evaluate(parsed.expression, look), { value: expected }, text);
}

function checkFault(text: string, place: string, code: string, from = text.indexOf(place)): void {
  const parsed = parseExpression(text);
  const { fault } = parsed.fault ? parsed : evaluate(parsed.expression, look);
  assert.ok(fault, text);
  assert.equal(fault.code, code, fault.message);
  assert.equal(text.slice(fault.from, fault.to), place, text);
  if (place !== '') assert.equal(fault.from, from, text);
}
