// Loops over numbers of which it is not known which ones are there, but that they are different ones of a few: the experts
// that some image has chosen.
import * as l10n from '@vscode/l10n';
import { type Decision, MayIterator, PyList, Unknown, type Value } from '../../python/objects.ts';
import { reasonOf } from '../../text/reason.ts';
import { distinctOf, mostListed } from './chosen.ts';
import type { Distinct } from './picks.ts';
import { PyTensor } from './tensor.ts';
import type { World } from './world.ts';

/** Lists of unknown length. */
const lists = new WeakMap<Unknown, { readonly distinct: Distinct; readonly rank: number }>();

/** What `tolist()` gives of a tensor of unknown length. */
export function listOf(tensor: PyTensor, list: Unknown): Unknown {
  const { shape } = tensor;
  const distinct = distinctOf(tensor);
  if (!distinct || !shape) return list;
  // Of what a function makes of it nothing is known: `loose` leaves `of` out.
  const own = new Unknown(list.reason, list.place, undefined, false, list.decision && { is: 'value', of: distinct });
  lists.set(own, { distinct, rank: shape.length });
  return own;
}

/** The values that a loop may get; undefined where nothing is known of them. */
export function entriesOf(world: World, iterable: Value): MayIterator | undefined {
  const isTensor = iterable instanceof PyTensor;
  const list = isTensor ? undefined : iterable instanceof Unknown ? lists.get(iterable) : undefined;
  const distinct = isTensor ? distinctOf(iterable) : list?.distinct;
  if (!distinct || distinct.range > mostListed) return undefined;
  const shape = isTensor ? iterable.shape!.slice(1) : [];
  const entryOf = (number: number): Value => {
    if (isTensor) return world.known(shape, Float64Array.of(number), iterable.dtype);
    return list!.rank === 1 ? number : new PyList([number]);
  };
  const why = reasonOf(l10n.t('which numbers there are depends on values'));
  const values = distinct.parts.map((part, number): readonly [Value, Decision] => [
    entryOf(number),
    part ? { is: 'some', of: part } : { is: 'value' },
  ]);
  return new MayIterator(
    values,
    iterable instanceof Unknown ? iterable : new Unknown(isTensor ? (iterable.why ?? why) : why),
  );
}
