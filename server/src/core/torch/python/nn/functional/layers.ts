// torch.nn.functional: what layers with weights, norms and pools do, with everything given.
import * as l10n from '@vscode/l10n';
import * as ops from '../../../../ops/index.ts';
import type { Native, Value } from '../../../../python/objects.ts';
import { apply, functionNamed, optionalTensor, tensorOf, unknownResult } from '../apply.ts';
import { convolve, convolveTransposed } from '../kernels/conv.ts';
import { bilinear, embed, embedBags, linear } from '../kernels/linear.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from '../kernels/norm.ts';
import { adaptivePool, avgPool, fractionalMaxPool, lpPool, maxPool, maxUnpool } from '../kernels/pool.ts';
import { flag, native, numberOf, sizesOf, unknownIn } from '../natives.ts';
import type { NN } from '../state.ts';

const ranks = [1, 2, 3] as const;

export function weighted(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what = 'input') => tensorOf(nn, value, what);
  const optional = (value: Value | undefined, what: string) => optionalTensor(nn, value, what);
  return [
    ...ranks.flatMap(rank => [
      native(
        `conv${rank}d`,
        'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
        ([x, weight, bias, stride, padding, dilation, groups]) =>
          convolve(nn, functionNamed(`conv${rank}d`), of(x), rank, {
            weight: of(weight, 'weight'),
            bias: optional(bias, 'bias'),
            stride: stride!,
            padding: padding!,
            dilation: dilation!,
            groups: groups!,
          }),
      ),
      native(
        `conv_transpose${rank}d`,
        'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
        ([x, weight, bias, stride, padding, outputPadding, groups, dilation]) =>
          convolveTransposed(nn, functionNamed(`conv_transpose${rank}d`), of(x), rank, {
            weight: of(weight, 'weight'),
            bias: optional(bias, 'bias'),
            stride: stride!,
            padding: padding!,
            outputPadding: outputPadding!,
            groups: groups!,
            dilation: dilation!,
          }),
      ),
    ]),
    native('linear', 'input, weight, bias=None', ([x, weight, bias]) =>
      linear(nn, functionNamed('linear'), of(x), of(weight, 'weight'), optional(bias, 'bias')),
    ),
    native('bilinear', 'input1, input2, weight, bias=None', ([a, b, weight, bias]) =>
      bilinear(nn, functionNamed('bilinear'), [of(a, 'input1'), of(b, 'input2')], of(weight), optional(bias, 'bias')),
    ),
    native(
      'embedding',
      'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
      ([x, weight]) => embed(nn, functionNamed('embedding'), of(x), of(weight, 'weight')),
    ),
    native(
      'embedding_bag',
      "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None",
      ([x, weight, offsets, , , , , , , last]) =>
        embedBags(nn, functionNamed('embedding_bag'), of(x), of(weight, 'weight'), offsets!, last!),
    ),
  ];
}

export function norms(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what = 'input') => tensorOf(nn, value, what);
  const scaling = (weight: Value | undefined, bias: Value | undefined) => ({
    weight: optionalTensor(nn, weight, 'weight'),
    bias: optionalTensor(nn, bias, 'bias'),
  });
  return [
    native(
      'batch_norm',
      'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
      ([x, mean, , weight, bias, training]) => {
        const features = optionalTensor(nn, mean, 'running_mean')?.shape?.[0];
        const stats = !flag(training!);
        if (stats && mean === null)
          throw nn.machine.raise(
            'RuntimeError',
            'Expected running_mean and running_var to be defined when training=False',
          );
        return batchNorm(nn, functionNamed('batch_norm'), of(x), scaling(weight, bias), {
          stats,
          ...(features === undefined ? {} : { features }),
        });
      },
    ),
    native(
      'instance_norm',
      'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
      ([x, , , weight, bias]) => instanceNorm(nn, functionNamed('instance_norm'), of(x), scaling(weight, bias)),
    ),
    native('layer_norm', 'input, normalized_shape, weight=None, bias=None, eps=1e-05', ([x, shape, weight, bias]) => {
      const why = unknownIn(shape!);
      if (why) return unknownResult(nn, why, [of(x)], of(x).shape);
      const sizes = sizesOf(shape!, 1, 'normalized_shape', nn.machine);
      return layerNorm(nn, functionNamed('layer_norm'), of(x), sizes, scaling(weight, bias));
    }),
    native('rms_norm', 'input, normalized_shape, weight=None, eps=None', ([x, shape, weight]) => {
      const why = unknownIn(shape!);
      if (why) return unknownResult(nn, why, [of(x)], of(x).shape);
      const sizes = sizesOf(shape!, 1, 'normalized_shape', nn.machine);
      return rmsNorm(nn, functionNamed('rms_norm'), of(x), sizes, optionalTensor(nn, weight, 'weight'));
    }),
    native('group_norm', 'input, num_groups, weight=None, bias=None, eps=1e-05', ([x, groups, weight, bias]) => {
      const why = unknownIn(groups!);
      if (why) return unknownResult(nn, why, [of(x)], of(x).shape);
      return groupNorm(nn, functionNamed('group_norm'), of(x), numberOf(groups!) ?? 1, scaling(weight, bias));
    }),
    native('local_response_norm', 'input, size, alpha=0.0001, beta=0.75, k=1.0', ([x, size]) => {
      const input = of(x);
      if (input.shape && input.shape.length < 3)
        throw nn.machine.raise(
          'ValueError',
          `Expected 3D or higher dimensionality input (got ${input.shape.length} dimensions)`,
        );
      return apply(nn, functionNamed('local_response_norm'), ops.lrn, { size: numberOf(size!) ?? Number.NaN }, [input]);
    }),
    native('normalize', 'input, p=2.0, dim=1, eps=1e-12, out=None', ([x, , dim]) => {
      const caller = functionNamed('normalize');
      const input = of(x);
      const axis = numberOf(dim!) ?? Number.NaN;
      if (unknownIn(dim!) || Number.isNaN(axis))
        return unknownResult(
          nn,
          unknownIn(dim!) ?? nn.machine.unknown(l10n.t('the axis is not known')),
          [input],
          input.shape,
        );
      if (input.shape?.length !== 1) return apply(nn, caller, ops.l2Norm, { axis }, [input]);
      const row = apply(nn, caller, ops.l2Norm, { axis: 1 }, [apply(nn, caller, ops.unsqueeze, { axis: 0 }, [input])]);
      return apply(nn, caller, ops.squeeze, { axis: 0 }, [row]);
    }),
  ];
}

export function pools(nn: NN): readonly Native[] {
  const of = (value: Value | undefined, what = 'input') => tensorOf(nn, value, what);
  return ranks.flatMap(rank => [
    ...[`max_pool${rank}d`, `max_pool${rank}d_with_indices`].map(name =>
      native(
        name,
        'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False',
        ([x, kernel, stride, padding, dilation, ceil, indices]) =>
          maxPool(nn, functionNamed(name), of(x), rank, {
            kernel: kernel!,
            stride: stride!,
            padding: padding!,
            dilation: dilation!,
            ceil: ceil!,
            indices: name.endsWith('indices') ? true : indices!,
          }),
      ),
    ),
    native(
      `avg_pool${rank}d`,
      `input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${rank === 1 ? '' : ', divisor_override=None'}`,
      ([x, kernel, stride, padding, ceil, includePadding]) =>
        avgPool(nn, functionNamed(`avg_pool${rank}d`), of(x), rank, {
          kernel: kernel!,
          stride: stride!,
          padding: padding!,
          ceil: ceil!,
          includePadding: includePadding!,
        }),
    ),
    native(
      `lp_pool${rank}d`,
      'input, norm_type, kernel_size, stride=None, ceil_mode=False',
      ([x, , kernel, stride, ceil]) =>
        lpPool(nn, functionNamed(`lp_pool${rank}d`), of(x), rank, { kernel: kernel!, stride: stride!, ceil: ceil! }),
    ),
    native(`adaptive_avg_pool${rank}d`, 'input, output_size', ([x, size]) =>
      adaptivePool(nn, functionNamed(`adaptive_avg_pool${rank}d`), of(x), rank, 'average', size!),
    ),
    ...[`adaptive_max_pool${rank}d`, `adaptive_max_pool${rank}d_with_indices`].map(name =>
      native(name, 'input, output_size, return_indices=False', ([x, size, indices]) =>
        adaptivePool(nn, functionNamed(name), of(x), rank, 'max', size!, name.endsWith('indices') ? true : indices!),
      ),
    ),
    native(
      `max_unpool${rank}d`,
      'input, indices, kernel_size, stride=None, padding=0, output_size=None',
      ([x, indices, kernel, stride, padding, size]) =>
        maxUnpool(
          nn,
          functionNamed(`max_unpool${rank}d`),
          of(x),
          of(indices, 'indices'),
          rank,
          { kernel: kernel!, stride: stride!, padding: padding! },
          size!,
        ),
    ),
    ...(rank === 1
      ? []
      : [
          native(
            `fractional_max_pool${rank}d`,
            'input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None',
            ([x, , size, ratio, indices]) =>
              fractionalMaxPool(nn, functionNamed(`fractional_max_pool${rank}d`), of(x), rank, {
                size: size!,
                ratio: ratio!,
                indices: indices!,
              }),
          ),
        ]),
  ]);
}
