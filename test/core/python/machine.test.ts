// Python as it runs here. What the programs in `programs/` print was printed by CPython 3.11 (`python3 program.py`).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { operations } from '../../../server/src/core/python/code.ts';
import { native, nativeSteps } from '../../../server/src/core/python/native.ts';
import { PyModule, Unknown } from '../../../server/src/core/python/objects.ts';
import { createMachine } from '../../../server/src/core/python/vm/index.ts';
import { instructions } from '../../../server/src/core/python/vm/instructions/index.ts';
import { parsePython, startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { filesOf, type ProgramOptions, raisedText, runProgram } from '../../support/pythonProgram.ts';

before(startPython);

const programs = new URL('programs/', import.meta.url);

/** What a program prints, without faults; an uncaught exception is the last line. */
function printed(text: string, options?: ProgramOptions): string[] {
  const { printed: output, outcome, faults } = runProgram(text, options);
  assert.deepEqual(faults, []);
  const lines = output.split('\n').slice(0, -1);
  if (outcome.kind === 'raised') lines.push(raisedText(outcome.exception));
  if (outcome.kind === 'stopped') lines.push(outcome.reason.message);
  return lines;
}

/** The names among the last line's that are unknown after a program in which `u` is unknown. */
function unknownAfter(text: string, names: readonly string[]): readonly string[] {
  const prelude = 'from missing import make\nu = make()\n';
  const lines = printed(`${prelude}${text}\n${names.map(name => `print(${name})`).join('\n')}`);
  assert.equal(lines.length, names.length, lines.join('\n'));
  return names.filter((_, at) => lines[at] === '<“missing” cannot be found>');
}

describe('the machine', () => {
  for (const file of readdirSync(programs).filter(name => name.endsWith('.py'))) {
    it(`prints what Python prints: ${file}`, () => {
      const expected = readFileSync(new URL(file.replace(/py$/, 'txt'), programs), 'utf8');
      const actual = printed(readFileSync(new URL(file, programs), 'utf8'));
      assert.deepEqual(actual, expected.split('\n').slice(0, -1));
    });
  }

  it('has every instruction, and the numbers of those in its loop', () => {
    const source = readFileSync(new URL('../../../server/src/core/python/vm/loop.ts', import.meta.url), 'utf8');
    const cases = [...source.matchAll(/case (\d+):(?: \{\n\s*)? ?\/\/ (\w+)\n([\s\S]*?)(?=\n {6}case |\n {4}\}\n)/g)];
    assert.ok(cases.length > 20);
    for (const [, number, name, body] of cases) {
      assert.equal(operations[Number(number)], name);
      // What the loop does not do itself in all cases.
      if (/\bbreak;/.test(body!)) assert.ok(instructions[Number(number)], name);
    }
    const inLoop = new Set(cases.map(([, , name]) => name));
    const without = operations.filter((name, at) => !inLoop.has(name) && !instructions[at]);
    assert.deepEqual(without, []);
  });

  it('goes on in slices', () => {
    const machine = createMachine({ files: filesOf({}), roots: [], natives: new Map() });
    const tree = parsePython('x = 0\nfor i in range(1000): x += i\n');
    const run = machine.start(machine.run({ tree, name: 'm' }));
    let slices = 0;
    let outcome = run.advance(100);
    for (; !outcome; slices++) outcome = run.advance(100);
    assert.ok(slices > 20, String(slices));
    assert.equal(outcome.kind, 'value');
    assert.equal(outcome.kind === 'value' && outcome.value.dict.get('x'), 499500);
  });

  it('evaluates expressions in a module', () => {
    const machine = createMachine({ files: filesOf({}), roots: [], natives: new Map() });
    const module = machine
      .start(machine.run({ tree: parsePython('def f(x): return x * n\nn = 3\n'), name: 'm' }))
      .finish();
    assert.ok(module.kind === 'value');
    const value = machine.start(machine.evaluateIn(module.value, '[f(i) for i in range(n)][-1]')).finish();
    assert.deepEqual(value, { kind: 'value', value: 6 });
  });

  it('knows statement and expression of every call that is under way', () => {
    const text =
      'def outer():\n    for i in range(1):\n        x = [probe(i) for _ in range(1)]\n    return x\ny = 1 + outer()\n';
    let seen: string[] = [];
    const natives = new Map([
      [
        'probes',
        () => {
          const module = new PyModule('probes');
          module.dict.set(
            'probe',
            native('probe', 'x', (_, machine) => {
              seen = [];
              for (let at = machine.top; at; at = at.parent) {
                if (!at.code) continue;
                const cut = (range?: { from: number; to: number }): string =>
                  range ? source.slice(range.from + at.base, range.to + at.base) : '';
                seen.push(`${at.code.name} | ${cut(at.statement)} | ${cut(at.expression)}`);
              }
              return 1;
            }),
          );
          return module;
        },
      ],
    ]);
    const source = `from probes import probe\n${text}`;
    runProgram(source, { natives });
    assert.deepEqual(seen, [
      '<listcomp> | [probe(i) for _ in range(1)] | probe(i)',
      'outer | x = [probe(i) for _ in range(1)] | [probe(i) for _ in range(1)]',
      '<module> | y = 1 + outer() | outer()',
    ]);
  });

  it('tells where an exception was raised, and through which calls it came', () => {
    const text = 'def f(x):\n    return x.y\ndef g():\n    return f(1)\ng()\n';
    const { outcome } = runProgram(text);
    assert.ok(outcome.kind === 'raised');
    assert.equal(raisedText(outcome.exception), "AttributeError: 'int' object has no attribute 'y'");
    assert.deepEqual(
      outcome.trace.map(({ name, range }) => `${name}: ${text.slice(range.from, range.to)}`),
      ['f: return x.y', 'g: return f(1)', '<module>: g()'],
    );
  });

  it('lets natives call back into Python', () => {
    const natives = new Map([
      [
        'tools',
        () => {
          const module = new PyModule('tools');
          module.dict.set(
            'twice',
            nativeSteps('twice', 'f, x, *, extra=1', function* ([f, x, extra], machine) {
              const once = yield* machine.call(f!, [x!]);
              try {
                return yield* machine.call(f!, [yield* machine.binary('+', once, extra!)]);
              } catch {
                return 'failed';
              }
            }),
          );
          return module;
        },
      ],
    ]);
    const text =
      'from tools import twice\nprint(twice(lambda x: x * 2, 5), twice({5: 2}.__getitem__, 5))\nprint(twice(1, 2, 3, 4))';
    assert.deepEqual(printed(text, { natives }), [
      '22 failed',
      'TypeError: twice() takes 2 positional arguments but 4 were given',
    ]);
  });
});

describe('imports', () => {
  const files = filesOf({
    '/r/pkg/__init__.py': 'print("pkg")\nfrom .a import fa\nfrom .star import *\nVERSION = 3\n',
    '/r/pkg/a.py': 'print("a")\nfrom .b import fb\ndef fa(): return fb() + 1\n',
    '/r/pkg/b.py': 'print("b")\nfrom . import a\ndef fb(): return 10\ndef back(): return a.fa\n',
    '/r/pkg/star.py': 'from .other import shown\n_hidden = 1\nq = 2\n',
    '/r/pkg/other.py': 'print("other")\nshown = 5\n',
    '/r/pkg/needs.py': 'from . import VERSION\nfrom .b import fb\nX = VERSION + fb()\n',
    '/r/flat/__init__.py': 'print("flat")\nfrom . import b\nN = 1\n',
    '/r/flat/a.py': 'print("flat.a")\nfrom .b import fb\ndef fa(): return fb() + 1\n',
    '/r/flat/b.py': 'print("flat.b")\nfrom . import a\ndef fb(): return 10\ndef back(): return a.fa\n',
    '/r/one.py': 'import two\ndef f(): return two.g()\nY = 1\n',
    '/r/two.py': 'import one\ndef g(): return one.Y + 1\n',
    '/r/dynamic.py': 'def __getattr__(name):\n    if name == "x": return 7\n    raise AttributeError(name)\n',
    '/r/wild.py': 'from missing.things import *\nz = Conv\n',
    '/r/native/_ext.so': '',
    '/r/native/__init__.py': 'from . import _ext\nW = _ext\n',
  });
  const roots = ['/r'];
  const imported = (text: string, isEager = false): string[] => printed(text, { files, roots, isEager });

  it('run when a name of theirs is needed', () => {
    const text = 'from flat.b import fb, back\nimport flat\nprint("main")\nprint(fb())\nprint(back()())\nprint(flat.N)';
    assert.deepEqual(imported(text), ['main', 'flat.b', '10', 'flat.a', '11', 'flat', '1']);
    assert.deepEqual(
      imported('import pkg\nprint("main")\nprint(pkg.VERSION, pkg.q, pkg.shown, hasattr(pkg, "_hidden"))'),
      ['main', 'pkg', 'other', '3 2 5 False'],
    );
  });

  it('that failed in a try leave names that are not known, but for those that something else binds', () => {
    const text = `import part
from part import scan
def f(x): return second(x)
try:
    import first as one
    from first.inner import second, third
except ImportError as error:
    third = 3
    print(type(error).__name__)
print(one, third)
print(f(1))
print(scan, hasattr(part, 'scan'))
try: print(fourth)
except NameError as error: print(error)
`;
    const part = filesOf({ '/r/part.py': 'try: from gone import scan\nexcept Exception: pass\n' });
    assert.deepEqual(printed(text, { files: part, roots }), [
      'ModuleNotFoundError',
      '<“first” cannot be found> 3',
      '<“first” cannot be found>',
      '<“gone” cannot be found> False',
      "name 'fourth' is not defined",
    ]);
  });

  it('run where they stand, if asked to', () => {
    assert.deepEqual(imported('from pkg.b import fb\nprint("main")\nprint(fb())', true), [
      'pkg',
      'a',
      'b',
      'other',
      'main',
      '10',
    ]);
  });

  it('take what a module needs of its package first', () => {
    assert.deepEqual(imported('from pkg.needs import X\nprint(X)'), ['pkg', 'b', '13']);
  });

  it('wait for a call that needs a default of theirs', () => {
    const kinds = filesOf({
      '/r/kinds.py': 'print("kinds")\nclass Mode:\n    A = [1]\n    B = [2]\nMode.C = 3\n',
      '/r/inner/__init__.py': 'print("inner")\nfrom .all import *\n',
      '/r/inner/all.py': 'print("all")\nclass Three:\n    A = 3\n',
      '/r/inner/part.py': 'from . import Three\nprint("part")\n__all__ = ["f"]\ndef f(n=Three.A):\n    return n\n',
      '/r/inner/quiet.py': 'from . import Three\n__all__ = ["f"]\ndef f(n=Three.A):\n    return n\n',
    });
    const run = (text: string): string[] => printed(text, { files: kinds, roots });
    const net = `
import kinds
from kinds import Mode
class Net:
    own = 1
    def f(self, mode=Mode.A, own=own, *, other=kinds.Mode.B):
        return (lambda: (mode, own, other))()
    def g(self, mode=Mode.A):
        yield mode
print(Net().f(4, other=5))
print(Net().f(other=5))
print(Net().f() == ([1], 1, [2]), next(Net().g()) is Net().f()[0] is Mode.A)
`;
    assert.deepEqual(run(net), ['(4, 1, 5)', 'kinds', '([1], 1, 5)', 'True True']);
    assert.deepEqual(
      run(
        'import inspect\nfrom kinds import Mode\ndef f(a, b=Mode.A, *, c=Mode.B): pass\nprint("main")\nprint(f.__defaults__, f.__kwdefaults__)\nprint(inspect.signature(f).parameters["c"].default)\nprint(Mode.A is f.__defaults__[0])',
      ),
      ['main', 'kinds', "([1],) {'c': [2]}", '[2]', 'True'],
    );
    // A default is what its name meant where the function was made.
    assert.deepEqual(
      run(
        'from kinds import Mode\ndef f(a=Mode): return a.C\nfirst = Mode\nclass Mode:\n    C = 4\nprint(f(), Mode.C)\ng = lambda m=first: m.C\nprint(g())',
      ),
      ['kinds', '3 4', '3'],
    );
    assert.deepEqual(
      run('from kinds import Mode\ndef f(a=Mode): return a.C\nclass Mode:\n    C = 4\nprint(f(), Mode.C)'),
      ['kinds', '3 4'],
    );
    assert.deepEqual(
      run('import gone\nfrom gone import Mode\ndef f(a=Mode.A, b=gone.x.y): return a, b\nprint("main")\nprint(f())'),
      ['main', '<“gone” cannot be found>'],
    );
    // A module that does something when it runs finds what is its package's.
    assert.deepEqual(run('from inner.part import f\nprint(f(1), f())'), ['inner', 'all', 'part', '1 3']);
    assert.deepEqual(run('from inner.quiet import f\nprint(f(1))\nprint(f())'), ['1', 'inner', 'all', '3']);
  });

  it('may go in circles', () => {
    assert.deepEqual(imported('import one\nprint(one.f())'), ['2']);
  });

  it('ask the module for names that it makes', () => {
    assert.deepEqual(imported('import dynamic\nprint(dynamic.x, hasattr(dynamic, "y"))'), ['7 False']);
  });

  it('that are not found are unknown, and have an identity', () => {
    assert.deepEqual(
      imported(
        'import missing.a as m\nfrom missing import b\nprint(m.c is m.c, b == 1, b in {1, "b"}, b in [b], m.c is b)\nprint(b)\nprint(b(1).x)',
      ),
      ['True False False True False', '<“missing” cannot be found>', '<“missing” cannot be found>'],
    );
    // Two names may be one value, but two classes are two.
    assert.deepEqual(
      imported('from missing import A, B, a, b\nprint(A in (B, A), A in [B], A == B, A in {B})\nprint(a == b)'),
      ['True False False False', '<“missing” cannot be found>'],
    );
    // A version that a compiled extension has, if it has one, may be the one that is wanted.
    assert.deepEqual(
      imported(
        'import missing as m\nprint(getattr(m, "c") is m.c)\nprint(getattr(m, "V", None) == "1")\nif "1" != getattr(m, "V", None):\n    text = "no"\n    raise ImportError(text)\nprint("on")',
      ),
      ['True', '<“missing” cannot be found>', 'on'],
    );
    assert.deepEqual(imported('import wild\nprint(wild.z)\nprint(wild.other)\nimport native\nprint(native.W)'), [
      '<“missing.things” cannot be found>',
      '<“missing.things” cannot be found>',
      '<“native._ext” cannot be found>',
    ]);
  });

  it('that are not found raise where ImportError is caught', () => {
    assert.deepEqual(
      imported(
        'try:\n    import missing\nexcept ImportError as e:\n    print("caught", e)\ntry:\n    from pkg.b import nope\nexcept ImportError as e:\n    print(e)',
      ),
      ["caught No module named 'missing'", 'pkg', 'b', "cannot import name 'nope' from 'pkg.b'"],
    );
  });
});

describe('an unknown condition', () => {
  it('skips a branch that only raises', () => {
    assert.deepEqual(
      unknownAfter('x = 1\nif u: raise ValueError()\nif u > 3: x = 2\nelse: raise ValueError()', ['x']),
      [],
    );
    assert.deepEqual(
      unknownAfter('x = 1\nassert u, "no"\nif not u:\n    print_ = 1\n    raise KeyError(1)', ['x']),
      [],
    );
  });

  it('leaves unknown what either branch may write', () => {
    const text = `
class A:
    def __init__(self): self.l, self.n, self.k, self.d = [1], 1, 2, {}
    def add(self): self.l.append(1); self.n += 1
a = A(); x = 1; y = 2; z = 3; l = [1]; m = [2]; d = {}; glob = 1; t = [3]
def change(v, w): v.append(1); w['k'] = 2
def set_global():
    global glob
    glob = 2
if u:
    a.add(); x = 5; change(l, w=d); set_global()
    for i in range(3): t[0] = i
else:
    y = 6`;
    const names = ['a.l', 'a.n', 'a.k', 'a.d', 'x', 'y', 'z', 'l', 'm', 'd', 'glob', 't'];
    assert.deepEqual(unknownAfter(text, names), ['a.l', 'a.n', 'x', 'y', 'l', 'd', 'glob', 't']);
  });

  it('leaves nothing unknown where the branches do nothing', () => {
    const text = 'import warnings\nx = 1\nif u: warnings.warn("x")\nelif u > 2: print\nelse: pass';
    assert.deepEqual(unknownAfter(text, ['x']), []);
  });

  it('makes the result unknown where the function may return, and what it had still to do', () => {
    const text = 'def f(l):\n    if u: return 1\n    l.append(2)\n    return 3\nl = [1]; m = [1]\nr = f(l)';
    assert.deepEqual(unknownAfter(text, ['r', 'l', 'm']), ['r', 'l']);
  });

  it('makes unknown what a loop writes that may be left', () => {
    const text = `
def f():
    a = 0; b = 0; c = 0
    for i in range(3):
        a += 1
        if u: break
        b += 1
    return [a, b, c]
r = f()
s = 0; k = 1
for i in range(3):
    if u: continue
    s += i`;
    assert.deepEqual(unknownAfter(text, ['r[0]', 'r[1]', 'r[2]', 's', 'k']), ['r[0]', 'r[1]', 's']);
  });

  it('of loops, expressions, matches and generators', () => {
    const text = `
a = b = c = d = 0; e = 1
for i in u: a += 1
while u: b += 1
c = 1 if u else 2
match u:
    case 1: d = 1
    case _: d = 2
def g():
    yield 1
    if u: yield 2
f = list(g())
h = []
for v in g(): h.append(v)
i = [x for x in range(3) if u]
j = [x for x in u]
k = u and 1
l = 0 or u
m = 1 < u < 3
n = not u
o = len(u) + 1
p = f'{u}'`;
    const names = 'abcdefhijklmnop'.split('');
    assert.deepEqual(
      unknownAfter(text, names),
      names.filter(name => name !== 'e'),
    );
  });

  it('whose exception is handled makes the whole try unknown', () => {
    const text =
      'def f():\n    try:\n        if u: raise ValueError()\n        q = 1\n    except ValueError: q = 2\n    return q\nr = f()';
    assert.deepEqual(unknownAfter(text, ['r']), ['r']);
  });

  it('of a key or an index makes the container unknown', () => {
    const text = 'd = {1: 2}; l = [1]; k = [2]; s = {1}\nd[u] = 1\nl[u] = 2\ns.add(u)\nk.append(u)';
    assert.deepEqual(unknownAfter(text, ['d', 'l', 's', 'len(k)', 'k[0]', 'd.get(5)']), ['d', 'l', 's', 'd.get(5)']);
  });

  it('is told', () => {
    const told: string[] = [];
    runProgram('from missing import u\nif u():\n    x = u()\nif u(): pass\nif u(): x = 1\n', {
      hooks: { unknownBranch: why => told.push(why.reason.message) },
    });
    assert.deepEqual(told, ['“missing” cannot be found']);
  });

  it('is one whose constructor is not known', () => {
    const text = `
from missing import make
class A:
    __init__ = make()
    def f(self): return self.size
a = A(1)
`;
    assert.deepEqual(unknownAfter(text, ['a', 'a.f()']), ['a', 'a.f()']);
  });

  it('is one in which an unknown class is a base', () => {
    const text = `
from missing import Base
class A(Base):
    k = 3
    def __init__(self):
        super().__init__()
        self.z = 4
a = A()
`;
    assert.deepEqual(unknownAfter(text, ['a.z', 'a.k', 'a.other', 'isinstance(a, A)', 'isinstance(a, int)', 'a(1)']), [
      'a.other',
      'isinstance(a, int)',
      'a(1)',
    ]);
  });

  it('is a statement that cannot be read', () => {
    const { printed: output, outcome } = runProgram(
      'x = 1\ndef f():\n    y = (1 +\n    z = 2\n    return z\nprint(f(), x)\n',
    );
    assert.equal(outcome.kind, 'value');
    assert.match(output, /2 1\n/);
  });
});

describe('bounds', () => {
  const stops: Readonly<Record<string, RegExp>> = {
    'while True: pass': /too long/,
    'def f(n): return f(n + 1)\nf(0)': /RecursionError/,
    'l = []\nwhile True: l.append([0] * 1000)': /too/,
    'def g():\n    while True: yield 1\nlist(g())': /too/,
    'def f():\n    try: f()\n    finally: f()\nf()': /too long/,
    'def f(*a): return f(*a, *a, 1)\nf(1)': /too much|RecursionError/,
    'x = 3\nfor i in range(100): x = x * x\nprint(x)': /bits/,
    's = "a"\nfor i in range(100): s += s\nprint(len(s))': /characters/,
    'class A:\n    def __repr__(self): return repr(self)\nprint(A())': /RecursionError/,
    'class A: pass\nfor i in range(10**5): A = type("A", (A,), {})': /too much/,
    't = ()\nfor i in range(60): t = (t, t)\nhash(t)': /too much/,
    'import json\nt = ()\nfor i in range(60): t = (t, t)\njson.dumps(t)': /too much/,
    'a = []; b = []\nfor i in range(20000): a = [a]; b = [b]\na == b': /RecursionError/,
  };
  for (const [text, expected] of Object.entries(stops)) {
    it(`stop ${text.replaceAll('\n', '; ')}`, () => {
      const { printed: output, outcome } = runProgram(text, { maxSteps: 1_000_000 });
      const end =
        outcome.kind === 'raised'
          ? raisedText(outcome.exception)
          : outcome.kind === 'stopped'
            ? outcome.reason.message
            : '';
      assert.match(output + end, expected);
    });
  }

  it('hold for any program', () => {
    const texts = readdirSync(programs)
      .filter(name => name.endsWith('.py'))
      .map(name => readFileSync(new URL(name, programs), 'utf8').split('\n'));
    const lines = texts.flat();
    const edit = fc.record({
      at: fc.nat(),
      what: fc.constantFrom('drop', 'repeat', 'replace', 'unknown'),
      from: fc.nat(),
    });
    fc.assert(
      fc.property(fc.nat(), fc.array(edit, { minLength: 1, maxLength: 6 }), (which, edits) => {
        const text = [...texts[which % texts.length]!];
        for (const { at, what, from } of edits) {
          const index = at % text.length;
          if (what === 'drop') text.splice(index, 1);
          else if (what === 'repeat') text.splice(index, 0, text[from % text.length]!);
          else if (what === 'replace') text[index] = lines[from % lines.length]!;
          else text[index] = text[index]!.replace(/\b\d+\b/, 'unknown_thing');
        }
        const program = `from missing import unknown_thing\n${text.join('\n')}`;
        const { faults } = runProgram(program, { maxSteps: 100_000 });
        assert.deepEqual(faults, []);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an unknown value', () => {
  it('is what a native makes of unknown arguments that it cannot take', () => {
    const { machine } = runProgram('');
    assert.ok(machine.unknown('x') instanceof Unknown);
    assert.deepEqual(
      unknownAfter('import math\na = math.sqrt(u)\nb = [1, 2][u]\nc = "x".join(u)\nd = int(u) + 1', [
        'a',
        'b',
        'c',
        'd',
      ]),
      ['a', 'b', 'c', 'd'],
    );
  });
});
