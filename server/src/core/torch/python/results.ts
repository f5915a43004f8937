// What functions return besides tensors: tuples with names, sizes.

import * as l10n from '@vscode/l10n';
import type { Shape } from '../../ops/op.ts';
import { type Decision, PyClass, PyInstance, PyTuple, Unknown, type Value } from '../../python/objects.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import type { Call } from './call.ts';
import type { World } from './world.ts';

const classes = new WeakMap<World, Map<string, PyClass>>();

/** A tuple whose items have names: `torch.return_types.topk`. */
export function named(call: Call, name: string, names: readonly string[], items: readonly Value[]): PyTuple {
  const { world } = call;
  let own = classes.get(world);
  if (!own) {
    own = new Map();
    classes.set(world, own);
  }
  let cls = own.get(name);
  if (!cls) {
    const tuple = call.machine.builtin('tuple') as PyClass;
    cls = new PyClass(name, 'torch.return_types', [tuple], tuple.mro);
    cls.getAttribute = (self, attribute) => {
      const at = names.indexOf(attribute);
      return at >= 0 && self instanceof PyTuple ? self.items[at] : undefined;
    };
    own.set(name, cls);
  }
  const result = new PyTuple(items);
  result.own = new PyInstance(cls);
  return result;
}

/** `torch.Size`; sizes that are not known are unknown in it. */
export function sizeTuple(world: World, shape: Shape, why: Reason | undefined, decision?: Decision): PyTuple {
  const result = new PyTuple(shape.map(length => sizeValue(length, why, decision)));
  result.own = new PyInstance(world.classes.Size);
  return result;
}

/** `decision`: what it is, where data decide it. */
export function sizeValue(length: number, why: Reason | undefined, decision?: Decision): Value {
  if (!Number.isNaN(length)) return length;
  return new Unknown(why ?? reasonOf(l10n.t('a size is not known')), undefined, undefined, false, decision);
}
