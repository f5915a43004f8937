// The machine that runs a file for its networks: one for each try.
import * as l10n from '@vscode/l10n';
import type { Files } from '../python/files.ts';
import { PyModule, Raised, type Steps } from '../python/objects.ts';
import { createMachine } from '../python/vm.ts';
import type { Fix, Problem } from '../text/problem.ts';
import type { Reason } from '../text/reason.ts';
import { nnModules } from '../torch/python/nn/index.ts';
import { worldOf } from '../torch/python/recording.ts';
import { torchModules } from '../torch/python/torch.ts';
import { exceptionProblem, type Failure } from './exceptions.ts';
import { fitting } from './fixes.ts';
import { failureOf, notFound, type Recorded, Refusal, record, Unknowns } from './record.ts';
import type { Task, Try } from './task.ts';

const natives = new Map([...torchModules, ...nnModules]);

/** Instructions between two looks at whether anybody still waits: some milliseconds. */
const slice = 20_000;

export function* run(task: Task, files: Files, roots: readonly string[], guess: number): Generator<void, Try> {
  const { source, tree, surroundings, entry, module, given, head, order } = task;
  const unknowns = new Unknowns();
  const machine = createMachine({ files, roots, natives, hooks: unknowns });
  const work = machine.start(whole());
  let outcome = work.advance(slice);
  while (!outcome) {
    yield;
    outcome = work.advance(slice);
  }
  const problems: Problem[] = [...worldOf(machine).problems];
  const missing = machine.missing.map(({ name }) => ({ name, why: l10n.t('no folder has it') }));
  const fixes = new Map<Problem, readonly Fix[]>();
  for (const [problem, misfit] of worldOf(machine).misfits) {
    const fix = fitting(misfit, tree);
    if (fix) fixes.set(problem, [fix]);
  }
  const failed = (problem: Problem): Try => ({
    recorded: undefined,
    problems: [...problems, problem],
    fixes,
    missing,
    steps: machine.steps,
  });
  if (outcome.kind === 'stopped') return failed(stopped(outcome.reason));
  if (outcome.kind === 'raised')
    return failed(exceptionProblem({ raised: new Raised(outcome.exception), message: '' }, head));
  const { value } = outcome;
  if (value instanceof Refusal) {
    const { problem, place } = value;
    const range = place && place.file === undefined ? place.range : head;
    return failed({ range, severity: 'error', ...problem });
  }
  if ('raised' in value) return failed(exceptionProblem(value, head));
  if (value.failure) problems.push(exceptionProblem(value.failure, head));
  if (!value.given) problems.push(unknownInput());
  return { recorded: value, problems, fixes, missing, steps: machine.steps };

  function* whole(): Steps<Recorded | Refusal | Failure> {
    const isPackage = /(?:^|\/)__init__\.pyw?$/.test(source.path ?? '');
    try {
      const file = yield* machine.run({ tree, name: surroundings.module, isPackage, path: source.path });
      const holder = module === undefined ? file : yield* machine.importModule(module);
      if (!(holder instanceof PyModule)) return new Refusal(notFound(entry));
      return yield* record(machine, holder, unknowns, { entry, given, guess, order });
    } catch (error) {
      if (error instanceof Raised) return yield* failureOf(error, machine);
      throw error;
    }
  }

  function unknownInput(): Problem {
    const words = `# flopline: ${entry} input=1,3,224,224`;
    return {
      range: head,
      severity: 'information',
      code: 'unknown-input',
      message: l10n.t('Nothing says what `{0}` is called with.', entry),
      help: l10n.t('Write the sizes of its input in a comment, such as `{0}`.', words),
    };
  }

  function stopped({ message }: Reason): Problem {
    return { range: head, severity: 'error', code: 'program-too-long', message };
  }
}
