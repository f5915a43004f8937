from enum import Enum, IntEnum
from dataclasses import dataclass, field
class Color(Enum):
    RED = 1
    GREEN = 'g'
print(Color.RED, Color.RED.name, Color.RED.value, Color('g'), Color['RED'], list(Color), Color.RED is Color(1), Color.RED == Color.GREEN)
class Mode(str, Enum):
    A = 'a'
    B = 'b'
print(Mode.A == 'a', Mode('b'), Mode.A.value, Mode.A in {'a': 1})
class N(IntEnum):
    X = 1
    Y = 2
print(N.X + 1, N.Y > N.X, [10, 20, 30][N.X])
@dataclass
class P:
    x: int
    y: int = 2
    z: list = field(default_factory=list)
    def s(self): return self.x + self.y
p = P(1); print(p, p.s(), p == P(1, 2, []), P(1, y=5).y)
@dataclass
class R:
    a: int
    def __post_init__(self): self.b = self.a * 2
print(R(4).b)
