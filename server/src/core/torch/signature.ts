// Signatures as the constructors of PyTorch have them, and arguments bound to them as a call in Python binds them.
import * as l10n from '@vscode/l10n';
import { type PyValue, show } from '../python/value.ts';
import type { Range } from '../text/range.ts';

/** The release that something came with. */
export interface Since {
  readonly by: string;
  /** As `8.4.0`. */
  readonly version: string;
  /** The sentence on it, where there is something to say of earlier releases. */
  readonly before?: () => string;
}

/** One parameter of a constructor. */
export interface Param {
  readonly kind: 'int' | 'number' | 'ints' | 'boolean' | 'text' | 'any';
  readonly doc: () => string;
  /** Absent: it must be given. */
  readonly default?: PyValue;
  /** The least value of an `int` or of each of `ints`. */
  readonly min?: number;
  /** Text in place of a number; of a `text`, the names that it may be. */
  readonly words?: readonly string[];
  /** The release that it came with, or that gave it this meaning. */
  readonly since?: Since;
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

/** Why a call fails, what to do about it, and at which of its arguments. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
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
      const message = l10n.t('{0} has no parameter {1}.', callee, keyword);
      return { refused: { code: 'unknown-parameter', message, arg } };
    }
    if (index >= 0 && index < args.length) {
      const message = l10n.t('{0} gets two values for {1}.', callee, keyword);
      return { refused: { code: 'too-many-arguments', message, arg } };
    }
  }
  const values: Record<string, PyValue> = {};
  for (const [index, [name, param]] of list.entries()) {
    const arg = args[index] ?? keywords?.get(name);
    if (arg) {
      const wrong = mistake(`\`${name}\``, callee, param, arg);
      if (wrong) return { refused: { help: param.doc(), ...wrong, arg } };
      values[name] = coerced(param, arg.value);
    } else if (param.default !== undefined) values[name] = param.default;
    else {
      const message = l10n.t('{0} needs `{1}` as argument {2}.', callee, name, written + 1);
      return { refused: { code: 'missing-argument', message, help: param.doc() } };
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
  const extra = args[params.length]!;
  const arg = extra.range ? extra : args.filter(({ range }) => range)[most];
  const message =
    most === 0
      ? l10n.t('{0} takes no arguments here.', callee)
      : most === 1
        ? l10n.t('{0} takes one argument, not {1}.', callee, written)
        : l10n.t('{0} takes {1} arguments, not {2}.', callee, most, written);
  const help = most > 0 && names.length === most ? l10n.t('Use [{0}].', names.join(', ')) : undefined;
  return { code: 'too-many-arguments', message, help, arg };
}

/** Beyond this no size of a network lies; arithmetic on it would lose exactness. */
const largest = 2 ** 31;

/** What is wrong with a value; undefined where it is right. */
function mistake(
  name: string,
  callee: string,
  param: Param,
  { value, float }: Arg,
): Pick<Refusal, 'code' | 'message' | 'help'> | undefined {
  const { kind, min, words } = param;
  if (float !== undefined && (kind === 'int' || kind === 'ints') && Number.isInteger(value)) {
    return {
      code: 'float-for-integer',
      message: l10n.t('{0} of {1} must be an integer, but {2} is a float in Python.', name, callee, float),
      help: l10n.t('Use {0}.', String(value)),
    };
  }
  if (typeof value === 'string' && words?.includes(value)) return undefined;
  const isNone = value === null && (param.default === null || kind === 'boolean');
  if (isNone || isOfKind(kind, value, min)) return undefined;
  const shown = show(value);
  switch (kind) {
    case 'boolean':
      return { code: 'not-a-flag', message: l10n.t('{0} of {1} must be True or False, not {2}.', name, callee, shown) };
    case 'text':
      return { code: 'not-a-name', message: l10n.t('{0} of {1} must be a name, not {2}.', name, callee, shown) };
    case 'int':
    case 'ints':
      return { code: codeOf(value, min), message: wholeNumber(name, callee, param, shown) };
    default:
      return { code: 'not-a-number', message: l10n.t('{0} of {1} must be a number, not {2}.', name, callee, shown) };
  }
}

/** Whether it is not a whole number at all, or one outside of the limits. */
function codeOf(value: PyValue, min: number | undefined): string {
  const isOf = (least?: number): boolean =>
    Array.isArray(value)
      ? value.length > 0 && value.length <= 64 && value.every(each => isInt(each, least))
      : isInt(value, least);
  return min !== undefined && isOf() && !isOf(min) ? 'value-below-minimum' : 'not-a-whole-number';
}

function wholeNumber(name: string, callee: string, { kind, min }: Param, shown: string): string {
  if (kind === 'ints') {
    return min === undefined
      ? l10n.t('{0} of {1} must be a whole number or a list of them, not {2}.', name, callee, shown)
      : l10n.t('{0} of {1} must be a whole number ≥ {2} or a list of them, not {3}.', name, callee, min, shown);
  }
  return min === undefined
    ? l10n.t('{0} of {1} must be a whole number, not {2}.', name, callee, shown)
    : l10n.t('{0} of {1} must be a whole number ≥ {2}, not {3}.', name, callee, min, shown);
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

/** NaN is a number that is not known: the channels of an unknown tensor. */
function isInt(value: PyValue, min: number | undefined): boolean {
  if (typeof value === 'boolean') return min === undefined || Number(value) >= min;
  if (typeof value !== 'number') return false;
  if (Number.isNaN(value)) return true;
  return Number.isInteger(value) && Math.abs(value) <= largest && (min === undefined || value >= min);
}

/** Python takes numbers for truth values, and truth values for numbers. */
function coerced({ kind }: Param, value: PyValue): PyValue {
  if (kind === 'boolean') return typeof value === 'number' ? value !== 0 : (value ?? false);
  if ((kind === 'int' || kind === 'ints' || kind === 'number') && typeof value === 'boolean') return Number(value);
  return value;
}

/** An `int`; with a default, if there is one. */
export const int = (doc: () => string, value?: PyValue, min = 1): Param =>
  withDefault({ kind: 'int', doc, min }, value);
/** An `int`, or one for each spatial dimension. */
export const ints = (doc: () => string, value?: PyValue, min = 1): Param =>
  withDefault({ kind: 'ints', doc, min }, value);
export const number = (doc: () => string, value?: PyValue): Param => withDefault({ kind: 'number', doc }, value);
export const flag = (doc: () => string, value: boolean): Param => ({ kind: 'boolean', doc, default: value });
/** What costs do not depend on. */
export const ignored = (doc: () => string, value: PyValue): Param => ({ kind: 'any', doc, default: value });

function withDefault(param: Param, value: PyValue | undefined): Param {
  return value === undefined ? param : { ...param, default: value };
}
