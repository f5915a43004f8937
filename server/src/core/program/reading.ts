// Tries a network until a call of it goes through: what it takes may have to be guessed.
import * as l10n from '@vscode/l10n';
import { Builder } from '../graph/builder.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import { noFiles } from '../python/files.ts';
import type { Fix, Problem } from '../text/problem.ts';
import { reasonFor } from '../text/reason.ts';
import { libraryRoot, withLibrary } from '../torch/python/library/index.ts';
import { run } from './attempt.ts';
import { asIndices } from './inputs.ts';

import type { MissingImport, ModuleRow } from './program.ts';
import type { Task, Try } from './task.ts';
import { Witness } from './witness.ts';

export interface Outcome {
  readonly name: string | undefined;
  readonly graph: Graph;
  readonly modules: readonly ModuleRow[];
  /** What the program read values of. */
  readonly valuesRead: readonly Tensor[];
  readonly problems: readonly Problem[];
  /** Ways that may fix some of them. */
  readonly fixes: ReadonlyMap<Problem, readonly Fix[]>;
  /** The shapes that it was called with; undefined where it was not called. */
  readonly shapes: readonly (readonly number[])[] | undefined;
  readonly guessed: boolean;
  readonly read: ReadonlyMap<string, string>;
  readonly missing: readonly MissingImport[];
}

/** So many inputs are tried, while that is soon done. */
const mostTries = 8;
const mostSteps = 2_000_000;

export function* attempts(task: Task): Generator<void, Outcome> {
  const files = new Witness(task.source.files ?? noFiles);
  let first: Try | undefined;
  let steps = 0;
  const folders = [...task.surroundings.roots, libraryRoot];
  for (let guess = 0; guess < mostTries; guess++) {
    const tried: Try = yield* run(task, withLibrary(files), folders, guess);
    first ??= tried;
    const { recorded, problems } = tried;
    const isGood = recorded && !recorded.failure && !problems.some(({ severity }) => severity === 'error');
    if (isGood) return outcomeOf(tried, task, files);
    const indices = task.given && problems.some(isOfIndices) ? asIndices(task.given) : undefined;
    if (indices) {
      const again: Try = yield* run({ ...task, given: indices }, withLibrary(files), folders, guess);
      if (again.recorded && !again.problems.some(isOfIndices)) return outcomeOf(again, task, files);
    }
    steps += tried.steps;
    if (task.given || !recorded || guess + 1 >= recorded.guesses || steps > mostSteps) break;
  }
  return outcomeOf(first!, task, files);
}

const isOfIndices = ({ code }: Problem): boolean => code === 'indices-not-integers';

/** A network of which nothing is known. */
function unknownGraph(problems: readonly Problem[]): Graph {
  const builder = new Builder();
  const problem = problems.findLast(({ severity }) => severity === 'error');
  builder.unknown(problem ? reasonFor(problem) : l10n.t('it was not built'));
  return builder.finish([]);
}

function outcomeOf({ recorded, problems, fixes, missing }: Try, { given }: Task, { texts }: Witness): Outcome {
  return {
    name: recorded?.name,
    graph: recorded?.graph ?? unknownGraph(problems),
    modules: recorded?.modules ?? [],
    valuesRead: recorded?.valuesRead ?? [],
    problems,
    fixes,
    shapes: recorded?.given ? recorded.shapes : undefined,
    guessed: recorded !== undefined && given === undefined,
    read: texts,
    missing,
  };
}
