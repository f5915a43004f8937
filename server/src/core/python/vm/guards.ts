// Statements under a condition that values of data decide: they are run, as what may run. What they change is afterwards what
// it was before or what they made of it; what they do counts as “at most”, which the hooks see to.
import type { Region } from '../code.ts';
import type { Frame } from '../frame.ts';
import { type Decision, type Keywords, Raised, type Steps, type Unknown, type Value } from '../objects.ts';
import { skip } from '../skipping.ts';
import { type Guard, Held, type Skip } from './held.ts';
import type { State } from './state.ts';

/** Runs the statements of a region as what may run; false where that cannot be done. */
export function beginGuard(vm: State, frame: Frame, branch: Skip, why: Unknown, decision: Decision): boolean {
  const region = branch.region!;
  const run = vm.options.hooks?.mayRun?.(why, decision, vm);
  if (!run) return false;
  const held = new Held(vm, vm.held, frame.locals, frame.cells, run);
  vm.held += held.work;
  if (!held.isWhole) return false;
  run.begin();
  vm.guards.push({ run, region: { ...region, frame, why: why.loose, held, branch } });
  return true;
}

/** The region that is under way, if a frame is in it. */
export function regionIn(vm: State, frame: Frame): Region | undefined {
  const region = vm.guards.at(-1)?.region;
  return region?.frame === frame ? region : undefined;
}

/** The end of a region. */
export function endGuards(vm: State, frame: Frame): void {
  while (regionIn(vm, frame)?.to === frame.pc) finish(vm.guards.pop()!, false);
}

/** An exception in a region is not certain, nor is what the rest of it would have done. */
export function cutGuard(vm: State): void {
  const guard = vm.guards.pop()!;
  const { frame, to, why, branch } = guard.region!;
  vm.frame = frame;
  frame.sp = frame.code!.depths[to]!;
  frame.pc = to;
  const variables = { locals: frame.locals, cells: frame.cells, names: frame.names, globals: frame.module! };
  skip(branch.effects(), { ...variables, isUnderWay: true }, why, vm);
  finish(guard, true);
}

function finish({ run, region }: Guard, isCut: boolean): void {
  const { frame, hasValue, why, held } = region!;
  held.join(frame.locals, why);
  const at = frame.sp - 1;
  if (hasValue) frame.stack[at] = isCut ? why : run.either(why, frame.stack[at]);
  run.end(isCut);
}

/** Calls as what may be called. */
export function* mayCall(
  vm: State,
  callee: Value,
  args: readonly Value[],
  keywords: Keywords,
  why: Unknown,
  decision: Decision,
): Steps {
  const run = vm.options.hooks?.mayRun?.(why, decision, vm);
  const roots = [callee, ...args, ...keywords.values()];
  const held = run && new Held(vm, vm.held, roots, [], run);
  vm.held += held?.work ?? 0;
  if (!held?.isWhole) return vm.options.hooks?.unknownCall?.(why, args, keywords, vm) ?? why;
  run!.begin();
  vm.guards.push({ run: run!, region: undefined });
  let result: Value = why;
  let isCut = false;
  try {
    result = yield* vm.call(callee, args, keywords);
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    isCut = true;
  }
  vm.guards.pop();
  held.join([...roots], why);
  run!.end(isCut);
  return result;
}

/** Of something in a class or a file that is set while statements may not run at all, it is not known what it is. */
export function loseGuards(vm: State): void {
  for (const { run } of vm.guards) run.lose();
}
