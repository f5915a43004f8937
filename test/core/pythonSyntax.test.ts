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
      'pass',
    ]) {
      check(text);
    }
    check('def f():\n  a.b[0] += (yield)\n  x = (yield from y)\n  return');
    check('async def f():\n  x = (await y)');
    check('from a import (b, # why\n  c,)', 'from a import b, c');
    check('a, (b, *c) = [d, e] = f', '(a, (b, *c,),) = [d, e] = f');
    check('(a) = 1; b = 2;', 'a = 1\nb = 2');
    check('x = 1,', 'x = (1,)');
    check('def f():\n  return *a, b', 'def f():\n  return (*a, b,)');
    check('host, *rest = endpoint, *[]', '(host, *rest,) = (endpoint, *[],)');
    check('type X[T] = list[T]', 'X = <broken>');
    check('type = 3\nmatch = type\nprint = match', 'type = 3\nmatch = type\nprint = match');
    check('type(a).b = type(c)');
    check('if a:\n  type(a)[b] = c');
    check('a = b \\\n  + c', 'a = (b + c)');
    check(
      'def f():\n    assert all(a for # why\n b in c)\n    return (1\n+ 2)',
      'def f():\n  assert all((a for b in c))\n  return (1 + 2)',
    );
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
  case A(k=b as c): pass
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
  case A(k=(b as c)):
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

  it('ranges of operators with the parentheses around what they join', () => {
    const texts = ['(a + b) * c', 'a * (b + c)', '(a) + ((b))', '(a + b) * (c - (d))'];
    for (const text of texts) {
      const [{ block, start }] = parsePython(`x = ${text}\n`).chunks as [PythonTree['chunks'][0]];
      const [statement] = block.statements;
      assert.ok(statement?.kind === 'Assign' && statement.value.kind === 'Binary');
      const { from, to } = statement.value.range;
      assert.equal(`x = ${text}`.slice(from + start, to + start), text);
    }
  });
});

describe('Python that is broken', () => {
  it('an assignment without its value leaves the next line alone', () => {
    checkBroken(
      'def f(self):\n  self.conv1 =\n  self.bn = g()\n  return self.bn',
      'def f(self):\n  <broken self.conv1>\n  self.bn = g()\n  return self.bn',
      ['self.conv1 =', 'Something is missing after “=”.'],
    );
    checkBroken('x =\ny = 1\n', '<broken x>\ny = 1', ['x =', 'Something is missing after “=”.']);
    checkBroken('pass\nx +\ny', 'pass\n<broken>\ny', ['x +', 'Something is missing after “+”.']);
  });

  it('an open bracket ends where its block goes on', () => {
    checkBroken(
      `class Net(nn.Module):
  def __init__(self):
    self.conv1 = nn.Conv2d(3, 64,
                           bias=False
    self.bn = nn.BatchNorm2d(64)

  def forward(self, x):
    return self.bn(self.conv1(x))
`,
      `class Net(nn.Module):
  def __init__(self):
    <broken self.conv1>
    self.bn = nn.BatchNorm2d(64)
  def forward(self, x):
    return self.bn(self.conv1(x))`,
      ['self.conv1 = nn.Conv2d(3, 64,', '“(” is never closed.'],
    );
    checkBroken('x = [1,\n  2\ny = {3}\n', '<broken x>\ny = {3}', ['x = [1,', '“[” is never closed.']);
    checkBroken('x = f(a=1,\nb = 2\n', '<broken x>\nb = 2', ['x = f(a=1,', '“(” is never closed.']);
    checkBroken('x = f(a]\ny = 2\n', '<broken x>\ny = 2', ['x = f(a]', '“(” is closed by “]”.']);
    checkBroken('x = a)\ny = 2\n', '<broken x>\ny = 2', ['x = a)', 'This “)” closes nothing.']);
  });

  it('an open string ends with its line', () => {
    checkBroken("x = 'a\ny = 1", '<broken x>\ny = 1', ["x = 'a", "This string has no closing '."]);
    checkBroken("x = f('a)\ny = 1", '<broken x>\ny = 1', ["x = f('a)", "This string has no closing '."]);
  });

  it('a docstring that is not closed ends where code begins', () => {
    const text = `def f():
  """Begun
  return 1

class A:
  """Doc."""
  def g(self):
    """Another
    one.
    """
    return 2
`;
    checkBroken(
      text,
      'def f():\n  <broken>\n  return 1\nclass A():\n  "Doc."\n  def g(self):\n    "Another\\n    one.\\n    "\n    return 2',
      ['"""Begun', 'This string has no closing """.'],
    );
  });

  it('heads keep their blocks', () => {
    checkBroken('if a b:\n  c\nelse:\n  d', 'if <broken>:\n  c\nelse:\n  d', ['b', '“b” is not valid Python here.']);
    checkBroken('for i, j in f(3:\n  c\n', 'for (i, j,) in <broken>:\n  c', [
      'for i, j in f(3:',
      '“(” is never closed.',
    ]);
    checkBroken('while (:\n  c\n', 'while <broken>:\n  c', ['while (:', '“(” is never closed.']);
    checkBroken('with f( as x:\n  c\n', 'with <broken> as x:\n  c', ['with f( as x:', '“(” is never closed.']);
    checkBroken('class A(B:\n  x = 1\n', 'class A(<broken>):\n  x = 1', ['class A(B:', '“(” is never closed.']);
    checkBroken(
      'class A:\n  def f(self, x:\n    return x\n  def g(self): pass\n',
      'class A():\n  <broken f>\n  def g(self):\n    pass',
      ['def f(self, x:', '“(” is never closed.'],
    );
    checkBroken('try:\n  a\nexcept (:\n  b\n', 'try:\n  a\nexcept <broken>:\n  b', [
      'except (:',
      '“(” is never closed.',
    ]);
    checkBroken('@f(\ndef g(): pass', '@<broken>\ndef g():\n  pass', ['f(', '“(” is never closed.']);
  });

  it('a colon that is missing', () => {
    checkBroken('def f(x)\n  return x', 'def f(x):\n  return x', [')', 'The colon is missing after this.']);
    checkBroken(
      'if a\n  b\nelse\n  c',
      'if a:\n  b\nelse:\n  c',
      ['a', 'The colon is missing after this.'],
      ['e', 'The colon is missing after this.'],
    );
    checkBroken('if a', 'if a:\n  <broken>', ['a', 'The colon is missing after this.']);
  });

  it('a block that is missing', () => {
    checkBroken('def f():\nx = 1', 'def f():\n  <broken, leaves>\nx = 1', [':', 'The block of this line is missing.']);
    checkBroken('if a:\n  b\nelse:\nc', 'if a:\n  b\nelse:\n  <broken>\nc', [
      ':',
      'The block of this line is missing.',
    ]);
    checkBroken('try:\n  a\nb', 'try:\n  a\nb', ['try:', 'This try has no except and no finally.']);
  });

  it('an indentation that fits nothing', () => {
    checkBroken('def f():\n    a = 1\n      b = 2\n    return a', 'def f():\n  a = 1\n  <broken b>\n  return a', [
      'b = 2',
      'This line is indented more than the one above, which opens no block.',
    ]);
    checkBroken('def f():\n    a = 1\n  b = 2\n    return a', 'def f():\n  a = 1\n  <broken b>\n  return a', [
      'b = 2',
      'The indentation of this line fits no line above it.',
    ]);
    checkBroken('if a:\n        b\n\tc\nd', 'if a:\n  b\n  <broken>\nd', [
      'c',
      'Tabs and spaces are mixed in the indentation of this line.',
    ]);
    // Eight columns by the tab's width, one by its number: Python refuses what is deeper by one of them alone.
    checkBroken('class A:\n    def f(self):\n\tx = 1\nd', 'class A():\n  def f(self):\n    <broken x>\nd', [
      'x = 1',
      'Tabs and spaces are mixed in the indentation of this line.',
    ]);
    checkBroken('else:\n  x = 1\ny = 2', '<broken x>\ny = 2', [
      'else:',
      '“else” has no statement that it could belong to.',
    ]);
  });

  it('a block below a head that has one in its line', () => {
    const why = 'This line is indented more than the one above, which opens no block.';
    checkBroken('if a: b\n  c = 1\nd', 'if a:\n  b\n  <broken c>\nd', ['c = 1', why]);
    checkBroken('if a:\n  b\nelse: c\n  d = 1\ne', 'if a:\n  b\nelse:\n  c\n  <broken d>\ne', ['d = 1', why]);
    checkBroken('def f(): return 1\n  x = 1', 'def f():\n  return 1\n  <broken x>', ['x = 1', why]);
    checkBroken('  x = 1\ny = 2', '<broken x>\ny = 2', ['x = 1', why]);
  });

  it('what only Python 2 reads', () => {
    const print = 'This is the print statement of Python 2. Put what it prints in parentheses: print(…).';
    checkBroken('print x, y\nz = 1', '<broken>\nz = 1', ['print x, y', print]);
    checkBroken('print "a" % b', '<broken>', ['print "a" % b', print]);
    checkBroken('print >>f, x', '<broken>', ['print >>f, x', print]);
    checkBroken('a <> b', '<broken>', ['<>', '“<>” is of Python 2. Write !=.']);
    for (const text of ['exec "a"', 'raise A, b', 'x = 0777', 'x = 10L', 'def f((a, b)): pass', '`a`', 'x = ur"a"']) {
      assert.equal(parsePython(text).problems.length, 1, text);
    }
    assert.equal(parsePython('try:\n  a\nexcept A, e:\n  b').problems.length, 1);
  });

  it('what tree-sitter takes and Python refuses', () => {
    for (const text of [
      'f() = 1',
      '1 = x',
      'a + b = c',
      'f(a=1, b)',
      'f(a=1, a=2)',
      'f(**a, *b)',
      'f(a as b)',
      'x := 1',
      'x = y := 1',
      'a = b += c',
      'def f(a=1, b): pass',
      'def f(a, a): pass',
      'def f(*): pass',
      'def f(**k, a): pass',
      'def f(*a, *b): pass',
      'del f()',
      'x: int: str',
      '(a, b): int = 1',
      '(a, b) += 1',
      'assert a, b, c',
      'from a import b,',
      'import a,',
      'from a import b.c',
      'import a.b as c.d',
      'if a:\npass',
      'try:\n  a\nexcept:\n  b\nexcept A:\n  c',
      '[x for x in 1, 2]',
      'x = 1 2',
      'x\u00a0= 1',
      'a $ b',
      'a \\ b',
      'lambda x: int: 3',
      'None = 1',
      'await -x',
      'f"{a"',
      'f"{}"',
      'f"}"',
      '"a',
      'while True print(a)',
      'class',
      'def',
      'import',
    ]) {
      const { problems, chunks } = parsePython(text);
      assert.notEqual(problems.length, 0, text);
      const kinds = chunks.flatMap(({ block }) => block.statements.map(({ kind }) => kind));
      assert.ok(problems.every(({ range }) => range.from >= 0 && range.to <= text.length && range.from <= range.to));
      assert.ok(kinds.length > 0, text);
    }
  });

  it('names that a broken statement sets, and whether it leaves', () => {
    const broken: readonly (readonly [string, string])[] = [
      ['a = b = c d', '<broken a b>'],
      ['a, self.b = c d', '<broken a self.b>'],
      ['(a, [b, *c]) = d e', '<broken a b c>'],
      ['x[i].y = d e', '<broken x>'],
      ['x: int = d e', '<broken x>'],
      ['x += d e', '<broken x>'],
      ['x = (y := d e)', '<broken y x>'],
      ['f(a=1, b=2 c)', '<broken>'],
      ['a == b c', '<broken>'],
      ['import a.b, c d', '<broken a.b c d>'],
      ['return a b', '<broken, leaves>'],
      ['raise a b', '<broken, leaves>'],
      ['if (a: return b c', 'if <broken>:\n  <broken, leaves>'],
      ['retrun a', '<broken, leaves>'],
      ['x = "return" a', '<broken x>'],
      ['for i in a b: c', '<broken i>'],
    ];
    for (const [text, left] of broken) {
      const tree = parsePython(text);
      assert.equal(tree.problems.length, 1, text);
      assert.equal(sourceOf(tree), left, text);
    }
  });
});

const sample = `import torch
from torch import nn


def block(a, b=3, *, bias=False):
    """A block: 'conv' and "norm".

    Two of them make a stage (see below).
    """
    return nn.Sequential(
        nn.Conv2d(a, b, 3, padding=1, bias=bias),  # no bias
        nn.BatchNorm2d(b),
    )


class Net(nn.Module):
    def __init__(self, depth, width=[64, 128], name='net'):
        super().__init__()
        self.stem = nn.Conv2d(3, width[0], 7)
        for i in range(depth):
            if i % 2 == 0:
                self.add_module(f"block{i}", block(width[0], width[1]))
            else:
                continue
        try:
            self.head = nn.Linear(width[1], 10)
        except (ValueError, TypeError) as e:
            raise RuntimeError(f'{e!r}') from e

    @property
    def device(self):
        return next(self.parameters()).device

    def forward(self, x):
        x = self.stem(x)
        y = {k: v for k, v in self.named_children()}
        return x if x is not None else (x + 1) ** 2


def last(x):
    return [x, *x][::-1]
`;

describe('Python while it is edited', () => {
  it('starts once', async () => {
    assert.equal(isPythonStarted(), true);
    assert.equal(startPython(), startPython());
    await startPython();
  });

  it('equal chunks are the same block', () => {
    const first = parsePython(sample);
    const text = sample.replace('x = self.stem(x)', 'x = self.stem(x) + 1');
    const second = parsePython(text, first);
    assert.equal(second.chunks.length, first.chunks.length);
    const same = second.chunks.filter(({ block }, at) => block === first.chunks[at]!.block);
    assert.equal(same.length, first.chunks.length - 1);
    assert.deepEqual(second, parsePython(text));
    const moved = parsePython(`# a\n\n${sample}`, first);
    assert.ok(moved.chunks.every(({ block }, at) => block === first.chunks[at]!.block));
    const twice = parsePython('x = 1\nx = 1\n');
    assert.equal(twice.chunks[0]!.block, twice.chunks[1]!.block);
  });

  it('every damage is read, as if from scratch, and costs its own statement', () => {
    const whole = parsePython(sample);
    const pieces = [
      '(',
      ')',
      '[',
      '{',
      '}',
      '"',
      "'",
      '"""',
      ':',
      '\n',
      '    ',
      '\t',
      '=',
      '\\',
      '#',
      'def ',
      'if ',
      ',',
      '\r',
      "f'{",
      ' ',
      '@',
      'é',
    ];
    fc.assert(
      fc.property(
        fc.nat(sample.length),
        fc.oneof(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 3 }), fc.constant('line')),
        (at, how) => {
          const lineStart = sample.lastIndexOf('\n', at - 1) + 1;
          const lineEnd = sample.indexOf('\n', at) + 1 || sample.length;
          const text =
            how === 'line'
              ? sample.slice(0, lineStart) + sample.slice(lineEnd)
              : typeof how === 'string'
                ? sample.slice(0, at) + how + sample.slice(at)
                : sample.slice(0, at) + sample.slice(at + how);
          const fresh = parsePython(text);
          assert.deepEqual(parsePython(text, whole), fresh);
          for (const { range } of fresh.problems) {
            assert.ok(range.from >= 0 && range.from <= range.to && range.to <= text.length);
          }
          for (const { start, block } of fresh.chunks) {
            assert.equal(text.slice(start, start + block.text.length), block.text);
            let end = 0;
            for (const { range } of block.statements) {
              assert.ok(range.from >= end && range.to >= range.from && range.to <= block.text.length);
              end = range.to;
            }
          }
          // Chunks that the damage does not touch, nor stands at the edge of, are as they were.
          const untouched = whole.chunks.filter(
            ({ start, block }) => start > lineEnd + 10 || start + block.text.length < lineStart - 10,
          );
          const left = new Set(fresh.chunks.map(({ block }) => block.text));
          for (const { block } of untouched) assert.ok(left.has(block.text), `${block.text}\n… is lost in\n${text}`);
        },
      ),
      // The first character of a line in a class, which then is no decorator of what follows the class.
      { numRuns: 300, examples: [[sample.indexOf('        for i in range'), '@']] },
    );
  });

  it('a prefix typed letter by letter never takes what is below', () => {
    const line = '        self.stem = nn.Conv2d(3, width[0], 7)\n';
    const at = sample.indexOf(line);
    for (let length = 0; length < line.length; length++) {
      const text = `${sample.slice(0, at)}${line.slice(0, length)}\n${sample.slice(at + line.length)}`;
      const left = sourceOf(parsePython(text));
      assert.match(left, /\n {2}def forward\(self, x\):\n {4}x = self\.stem\(x\)\n/);
      assert.match(left, /\n {4}for i in range\(depth\):\n/);
      assert.match(left, /\ndef last\(x\):/);
    }
  });

  it('whatever text it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        const tree = parsePython(text);
        assert.deepEqual(parsePython(text, tree), tree);
      }),
      { numRuns: 200 },
    );
  });

  it('monstrous texts in bounded time', () => {
    const texts = [
      '('.repeat(10_000),
      `x = ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      `x = ${'-'.repeat(10_000)}1`,
      `x = ${'not '.repeat(10_000)}1`,
      `x = ${'a + '.repeat(10_000)}a`,
      `x = ${'a if b else '.repeat(5_000)}a`,
      `x = a${'.b'.repeat(10_000)}`,
      `x = ${'lambda: '.repeat(5_000)}a`,
      `x = a${' and a'.repeat(10_000)}`,
      `x = a${' ** a'.repeat(10_000)}`,
      `x = a${' = a'.repeat(10_000)}`,
      `x: ${'a[b | '.repeat(150)}c${']'.repeat(150)} = 1`,
      `f"{${'f"{'.repeat(5_000)}`,
      `if a: b\n${'elif c: d\n'.repeat(5_000)}`,
      Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}if a:\n`).join(''),
      'x = (\n'.repeat(5_000),
      '"""\n'.repeat(5_001),
      '@a\n'.repeat(3_000),
      'else:\n'.repeat(2_000),
      `x = "${'a'.repeat(200_000)}`,
      `x = ${'9'.repeat(100_000)}`,
      `match a:\n case ${'['.repeat(5_000)}: b`,
    ];
    for (const text of texts) {
      const start = performance.now();
      const tree = parsePython(text);
      const took = performance.now() - start;
      assert.ok(tree.chunks.length > 0);
      assert.ok(took < 10_000, `${text.slice(0, 20)}… took ${Math.round(took)} ms`);
    }
  });
});
