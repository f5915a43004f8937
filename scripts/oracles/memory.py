"""Makes test/torch/python/memory.json: the memory that networks of torchvision and those in test/torch/python/memory.py
take in PyTorch as it runs them, on a CPU.
Storages are followed from the operator that makes them (TorchDispatchMode) to the end of the last tensor that has them,
and those that are saved for the backward pass by `torch.autograd.graph.saved_tensors_hooks`. Parameters and buffers are
not among them. Run it with a Python that has PyTorch and torchvision; the project runs none.

    python3 scripts/oracles/memory.py test/torch/python/memory.json [--all]
    python3 scripts/oracles/memory.py 'torchvision.models.resnet18()' 2,3,64,64      what each operator makes, and what is alive then

For each network: `peak`, the most that is alive at once at inference (`eval()` and `no_grad()`); in training, `forward`,
the most in the forward pass, and `saved`, what is saved for the backward pass.
"""
import importlib.util
import json
import os
import sys
import warnings
import weakref

import torch
import torchvision
from torch.utils._python_dispatch import TorchDispatchMode

warnings.filterwarnings('ignore')
here = os.path.dirname(os.path.abspath(__file__))
programs = os.path.join(here, '../../test/torch/python/memory.py')

NETWORKS = [
    ('alexnet()', 224), ('convnext_tiny()', 224), ('densenet121()', 224), ('efficientnet_b0()', 224),
    ('mnasnet1_0()', 224), ('mobilenet_v2()', 224), ('mobilenet_v3_small()', 224), ('regnet_y_400mf()', 224),
    ('resnet18()', 224), ('resnet50()', 224), ('shufflenet_v2_x1_0()', 224), ('squeezenet1_1()', 224), ('vgg11()', 224),
    ('vit_b_16()', 224),
]
# Read where torchvision's source is.
OTHERS = [('googlenet(init_weights=False, aux_logits=False)', 224), ('swin_t()', 224), ('inception_v3(init_weights=False)', 299)]


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for part in value for tensor in tensors(part)] if isinstance(value, (list, tuple)) else []


def storage(tensor):
    return tensor.storage()._cdata


class Alive:
    """Storages by those who hold them: tensors, and what is saved."""

    def __init__(self, others):
        self.others, self.total, self.count = others, 0, 0
        # An address may be used again: storages have numbers. One that PyTorch would not make but for whoever watches has
        # the number of the one that it would work in.
        self.numbers, self.holders, self.bytes, self.references = {}, {}, {}, {}

    def hold(self, tensor, holder):
        address = storage(tensor)
        if address in self.others:
            return
        if address not in self.numbers:
            self.count += 1
            self.numbers[address] = self.count
        number = self.numbers[address]
        if number not in self.bytes:
            self.bytes[number] = tensor.storage().nbytes()
            self.total += self.bytes[number]
        self.holders[address] = self.holders.get(address, 0) + 1
        self.count += 1
        own = self.count

        def end(_):
            del self.references[own]
            self.holders[address] -= 1
            if self.holders[address] == 0:
                del self.holders[address]
                del self.numbers[address]
                if number not in self.numbers.values():
                    self.total -= self.bytes.pop(number)

        self.references[own] = weakref.ref(holder, end)

    def joins(self, tensor, other):
        self.numbers[storage(tensor)] = self.numbers[storage(other)]


class Watch(TorchDispatchMode):
    def __init__(self, alive, log=None):
        super().__init__()
        self.alive, self.peak, self.log, self.last = alive, alive.total, log, ''

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        if self.last == '_unsafe_view' and func is torch.ops.aten.add.Tensor and isinstance(args[1], torch.nn.Parameter):
            # A linear layer adds its bias in place, unless it is watched (aten/src/ATen/native/Linear.cpp).
            self.alive.joins(out, args[0])
        self.last = func._schema.name[6:]
        for tensor in tensors(out):
            self.alive.hold(tensor, tensor)
        self.peak = max(self.peak, self.alive.total)
        if self.log is not None:
            shapes = [f'{tuple(t.shape)}{"" if t.dtype == torch.float32 else t.dtype}' for t in tensors(out)]
            self.log.append((func._schema.name[6:], [tuple(t.shape) for t in tensors(args)], shapes, self.alive.total))
        return out


class Packed:
    def __init__(self, tensor):
        self.tensor = tensor


def case(name, model, shape, log=None):
    own = {storage(tensor) for tensor in [*model.parameters(), *model.buffers()]}

    model.eval()
    alive = Alive(own)
    x = torch.rand(shape)
    alive.hold(x, x)
    with torch.no_grad(), Watch(alive, log) as inference:
        out = model(x)
    del out

    model.train()
    alive = Alive(own)
    x = torch.rand(shape)
    alive.hold(x, x)
    saved = {}

    def pack(tensor):
        packed = Packed(tensor)
        alive.hold(tensor, packed)
        if storage(tensor) not in own:
            saved[alive.numbers[storage(tensor)]] = tensor.storage().nbytes()
            if log is not None:
                log.append(('  saved', tuple(tensor.shape), tensor.dtype))
        return packed

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda packed: packed.tensor):
        with Watch(alive, log) as forward:
            out = model(x)
    return dict(entry=name, sizes=','.join(map(str, shape)), peak=inference.peak,
                forward=forward.peak, saved=sum(saved.values()))


def main():
    spec = importlib.util.spec_from_file_location('memory', programs)
    own = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own)
    if not sys.argv[1].endswith('.json'):
        log = []
        model = eval(sys.argv[1], {**vars(own), 'torchvision': torchvision})
        print(case(sys.argv[1], model, [int(size) for size in sys.argv[2].split(',')], log))
        for line in log:
            print(*line)
        return
    classes = [cls for cls in vars(own).values() if hasattr(cls, 'sizes')]
    cases = [case(f'{cls.__name__}()', cls(), [int(size) for size in cls.sizes.split(',')]) for cls in classes]
    for name, size in NETWORKS + (OTHERS if '--all' in sys.argv else []):
        entry = f'torchvision.models.{name}'
        cases.append(case(entry, eval(entry), [2, 3, size, size]))
        print(cases[-1], flush=True)
    with open(sys.argv[1], 'w') as file:
        versions = dict(torch=torch.__version__, torchvision=torchvision.__version__)
        file.write('{\n  "versions": ' + json.dumps(versions) + ',\n  "cases": [\n')
        file.write(',\n'.join('    ' + json.dumps(each) for each in cases))
        file.write('\n  ]\n}\n')


main()
