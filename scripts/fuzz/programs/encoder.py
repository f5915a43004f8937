import torch
import torch.nn as nn
import torch.nn.functional as F


class Double(nn.Module):
    """(conv => BN => ReLU) twice"""

    def __init__(self, cin, cout, mid=None):
        super().__init__()
        if not mid:
            mid = cout
        self.net = nn.Sequential(
            nn.Conv2d(cin, mid, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(mid),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid, cout, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(cout),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.net(x)


class Up(nn.Module):
    def __init__(self, cin, cout, bilinear=True):
        super().__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = Double(cin, cout, cin // 2)
        else:
            self.up = nn.ConvTranspose2d(cin, cin // 2, kernel_size=2, stride=2)
            self.conv = Double(cin, cout)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        dy = x2.size()[2] - x1.size()[2]
        dx = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class Net(nn.Module):
    def __init__(self, channels=3, classes=2, bilinear=False, base=4):
        super().__init__()
        factor = 2 if bilinear else 1
        self.inc = Double(channels, base)
        widths = [base * 2 ** i for i in range(3)]
        self.downs = nn.ModuleList()
        self.ups = nn.ModuleList()
        for i, (a, b) in enumerate(zip(widths, widths[1:])):
            last = i == len(widths) - 2
            self.downs.append(nn.Sequential(nn.MaxPool2d(2), Double(a, b // factor if last else b)))
        for a, b in reversed(list(zip(widths, widths[1:]))):
            self.ups.append(Up(b, a // factor if a != base else a, bilinear))
        self.outc = nn.Conv2d(base, classes, kernel_size=1)

    def forward(self, x):
        skips = []
        x = self.inc(x)
        for down in self.downs:
            skips.append(x)
            x = down(x)
        for up, skip in zip(self.ups, skips[::-1]):
            x = up(x, skip)
        return self.outc(x)
