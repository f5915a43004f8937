// Rows whose module is imported from where it cannot be found: a module that nothing is known of, so that the rows around
// it are what they are.
import type { Activation, Machine } from '../../../python/machine.ts';
import { native } from '../../../python/native.ts';
import { PyClass, type Unknown } from '../../../python/objects.ts';
import { ModuleInstance } from '../../../torch/python/nn/instance.ts';
import { itemsOf } from '../../../torch/python/nn/natives.ts';
import { tensorsIn } from '../../../torch/python/nn/state.ts';
import { worldOf } from '../../../torch/python/recording.ts';

/** Whether parse_model itself makes a call, or an expression in it that repeats one. */
export function isOfReader(at: Activation | undefined): boolean {
  let call = at;
  while (call && (call.code === undefined || call.code.kind === 'generator' || call.code.kind === 'comprehension')) {
    call = call.parent;
  }
  return call?.code?.name === 'parse_model';
}

export function opaqueModule(machine: Machine, name: string, unknown: Unknown): ModuleInstance {
  const world = worldOf(machine);
  const { Module } = world.classes;
  const cls = new PyClass(name, '', [Module], Module.mro);
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
