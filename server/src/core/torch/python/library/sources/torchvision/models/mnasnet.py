from torch import nn

from ._api import weights as _weights


class _InvertedResidual(nn.Module):
    def __init__(self, in_ch, out_ch, kernel_size, stride, expansion_factor, bn_momentum=0.1):
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        if kernel_size not in (3, 5):
            raise ValueError(f"kernel_size should be 3 or 5 instead of {kernel_size}")
        width = in_ch * expansion_factor
        self.apply_residual = in_ch == out_ch and stride == 1
        self.layers = nn.Sequential(
            nn.Conv2d(in_ch, width, 1, bias=False), nn.BatchNorm2d(width, momentum=bn_momentum), nn.ReLU(inplace=True),
            nn.Conv2d(width, width, kernel_size, padding=kernel_size // 2, stride=stride, groups=width, bias=False),
            nn.BatchNorm2d(width, momentum=bn_momentum), nn.ReLU(inplace=True),
            nn.Conv2d(width, out_ch, 1, bias=False), nn.BatchNorm2d(out_ch, momentum=bn_momentum),
        )

    def forward(self, input):
        return self.layers(input) + input if self.apply_residual else self.layers(input)


def _stack(in_ch, out_ch, kernel_size, stride, exp_factor, repeats, bn_momentum):
    layers = [_InvertedResidual(in_ch, out_ch, kernel_size, stride, exp_factor, bn_momentum=bn_momentum)]
    for _ in range(1, repeats):
        layers.append(_InvertedResidual(out_ch, out_ch, kernel_size, 1, exp_factor, bn_momentum=bn_momentum))
    return nn.Sequential(*layers)


def _round_to_multiple_of(val, divisor, round_up_bias=0.9):
    rounded = max(divisor, int(val + divisor / 2) // divisor * divisor)
    return rounded if rounded >= round_up_bias * val else rounded + divisor


def _get_depths(alpha):
    return [_round_to_multiple_of(depth * alpha, 8) for depth in [32, 16, 24, 40, 80, 96, 192, 320]]


class MNASNet(nn.Module):
    def __init__(self, alpha, num_classes=1000, dropout=0.2):
        super().__init__()
        self.alpha = alpha
        self.num_classes = num_classes
        momentum = 1 - 0.9997
        d = _get_depths(alpha)
        self.layers = nn.Sequential(
            nn.Conv2d(3, d[0], 3, padding=1, stride=2, bias=False), nn.BatchNorm2d(d[0], momentum=momentum),
            nn.ReLU(inplace=True),
            nn.Conv2d(d[0], d[0], 3, padding=1, stride=1, groups=d[0], bias=False),
            nn.BatchNorm2d(d[0], momentum=momentum), nn.ReLU(inplace=True),
            nn.Conv2d(d[0], d[1], 1, padding=0, stride=1, bias=False), nn.BatchNorm2d(d[1], momentum=momentum),
            _stack(d[1], d[2], 3, 2, 3, 3, momentum), _stack(d[2], d[3], 5, 2, 3, 3, momentum),
            _stack(d[3], d[4], 5, 2, 6, 3, momentum), _stack(d[4], d[5], 3, 1, 6, 2, momentum),
            _stack(d[5], d[6], 5, 2, 6, 4, momentum), _stack(d[6], d[7], 3, 1, 6, 1, momentum),
            nn.Conv2d(d[7], 1280, 1, padding=0, stride=1, bias=False), nn.BatchNorm2d(1280, momentum=momentum),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(1280, num_classes))

    def forward(self, x):
        return self.classifier(self.layers(x).mean([2, 3]))


def _builder(alpha):
    def build(pretrained=False, progress=True, *, weights=None, **kwargs):
        return MNASNet(alpha, **kwargs)

    return build


mnasnet0_5 = _builder(0.5)
mnasnet0_75 = _builder(0.75)
mnasnet1_0 = _builder(1.0)
mnasnet1_3 = _builder(1.3)
MNASNet0_5_Weights = _weights("MNASNet0_5_Weights")
MNASNet0_75_Weights = _weights("MNASNet0_75_Weights")
MNASNet1_0_Weights = _weights("MNASNet1_0_Weights")
MNASNet1_3_Weights = _weights("MNASNet1_3_Weights")
