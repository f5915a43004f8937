for i in range(3):
    for j in range(3):
        if j == 1: break
    else: print('never')
    print(i, j)
else: print('done')
k = 5
while k:
    k -= 1
    if k == 2: continue
    if k == 1: break
else: print('not here')
print(k)
while k: k -= 1
else: print('else', k)
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1, 1 < 2 > 1)
a = b = c = [1]
a.append(2); print(a, b is c)
x = y = 1; x += 1; print(x, y)
d = {'l': [1, 2]}
d['l'][0] += 10; d['n'] = d.get('n', 0) + 1; print(d)
l = [1, 2, 3, 4, 5]
del l[1:3]; print(l); del l[0], l[-1]; print(l)
l[1:1] = [7, 8]; print(l); l[::2] = [0, 0]; print(l)
(p, q), r = (1, 2), 3; print(p, q, r)
[p, *q] = 'hello'; print(p, q)
*p, q = range(4); print(p, q)
p, *q, r = (1, 2); print(p, q, r)
for (a, b), c in [((1, 2), 3)]: print(a, b, c)
a, b = b, a; print(a, b)
class O: pass
o = O(); o.x = 1; o.x += 2; o.y = o.z = []; o.y.append(1); print(o.x, o.z)
o.a, o.b = 1, 2; print(o.a, o.b, vars(o))
print(1 if 0 else 2, (1, 2)[0], 'abc'[1], [1, 2, 3][-1], 'hello'[1:4], 'hello'[::-1], [1,2,3][::2])
print(not 1, not [], 5 or 6, 0 or 6, 5 and 6, 0 and 6, None or [] or 'last')
print(5 // 2, -5 // 2, 5 % 3, -5 % 3, 2 ** 10, 2 ** -1, 7 / 2, 1e3, 10 // 0.3, 2 ** 100, -7 // 2.0)
print(1 == 1.0, True == 1, 'a' == 'a', [1, 2] == [1, 2], (1,) == [1], None is None, {1: 2} == {1: 2})
print(3 & 5, 3 | 5, 3 ^ 5, ~3, 1 << 10, 1024 >> 3)
print(2 in [1, 2], 'a' in 'abc', 'k' not in {'k': 1}, 3 in range(5))
lst = [3, 1, 2]; lst.sort(); print(lst, sorted(lst, reverse=True), lst[::-1])
x = 10
x -= 1; x *= 2; x //= 4; x **= 2; x %= 7; print(x)
s = 'a'; s += 'b'; s *= 3; print(s)
t = (1,); t += (2,); print(t, t * 2)
print(isinstance(True, int), type(1).__name__, type('') is str, type(None).__name__, type([]), type(type))
if not False and (1 or 0): print('bool')
pass
...
print(__name__)
global_x: int = 5
print(global_x)
def fn(x: int, y: 'str' = 'a') -> float: return x
print(fn(1))
