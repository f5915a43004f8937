def m(x):
    match x:
        case 0: return 'zero'
        case 1 | 2: return 'small'
        case [a, b]: return ('pair', a, b)
        case [a, *rest]: return ('list', a, rest)
        case {'k': v, **rest}: return ('map', v, rest)
        case str() as s: return ('str', s)
        case P(x=0, y=yy): return ('P0', yy)
        case P(a, b) if a == b: return ('diag', a)
        case P(): return 'P'
        case None: return 'none'
        case float(f): return ('float', f)
        case (): return 'empty'
        case _: return 'other'
class P:
    __match_args__ = ('x', 'y')
    def __init__(self, x, y): self.x, self.y = x, y
for v in [0, 1, 2, [1, 2], (1, 2, 3), {'k': 1, 'z': 2}, 'hi', P(0, 5), P(3, 3), P(1, 2), None, 2.5, [], 99, True, {'a': 1}]:
    print(m(v))
class Color: RED = 1
match 1:
    case Color.RED: print('red')
match ('go', 'north'):
    case ('go', ('north' | 'south') as d): print(d)
match [1, [2, 3]]:
    case [x, [y, z]]: print(x, y, z)
match 5:
    case x if x > 10: print('big')
    case x: print('cap', x)
match -1:
    case -1: print('neg')
