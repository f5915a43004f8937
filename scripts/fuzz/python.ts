// Changes of Python programs as people make them: a line is doubled, dropped, moved or half typed, a number is another
// one, a name is mistyped, a condition is put around a statement.
import type { Random } from './random.ts';

const numbers = [
  '0',
  '-1',
  '1',
  '2',
  '3',
  '4',
  '5',
  '7',
  '8',
  '16',
  '64',
  '1000',
  '0.5',
  '2.0',
  '1e9',
  '10**12',
  'None',
  'True',
  "'a'",
  '',
];
const operators = ['+', '-', '*', '/', '//', '%', '**', '==', '!=', '<', '>', '<=', 'and', 'or', 'is', 'in', '@', '=', ',', '.', ':']; // biome-ignore format: a list
const words = [
  'None', 'True', 'False', 'self', 'x', '()', '[]', '{}', '(', ')', '[', ']', ':', ',', '.', '=', '*', '**', '#', "'", '"', '"""', '\\', '\n', '    ',
  'return', 'yield', 'await', 'async', 'lambda: ', 'not ', 'if x: ', 'else', 'for i in x: ', 'while x: ', 'del ', 'global x', 'pass', 'break', 'continue',
  'raise', 'import', 'class A: ', 'def f(): ', '@', 'super()', '...', '-', '[0]', '[-1]', '[:2]', '[None]', '.shape', '.size(0)', '.view(-1)', 'f"{x}"', '\t', '\0', 'é',
]; // biome-ignore format: a list
const statements = [
  'pass', 'return x', 'return', 'return None', 'break', 'continue', 'raise ValueError(x)', 'x = x + x', 'x = None', 'del x', 'self.conv = self.fc = None',
  'x = self(x)', 'x = x.view(-1)', 'x = x[0]', 'self = None', 'super().__init__()', 'x = [x, x]', 'layers = []', 'yield x', 'x = x.flatten(1)', 'x = x.mean()',
  'assert False', 'assert x', 'import missing', 'from missing import *', 'x = missing.f(x)', 'self.a = nn.Linear(8, 8)', 'print(x)', 'self.eval()', 'x = x.transpose(1, 2)',
]; // biome-ignore format: a list

/** Changes that leave most programs such that Python runs them. */
const gentle = [0, 1, 3, 4, 4, 4, 4, 8, 8, 9, 10, 10, 11, 12, 12];
const small = ['0', '1', '1', '2', '2', '3', '4', '6', '8', '-1', '-2', '1.0', '0.5', 'None', 'True', 'False'];
/** A statement on a line of its own. */
const isSimple = (line: string): boolean => /^\s*[^\s#@].*[^:,([{\\\s]$/.test(line) && !/^\s*[)\]}]/.test(line);

/** One change. */
function once(text: string, others: readonly string[], random: Random, isGentle: boolean): string {
  const lines = text.split('\n');
  const written = lines.flatMap((line, at) => ((isGentle ? isSimple(line) : /^\s*[^\s#]/.test(line)) ? [at] : []));
  if (written.length === 0) return random.pick(others);
  const at = random.pick(written);
  const line = lines[at]!;
  const indent = /^\s*/.exec(line)![0];
  const put = (...changed: string[]): string => lines.toSpliced(at, 1, ...changed).join('\n');
  const replaced = (pattern: RegExp, by: readonly string[]): string => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const { index, 0: old } = random.pick(found);
    return text.slice(0, index) + random.pick(by) + text.slice(index + old.length);
  };
  switch (isGentle ? random.pick(gentle) : random.below(17)) {
    case 0:
      return put();
    case 1:
      return put(line, line);
    case 2: {
      const other = random.pick(written);
      const moved = lines.toSpliced(at, 1);
      return moved.toSpliced(other, 0, line).join('\n');
    }
    case 3: {
      const alike = written.filter(each => !isGentle || lines[each]!.search(/\S/) === indent.length);
      const other = random.pick(alike);
      const swapped = [...lines];
      [swapped[at], swapped[other]] = [lines[other]!, line];
      return swapped.join('\n');
    }
    case 4:
    case 5:
    case 6:
      return replaced(/(?<![\w.])\d+(?:\.\d+)?/g, isGentle ? small : numbers);
    case 7:
      // A name is mistyped.
      return replaced(/\b[A-Za-z_]\w*\b/g, ['x', 'self', 'nn', 'missing', 'dim', 'forward', 'None', 'int', 'len']);
    case 8: {
      const names = [...text.matchAll(/\b[A-Za-z_]\w*\b/g)].map(([name]) => name);
      return names.length === 0 ? text : replaced(/\b[A-Za-z_]\w*\b/g, [random.pick(names)]);
    }
    case 9:
      return replaced(/(?<=\s)(?:[+\-*/%@<>=]+|and|or|in|is|not)(?=\s)/g, operators);
    case 10: {
      // An argument is dropped.
      const found = [...line.matchAll(/, [^,()[\]{}]+/g)];
      if (found.length === 0) return put();
      const { index, 0: old } = random.pick(found);
      return put(line.slice(0, index) + line.slice(index + old.length));
    }
    case 11:
      return put(`${indent}${random.pick(statements)}`, line);
    case 12:
      return put(
        `${indent}if ${random.pick(['unknown()', 'x', 'True', 'False', 'self', 'not x', '0', 'missing'])}:`,
        `    ${line}`,
      );
    case 13:
      // Half typed, or with a word too many.
      return random.below(2)
        ? put(line.slice(0, random.below(line.length + 1)))
        : put(
            line.slice(0, indent.length + random.below(line.length)) + random.pick(words) + line.slice(indent.length),
          );
    case 14:
      return put(`${random.pick(['', '    ', '        ', `${indent}    `])}${line.trimStart()}`);
    case 15: {
      const end = at + 1 + random.below(6);
      const start = random.pick(written);
      return lines.toSpliced(start, 0, ...lines.slice(at, end)).join('\n');
    }
    default: {
      const other = random.pick(others).split('\n');
      const start = random.below(other.length);
      return put(line, ...other.slice(start, start + 1 + random.below(3)));
    }
  }
}

export function changedProgram(text: string, others: readonly string[], random: Random, isGentle = false): string {
  let result = text;
  for (let left = 1 + random.below(random.below(3) === 0 ? 4 : 1); left > 0; left--)
    result = once(result, others, random, isGentle);
  return result;
}
