// Statements under a condition that values of data decide: they are run, as what may run. What they change is afterwards what
// it was before or what they made of it; what they do counts as “at most”, which the hooks see to.
import type { Branch, Region } from '../code.ts';
import type { Frame } from '../frame.ts';
import type { Decision, MayRun, Unknown } from '../objects.ts';
import { skip } from '../skipping.ts';
import { Held } from './held.ts';
import type { State } from './state.ts';

type Skip = Branch & { readonly kind: 'skip' };

/** Statements that are under way and may not run at all. */
export interface Guard {
  readonly frame: Frame;
  readonly region: Region;
  readonly why: Unknown;
  readonly held: Held;
  readonly run: MayRun;
  readonly branch: Skip;
}

/** Runs the statements of a region as what may run; false where that cannot be done. */
export function beginGuard(vm: State, frame: Frame, branch: Skip, why: Unknown, decision: Decision): boolean {
  const region = branch.region!;
  if (region.to <= region.from && region.to !== region.from) return false;
  const run = vm.options.hooks?.mayRun?.(why, decision, vm);
  if (!run) return false;
  const held = new Held(vm, frame, run);
  if (!held.isWhole) return false;
  run.begin();
  vm.guards.push({ frame, region, why: why.loose, held, run, branch });
  return true;
}

/** The end of a region. */
export function endGuards(vm: State, frame: Frame): void {
  const { pc } = frame;
  for (;;) {
    const guard = vm.guards.at(-1);
    if (guard?.frame !== frame || guard.region.to !== pc) return;
    vm.guards.pop();
    guard.held.join(frame, guard.why);
    guard.run.end(false);
  }
}

/** An exception in a region is not certain, nor is what the rest of it would have done. */
export function cutGuard(vm: State, guard: Guard): void {
  const { frame, region, why, held, run, branch } = guard;
  vm.guards.pop();
  vm.frame = frame;
  frame.sp = frame.code!.depths[region.to]!;
  frame.pc = region.to;
  const variables = { locals: frame.locals, cells: frame.cells, names: frame.names, globals: frame.module! };
  skip(branch.effects(), { ...variables, isUnderWay: true }, why, vm);
  held.join(frame, why);
  run.end(true);
}

/** Of something in a class or a file that is set while statements may not run at all, it is not known what it is. */
export function loseGuards(vm: State): void {
  for (const { run } of vm.guards) run.lose();
}
