// Runs a Python program on the machine, and captures what it prints.
import { type Files, noFiles } from '../../server/src/core/python/files.ts';
import type { Hooks, NativeModules } from '../../server/src/core/python/machine.ts';
import type { PyException, Value } from '../../server/src/core/python/objects.ts';
import { createMachine } from '../../server/src/core/python/vm/index.ts';
import type { Interpreter, Outcome } from '../../server/src/core/python/vm/interpreter.ts';
import { parsePython } from '../../server/src/core/syntax/python/parse.ts';

export interface ProgramOptions {
  readonly files?: Files;
  readonly roots?: readonly string[];
  readonly natives?: NativeModules;
  readonly hooks?: Hooks;
  readonly maxSteps?: number;
  readonly isEager?: boolean;
  readonly name?: string;
  readonly path?: string;
  readonly cwd?: string;
}

export interface ProgramRun {
  /** The output. An Unknown is printed as its reason in angle brackets. */
  readonly printed: string;
  readonly outcome: Outcome<Value>;
  /** Internal errors in natives. */
  readonly faults: readonly unknown[];
  readonly machine: Interpreter;
}

export function runProgram(text: string, options: ProgramOptions = {}): ProgramRun {
  const { files = noFiles, roots = [], natives = new Map(), hooks = {}, name = '__main__', path, ...rest } = options;
  let printed = '';
  const faults: unknown[] = [];
  const machine = createMachine({
    files,
    roots,
    natives,
    ...rest,
    hooks: {
      ...hooks,
      print: piece => {
        printed += piece;
      },
      fault: error => {
        faults.push(error);
      },
    },
  });
  const outcome = machine.start<Value>(machine.run({ tree: parsePython(text), name, path })).finish();
  return { printed, outcome, faults, machine };
}

/** `ValueError: message`, the last line of a traceback. */
export function raisedText(exception: PyException): string {
  return `${exception.cls.name}: ${exception.args.map(String).join(', ')}`;
}

/** Files by path, for imports. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  const paths = Object.keys(texts);
  return {
    read: path => texts[path],
    isFolder: path => paths.some(each => each.startsWith(`${path}/`)),
    list: path => [
      ...new Set(
        paths.filter(each => each.startsWith(`${path}/`)).map(each => each.slice(path.length + 1).split('/')[0]!),
      ),
    ],
  };
}
