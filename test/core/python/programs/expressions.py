data = [1, 5, 2, 8]
print([y for x in data if (y := x * 2) > 4], y)
while (n := len(data)) > 2: data.pop()
print(n, data)
def f():
    if (m := 5) > 3: return m
print(f())
print((a := 1) + (b := 2), a, b)
print(f'{(z := 5)}', z)
def annotated():
    x: int
    y: int = 4
    return y
print(annotated())
class Ann:
    a: int
    b: str = 'x'
print(Ann.b, list(Ann.__annotations__), hasattr(Ann, 'a'))
lst = [i if i % 2 else -i for i in range(4)]
print(lst)
val = 3
res = 'big' if val > 5 else 'mid' if val > 2 else 'small'
print(res)
print([(i, j) for i in range(2) for j in 'ab'])
fns = {'a': lambda x: x + 1, 'b': lambda x: x * 2}
print([fns[k](3) for k in fns])
compose = lambda *fs: lambda x: __import__('functools').reduce(lambda a, f: f(a), fs, x)
print(compose(lambda x: x + 1, str)(4))
def kwonly(*, a=1, **rest): return a, rest
print(kwonly(**{'a': 2, 'b': 3}))
def pos(a, b, /): return a + b
print(pos(1, 2))
try: pos(a=1, b=2)
except TypeError as e: print(e)
assert True, 'not shown'
if __debug__: print('debug')
x = y = z = 0
x, y = y + 1, x + 2
print(x, y)
print(*(i for i in range(3)), sep=',')
print(1if True else 2)
class A: pass
a = A()
a.b = A()
a.b.c = [1, 2]
a.b.c[0] += 5
a.b.c[1:] = [7, 8]
print(a.b.c)
del a.b.c[0]
print(a.b.c, hasattr(a, 'q'))
del a.b
print(hasattr(a, 'b'))
s = {1, 2, 3}
s.discard(2); s.add(5); print(s, len(s))
print('ab' 'cd', 'a\
b')
t = ('a'
     'b')
print(t, 1_000_000, 0xFF, 1e3, 5.)
from math import *
print(floor(3.7), pi > 3)
import os.path
print(os.path.join('a', 'b'), os.path.basename('/x/y.py'))
print(all([1, 2]) and any([0, 1]), bool([0]), bool(''))
def gen():
    x = yield
    while x: x = yield x * 2
g = gen(); next(g); print(g.send(3), g.send(4))
def countdown(n):
    while n > 0:
        yield n
        n -= 1
print(list(countdown(3)), dict(enumerate('ab')), list(zip(range(3), countdown(2))))
print({i: chr(97 + i) for i in range(3)}, {x for x in 'aab'} == {'a', 'b'})
print(sum(1 for _ in range(5)), max(len(w) for w in ['a', 'bbb']))
print([x for x in range(20) if x % 3 == 0 if x % 2 == 0])
matrix = [[0] * 3 for _ in range(2)]; matrix[0][1] = 5; print(matrix)
first, *_, last = range(5); print(first, last)
(a, b), c = (1, 2), 3; print(a + b + c)
for i, (p, q) in enumerate([(1, 2), (3, 4)]): print(i, p, q)
try:
    pass
except: pass
else: print('else')
finally: print('finally')
print(type(e := ValueError('v')).__name__, e.args)
lines = '''a
b'''
print(lines.split('\n'), lines.splitlines())
print("%s" % None, "%s" % [1], "%s %s" % ('a', 'b'), "%(k)s" % {'k': 1}, "%%")
print(''.join(reversed('abc')), 'abc'[::-1], 'a-b-c'.rsplit('-', 1), 'x=1'.partition('='))
