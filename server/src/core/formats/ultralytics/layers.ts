// What all YOLO repositories have beside torch.nn: their padding, their rounding, and activations by default.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import { evaluated } from '../../python/expression.ts';
import type { PyValue } from '../../python/value.ts';
import { type AnyLayer, only, type Size, spread } from '../../torch/layer.ts';
import { construct, type Module } from '../../torch/module.ts';
import { activations, PReLU, type PreluArgs, prelu } from '../../torch/nn/activation.ts';
import { Conv2d } from '../../torch/nn/conv.ts';
import { Identity } from '../../torch/nn/linear.ts';
import { BatchNorm2d } from '../../torch/nn/norm.ts';
import { type Arg, type Bound, bind } from '../../torch/signature.ts';
import type { Scope } from './module.ts';

/** autopad of all YOLO repositories: half the dilated kernel, unless padding is given. */
export function autopad(k: Size, p: Size | string | null = null, d: Size = 1): Size | string {
  if (p !== null) return p;
  if (typeof k === 'number' && d === 1) return Math.floor(k / 2);
  const dilation = spread(d);
  return spread(k).map((size, axis) => Math.floor((dilation[axis]! * (size - 1) + 1) / 2));
}

/** make_divisible(x, 8) of all YOLO repositories: up to the next multiple. */
export function makeDivisible(value: number, divisor = 8): number {
  return Math.ceil(value / divisor) * divisor;
}

/** nn.Conv2d(c1, c2, k) for `idle`. */
export function idleConv2d(c1: number, c2: number, k: Size = 1, bias = true): Module {
  return construct(Conv2d, { in_channels: c1, out_channels: c2, kernel_size: k, bias });
}

/** A Conv (convolution without bias, batch norm) for `idle`. */
export function idleConv(c1: number, c2: number, k: Size = 1): readonly Module[] {
  return [idleConv2d(c1, c2, k, false), construct(BatchNorm2d, { num_features: c2 })];
}

/**
 * An activation as a module is given one: True is the default, text is a constructor (`nn.ReLU()`), all else none
 * (Conv.__init__: `act if isinstance(act, nn.Module) else nn.Identity()`).
 */
export function activate(scope: Scope, x: Tensor, act: PyValue, byDefault: PyValue = scope.activation): Tensor {
  const chosen = act === true ? byDefault : act;
  if (typeof chosen !== 'string') return x;
  const { layer, bound } = constructorOf(chosen);
  if (!layer || !bound?.values) {
    const refused = bound?.refused?.message;
    const why =
      refused === undefined
        ? {
            message: l10n.t('The activation “{0}” is not known, so neither is its cost.', chosen),
            short: l10n.t('unknown activation'),
          }
        : { message: refused };
    return scope.builder.unknown(why, [x], x.shape);
  }
  if (layer !== PReLU || act !== true) return only([layer.forward(scope, [x], bound.values)]);
  // One instance serves all convolutions: its slope is there once.
  const y = prelu(scope, x, bound.values as unknown as PreluArgs, { shares: scope.sharedActivation });
  scope.sharedActivation ??= y.node;
  return y;
}

interface Constructor {
  readonly layer: AnyLayer | undefined;
  readonly bound?: Bound;
}

const byName: ReadonlyMap<string, AnyLayer> = new Map([Identity, ...activations].map(each => [each.name, each]));
const constructors = new Map<string, Constructor>();

/** `nn.LeakyReLU(0.1)` taken apart, once for each text. */
function constructorOf(text: string): Constructor {
  let known = constructors.get(text);
  if (!known) {
    const [, name = '', list = ''] = /^(?:torch\.)?(nn\.\w+)\(([^()]*)\)$/.exec(text.trim()) ?? [];
    const layer = byName.get(name);
    const args: Arg[] = [];
    const keywords = new Map<string, Arg>();
    for (const item of list.split(',').filter(each => each.trim() !== '')) {
      const [, keyword, value = ''] = /^\s*(?:(\w+)\s*=)?\s*(.*)$/s.exec(item) ?? [];
      const arg = { value: evaluated(value, undefined) ?? value };
      if (keyword === undefined) args.push(arg);
      else keywords.set(keyword, arg);
    }
    known = layer ? { layer, bound: bind(layer, args, { keywords }) } : { layer };
    if (constructors.size > 256) constructors.clear();
    constructors.set(text, known);
  }
  return known;
}
