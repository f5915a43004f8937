"""Makes test/torch/python/fixtures/strides.json: random chains of views and element-wise work, and how PyTorch laid
their results in memory.

Run by hand, with PyTorch installed (Debian's python3-torch); neither the product nor its tests run Python:

    /usr/bin/python3 scripts/oracles/strides.py > test/torch/python/fixtures/strides.json
"""

import json
import random
import sys

import torch

CHAINS = 120
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 13


def view(rng, name, x):
    rank = x.dim()
    order = list(range(rank))
    rng.shuffle(order)
    axis = rng.randrange(rank)
    return rng.choice(
        [
            f"{name}.permute({', '.join(map(str, order))})",
            f"{name}.transpose({rng.randrange(rank)}, {axis})",
            f"{name}.unsqueeze({axis})" if rank < 5 else f"{name}.transpose(0, {axis})",
            f"{name}[{':, ' * axis}::2]",
            f"{name}.expand(2, {', '.join(['-1'] * rank)})" if rank < 4 else f"{name}[{':, ' * axis}:1]",
            f"{name}[{':, ' * axis}:1]",
        ]
    )


def work(rng, name, x, others):
    other = rng.choice(others)
    axis = rng.randrange(x.dim())
    return rng.choice(
        [
            f"{name} * 2",
            f"1 - {name}",
            f"{name}.relu()",
            f"torch.sigmoid({name})",
            f"{name}.double()",
            f"{name}.clone()",
            f"({name} > 0)",
            f"{name} + {other}",
            f"{other} * {name}",
            f"torch.where({name} > 0, {name}, {other})",
            f"torch.zeros_like({name})",
            f"{name}.float().softmax({axis})",
            f"{name}.contiguous()",
            f"{name} + {name}.sum({axis}, keepdim=True)",
        ]
    )


rng = random.Random(SEED)
chains = []
while len(chains) < CHAINS:
    first = [rng.choice([1, 2, 3, 4]) for _ in range(rng.randint(2, 4))]
    make = rng.choice(["torch.randn", "torch.ones"])
    lines = [f"v0 = {make}({', '.join(map(str, first))})"]
    names = {"torch": torch}
    exec(lines[0], names)
    for at in range(1, rng.randint(4, 8)):
        name = f"v{rng.randrange(max(0, at - 2), at)}"
        x = names[name]
        value = view(rng, name, x) if rng.random() < 0.5 else work(rng, name, x, [f"v{each}" for each in range(at)])
        line = f"v{at} = {value}"
        try:
            exec(line, names)
        except (RuntimeError, ValueError, IndexError, TypeError):
            break
        lines.append(line)
    strides = {name: list(x.stride()) for name, x in names.items() if isinstance(x, torch.Tensor) and x.numel() > 0}
    if len(lines) > 3:
        chains.append({"program": "\n".join(lines), "strides": strides})

print(json.dumps({"torch": torch.__version__, "chains": chains}, separators=(",", ":")).replace('{"program"', '\n{"program"'))
