// Attention inside windows of the map (Swin), as torchvision and the repositories that copied it have it.
import type { Tensor } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Scope } from '../layer.ts';
import { permute, reshape, sizesOf, split } from '../tensor.ts';

export interface Window {
  /** Channels. */
  readonly c: number;
  readonly heads: number;
  /** Side of a window. */
  readonly size: number;
  /** How far the windows are shifted; 0 is not. */
  readonly shift: number;
}

/** window_partition: [1, H, W, C] → [windows, size², C]. */
export function partition(scope: Scope, x: Tensor, c: number, h: number, w: number, size: number): Tensor {
  const cut = reshape(scope, x, [1, h / size, size, w / size, size, c]);
  return reshape(scope, permute(scope, cut, 0, 1, 3, 2, 4, 5), [(h / size) * (w / size), size * size, c]);
}

/** [windows, N, 3C] → queries, keys and values, each [windows, heads, N, C/heads]. */
export function threeOf(scope: Scope, qkv: Tensor, { c, heads }: Window): readonly [Tensor, Tensor, Tensor] {
  const [windows, places] = sizesOf(qkv, 3) as [number, number];
  const cut = permute(scope, reshape(scope, qkv, [windows, places, 3, heads, c / heads]), 2, 0, 3, 1, 4);
  const parts = split(scope, cut, [1, 1, 1], 0);
  return parts.map(part => reshape(scope, part, [windows, heads, places, c / heads])) as [Tensor, Tensor, Tensor];
}

/** The bias of each pair of places in a window, looked up in a table of relative positions: [heads, N, N]. */
export function lookedUp(scope: Scope, table: Tensor, { heads, size }: Window): Tensor {
  const places = size * size;
  const chosen = scope.builder.add(ops.indexSelect, { axis: 0, count: places * places }, table);
  return permute(scope, reshape(scope, chosen, [places, places, heads]), 2, 0, 1);
}
