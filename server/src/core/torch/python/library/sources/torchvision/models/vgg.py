import torch
from torch import nn

from ._api import weights as _weights

cfgs = {
    "A": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "B": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "D": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
    "E": [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"],
}


class VGG(nn.Module):
    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


def make_layers(cfg, batch_norm=False):
    layers = []
    channels = 3
    for width in cfg:
        if width == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, width, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(width))
        layers.append(nn.ReLU(inplace=True))
        channels = width
    return nn.Sequential(*layers)


def _builder(cfg, batch_norm):
    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        return VGG(make_layers(cfgs[cfg], batch_norm), **kwargs)

    return build


vgg11, vgg11_bn = _builder("A", False), _builder("A", True)
vgg13, vgg13_bn = _builder("B", False), _builder("B", True)
vgg16, vgg16_bn = _builder("D", False), _builder("D", True)
vgg19, vgg19_bn = _builder("E", False), _builder("E", True)
VGG11_Weights, VGG11_BN_Weights = _weights("VGG11_Weights"), _weights("VGG11_BN_Weights")
VGG13_Weights, VGG13_BN_Weights = _weights("VGG13_Weights"), _weights("VGG13_BN_Weights")
VGG16_Weights, VGG16_BN_Weights = _weights("VGG16_Weights"), _weights("VGG16_BN_Weights")
VGG19_Weights, VGG19_BN_Weights = _weights("VGG19_Weights"), _weights("VGG19_BN_Weights")
