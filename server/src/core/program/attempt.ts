// One try of an entry: what becomes of it with one way of calling it.
import * as l10n from '@vscode/l10n';
import type { Files } from '../python/files.ts';
import { PyModule, type Steps } from '../python/objects.ts';
import type { Interpreter } from '../python/vm/interpreter.ts';
import type { Fix, Problem } from '../text/problem.ts';
import { worldOf } from '../torch/python/recording.ts';
import { exceptionProblem } from './exceptions.ts';
import { fitting } from './fixes.ts';
import { missingImports, reasonsIn } from './imports.ts';
import { runProgram } from './machine.ts';
import { notFound, type Recorded, Refusal, record, unknownEntry } from './record.ts';
import type { Task, Try } from './task.ts';
import { Unknowns } from './unknowns.ts';

export function* run(task: Task, files: Files, roots: readonly string[], guess: number): Generator<void, Try> {
  const { source, tree, surroundings, entry, module, given, head, order, training, lifetimes } = task;
  const unknowns = new Unknowns();
  const { ending, machine } = yield* runProgram({ files, roots, hooks: unknowns, cwd: surroundings.repository }, work);
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
  if (ending.kind === 'stopped') {
    return failed({ range: head, severity: 'error', code: 'program-too-long', message: ending.reason.message });
  }
  if (ending.kind === 'unknown') {
    return failed({ range: head, severity: 'error', ...unknownEntry(entry, ending.reason) });
  }
  if (ending.kind === 'raised') return failed(exceptionProblem(ending.failure, head));
  const { value } = ending;
  if (value instanceof Refusal) {
    const { problem, place } = value;
    const range = place && place.file === undefined ? place.range : head;
    if (value.reason) problems.push(...missingImports(machine.unfound, [value.reason], tree, head));
    return failed({ range, severity: 'error', ...problem });
  }
  if (value.failure) problems.push(exceptionProblem(value.failure, head));
  problems.push(...missingImports(machine.unfound, reasonsIn(value.graph), tree, head));
  if (!value.given) problems.push(unknownInput());
  return { recorded: value, problems, fixes, missing, steps: machine.steps };

  function* work(on: Interpreter): Steps<Recorded | Refusal> {
    const isPackage = /(?:^|\/)__init__\.pyw?$/.test(source.path ?? '');
    const file = yield* on.run({ tree, name: surroundings.module, isPackage, path: source.path });
    const holder = module === undefined ? file : yield* on.importModule(module);
    if (!(holder instanceof PyModule)) return new Refusal(notFound(entry));
    return yield* record(on, holder, unknowns, { entry, given, guess, order, training, lifetimes });
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
}
