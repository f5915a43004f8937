"""Programs that hold on to tensors in their own ways. `sizes` is the input of each."""
import torch
from torch import nn
from torch.nn import functional as F


class Rebound(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(8, 8, 3, padding=1) for _ in range(3))

    def forward(self, x):
        x = self.a(x)
        x = torch.relu(x)
        x = self.b(x)
        return self.c(x)


class Nested(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(8, 8, 3, padding=1) for _ in range(3))

    def forward(self, x):
        y = self.a(x)
        y = self.c(torch.relu(self.b(torch.sigmoid(y))))
        return y + x


class Deleted(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(8, 64, 1), nn.Conv2d(64, 8, 1)

    def forward(self, x):
        wide = self.a(x)
        narrow = self.b(wide)
        del wide
        for _ in range(3):
            narrow = torch.tanh(narrow) * 2
        return narrow


class Features(nn.Module):
    """A list that grows, and is read at the end."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(4))
        self.last = nn.Conv2d(32, 8, 1)

    def forward(self, x):
        found = []
        for layer in self.layers:
            x = layer(x)
            found.append(F.relu(x, inplace=True))
        x = self.last(torch.cat(found, 1))
        return x


class Comprehended(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.paths = nn.ModuleList(nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU(), nn.Conv2d(8, 4, 1)) for _ in range(3))

    def forward(self, x):
        return torch.cat([path(x) for path in self.paths], 1)


class Generated(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(3))

    def steps(self, x):
        for layer in self.layers:
            x = layer(x)
            yield torch.sigmoid(x)

    def forward(self, x):
        total = 0
        for step in self.steps(x):
            total = total + step
        return total


class Kept(nn.Module):
    """What is set on a module stays until something else is."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(8, 32, 1), nn.Conv2d(32, 8, 1)
        self.last = None

    def forward(self, x):
        self.last = self.a(x)
        y = self.b(self.last)
        y = torch.exp(torch.relu(y))
        self.last = None
        y = torch.exp(torch.relu(y))
        return y


class Parts(nn.Module):
    """Views keep what they are of."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(8, 32, 1), nn.Conv2d(16, 8, 1)

    def forward(self, x):
        left, right = self.a(x).chunk(2, 1)
        y = self.b(torch.relu(left))
        del left
        y = y * torch.sigmoid(y)
        return torch.cat([y, right], 1)


class Pairs(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(8, 8, 1) for _ in range(3))

    def forward(self, x):
        parts = tuple(layer(x) for layer in self.layers)
        total = x
        for part, layer in zip(parts, self.layers):
            total = total + layer(part)
        return total


class Called(nn.Module):
    """What is given to a function is its own."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(8, 32, 1), nn.Conv2d(32, 8, 1)

    def mixed(self, y):
        y = self.b(y)
        y = torch.relu(y)
        return y * torch.sigmoid(y)

    def forward(self, x):
        return self.mixed(self.a(x))


class Written(nn.Module):
    """In place where it is written."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.norm, self.b = nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 1)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        y = self.norm(self.a(x))
        y += x
        y = F.silu(y, inplace=True)
        z = self.drop(self.b(y)).clamp_(min=0)
        return F.leaky_relu(z.add_(1), 0.1, inplace=True)


class Norms(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.group, self.instance = nn.GroupNorm(4, 8), nn.InstanceNorm2d(8, affine=True)
        self.layer, self.line = nn.LayerNorm(16), nn.Linear(16, 16)

    def forward(self, x):
        x = self.group(x)
        x = self.instance(x)
        x = self.layer(x)
        return F.gelu(self.line(x))


class Scattered(nn.Module):
    """What is a view only where its elements lie in order."""
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 1)

    def forward(self, x):
        y = self.a(x)
        y = y.permute(0, 2, 3, 1).reshape(2, 256, 8)
        y = y.transpose(1, 2).contiguous()
        return y.view(2, 8, 16, 16).flatten(1)


class Attends(nn.Module):
    sizes = '2,12,16'

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(16, 48), nn.Linear(16, 16)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, 4, c // 4).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1)) * 0.5
        weights = weights.softmax(dim=-1)
        x = (weights @ v).transpose(1, 2).reshape(b, n, c)
        return self.out(x)


class Pooled(nn.Module):
    sizes = '2,8,16,16'

    def __init__(self):
        super().__init__()
        self.a, self.line = nn.Conv2d(8, 16, 3), nn.Linear(16, 4)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        x = F.avg_pool2d(x, 2)
        x = F.interpolate(x, scale_factor=2, mode='nearest')
        x = F.pad(x, (1, 1, 1, 1))
        return self.line(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Positions(nn.Module):
    """A part of what is split along an axis in the middle is a view with gaps."""
    sizes = '1,8,6,6'

    def __init__(self):
        super().__init__()
        self.qkv, self.place, self.out = nn.Conv2d(8, 16, 1), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Conv2d(8, 8, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(x).view(b, 2, 8, h * w).split([2, 2, 4], dim=2)
        weights = ((q.transpose(-2, -1) @ k) * 0.5).softmax(dim=-1)
        x = (v @ weights.transpose(-2, -1)).view(b, c, h, w) + self.place(v.reshape(b, c, h, w))
        return self.out(x)
