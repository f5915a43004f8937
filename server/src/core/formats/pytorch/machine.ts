// The machine that runs a file for its networks: one for each try.
import type { Files } from '../../python/files.ts';
import type { Task, Try } from './reading.ts';

export function* run(_task: Task, _files: Files, _roots: readonly string[], _guess: number): Generator<void, Try> {
  yield;
  return { recorded: undefined, problems: [], missing: [] };
}
