class MyE(Exception):
    def __init__(self, msg, code): 
        super().__init__(msg)
        self.code = code
try: raise MyE('hi', 3)
except (ValueError, MyE) as e: print(e, e.code, e.args, repr(e))
def f(n):
    try:
        if n == 0: raise KeyError('k')
        if n == 1: raise IndexError('i')
        if n == 2: return 'ret'
    except LookupError as e:
        return type(e).__name__ + str(e)
    else: return 'else'
    finally: print('fin', n)
print([f(i) for i in range(4)])
try:
    try: raise ValueError('a')
    except ValueError as e: raise RuntimeError('b') from e
except RuntimeError as e: print(e, repr(e.__cause__))
try:
    try: 1/0
    except ZeroDivisionError: raise
except ArithmeticError as e: print('re', e)
try:
    try: raise ValueError('x')
    finally: print('cleanup')
except ValueError: print('ok')
def g():
    try:
        yield 1
        yield 2
    except GeneratorExit: print('closed'); raise
    finally: print('gfin')
it = g(); print(next(it)); it.close()
it = g(); next(it)
try: it.throw(ValueError('inj'))
except ValueError as e: print('got', e)
try: assert 1 == 2, 'msg'
except AssertionError as e: print(repr(e))
try: assert False
except AssertionError as e: print(repr(e))
try: [][1]
except IndexError as e: print(e)
try: {}['q']
except KeyError as e: print(e, repr(e))
try: int('x')
except ValueError as e: print(e)
try: 'a' + 1
except TypeError as e: print(e)
try: 1 + 'a'
except TypeError as e: print(e)
try: None.x
except AttributeError as e: print(e)
try: (1)(2)
except TypeError as e: print(e)
try: a, b = 1, 2, 3
except ValueError as e: print(e)
try: a, b, c = 1, 2
except ValueError as e: print(e)
try: a, *b, c = [1]
except ValueError as e: print(e)
try: a, b = 5
except TypeError as e: print(e)
try: for_ = iter(5)
except TypeError as e: print(e)
try: raise 5
except TypeError as e: print(e)
try: raise ValueError
except ValueError as e: print(repr(e))
try: {}[[]]
except TypeError as e: print(e)
try: 1 < 'a'
except TypeError as e: print(e)
try: next(iter([]))
except StopIteration as e: print(repr(e))
x = None
try:
    try: raise ValueError(1)
    except ValueError as e: x = e
    print(x)
    print(e)
except NameError as e: print('unbound', e)
def nested():
    try:
        try: raise ValueError('inner')
        except KeyError: print('no')
        else: print('no')
        finally: print('in finally')
    except ValueError as e: return e
print(repr(nested()))
class Ctx:
    def __init__(self, n, swallow=False): self.n, self.s = n, swallow
    def __enter__(self): print('in', self.n); return self.n
    def __exit__(self, *a): print('out', self.n, a[0] and a[0].__name__); return self.s
with Ctx(1) as a, Ctx(2) as b: print(a, b)
with Ctx('s', True), Ctx('t'): raise OSError('x')
try:
    with Ctx(9): raise KeyError(1)
except KeyError: print('kept')
print(issubclass(ModuleNotFoundError, ImportError), OSError is IOError)
