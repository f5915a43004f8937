class Vec:
    def __init__(self, *v): self.v = list(v)
    def __iter__(self): return iter(self.v)
    def __len__(self): return len(self.v)
    def __getitem__(self, i):
        if isinstance(i, slice): return Vec(*self.v[i])
        return self.v[i]
    def __setitem__(self, i, x): self.v[i] = x
    def __delitem__(self, i): del self.v[i]
    def __repr__(self): return 'Vec' + repr(tuple(self.v))
    def __eq__(self, o): return self.v == list(o)
    def __ne__(self, o): return not self == o
    def __lt__(self, o): return len(self) < len(o)
    def __le__(self, o): return len(self) <= len(o)
    def __enter__(self): return self
    def __exit__(self, *a): self.v.clear()
    def __reversed__(self): return reversed(self.v)
    def __missing__(self, k): return None
    def __mul__(self, k): return Vec(*[x * k for x in self.v])
    __rmul__ = __mul__
    def __imul__(self, k):
        self.v = [x * k for x in self.v]; return self
    def __and__(self, o): return 'and'
    def __rand__(self, o): return 'rand'
    def __lshift__(self, o): return 'ls'
    def __hash__(self): return 7
    def __str__(self): return 'str!'
v = Vec(1, 2, 3)
print(v[0], v[-1], v[1:], len(v), list(v), v == [1, 2, 3], v != (1, 2, 3), v * 2, 2 * v, v & 1, 1 & v, v << 1)
v[0] = 9; del v[1]; v[0] += 1; print(repr(v), v, [v], list(reversed(v)), v < [1, 2, 3], max(v), sum(v), sorted(v))
v *= 3; print(repr(v), 30 in v, 5 in v, v and 'truthy', {v: 'x'}[v], {v, Vec(30, 9)})
a, b = v; print(a, b, *v)
with v: pass
print(repr(v), not v)
class Temp:
    def __init__(self): self._t = {}
    def __getattr__(self, n):
        try: return self.__dict__['_t'][n]
        except KeyError: raise AttributeError(f'no {n}') from None
    def __setattr__(self, n, val):
        if n.startswith('_'): super().__setattr__(n, val)
        else: self._t[n] = val
    def __delattr__(self, n): del self._t[n]
t = Temp(); t.a = 1; print(t.a, t._t, hasattr(t, 'b')); del t.a; print(hasattr(t, 'a'))
try: t.zz
except AttributeError as e: print(e)
class CM(type):
    def __iter__(cls): return iter(cls.items)
    def __len__(cls): return len(cls.items)
    def __contains__(cls, x): return x in cls.items
    def __getitem__(cls, k): return cls.items[k]
    def __str__(cls): return 'CM:' + cls.__name__
    def __instancecheck__(cls, o): return o == 5
class Reg(metaclass=CM): items = [1, 2]
print(list(Reg), len(Reg), 2 in Reg, Reg[0], str(Reg), isinstance(5, Reg), isinstance(6, Reg))
class Single:
    _i = None
    def __new__(cls):
        if cls._i is None: cls._i = super().__new__(cls)
        return cls._i
print(Single() is Single())
class Cls:
    def __class_getitem__(cls, k): return f'{cls.__name__}[{k}]'
print(Cls[int.__name__])
class Prop:
    def __init__(self, f): self.f = f
    def __get__(self, o, t=None): return self if o is None else self.f(o)
class UsesProp:
    @Prop
    def val(self): return 42
print(UsesProp().val, type(UsesProp.val).__name__)
class CallDeco:
    def __init__(self, fn): self.fn, self.n = fn, 0
    def __call__(self, *a): self.n += 1; return self.fn(*a)
@CallDeco
def plus(a, b): return a + b
print(plus(1, 2), plus(3, 4), plus.n)
def cdec(cls):
    cls.extra = 'e'
    return cls
@cdec
class Decd: pass
print(Decd.extra)
class Abs:
    def m(self): raise NotImplementedError
    def n(self): raise NotImplementedError('sub must')
try: Abs().m()
except NotImplementedError as e: print(repr(e))
try: Abs().n()
except NotImplementedError as e: print(repr(e))
print(Vec.__name__, Vec.__doc__, Vec.__module__, v.__class__ is Vec, v.__len__(), Vec.__len__(v))
print(type(v) == Vec, isinstance(v, Vec), issubclass(Vec, object), Vec.__mro__ == (Vec, object))
class X:
    y = property(lambda self: 5)
    z = staticmethod(lambda: 6)
    w = classmethod(lambda cls: cls.__name__)
print(X().y, X.z(), X.w(), X().z())
import functools
class CP:
    n = 0
    @functools.cached_property
    def v(self): self.n += 1; return self.n
c = CP(); print(c.v, c.v, c.n)
print(int.__name__, str.__mro__[-1], (5).__class__, 'a'.__class__.__name__, (5).__add__(3), [1].__len__(), 'abc'.__contains__('a'))
print(getattr(v, 'v'), getattr(v, 'nope', None), v.__dict__.keys())
class Multi(Vec):
    def __init__(self, *a): super().__init__(*a); self.extra = 1
    def __repr__(self): return 'Multi:' + super().__repr__()
print(repr(Multi(1)), Multi(1) == Vec(1))
class Stat:
    total = 0
    def __init__(self): type(self).total += 1; self.__class__.total += 10
Stat(); Stat(); print(Stat.total)
class Cmp:
    def __init__(self, v): self.v = v
    def __gt__(self, o): return ('gt', self.v)
    def __ge__(self, o): return False
print(Cmp(1) > 2, 3 < Cmp(4), Cmp(1) >= 1, 1 <= Cmp(1))
from functools import total_ordering
@total_ordering
class TO:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(TO(1) <= TO(2), TO(3) > TO(2), TO(1) >= TO(1))
try: {Vec: 1}; hash([])
except TypeError as e: print(e)
class EqOnly:
    def __eq__(self, o): return True
try: {EqOnly(): 1}
except TypeError as e: print(e)
print([EqOnly()] == [1], EqOnly() in [3], [1, 2].index(EqOnly()))
