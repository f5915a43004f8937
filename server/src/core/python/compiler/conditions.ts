// `if`, and `a if test else b`.
import type { Expression, Statement } from '../../syntax/python/ast.ts';
import { op, type Region } from '../code.ts';
import { conductOf, leavesOf } from '../effects.ts';
import type { Unit } from './unit.ts';
import { innermostTry, restOfLoop, skipBranch, valueBranch } from './unknown.ts';

export function ifStatement(unit: Unit, node: Statement & { readonly kind: 'If' }): void {
  unit.begin({ from: node.range.from, to: node.test.range.to });
  unit.expression(node.test);
  const test = unit.emit(op.jumpIfFalse, 0, -1);
  const depth = unit.depth;
  const bodyAt = unit.here;
  const isFunction = unit.kind === 'function' && !unit.scope.isGenerator;
  unit.block(node.body);
  const own = leavesOf(node.body);
  let region: Region | undefined;
  if (isFunction && node.orElse.length === 0 && !own.function && !own.loop) {
    region = { from: bodyAt, to: unit.emit(op.regionEnd, 0, 0) };
  }
  let orElseAt = unit.here;
  if (node.orElse.length === 0) {
    unit.patch(test);
    unit.depth = depth;
  } else {
    const over = unit.emit(op.jump, 0, 0);
    unit.depth = depth;
    orElseAt = unit.here;
    unit.patch(test);
    unit.block(node.orElse);
    unit.patch(over);
    unit.depth = depth;
  }
  // What becomes of it where the test is unknown. A `raise` that the same function handles is a way like any other.
  const handled = innermostTry(unit) !== undefined;
  const [body, orElse] = [conductOf(node.body), conductOf(node.orElse)];
  if (body === 'raises' && !handled && orElse !== 'raises') {
    unit.branches.set(test, { kind: 'go', target: orElseAt, depth });
  } else if (orElse === 'raises' && !handled) {
    unit.branches.set(test, { kind: 'go', target: bodyAt, depth });
  } else {
    const leaves = leavesOf([...node.body, ...node.orElse]);
    const isHarmless = body === 'harmless' && orElse === 'harmless';
    // `if not rows.any(): continue`
    if (node.orElse.length === 0 && node.body.length === 1 && node.body[0]!.kind === 'Continue')
      region = restOfLoop(unit);
    unit.range = unit.statement = { from: node.range.from, to: node.test.range.to };
    skipBranch(
      unit,
      test,
      [...node.body, ...node.orElse],
      [],
      { ...leaves, raises: handled && leaves.raises },
      isHarmless,
      region,
    );
  }
}

/** `a if test else b`. */
export function conditional(unit: Unit, node: Expression & { readonly kind: 'Conditional' }): void {
  unit.expression(node.test);
  const test = unit.emit(op.jumpIfFalse, 0, -1);
  const depth = unit.depth;
  unit.expression(node.body);
  const over = unit.emit(op.jump, 0, 0);
  unit.patch(test);
  unit.depth = depth;
  unit.expression(node.orElse);
  const skip = unit.emit(op.jump, 0, 0);
  const pad = unit.here;
  unit.depth = depth;
  unit.emit(op.skipped, 0, 1);
  unit.patch(over);
  unit.patch(skip);
  valueBranch(unit, test, pad, depth, [node.body, node.orElse]);
}
