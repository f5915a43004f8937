// The module `operator`.

import { collect, textOf } from '../builtins/conversions.ts';
import { find } from '../builtins/list.ts';
import type { Machine } from '../machine.ts';
import { native, nativeSteps } from '../native.ts';
import { type Native, type PyDict, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { keywordsOf } from './functools.ts';
import { missing, moduleOf } from './module.ts';

const binary: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  lshift: '<<',
  rshift: '>>',
  and_: '&',
  or_: '|',
  xor: '^',
  concat: '+',
  iadd: '+=',
  isub: '-=',
  imul: '*=',
  itruediv: '/=',
  ifloordiv: '//=',
  imod: '%=',
  ipow: '**=',
  ior: '|=',
  iand: '&=',
  ixor: '^=',
  lt: '<',
  le: '<=',
  eq: '==',
  ne: '!=',
  ge: '>=',
  gt: '>',
  is_: 'is',
  is_not: 'is not',
  getitem: '[]',
};

/** What getters find: one value, or a tuple of them. */
function getter(name: string, get: (object: Value, key: Value, machine: Machine) => Steps): Native {
  return native(name, 'item, /, *items', ([item, items]) => {
    const keys = [item!, ...(items as PyTuple).items];
    return nativeSteps(name, 'obj, /', function* ([object], machine) {
      const found: Value[] = [];
      for (const key of keys) found.push(yield* get(object!, key, machine));
      return found.length === 1 ? found[0]! : new PyTuple(found);
    });
  });
}

export const operator = moduleOf('operator', () => [
  Object.entries(binary).map(([name, sign]) =>
    nativeSteps(name, 'a, b, /', function* ([a, b], machine) {
      return yield* machine.binary(sign, a!, b!);
    }),
  ),
  [
    nativeSteps('contains', 'a, b, /', function* ([a, b], machine) {
      return yield* machine.binary('in', b!, a!);
    }),
    nativeSteps('not_', 'a, /', function* ([a], machine) {
      const truth = yield* machine.truth(a!);
      return truth instanceof Unknown ? truth : !truth;
    }),
    nativeSteps('truth', 'a, /', function* ([a], machine) {
      return yield* machine.truth(a!);
    }),
    nativeSteps('abs', 'a, /', function* ([a], machine) {
      return yield* machine.call(machine.builtin('abs'), [a!]);
    }),
    nativeSteps('neg', 'a, /', function* ([a], machine) {
      return yield* machine.binary('-', 0, a!);
    }),
    nativeSteps('index', 'a, /', function* ([a], machine) {
      return yield* machine.call(yield* machine.getAttribute(a!, '__index__'), []);
    }),
    nativeSteps('countOf', 'a, b, /', function* ([a, b], machine) {
      const items = yield* collect(a!, machine);
      if (items instanceof Unknown) return items;
      let count = 0;
      for (const item of items) {
        const isSame = yield* machine.equals(item, b!);
        if (isSame instanceof Unknown) return isSame;
        if (isSame) count++;
      }
      return count;
    }),
    nativeSteps('indexOf', 'a, b, /', function* ([a, b], machine) {
      const items = yield* collect(a!, machine);
      if (items instanceof Unknown) return items;
      const at = yield* find(items, b!, machine);
      if (at === -1) throw machine.raise('ValueError', 'sequence.index(x): x not in sequence');
      return at;
    }),
    getter('itemgetter', (object, key, machine) => machine.binary('[]', object, key)),
    getter('attrgetter', function* (object, key, machine) {
      let value = object;
      for (const name of (textOf(key) ?? '').split('.')) value = yield* machine.getAttribute(value, name);
      return value;
    }),
    native('methodcaller', 'name, /, *args, **kwargs', ([name, args, keywords]) =>
      nativeSteps('methodcaller', 'obj, /', function* ([object], machine) {
        const method = yield* machine.getAttribute(object!, textOf(name!) ?? '');
        return yield* machine.call(method, (args as PyTuple).items, keywordsOf(keywords as PyDict));
      }),
    ),
  ],
  missing('operator', 'setitem', 'delitem', 'length_hint', 'pos', 'invert', 'inv'),
]);
