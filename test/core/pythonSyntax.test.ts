// Python as a tree: what is understood, and what is left of it while it is typed.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Expression, PythonTree } from '../../server/src/core/syntax/python/ast.ts';
import {
  isPythonStarted,
  parseExpression,
  parsePython,
  startPython,
} from '../../server/src/core/syntax/python/parse.ts';
import { expression, sourceOf } from '../support/pythonSource.ts';

before(startPython);

/** A text and what was understood of it, without problems. */
function check(text: string, understood: string = text): void {
  const tree = parsePython(text);
  assert.deepEqual(
    tree.problems.map(({ message }) => message),
    [],
    text,
  );
  assert.equal(sourceOf(tree), understood, text);
}

function checkExpression(text: string, understood: string = text): void {
  const tree = parsePython(`${text}\n`);
  assert.deepEqual(tree.problems, [], text);
  assert.equal(sourceOf(tree), understood, text);
}

/** A text that Python refuses: what is left of it, and why it is refused, each reason beside the text it is shown at. */
function checkBroken(
  text: string,
  left: string,
  ...problems: readonly (readonly [at: string, message: string])[]
): void {
  const tree = parsePython(text);
  assert.equal(sourceOf(tree), left, text);
  assert.deepEqual(
    tree.problems.map(({ range, message }) => [text.slice(range.from, range.to), message]),
    problems,
    text,
  );
  for (const { code, help } of tree.problems) {
    assert.equal(code, 'python-syntax');
    assert.ok(help);
  }
}

describe('Python expressions', () => {
  it('numbers', () => {
    const numbers: readonly (readonly [string, string])[] = [
      ['1_000', '1000'],
      ['0xFF', '255'],
      ['0o17', '15'],
      ['0b1_01', '5'],
      ['0', '0'],
      ['000', '0'],
      ['1e-5', '0.00001'],
      ['0.', '0.0'],
      ['.5', '0.5'],
      ['1.e-5', '0.00001'],
      ['1E3', '1000.0'],
      ['1_0.2_5', '10.25'],
      ['1j', '1j'],
      ['2.5J', '2.5j'],
      ['9007199254740993', '9007199254740993'],
      ['123456789012345678901234567890', '123456789012345678901234567890'],
    ];
    for (const [text, value] of numbers) checkExpression(text, value);
    const big = parseExpression('9007199254740993');
    assert.ok(big?.kind === 'Constant' && big.type === 'int' && big.value === 9007199254740993n);
    const small = parseExpression('9007199254740991');
    assert.ok(small?.kind === 'Constant' && small.type === 'int' && small.value === 9007199254740991);
    for (const wrong of ['017', '1__0', '1_', '0x', '10L', '1_000_', '1.5k', '9'.repeat(4301)]) {
      assert.equal(parseExpression(wrong), undefined, wrong);
    }
  });

  it('strings', () => {
    checkExpression(String.raw`'a\n\t\\\'\"\x41\101\u00e9\U0001F600\q'`, JSON.stringify('a\n\t\\\'"AAé😀\\q'));
    checkExpression(String.raw`r'\n\''`, String.raw`"\\n\\'"`);
    checkExpression("'a' 'b' \"c\"", '"abc"');
    checkExpression(String.raw`b'\xff\u0041' b'x'`, `b${JSON.stringify('\xff\\u0041x')}`);
    checkExpression('"""a\r\nb"""', '"a\\nb"');
    checkExpression("'a\\\nb'", '"ab"');
    checkExpression("u'é'", '"é"');
    checkExpression(String.raw`r'\\\\'`, String.raw`"\\\\\\\\"`);
    checkExpression("('a'\n  'b')", '"ab"');
    assert.equal(parseExpression("'a' b'b'"), undefined);
    assert.equal(parseExpression("b'é'"), undefined);
    assert.equal(parseExpression(String.raw`'\xg0'`), undefined);
    assert.equal(parseExpression(String.raw`'\N{BULLET}'`)?.kind, 'BrokenExpression');
  });

  it('f-strings', () => {
    checkExpression(`f'a{b}c'`, `f"a{b}c"`);
    checkExpression(`f'{x!r:>{width}.2f}'`, `f"{x!r:>{width}.2f}"`);
    checkExpression(`f'{{}}{x}'`, `f"{{}}{x}"`);
    checkExpression(`f'{x = }'`, `f"x = {x!r}"`);
    checkExpression(`f'{x=:.1f}'`, `f"x={x:.1f}"`);
    checkExpression(`'a' f'{b}' 'c'`, `f"a{b}c"`);
    checkExpression(`f'{x["a"]}'`, String.raw`f"{x[\"a\"]}"`);
    checkExpression(`f"{x["a"]}"`, String.raw`f"{x[\"a\"]}"`);
    checkExpression(`f"{f'{a}'}"`, String.raw`f"{f\"{a}\"}"`);
    checkExpression(
      `f'{a, b}{(lambda: 1)()}{a if b else c}{d == e}'`,
      'f"{(a, b,)}{(lambda : 1)()}{(a if b else c)}{(d == e)}"',
    );
    checkExpression(`rf'\\d{x}'`, String.raw`f"\\d{x}"`);
    checkExpression(`f'plain'`, 'f"plain"');
    checkExpression(`f"""{\n  x\n}"""`, 'f"{x}"');
  });

  it('operators by their precedence', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['a + b * c', '(a + (b * c))'],
      ['a - b - c', '((a - b) - c)'],
      ['-x ** 2', '(-(x ** 2))'],
      ['2 ** -x ** y', '(2 ** (-(x ** y)))'],
      ['a // b % c @ d', '(((a // b) % c) @ d)'],
      ['a | b ^ c & d << 1', '(a | (b ^ (c & (d << 1))))'],
      ['not a == b', '(not (a == b))'],
      ['a and b and c or d', '((a and b and c) or d)'],
      ['a and (b and c)', '(a and (b and c))'],
      ['(a and b) and c', '((a and b) and c)'],
      ['a < b <= c != d', '(a < b <= c != d)'],
      ['a not in b is not c', '(a not in b is not c)'],
      ['a if b else c if d else e', '(a if b else (c if d else e))'],
      ['lambda: a if b else c', '(lambda : (a if b else c))'],
      ['lambda x, *y, z=1, **k: x', '(lambda x, *y, z=1, **k: x)'],
      ['lambda x=lambda: 1: x', '(lambda x=(lambda : 1): x)'],
      ['await a ** b', '((await a) ** b)'],
      ['await a.b(c)', '(await a.b(c))'],
      ['~a.b[c](d)', '(~a.b[c](d))'],
      ['(y := f(x)) > 1', '((y := f(x)) > 1)'],
      ['f(y := 1)', 'f((y := 1))'],
    ];
    for (const [text, understood] of pairs) checkExpression(text, understood);
  });

  it('calls, indices and displays', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['f(a, *b, c=1, **d)', 'f(a, *b, c=1, **d)'],
      ['f(c=1, *b)', 'f(*b, c=1)'],
      ['f(x for x in y)', 'f((x for x in y))'],
      ['f(*a.b, *c[0], *d + e)', 'f(*a.b, *c[0], *(d + e))'],
      ['a[1:2, ::3, None, ...]', 'a[(1:2, ::3, None, ...,)]'],
      ['a[:]', 'a[:]'],
      ['a[1,]', 'a[(1,)]'],
      ['a[*b]', 'a[(*b,)]'],
      ['()', '()'],
      ['(a,)', '(a,)'],
      ['a, *b', '(a, *b,)'],
      ['[*a, b]', '[*a, b]'],
      ['{*a, b}', '{*a, b}'],
      ['{a: b, **c}', '{a: b, **c}'],
      ['{}', '{}'],
      ['[x for x in y if a if b for z in x]', '[x for x in y if a if b for z in x]'],
      ['{k: v async for k, v in y}', '{k: v async for (k, v,) in y}'],
      ['{x for x in y}', '{x for x in y}'],
      ['[lambda: x for x in y]', '[(lambda : x) for x in y]'],
      ['print(a, file=b)', 'print(a, file=b)'],
      ['match(type, case)', 'match(type, case)'],
      ['print', 'print'],
    ];
    for (const [text, understood] of pairs) checkExpression(text, understood);
  });

  it('names in their normal form', () => {
    checkExpression('größe + ℌ', '(größe + H)');
    checkExpression('名前.属性', '名前.属性');
  });

  it('by themselves', () => {
    const read = (text: string): string | undefined => {
      const value = parseExpression(text);
      return value && expression(value);
    };
    assert.equal(read(' Net(3, classes=10) '), 'Net(3, classes=10)');
    assert.equal(read('a\n'), 'a');
    assert.equal(read('(a,\nb)'), '(a, b,)');
    for (const text of ['', 'x = 1', 'a; b', 'a\nb', 'f(', 'return a', '#']) assert.equal(read(text), undefined, text);
    const value = parseExpression('  a.b') as Expression;
    assert.deepEqual(value.range, { from: 2, to: 5 });
  });
});

describe('Python statements', () => {
  it('simple ones', () => {
    for (const text of [
      'a = b = (c, d,)',
      'a.b[0] += (yield)',
      'x: int = 3',
      'x: List[(int, str,)]',
      'self.x: (A | None) = None',
      'del a, b.c, d[0]',
      'assert a, "b"',
      'import a.b as c, d',
      'from ..a.b import c as d, e',
      'from . import x',
      'from a import *',
      'from __future__ import annotations',
      'global a, b',
      'raise A from b',
      'raise',
      'return',
      'pass',
      'x = (await y)',
      'x = (yield from y)',
    ]) {
      check(text);
    }
    check('from a import (b, # why\n  c,)', 'from a import b, c');
    check('a, (b, *c) = [d, e] = f', '(a, (b, *c,),) = [d, e] = f');
    check('(a) = 1; b = 2;', 'a = 1\nb = 2');
    check('x = 1,', 'x = (1,)');
    check('return *a, b', 'return (*a, b,)');
    check('host, *rest = endpoint, *[]', '(host, *rest,) = (endpoint, *[],)');
    check('type X[T] = list[T]', 'X = <broken>');
    check('type = 3\nmatch = type\nprint = match', 'type = 3\nmatch = type\nprint = match');
    check('a = b \\\n  + c', 'a = (b + c)');
    check('print(a)\nprint (a), b\nprint -1', 'print(a)\n(print(a), b,)\n(print - 1)');
  });

  it('compound ones', () => {
    for (const text of [
      'if a:\n  b\nelse:\n  if c:\n    d\n  else:\n    e',
      'for (i, x,) in y:\n  break\nelse:\n  c',
      'while (n := f()):\n  continue\nelse:\n  c',
      'with a as b, c.d as (e, f,):\n  pass',
      'async def f():\n  async with a:\n    async for x in y:\n      (await z)',
      'try:\n  a\nexcept (A, B,) as e:\n  b\nexcept:\n  c\nelse:\n  d\nfinally:\n  e',
      '@a.b(c)\n@d\nclass A(B, metaclass=C, **d):\n  x: int\n  def f(self):\n    return 1',
      'def f(a, b, /, c: int=1, *args: int, d, e=2, **kw: str) -> C:\n  nonlocal x',
      'def f(a, *, b):\n  pass',
      'def f[T, Ts, P](x: T) -> T:\n  pass',
      'class A[T](B):\n  pass',
    ]) {
      check(text);
    }
    check('if a: b; c\nelif d: e', 'if a:\n  b\n  c\nelse:\n  if d:\n    e');
    check('with (a as b, c): pass', 'with a as b, c:\n  pass');
    check('with (a, b): pass', 'with a, b:\n  pass');
    check('with (a): pass', 'with a:\n  pass');
    check('with (a, b) as c: pass', 'with (a, b,) as c:\n  pass');
    check('with open(a) if a else b as c: pass', 'with (open(a) if a else b) as c:\n  pass');
    check('try:\n  a\nexcept* A as e:\n  b', 'try:\n  a\nexcept A as e:\n  b');
    check('class A: pass\nclass B(): x = 1', 'class A():\n  pass\nclass B():\n  x = 1');
    check('def f[T: int, *Ts, **P](): ...', 'def f[T, Ts, P]():\n  ...');
    check('def f(x: A | B | C): ...', 'def f(x: ((A | B) | C)):\n  ...');
    check('def f(*args: *Ts): ...', 'def f(*args: *Ts):\n  ...');
    check('if a:\n\tb\n\tif c:\n\t\td\ne', 'if a:\n  b\n  if c:\n    d\ne');
  });

  it('match', () => {
    check(
      `match a, b:
  case 1 | -2.5 | "s" | None | -1 + 2j: pass
  case A.B(x, C(), y=[_, *rest], z=-1) if x > 1:
    pass
  case {"k": v, -1: _, **more}: pass
  case (x, y) | [x, y, *_]: pass
  case (x): pass
  case x, *y: pass
  case (1 | 2) as n: pass
  case _: pass`,
      `match (a, b,):
  case (1 | (-2.5) | "s" | None | ((-1) + 2j)):
    pass
  case A.B(x, C(), y=[_, *rest], z=(-1)) if (x > 1):
    pass
  case {"k": v, (-1): _, **more}:
    pass
  case ([x, y] | [x, y, *_]):
    pass
  case x:
    pass
  case [x, *y]:
    pass
  case ((1 | 2) as n):
    pass
  case _:
    pass`,
    );
  });

  it('lines of every kind', () => {
    check('\ufeffa = 1\r\nif a:\r\n  b\r\n\r\n# c\r\n', 'a = 1\nif a:\n  b');
    check('a\n\x0c\nb\n  # odd\nif c:\n    d\n# e\n    f', 'a\nb\nif c:\n  d\n  f');
    check('x = [\n1,\n# a\n2\n]\ny = f(\na = 3,\nb=4)', 'x = [1, 2]\ny = f(a=3, b=4)');
    check('def f():\n  """Doc\n\nclass A:\n  """\n  return 1', 'def f():\n  "Doc\\n\\nclass A:\\n  "\n  return 1');
  });

  it('ranges of every part', () => {
    const text = '# a\n@dec\ndef f(x: int = 3) -> int:  # b\n  return x.y\n\n\nz = 1\n';
    const tree = parsePython(text);
    assert.deepEqual(
      tree.chunks.map(({ start, block }) => [start, block.text]),
      [
        [4, '@dec\ndef f(x: int = 3) -> int:  # b\n  return x.y'],
        [text.indexOf('z'), 'z = 1'],
      ],
    );
    const [{ block, start }] = tree.chunks as [PythonTree['chunks'][0]];
    const [def] = block.statements;
    assert.ok(def?.kind === 'FunctionDef');
    const at = ({ from, to }: { from: number; to: number }): string => text.slice(from + start, to + start);
    assert.equal(at(def.range), block.text);
    assert.equal(at(def.head), 'def f(x: int = 3) -> int:');
    assert.equal(at(def.nameRange), 'f');
    assert.equal(at(def.parameters.positional[0]!.range), 'x: int = 3');
    assert.equal(at(def.decorators[0]!.range), 'dec');
    const [result] = def.body;
    assert.ok(result?.kind === 'Return' && result.value?.kind === 'Attribute');
    assert.equal(at(result.range), 'return x.y');
    assert.equal(at(result.value.nameRange), 'y');
  });
});
