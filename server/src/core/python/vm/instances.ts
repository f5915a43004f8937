// What a call of a class does.
import { createBare } from '../core.ts';
import {
  type Keywords,
  type PyClass,
  PyInstance,
  PyStaticMethod,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import type { State } from './state.ts';

export function* instantiateSteps(vm: State, cls: PyClass, args: readonly Value[], keywords: Keywords): Steps {
  const type = vm.type;
  if (cls === type && args.length === 1 && keywords.size === 0) return vm.typeOf(args[0]!) ?? args[0]!;
  const make = cls.find('__new__');
  let instance: Value;
  if (make === undefined || make === vm.object.dict.get('__new__')) {
    instance = createBare(cls, args, keywords, vm);
  } else {
    const callee = make instanceof PyStaticMethod ? make.callee : make;
    instance = yield* vm.call(callee, [cls, ...args], keywords);
  }
  if (instance instanceof Unknown || !vm.isInstance(instance, cls)) return instance;
  const init = (vm.typeOf(instance) ?? cls).find('__init__');
  if (init !== undefined && init !== vm.object.dict.get('__init__') && !(cls === type)) {
    // What cannot be known of its construction cannot be known of the instance.
    if (init instanceof Unknown) return init;
    const bind = init instanceof PyInstance ? init.cls.find('__get__') : undefined;
    if (bind === undefined) yield* vm.call(init, [instance, ...args], keywords);
    else yield* vm.call(yield* vm.call(bind, [init, instance, cls]), args, keywords);
  } else if (init === vm.object.dict.get('__init__')) refuseArguments(vm, cls, args, keywords, make);
  return instance;
}

export function refuseArguments(
  vm: State,
  cls: PyClass,
  args: readonly Value[],
  keywords: Keywords,
  make: Value | undefined,
): void {
  if (args.length + keywords.size === 0 || cls.unknownBase) return;
  const isOwnNew = make !== undefined && make !== vm.object.dict.get('__new__');
  if (isOwnNew || cls.mro.some(each => each.create)) return;
  throw vm.raise('TypeError', `${cls.name}() takes no arguments`);
}
