from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F


class _DenseLayer(nn.Module):
    def __init__(self, num_input_features, growth_rate, bn_size, drop_rate, memory_efficient=False):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(num_input_features, bn_size * growth_rate, kernel_size=1, bias=False)
        self.norm2 = nn.BatchNorm2d(bn_size * growth_rate)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False)
        self.drop_rate = float(drop_rate)

    def forward(self, input):
        features = [input] if isinstance(input, torch.Tensor) else input
        wide = torch.cat(features, 1)
        narrow = self.conv1(self.relu1(self.norm1(wide)))
        del wide
        return self.conv2(self.relu2(self.norm2(narrow)))


class _DenseBlock(nn.ModuleDict):
    def __init__(self, num_layers, num_input_features, bn_size, growth_rate, drop_rate, memory_efficient=False):
        super().__init__()
        for index in range(num_layers):
            self.add_module(
                "denselayer%d" % (index + 1),
                _DenseLayer(num_input_features + index * growth_rate, growth_rate, bn_size, drop_rate),
            )

    def forward(self, init_features):
        features = [init_features]
        for _, layer in self.items():
            features.append(layer(features))
        return torch.cat(features, 1)


class _Transition(nn.Sequential):
    def __init__(self, num_input_features, num_output_features):
        super().__init__()
        self.norm = nn.BatchNorm2d(num_input_features)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(num_input_features, num_output_features, kernel_size=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    def __init__(self, growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64, bn_size=4, drop_rate=0,
                 num_classes=1000, memory_efficient=False):
        super().__init__()
        self.features = nn.Sequential(OrderedDict([
            ("conv0", nn.Conv2d(3, num_init_features, kernel_size=7, stride=2, padding=3, bias=False)),
            ("norm0", nn.BatchNorm2d(num_init_features)),
            ("relu0", nn.ReLU(inplace=True)),
            ("pool0", nn.MaxPool2d(kernel_size=3, stride=2, padding=1)),
        ]))
        width = num_init_features
        for index, count in enumerate(block_config):
            block = _DenseBlock(count, width, bn_size, growth_rate, drop_rate)
            self.features.add_module("denseblock%d" % (index + 1), block)
            width += count * growth_rate
            if index != len(block_config) - 1:
                self.features.add_module("transition%d" % (index + 1), _Transition(width, width // 2))
                width = width // 2
        self.features.add_module("norm5", nn.BatchNorm2d(width))
        self.classifier = nn.Linear(width, num_classes)

    def forward(self, x):
        x = F.relu(self.features(x), inplace=True)
        x = torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)
        return self.classifier(x)


def _builder(growth_rate, block_config, num_init_features):
    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        return DenseNet(growth_rate, block_config, num_init_features, **kwargs)

    return build


densenet121 = _builder(32, (6, 12, 24, 16), 64)
densenet161 = _builder(48, (6, 12, 36, 24), 96)
densenet169 = _builder(32, (6, 12, 32, 32), 64)
densenet201 = _builder(32, (6, 12, 48, 32), 64)
