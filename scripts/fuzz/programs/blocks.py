import torch
from torch import nn
import torch.nn.functional as F


def conv_bn(cin, cout, k=3, s=1, act=True):
    layers = [nn.Conv2d(cin, cout, k, s, padding=k // 2, bias=False), nn.BatchNorm2d(cout)]
    if act:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


class Squeeze(nn.Module):
    def __init__(self, channels, ratio=4):
        super().__init__()
        hidden = max(channels // ratio, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.fc2 = nn.Conv2d(hidden, channels, 1)

    def forward(self, x):
        scale = self.pool(x)
        scale = F.relu(self.fc1(scale))
        return x * torch.sigmoid(self.fc2(scale))


class Inverted(nn.Module):
    def __init__(self, cin, cout, stride, expand):
        super(Inverted, self).__init__()
        hidden = int(round(cin * expand))
        self.use_res = stride == 1 and cin == cout
        layers = []
        if expand != 1:
            layers.append(conv_bn(cin, hidden, k=1))
        layers.extend([
            nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            Squeeze(hidden),
            conv_bn(hidden, cout, k=1, act=False),
        ])
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        if self.use_res:
            return x + self.conv(x)
        return self.conv(x)


class Net(nn.Module):
    def __init__(self, classes=5, width=1.0):
        super().__init__()
        setting = [[1, 8, 1, 1], [4, 12, 2, 2], [4, 16, 1, 1]]
        channels = int(8 * width)
        features = [conv_bn(3, channels, s=2)]
        for t, c, n, s in setting:
            out = int(c * width)
            for i in range(n):
                features.append(Inverted(channels, out, s if i == 0 else 1, t))
                channels = out
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(channels, classes))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out")
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
            elif isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, 0, 0.01)

    def forward(self, x):
        x = self.features(x)
        x = x.mean([2, 3])
        return self.classifier(x)
