import math, functools, itertools as it, collections.abc
from math import sqrt as s, pi
print(math.floor(2.5), s(16), round(pi, 3), functools.reduce(lambda a, b: a + b, [1, 2, 3]), list(it.chain([1], [2])))
print(isinstance([], collections.abc.Sequence), isinstance({}, collections.abc.Mapping), isinstance((), collections.abc.Iterable))
try:
    import nonexistent_module
except ImportError as e: print(type(e).__name__, e)
try:
    from nonexistent.sub import thing
    has = True
except ImportError: has = False
print(has)
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50))
p = functools.partial(int, base=2); print(p('101'))
@functools.wraps(fib)
def w(): pass
print(w.__name__)
from typing import List, Optional, Tuple, Union, Callable, NamedTuple, TYPE_CHECKING
if TYPE_CHECKING: import never
def f(a: Optional[List[int]] = None) -> Union[int, None]: return a
print(f())
from contextlib import contextmanager
@contextmanager
def ctx(x):
    print('enter', x)
    try: yield x * 2
    finally: print('exit')
with ctx(4) as v: print(v)
from copy import deepcopy, copy
a = [1, [2]]; b = deepcopy(a); b[1].append(3); print(a, b)
import operator
print(operator.mul(3, 4), list(map(operator.itemgetter(1), [(1, 2), (3, 4)])))
class Pt(NamedTuple):
    x: int
    y: int = 3
print(Pt(1), Pt(1).y)
import inspect
def here(): return inspect.stack()
frames = here()
print(frames[0].function, frames[0][3], frames[1].function, len(frames[1]))
