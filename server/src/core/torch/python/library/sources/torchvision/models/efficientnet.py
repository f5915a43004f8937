import copy
import math
from functools import partial

import torch
from torch import nn

from ..ops.misc import Conv2dNormActivation, SqueezeExcitation
from ..ops.stochastic_depth import StochasticDepth
from ._api import weights as _weights
from ._utils import _make_divisible


class _MBConvConfig:
    def __init__(self, expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block):
        self.expand_ratio = expand_ratio
        self.kernel = kernel
        self.stride = stride
        self.input_channels = input_channels
        self.out_channels = out_channels
        self.num_layers = num_layers
        self.block = block

    @staticmethod
    def adjust_channels(channels, width_mult, min_value=None):
        return _make_divisible(channels * width_mult, 8, min_value)


class MBConvConfig(_MBConvConfig):
    def __init__(self, expand_ratio, kernel, stride, input_channels, out_channels, num_layers, width_mult=1.0,
                 depth_mult=1.0, block=None):
        super().__init__(expand_ratio, kernel, stride, self.adjust_channels(input_channels, width_mult),
                         self.adjust_channels(out_channels, width_mult), self.adjust_depth(num_layers, depth_mult),
                         block or MBConv)

    @staticmethod
    def adjust_depth(num_layers, depth_mult):
        return int(math.ceil(num_layers * depth_mult))


class FusedMBConvConfig(_MBConvConfig):
    def __init__(self, expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block=None):
        super().__init__(expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block or FusedMBConv)


class MBConv(nn.Module):
    def __init__(self, cnf, stochastic_depth_prob, norm_layer, se_layer=SqueezeExcitation):
        super().__init__()
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        width = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        layers = []
        if width != cnf.input_channels:
            layers.append(Conv2dNormActivation(cnf.input_channels, width, kernel_size=1, norm_layer=norm_layer,
                                               activation_layer=nn.SiLU))
        layers.append(Conv2dNormActivation(width, width, kernel_size=cnf.kernel, stride=cnf.stride, groups=width,
                                           norm_layer=norm_layer, activation_layer=nn.SiLU))
        squeezed = max(1, cnf.input_channels // 4)
        layers.append(se_layer(width, squeezed, activation=partial(nn.SiLU, inplace=True)))
        layers.append(Conv2dNormActivation(width, cnf.out_channels, kernel_size=1, norm_layer=norm_layer,
                                           activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input):
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class FusedMBConv(nn.Module):
    def __init__(self, cnf, stochastic_depth_prob, norm_layer):
        super().__init__()
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        width = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        if width != cnf.input_channels:
            layers = [
                Conv2dNormActivation(cnf.input_channels, width, kernel_size=cnf.kernel, stride=cnf.stride,
                                     norm_layer=norm_layer, activation_layer=nn.SiLU),
                Conv2dNormActivation(width, cnf.out_channels, kernel_size=1, norm_layer=norm_layer,
                                     activation_layer=None),
            ]
        else:
            layers = [Conv2dNormActivation(cnf.input_channels, cnf.out_channels, kernel_size=cnf.kernel,
                                           stride=cnf.stride, norm_layer=norm_layer, activation_layer=nn.SiLU)]
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input):
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class EfficientNet(nn.Module):
    def __init__(self, inverted_residual_setting, dropout, stochastic_depth_prob=0.2, num_classes=1000,
                 norm_layer=None, last_channel=None):
        super().__init__()
        norm_layer = norm_layer or nn.BatchNorm2d
        first = inverted_residual_setting[0].input_channels
        layers = [Conv2dNormActivation(3, first, kernel_size=3, stride=2, norm_layer=norm_layer,
                                       activation_layer=nn.SiLU)]
        count = sum(cnf.num_layers for cnf in inverted_residual_setting)
        at = 0
        for cnf in inverted_residual_setting:
            stage = []
            for _ in range(cnf.num_layers):
                own = copy.copy(cnf)
                if stage:
                    own.input_channels = own.out_channels
                    own.stride = 1
                stage.append(own.block(own, stochastic_depth_prob * float(at) / count, norm_layer))
                at += 1
            layers.append(nn.Sequential(*stage))
        before = inverted_residual_setting[-1].out_channels
        last = last_channel if last_channel is not None else 4 * before
        layers.append(Conv2dNormActivation(before, last, kernel_size=1, norm_layer=norm_layer,
                                           activation_layer=nn.SiLU))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))

    def _forward_impl(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))

    def forward(self, x):
        return self._forward_impl(x)


def _scaled(width_mult, depth_mult, dropout, norm_layer=None):
    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        conf = partial(MBConvConfig, width_mult=width_mult, depth_mult=depth_mult)
        setting = [
            conf(1, 3, 1, 32, 16, 1), conf(6, 3, 2, 16, 24, 2), conf(6, 5, 2, 24, 40, 2), conf(6, 3, 2, 40, 80, 3),
            conf(6, 5, 1, 80, 112, 3), conf(6, 5, 2, 112, 192, 4), conf(6, 3, 1, 192, 320, 1),
        ]
        rate = kwargs.pop("dropout", dropout)
        if norm_layer is not None:
            kwargs.setdefault("norm_layer", norm_layer)
        return EfficientNet(setting, rate, **kwargs)

    return build


def _v2(fused, rest, dropout):
    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        setting = [FusedMBConvConfig(*each) for each in fused] + [MBConvConfig(*each) for each in rest]
        rate = kwargs.pop("dropout", dropout)
        kwargs.setdefault("norm_layer", partial(nn.BatchNorm2d, eps=1e-03))
        return EfficientNet(setting, rate, last_channel=1280, **kwargs)

    return build


efficientnet_b0 = _scaled(1.0, 1.0, 0.2)
efficientnet_b1 = _scaled(1.0, 1.1, 0.2)
efficientnet_b2 = _scaled(1.1, 1.2, 0.3)
efficientnet_b3 = _scaled(1.2, 1.4, 0.3)
efficientnet_b4 = _scaled(1.4, 1.8, 0.4)
efficientnet_b5 = _scaled(1.6, 2.2, 0.4, partial(nn.BatchNorm2d, eps=0.001, momentum=0.01))
efficientnet_b6 = _scaled(1.8, 2.6, 0.5, partial(nn.BatchNorm2d, eps=0.001, momentum=0.01))
efficientnet_b7 = _scaled(2.0, 3.1, 0.5, partial(nn.BatchNorm2d, eps=0.001, momentum=0.01))
efficientnet_v2_s = _v2(
    [(1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4)],
    [(4, 3, 2, 64, 128, 6), (6, 3, 1, 128, 160, 9), (6, 3, 2, 160, 256, 15)], 0.2,
)
efficientnet_v2_m = _v2(
    [(1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5)],
    [(4, 3, 2, 80, 160, 7), (6, 3, 1, 160, 176, 14), (6, 3, 2, 176, 304, 18), (6, 3, 1, 304, 512, 5)], 0.3,
)
efficientnet_v2_l = _v2(
    [(1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7)],
    [(4, 3, 2, 96, 192, 10), (6, 3, 1, 192, 224, 19), (6, 3, 2, 224, 384, 25), (6, 3, 1, 384, 640, 7)], 0.4,
)

EfficientNet_B0_Weights = _weights("EfficientNet_B0_Weights")
EfficientNet_B1_Weights = _weights("EfficientNet_B1_Weights")
EfficientNet_B2_Weights = _weights("EfficientNet_B2_Weights")
EfficientNet_B3_Weights = _weights("EfficientNet_B3_Weights")
EfficientNet_B4_Weights = _weights("EfficientNet_B4_Weights")
EfficientNet_B5_Weights = _weights("EfficientNet_B5_Weights")
EfficientNet_B6_Weights = _weights("EfficientNet_B6_Weights")
EfficientNet_B7_Weights = _weights("EfficientNet_B7_Weights")
EfficientNet_V2_S_Weights = _weights("EfficientNet_V2_S_Weights")
EfficientNet_V2_M_Weights = _weights("EfficientNet_V2_M_Weights")
EfficientNet_V2_L_Weights = _weights("EfficientNet_V2_L_Weights")
