"""Blocks of the detector beside this file."""
from torch import nn


class ConvBlock(nn.Module):
    def __init__(self, cin, cout, kernel=3, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(cout)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class Separable(nn.Module):
    def __init__(self, cin, cout, stride=1, groups=1):
        super().__init__()
        self.depth = ConvBlock(cin, cin, 3, stride, groups=cin)
        self.point = ConvBlock(cin, cout, 1, groups=groups)

    def forward(self, x):
        return self.point(self.depth(x))
