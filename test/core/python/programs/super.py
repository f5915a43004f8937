class A:
    def __init__(self): print('A'); self.a = 1
    def who(self): return 'A'
    @classmethod
    def cm(cls): return 'A.cm ' + cls.__name__
    @staticmethod
    def sm(): return 'A.sm'
    @property
    def p(self): return 'A.p'
class B(A):
    def __init__(self): super().__init__(); print('B')
    def who(self): return 'B' + super().who()
    @classmethod
    def cm(cls): return 'B' + super().cm()
    @property
    def p(self): return 'B' + super().p
    def nested(self):
        def inner(): return super(B, self).who()
        return inner() + [super(B, self).who() for _ in range(1)][0]
class C(A):
    def __init__(self): super().__init__(); print('C')
    def who(self): return 'C' + super().who()
class D(B, C):
    def __init__(self): super().__init__(); print('D')
d = D(); print(d.who(), D.cm(), d.p, d.nested(), super(B, d).who(), D.sm())
class E(A):
    def __init__(self):
        A.__init__(self)
        print(__class__.__name__)
E()
class V:
    def __init__(self, *args, **kwargs):
        for k, v in kwargs.items(): setattr(self, k, v)
print(V(a=1).a)
try: class_ = type('X', (A, D), {})
except TypeError as e: print('mro', str(e)[:30])
class F:
    def __init__(self): self.fn = lambda x: x + 1
    m = len
print(F().fn(1), F.m([1]))
f = d.who; print(f(), f.__self__ is d, f.__func__ is D.who, f.__name__)
print(A.who(d), D.__mro__[1] is B)
def ext(self): return 'ext' + self.who()
A.ext = ext; print(d.ext())
d.ext = lambda: 'inst'; print(d.ext())
print(d.__class__.__name__, type(d).__mro__[-1].__name__)
class W:
    def __enter__(self): return 1
    def __exit__(self, *a): pass
with W() as w: print(w)
class Num:
    def __init__(self, v): self.v = v
    def __mul__(self, o): return NotImplemented
    def __rmul__(self, o): return 'rmul'
    def __eq__(self, o): return NotImplemented
    def __truediv__(self, o): return 'div'
    def __floordiv__(self, o): return 'fdiv'
    def __mod__(self, o): return 'mod'
    def __pow__(self, o): return 'pow'
    def __matmul__(self, o): return 'matmul'
    def __invert__(self): return 'inv'
    def __index__(self): return self.v
    def __int__(self): return self.v
    def __float__(self): return float(self.v)
    def __abs__(self): return 'abs'
n = Num(2)
print(3 * n, n == n, n == Num(2), n != 3, n / 1, n // 1, n % 1, n ** 1, n @ 1, ~n, [1, 2, 3][n], int(n), float(n), abs(n), list(range(n)))
try: n * 3
except TypeError as e: print(e)
try: n + 3
except TypeError as e: print(e)
try: n += 1
except TypeError as e: print(e)
try: -n
except TypeError as e: print(e)
try: len(n)
except TypeError as e: print(e)
try: n[0]
except TypeError as e: print(e)
try: n[0] = 1
except TypeError as e: print(e)
try: del n[0]
except TypeError as e: print(e)
try: n < n
except TypeError as e: print(e)
try: 1 in n
except TypeError as e: print(e)
try:
    for x in n: pass
except TypeError as e: print(e)
try:
    with n: pass
except TypeError as e: print(e)
except AttributeError as e: print(e)
