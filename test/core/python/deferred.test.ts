import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { readDeferred } from '../../../server/src/core/syntax/python/deferred.ts';
import { startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { readBlock } from '../../../server/src/core/syntax/python/recover.ts';

/** The whole of a tree as data, what is read on demand included. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const keys = [...Object.keys(value), ...('body' in value ? ['body'] : [])].filter(key => key !== 'deferred');
  return Object.fromEntries(
    [...new Set(keys)].sort().map(key => [key, plain((value as Record<string, unknown>)[key])]),
  );
}

const long = '        x = [1, 2, 3]  # a comment\n        return super().run(x), """a\n  b""" + str(x)\n';
const method = (head: string): string => `    ${head}\n${long}`;

describe('Python that is read on demand', () => {
  before(startPython);

  for (const [what, text, defines] of [
    ['a function', `def f(a, b: int = 3, *args, mode=Mode.A):\n${long.replaceAll('        ', '    ')}`, 'f'],
    [
      'a class of methods',
      `class A(nn.Module):\n    """Doc."""\n    n = 3\n\n${method('def f(self):')}\n${method('def g(self, a=None):')}`,
      'A',
    ],
    ['a decorated method', `class A(nn.Module):\n    @property\n${method('def f(self):')}`, 'A'],
    [
      'a list of names',
      `NAMES = [\n${Array.from({ length: 100 }, (_, at) => `    "näme ${at}",\n`).join('')}]`,
      'NAMES',
    ],
    ['a decorated function', `@register()\ndef f(a):\n${long.replaceAll('        ', '    ')}`, undefined],
    ['a default that is computed', `def f(a=make()):\n${long.replaceAll('        ', '    ')}`, undefined],
    ['a default that is a name', `def f(a=width):\n${long.replaceAll('        ', '    ')}`, undefined],
    ['a class with a base of its own', `class A(Base):\n${method('def f(self):')}`, undefined],
    ['a class that does something', `class A(nn.Module):\n    register(1)\n\n${method('def f(self):')}`, undefined],
    [
      'a method that cannot be read',
      `class A(nn.Module):\n    def f(self):\n        x = = 3 + 4 + 5 + 6 + 7 + 8 + 9\n        return 1\n`,
      'A',
    ],
    ['what the machine asks for', `def __getattr__(name):\n${long.replaceAll('        ', '    ')}`, undefined],
    ['a statement', 'x = f(1)', undefined],
  ] as const) {
    it(`is what it is when it is read at once: ${what}`, () => {
      const own = text.trimEnd();
      const block = readDeferred(own);
      assert.equal(block.defines, defines);
      assert.deepEqual(plain(block.statements), plain(readBlock(own).statements));
    });
  }
});
