// Which argument is whose parameter.
import { type Keywords, PyDict, type PyFunction, PyTuple, type Raised, type Value } from '../objects.ts';
import type { State } from './state.ts';

export function bind(vm: State, fn: PyFunction, args: readonly Value[], keywords: Keywords): (Value | undefined)[] {
  const { parameters, qualifiedName: name } = fn.code;
  const { positional, names } = parameters;
  const locals: (Value | undefined)[] = new Array(names.length).fill(undefined);
  const taken = Math.min(args.length, positional);
  for (let at = 0; at < taken; at++) locals[at] = args[at];
  if (parameters.rest >= 0) locals[parameters.rest] = new PyTuple(args.slice(taken));
  else if (args.length > positional) throw tooMany(vm, fn, args.length);
  let rest: PyDict | undefined;
  if (parameters.keywords >= 0) {
    rest = new PyDict();
    locals[parameters.keywords] = rest;
  }
  const named = positional + parameters.keywordOnly;
  for (const [key, value] of keywords) {
    const at = names.indexOf(key);
    if (at < parameters.positionalOnly || at >= named) {
      if (rest) {
        rest.entries.set(key, { key, value });
        continue;
      }
      if (at >= 0 && at < parameters.positionalOnly) {
        const wrong = names.slice(0, parameters.positionalOnly).filter(each => keywords.has(each));
        throw vm.raise(
          'TypeError',
          `${name}() got some positional-only arguments passed as keyword arguments: '${wrong.join(', ')}'`,
        );
      }
      throw vm.raise('TypeError', `${name}() got an unexpected keyword argument '${key}'`);
    }
    if (locals[at] !== undefined) {
      throw vm.raise('TypeError', `${name}() got multiple values for argument '${key}'`);
    }
    locals[at] = value;
  }
  const firstDefault = positional - fn.defaults.length;
  const missing: string[] = [];
  for (let at = taken; at < positional; at++) {
    if (locals[at] !== undefined) continue;
    if (at >= firstDefault) locals[at] = fn.defaults[at - firstDefault];
    else missing.push(names[at]!);
  }
  if (missing.length > 0) throw missingArguments(vm, name, missing, 'positional');
  for (let at = positional; at < named; at++) {
    if (locals[at] !== undefined) continue;
    const value = fn.keywordDefaults.get(names[at]!);
    if (value !== undefined) locals[at] = value;
    else missing.push(names[at]!);
  }
  if (missing.length > 0) throw missingArguments(vm, name, missing, 'keyword-only');
  return locals;
}

function tooMany(vm: State, fn: PyFunction, given: number): Raised {
  const { positional } = fn.code.parameters;
  const least = positional - fn.defaults.length;
  const range = fn.defaults.length > 0 ? `from ${least} to ${positional}` : `${positional}`;
  const s = positional === 1 && fn.defaults.length === 0 ? '' : 's';
  return vm.raise(
    'TypeError',
    `${fn.code.qualifiedName}() takes ${range} positional argument${s} but ${given} ${given === 1 ? 'was' : 'were'} given`,
  );
}

function missingArguments(vm: State, name: string, missing: readonly string[], kind: string): Raised {
  const quoted = missing.map(each => `'${each}'`);
  const list = quoted.length < 3 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
  return vm.raise(
    'TypeError',
    `${name}() missing ${quoted.length} required ${kind} argument${quoted.length === 1 ? '' : 's'}: ${list}`,
  );
}
