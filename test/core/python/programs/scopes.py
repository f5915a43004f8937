# closures & scopes
x = 'global'
def f():
    x = 'f'
    class C:
        y = x
        def g(self): return x
        z = [x for _ in range(1)]
    return C
C = f(); print(C.y, C().g(), C.z)
def a():
    def b():
        def c():
            nonlocal v
            v += 1
            return v
        return c
    v = 10
    return b()
print(a()())
class K:
    x = 'cls'
    def m(self): return x
print(K().m())
def dflt(a, l=[]):
    l.append(a); return l
print(dflt(1), dflt(2))
def g():
    for i in range(3): pass
    return i
print(g())
def cond(flag):
    if flag: v = 1
    return v
try: cond(False)
except UnboundLocalError as e: print(type(e).__name__)
def dele():
    q = 1
    del q
    try: return q
    except NameError as e: return str(e)
print(dele())
def cellfree():
    def inner(): return later
    try: inner()
    except NameError as e: print(e)
    later = 1
    return inner()
print(cellfree())
def lam(): return [(lambda y: x + str(y))(i) for i in range(2)]
print(lam())
class Outer:
    class Inner:
        def who(self): return type(self).__qualname__
    def mk(self): return self.Inner()
print(Outer().mk().who(), Outer.Inner.__qualname__)
def fn():
    "docstring here"
    def nested(): pass
    return nested
print(fn.__doc__, fn().__qualname__, fn.__name__)
fn.attr = 5; print(fn.attr, fn.__dict__)
print((lambda: (yield))().__class__.__name__)
def args(*a, **k): return a, sorted(k.items())
print(args(*range(3), 7, *'ab', k=1, **{'z': 2}, **dict(y=3)))
try: args(**{'a': 1}, **{'a': 2})
except TypeError as e: print('dup kw')
try: args(*5)
except TypeError as e: print('star int')
try: args(**5)
except TypeError as e: print('starstar int')
print([*range(2), *[5]], (*'ab', 1), {*[1], 2}, {**{'a': 1}, 'a': 2})
def star(a, *, b): return a, b
print(star(1, b=2))
def unp():
    a = b, c = 1, 2
    return a, b, c
print(unp())
i = 0
l = [0, 0, 0]
i, l[i] = 1, 5; print(i, l)
def order():
    r = []
    def t(x): r.append(x); return x
    d = {t('k1'): t('v1'), t('k2'): t('v2')}
    t(1) + t(2) * t(3)
    x = [t('a'), t('b')][t(0)]
    args(t('p'), *[t('q')], k=t('r'))
    t(1) < t(0) < t(99)
    return r
print(order())
def fact(n): return 1 if n < 2 else n * fact(n - 1)
print(fact(15))
def f2(): return
print(f2(), f2() is None)
t = 1,
print(t, (), (1,), ((1, 2),))
if x == 'global': y = 1
elif x: y = 2
else: y = 3
print(y)
try:
    try: 1/0
    except ValueError: print('no')
    else: print('no')
except ZeroDivisionError as z: print('outer', z)
for x in [1, 2, 3]:
    try:
        if x == 2: continue
        print('body', x)
    except Exception: pass
    else: print('else', x)
    finally: print('fin', x)
def gen_finally():
    try:
        for i in range(3):
            try: yield i
            finally: print('inner', i)
    finally: print('outer')
for v in gen_finally():
    print(v)
def with_return():
    class M:
        def __enter__(s): return s
        def __exit__(s, *a): print('exit')
    for i in range(2):
        with M():
            if i == 0: continue
            return i
print(with_return())
def nested_finally():
    for i in range(2):
        try:
            try:
                if i == 1: return 'r'
                continue
            finally: print('in', i)
        finally: print('out', i)
print(nested_finally())
def exc_in_finally():
    try:
        try: raise ValueError('1')
        finally: raise KeyError('2')
    except Exception as e: return repr(e)
print(exc_in_finally())
def loop_else_finally():
    while True:
        try: break
        finally: print('brk')
    return 1
print(loop_else_finally())


# None is a value of a name like any other.
nothing = None
int_or_none = None


class OfNothing:
    value = nothing
    print(value, int_or_none)


def around():
    inner = 1

    class Inside:
        inner = None
        print(inner)

    return Inside.inner, inner


print(OfNothing.value, around())
len = None
print(len)
