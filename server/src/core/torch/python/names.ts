// Names of torch's modules that Flopline does not know.
import * as l10n from '@vscode/l10n';
import { Unknown } from '../../python/objects.ts';

/** What a module of torch may have under a name. */
export function unknownName(module: string, name: string): Unknown | undefined {
  // Dunder names are Python's own.
  if (name.startsWith('__')) return undefined;
  return new Unknown({ message: l10n.t('Flopline does not know {0}.', `${module}.${name}`) }, undefined, 'name');
}

/**
 * Where Flopline knows all that people use, a name that PyTorch does not have is an error. These are what it has besides, for
 * its own use or seldom used.
 */
const besides: Readonly<Record<string, string>> = {
  'torch.nn': 'AdaptiveLogSoftmaxWithLoss factory_kwargs grad intrinsic qat quantizable quantized',
  'torch.nn.modules': 'AdaptiveLogSoftmaxWithLoss lazy',
  'torch.nn.init': 'Callable Literal ParamSpec Tensor TypeVar math torch warnings',
  'torch.nn.functional': `BroadcastingList1 BroadcastingList2 BroadcastingList3 Callable DType
    GRID_SAMPLE_INTERPOLATION_MODES GRID_SAMPLE_PADDING_MODES List Optional ScalingType SwizzleType TYPE_CHECKING Tensor Tuple
    Union assert_int_or_pair boolean_dispatch conv_tbc fractional_max_pool2d_with_indices fractional_max_pool3d_with_indices
    grad grouped_mm handle_torch_function has_torch_function has_torch_function_unary has_torch_function_variadic importlib
    math native_channel_shuffle np pdist reproducibility_notes scaled_grouped_mm scaled_mm sparse_support_notes sym_int
    tf32_notes torch triplet_margin_with_distance_loss utils warnings`,
};
const known = new Map(Object.entries(besides).map(([module, names]) => [module, new Set(names.split(/\s+/))]));

/** What a module of torch.nn has under a name that Flopline does not know; undefined where PyTorch has none. */
export function unknownLayer(module: string, name: string): Unknown | undefined {
  const names = known.get(module);
  return !names || names.has(name) || name.startsWith('_') ? unknownName(module, name) : undefined;
}
