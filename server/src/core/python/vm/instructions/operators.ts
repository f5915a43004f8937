// Operators and comparisons.
import { binaryOperators, comparisons, unaryOperators } from '../../code.ts';
import { comparedWith, negatedDecision } from '../../decisions.ts';
import type { Machine } from '../../machine.ts';
import { PyFloat, PyList, PyTuple, type Steps, Unknown, type Value } from '../../objects.ts';
import { plainBinary, plainEquals, plainOrder, plainTruth } from '../../operators.ts';
import { binarySteps, inPlaceSteps, unarySteps } from '../../protocols/arithmetic.ts';
import { isSame } from '../../protocols/compare.ts';
import { containsPlainly, containsSteps } from '../../protocols/contains.ts';
import { truthSteps } from '../../protocols/truth.ts';
import { awaitSteps } from '../calls.ts';
import { touch } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

const isAt = comparisons.indexOf('is');
const isNotAt = comparisons.indexOf('is not');
const inAt = comparisons.indexOf('in');
const notInAt = comparisons.indexOf('not in');

export const operators: Instructions = {
  binary(vm, frame, operand) {
    const b = frame.stack[--frame.sp]!;
    const a = frame.stack[--frame.sp]!;
    const sign = binaryOperators[operand]!;
    const plain = isSimple(a) && isSimple(b) ? plainBinary(sign, a, b, vm) : undefined;
    if (plain !== undefined) done(frame, plain);
    else awaitSteps(vm, binarySteps(sign, a, b, vm), 'push');
  },

  inPlace(vm, frame, operand) {
    const b = frame.stack[--frame.sp]!;
    const a = frame.stack[--frame.sp]!;
    const sign = binaryOperators[operand]!;
    const plain = isSimple(a) && isSimple(b) && !(a instanceof PyList) ? plainBinary(sign, a, b, vm) : undefined;
    if (plain !== undefined) done(frame, plain);
    else {
      touch(vm, a);
      awaitSteps(vm, inPlaceSteps(sign, a, b, vm), 'push');
    }
  },

  unary(vm, frame, operand) {
    const value = frame.stack[--frame.sp]!;
    awaitSteps(vm, unarySteps(unaryOperators[operand]!, value, vm), 'push');
  },

  not(vm, frame) {
    const value = frame.stack[--frame.sp]!;
    const plain = plainTruth(value);
    if (plain !== undefined) done(frame, plain instanceof Unknown ? negatedDecision(plain) : !plain);
    else awaitSteps(vm, negated(value, vm), 'push');
  },

  compare(vm, frame, operand) {
    const b = frame.stack[--frame.sp]!;
    const a = frame.stack[--frame.sp]!;
    if (operand === isAt || operand === isNotAt) {
      const same = isSame(a, b);
      done(frame, same instanceof Unknown ? same : same === (operand === isAt));
      return;
    }
    const sign = comparisons[operand]!;
    const decided = comparedWith(sign, a, b);
    if (decided) {
      done(frame, decided);
      return;
    }
    if (operand < 2) {
      const equal = plainEquals(a, b, vm);
      if (equal !== undefined) {
        done(frame, equal instanceof Unknown ? equal : equal === (operand === 0));
        return;
      }
    } else if (operand < 6 && isSimple(a) && isSimple(b)) {
      const order = plainOrder(sign, a, b, vm);
      if (order !== undefined) {
        done(frame, order);
        return;
      }
    }
    if (operand === inAt || operand === notInAt) {
      const contained = containsPlainly(b, a, vm);
      if (contained !== undefined) {
        done(frame, contained === (operand === inAt));
        return;
      }
    }
    awaitSteps(vm, operand === inAt ? containsSteps(b, a, vm) : binarySteps(sign, a, b, vm), 'push');
  },
};

/** An operation of two whole numbers that gives one; NaN for the others. */
export function plainArithmetic(operator: number, a: number, b: number): number {
  switch (operator) {
    case 0:
      return a + b;
    case 1:
      return a - b;
    case 2:
      return a * b + 0;
    default:
      return Number.NaN;
  }
}

/** How two numbers compare; undefined for `in`. */
export function plainComparison(operator: number, a: number, b: number): boolean | undefined {
  switch (operator) {
    case 0:
      return a === b;
    case 1:
      return a !== b;
    case 2:
      return a < b;
    case 3:
      return a <= b;
    case 4:
      return a > b;
    case 5:
      return a >= b;
    default:
      return undefined;
  }
}

/** Whether an operator of a built-in type holds without a look at classes. */
function isSimple(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof PyFloat) return true;
  return (value instanceof PyList || value instanceof PyTuple) && value.own === undefined;
}

function* negated(value: Value, machine: Machine): Steps {
  const truth = yield* truthSteps(value, machine);
  return truth instanceof Unknown ? negatedDecision(truth) : !truth;
}
