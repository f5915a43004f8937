// torch/nn/utils/rnn.py: sequences of unlike lengths.
import * as l10n from '@vscode/l10n';
import {
  type Native,
  type PyClass,
  PyInstance,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../../../../python/objects.ts';
import type { PyTensor } from '../../tensor.ts';
import { apply, functionNamed, tensorOf, unknownResult } from '../apply.ts';
import { moving } from '../kernels/data.ts';
import { flag, listOf, native, nativeClass, nativeSteps, numberOf, tupleOf } from '../natives.ts';
import type { NN } from '../state.ts';

/** What a PackedSequence is made of; `steps` and `batch` are those of the padded tensor. */
export interface Packed {
  readonly data: PyTensor;
  readonly batch: number;
  readonly steps: number;
  readonly lengths: readonly number[];
}

const contents = new WeakMap<PyInstance, Packed>();

export function packedOf(value: Value | undefined): Packed | undefined {
  return value instanceof PyTuple && value.own ? contents.get(value.own) : undefined;
}

/** A named tuple of data, batch sizes and two orders. */
export function packed(nn: NN, made: Packed): PyTuple {
  const { data, steps, lengths } = made;
  const sizes = nn.world.tensor([steps], 'int64');
  const items = [data, sizes, null, null];
  const tuple = new PyTuple(items);
  const own = new PyInstance(nn.cls('PackedSequence'));
  for (const [at, name] of ['data', 'batch_sizes', 'sorted_indices', 'unsorted_indices'].entries())
    own.set(name, items[at]!);
  contents.set(own, { ...made, lengths });
  tuple.own = own;
  return tuple;
}

export function definePackedSequence(nn: NN): PyClass {
  const tuple = nn.machine.builtin('tuple') as PyClass;
  const cls = nativeClass(
    nn.machine,
    'PackedSequence',
    [tuple],
    {},
    {
      module: 'torch.nn.utils.rnn',
      getAttribute: (self, name) => (self instanceof PyTuple ? self.own?.get(name) : undefined),
    },
  );
  for (const name of ['to', 'cuda', 'cpu', 'float', 'half', 'pin_memory']) {
    cls.dict.set(
      name,
      native(name, 'self, *args, **kwargs', ([self]) => self!),
    );
  }
  nn.classes.set('PackedSequence', cls);
  return cls;
}

export function sequences(nn: NN): readonly Native[] {
  const pack = (x: PyTensor, lengths: Value, batchFirst: boolean): Value => {
    const given = listOf(lengths)?.map(item => numberOf(item) ?? Number.NaN);
    const { shape } = x;
    if (!shape || shape.length < 2)
      return unknownResult(nn, x.why ?? { message: l10n.t('the shape of its input is not known') }, [x]);
    const batch = shape[batchFirst ? 0 : 1]!;
    const list = given ?? Array.from({ length: batch || 0 }, () => Number.NaN);
    const total = list.reduce((sum, length) => sum + length, 0);
    const output = [total, ...shape.slice(2)];
    const caller = functionNamed('pack_padded_sequence');
    const data = Number.isNaN(total)
      ? unknownResult(
          nn,
          lengths instanceof Unknown ? lengths : { message: l10n.t('the lengths of the sequences are not known') },
          [x],
          output,
        )
      : apply(nn, caller, moving('packSequence'), { shape: output }, [x]);
    return packed(nn, { data, batch, steps: Math.max(...list, 0), lengths: list });
  };
  return [
    native(
      'pack_padded_sequence',
      'input, lengths, batch_first=False, enforce_sorted=True',
      ([x, lengths, batchFirst]) => pack(tensorOf(nn, x), lengths!, flag(batchFirst!)),
    ),
    native(
      'pad_packed_sequence',
      'sequence, batch_first=False, padding_value=0.0, total_length=None',
      ([sequence, batchFirst, , total], machine) => {
        const own = packedOf(sequence);
        if (!own)
          return sequence instanceof Unknown ? sequence : machine.unknown(l10n.t('the packed sequence is not known'));
        const steps = total === null ? own.steps : (numberOf(total!) ?? Number.NaN);
        const lead = flag(batchFirst!) ? [own.batch, steps] : [steps, own.batch];
        const shape = [...lead, ...(own.data.shape?.slice(1) ?? [Number.NaN])];
        const padded = apply(nn, functionNamed('pad_packed_sequence'), moving('padSequence'), { shape }, [own.data]);
        const lengths = nn.world.known([own.lengths.length], Float64Array.from(own.lengths), 'int64');
        return tupleOf([padded, lengths]);
      },
    ),
    nativeSteps(
      'pad_sequence',
      "sequences, batch_first=False, padding_value=0.0, padding_side='right'",
      function* ([given, batchFirst], machine): Steps {
        const items = yield* machine.list(given!);
        if (items instanceof Unknown) return items;
        const tensors = items.map(item => tensorOf(nn, item));
        const lengths = tensors.map(({ shape }) => shape?.[0] ?? Number.NaN);
        const longest = Math.max(...lengths, 0);
        const lead = flag(batchFirst!) ? [tensors.length, longest] : [longest, tensors.length];
        const shape = [...lead, ...(tensors[0]?.shape?.slice(1) ?? [])];
        return apply(nn, functionNamed('pad_sequence'), moving('padSequence'), { shape }, tensors);
      },
    ),
    nativeSteps('pack_sequence', 'sequences, enforce_sorted=True', function* ([given], machine): Steps {
      const items = yield* machine.list(given!);
      if (items instanceof Unknown) return items;
      const tensors = items.map(item => tensorOf(nn, item));
      const lengths = tensors.map(({ shape }) => shape?.[0] ?? Number.NaN);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      const shape = [total, ...(tensors[0]?.shape?.slice(1) ?? [])];
      const data = apply(nn, functionNamed('pack_sequence'), moving('packSequence'), { shape }, tensors);
      return packed(nn, { data, batch: tensors.length, steps: Math.max(...lengths, 0), lengths });
    }),
  ];
}
