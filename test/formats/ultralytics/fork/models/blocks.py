"""Building blocks of a small detector, written for Flopline's tests."""
import torch
import torch.nn as nn

try:
    from fast_ops import FastConv
except ImportError:
    FastConv = None


class Conv(nn.Module):
    """A convolution with batch normalization and an activation.

    The activation is the same for all of them.
    """

    default_act = nn.SiLU()

    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, bias=False)
        self.norm = nn.BatchNorm2d(c2)
        self.act = self.default_act

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


class Gate(nn.Module):
    """Scales each channel by what it is on average."""

    def __init__(self, c1, reduction=4):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.layers = nn.Sequential(
            nn.Linear(c1, c1 // reduction), nn.ReLU(), nn.Linear(c1 // reduction, c1), nn.Sigmoid()
        )

    def forward(self, x):
        b, c, _, _ = x.shape
        return x * self.layers(self.pool(x).view(b, c)).view(b, c, 1, 1)


class Pair(nn.Module):
    """Joins two inputs by a 1x1 convolution."""

    def __init__(self, channels, c2):
        super().__init__()
        self.mix = nn.Conv2d(sum(channels), c2, 1)

    def forward(self, x):
        first, second = x
        if first.shape[2:] != second.shape[2:]:
            second = nn.functional.interpolate(second, size=first.shape[2:])
        return self.mix(torch.cat((first, second), 1))


class Stem(nn.Module):
    """A backbone in one row: it returns one tensor for each of its stages."""

    def __init__(self, c1, widths):
        super().__init__()
        self.stages = nn.ModuleList()
        for width in widths:
            self.stages.append(Conv(c1, width, 3, 2))
            c1 = width
        self.channels = list(widths)

    def forward(self, x):
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return found


class Heads(nn.Module):
    """One 1x1 convolution for each level."""

    def __init__(self, nc, channels):
        super().__init__()
        self.nc = nc
        self.stride = None
        self.layers = nn.ModuleList(nn.Conv2d(c, nc + 4, 1) for c in channels)

    def forward(self, levels):
        parts = [layer(x).flatten(2) for layer, x in zip(self.layers, levels)]
        return torch.cat(parts, 2)
