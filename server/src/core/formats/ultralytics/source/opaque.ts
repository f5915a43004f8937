// Rows whose module is imported from where it cannot be found, or cannot be built: a module that nothing is known of, so
// that the rows around it are what they are.
import type { Activation, Machine } from '../../../python/machine.ts';
import { native } from '../../../python/native.ts';
import { PyClass, type Unknown, type Value } from '../../../python/objects.ts';
import { ModuleInstance } from '../../../torch/python/nn/instance.ts';
import { itemsOf } from '../../../torch/python/nn/natives.ts';
import { tensorsIn } from '../../../torch/python/nn/state.ts';
import { worldOf } from '../../../torch/python/recording.ts';

/**
 * Whether parse_model makes a module of a class that it holds (`m(*args)`), itself or in an expression that repeats a
 * call. Of what else it calls nothing is known, even if that was not found either: `make_divisible(…)`.
 */
export function isMadeByReader(callee: Value, at: Activation | undefined): boolean {
  return readerAt(at)?.holds(callee) === true;
}

/** The call of parse_model that makes something itself, or in an expression that repeats a call. */
export function readerAt(at: Activation | undefined): Activation | undefined {
  let call = at;
  while (call && (call.code === undefined || call.code.kind === 'generator' || call.code.kind === 'comprehension')) {
    call = call.parent;
  }
  return call?.code?.name === 'parse_model' ? call : undefined;
}

/** `of` is the class of which none could be built; for the program it is no instance of it. */
export function opaqueModule(machine: Machine, name: string, unknown: Unknown, of?: PyClass): ModuleInstance {
  const world = worldOf(machine);
  const { Module } = world.classes;
  const cls = new PyClass(name, '', [Module], Module.mro, of?.place);
  const doc = of?.dict.get('__doc__');
  if (doc !== undefined) cls.dict.set('__doc__', doc);
  cls.dict.set(
    'forward',
    native('forward', 'self, *args', ([, args]) =>
      world.opaque(
        unknown,
        itemsOf(args).flatMap(value => tensorsIn(value)),
      ),
    ),
  );
  const module = new ModuleInstance(cls, []);
  module.prepare();
  // It may hold any parameters.
  module.unknown = unknown;
  return module;
}
