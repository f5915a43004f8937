import sys
def f():
    global G
    G = 3
    def g():
        return G
    return g()
print(f())
print([k for k in {'a': 1, 'b': 2}], [k for k, v in {'a': 1}.items()], list({'a': 1}.values()))
d = {}
d['x'] = d.get('x', 0) + 1
d.setdefault('l', []).append(2)
d |= {'m': 1}
print(d, {**d, 'x': 9}, d | {'y': 1})
try:
    for k in d: d[k + '1'] = 1
except RuntimeError as e: print(e)
x = [1, 2, 3]
for i in x:
    if len(x) < 6: x.append(i)
print(x)
print(' '.join(f'{a}{b}' for a in 'xy' for b in range(2) if (a, b) != ('x', 1)))
m = [[1, 2, 3], [4, 5, 6]]
print(list(zip(*m)), [list(r) for r in zip(*m)], [*map(sum, m)], sum(map(len, m)))
print({k: [v for v in vs if v > 1] for k, vs in {'a': [1, 2], 'b': [3]}.items()})
print(sorted([(2, 'b'), (1, 'z'), (2, 'a')]), sorted('bca', key=lambda c: -ord(c)), sorted([3, 1], reverse=True))
print(list(filter(lambda x: x % 2, range(6))), list(map(lambda a, b: a * b, [1, 2], [3, 4])))
print(any(x > 2 for x in [1, 2, 3]), next((x for x in [1, 2, 3] if x > 1), None), next((x for x in [] if x), 'none'))
print(isinstance(3, (int, str)), isinstance('a', int | str), isinstance(3.0, float), type(3) in (int, float))
print('a' if x else 'b', x and x[0], x or 5, not x, (lambda: x)() is x)
print(round(-2.5), round(3.14159, 2), int(-3.7), -7 // 2, -7 % 3, divmod(-7, 2), 7 % -3, 2 ** 0.5, 10 ** -2, abs(-2.5))
print(1 / 3, 2 / 1, 1e10, 1.5e-5, 100.0, 1e22, 123456.789e3, 0.1, 1.0 * 3, 5 // 2.0, 5.5 % 2)
print(int('0x1f', 16), int('101', 2), float('1e3'), str(2 ** 70), hex(255), bin(5), oct(8), chr(65), ord('a'))
print(max([1, 2], [1, 3]), min('b', 'a'), max({'a': 3, 'b': 2}, key={'a': 3, 'b': 2}.get), sum([[1], [2]], []))
print([1, 2, 3][::-1], 'abc'[-2:], (1, 2, 3)[:-1], [1, 2, 3][5:], [1, 2, 3][-10:2], list(range(10))[2:8:3])
print(list(range(3)) == [0, 1, 2], range(3) == range(0, 3), range(10)[2:5], len(range(0, 10, 3)), 4 in range(0, 10, 2), range(5)[-1])
print('%5.1f|%-5d|%+d|%05d|%e|%g' % (3.14159, 42, 7, 42, 12345.678, 0.0001))
a = [1, 2, 3, 4, 5]
a[1:3] = ['x']; print(a); a[:0] = [0]; print(a); a[len(a):] = [9]; print(a); a[::2] = 'abc'; print(a)
try: a[::2] = [1]
except ValueError as e: print(e)
b = a; b = b + [1]; print(a is b); c = a[:]; c.append(1); print(len(a), len(c))
n = None
print(n is None, n == None, n is not None, [] is [], () == ())
try: n[0]
except TypeError as e: print(e)
try: n()
except TypeError as e: print(e)
try: n + 1
except TypeError as e: print(e)
try: len(5)
except TypeError as e: print(e)
try: [1, 2, 3]['a']
except TypeError as e: print(e)
try: 'abc'[10]
except IndexError as e: print(e)
try: (1,)[3]
except IndexError as e: print(e)
try: [].pop()
except IndexError as e: print(e)
try: [1].remove(5)
except ValueError as e: print(e)
try: {}.pop('a')
except KeyError as e: print(e)
try: int([])
except TypeError as e: print(e)
try: float('abc')
except ValueError as e: print(e)
try: max([])
except ValueError as e: print(e)
try: 'a'.nope
except AttributeError as e: print(e)
try: range(1.5)
except TypeError as e: print(e)
try: [1] + (2,)
except TypeError as e: print(e)
try: [1] * 'a'
except TypeError as e: print(e)
try: -'a'
except TypeError as e: print(e)
try: 5 in 5
except TypeError as e: print(e)
try: for_x = [x for x in 5]
except TypeError as e: print(e)
try: (1, 2)[0] = 3
except TypeError as e: print(e)
try: 'abc'[0] = 'x'
except TypeError as e: print(e)
try: del (1, 2)[0]
except TypeError as e: print(e)
try: [3, 'a'].sort()
except TypeError as e: print(e)
try: {1: 2} < {1: 3}
except TypeError as e: print(e)
try: (1).foo = 3
except AttributeError as e: print(e)
try: object().x = 1
except AttributeError as e: print(e)
try: ''.join([1])
except TypeError as e: print(e)
try: import_nothing
except NameError as e: print(e)
try: raise Exception('a', 'b')
except Exception as e: print(e, e.args)
try: raise KeyError
except KeyError as e: print(repr(str(e)), repr(e))
try: raise ValueError from KeyError('c')
except ValueError as e: print(repr(e.__cause__))
class E1(Exception):
    def __str__(self): return 'custom'
try: raise E1('x')
except E1 as e: print(e, repr(e))
def f(): raise StopIteration(5)
def g():
    yield 1
    f()
try: list(g())
except RuntimeError as e: print(e)
