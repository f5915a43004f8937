// torch/nn/modules/transformer.py.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../../../../python/machine.ts';
import { type Keywords, PyFloat, plain, type Steps, Unknown, type Value } from '../../../../python/objects.ts';
import { deepCopy } from '../copying.ts';
import { ModuleInstance } from '../instance.ts';
import { moduleOf } from '../module.ts';
import { flag, itemsOf, native, nativeSteps, numberOf, setEntry } from '../natives.ts';
import type { NN } from '../state.ts';
import { type Arguments, type LayerClass, need, size } from './spec.ts';

/** `_get_clones`: a list of deep copies. */
/** What a copy of a layer costs at least, beside an element of a list. */
const copyWork = 400;

function clones(nn: NN, self: ModuleInstance, given: Value, count: Value): ModuleInstance {
  const list = nn.create(nn.cls('ModuleList'));
  list.construct = self.construct;
  const type = nn.machine.typeOf(count)?.name ?? 'object';
  if (plain(count) instanceof PyFloat || numberOf(count) === undefined)
    throw nn.machine.raise('TypeError', `'${type}' object cannot be interpreted as an integer`);
  const number = numberOf(count)!;
  if (Number.isNaN(number)) {
    list.unknown = count instanceof Unknown ? count : nn.machine.unknown(l10n.t('the number of layers is not known'));
  } else {
    nn.machine.charge(number * copyWork);
    for (let at = 0; at < number; at++) setEntry(list.children, String(at), deepCopy(given));
  }
  return list;
}

function parts(nn: NN, self: ModuleInstance) {
  return (name: string, type: string, given: Readonly<Record<string, Value>>): void => {
    const child = nn.make(type, given);
    child.construct = self.construct;
    self.register('children', name, child);
  };
}

/** `activation`: a name of a function, a function or a module. */
function setActivation(nn: NN, self: ModuleInstance, value: Value): void {
  if (value instanceof ModuleInstance) self.register('children', 'activation', value);
  else if (value === 'relu' || value === 'gelu') self.set('activation', nn.functions.get(value)!);
  else if (typeof value === 'string') {
    throw nn.machine.raise('RuntimeError', `activation should be relu/gelu, not ${value}`);
  } else self.set('activation', value);
}

function constructLayer(self: ModuleInstance, args: Arguments, nn: NN, isDecoder: boolean): void {
  const model = args.d_model!;
  const inner = args.dim_feedforward!;
  size(model, 'd_model', nn);
  const add = parts(nn, self);
  const { dropout = 0.1, bias = true, batch_first: batchFirst = false, layer_norm_eps: eps = 1e-5, nhead = 1 } = args;
  const attention = { embed_dim: model, num_heads: nhead, dropout, bias, batch_first: batchFirst };
  const norm = { normalized_shape: model, eps, bias };
  add('self_attn', 'MultiheadAttention', attention);
  if (isDecoder) add('multihead_attn', 'MultiheadAttention', attention);
  add('linear1', 'Linear', { in_features: model, out_features: inner, bias });
  add('dropout', 'Dropout', { p: dropout });
  add('linear2', 'Linear', { in_features: inner, out_features: model, bias });
  const numbers = isDecoder ? [1, 2, 3] : [1, 2];
  for (const number of numbers) add(`norm${number}`, 'LayerNorm', norm);
  for (const number of numbers) add(`dropout${number}`, 'Dropout', { p: dropout });
  setActivation(nn, self, args.activation ?? nn.functions.get('relu')!);
}

const layerInit =
  'd_model, nhead, dim_feedforward=2048, dropout=0.1, activation=None, layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None';
const layerHidden = [
  'd_model',
  'nhead',
  'dim_feedforward',
  'dropout',
  'activation',
  'layer_norm_eps',
  'batch_first',
  'bias',
];

function keywords(given: Readonly<Record<string, Value>>): Keywords {
  return new Map(Object.entries(given));
}

/** Calls of a module's children and of its own methods, which a program may have changed. */
class Caller {
  readonly machine: Machine;
  readonly self: ModuleInstance;

  constructor(self: ModuleInstance, machine: Machine) {
    this.self = self;
    this.machine = machine;
  }

  *child(name: string, ...args: readonly Value[]): Steps {
    return yield* this.machine.call(need(this.self, name, this.machine), args);
  }

  *method(name: string, args: readonly Value[], named?: Keywords): Steps {
    return yield* this.machine.call(yield* this.machine.getAttribute(this.self, name), args, named);
  }

  *add(a: Value, b: Value): Steps {
    return yield* this.machine.binary('+', a, b);
  }

  /** The output of an attention alone. */
  *attend(name: string, args: readonly Value[], named: Keywords): Steps {
    const both = yield* this.machine.call(need(this.self, name, this.machine), args, named);
    return both instanceof Unknown ? both : (itemsOf(both)[0] ?? both);
  }

  *feedForward(last: string, x: Value): Steps {
    const inner = yield* this.child('linear1', x);
    const active = yield* this.machine.call(need(this.self, 'activation', this.machine), [inner]);
    const dropped = yield* this.child('dropout', active);
    return yield* this.child(last, yield* this.child('linear2', dropped));
  }
}

const selfAttention = (dropout: string, name = '_sa_block') =>
  nativeSteps(
    name,
    'self, x, attn_mask, key_padding_mask, is_causal=False',
    function* ([self, x, mask, padding, causal], machine): Steps {
      const at = new Caller(moduleOf(self, machine), machine);
      const named = keywords({ attn_mask: mask!, key_padding_mask: padding!, is_causal: causal!, need_weights: false });
      return yield* at.child(dropout, yield* at.attend('self_attn', [x!, x!, x!], named));
    },
  );

const crossAttention = () =>
  nativeSteps(
    '_mha_block',
    'self, x, mem, attn_mask, key_padding_mask, is_causal=False',
    function* ([self, x, memory, mask, padding, causal], machine): Steps {
      const at = new Caller(moduleOf(self, machine), machine);
      const named = keywords({ attn_mask: mask!, key_padding_mask: padding!, is_causal: causal!, need_weights: false });
      return yield* at.child('dropout2', yield* at.attend('multihead_attn', [x!, memory!, memory!], named));
    },
  );

const feedForward = (dropout: string) =>
  nativeSteps('_ff_block', 'self, x', function* ([self, x], machine): Steps {
    return yield* new Caller(moduleOf(self, machine), machine).feedForward(dropout, x!);
  });

/** Adds what `block` gives; normalizes before or after. */
function* residual(at: Caller, x: Value, norm: string, first: boolean, block: (x: Value) => Steps): Steps {
  if (first) return yield* at.add(x, yield* block(yield* at.child(norm, x)));
  return yield* at.child(norm, yield* at.add(x, yield* block(x)));
}

const encoderLayer: LayerClass = {
  name: 'TransformerEncoderLayer',
  file: 'transformer',
  summary: () => l10n.t('Self-attention and a feed-forward network, each with a residual sum and a norm.'),
  init: layerInit,
  hidden: layerHidden,
  construct: (self, args, nn) => constructLayer(self, args, nn, false),
  members: () => ({ _sa_block: selfAttention('dropout1'), _ff_block: feedForward('dropout2') }),
  input: 'src, src_mask=None, src_key_padding_mask=None, is_causal=False',
  forward: function* (self, [source, mask, padding, causal], nn): Steps {
    const at = new Caller(self, nn.machine);
    const first = flag(need(self, 'norm_first', nn.machine));
    const x = yield* residual(at, source!, 'norm1', first, y =>
      at.method('_sa_block', [y, mask!, padding!], keywords({ is_causal: causal! })),
    );
    return yield* residual(at, x, 'norm2', first, y => at.method('_ff_block', [y]));
  },
};

const decoderLayer: LayerClass = {
  name: 'TransformerDecoderLayer',
  file: 'transformer',
  summary: () =>
    l10n.t('Self-attention, attention to an encoder and a feed-forward network, each with a residual sum and a norm.'),
  init: layerInit,
  hidden: layerHidden,
  construct: (self, args, nn) => constructLayer(self, args, nn, true),
  members: () => ({
    _sa_block: selfAttention('dropout1'),
    _mha_block: crossAttention(),
    _ff_block: feedForward('dropout3'),
  }),
  input:
    'tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False',
  forward: function* (self, [target, memory, mask, memoryMask, padding, memoryPadding], nn): Steps {
    const at = new Caller(self, nn.machine);
    const first = flag(need(self, 'norm_first', nn.machine));
    const x = yield* residual(at, target!, 'norm1', first, y => at.method('_sa_block', [y, mask!, padding!]));
    const z = yield* residual(at, x, 'norm2', first, y =>
      at.method('_mha_block', [y, memory!, memoryMask!, memoryPadding!]),
    );
    return yield* residual(at, z, 'norm3', first, y => at.method('_ff_block', [y]));
  },
};

/** Calls all layers of a stack and the norm behind it. */
function* stacked(self: ModuleInstance, x: Value, args: readonly Value[], named: Keywords, machine: Machine): Steps {
  const layers = self.attribute('layers');
  if (layers instanceof ModuleInstance && layers.unknown) return yield* machine.call(layers.unknown, [x, ...args]);
  let y = x;
  for (const layer of yield* all(layers ?? null, machine)) y = yield* machine.call(layer, [y, ...args], named);
  const norm = self.attribute('norm') ?? null;
  return norm === null ? y : yield* machine.call(norm, [y]);
}

function* all(value: Value, machine: Machine): Steps<readonly Value[]> {
  const items = yield* machine.list(value);
  return items instanceof Unknown ? [items] : items;
}

function stack(self: ModuleInstance, args: Arguments, nn: NN, layer: string): void {
  self.register('children', 'layers', clones(nn, self, args[layer]!, args.num_layers!));
  const norm = args.norm ?? null;
  if (norm instanceof ModuleInstance) self.register('children', 'norm', norm);
  else self.set('norm', norm);
}

const encoder: LayerClass = {
  name: 'TransformerEncoder',
  file: 'transformer',
  summary: () => l10n.t('A stack of encoder layers.'),
  init: 'encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True',
  hidden: ['encoder_layer', 'norm'],
  construct: (self, args, nn) => stack(self, args, nn, 'encoder_layer'),
  input: 'src, mask=None, src_key_padding_mask=None, is_causal=None',
  forward: (self, [source, mask, padding], nn) => {
    // It looks at its first layer for a short cut.
    const layers = self.registered('layers');
    if (layers instanceof ModuleInstance && !layers.unknown && layers.children.entries.size === 0)
      throw nn.machine.raise('IndexError', 'index 0 is out of range');
    return stacked(self, source!, [], keywords({ src_mask: mask!, src_key_padding_mask: padding! }), nn.machine);
  },
};

const decoder: LayerClass = {
  name: 'TransformerDecoder',
  file: 'transformer',
  summary: () => l10n.t('A stack of decoder layers.'),
  init: 'decoder_layer, num_layers, norm=None',
  hidden: ['decoder_layer', 'norm'],
  construct: (self, args, nn) => stack(self, args, nn, 'decoder_layer'),
  input:
    'tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=None, memory_is_causal=False',
  forward: (self, [target, memory, mask, memoryMask, padding, memoryPadding], nn) =>
    stacked(
      self,
      target!,
      [memory!],
      keywords({
        tgt_mask: mask!,
        memory_mask: memoryMask!,
        tgt_key_padding_mask: padding!,
        memory_key_padding_mask: memoryPadding!,
      }),
      nn.machine,
    ),
};

const transformer: LayerClass = {
  name: 'Transformer',
  file: 'transformer',
  summary: () => l10n.t('An encoder and a decoder.'),
  init: 'd_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1, activation=None, custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None',
  hidden: [
    'num_encoder_layers',
    'num_decoder_layers',
    'dim_feedforward',
    'dropout',
    'activation',
    'custom_encoder',
    'custom_decoder',
    'layer_norm_eps',
    'norm_first',
    'bias',
  ],
  construct: (self, args, nn) => {
    const { d_model: model = 512, layer_norm_eps: eps = 1e-5, bias = true } = args;
    const layer = { ...args };
    for (const [name, type, count] of [
      ['encoder', 'TransformerEncoder', 'num_encoder_layers'],
      ['decoder', 'TransformerDecoder', 'num_decoder_layers'],
    ] as const) {
      const custom = args[`custom_${name}`] ?? null;
      if (custom instanceof ModuleInstance) {
        self.register('children', name, custom);
        continue;
      }
      if (custom !== null) {
        self.set(name, custom);
        continue;
      }
      const inner = nn.make(`${type}Layer`, layer);
      inner.construct = self.construct;
      const norm = nn.make('LayerNorm', { normalized_shape: model, eps, bias });
      norm.construct = self.construct;
      const whole = nn.make(type, { [`${name}_layer`]: inner, num_layers: args[count]!, norm });
      whole.construct = self.construct;
      for (const [, child] of whole.ownChildren()) child.construct = self.construct;
      self.register('children', name, whole);
    }
  },
  members: nn => ({
    generate_square_subsequent_mask: squareMask(nn),
    _reset_parameters: native('_reset_parameters', 'self', () => null),
  }),
  input:
    'src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None, tgt_is_causal=None, memory_is_causal=False',
  forward: function* (self, args, nn): Steps {
    const [source, target, sourceMask, targetMask, memoryMask, sourcePadding, targetPadding, memoryPadding] = args;
    const at = new Caller(self, nn.machine);
    const memory = yield* nn.machine.call(
      need(self, 'encoder', nn.machine),
      [source!],
      keywords({ mask: sourceMask!, src_key_padding_mask: sourcePadding! }),
    );
    return yield* at.machine.call(
      need(self, 'decoder', nn.machine),
      [target!, memory],
      keywords({
        tgt_mask: targetMask!,
        memory_mask: memoryMask!,
        tgt_key_padding_mask: targetPadding!,
        memory_key_padding_mask: memoryPadding!,
      }),
    );
  },
};

function squareMask(nn: NN): Value {
  const method = native('generate_square_subsequent_mask', 'sz, device=None, dtype=None', ([size]) => {
    const length = numberOf(size!) ?? Number.NaN;
    return nn.world.tensor([length, length], 'float32');
  });
  method.isStatic = true;
  return method;
}

export const transformers: readonly LayerClass[] = [encoderLayer, decoderLayer, encoder, decoder, transformer];
