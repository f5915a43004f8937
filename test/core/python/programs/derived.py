class L(list):
    def total(self): return sum(self)
    def append(self, x): super().append(x * 2)
    def __getitem__(self, i): return super().__getitem__(i) + 100
l = L([1, 2]); l.append(3); print(l, len(l), l.total(), l[0], isinstance(l, list), [x for x in l])
class D(dict):
    def __missing__(self, k): return k * 2
    def __getattr__(self, k):
        try: return self[k]
        except KeyError: raise AttributeError(k)
d = D(a=1); print(d['a'], d['zz'], d.a, d, dict(d), len(d), 'a' in d)
d.attr = 5; print(d.attr, d.__dict__)
class S(str):
    def shout(self): return self.upper() + '!'
s = S('hey'); print(s.shout(), s + 'x', len(s), s == 'hey', {s: 1}['hey'], isinstance(s, str))
class I(int):
    def __add__(self, o): return I(int(self) + int(o) + 1)
print(I(3) + 4, I(3) * 2, I(5), type(I(3) + 1).__name__, I(3) == 3, [10, 20, 30, 40][I(2)])
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    @property
    def first(self): return self[0]
t = T(1, 2, 3); print(t, t.first, t[1:], len(t), a if (a := t) else 0)
class F(float): pass
print(F(2.5) + 1, F(1))
class St(set): pass
x = St([1, 2]); x.add(3); print(sorted(x), 2 in x, len(x))
from collections import OrderedDict, defaultdict, namedtuple, Counter
o = OrderedDict([('a', 1), ('b', 2)]); o.move_to_end('a'); print(list(o.items()))
dd = defaultdict(list); dd['x'].append(1); print(dict(dd))
Pt = namedtuple('Pt', 'x y'); p = Pt(1, y=2); print(p, p.x, p[1], p._replace(x=5), p == (1, 2))
print(Counter('aab').most_common(1))
class E(Exception): pass
class A:
    def __init__(self, **kw): self.__dict__.update(kw)
print(A(a=1, b=2).b, vars(A(q=1)))
class Mixin:
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.mixed = True
class ML(Mixin, list): pass
m = ML([1, 2]); print(m, m.mixed)
