// torch/nn/modules/sparse.py: embeddings.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../../../../python/machine.ts';
import { PyClassMethod, type Steps, type Value } from '../../../../python/objects.ts';
import { PyTensor } from '../../tensor.ts';
import { tensorOf } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { embed, embedBags } from '../kernels/linear.ts';
import { moduleOf } from '../module.ts';
import { flag, nativeSteps } from '../natives.ts';
import type { NN } from '../state.ts';
import { type Arguments, callerOf, firstSize, type LayerClass, learn, need, size, tensor } from './spec.ts';

function construct(self: ModuleInstance, { num_embeddings, embedding_dim, _weight }: Arguments, nn: NN): void {
  const shape = [firstSize(num_embeddings!, 'num_embeddings', nn), size(embedding_dim!, 'embedding_dim', nn)];
  const given = _weight instanceof PyTensor ? _weight.shape : undefined;
  learn(self, 'weight', given ?? shape, 'weights', nn, num_embeddings!, embedding_dim!);
}

/** A class method that takes the weights in place of their sizes. */
function fromPretrained(nn: NN, more: string): Value {
  return new PyClassMethod(
    nativeSteps(
      'from_pretrained',
      `cls, embeddings, freeze=True${more}`,
      function* ([cls, embeddings, freeze], machine: Machine): Steps {
        const { shape } = tensorOf(nn, embeddings, 'embeddings');
        if (!shape) return machine.unknown(l10n.t('the shape of pretrained embeddings is not known'));
        const module = moduleOf(yield* machine.call(cls!, [shape[0]!, shape[1]!]), machine);
        for (const [, weight] of module.ownParameters()) weight.requiresGrad = !flag(freeze!, true);
        return module;
      },
    ),
  );
}

const pretrained = ', padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False';

export const embeddings: readonly LayerClass[] = [
  {
    name: 'Embedding',
    file: 'sparse',
    summary: () => l10n.t('Looks up a learned vector for each index.'),
    init: 'num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None',
    hidden: ['_weight', '_freeze'],
    construct,
    forward: (self, [input], nn) => embed(nn, callerOf(self), tensorOf(nn, input), tensor(self, 'weight', nn)),
    members: nn => ({ from_pretrained: fromPretrained(nn, pretrained) }),
  },
  {
    name: 'EmbeddingBag',
    file: 'sparse',
    summary: () => l10n.t('Looks up learned vectors and reduces each bag of them to one.'),
    init: "num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None",
    hidden: ['_weight'],
    construct,
    input: 'input, offsets=None, per_sample_weights=None',
    forward: (self, [input, offsets], nn) =>
      embedBags(
        nn,
        callerOf(self),
        tensorOf(nn, input),
        tensor(self, 'weight', nn),
        offsets ?? null,
        need(self, 'include_last_offset', nn.machine),
      ),
    members: nn => ({
      from_pretrained: fromPretrained(
        nn,
        ", max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode='mean', sparse=False, include_last_offset=False, padding_idx=None",
      ),
    }),
  },
];
