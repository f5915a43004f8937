// The layers without parameters that torch.nn shares with the other formats, as classes of Python.

import * as ops from '../../../../ops/index.ts';
import { PyFloat, PyList, PyTuple, plain, Unknown, type Value } from '../../../../python/objects.ts';
import type { PyValue } from '../../../../python/value.ts';
import type { AnyLayer } from '../../../layer.ts';
import { nn as known } from '../../../nn/index.ts';
import type { Param } from '../../../signature.ts';
import { PyTensor } from '../../tensor.ts';
import { apply, type Caller, tensorOf, unknownResult } from '../apply.ts';
import type { ModuleInstance } from '../instance.ts';
import { itemsOf, numberOf } from '../natives.ts';
import { runLayer } from '../recorded.ts';
import type { NN } from '../state.ts';
import { callerOf, type LayerClass, need } from './spec.ts';

/** A layer by its name in the table of all formats. */
export function layerNamed(name: string): AnyLayer {
  const layer = known.get(`nn.${name}`);
  if (!layer) throw new Error(`torch.nn.${name} is not in the table.`);
  return layer;
}

export function shared(name: string, file: string, base?: string): LayerClass {
  const layer = layerNamed(name);
  return {
    name,
    file,
    ...(base === undefined ? {} : { base }),
    summary: layer.summary,
    init: signatureOf(layer),
    forward: (self, [input], nn) => run(nn, self, layer, input!),
  };
}

function run(nn: NN, self: ModuleInstance, layer: AnyLayer, input: Value): Value {
  const given = tensorOf(nn, input);
  const { x, undo } = images(nn, callerOf(self), layer, given);
  const args: Record<string, PyValue> = {};
  for (const [name, { kind }] of Object.entries<Param>(layer.params)) {
    const value = need(self, name, nn.machine);
    if (value instanceof Unknown && kind !== 'any') return unknownResult(nn, value, [x]);
    if ((kind === 'int' || kind === 'ints') && [value, ...itemsOf(value)].some(each => plain(each) instanceof PyFloat))
      throw nn.machine.raise('TypeError', `${callerOf(self).name}: '${name}' must be int, not float`);
    const simple = simpleOf(value);
    if (simple !== undefined) args[name] = simple;
  }
  const result = runLayer(nn, callerOf(self), layer, [x], args)[0]!;
  if (args['inplace'] === true) nn.world.overwrites(result, x);
  return undo(result);
}

/** Layers that work on images alone take any axes before channels in torch: they are one batch. */
export function images(
  nn: NN,
  caller: Caller,
  { name }: AnyLayer,
  x: PyTensor,
): { readonly x: PyTensor; readonly undo: (y: PyTensor) => PyTensor } {
  const { shape } = x;
  if (!/^nn\.Pixel/.test(name) || !shape || shape.length === 4 || shape.length < 3) return { x, undo: y => y };
  const lead = shape.slice(0, -3);
  const batch = lead.reduce((product, length) => product * length, 1);
  return {
    x: apply(nn, caller, ops.reshape, { shape: [batch, ...shape.slice(-3)] }, [x]),
    undo: y => (y.shape ? apply(nn, caller, ops.reshape, { shape: [...lead, ...y.shape.slice(1)] }, [y]) : y),
  };
}

/** The signature as Python writes it. */
export function signatureOf({ params }: AnyLayer): string {
  return Object.entries<Param>(params)
    .map(([name, { default: value }]) => (value === undefined ? name : `${name}=${written(value)}`))
    .join(', ');
}

function written(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  return String(value);
}

/** A value as layers take it; undefined for what they never read. */
export function simpleOf(given: Value): PyValue | undefined {
  const value = plain(given);
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PyFloat) return value.value;
  if (value instanceof PyTuple || value instanceof PyList) {
    const items = value.items.map(simpleOf);
    return items.some(item => item === undefined) ? undefined : (items as readonly PyValue[]);
  }
  if (value instanceof PyTensor || value instanceof Unknown) return numberOf(value);
  return undefined;
}
