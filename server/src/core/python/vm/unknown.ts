// What becomes of an instruction whose condition or result is unknown.
import { type Branch, op } from '../code.ts';
import type { Effects } from '../effects.ts';
import type { Arguments, Frame } from '../frame.ts';
import { Unknown } from '../objects.ts';
import { skip } from '../skipping.ts';
import { isCaught } from './caught.ts';
import type { State } from './state.ts';

/** Instructions after which nothing lies on the stack. */
const silent: ReadonlySet<number> = new Set([
  op.setLocal,
  op.setCell,
  op.setGlobal,
  op.setName,
  op.deleteLocal,
  op.deleteCell,
  op.deleteGlobal,
  op.deleteName,
  op.setAttribute,
  op.deleteAttribute,
  op.setIndex,
  op.deleteIndex,
  op.importStar,
  op.pop,
  op.statement,
]);
/** Instructions that add to a container which lies further down. */
const adding: ReadonlySet<number> = new Set([op.append, op.extend, op.add, op.update, op.mapAdd, op.mapUpdate]);
const arguing: ReadonlySet<number> = new Set([op.argument, op.spread, op.keyword, op.spreadKeywords]);

/** The instruction that a frame is in has an unknown result. */
export function unknownResult(vm: State, frame: Frame, why: Unknown): void {
  const unknown = why.loose;
  const code = frame.code!;
  const { pc } = frame;
  const branch = code.branches.get(pc);
  if (branch) {
    skipBranch(vm, frame, branch, unknown);
    return;
  }
  const operation = code.operations[pc]!;
  const before = code.depths[pc]!;
  const after = code.depths[pc + 1] ?? before;
  if (operation === op.unpack || operation === op.unpackRest) {
    for (let at = before - 1; at < after; at++) frame.stack[at] = unknown;
  } else if (adding.has(operation)) {
    const operand = operation === op.mapUpdate ? 1 : code.operands[pc]!;
    frame.stack[before - 1 - operand] = unknown;
  } else if (arguing.has(operation)) {
    (frame.stack[after - 1] as Arguments).unknown = unknown;
  } else if (operation === op.method) {
    frame.stack[after - 2] = unknown;
    frame.stack[after - 1] = undefined;
  } else if (!silent.has(operation) && after > 0) frame.stack[after - 1] = unknown;
  frame.sp = after;
  frame.pc = pc + 1;
}

/** What a branch on an unknown condition may change is unknown; the frame goes on after it. */
export function skipBranch(vm: State, frame: Frame, branch: Branch, why: Unknown): void {
  const unknown = why.loose;
  if (branch.kind === 'go' && isCaught(frame)) vm.options.hooks?.unknownBranch?.(unknown, vm);
  frame.pc = branch.target;
  frame.sp = branch.depth;
  // The condition itself may be the value, or what it decides.
  const top = frame.stack[frame.sp - 1];
  if (top instanceof Unknown) frame.stack[frame.sp - 1] = top.loose;
  if (branch.kind === 'go') return;
  frame.skipped = unknown;
  const effects = branch.effects();
  forget(vm, frame, effects, unknown);
  if (!branch.isHarmless) vm.options.hooks?.unknownBranch?.(unknown, vm);
  if (branch.leaves && frame.generator && frame.code!.isGenerator) frame.generator.unknown = unknown;
}

function forget(vm: State, frame: Frame, effects: Effects, unknown: Unknown): void {
  skip(
    effects,
    { locals: frame.locals, cells: frame.cells, names: frame.names, globals: frame.module!, isUnderWay: true },
    unknown,
    vm,
  );
}
