// Functions and classes that are not written in Python: how their signatures are read, and arguments bound to them.
import type { Machine } from './machine.ts';
import {
  type Binding,
  ellipsis,
  type Keywords,
  Native,
  type NativeBody,
  PyClass,
  PyDict,
  PyFloat,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from './objects.ts';

/** A native function. Unknown arguments reach it. */
export function native(
  name: string,
  signature: string | undefined,
  body: (args: readonly Value[], machine: Machine) => Value,
): Native {
  return new Native(name, signature, body);
}

/** A native that calls back into Python: `yield* machine.call(f, [x])`. `plain` gives the result where no Python has to run. */
export function nativeSteps(
  name: string,
  signature: string | undefined,
  body: (args: readonly Value[], machine: Machine) => Steps,
  plain?: Native['plain'],
): Native {
  const fn = new Native(name, signature, body as NativeBody, true);
  fn.plain = plain;
  return fn;
}

/** A native that is not run with an Unknown among its direct arguments: the result is that Unknown. */
export function strict(
  name: string,
  signature: string | undefined,
  body: (args: readonly Value[], machine: Machine) => Value,
): Native {
  return new Native(name, signature, body, false, true);
}

export interface NativeClassOptions {
  /** `builtins` by default. */
  readonly module?: string;
  readonly metaclass?: PyClass;
  readonly create?: PyClass['create'];
  readonly getAttribute?: PyClass['getAttribute'];
  readonly setAttribute?: PyClass['setAttribute'];
}

/** A native class; derived from `object` where no base is given. */
export function nativeClass(
  machine: Pick<Machine, 'builtin'>,
  name: string,
  bases: readonly PyClass[],
  members: Readonly<Record<string, Value>> = {},
  options: NativeClassOptions = {},
): PyClass {
  const real = bases.length > 0 ? bases : [machine.builtin('object') as PyClass];
  const cls = new PyClass(name, options.module ?? 'builtins', real, linearized(real) ?? []);
  for (const base of real) base.derived.push(cls);
  cls.metaclass = options.metaclass ?? real.find(base => base.metaclass !== undefined)?.metaclass;
  cls.create = options.create;
  cls.getAttribute = options.getAttribute;
  cls.setAttribute = options.setAttribute;
  for (const key of Object.keys(members)) cls.dict.set(key, members[key]!);
  return cls;
}

/** The order of bases after C3, without the class itself; undefined where there is none. */
export function linearized(bases: readonly PyClass[]): readonly PyClass[] | undefined {
  if (bases.length === 1) return bases[0]!.mro;
  const sequences = [...bases.map(base => [...base.mro]), [...bases]];
  const order: PyClass[] = [];
  for (;;) {
    const rest = sequences.filter(sequence => sequence.length > 0);
    if (rest.length === 0) return order;
    const next = rest
      .map(sequence => sequence[0]!)
      .find(candidate => !rest.some(sequence => sequence.indexOf(candidate) > 0));
    if (!next) return undefined;
    order.push(next);
    for (const sequence of rest) if (sequence[0] === next) sequence.shift();
  }
}

/** By signature: natives are made for each machine, and say the same each time. */
const bindings = new Map<string, Binding>();

export function bindingOf(signature: string): Binding {
  let binding = bindings.get(signature);
  if (!binding) {
    binding = readSignature(signature);
    bindings.set(signature, binding);
  }
  return binding;
}

function readSignature(signature: string): Binding {
  const names: string[] = [];
  const defaults: (Value | undefined)[] = [];
  let [positionalOnly, positional, rest, keywords] = [0, -1, -1, -1];
  for (const part of parametersOf(signature)) {
    if (part === '/') positionalOnly = names.length;
    else if (part === '*') positional = names.length;
    else if (part.startsWith('**')) {
      keywords = names.length;
      if (positional < 0) positional = names.length;
      names.push(part.slice(2));
      defaults.push(undefined);
    } else if (part.startsWith('*')) {
      rest = names.length;
      positional = names.length;
      names.push(part.slice(1));
      defaults.push(undefined);
    } else {
      const equals = part.indexOf('=');
      names.push((equals < 0 ? part : part.slice(0, equals)).trim());
      defaults.push(equals < 0 ? undefined : literal(part.slice(equals + 1).trim()));
    }
  }
  return {
    names,
    positionalOnly,
    positional: positional < 0 ? names.length : positional,
    rest,
    keywords,
    defaults,
  };
}

/** The parts of a signature between commas outside of brackets and quotes. */
function parametersOf(signature: string): readonly string[] {
  const parts: string[] = [];
  let [depth, from, quote] = [0, 0, ''];
  for (let at = 0; at <= signature.length; at++) {
    const sign = signature[at];
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '(' || sign === '[' || sign === '{') depth++;
    else if (sign === ')' || sign === ']' || sign === '}') depth--;
    else if (at === signature.length || (sign === ',' && depth === 0)) {
      const part = signature.slice(from, at).trim();
      if (part !== '') parts.push(part);
      from = at + 1;
    }
  }
  return parts;
}

/** A default in a signature: a literal. `...` stands for “not given”. */
function literal(text: string): Value {
  switch (text) {
    case 'None':
      return null;
    case 'True':
      return true;
    case 'False':
      return false;
    case '...':
      return ellipsis;
    case 'inf':
      return new PyFloat(Number.POSITIVE_INFINITY);
  }
  if (/^(['"]).*\1$/s.test(text)) return text.slice(1, -1).replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return new PyFloat(Number(text));
  if (text.startsWith('(') && text.endsWith(')')) return new PyTuple(parametersOf(text.slice(1, -1)).map(literal));
  throw new Error(`A default that is no literal: ${text}`);
}

/**
 * The arguments of a call in the order of the signature; Unknown for a keyword that the native does not know, since Python's own
 * function may. Raises TypeError as Python does.
 */
export function bindNative(
  fn: Native,
  args: readonly Value[],
  keywords: Keywords,
  machine: Pick<Machine, 'raise' | 'unknown'>,
): readonly Value[] | Unknown {
  if (fn.signature === undefined) {
    if (keywords.size > 0) return machine.unknown(`Keyword arguments of ${fn.name}() are not supported.`);
    return args;
  }
  fn.binding ??= bindingOf(fn.signature);
  const binding = fn.binding;
  const count = binding.names.length;
  if (args.length === count && binding.positional === count && keywords.size === 0) return args;
  const bound: Value[] = new Array(count);
  const taken = Math.min(args.length, binding.positional);
  for (let at = 0; at < taken; at++) bound[at] = args[at]!;
  if (binding.rest >= 0) bound[binding.rest] = new PyTuple(args.slice(taken));
  else if (args.length > binding.positional) {
    const least = binding.defaults.slice(0, binding.positional).findIndex(value => value !== undefined);
    const range = least < 0 ? `${binding.positional}` : `from ${least} to ${binding.positional}`;
    throw machine.raise(
      'TypeError',
      `${fn.name}() takes ${range} positional argument${range === '1' ? '' : 's'} but ${args.length} ${args.length === 1 ? 'was' : 'were'} given`,
    );
  }
  let rest: PyDict | undefined;
  if (binding.keywords >= 0) {
    rest = new PyDict();
    bound[binding.keywords] = rest;
  }
  for (const [name, value] of keywords) {
    const at = binding.names.indexOf(name);
    if (at < binding.positionalOnly || at === binding.rest || at === binding.keywords) {
      if (!rest && fn.isExact)
        throw machine.raise('TypeError', `${fn.name}() got an unexpected keyword argument '${name}'`);
      if (!rest) return machine.unknown(`The argument “${name}” of ${fn.name}() is not supported.`);
      rest.entries.set(name, { key: name, value });
    } else {
      if (at < taken) throw machine.raise('TypeError', `${fn.name}() got multiple values for argument '${name}'`);
      bound[at] = value;
    }
  }
  for (let at = 0; at < count; at++) {
    if (bound[at] !== undefined) continue;
    const value = binding.defaults[at];
    if (value === undefined) {
      const missing = binding.names.filter(
        (_, index) => bound[index] === undefined && binding.defaults[index] === undefined && index < binding.positional,
      );
      if (missing.length === 0) {
        throw machine.raise(
          'TypeError',
          `${fn.name}() missing 1 required keyword-only argument: '${binding.names[at]}'`,
        );
      }
      const names = missing.map(name => `'${name}'`);
      const list = names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`;
      throw machine.raise(
        'TypeError',
        `${fn.name}() missing ${names.length} required positional argument${names.length === 1 ? '' : 's'}: ${list}`,
      );
    }
    bound[at] = value;
  }
  return bound;
}

/** Bodies that only natives use to tell that they were not given an argument. */
export function isGiven(value: Value): boolean {
  return value !== ellipsis;
}

/** The first Unknown among values. */
export function firstUnknown(values: readonly Value[]): Unknown | undefined {
  for (let at = 0; at < values.length; at++) if (values[at] instanceof Unknown) return values[at] as Unknown;
  return undefined;
}
