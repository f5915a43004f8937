// The machine that a program is read with: one for each reading, so that nothing that a program changes outlives it.
import type { Files } from '../python/files.ts';
import type { Hooks } from '../python/machine.ts';
import { Raised, type Steps, Unknown } from '../python/objects.ts';
import { createMachine } from '../python/vm/index.ts';
import type { Interpreter } from '../python/vm/interpreter.ts';
import type { Reason } from '../text/reason.ts';
import { isLibrary } from '../torch/python/library/index.ts';
import { nnModules } from '../torch/python/nn/index.ts';
import { torchModules } from '../torch/python/torch.ts';
import { type Failure, failureOf } from './exceptions.ts';

const natives = new Map([...torchModules, ...nnModules]);

/** Instructions between two looks at whether anybody still waits: some milliseconds. */
const slice = 20_000;

export interface Setting {
  readonly files: Files;
  /** The folders from which imports are resolved, in order. */
  readonly roots: readonly string[];
  readonly hooks: Hooks;
  /** The folder in which it runs: relative paths are from there. */
  readonly cwd?: string | undefined;
}

/** How work on a machine ends. */
export type Ending<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'raised'; readonly failure: Failure }
  /** It took too long, or too much memory. */
  | { readonly kind: 'stopped'; readonly reason: Reason }
  /** What it would give cannot be known. */
  | { readonly kind: 'unknown'; readonly reason: Reason };

export interface Ran<T> {
  readonly ending: Ending<T>;
  readonly machine: Interpreter;
}

/** Does some work on a machine of its own, in slices. */
export function runProgram<T>(setting: Setting, work: (machine: Interpreter) => Steps<T>): Generator<void, Ran<T>> {
  return runOn(
    machineFor(setting, () => setting.hooks),
    work,
  );
}

/** `hooks` gives those of whoever reads now. */
export function machineFor({ files, roots, cwd }: Omit<Setting, 'hooks'>, hooks: () => Hooks): Interpreter {
  return createMachine({
    files,
    roots,
    natives,
    get hooks() {
      return hooks();
    },
    cwd,
    isPartial: isLibrary,
  });
}

/** Does some work on a machine, in slices. */
export function* runOn<T>(machine: Interpreter, work: (machine: Interpreter) => Steps<T>): Generator<void, Ran<T>> {
  const running = machine.start(whole());
  let outcome = running.advance(slice);
  while (!outcome) {
    yield;
    outcome = running.advance(slice);
  }
  if (outcome.kind === 'stopped') return { machine, ending: { kind: 'stopped', reason: outcome.reason } };
  if (outcome.kind === 'raised') {
    const failure = { raised: new Raised(outcome.exception), message: '' };
    return { machine, ending: { kind: 'raised', failure } };
  }
  // Also where a fault of ours ended it.
  const ending: Ending<T> | Unknown = outcome.value;
  if (ending instanceof Unknown) return { machine, ending: { kind: 'unknown', reason: ending.reason } };
  return { machine, ending };

  function* whole(): Steps<Ending<T>> {
    try {
      return { kind: 'value', value: yield* work(machine) };
    } catch (error) {
      if (error instanceof Raised) return { kind: 'raised', failure: yield* failureOf(error, machine) };
      throw error;
    }
  }
}
