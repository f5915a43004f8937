// What becomes of a condition, a loop or a text that is not known: what depends on it is skipped, and unknown.
import type { Expression, Statement } from '../../syntax/python/ast.ts';
import { op, type Region } from '../code.ts';
import { type Effects, effectsOf, isHarmlessExpression, leavesOf } from '../effects.ts';
import { assign } from './assignments.ts';
import { leave, unwind } from './exits.ts';
import type { Block, Unit } from './unit.ts';

/** A statement that could not be read: what it sets is unknown. */
export function brokenStatement(unit: Unit, node: Statement & { readonly kind: 'Broken' }): void {
  unit.begin(node.range);
  unit.emit(op.broken, unit.detail(node.message), 1);
  for (const target of node.targets) {
    unit.emit(op.duplicate, 0, 1);
    assign(unit, target);
  }
  if (!node.leaves) {
    unit.emit(op.pop, 0, -1);
    return;
  }
  // Always taken: the value is unknown.
  const at = unit.emit(op.jumpIfFalse, 0, -1);
  unit.patch(at);
  skipBranch(unit, at, [], [], { function: true, loop: false, raises: false }, false);
}

/**
 * What happens where the instruction at `at` meets an unknown condition: `statements` and `expressions` are skipped, and
 * control goes on from here, or leaves the loop or function where they may.
 */
export function skipBranch(
  unit: Unit,
  at: number,
  statements: readonly Statement[],
  expressions: readonly (Expression | undefined)[],
  leaves: { readonly function: boolean; readonly loop: boolean; readonly raises: boolean },
  isHarmless: boolean,
  region?: Region,
): void {
  const skipped: Statement[] = [...statements];
  let { function: leavesFunction, loop: leavesLoop } = leaves;
  // A generator gives an unknown number of values.
  if (unit.scope.isGenerator) {
    const found = effectsOf(
      statements,
      expressions,
      () => undefined,
      name => name,
    );
    if (found.yields) leavesFunction = true;
  }
  const tries = leaves.raises ? innermostTry(unit) : undefined;
  if (tries && !leavesFunction) {
    // An exception that is handled around it: the whole `try` is skipped.
    skipped.push(tries.node);
    const inner = leavesOf([tries.node]);
    leavesFunction = inner.function;
    leavesLoop = leavesLoop || inner.loop;
  }
  const loop = innermostLoop(unit);
  if (leavesLoop && loop && !leavesFunction) {
    skipped.push(loop.node);
    if (leavesOf([loop.node]).function) leavesFunction = true;
  }
  if (leavesFunction) {
    for (const { statements: list, at: index } of unit.rest) skipped.push(...list.slice(index));
  }
  const depth = unit.depth;
  let pad = unit.here;
  if (leavesFunction || (leavesLoop && loop) || tries) {
    const over = unit.emit(op.jump, 0, 0);
    pad = unit.here;
    if (leavesFunction) {
      unit.emit(op.skipped, 0, 1);
      leave(unit, 'return');
    } else if (leavesLoop && loop) leave(unit, 'break');
    else if (tries) {
      for (let index = unit.blocks.length - 1; unit.blocks[index] !== tries; index--) unwind(unit, unit.blocks[index]!);
      tries.exits.push(unit.emit(op.jump, 0, 0));
    }
    unit.patch(over);
    unit.depth = depth;
  }
  let effects: Effects | undefined;
  const [slotOf, mangled] = [unit.slot, (name: string) => unit.scope.mangled(name)];
  unit.branches.set(at, {
    kind: 'skip',
    target: pad,
    depth,
    effects: () => (effects ??= effectsOf(skipped, expressions, slotOf, mangled)),
    isHarmless,
    leaves: leavesFunction,
    region,
  });
}

/** The statements of the innermost loop from here on, where nothing leaves it before its end. */
export function restOfLoop(unit: Unit): Region | undefined {
  const block = unit.blocks.at(-1);
  if (block?.kind !== 'loop' || unit.scope.isGenerator || unit.kind !== 'function' || !isWhole(block.node))
    return undefined;
  const region = { from: unit.here, to: 0 };
  block.regions.push(region);
  return region;
}

/** Whether a loop ends at its end alone. */
export function isWhole(node: Statement): boolean {
  if (node.kind !== 'For' && node.kind !== 'While') return false;
  const leaves = leavesOf(node.body);
  return !leaves.function && !leaves.breaks && node.orElse.length === 0;
}

/** The end of a loop's body: where what may have run comes together with what has not. */
export function endBody(unit: Unit, { regions, continues }: Block & { readonly kind: 'loop' }, joins: boolean): void {
  if (!joins && regions.length === 0) return;
  const at = unit.emit(op.regionEnd, 0, 0);
  for (const region of regions) region.to = at;
  for (const jump of continues) unit.operands[jump] = at;
}

/** A condition inside of an expression: what depends on it is unknown. */
export function valueBranch(
  unit: Unit,
  at: number,
  target: number,
  depth: number,
  skipped: readonly Expression[],
  region?: Region,
): void {
  let effects: Effects | undefined;
  const [slotOf, mangled] = [unit.slot, (name: string) => unit.scope.mangled(name)];
  unit.branches.set(at, {
    kind: 'skip',
    target,
    depth,
    effects: () => (effects ??= effectsOf([], skipped, slotOf, mangled)),
    isHarmless: skipped.every(isStill),
    leaves: false,
    region,
  });
}

function innermostLoop(unit: Unit): (Block & { readonly kind: 'loop' }) | undefined {
  for (let at = unit.blocks.length - 1; at >= 0; at--) {
    const block = unit.blocks[at]!;
    if (block.kind === 'loop') return block;
  }
  return undefined;
}

export function innermostTry(unit: Unit): (Block & { readonly kind: 'try' }) | undefined {
  for (let at = unit.blocks.length - 1; at >= 0; at--) {
    const block = unit.blocks[at]!;
    if (block.kind === 'try') return block;
  }
  return undefined;
}

/** Whether evaluating it computes nothing: it only looks at what there is. */
export function isStill(node: Expression): boolean {
  switch (node.kind) {
    case 'Name':
    case 'Constant':
    case 'Lambda':
      return true;
    case 'Attribute':
    case 'Starred':
      return isStill(node.value);
    case 'Unary':
      return isStill(node.operand);
    case 'Compare':
    case 'Boolean':
      return node.values.every(isStill);
    case 'List':
    case 'Tuple':
    case 'Set':
      return node.elements.every(isStill);
    case 'Subscript':
      return isStill(node.value) && isStill(node.index);
    case 'Conditional':
      return [node.test, node.body, node.orElse].every(isStill);
    case 'JoinedString':
      return isHarmlessExpression(node);
    case 'Call':
      return isHarmlessExpression(node);
    default:
      return false;
  }
}
