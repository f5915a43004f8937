from collections import OrderedDict

from torch import nn

from ..ops.misc import Conv2dNormActivation, SqueezeExcitation
from ._api import weights as _weights


class SimpleStemIN(Conv2dNormActivation):
    def __init__(self, width_in, width_out, norm_layer, activation_layer):
        super().__init__(width_in, width_out, kernel_size=3, stride=2, norm_layer=norm_layer,
                         activation_layer=activation_layer)


class BottleneckTransform(nn.Sequential):
    def __init__(self, width_in, width_out, stride, norm_layer, activation_layer, group_width, bottleneck_multiplier,
                 se_ratio):
        width = int(round(width_out * bottleneck_multiplier))
        options = dict(norm_layer=norm_layer, activation_layer=activation_layer)
        layers = OrderedDict()
        layers["a"] = Conv2dNormActivation(width_in, width, kernel_size=1, stride=1, **options)
        layers["b"] = Conv2dNormActivation(width, width, kernel_size=3, stride=stride, groups=width // group_width,
                                           **options)
        if se_ratio:
            layers["se"] = SqueezeExcitation(width, int(round(se_ratio * width_in)), activation=activation_layer)
        layers["c"] = Conv2dNormActivation(width, width_out, kernel_size=1, stride=1, norm_layer=norm_layer,
                                           activation_layer=None)
        super().__init__(layers)


class ResBottleneckBlock(nn.Module):
    def __init__(self, width_in, width_out, stride, norm_layer, activation_layer, group_width=1,
                 bottleneck_multiplier=1.0, se_ratio=None):
        super().__init__()
        self.proj = None
        if width_in != width_out or stride != 1:
            self.proj = Conv2dNormActivation(width_in, width_out, kernel_size=1, stride=stride, norm_layer=norm_layer,
                                             activation_layer=None)
        self.f = BottleneckTransform(width_in, width_out, stride, norm_layer, activation_layer, group_width,
                                     bottleneck_multiplier, se_ratio)
        self.activation = activation_layer(inplace=True)

    def forward(self, x):
        side = x if self.proj is None else self.proj(x)
        return self.activation(side + self.f(x))


class AnyStage(nn.Sequential):
    def __init__(self, width_in, width_out, stride, depth, block_constructor, norm_layer, activation_layer,
                 group_width, bottleneck_multiplier, se_ratio=None, stage_index=0):
        super().__init__()
        for i in range(depth):
            block = block_constructor(width_in if i == 0 else width_out, width_out, stride if i == 0 else 1,
                                      norm_layer, activation_layer, group_width, bottleneck_multiplier, se_ratio)
            self.add_module(f"block{stage_index}-{i}", block)


class BlockParams:
    def __init__(self, depths, widths, group_widths, bottleneck_multipliers, strides, se_ratio=None):
        self.depths = depths
        self.widths = widths
        self.group_widths = group_widths
        self.bottleneck_multipliers = bottleneck_multipliers
        self.strides = strides
        self.se_ratio = se_ratio

    def _get_expanded_params(self):
        return zip(self.widths, self.strides, self.depths, self.group_widths, self.bottleneck_multipliers)


class RegNet(nn.Module):
    def __init__(self, block_params, num_classes=1000, stem_width=32, stem_type=None, block_type=None,
                 norm_layer=None, activation=None):
        super().__init__()
        stem_type = stem_type or SimpleStemIN
        norm_layer = norm_layer or nn.BatchNorm2d
        block_type = block_type or ResBottleneckBlock
        activation = activation or nn.ReLU
        self.stem = stem_type(3, stem_width, norm_layer, activation)
        width = stem_width
        blocks = []
        for i, (width_out, stride, depth, group_width, multiplier) in enumerate(block_params._get_expanded_params()):
            stage = AnyStage(width, width_out, stride, depth, block_type, norm_layer, activation, group_width,
                             multiplier, block_params.se_ratio, stage_index=i + 1)
            blocks.append((f"block{i + 1}", stage))
            width = width_out
        self.trunk_output = nn.Sequential(OrderedDict(blocks))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(in_features=width, out_features=num_classes)

    def forward(self, x):
        x = self.trunk_output(self.stem(x))
        return self.fc(self.avgpool(x).flatten(start_dim=1))


def _builder(depths, widths, group, se_ratio=None):
    groups = group if isinstance(group, list) else [group] * 4

    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        params = BlockParams(depths, widths, groups, [1.0] * 4, [2] * 4, se_ratio)
        return RegNet(params, **kwargs)

    return build


regnet_x_400mf = _builder([1, 2, 7, 12], [32, 64, 160, 400], 16)
regnet_x_800mf = _builder([1, 3, 7, 5], [64, 128, 288, 672], 16)
regnet_x_1_6gf = _builder([2, 4, 10, 2], [72, 168, 408, 912], 24)
regnet_x_3_2gf = _builder([2, 6, 15, 2], [96, 192, 432, 1008], 48)
regnet_x_8gf = _builder([2, 5, 15, 1], [80, 240, 720, 1920], [80, 120, 120, 120])
regnet_x_16gf = _builder([2, 6, 13, 1], [256, 512, 896, 2048], 128)
regnet_x_32gf = _builder([2, 7, 13, 1], [336, 672, 1344, 2520], 168)
regnet_y_400mf = _builder([1, 3, 6, 6], [48, 104, 208, 440], 8, 0.25)
regnet_y_800mf = _builder([1, 3, 8, 2], [64, 144, 320, 784], 16, 0.25)
regnet_y_1_6gf = _builder([2, 6, 17, 2], [48, 120, 336, 888], 24, 0.25)
regnet_y_3_2gf = _builder([2, 5, 13, 1], [72, 216, 576, 1512], 24, 0.25)
regnet_y_8gf = _builder([2, 4, 10, 1], [224, 448, 896, 2016], 56, 0.25)
regnet_y_16gf = _builder([2, 4, 11, 1], [224, 448, 1232, 3024], 112, 0.25)
regnet_y_32gf = _builder([2, 5, 12, 1], [232, 696, 1392, 3712], 232, 0.25)
regnet_y_128gf = _builder([2, 7, 17, 1], [528, 1056, 2904, 7392], 264, 0.25)


def __getattr__(name):
    if name.startswith("RegNet_") and name.endswith("_Weights"):
        return _weights(name)
    raise AttributeError(name)
