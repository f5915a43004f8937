// Expressions that are given as text, and the names that they see.
import type { Expression } from '../../syntax/python/ast.ts';
import { parseExpression } from '../../syntax/python/parse.ts';
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
  const expression = parseExpression(text);
  if (!expression) throw vm.raise('SyntaxError', 'invalid syntax');
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
  return yield* evaluated(vm, expression, text, module ?? new PyModule('__main__'), names);
}

export function evaluateInSteps(vm: State, module: PyModule, text: string): Steps {
  const expression = parseExpression(text);
  if (!expression) throw vm.raise('SyntaxError', 'invalid syntax');
  return evaluated(vm, expression, text, module, module.dict);
}

export function* evaluated(
  vm: State,
  expression: Expression,
  text: string,
  module: PyModule,
  names: Map<string, Value>,
): Steps {
  const code = compileExpression(expression, text);
  return yield* vm.call(new PyFunction(code, module, 0, [], new Map(), []), [new Names(names)]);
}
