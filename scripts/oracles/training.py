"""Makes test/torch/python/training.json: the multiply-accumulates of a step of training, counted by what PyTorch runs:
`convolution`, `convolution_backward`, `mm`, `addmm`, `bmm` and `baddbmm`, forward and backward apart. Of networks of
torchvision, of those in test/torch/python/training.py, and of the versions that counted. Run it with a Python that has
PyTorch and torchvision; the project runs none.

    python3 scripts/oracles/training.py test/torch/python/training.json [--all]
"""
import importlib.util
import json
import math
import os
import sys
import warnings

import torch
import torchvision
from torch.utils._python_dispatch import TorchDispatchMode

warnings.filterwarnings('ignore')
here = os.path.dirname(os.path.abspath(__file__))
programs = os.path.join(here, '../../test/torch/python/training.py')

# Everything else that multiplies matrices would be missed: then the count is worth nothing.
UNSEEN = {'mv', 'dot', 'vdot', 'ger', 'addmv', 'addr', '_trilinear', 'mkldnn_rnn_layer', 'mkldnn_linear', 'linear',
          'einsum', 'matmul', 'thnn_conv2d', 'slow_conv3d_forward', 'mkldnn_convolution', 'linalg_matmul'}


class Products(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.split('::')[1]
        if name in UNSEEN:
            raise NotImplementedError(name)
        self.macs += self.count(name, args, out)
        return out

    @staticmethod
    def count(name, args, out):
        if name == 'convolution':
            x, weight, transposed = args[0], args[1], args[6]
            # A weight meets the elements of the input or of the output, whichever it is that has a window.
            places = x if transposed else out
            return weight.numel() * places.shape[0] * math.prod(places.shape[2:])
        if name == 'convolution_backward':
            gradient, x, weight, transposed, mask = args[0], args[1], args[2], args[7], args[10]
            places = x if transposed else gradient
            each = weight.numel() * places.shape[0] * math.prod(places.shape[2:])
            return each * (bool(mask[0]) + bool(mask[1]))
        if name == 'mm':
            return args[0].numel() * args[1].shape[1]
        if name == 'addmm':
            return args[1].numel() * args[2].shape[1]
        if name == 'bmm':
            return args[0].numel() * args[1].shape[2]
        if name == 'baddbmm':
            return args[1].numel() * args[2].shape[2]
        return 0


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for part in value for tensor in tensors(part)] if isinstance(value, (list, tuple)) else []


def case(entry, model, sizes):
    """`sizes` as Flopline's `input`: the batch first, and the type of what are no floats."""
    shape, _, dtype = sizes.partition(':')
    shape = [int(size) for size in shape.split(',')]
    x = torch.zeros(shape, dtype=getattr(torch, dtype)) if dtype else torch.rand(shape)
    model.train()
    with Products() as forward:
        outputs = tensors(model(x))
    loss = sum(output.float().sum() for output in outputs if output.requires_grad)
    with Products() as backward:
        loss.backward()
    return dict(entry=entry, sizes=sizes, forward=forward.macs, backward=backward.macs)


def main():
    spec = importlib.util.spec_from_file_location('training', programs)
    own = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(own)
    classes = [cls for cls in vars(own).values() if hasattr(cls, 'sizes')]
    cases = [case(f'{cls.__name__}()', cls(), cls.sizes) for cls in classes]
    # Batches of two: in training, a batch norm refuses one value per channel.
    networks = [
        ('alexnet()', 224), ('convnext_tiny()', 64), ('densenet121()', 64), ('efficientnet_b0()', 64),
        ('mnasnet1_0()', 64), ('mobilenet_v2()', 64), ('mobilenet_v3_small()', 64), ('regnet_y_400mf()', 64),
        ('resnet18()', 224), ('resnet50()', 64), ('resnext50_32x4d()', 64), ('shufflenet_v2_x1_0()', 64),
        ('squeezenet1_1()', 64), ('vgg11()', 64), ('vit_b_16()', 224),
    ]
    # With heads that training alone runs; read where torchvision's source is.
    others = [
        ('googlenet(init_weights=False)', 96), ('inception_v3(init_weights=False)', 299), ('swin_t()', 64),
        ('maxvit_t()', 224), ('segmentation.deeplabv3_resnet50(aux_loss=True, weights_backbone=None)', 64),
        ('segmentation.lraspp_mobilenet_v3_large(weights_backbone=None)', 64), ('video.r3d_18()', 112),
    ]
    for name, size in networks + (others if '--all' in sys.argv else []):
        entry = f'torchvision.models.{name}'
        sizes = f'2,3,4,{size},{size}' if 'r3d' in name else f'2,3,{size},{size}'
        cases.append(case(entry, eval(entry), sizes))
        print(cases[-1], flush=True)
    with open(sys.argv[1], 'w') as file:
        versions = dict(torch=torch.__version__, torchvision=torchvision.__version__)
        file.write('{\n  "versions": ' + json.dumps(versions) + ',\n  "cases": [\n')
        file.write(',\n'.join('    ' + json.dumps(each) for each in cases))
        file.write('\n  ]\n}\n')


main()
