// Signatures as the constructors of PyTorch have them, and arguments bound to them as a call in Python binds them.
import { type PyValue, show } from '../python/value.ts';
import type { Range } from '../text/range.ts';

/** One parameter of a constructor. */
export interface Param {
  readonly kind: 'int' | 'number' | 'ints' | 'boolean' | 'text' | 'any';
  readonly doc: string;
  /** Absent: it must be given. */
  readonly default?: PyValue;
  /** The least value of an `int` or of each of `ints`. */
  readonly min?: number;
  /** Text that stands for a number. */
  readonly words?: readonly string[];
  /** The release that it came with, or that gave it this meaning. */
  readonly since?: string;
}

/** What can be called: its name and, in their order, its parameters. */
export interface Signature {
  readonly name: string;
  readonly params: Readonly<Record<string, Param>>;
  /** Takes any further arguments and ignores them: `*args, **kwargs` of nn.Identity. */
  readonly ignoresMore?: boolean;
}

/** An argument, with its place in the text; none where a framework puts it in. */
export interface Arg {
  readonly value: PyValue;
  readonly range?: Range | undefined;
  /** As the text has it, where a whole number is a float to Python: `3.0`. */
  readonly float?: string;
}

/** Why a call fails, and at which of its arguments. */
export interface Refusal {
  readonly code: 'wrong-argument' | 'missing-argument';
  readonly message: string;
  readonly arg?: Arg | undefined;
}

export type Bound =
  | { readonly values: Readonly<Record<string, PyValue>>; readonly refused?: never }
  | { readonly values?: never; readonly refused: Refusal };

interface Call {
  readonly keywords?: ReadonlyMap<string, Arg>;
  /** How many of the arguments the text has, where a framework puts others in: messages count those alone. */
  readonly written?: number;
}

/** A constructor's arguments by name, or why the call fails. */
export function bind({ name: callee, params, ignoresMore }: Signature, args: readonly Arg[], call: Call = {}): Bound {
  const { keywords, written = args.length } = call;
  const list = Object.entries(params);
  if (args.length > list.length && !ignoresMore) return { refused: tooMany(callee, list, args, written) };
  for (const [keyword, arg] of keywords ?? []) {
    const index = list.findIndex(([name]) => name === keyword);
    if (index < 0 && !ignoresMore) {
      return { refused: { code: 'wrong-argument', message: `${callee} has no parameter ${keyword}.`, arg } };
    }
    if (index >= 0 && index < args.length) {
      return { refused: { code: 'wrong-argument', message: `${callee} is given ${keyword} twice.`, arg } };
    }
  }
  const values: Record<string, PyValue> = {};
  for (const [index, [name, param]] of list.entries()) {
    const arg = args[index] ?? keywords?.get(name);
    if (arg) {
      const wrong = mistake(param, arg);
      if (wrong !== undefined) {
        const message = `${name} of ${callee} must be ${wrong} ${param.doc}`;
        return { refused: { code: 'wrong-argument', message, arg } };
      }
      values[name] = coerced(param, arg.value);
    } else if (param.default !== undefined) values[name] = param.default;
    else {
      const message = `${callee} needs ${name} as argument ${written + 1}. ${param.doc}`;
      return { refused: { code: 'missing-argument', message } };
    }
  }
  return { values };
}

function tooMany(
  callee: string,
  params: readonly (readonly [string, Param])[],
  args: readonly Arg[],
  written: number,
): Refusal {
  const most = Math.max(0, params.length - (args.length - written));
  const names = params.flatMap(([name], index) => (args[index]?.range ? [name] : []));
  const list = names.length === most ? ` (${names.join(', ')})` : '';
  const message =
    most === 0
      ? `${callee} takes no arguments here.`
      : `${callee} takes ${most} argument${most === 1 ? '' : 's'}${list}, but is given ${written}.`;
  const extra = args[params.length]!;
  const arg = extra.range ? extra : args.filter(({ range }) => range)[most];
  return { code: 'wrong-argument', message, arg };
}

/** Beyond this no size of a network lies; arithmetic on it would lose exactness. */
const largest = 2 ** 31;

/** What the value should have been, and what it is; undefined where it is right. */
function mistake(param: Param, { value, float }: Arg): string | undefined {
  const { kind, min, words } = param;
  if (float !== undefined && (kind === 'int' || kind === 'ints') && Number.isInteger(value)) {
    return `${wholeNumber(param)}. To Python ${float} is a float: write ${value}.`;
  }
  if (typeof value === 'string' && words?.includes(value)) return undefined;
  const isNone = value === null && (param.default === null || kind === 'boolean');
  if (isNone || isOfKind(kind, value, min)) return undefined;
  return `${wanted(param)}, not ${show(value)}.`;
}

function isOfKind(kind: Param['kind'], value: PyValue, min: number | undefined): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'boolean':
      return typeof value === 'boolean' || typeof value === 'number';
    case 'number':
      return typeof value === 'boolean' || (typeof value === 'number' && !(Math.abs(value) > largest));
    case 'text':
      return typeof value === 'string';
    case 'int':
      return isInt(value, min);
    case 'ints':
      if (!Array.isArray(value)) return isInt(value, min);
      return value.length > 0 && value.length <= 64 && value.every(each => isInt(each, min));
  }
}

/** NaN is a number that is not known yet: the channels of an unknown tensor. */
function isInt(value: PyValue, min: number | undefined): boolean {
  if (typeof value === 'boolean') return min === undefined || Number(value) >= min;
  if (typeof value !== 'number') return false;
  if (Number.isNaN(value)) return true;
  return Number.isInteger(value) && Math.abs(value) <= largest && (min === undefined || value >= min);
}

function wanted(param: Param): string {
  if (param.kind === 'boolean') return 'True or False';
  if (param.kind === 'number') return 'a number';
  return param.kind === 'text' ? 'a name' : wholeNumber(param);
}

function wholeNumber({ kind, min }: Param): string {
  const from = min === undefined ? '' : ` from ${min}`;
  return kind === 'ints' ? `a whole number${from}, or a list of them` : `a whole number${from}`;
}

/** Python takes numbers for truth values, and truth values for numbers. */
function coerced({ kind }: Param, value: PyValue): PyValue {
  if (kind === 'boolean') return typeof value === 'number' ? value !== 0 : (value ?? false);
  if ((kind === 'int' || kind === 'ints' || kind === 'number') && typeof value === 'boolean') return Number(value);
  return value;
}

/** An `int`; with a default, if there is one. */
export const int = (doc: string, value?: PyValue, min = 1): Param => withDefault({ kind: 'int', doc, min }, value);
/** An `int`, or one for each spatial dimension. */
export const ints = (doc: string, value?: PyValue, min = 1): Param => withDefault({ kind: 'ints', doc, min }, value);
export const number = (doc: string, value?: PyValue): Param => withDefault({ kind: 'number', doc }, value);
export const flag = (doc: string, value: boolean): Param => ({ kind: 'boolean', doc, default: value });
/** What costs do not depend on. */
export const ignored = (doc: string, value: PyValue): Param => ({ kind: 'any', doc, default: value });

function withDefault(param: Param, value: PyValue | undefined): Param {
  return value === undefined ? param : { ...param, default: value };
}
