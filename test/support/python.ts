// Programs of Python that are run by the machine, for what they print.
import { noFiles } from '../../server/src/core/python/files.ts';
import { createMachine } from '../../server/src/core/python/vm.ts';
import { parsePython } from '../../server/src/core/syntax/python/parse.ts';

export interface Ran {
  readonly printed: string;
  /** The class of an exception that nobody caught, with its message; undefined where there is none. */
  readonly raised: string | undefined;
}

/** Runs a program; `startPython()` must have ended. Faults of ours are errors. */
export function runPython(text: string): Ran {
  const printed: string[] = [];
  const machine = createMachine({
    files: noFiles,
    roots: [],
    natives: new Map(),
    hooks: {
      print: text_ => printed.push(text_),
      fault: error => {
        throw error;
      },
    },
  });
  const outcome = machine.start(machine.run({ tree: parsePython(text), name: '__main__' })).finish();
  if (outcome.kind === 'stopped') throw new Error(outcome.reason.message);
  const raised =
    outcome.kind === 'raised'
      ? `${outcome.exception.cls.name}: ${outcome.exception.args.map(String).join(', ')}`
      : undefined;
  return { printed: printed.join(''), raised };
}
