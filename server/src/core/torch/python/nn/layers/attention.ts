// torch/nn/modules/activation.py: MultiheadAttention.
import * as l10n from '@vscode/l10n';
import { PyTensor } from '../../tensor.ts';
import { tensorOf } from '../apply.ts';
import { ModuleInstance } from '../instance.ts';
import { multiHead } from '../kernels/attention.ts';
import { flag, numberOf, unknownIn } from '../natives.ts';
import { tensorsIn } from '../state.ts';
import { callerOf, type LayerClass, lacks, learn, need, size } from './spec.ts';

export const attentions: readonly LayerClass[] = [
  {
    name: 'MultiheadAttention',
    file: 'activation',
    summary: () => l10n.t('Multi-head attention: every query attends to all keys.'),
    init: 'embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None',
    hidden: ['bias', 'add_bias_kv'],
    construct: (self, args, nn) => {
      const embed = size(args.embed_dim!, 'embed_dim', nn);
      const heads = size(args.num_heads!, 'num_heads', nn);
      if (embed <= 0 || heads <= 0) {
        throw nn.machine.raise(
          'ValueError',
          `embed_dim and num_heads must be greater than 0, got embed_dim=${embed} and num_heads=${heads} instead`,
        );
      }
      if (embed % heads > 0) throw nn.machine.raise('AssertionError', 'embed_dim must be divisible by num_heads');
      const kdim = args.kdim === null ? embed : size(args.kdim!, 'kdim', nn);
      const vdim = args.vdim === null ? embed : size(args.vdim!, 'vdim', nn);
      const isSame = kdim === embed && vdim === embed;
      self.set('kdim', kdim);
      self.set('vdim', vdim);
      self.set('_qkv_same_embed_dim', isSame);
      self.set('head_dim', embed / heads);
      const why = unknownIn(args.embed_dim!, args.kdim!, args.vdim!) ?? null;
      if (isSame || Number.isNaN(embed)) {
        learn(self, 'in_proj_weight', [3 * embed, embed], 'weights', nn, why);
        lacks(self, 'q_proj_weight', 'k_proj_weight', 'v_proj_weight');
      } else {
        learn(self, 'q_proj_weight', [embed, embed], 'weights', nn, why);
        learn(self, 'k_proj_weight', [embed, kdim], 'weights', nn, why);
        learn(self, 'v_proj_weight', [embed, vdim], 'weights', nn, why);
        lacks(self, 'in_proj_weight');
      }
      const biased = flag(args.bias!, true);
      if (biased) learn(self, 'in_proj_bias', [3 * embed], 'biases', nn, why);
      else lacks(self, 'in_proj_bias');
      const out = nn.make('NonDynamicallyQuantizableLinear', {
        in_features: args.embed_dim!,
        out_features: args.embed_dim!,
        bias: biased,
      });
      out.construct = self.construct;
      self.register('children', 'out_proj', out);
      if (flag(args.add_bias_kv!)) {
        learn(self, 'bias_k', [1, 1, embed], 'biases', nn, why);
        learn(self, 'bias_v', [1, 1, embed], 'biases', nn, why);
      } else {
        for (const name of ['bias_k', 'bias_v']) self.set(name, null);
      }
    },
    input:
      'query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
    forward: (self, [query, key, value, , needs, , averages], nn) => {
      const of = (name: string): number => numberOf(need(self, name, nn.machine)) ?? Number.NaN;
      const out = self.attribute('out_proj');
      const own = self
        .ownParameters()
        .filter(([name]) => !name.startsWith('bias_'))
        .map(([, each]) => each);
      const last = out instanceof ModuleInstance ? [out.attribute('weight'), out.attribute('bias')] : [];
      const appended = [self.attribute('bias_k'), self.attribute('bias_v')].flatMap(each => tensorsIn(each ?? null));
      return multiHead(
        nn,
        callerOf(self),
        [tensorOf(nn, query, 'query'), tensorOf(nn, key, 'key'), tensorOf(nn, value, 'value')],
        {
          heads: of('num_heads'),
          embed: of('embed_dim'),
          kdim: of('kdim'),
          vdim: of('vdim'),
          parameters: [...own, ...last.filter(each => each instanceof PyTensor)],
          hasBias: self.attribute('in_proj_bias') instanceof PyTensor,
          appended,
          zero: flag(need(self, 'add_zero_attn', nn.machine)),
          batchFirst: flag(need(self, 'batch_first', nn.machine)),
          weights: flag(needs!, true) ? (flag(averages!, true) ? 'average' : 'heads') : 'none',
        },
      );
    },
  },
];
