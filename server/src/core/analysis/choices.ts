// Work on rows that values select, which together are as many as the numbers that were chosen: how much it is at most, and
// where it is the same whichever are chosen.
import * as l10n from '@vscode/l10n';
import { type GraphNode, isSamePart, numbersOfRows, type Part, type Picks, type Tensor } from '../graph/graph.ts';
import type { Shape } from '../ops/op.ts';
import type { Reason } from '../text/reason.ts';

/** What is done for each index that is a number. */
export interface Choice {
  readonly of: Picks;
  readonly number: number;
  readonly each: number;
  readonly isExact: boolean;
}

/** A choice, and the node that it belongs to. */
export interface NodeChoice extends Choice {
  readonly id: number;
}

/**
 * What a node does for each index that is a number, where that is all that it does. `cost` is asked for the node with some
 * numbers of rows.
 */
export function choiceOf(node: GraphNode, cost: (node: GraphNode) => number): Omit<Choice, 'id'> | undefined {
  let part: Part | undefined;
  let isExact = true;
  const fits = (own: Part | undefined): boolean => {
    if (!own || (part && !isSamePart(own, part))) return false;
    part = own;
    isExact &&= own.isExact;
    return true;
  };
  let hasRows = false;
  for (const { most, rows } of [...node.inputs, ...node.outputs]) {
    if (!most) continue;
    if (!fits(rows?.part)) return undefined;
    hasRows = true;
  }
  for (let guard = node.guard; guard; guard = guard.outer) if (!fits(guard.part)) return undefined;
  if (!part) return undefined;
  const { of, number } = part;
  if (!hasRows) return of.most === 1 ? { of, number, each: cost(node), isExact } : undefined;
  const each = cost(withRows(node, 0));
  const isLinear = each >= 0 && numbersOfRows.every((rows, at) => cost(withRows(node, at)) === rows * each);
  return isLinear ? { of, number, each, isExact } : undefined;
}

function withRows(node: GraphNode, at: number): GraphNode {
  const own = (tensor: Tensor): Tensor => {
    const { node: from, port, rows } = tensor;
    const shape: Shape | undefined = rows?.shapes[at];
    return shape ? { node: from, port, shape, why: undefined } : tensor;
  };
  const { id, op, attrs, frame, shares, functional, derived, training, why } = node;
  const [inputs, outputs] = [node.inputs.map(own), node.outputs.map(own)];
  return { id, op, attrs, inputs, outputs, frame, shares, functional, derived, training, why };
}

/** The sum of choices; an upper bound where it depends on which numbers are chosen. */
export function sumOfChoices(choices: readonly Choice[]): { readonly value: number; readonly isBounded: boolean } {
  const byPicks = new Map<Picks, Map<number, { each: number; isExact: boolean }>>();
  for (const { of, number, each, isExact } of choices) {
    const numbers = byPicks.get(of) ?? new Map<number, { each: number; isExact: boolean }>();
    byPicks.set(of, numbers);
    const there = numbers.get(number);
    if (!there) numbers.set(number, { each, isExact });
    else {
      there.each += each;
      there.isExact &&= isExact;
    }
  }
  let value = 0;
  let isBounded = false;
  for (const [{ count, range, most }, numbers] of byPicks) {
    const all = [...numbers.values()].sort((a, b) => b.each - a.each);
    const first = all[0]!.each;
    if (all.length < range || all.at(-1)!.each !== first || !all.every(({ isExact }) => isExact))
      isBounded ||= first > 0;
    // At most if the dearest are chosen as often as they can be.
    let left = count;
    for (const { each } of all) {
      const times = Math.min(left, most);
      value += times * each;
      left -= times;
    }
  }
  return { value, isBounded };
}

/** Why it is not known how much is done. */
export function reasonOfChoices(choices: readonly Choice[]): Reason {
  const { of } = choices.find(({ each }) => each > 0) ?? choices[0]!;
  const short = l10n.t('values choose experts');
  const message =
    of.count === 1
      ? l10n.t('values choose which one of {0} modules is called; the most expensive one is counted', of.range)
      : l10n.t(
          'values choose which of {0} experts {1} rows go to; the most expensive choice is counted',
          of.range,
          of.count,
        );
  return { message, short };
}
