"""The modules of this repository."""

import torch
from torch import nn


class Conv(nn.Module):
    """A convolution with its normalization and activation."""

    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(c2)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Gate(nn.Module):
    """Two convolutions, one of which
    decides what the other one lets through.

    What this paragraph says is for readers of the code.
    """

    def __init__(self, c1, c2, squeeze=4):
        super().__init__()
        self.value = Conv(c1, c2, 3)
        self.gate = nn.Sequential(Conv(c1, c2 // squeeze, 1), nn.Conv2d(c2 // squeeze, c2, 1))

    def forward(self, x):
        return self.value(x) * self.gate(x).sigmoid()


class Points(nn.Module):
    """A head that says for each point of each map what is there."""

    def __init__(self, nc, ch=()):
        super().__init__()
        self.out = nn.ModuleList(nn.Conv2d(c, nc + 4, 1) for c in ch)

    def forward(self, x):
        return [out(each) for out, each in zip(self.out, x)]
