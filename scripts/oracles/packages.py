"""Makes test/formats/pytorch/packages.json: what torchvision and timm give for layers and models of theirs (shapes,
parameters, multiply-accumulates). Run it with a Python that has both; the project runs none.

    python3 scripts/oracles/packages.py test/formats/pytorch/packages.json
"""
import json
import math
import sys

import timm
import timm.layers as layers
import timm.models._efficientnet_blocks as blocks
import torch
import torchvision
import torchvision.models as models
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode


class Counter(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.macs = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = func._schema.name.split('::')[1]
        if name == 'convolution':
            (self_in, weight), transposed = args[:2], args[6]
            places = self_in if transposed else out
            self.macs += places.numel() * math.prod(weight.shape[1:])
        elif name in ('mm', 'bmm'):
            self.macs += args[0].numel() * args[1].shape[-1]
        elif name in ('addmm', 'baddbmm'):
            self.macs += args[1].numel() * args[2].shape[-1]
        return out


def shapes(value):
    if isinstance(value, torch.Tensor):
        return [list(value.shape)]
    return [shape for each in value for shape in shapes(each)]


image, map_, tokens = 'torch.zeros(1, 3, 64, 64)', 'torch.zeros(2, 16, 12, 10)', 'torch.zeros(2, 9, 16)'
cases = [(f'models.{name}()', image) for name in (
    'efficientnet_b0', 'efficientnet_v2_s', 'mobilenet_v3_small', 'regnet_y_400mf', 'shufflenet_v2_x1_0', 'mnasnet0_75',
    'convnext_tiny')] + [
    ('models.get_model("regnet_y_1_6gf", num_classes=7)', image),
    ('models.vit_b_32(image_size=64, num_classes=5)', image),
    ('nn.Sequential(*list(models.efficientnet_b0().children())[0][:4])', image),
    ('models.mobilenet_v3_small(width_mult=0.5, reduced_tail=True, dilated=True).features', image),
    ('layers.AvgPool2dSame(3, 2)', map_),
    ('layers.BlurPool2d(16)', map_),
    ('layers.create_attn("cbam", 16)', map_),
    ('layers.CondConv2d(16, 8, 3, 2, num_experts=3)', f'{map_}, torch.ones(2, 3)'),
    ('layers.CondConv2d(16, 8, 3, 2, "same", bias=True)', f'{map_}, torch.ones(2, 4)'),
    ('layers.ConvMlp(16, 24)', map_),
    ('layers.ConvNormAct(16, 8, 3)', map_),
    ('layers.EcaModule(16)', map_),
    ('layers.EcaModule(16, use_mlp=True)', map_),
    ('layers.EffectiveSEModule(16)', map_),
    ('layers.GroupNorm(16, 4)', map_),
    ('layers.create_act_layer("hard_swish")', map_),
    ('layers.LayerNorm2d(16)', map_),
    ('layers.Mlp(16, 32)', tokens),
    ('layers.SEModule(16, rd_ratio=0.25)', map_),
    ('layers.SelectAdaptivePool2d(pool_type="catavgmax", flatten=True)', map_),
    ('layers.SeparableConvNormAct(16, 8)', map_),
    ('layers.create_attn("lcbam", 16)', map_),
    ('layers.create_classifier(16, 5, pool_type="avg")[1]', 'torch.zeros(2, 16)'),
    ('layers.create_norm_act_layer("batchnorm2d", 16, act_layer=nn.SiLU)', map_),
    ('blocks.SqueezeExcite(16, rd_ratio=0.5, gate_layer=nn.Hardsigmoid)', map_),
]
out = []
for entry, inputs in cases:
    module = eval(entry).eval()
    # With gradients, attention takes no fast path: it is the products that it is made of.
    with Counter() as counter:
        result = module(*eval(f'({inputs},)'))
    params = sum(parameter.numel() for parameter in module.parameters())
    out.append(dict(entry=entry, inputs=inputs, params=params, macs=counter.macs, shapes=shapes(result)))
with open(sys.argv[1], 'w') as file:
    versions = {package.__name__: package.__version__ for package in (torch, torchvision, timm)}
    file.write('{\n  "versions": ' + json.dumps(versions) + ',\n  "cases": [\n')
    file.write(',\n'.join('    ' + json.dumps(case) for case in out))
    file.write('\n  ]\n}\n')
print(len(out))
