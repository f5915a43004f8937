n = 3
print([i for i in range(n)], {i: i * i for i in range(n)}, {i % 2 for i in range(5)}, [(i, j) for i in range(3) for j in range(i) if j != 1])
i = 'outer'
[i for i in range(3)]
print(i)
def f(k): return [k * x for x in range(3) if (y := x + k) > 2], y
print(f(2))
class C:
    a = [1, 2, 3]
    b = [x * 2 for x in a]
    c = sum(x for x in a)
print(C.b, C.c)
m = [[1, 2], [3, 4]]
print([[r[i] for r in m] for i in range(2)])
print([x if x > 1 else -x for x in range(4)], [a + b for a, b in zip([1, 2], [3, 4])])
print([f'{k}={v}' for k, v in sorted({'b': 1, 'a': 2}.items())])
print([[j for j in range(i)] for i in range(3)])
print([lambda: i for i in range(2)][0]())
print(list(x for x in range(5) if x % 2), any(x > 3 for x in range(5)), all(x for x in []))
if (nn := len('abc')) > 2: print(nn)
print({k: v for k, v in [('a', 1), ('b', 2)]}, [*range(3)], [x for x, in [(1,), (2,)]])
