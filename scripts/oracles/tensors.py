"""Makes test/torch/python/fixtures/tensors.json: random programs over tensors, and what PyTorch gave for them.

Run by hand, with PyTorch installed (Debian's python3-torch); neither the product nor its tests run Python:

    /usr/bin/python3 scripts/oracles/tensors.py > test/torch/python/fixtures/tensors.json
"""

import json
import random
import sys
import warnings

import torch

warnings.filterwarnings("ignore")

PROGRAMS = 400
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 13


class Program:
    """Statements that were run so far, and the tensors that they made."""

    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.names = {"torch": torch}
        self.count = 0
        self.error = False

    def tensors(self):
        return [name for name, value in self.names.items() if isinstance(value, torch.Tensor)]

    def pick(self, test=lambda tensor: True):
        fitting = [name for name in self.tensors() if test(self.names[name])]
        return self.rng.choice(fitting[-4:]) if fitting else None

    def run(self, text):
        name = f"v{self.count}"
        line = text if text.startswith("!") else f"{name} = {text}"
        line = line.lstrip("!")
        try:
            exec(line, self.names)
        except (RuntimeError, IndexError, ValueError, TypeError) as error:
            # What a version had not written yet, and what depends on values, is no rule of shapes.
            version = ("not implemented for", "view size", "Index put requires", "ZeroDivision", "not supported", "not currently", "norm:")
            if not any(each in str(error) for each in version) and self.rng.random() < 0.25:
                self.lines.append(line)
                self.error = True
            return
        if not text.startswith("!"):
            if described(self.names[name]) is None:
                del self.names[name]
                return
            self.count += 1
        self.lines.append(line)
        value = self.names.get(name)
        if isinstance(value, (tuple, list)) and not text.startswith("!"):
            for at, item in enumerate(value):
                if isinstance(item, torch.Tensor) and at < 2:
                    self.names[f"{name}_{at}"] = item
                    self.lines.append(f"{name}_{at} = {name}[{at}]")

    def results(self):
        """Of all names, at the end: what is written into a view is seen in all that share its memory."""
        values = {name: described(value) for name, value in self.names.items() if name not in ("torch", "__builtins__")}
        return {name: value for name, value in values.items() if value is not None}


def described(value):
    if isinstance(value, torch.Tensor):
        if value.numel() > 4096 or value.dim() > 8:
            return None
        result = {"shape": list(value.shape), "dtype": str(value.dtype).removeprefix("torch.")}
        if value.numel() <= 24 and not value.is_complex():
            result["values"] = [number(each) for each in value.reshape(-1).tolist()]
        return result
    if isinstance(value, bool) or isinstance(value, int):
        return {"value": value}
    if isinstance(value, float):
        return {"value": number(value)}
    if isinstance(value, torch.Size):
        return {"value": list(value)}
    if isinstance(value, (tuple, list)):
        items = [described(item) for item in value]
        return None if None in items else {"items": items}
    return None


def number(value):
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def shape_of(rng, rank=None, most=6):
    rank = rng.choice([1, 2, 2, 3, 3, 3, 4]) if rank is None else rank
    return [rng.choice([1, 1, 2, 3, 4, 5, most]) for _ in range(rank)]


def base(program):
    rng = program.rng
    shape = shape_of(rng)
    size = 1
    for length in shape:
        size *= length
    kind = rng.randrange(9)
    text = ", ".join(map(str, shape))
    if kind < 3:
        return f"torch.arange({size}).reshape({text})"
    if kind < 5:
        # Fractions that floats hold exactly: what is rounded differs between processors.
        return f"(torch.arange({size}) * {rng.choice(['0.5', '0.25'])} - {rng.choice(['1', '0.5', '0'])}).view({text})"
    if kind == 5:
        return f"torch.ones({text})"
    if kind == 6:
        return f"torch.arange({size}).reshape({text}) % 3 == {rng.randrange(3)}"
    if kind == 7:
        return f"torch.full(({text},), {rng.choice(['2', '1.5', 'True'])})"
    return f"torch.zeros({text}, dtype=torch.{rng.choice(['float64', 'int32', 'uint8', 'float16'])})"


def axis(program, tensor, extra=0, slip=0.03):
    rank = max(tensor.dim() + extra, 1)
    if program.rng.random() < slip:
        return program.rng.choice([rank, -rank - 1])
    return program.rng.randrange(-rank, rank)


def axes(program, tensor):
    rank = tensor.dim()
    if rank == 0:
        return "0"
    count = program.rng.randint(1, rank)
    chosen = program.rng.sample(range(rank), count)
    chosen = [each - rank if program.rng.random() < 0.4 else each for each in chosen]
    return str(chosen[0]) if count == 1 and program.rng.random() < 0.7 else str(tuple(chosen))


def sizes(program, tensor):
    """Another shape of as many elements, with a -1 at times."""
    rng = program.rng
    rest = tensor.numel()
    result = []
    while rest > 1 and len(result) < 4:
        divisors = [d for d in range(1, rest + 1) if rest % d == 0]
        d = rng.choice(divisors)
        result.append(d)
        rest //= d
    if rest > 1:
        result.append(rest)
    rng.shuffle(result)
    if result and rng.random() < 0.5:
        result[rng.randrange(len(result))] = -1
    if rng.random() < 0.04 and result:
        result[0] = 7
    return ", ".join(map(str, result)) or "1"


def index(program, tensor):
    rng = program.rng
    parts = []
    for length in tensor.shape:
        kind = rng.randrange(10)
        if kind < 3:
            parts.append(":")
        elif kind < 5:
            parts.append(str(rng.randrange(-length, length) if length and rng.random() > 0.03 else length))
        elif kind < 8:
            start = rng.choice(["", "", str(rng.randint(-length - 1, length + 1))])
            stop = rng.choice(["", "", str(rng.randint(-length - 1, length + 1))])
            step = rng.choice(["", "", ":1", ":2", ":3"])
            parts.append(f"{start}:{stop}{step}")
        elif kind == 8 and length:
            count = rng.randint(1, 3)
            parts.append(str([rng.randrange(-length, length) for _ in range(count)]))
        elif length:
            count = rng.randint(1, 2)
            numbers = [[rng.randrange(length) for _ in range(2)] for _ in range(count)]
            parts.append(f"torch.tensor({numbers})")
        else:
            parts.append(":")
    if rng.random() < 0.3 and parts:
        at = rng.randrange(len(parts))
        parts[at:] = ["..."] if rng.random() < 0.5 else ["..."] + parts[min(at + 1, len(parts)):]
    else:
        while parts and rng.random() < 0.3:
            parts.pop()
    if rng.random() < 0.3:
        parts.insert(rng.randint(0, len(parts)), "None")
    return ", ".join(parts) or "..."


def other_for(program, name):
    """Something that broadcasts with a tensor, mostly."""
    rng = program.rng
    tensor = program.names[name]
    if rng.random() < 0.25:
        return rng.choice(["2", "0.5", "-1", "3", "True"])
    if rng.random() < 0.3:
        return program.pick()
    shape = [length if rng.random() < 0.6 else 1 for length in tensor.shape]
    # Ranges from 1 on: a division by 0 is refused by its values.
    shape = shape[rng.randint(0, len(shape)):] if rng.random() < 0.4 else shape
    if rng.random() < 0.05 and shape:
        shape[-1] = 7
    size = 1
    for length in shape:
        size *= length
    start = f"torch.arange(1, {size + 1})" if rng.random() < 0.6 else f"(torch.arange({size}) * 0.5 + 1)"
    return f"{start}.reshape({', '.join(map(str, shape)) if shape else '()'})"


UNARY = "exp sqrt abs neg sin cos floor ceil round sign square sigmoid tanh relu rsqrt reciprocal log1p expm1 trunc logical_not isnan isfinite".split()
BINARY = "add sub mul div maximum minimum eq ne lt le gt ge logical_and logical_or".split()
OPERATORS = "+ - * / == < >= !=".split()
REDUCE = "sum prod amax amin any all mean std var norm logsumexp".split()


def step(program):
    rng = program.rng
    name = program.pick()
    x = program.names[name]
    rank = x.dim()
    kind = rng.randrange(46)
    if kind == 0:
        return f"{name}.{rng.choice(UNARY)}()"
    if kind == 1:
        return f"torch.{rng.choice(UNARY)}({name})"
    if kind in (2, 3):
        return f"torch.{rng.choice(BINARY)}({name}, {program.pick()})" if rng.random() < 0.3 else f"{name}.{rng.choice(BINARY)}({other_for(program, name)})"
    if kind in (4, 5, 6):
        left, right = (name, other_for(program, name)) if rng.random() < 0.7 else (other_for(program, name), name)
        return f"{left} {rng.choice(OPERATORS)} {right}"
    if kind in (7, 8):
        how = rng.choice(REDUCE)
        if how == "norm":
            return f"{name}.float().norm(dim={axis(program, x)})"
        if how == "logsumexp":
            return f"{name}.float().logsumexp({axes(program, x)})"
        source = f"{name}.float()" if how in ("mean", "std", "var", "norm") else name
        if rng.random() < 0.2:
            return f"{source}.{how}()"
        keep = rng.choice(["", ", keepdim=True"])
        named = "dim="
        chosen = str(axis(program, x)) if how in ("prod", "any", "all") else axes(program, x)
        return f"{source}.{how}({named}{chosen}{keep})"
    if kind == 9:
        how = rng.choice(["max", "min", "sort", "argmax", "argmin", "argsort", "median", "cummax", "mode"])
        where = axis(program, x)
        if how in ("mode", "median"):
            return f"{name}.{how}({where})[0].shape"
        if how == "cummax":
            return f"{name}.cummax({where})[0]"
        if how in ("sort", "argsort"):
            return f"{name}.double().{how}({where}, descending={rng.choice(['True', 'False'])})" if rng.random() < 0 else f"{name}.{how}({where})[0].shape" if how == "sort" else f"{name}.argsort({where}).shape"
        if how in ("max", "min"):
            return rng.choice([f"{name}.{how}({where})[0]", f"torch.{how}({name}, {where}, True).values", f"{name}.{how}()"])
        return rng.choice([f"{name}.{how}({where}).shape", f"{name}.{how}().shape", f"{name}.{how}({where}, keepdim=True).shape"])
    if kind == 10:
        length = x.shape[-1] if rank else 1
        return f"{name}.float().topk({rng.randint(1, max(length, 1)) if rng.random() > 0.05 else length + 1}, dim=-1).values"
    if kind in (11, 12, 13):
        return f"{name}.{rng.choice(['reshape', 'view', 'reshape'])}({sizes(program, x)})"
    if kind in (14, 15):
        order = list(range(rank))
        rng.shuffle(order)
        if rng.random() < 0.05 and order:
            order[0] = order[-1]
        return f"{name}.permute({', '.join(map(str, order))})" if rank else f"{name}.t()"
    if kind == 16:
        return rng.choice([f"{name}.transpose({axis(program, x)}, {axis(program, x)})", f"{name}.T" if rank == 2 else f"{name}.mT" if rank else f"{name}.t()", f"torch.swapaxes({name}, 0, -1)", f"{name}.t()"])
    if kind == 17:
        return rng.choice([f"{name}.flatten({axis(program, x)})", f"{name}.flatten()", f"torch.flatten({name}, {axis(program, x)}, {axis(program, x)})", f"{name}.ravel()"])
    if kind == 18:
        return rng.choice([f"{name}.squeeze()", f"{name}.squeeze({axis(program, x)})", f"{name}.unsqueeze({axis(program, x, 1)})", f"torch.unsqueeze({name}, {axis(program, x, 1)})"])
    if kind == 19:
        shape = [-1 if rng.random() < 0.3 or length != 1 else rng.randint(1, 4) for length in x.shape]
        if rng.random() < 0.3:
            shape = [2] + shape
        if rng.random() < 0.05 and shape:
            shape[-1] = 9
        return f"{name}.expand({', '.join(map(str, shape))})" if shape else f"{name}.expand(3)"
    if kind == 20:
        times = [rng.randint(1, 2) for _ in x.shape]
        if rng.random() < 0.3:
            times = [2] + times
        return rng.choice([f"{name}.repeat({', '.join(map(str, times)) or '2'})", f"{name}.repeat_interleave({rng.randint(1, 3)}, dim={axis(program, x)})", f"{name}.tile(({', '.join(map(str, times)) or '2'},))"])
    if kind == 21:
        return rng.choice([f"{name}.chunk({rng.randint(1, 4)}, {axis(program, x)})", f"torch.split({name}, {rng.randint(1, 3)}, dim={axis(program, x)})", f"{name}.unbind({axis(program, x)})", f"torch.tensor_split({name}, {rng.randint(1, 3)}, {axis(program, x)})"])
    if kind in (22, 23, 24, 25):
        return f"{name}[{index(program, x)}]"
    if kind in (26, 27):
        where = axis(program, x)
        same = program.pick(lambda each: each.shape == x.shape) or name
        near = name if rng.random() < 0.9 else program.pick()
        return rng.choice([f"torch.cat([{name}, {same}], dim={where})", f"torch.cat(({name}, {near}, {same}), {where})", f"torch.stack([{name}, {same}], dim={axis(program, x, 1)})", f"torch.hstack(({name}, {near}))", f"torch.vstack(({name}, {near}))"])
    if kind in (28, 29):
        if rank == 0:
            return None
        inner = x.shape[-1] if rng.random() > 0.05 else x.shape[-1] + 1
        batch = [length if rng.random() < 0.7 else 1 for length in x.shape[:-2]]
        shape = rng.choice([[inner], [inner, rng.randint(1, 4)], batch + [inner, rng.randint(1, 4)]])
        size = 1
        for length in shape:
            size *= length
        right = f"torch.arange({size}).reshape({', '.join(map(str, shape))})"
        how = rng.choice(["@", "matmul"])
        left = f"{name}.long()"
        return f"{left} @ {right}" if how == "@" else f"torch.matmul({left}, {right})"
    if kind == 30:
        return f"{name}.float().softmax({axis(program, x)}).shape" if rng.random() < 0.5 else f"{name}.cumsum({axis(program, x)})"
    if kind == 31:
        shifts = rng.randint(-3, 3)
        return rng.choice([f"{name}.roll({shifts}, {axis(program, x)})", f"torch.roll({name}, ({shifts}, 1), (0, -1))", f"{name}.flip({axis(program, x)})", f"torch.flip({name}, ({axis(program, x)},))", f"torch.roll({name}, {shifts})"])
    if kind == 32:
        return rng.choice([f"{name}.tril()", f"torch.triu({name}, {rng.randint(-2, 2)})", f"{name}.diagonal(dim1=0, dim2=-1)", f"torch.diag({name})"])
    if kind == 33:
        mask = program.pick(lambda each: each.dtype == torch.bool) or f"({name} > 1)"
        return rng.choice([f"torch.where({mask}, {name}, {other_for(program, name)})", f"{name}.masked_fill({mask}, {rng.choice(['0', '-1', '2.0'])})", f"{name}[{name} > 1]", f"{name}.masked_select({mask})", f"({name} > 2).nonzero()"])
    if kind == 34:
        return f"{name}.clamp({rng.choice(['min=0', '0, 3', 'max=2', '-1, 1'])})"
    if kind == 35:
        return f"{name}.{rng.choice(['float', 'long', 'int', 'bool', 'double', 'half'])}()" if rng.random() < 0.6 else f"{name}.to(torch.{rng.choice(['float32', 'int64', 'uint8'])})"
    if kind == 36:
        if rank == 0:
            return None
        where = axis(program, x, slip=0)
        length = x.shape[where]
        if not length:
            return None
        return rng.choice([f"{name}.index_select({where}, torch.tensor([{rng.randrange(length)}, {rng.randrange(length)}]))", f"torch.gather({name}, {where}, torch.zeros({', '.join(map(str, x.shape))}, dtype=torch.int64))", f"{name}.narrow({where}, 0, {rng.randint(1, length)})", f"{name}.select({where}, {rng.randrange(length)})"])
    if kind == 37:
        letters = "abcdefgh"[:rank]
        if rank == 0 or rank > 4:
            return None
        if rng.random() < 0.4:
            out = "".join(rng.sample(letters, rng.randint(0, rank)))
            return f"torch.einsum('{letters}->{out}', {name}.long())"
        shared = rng.sample(letters, rng.randint(1, rank))
        shape = [x.shape[letters.index(each)] for each in shared] + [2]
        right = "".join(shared) + "z"
        out = "".join(rng.sample(letters + "z", rng.randint(1, rank + 1)))
        size = 1
        for length in shape:
            size *= length
        return f"torch.einsum('{letters},{right}->{out}', {name}.long(), torch.arange({size}).reshape({', '.join(map(str, shape))}))"
    if kind == 38:
        return rng.choice([f"{name}.size()", f"{name}.shape", f"{name}.size({axis(program, x)})", f"{name}.numel()", f"{name}.dim()", f"{name}.sum().item()", f"{name}.is_contiguous()", f"len({name})", f"{name}.stride()", f"{name}.tolist()"])
    if kind == 39:
        return f"{name}.contiguous()" if rng.random() < 0.5 else f"{name}.clone()"
    if kind == 40 and rank:
        return f"!{name}[{index(program, x)}] = {rng.choice(['1', '0', '5', other_for(program, name)])}"
    if kind == 41:
        return f"!{name} {rng.choice(['+=', '*=', '-='])} {rng.choice(['1', '2', other_for(program, name)])}"
    if kind == 42:
        return f"!{name}.{rng.choice(['add_(1)', 'zero_()', 'fill_(3)', 'mul_(2)', 'clamp_(0, 2)', 'neg_()', 'unsqueeze_(0)', 'squeeze_()', 't_()'])}"
    if kind == 43:
        return rng.choice([f"torch.zeros_like({name})", f"torch.full_like({name}, 3)", f"{name}.new_zeros(2, 3)", f"{name}.new_ones({name}.shape)", f"torch.eye({rng.randint(1, 4)})", f"torch.arange({rng.randint(0, 3)}, {rng.randint(3, 9)}, {rng.randint(1, 3)})", f"torch.linspace(0, 1, {rng.randint(1, 6)})", f"torch.ones(2, 3, dtype=torch.int64)", f"torch.meshgrid(torch.arange({rng.randint(1, 4)}), torch.arange({rng.randint(1, 4)}), indexing='{rng.choice(['ij', 'xy'])}')", f"torch.tensor([[1, 2], [3, {rng.choice(['4', '4.5'])}]])", "torch.tril_indices(3, 4)"])
    if kind == 44:
        if rank == 0:
            return None
        size = rng.randint(1, max(x.shape[-1], 1))
        return rng.choice([f"{name}.unfold(-1, {size}, {rng.randint(1, 2)})", f"{name}.movedim(0, -1)", f"torch.outer({name}.flatten(), torch.arange(3))", f"{name}.diff()", f"torch.tensordot({name}.long(), {name}.long(), 0).shape", f"torch.bmm({name}.long(), {name}.long().transpose(1, 2))", f"torch.mm({name}.long(), {name}.long().t())", f"{name}.unflatten(0, (-1, 1))", f"torch.atleast_2d({name})", f"torch.cdist({name}.float(), {name}.float()).shape"])
    return f"{name}.expand_as({program.pick()})" if rng.random() < 0.3 else f"{name}.view_as({program.pick(lambda each: each.numel() == x.numel())})"


def main():
    rng = random.Random(SEED)
    programs = []
    seen = set()
    while len(programs) < PROGRAMS:
        program = Program(rng)
        for _ in range(rng.randint(1, 2)):
            program.run(base(program))
        for _ in range(rng.randint(3, 7)):
            if program.error:
                break
            text = step(program)
            if text:
                program.run(text)
        text = "\n".join(program.lines)
        if len(program.lines) < 3 or text in seen:
            continue
        seen.add(text)
        programs.append({"program": text, "results": program.results(), "fails": program.error})
    print("{")
    print(f'"made by": "scripts/oracles/tensors.py", "torch": {json.dumps(torch.__version__)}, "seed": {SEED},')
    print('"programs": [')
    print(",\n".join(json.dumps(each, separators=(",", ":")) for each in programs))
    print("]}")


main()
