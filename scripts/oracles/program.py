"""Runs programs as PyTorch does, for scripts/fuzz-torch.ts: a line of JSON {text, entry, inputs} in, one of
{params, macs, shapes} or {error} out. Each runs in a process of its own, with bounds on time and memory.
"""
import json
import os
import resource
import signal
import sys
import types
import warnings

import torch
from torch.utils._python_dispatch import TorchDispatchMode

warnings.filterwarnings('ignore')
torch.set_num_threads(1)


def product(sizes):
    result = 1
    for size in sizes:
        result *= size
    return result


class Counter(TorchDispatchMode):
    """Multiply-accumulates of convolutions and matrix products."""

    def __init__(self):
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.split('::')[1]
        if name in ('convolution', '_convolution', 'convolution_overrideable'):
            x, w, transposed = args[0], args[1], args[6]
            self.macs += (x.numel() * w.shape[1] if transposed else out.numel() * w.shape[1]) * product(w.shape[2:])
        elif name == 'mm':
            self.macs += args[0].shape[0] * args[0].shape[1] * args[1].shape[1]
        elif name == 'addmm':
            self.macs += args[1].shape[0] * args[1].shape[1] * args[2].shape[1]
        elif name == 'bmm':
            self.macs += product(args[0].shape) * args[1].shape[2]
        elif name == 'baddbmm':
            self.macs += product(args[1].shape) * args[2].shape[2]
        elif name in ('mv', 'dot', 'vdot'):
            self.macs += args[0].numel()
        return out


def shapes(value):
    if isinstance(value, torch.Tensor):
        return [list(value.shape)]
    if isinstance(value, dict):
        return [each for inner in value.values() for each in shapes(inner)]
    if isinstance(value, (list, tuple)):
        return [each for inner in value for each in shapes(inner)]
    return []


def run(text, entry, inputs):
    module = types.ModuleType('net')
    sys.modules['net'] = module
    exec(compile(text, 'net.py', 'exec'), module.__dict__)
    net = eval(entry, module.__dict__)
    net.eval()
    given = eval(f'({inputs},)', {'torch': torch})
    counter = Counter()
    # Without gradients, PyTorch 1.13 runs the layers of a transformer in one piece, which is not counted.
    with torch.set_grad_enabled('Transformer' in text), counter:
        result = net(*given)
    return {
        'params': sum(each.numel() for each in net.parameters()),
        'macs': counter.macs,
        'shapes': shapes(result),
    }


def answer(line):
    try:
        return run(**json.loads(line))
    except BaseException as error:
        return {'error': f'{type(error).__name__}: {error}'[:300]}


for line in sys.stdin:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (6, 8))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        with os.fdopen(write, 'w') as out:
            out.write(json.dumps(answer(line)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as out:
        said = out.read()
    os.waitpid(child, 0)
    print(said or json.dumps({'died': True}), flush=True)
