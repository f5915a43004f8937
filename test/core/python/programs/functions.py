def f(a, b, /, c, d=4, *args, e, g=7, **kw):
    return a, b, c, d, args, e, g, kw
print(f(1, 2, 3, e=5))
print(f(1, 2, 3, 4, 5, 6, e=5, z=9))
print(f(*[1, 2], **{'c': 3, 'e': 5}))
for call in ['f()', 'f(1,2)', 'f(1,2,3)', 'f(1,2,3,e=1,a=2)', 'f(1,2,3,c=4,e=1)']:
    try: print(eval(call))
    except TypeError as e: print(e)
def g(a, b=2): return a + b
for call in ['g()', 'g(1,2,3)', 'g(1,c=2)', 'g(a=1,b=5)', 'g(1,a=2)', 'g(*[1,2,3])', 'g(**{"a":1})']:
    try: print(eval(call))
    except TypeError as e: print(e)
def h(): return 1
try: h(1)
except TypeError as e: print(e)
def k(a, b, c): pass
try: k()
except TypeError as e: print(e)
try: k(1)
except TypeError as e: print(e)
def kw(*, a, b): pass
try: kw()
except TypeError as e: print(e)
class C:
    def m(self, x): return x
    def n(): pass
try: C().m()
except TypeError as e: print(e)
try: C().n()
except TypeError as e: print(e)
def outer():
    x = 1
    def inner():
        nonlocal x
        x += 1
        return x
    return inner
i = outer(); i(); print(i())
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc, lambda: n
inc, get = counter(); inc(); inc(5); print(get())
fs = [lambda i=i: i for i in range(3)]; print([f() for f in fs])
fs = [lambda: i for i in range(3)]; print([f() for f in fs])
glob = 1
def setg():
    global glob
    glob = 5
setg(); print(glob)
def rec(n): return 1 if n <= 1 else n * rec(n - 1)
print(rec(20), rec(30))
def deep(n): return deep(n + 1)
try: deep(0)
except RecursionError as e: print('RecursionError', e)
def unbound():
    try: print(zz)
    except UnboundLocalError as e: print(e)
    zz = 1
unbound()
try: undefined_name
except NameError as e: print(e)
def deco(arg):
    def wrap(fn):
        def inner(*a, **k): return (arg, fn(*a, **k))
        return inner
    return wrap
@deco('A')
@deco('B')
def decorated(x): return x
print(decorated(3))
print(f.__name__, g.__defaults__, (lambda: 0).__name__, f.__kwdefaults__)
print((lambda *a, **k: (a, k))(1, b=2))
def ret(): 
    try: return 'try'
    finally: print('fin')
print(ret())
def ret2():
    for i in range(5):
        try:
            if i == 2: continue
            if i == 3: break
            print(i)
        finally: print('f', i)
    return 'done'
print(ret2())
def ret3():
    while True:
        try:
            return 1
        finally:
            return 2
print(ret3())
def ret4():
    with C2() as c:
        for i in [1,2]:
            return i
class C2:
    def __enter__(self): print('enter'); return self
    def __exit__(self, t, v, tb): print('exit', t and t.__name__); return True
print(ret4())
with C2(): raise ValueError('swallowed')
print('after')
