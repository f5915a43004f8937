// Built-in types and the standard library, compared with what CPython 3.11 (and numpy 1.24) printed for the same text.
// `fixtures/*.out` and the answers in `expressions.txt` were made by them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { raisedText, runProgram } from '../../support/pythonProgram.ts';

before(startPython);

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

/** What a program prints, and what it raises that nobody catches. */
function runPython(text: string): { readonly printed: string; readonly raised: string | undefined } {
  const { printed, outcome, faults } = runProgram(text);
  assert.deepEqual(faults, []);
  assert.notEqual(outcome.kind, 'stopped');
  return { printed, raised: outcome.kind === 'raised' ? raisedText(outcome.exception) : undefined };
}

/** What a program prints, and that nothing ends it early. */
function check(text: string, expected: string): void {
  const { printed, raised } = runPython(text);
  assert.equal(raised, undefined);
  assert.equal(printed.trimEnd(), expected.trimEnd());
}

/** The text of the reason in place of a value that is unknown. */
function checkUnknown(expression: string, reason: RegExp, setup = ''): void {
  const { printed, raised } = runPython(`${setup}\nprint(${expression})\n`);
  assert.equal(raised, undefined);
  assert.match(printed, reason);
}

describe('Built-in types and the standard library', () => {
  it('know the names of log handlers', () =>
    check(
      "import logging\nh = logging.StreamHandler()\nprint(h.name)\nh.set_name('a')\nprint(h.name, h.get_name())\n",
      'None\na a',
    ));
  it('know the handlers of the root logger, which has none', () =>
    check(
      'import logging\nfor h in logging.root.handlers: print(h)\nprint(logging.getLogger() is logging.root, logging.getLogger("a").root.handlers)\n',
      'True []',
    ));
  it('know what a partial function still takes', () =>
    check(
      'from functools import partial\nfrom inspect import signature\ndef f(a, b, c=1, *rest, d=2, **more): pass\nfor p in (partial(f, 1), partial(f, b=3), partial(f, 1, 2, 3, 4), partial(partial(f, 1), d=5)):\n  found = signature(p).parameters\n  print([(n, int(q.kind), None if q.default is q.empty else q.default) for n, q in found.items()])\n',
      "[('b', 1, None), ('c', 1, 1), ('rest', 2, None), ('d', 3, 2), ('more', 4, None)]\n[('a', 1, None), ('b', 3, 3), ('c', 3, 1), ('d', 3, 2), ('more', 4, None)]\n[('rest', 2, None), ('d', 3, 2), ('more', 4, None)]\n[('b', 1, None), ('c', 1, 1), ('rest', 2, None), ('d', 3, 5), ('more', 4, None)]",
    ));
  it('refuse what is no class as a base, and a second member of an enum with the same name', () => {
    const bases = ['math', 'None', 'True', '3', '2.5', "'x'", '[]', '()', '{}', 'lambda: 0'];
    const refused = bases.map(base => `try:\n  class A(${base}): pass\nexcept TypeError as ex: print(ex)\n`).join('');
    const bodies = ['A = 1; A = 2', 'A = 1; A = 1', "A = 'a'\n  def A(self): pass", 'B = A = 1; B = 3'];
    const twice = bodies
      .map(body => `try:\n  class E(Enum):\n   ${body.replace(/\n {2}/, '\n   ')}\nexcept TypeError as ex: print(ex)\n`)
      .join('');
    const fine =
      'class F(Enum):\n  A = 1\n  def f(self): return 1\n  def f(self): return 2\n  _x = 1\n  __y = 2\nprint(F.A.f(), len(F), list(F.__members__))\n';
    check(
      `import math\nfrom enum import Enum\n${refused}${twice}${fine}`,
      [
        'module() takes at most 2 arguments (3 given)',
        'NoneType takes no arguments',
        'bool expected at most 1 argument, got 3',
        'int() takes at most 2 arguments (3 given)',
        'float expected at most 1 argument, got 3',
        "str() argument 'encoding' must be str, not tuple",
        'list expected at most 1 argument, got 3',
        'tuple expected at most 1 argument, got 3',
        'dict expected at most 1 argument, got 3',
        "function() argument 'code' must be code, not str",
        "'A' already defined as 1",
        "'A' already defined as 1",
        "'A' already defined as 'a'",
        "'B' already defined as 1",
        "2 1 ['A', '_x']",
      ].join('\n'),
    );
  });
  for (const name of ['builtins', 'library', 'arrays']) {
    it(`print what Python prints: ${name}`, () => {
      const { printed, raised } = runPython(fixture(`${name}.py`));
      assert.equal(raised, undefined);
      assert.deepEqual(printed.split('\n'), fixture(`${name}.out`).split('\n'));
    });
  }

  it('evaluate expressions as Python does', () => {
    const lines = fixture('expressions.txt').trimEnd().split('\n');
    const cases = lines
      .filter((_, index) => index % 2 === 0)
      .map((text, index) => [text, lines[index * 2 + 1]!] as const);
    const program = cases
      .map(([text]) => `try: print('=', repr(${text}))\nexcept Exception as ex: print('!', type(ex).__name__)`)
      .join('\n');
    const { printed } = runPython(`import math, itertools, collections, json, copy, functools, operator\n${program}\n`);
    const answers = printed.trimEnd().split('\n');
    assert.ok(cases.length > 500);
    for (const [index, [text, expected]] of cases.entries()) assert.equal(answers[index], expected, text);
  });

  it('give no value that is too large to be computed', () => {
    checkUnknown('len([0] * 10**9)', /more than .* elements/);
    checkUnknown("'a' * 10**9", /more than .* characters/);
    checkUnknown('10 ** 10 ** 10', /more than .* bits/);
    checkUnknown('len(list(range(10**12)))', /more than .* elements/);
    checkUnknown('1 << 10**9', /more than .* bits/);
    checkUnknown("'%*d' % (10**9, 1)", /more than .* characters/);
    checkUnknown("f'{1:1000000000}'", /more than .* characters/);
  });

  it('say what is not supported, and what cannot be known', () => {
    checkUnknown('random.random()', /differs from run to run/, 'import random');
    checkUnknown("open('x').read()", /not read/);
    checkUnknown('time.time() + 1', /differs from run to run/, 'import time');
    checkUnknown('math.nextafter(1, 2)', /math.nextafter\(\) is not supported/, 'import math');
    checkUnknown("re.match('(?>a)', 'a')", /not supported/, 'import re');
    checkUnknown("os.path.exists('x')", /not known/, 'import os');
    checkUnknown('hash("a")', /differs from run to run/);
    checkUnknown(
      'parser.parse_args().data',
      /must be given on the command line/,
      ['import argparse', 'parser = argparse.ArgumentParser()', "parser.add_argument('--data', required=True)"].join(
        '\n',
      ),
    );
  });

  it('keep what is known beside what is not', () => {
    check(
      [
        'import random',
        'x = random.random()',
        'items = [1, x, 3]',
        'print(len(items), items[0], items[2])',
        'items.append(4)',
        'print(len(items), sum(items[2:]))',
        "d = {'a': x, 'b': 2}",
        "print(d['b'], len(d), sorted(d))",
        'print(all([0, x]), any([x, 1]))',
      ].join('\n'),
      "3 1 3\n4 7\n2 2 ['a', 'b']\nFalse True",
    );
  });

  it('make a container unknown that is written at an unknown place', () => {
    const setup = 'import random\nx = random.randint(0, 1)\n';
    checkUnknown('items[0]', /differs from run to run/, `${setup}items = [1, 2]\nitems.insert(x, 3)`);
    checkUnknown('len(items)', /differs from run to run/, `${setup}items = {1}\nitems.add(x)`);
    checkUnknown('d[1]', /differs from run to run/, `${setup}d = {1: 2}\nd[x] = 3`);
    checkUnknown('len(list(filter(lambda i: i > x, [1, 2])))', /differs from run to run/, setup);
  });

  it('end an iterator where it is unknown whether there is more', () => {
    checkUnknown(
      'count',
      /differs from run to run/,
      [
        'import random',
        'x = random.random()',
        'count = 0',
        'for i in filter(lambda i: i > x, [1, 2]):',
        '    count += 1',
      ].join('\n'),
    );
  });
});
