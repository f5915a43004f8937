// Fixes for mismatches between rows.
import * as l10n from '@vscode/l10n';
import { type GraphNode, type Tensor, useOf } from '../../graph/graph.ts';
import type { Shape } from '../../ops/index.ts';
import { addedEntries, insertedItems, spotOf } from '../../syntax/lists.ts';
import { type Mapping, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Fix, Problem } from '../../text/problem.ts';
import { contains, type Range } from '../../text/range.ts';
import type { Spec } from '../format.ts';

/** Adds a 1×1 projection to a sum whose terms have different channels. */
export function repairsOf(text: string, root: YamlNode | undefined, problem: Problem, { graph }: Spec): readonly Fix[] {
  if (problem.code !== 'broadcast-mismatch') return [];
  const sums = graph.nodes.filter(node => disagree(node) && isAt(node, problem.range));
  const [first] = sums;
  const site = first && useOf(first.frame);
  const spot = site && spotOf(root, site);
  if (!first || spot?.item.kind !== 'mapping') return [];
  const isResidual = first.frame.type === 'residual';
  const layers = sums.map(sum => projection(sum, isResidual));
  const [layer] = layers;
  // The same row may be used with several widths.
  if (layer === undefined || layers.some(other => other !== layer)) return [];
  const edits = isResidual
    ? withShortcut(text, spot.item, layer)
    : readsFlow(spot.item)
      ? insertedItems(text, spot, [layer], comment => comment.includes('flopline'))
      : undefined;
  if (!edits) return [];
  const title = isResidual
    ? l10n.t('Project the shortcut with a 1×1 convolution')
    : l10n.t('Project the input with a 1×1 convolution');
  return [{ title, edits, isGuess: true }];
}

/** Whether the error is in the sum itself: its terms are known, but its output is not. */
function disagree({ op, why, inputs }: GraphNode): boolean {
  return op.name === 'add' && why !== undefined && inputs.every(term => term.why === undefined);
}

function isAt({ frame }: GraphNode, range: Range): boolean {
  const site = useOf(frame);
  return site !== undefined && contains(site, range);
}

/** The convolution that gives one term the shape of the other; undefined if there is none. */
function projection({ inputs }: GraphNode, isResidual: boolean): string | undefined {
  if (inputs.length !== 2) return undefined;
  const [a, b] = inputs.map(({ shape }) => shape);
  const [from, to] = isResidual ? [b, a] : [a, b];
  if (!from || !to || from.length !== to.length || to.length < 3 || from[1] === to[1]) return undefined;
  // With three axes, the second one may be tokens, which a convolution must not mix.
  if (to.length === 3 && !inputs.some(isSignal)) return undefined;
  const strides = from.slice(2).map((length, axis) => strideTo(length, to[axis + 2]!));
  if (strides.includes(undefined)) return undefined;
  const [stride] = strides;
  const text = strides.every(step => step === stride) ? String(stride) : `[${strides.join(', ')}]`;
  return `conv: {out: ${to[1]}, kernel: 1${text === '1' ? '' : `, stride: ${text}`}}`;
}

/** Whether the second axis is channels: the tensor comes from a convolution, through operators with one input. */
function isSignal({ node }: Tensor): boolean {
  for (let at: GraphNode | undefined = node; at; at = at.inputs[0]?.node) {
    if (at.op.name.startsWith('conv')) return true;
    if (at.inputs.length !== 1 || !['norm', 'activation', 'pool'].includes(at.op.kind)) return false;
  }
  return false;
}

/** The stride with which a 1×1 window gives this many positions. */
function strideTo(from: Shape[number], to: number): number | undefined {
  const stride = Math.ceil(from / to);
  return Math.ceil(from / stride) === to ? stride : undefined;
}

function withShortcut(text: string, row: Mapping, layer: string): readonly TextEdit[] | undefined {
  const main = row.entries.find(({ key }) => key.kind === 'scalar' && key.text === 'residual');
  const own = resolved(main?.value);
  const keys = [...row.entries, ...(own?.kind === 'mapping' ? own.entries : [])];
  if (!main || keys.some(({ key }) => key.kind === 'scalar' && key.text === 'shortcut')) return undefined;
  const target = main.value.kind === 'mapping' ? main.value : row;
  // A pair in a flow list has no braces to which another one could be added.
  if (target === row && row.flow && text[row.from] !== '{') return undefined;
  const edit = addedEntries(text, target, [`shortcut: [${layer}]`]);
  return edit && [edit];
}

/** Whether the first term is the previous output. */
function readsFlow({ entries }: Mapping): boolean {
  const [main] = entries;
  const target = resolved(main?.value);
  if (entries.length !== 1 || !target) return false;
  if (target.kind === 'scalar') return true;
  const first = target.kind === 'sequence' ? resolved(target.items[0]) : undefined;
  return first?.kind === 'scalar' && (scalarValue(first) === -1 || first.text === 'previous');
}
