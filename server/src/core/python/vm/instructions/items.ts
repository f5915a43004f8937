// `a[i]`.
import { PyDict, PyLazy, PyList, PySlice, PyTuple, type Steps, type Value } from '../../objects.ts';
import { deleteItemSteps, setItemSteps } from '../../protocols/assign.ts';
import { itemSteps } from '../../protocols/items.ts';
import { awaitSteps } from '../calls.ts';
import { type State, touch } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const items: Instructions = {
  index(vm, frame) {
    const index = frame.stack[--frame.sp]!;
    const container = frame.stack[--frame.sp]!;
    awaitSteps(vm, itemOf(vm, container, index), 'push');
  },

  setIndex(vm, frame) {
    const index = frame.stack[--frame.sp]!;
    const container = frame.stack[--frame.sp]!;
    const value = frame.stack[--frame.sp]!;
    touch(vm, container);
    awaitSteps(vm, setItemSteps(container, index, value, vm), 'discard');
  },

  deleteIndex(vm, frame) {
    const index = frame.stack[--frame.sp]!;
    const container = frame.stack[--frame.sp]!;
    touch(vm, container);
    awaitSteps(vm, deleteItemSteps(container, index, vm), 'discard');
  },

  slice(_, frame) {
    const step = frame.stack[--frame.sp]!;
    const stop = frame.stack[--frame.sp]!;
    const start = frame.stack[--frame.sp]!;
    done(frame, new PySlice(start, stop, step));
  },
};

/** An item that lies in a built-in container, by a number or a text; undefined where it takes more to find. */
export function itemAt(container: Value, index: Value): Value | undefined {
  if (typeof index === 'number') {
    if ((container instanceof PyList || container instanceof PyTuple) && container.own === undefined) {
      const { items } = container;
      return items[index < 0 ? index + items.length : index];
    }
  } else if (typeof index === 'string' && container instanceof PyDict && container.own === undefined) {
    const value = container.entries.get(index)?.value;
    return value instanceof PyLazy ? undefined : value;
  }
  return undefined;
}

export function* itemOf(vm: State, container: Value, index: Value): Steps {
  const value = yield* itemSteps(container, index, vm);
  if (!(value instanceof PyLazy)) return value;
  const loaded = yield* value.resolve(vm);
  if (container instanceof PyDict && typeof index === 'string') {
    const entry = container.entries.get(index);
    if (entry) entry.value = loaded;
  }
  return loaded;
}
