// torch/nn/utils and torch/nn/modules/utils.py: small functions.
import * as l10n from '@vscode/l10n';
import { type Native, PyList, PyTuple, type Steps, Unknown, type Value } from '../../../../python/objects.ts';
import { deepCopy } from '../copying.ts';
import { moduleOf } from '../module.ts';
import { itemsOf, keywordsOf, listOf, native, nativeSteps, numberOf, tupleOf } from '../natives.ts';
import type { NN } from '../state.ts';

/** `_pair` and its kin: an iterable is made a tuple, all else repeated. */
function repeating(name: string, count: number): Native {
  return nativeSteps(name, 'x', function* ([value], machine): Steps {
    if (value instanceof Unknown) return tupleOf(Array.from({ length: count }, () => value));
    const isIterable =
      value instanceof PyTuple || value instanceof PyList || machine.lookup(value!, '__iter__') !== undefined;
    if (!isIterable || typeof value !== 'object') return tupleOf(Array.from({ length: count }, () => value!));
    const items = yield* machine.list(value);
    return items instanceof Unknown ? items : tupleOf(items);
  });
}

export function moduleHelpers(_nn: NN): readonly Native[] {
  return [
    repeating('_single', 1),
    repeating('_pair', 2),
    repeating('_triple', 3),
    repeating('_quadruple', 4),
    native('_ntuple', "n, name='parse'", ([count, name], machine) => {
      const number = numberOf(count!);
      return number === undefined || Number.isNaN(number)
        ? machine.unknown(l10n.t('the number of repetitions is not known'))
        : repeating(String(name), number);
    }),
    native('_reverse_repeat_tuple', 't, n', ([value, count]) =>
      tupleOf(
        [...(listOf(value!) ?? [])]
          .reverse()
          .flatMap(each => Array.from({ length: numberOf(count!) ?? 1 }, () => each)),
      ),
    ),
    native('_list_with_default', 'out_size, defaults', ([value, defaults], machine) => {
      const sizes = listOf(value!);
      if (!sizes) return value!;
      const list = listOf(defaults!) ?? [];
      if (list.length <= sizes.length) {
        throw machine.raise('ValueError', `Input dimension should be at least ${sizes.length + 1}`);
      }
      const last = list.slice(-sizes.length);
      return new PyList(sizes.map((size, at) => (size === null ? last[at]! : size)));
    }),
    native('consume_prefix_in_state_dict_if_present', 'state_dict, prefix', () => null),
  ];
}

export function utilities(nn: NN): readonly Native[] {
  return [
    native('clip_grad_norm_', 'parameters, max_norm, *args, **kwargs', () => nn.world.tensor([])),
    native('clip_grad_norm', 'parameters, max_norm, *args, **kwargs', () => nn.world.tensor([])),
    native('clip_grad_value_', 'parameters, clip_value, *args, **kwargs', () => null),
    nativeSteps('skip_init', 'module_cls, *args, **kwargs', function* ([cls, args, keywords], machine): Steps {
      return yield* machine.call(cls!, itemsOf(args), keywordsOf(keywords));
    }),
    native('fuse_conv_bn_eval', 'conv, bn, transpose=False', ([given], machine) => {
      const fused = moduleOf(deepCopy(moduleOf(given, machine)), machine);
      addBias(nn, fused, 'out_channels');
      return fused;
    }),
    native('fuse_linear_bn_eval', 'linear, bn', ([given], machine) => {
      const fused = moduleOf(deepCopy(moduleOf(given, machine)), machine);
      addBias(nn, fused, 'out_features');
      return fused;
    }),
    nativeSteps('parameters_to_vector', 'parameters', function* ([parameters], machine): Steps {
      const items = yield* machine.list(parameters!);
      if (items instanceof Unknown) return items;
      return nn.world.tensor([Number.NaN], 'float32', {
        message: l10n.t('the size of all parameters together is not known'),
      });
    }),
    native('vector_to_parameters', 'vec, parameters', () => null),
    nativeSteps(
      'data_parallel',
      'module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None',
      function* ([module, inputs, , , , keywords], machine): Steps {
        const args: readonly Value[] = inputs instanceof PyTuple ? inputs.items : [inputs!];
        return yield* machine.call(module!, args, keywordsOf(keywords));
      },
    ),
  ];
}

/** What a fused layer gets where it had none. */
function addBias(nn: NN, module: ReturnType<typeof moduleOf>, size: string): void {
  if (module.attribute('bias')) return;
  const length = numberOf(module.attribute(size) ?? null) ?? Number.NaN;
  const bias = nn.parameter(nn.world.tensor([length]));
  bias.role = 'biases';
  module.register('parameters', 'bias', bias);
}
