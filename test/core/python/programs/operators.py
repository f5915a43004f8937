class A:
    count = 0
    def __init__(self, x, *, y=3):
        self.x = x
        self.y = y
        A.count += 1
    def __repr__(self):
        return f'A({self.x}, {self.y})'
    def __eq__(self, other):
        return isinstance(other, A) and self.x == other.x
    def __hash__(self):
        return hash(self.x)
    def __add__(self, o):
        return A(self.x + (o.x if isinstance(o, A) else o))
    def __radd__(self, o):
        return A(o + self.x)
    def __iadd__(self, o):
        self.x += o
        return self
    def __lt__(self, o): return self.x < o.x
    def __len__(self): return self.x
    def __getitem__(self, i):
        if i >= self.x: raise IndexError(i)
        return i * 10
    def __contains__(self, v): return v == 42
    def __call__(self, *a, **k): return (a, k)
    def __neg__(self): return A(-self.x)
    def __bool__(self): return self.x > 2
a = A(3)
print(a, a + 1, 1 + a, sum([A(1), A(2)], 0), a == A(3), a != A(4), A.count)
a += 5
print(a, len(a), list(a), 42 in a, 3 in a, a(1, 2, z=3), -a, bool(a), bool(A(1)))
print(sorted([A(3), A(1), A(2)]), max(A(3), A(5)), {A(1): 'one'}[A(1)])
print(A(1) in [A(1)], A(2) in {A(2), A(3)}, [A(1), A(2)].index(A(2)))
try:
    A()
except TypeError as e: print(e)
try:
    A(1, 2)
except TypeError as e: print(e)
try:
    A(1, z=2)
except TypeError as e: print(e)
try:
    a.nope
except AttributeError as e: print(e)
try:
    A.nope
except AttributeError as e: print(e)
if A(1): print('yes')
else: print('no')
print(A(5) and 'x', A(0) or 'y', not A(1))
while A(1): pass
print('x' if A(4) else 'y')
