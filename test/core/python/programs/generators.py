def g(n):
    r = 0
    while True:
        x = yield r
        if x is None: break
        r += x
    return 'end%d' % r
it = g(1)
print(next(it), it.send(5), it.send(7))
try: it.send(None)
except StopIteration as e: print(e.value)
def outer():
    r = yield from inner()
    print('r', r)
    yield from [7, 8]
    yield from (x for x in 'ab')
def inner():
    got = yield 1
    print('got', got)
    yield 2
    return 'ret'
o = outer(); print(next(o)); print(o.send('S')); print(list(o))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
from itertools import islice
print(list(islice(fib(), 15)))
print(sum(i*i for i in range(10)), [x for x in (y for y in range(3)) if x], list(zip(fib(), 'abc')))
def tree(t):
    if isinstance(t, list):
        for x in t: yield from tree(x)
    else: yield t
print(list(tree([1, [2, [3, [4, 5]], 6]])))
class It:
    def __init__(self, n): self.n = n
    def __iter__(self):
        for i in range(self.n): yield i
class It2:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n <= 0: raise StopIteration
        self.n -= 1
        return self.n
print(list(It(3)), [*It2(3)], max(It(4)), tuple(It2(2)), 2 in It(5), sorted(It2(4)), dict.fromkeys(It(2)))
for a, b in enumerate(It2(2), 5): print(a, b)
a, *rest = It(4); print(a, rest)
x, y = It2(2); print(x, y)
print([*It(2), *'xy'], {*It(2)}, {**{'a': 1}, 'b': 2})
def early():
    for i in range(10):
        if i == 3: return
        yield i
print(list(early()))
gen = early()
for v in gen:
    if v == 1: break
print(next(gen), list(gen), list(gen))
print(next(iter([]), 'default'), list(iter(It2(3).__next__, 0)))
def chain(*its):
    for it in its: yield from it
print(list(chain([1], (2,), {3})))
# A list grows while a generator that looks at it gives it elements.
a = [1]; a.extend(a[-1] * 2 for _ in range(4)); print(a)
b = [1]; b += (b[-1] + len(b) for _ in range(4)); print(b)
c = [1, 2]; print([*c, *(len(c) for _ in range(2))]); c.extend(c); print(c)
from collections import deque
d = deque([1], maxlen=3); d.extend(d[-1] * 3 for _ in range(4)); print(list(d)); d.extendleft(d[0] + 1 for _ in range(2)); print(list(d))
e = [1]
def three():
    yield e[-1] + 1
    yield e[-1] + 1
    raise ValueError(len(e))
try: e.extend(three())
except ValueError as error: print(e, error)
