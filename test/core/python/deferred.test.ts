import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readDeferred } from '../../../server/src/core/syntax/python/deferred.ts';
import { importOf } from '../../../server/src/core/syntax/python/importing.ts';
import { logicalLines } from '../../../server/src/core/syntax/python/lines.ts';
import { startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { read, Unreadable } from '../../../server/src/core/syntax/python/read.ts';
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

describe('imports that need no grammar', () => {
  before(startPython);

  for (const text of [
    'import a',
    'import a.b.c as d',
    'from a import b',
    'from .a.b import c as d, e',
    'from . import (\n    a,\n    b as c,\n)',
    'from ...a import (b)',
    'from a import *',
    'from\t..\timport\ta',
    'from __future__ import annotations',
  ]) {
    it(`are what the grammar makes of them: ${JSON.stringify(text)}`, () => {
      const statement = importOf(text);
      assert.ok(statement);
      assert.deepEqual([statement], read(text, undefined, 0, text.length));
    });
  }

  for (const text of [
    'import a as',
    'import a,',
    'import class',
    'from a import b,',
    'from a import (b',
    'from a import b)',
    'from a import ()',
    'from a import\n b',
    'from import a',
    'from a.b import c.d',
    'from a import None',
    'from a import b as class',
    'from a.if import b',
    'from import import a',
    'import a as for',
    'import as',
    'import a.in.b',
    'from a import (b, not)',
    'importer = 3',
    'from a import b; c = 3',
    'from a import (b, # c\n)',
  ]) {
    it(`are all else: ${JSON.stringify(text)}`, () => {
      assert.equal(importOf(text), undefined);
    });
  }

  it('are read alike whatever their spaces and brackets are', () => {
    const parts = ['from', 'import', ' ', '.', '..', 'a', 'b.c', '*', '(', ')', ',', 'as', 'in', '\n', '\t', 'x1'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 3, maxLength: 12 }), words => {
        for (const text of [`import ${words.join('')}`, `from a import ${words.join(' ')}`, `from ${words.join('')}`]) {
          const own = text.trim();
          const statement = importOf(own);
          if (!statement) continue;
          const found = read(own, undefined, 0, own.length);
          assert.ok(!(found instanceof Unreadable), own);
          assert.deepEqual([statement], found);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

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
    [
      'a function with tuples and constants for defaults',
      `def f(a=(0.3, 3), b: Tuple[float, ...] = (1,), c=modes.NEAREST) -> Tuple[int, int]:\n${long.replaceAll('        ', '    ')}`,
      'f',
    ],
    [
      'a function that is wrapped in nothing that counts',
      `@torch.no_grad()\n@torch.jit.unused\ndef f(a):\n${long.replaceAll('        ', '    ')}`,
      'f',
    ],
    ['a decorated class', `@torch.no_grad()\nclass A:\n${method('def f(self):')}`, undefined],
    [
      'a default in brackets that is computed',
      `def f(a=(make(), 1)):\n${long.replaceAll('        ', '    ')}`,
      undefined,
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
      const block = readDeferred(own, logicalLines(own), true);
      assert.equal(block.defines, defines);
      assert.deepEqual(plain(block.statements), plain(readBlock(own).statements));
    });
  }
});
