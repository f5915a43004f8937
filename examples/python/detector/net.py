"""A detector of one scale in two files: the blocks are imported."""
import torch
from torch import nn

from blocks import ConvBlock, Separable


class Detector(nn.Module):
    def __init__(self, classes=20, anchors=3, width=32, groups=1):
        super().__init__()
        self.stem = ConvBlock(3, width, stride=2)
        self.body = nn.Sequential(*(Separable(width * 2**i, width * 2 ** (i + 1), 2, groups) for i in range(4)))
        self.head = nn.Conv2d(width * 16, anchors * (5 + classes), 1)

    def forward(self, x):
        x = self.head(self.body(self.stem(x)))
        b, _, h, w = x.shape
        return x.view(b, 3, -1, h, w).permute(0, 1, 3, 4, 2)


if __name__ == "__main__":
    print(Detector()(torch.randn(1, 3, 416, 416)).shape)
