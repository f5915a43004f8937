class Base:
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
    def hello(self): return 'base'
class L(Base, tag='l'):
    def hello(self): return 'l' + super().hello()
class R(Base, tag='r'):
    def hello(self): return 'r' + super().hello()
class D(L, R):
    def hello(self): return 'd' + super(D, self).hello()
print(D().hello(), D.tag, L.tag, [c.__name__ for c in D.__mro__])
print(D.__bases__, D.__name__, D.__qualname__, D.__module__ == '__main__')
print(issubclass(D, Base), isinstance(D(), (int, R)), type(D()) is D, D.__class__ is type)
class P:
    def __init__(self): self._v = 1
    @property
    def v(self):
        "doc"
        return self._v
    @v.setter
    def v(self, x): self._v = x * 2
    @v.deleter
    def v(self): self._v = None
    @staticmethod
    def s(a): return a + 1
    @classmethod
    def c(cls, a): return (cls.__name__, a)
    @classmethod
    def make(cls): return cls()
class Q(P): pass
p = Q()
p.v = 5
print(p.v, p.s(1), Q.s(2), p.c(3), Q.c(4), type(Q.make()).__name__)
del p.v
print(p.v)
class RO:
    @property
    def x(self): return 1
try:
    RO().x = 2
except AttributeError as e: print(e)
class Meta(type):
    def __new__(m, name, bases, ns, **kw):
        ns['added'] = name.lower()
        return super().__new__(m, name, bases, ns)
    def __call__(cls, *a, **k):
        obj = super().__call__(*a, **k)
        obj.marked = True
        return obj
    @property
    def mp(cls): return 'mp' + cls.__name__
class M(metaclass=Meta):
    def __init__(self, z): self.z = z
class N(M): pass
print(M.added, N.added, N(3).marked, N(3).z, N.mp, type(N).__name__)
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner=None):
        if obj is None: return self
        return obj.__dict__.get(self.name, 'unset')
    def __set__(self, obj, value): obj.__dict__[self.name] = ('set', value)
class H:
    d = Desc()
    e = Desc()
h = H()
print(h.d, h.e); h.d = 4; print(h.d, H.d.name, h.__dict__)
class G:
    def __init__(self): self.real = 1
    def __getattr__(self, n):
        if n.startswith('x'): return n + '!'
        raise AttributeError(n)
g = G()
print(g.real, g.xyz, hasattr(g, 'y'), getattr(g, 'y', 'dflt'), hasattr(g, 'xq'))
class SA:
    def __setattr__(self, n, v):
        super().__setattr__(n, v + 1)
s = SA(); s.a = 1; print(s.a)
class GA:
    def __getattribute__(self, n):
        if n == 'magic': return 'm'
        return object.__getattribute__(self, n)
ga = GA(); ga.k = 2; print(ga.magic, ga.k)
class Slots:
    __slots__ = ('a', 'b')
    def __init__(self): self.a = 1
print(Slots().a)
class New:
    def __new__(cls, *a):
        o = super().__new__(cls)
        o.made = a
        return o
    def __init__(self, *a): self.inited = a
n = New(1, 2); print(n.made, n.inited)
T = type('T', (Base,), {'q': 7, 'f': lambda self: self.q})
print(T().q, T().f(), T.__name__)
print(object() == object(), D is D)
class Priv:
    __x = 3
    def get(self): return self.__x
print(Priv().get(), Priv._Priv__x)
