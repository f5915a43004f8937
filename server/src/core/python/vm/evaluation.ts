// Expressions that are given as text, and the names that they see.
import { parseExpression } from '../../syntax/python/parse.ts';
import type { Code } from '../code.ts';
import { compileExpression } from '../compiler/index.ts';
import { type Frame, Names } from '../frame.ts';
import { PyDict, PyFunction, PyModule, type Steps, type Unknown, type Value } from '../objects.ts';
import type { State } from './state.ts';

export function programFrame(vm: State, outward = 0): Frame | undefined {
  let left = outward;
  for (let frame = vm.frame; frame; frame = frame.parent) if (frame.code && left-- === 0) return frame;
  return undefined;
}

export function localsOf(vm: State, outward: number): PyDict | Unknown {
  const frame = programFrame(vm, outward);
  const dict = new PyDict();
  if (!frame?.code) return dict;
  if (frame.names) {
    for (const [key, value] of frame.names) dict.entries.set(key, { key, value });
    return dict;
  }
  frame.code.locals.forEach((key, at) => {
    const value = frame.locals[at];
    if (value !== undefined && !key.startsWith('.')) dict.entries.set(key, { key, value });
  });
  frame.code.cells.forEach((key, at) => {
    const value = frame.cells[at]?.value;
    if (value !== undefined) dict.entries.set(key, { key, value });
  });
  return dict;
}

export function* evaluateSteps(vm: State, text: string, globals?: PyDict | PyModule, locals?: PyDict): Steps {
  const code = compiled(vm, text);
  const frame = programFrame(vm);
  const names = new Map<string, Value>();
  let module = globals instanceof PyModule ? globals : frame?.module;
  if (globals instanceof PyDict) {
    module = new PyModule(module?.name ?? 'builtins', undefined);
    for (const [key, { value }] of globals.entries) if (typeof key === 'string') module.dict.set(key, value);
  } else if (!locals && frame) {
    const own = vm.locals();
    if (own instanceof PyDict)
      for (const [key, { value }] of own.entries) if (typeof key === 'string') names.set(key, value);
  }
  if (locals) for (const [key, { value }] of locals.entries) if (typeof key === 'string') names.set(key, value);
  return yield* evaluated(vm, code, module ?? new PyModule('__main__'), names);
}

export function evaluateInSteps(vm: State, module: PyModule, text: string): Steps {
  return evaluated(vm, compiled(vm, text), module, module.dict);
}

/** Readers of model files evaluate the same few words for every row. */
const expressions = new Map<string, Code>();
const mostKnown = 300;
const mostLetters = 200;

function compiled(vm: State, text: string): Code {
  let code = expressions.get(text);
  if (!code) {
    const expression = parseExpression(text);
    if (!expression) throw vm.raise('SyntaxError', 'invalid syntax');
    code = compileExpression(expression, text);
    if (expressions.size >= mostKnown) expressions.clear();
    if (text.length <= mostLetters) expressions.set(text, code);
  }
  return code;
}

function* evaluated(vm: State, code: Code, module: PyModule, names: Map<string, Value>): Steps {
  return yield* vm.call(new PyFunction(code, module, 0, [], new Map(), []), [new Names(names)]);
}
