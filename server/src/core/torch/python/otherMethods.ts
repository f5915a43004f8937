// Methods of tensors that PyTorch has and Flopline does not know. A program that calls one is right, and what the call gives
// is unknown; any other name is an AttributeError of its author's.
import * as l10n from '@vscode/l10n';
import { reasonOf } from '../../text/reason.ts';
import type { Registry } from './call.ts';

/** As PyTorch 1.13 lists them, without those that Flopline knows. */
export const otherMethods: ReadonlySet<string> = new Set(
  `addbmm_ addmv_ addr_ align_as align_to apply_ as_strided_ as_strided_scatter as_subclass ccol_indices chalf
  cholesky_inverse cholesky_solve col_indices   corrcoef cov crow_indices dense_dim dequantize diagflat eig frexp geqrf hardshrink has_names   histogram i0 i0_ igamma igamma_ igammac igammac_ index_reduce index_reduce_ indices int_repr ipu is_coalesced
  is_conj is_distributed is_neg is_nonzero is_pinned is_same_size is_set_to is_shared isreal kron   ldexp ldexp_ logdet lstsq lu lu_solve map2_ map_ mvlgamma mvlgamma_ narrow_copy
  new_empty_strided orgqr ormqr polygamma polygamma_ prelu put put_ q_per_channel_axis
  q_per_channel_scales q_per_channel_zero_points q_scale q_zero_point qr qscheme record_stream refine_names
  reinforce rename rename_ renorm renorm_ resize resize_as resize_as_ resize_as_sparse_ row_indices smm solve
  sparse_dim sparse_mask sparse_resize_ sparse_resize_and_clear_ sspaddmm storage storage_type sum_to_size swapdims_
  symeig to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr
  triangular_solve unsafe_chunk unsafe_split unsafe_split_with_sizes values `.split(/\s+/),
);

export function defineOthers(registry: Registry): void {
  for (const name of otherMethods) {
    registry.method(name, 'input, *args', call =>
      call.lost(reasonOf(l10n.t('Flopline does not know {0}.', `Tensor.${name}`))),
    );
  }
}
