// `class`.
import { buildClass, namespaceOf } from '../../classes.ts';
import type { ClassDetail } from '../../code.ts';
import { type Arguments, type Frame, Names } from '../../frame.ts';
import { type Cell, PyDict, PyFunction, type Steps } from '../../objects.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import type { Instructions } from './instruction.ts';

export const classes: Instructions = {
  class(vm, frame, operand) {
    const given = frame.stack[--frame.sp] as Arguments;
    const detail = frame.code!.details[operand] as ClassDetail;
    awaitSteps(vm, classOf(vm, frame, detail, given), 'push');
  },
};

export function* classOf(vm: State, frame: Frame, detail: ClassDetail, given: Arguments): Steps {
  const { code, name, outer, head } = detail;
  const module = frame.module!;
  const names = namespaceOf(given.args, vm);
  names.set('__module__', String(module.dict.get('__name__') ?? module.name));
  names.set('__qualname__', code.qualifiedName);
  if (code.docstring !== undefined) names.set('__doc__', code.docstring);
  if (code.annotations.size > 0) {
    const annotations = new PyDict();
    for (const [key, text] of code.annotations) annotations.entries.set(key, { key, value: text });
    names.set('__annotations__', annotations);
  }
  const cells = outer.map(at => frame.cells[at]!);
  const fn = new PyFunction(code, module, frame.base, [], new Map(), cells);
  const cell: Cell | undefined = code.ownCells > 0 ? { value: undefined } : undefined;
  yield* vm.call(fn, [new Names(names, cell)]);
  const range = { from: head.from + frame.base, to: head.to + frame.base };
  const bases = given.unknown ? [...given.args, given.unknown] : given.args;
  return yield* buildClass(name, bases, names, given.keywords, { file: module.file, range }, cell, vm);
}
