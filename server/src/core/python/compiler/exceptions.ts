// `raise`, `try` and `assert`.
import type { Statement } from '../../syntax/python/ast.ts';
import { op } from '../code.ts';
import { conductOf } from '../effects.ts';
import { leave } from './exits.ts';
import type { Block, Exit, Unit } from './unit.ts';

export function raise(unit: Unit, node: Statement & { readonly kind: 'Raise' }): void {
  unit.begin(node.range);
  if (!node.exception) {
    const handled = unit.handledLocals.at(-1);
    if (handled !== undefined) {
      unit.emit(op.local, handled, 1);
      unit.emit(op.raise, 1, -1);
    } else unit.emit(op.reraise, 0, 0);
    return;
  }
  unit.expression(node.exception);
  unit.range = node.range;
  if (node.cause) {
    unit.expression(node.cause);
    unit.range = node.range;
    unit.emit(op.raiseFrom, 0, -2);
  } else unit.emit(op.raise, 0, -1);
}

export function tryStatement(unit: Unit, node: Statement & { readonly kind: 'Try' }): void {
  if (node.finalBody.length > 0) {
    const finallyBlock: Block & { readonly kind: 'finally' } = { kind: 'finally', exits: [] };
    const depth = unit.depth;
    const from = unit.here;
    unit.blocks.push(finallyBlock);
    if (node.handlers.length > 0) tryExcept(unit, node);
    else unit.block(node.body);
    unit.blocks.pop();
    const to = unit.here;
    unit.range = unit.statement = { from: node.range.to, to: node.range.to };
    // On the stack: a value (of `return`, or an exception), and how to go on.
    const normal = unit.hiddenLocal();
    const value = unit.hiddenLocal();
    unit.constant(0);
    unit.emit(op.setLocal, normal, -1);
    const entries = [unit.emit(op.jump, 0, 0)];
    unit.handlers.push({ from, to, target: unit.here, depth });
    unit.depth = depth + 1;
    unit.emit(op.setLocal, value, -1);
    unit.constant(1);
    unit.emit(op.setLocal, normal, -1);
    entries.push(unit.emit(op.jump, 0, 0));
    const exits: Exit[] = [];
    for (const exit of ['return', 'break', 'continue'] as const) {
      const jumps = finallyBlock.exits.filter(each => each.exit === exit);
      if (jumps.length === 0) continue;
      // Whoever leaves may have values on the stack that nobody needs: the machine cuts it to the depth of the target.
      for (const { at } of jumps) {
        unit.operations[at] = op.finish;
        unit.operands[at] = unit.detail({ target: unit.here, depth, hasValue: exit === 'return' });
      }
      unit.depth = depth;
      if (exit === 'return') {
        unit.depth = depth + 1;
        unit.emit(op.setLocal, value, -1);
      }
      unit.constant(2 + exits.length);
      unit.emit(op.setLocal, normal, -1);
      entries.push(unit.emit(op.jump, 0, 0));
      exits.push(exit);
    }
    for (const entry of entries) unit.patch(entry);
    unit.depth = depth;
    unit.block(node.finalBody);
    const dispatch = (state: number): number => {
      unit.emit(op.local, normal, 1);
      unit.constant(state);
      unit.emit(op.compare, 0, -1);
      return unit.emit(op.jumpIfFalse, 0, -1);
    };
    const raised = dispatch(1);
    unit.emit(op.local, value, 1);
    unit.emit(op.raise, 1, -1);
    unit.patch(raised);
    unit.depth = depth;
    exits.forEach((exit, at) => {
      const skip = dispatch(2 + at);
      if (exit === 'return') unit.emit(op.local, value, 1);
      leave(unit, exit);
      unit.patch(skip);
      unit.depth = depth;
    });
    return;
  }
  tryExcept(unit, node);
}

function tryExcept(unit: Unit, node: Statement & { readonly kind: 'Try' }): void {
  const depth = unit.depth;
  const from = unit.here;
  const tries: Block & { readonly kind: 'try' } = { kind: 'try', node, depth, exits: [] };
  unit.blocks.push(tries);
  unit.block(node.body);
  unit.blocks.pop();
  const to = unit.here;
  unit.block(node.orElse);
  const ends = [unit.emit(op.jump, 0, 0)];
  const catches = node.handlers.every(({ body }) => conductOf(body) === 'raises') ? undefined : 'always';
  unit.handlers.push({ from, to, target: unit.here, depth, catches });
  unit.depth = depth + 1;
  const handled = unit.hiddenLocal();
  unit.emit(op.setLocal, handled, -1);
  unit.handledLocals.push(handled);
  for (const handler of node.handlers) {
    unit.statement = unit.range = handler.type
      ? { from: handler.type.range.from, to: handler.type.range.to }
      : { from: node.range.from, to: node.range.from };
    let next: number | undefined;
    if (handler.type) {
      unit.emit(op.local, handled, 1);
      unit.expression(handler.type);
      unit.emit(op.matchException, 0, -1);
      next = unit.emit(op.jumpIfFalse, 0, -1);
      // Whether an unknown class is meant is not known: the exception goes on.
      unit.branches.set(next, { kind: 'go', target: next + 1, depth });
    }
    if (handler.name !== undefined) {
      unit.emit(op.local, handled, 1);
      unit.store(handler.name);
    }
    unit.block(handler.body);
    if (handler.name !== undefined) {
      unit.constant(null);
      unit.store(handler.name);
      unit.delete(handler.name);
    }
    ends.push(unit.emit(op.jump, 0, 0));
    if (next !== undefined) unit.patch(next);
    unit.depth = depth;
  }
  unit.handledLocals.pop();
  unit.emit(op.local, handled, 1);
  unit.emit(op.raise, 1, -1);
  for (const end of [...ends, ...tries.exits]) unit.patch(end);
  unit.depth = depth;
}

export function assert(unit: Unit, node: Statement & { readonly kind: 'Assert' }): void {
  unit.begin(node.range);
  unit.expression(node.test);
  unit.range = node.range;
  const holds = unit.emit(op.jumpIfTrue, 0, -1);
  const depth = unit.depth;
  if (node.message) unit.expression(node.message);
  else unit.constant(null);
  unit.range = node.range;
  unit.emit(op.raise, node.message ? 3 : 2, -1);
  unit.patch(holds);
  unit.depth = depth;
  unit.branches.set(holds, { kind: 'go', target: unit.here, depth });
}
