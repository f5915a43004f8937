// Attributes and methods.
import { deleteAttributeOf, noAttribute, setWrittenAttributeOf, writtenAttributeOf } from '../../attributes.ts';
import {
  Later,
  Native,
  PyBoundMethod,
  PyDict,
  PyFunction,
  PyInstance,
  PyList,
  PySet,
  PyTuple,
  skipsWork,
  Unknown,
  type Value,
} from '../../objects.ts';
import { awaitSteps } from '../calls.ts';
import { type State, touch } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const attributes: Instructions = {
  attribute(vm, frame, operand) {
    const object = frame.stack[frame.sp - 1]!;
    const name = frame.code!.names[operand]!;
    if (object instanceof Unknown) {
      skipsWork('.', [object], vm);
      if (object.isImport) frame.stack[frame.sp - 1] = vm.unknownMember(object, name);
      frame.pc++;
      return;
    }
    const found = writtenAttributeOf(object, name, vm);
    if (found === undefined) throw noAttribute(object, name, vm);
    frame.sp--;
    if (found instanceof Later) awaitSteps(vm, found.steps, 'push');
    else done(frame, found);
  },

  setAttribute(vm, frame, operand) {
    const object = frame.stack[--frame.sp]!;
    const value = frame.stack[--frame.sp]!;
    touch(vm, object);
    const later = setWrittenAttributeOf(object, frame.code!.names[operand]!, value, vm);
    if (later) awaitSteps(vm, later.steps, 'discard');
    else frame.pc++;
  },

  deleteAttribute(vm, frame, operand) {
    const object = frame.stack[--frame.sp]!;
    touch(vm, object);
    const later = deleteAttributeOf(object, frame.code!.names[operand]!, vm);
    if (later) awaitSteps(vm, later.steps, 'discard');
    else frame.pc++;
  },

  /** What is called as a method, and its `self`, or undefined where it is bound already. */
  method(vm, frame, operand) {
    const { stack } = frame;
    const object = stack[--frame.sp]!;
    const name = frame.code!.names[operand]!;
    const method = plainMethod(object, name, vm);
    if (method !== undefined) {
      stack[frame.sp++] = method;
      done(frame, object);
      return;
    }
    if (object instanceof Unknown) {
      skipsWork('.', [object], vm);
      stack[frame.sp++] = object.isImport ? vm.unknownMember(object, name) : object;
      stack[frame.sp++] = undefined;
      frame.pc++;
      return;
    }
    const found = writtenAttributeOf(object, name, vm);
    if (found === undefined) throw noAttribute(object, name, vm);
    if (found instanceof Later) {
      awaitSteps(vm, found.steps, 'method');
      return;
    }
    if (found instanceof PyBoundMethod) {
      stack[frame.sp++] = found.callee;
      stack[frame.sp++] = found.self;
    } else {
      stack[frame.sp++] = found;
      stack[frame.sp++] = undefined;
    }
    frame.pc++;
  },
};

/** A method that needs no binding. */
function plainMethod(object: Value, name: string, vm: State): Value | undefined {
  if (object instanceof PyInstance) {
    const { cls } = object;
    const method = cls.find(name);
    const isPlain =
      method instanceof PyFunction &&
      !object.dict?.has(name) &&
      cls.find('__getattribute__') === vm.object.dict.get('__getattribute__');
    return isPlain ? method : undefined;
  }
  if (
    typeof object !== 'string' &&
    !(object instanceof PyList || object instanceof PyDict || object instanceof PyTuple || object instanceof PySet)
  ) {
    return undefined;
  }
  if ((object as { own?: unknown }).own !== undefined) return undefined;
  const method = vm.typeOf(object)?.find(name);
  return method instanceof Native && !method.isStatic ? method : undefined;
}
