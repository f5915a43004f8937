// Generators are frames that wait.
import { op } from '../code.ts';
import { type Delivery, PyGenerator } from '../frame.ts';
import { type PyException, Raised, UnknownAccess, type Value } from '../objects.ts';
import { push } from './functions.ts';
import { type Pending, pending, type State } from './state.ts';

/** Takes the frame that was just pushed for a generator away, and gives the generator. */
export function generatorOf(vm: State): Value {
  const frame = vm.frame!;
  vm.frame = frame.parent;
  const code = frame.code!;
  const kind = code.isAsync ? (code.isGenerator ? 'async_generator' : 'coroutine') : 'generator';
  const generator = new PyGenerator(kind, frame, code.name);
  frame.generator = generator;
  frame.parent = undefined;
  return generator;
}

/** Goes on with a generator. */
export function resumeGenerator(
  vm: State,
  generator: PyGenerator,
  value: Value,
  exception: Value | undefined,
  delivery: Delivery,
): Value | undefined | Pending {
  if (generator.isRunning) throw vm.raise('ValueError', 'generator already executing');
  if (generator.unknown && !generator.frame) throw new UnknownAccess(generator.unknown);
  const { frame } = generator;
  if (!frame) {
    generator.result = null;
    return undefined;
  }
  push(vm, frame, delivery);
  if (generator.hasStarted) {
    frame.stack[frame.sp - 1] = value;
    if (exception === undefined && frame.code!.operations[frame.pc] === op.yield) frame.pc++;
  }
  generator.hasStarted = true;
  generator.isRunning = true;
  // The loop raises it.
  if (exception !== undefined) vm.thrown = new Raised(exception as PyException);
  return pending;
}
