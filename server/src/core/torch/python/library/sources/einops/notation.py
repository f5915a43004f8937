import math

import torch


class EinopsError(RuntimeError):
    pass


def parsed(side):
    """
    The axes of one side of a pattern: a list of groups, each a list of names; `1` and `()` are empty groups. `...` by
    itself is no group: it stands for several.
    """
    groups = []
    inner = None
    for word in side.replace("(", " ( ").replace(")", " ) ").replace("...", " ... ").split():
        if word == "(":
            if inner is not None:
                raise EinopsError("Axis composition is one-level (brackets inside brackets not allowed)")
            inner = []
        elif word == ")":
            if inner is None:
                raise EinopsError("Brackets are not balanced")
            groups.append(inner)
            inner = None
        elif inner is not None:
            if word != "1":
                inner.append(word)
        elif word == "1":
            groups.append([])
        else:
            groups.append(word if word == "..." else [word])
    if inner is not None:
        raise EinopsError("Brackets are not balanced")
    return groups


def sides_of(pattern):
    sides = pattern.split("->")
    if len(sides) != 2:
        raise EinopsError(f"Pattern has no single arrow: {pattern}")
    return parsed(sides[0]), parsed(sides[1])


def spread(groups, count):
    """Names for what `...` stands for."""
    named = ["..." + str(index) for index in range(count)]
    result = []
    for group in groups:
        if group == "...":
            result.extend([name] for name in named)
        elif "..." in group:
            at = group.index("...")
            result.append(group[:at] + named + group[at + 1:])
        else:
            result.append(group)
    return result


def elementary(x, left, lengths, pattern):
    """x with one axis for each name on the left, and the length of each."""
    has_ellipsis = any("..." in group for group in left)
    count = x.ndim - len(left) + 1 if has_ellipsis else 0
    if (count < 0) if has_ellipsis else (x.ndim != len(left)):
        raise EinopsError(
            f"Wrong shape: expected {len(left)} dims. Received {x.ndim}-dim tensor. Pattern: {pattern}"
        )
    left = spread(left, count)
    known = dict(lengths)
    shape = []
    names = []
    for group, size in zip(left, x.shape):
        missing = [name for name in group if name not in known and not name.isdigit()]
        product = 1
        for name in group:
            if name in known:
                product = product * known[name]
        if len(missing) > 1:
            raise EinopsError(f"Could not infer sizes for {missing} in pattern {pattern}")
        if missing:
            if size % product != 0:
                raise EinopsError(f"Shape mismatch, can't divide axis of length {size} in chunks of {product}")
            known[missing[0]] = size // product
        elif size != product:
            raise EinopsError(f"Shape mismatch, {size} != {product} in pattern {pattern}")
        for name in group:
            names.append(name)
            shape.append(known[name])
    if any(len(group) != 1 for group in left):
        x = x.reshape(shape)
    return x, names, known, count


def composed(x, right, known):
    if all(len(group) == 1 for group in right):
        return x
    return x.reshape([math.prod([known[name] for name in group]) for group in right])


def rearrange(tensor, pattern, **axes_lengths):
    if isinstance(tensor, (list, tuple)):
        tensor = torch.stack(list(tensor))
    left, right = sides_of(pattern)
    x, names, known, count = elementary(tensor, left, axes_lengths, pattern)
    right = spread(right, count)
    order = [name for group in right for name in group]
    if sorted(order) != sorted(names):
        raise EinopsError(f"Identifiers only on one side of expression (should be on both): {pattern}")
    permutation = [names.index(name) for name in order]
    if permutation != list(range(len(order))):
        x = x.permute(permutation)
    return composed(x, right, known)


def reduce(tensor, pattern, reduction, **axes_lengths):
    if isinstance(tensor, (list, tuple)):
        tensor = torch.stack(list(tensor))
    left, right = sides_of(pattern)
    x, names, known, count = elementary(tensor, left, axes_lengths, pattern)
    right = spread(right, count)
    order = [name for group in right for name in group]
    gone = [index for index, name in enumerate(names) if name not in order]
    if gone:
        if callable(reduction):
            x = reduction(x, tuple(gone))
        elif reduction == "mean":
            x = x.mean(dim=tuple(gone))
        elif reduction == "sum":
            x = x.sum(dim=tuple(gone))
        elif reduction == "max":
            x = x.amax(dim=tuple(gone))
        elif reduction == "min":
            x = x.amin(dim=tuple(gone))
        elif reduction == "prod":
            for index in reversed(gone):
                x = x.prod(dim=index)
        elif reduction == "any":
            for index in reversed(gone):
                x = x.any(dim=index)
        elif reduction == "all":
            for index in reversed(gone):
                x = x.all(dim=index)
        else:
            raise EinopsError(f"Unknown reduction {reduction}")
    names = [name for name in names if name in order]
    if sorted(order) != sorted(names):
        raise EinopsError(f"Identifiers only on one side of expression: {pattern}")
    permutation = [names.index(name) for name in order]
    if permutation != list(range(len(order))):
        x = x.permute(permutation)
    return composed(x, right, known)


def repeat(tensor, pattern, **axes_lengths):
    if isinstance(tensor, (list, tuple)):
        tensor = torch.stack(list(tensor))
    left, right = sides_of(pattern)
    given = set(name for group in left for name in group)
    x, names, known, count = elementary(
        tensor, left, {name: size for name, size in axes_lengths.items() if name in given}, pattern
    )
    known = {**known, **axes_lengths}
    right = spread(right, count)
    order = []
    for group in right:
        for name in group:
            if name.isdigit():
                known[name] = int(name)
            order.append(name)
    for name in order:
        if name not in known:
            raise EinopsError(f"Specify sizes for new axes in repeat: {name} in {pattern}")
    kept = [name for name in order if name in names]
    permutation = [names.index(name) for name in kept]
    if permutation != list(range(len(kept))):
        x = x.permute(permutation)
    if len(kept) != len(order):
        for index, name in enumerate(order):
            if name not in names:
                x = x.unsqueeze(index)
        x = x.expand([known[name] for name in order])
    return composed(x, right, known)


def einsum(*tensors_and_pattern):
    *tensors, pattern = tensors_and_pattern
    left, right = pattern.split("->")
    letters = {}
    available = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def short(side):
        text = ""
        for word in side.split():
            if word == "...":
                text += word
                continue
            if word not in letters:
                letters[word] = available[len(letters)]
            text += letters[word]
        return text

    equation = ",".join(short(side) for side in left.split(",")) + "->" + short(right)
    return torch.einsum(equation, *tensors)


def parse_shape(x, pattern):
    names = pattern.split()
    if "..." not in names and len(names) != x.ndim:
        raise RuntimeError(f"Can't parse shape with different number of dimensions: {pattern}")
    if "..." in names:
        at = names.index("...")
        names = names[:at] + ["_"] * (x.ndim - len(names) + 1) + names[at + 1:]
    return {name: size for name, size in zip(names, x.shape) if name != "_" and not name.isdigit()}


def pack(tensors, pattern):
    names = pattern.split()
    before = names.index("*")
    after = len(names) - before - 1
    shapes = []
    parts = []
    for x in tensors:
        shape = list(x.shape)
        end = len(shape) - after
        middle = shape[before:end]
        shapes.append(torch.Size(middle))
        parts.append(x.reshape(shape[:before] + [math.prod(middle)] + shape[end:]))
    return torch.cat(parts, dim=before), shapes


def unpack(tensor, packed_shapes, pattern):
    names = pattern.split()
    axis = names.index("*")
    shape = list(tensor.shape)
    sizes = [math.prod(list(packed)) if -1 not in list(packed) else -1 for packed in packed_shapes]
    if -1 in sizes:
        sizes[sizes.index(-1)] = shape[axis] - sum(size for size in sizes if size != -1)
    return [
        part.reshape(shape[:axis] + list(packed) + shape[axis + 1:])
        for part, packed in zip(tensor.split(sizes, dim=axis), packed_shapes)
    ]
