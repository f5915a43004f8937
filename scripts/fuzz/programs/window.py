import torch
import torch.nn as nn
import torch.nn.functional as F


def to_2tuple(x):
    return x if isinstance(x, tuple) else (x, x)


def partition(x, size):
    B, H, W, C = x.shape
    x = x.view(B, H // size, size, W // size, size, C)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, size, size, C)


def reverse(windows, size, H, W):
    B = int(windows.shape[0] / (H * W / size / size))
    x = windows.view(B, H // size, W // size, size, size, -1)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(B, H, W, -1)


class Window(nn.Module):
    def __init__(self, dim, size, heads):
        super().__init__()
        self.size = to_2tuple(size)
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.table = nn.Parameter(torch.zeros((2 * self.size[0] - 1) * (2 * self.size[1] - 1), heads))
        coords = torch.stack(torch.meshgrid([torch.arange(self.size[0]), torch.arange(self.size[1])]))
        flat = torch.flatten(coords, 1)
        relative = flat[:, :, None] - flat[:, None, :]
        relative = relative.permute(1, 2, 0).contiguous()
        relative[:, :, 0] += self.size[0] - 1
        relative[:, :, 1] += self.size[1] - 1
        relative[:, :, 0] *= 2 * self.size[1] - 1
        self.register_buffer("index", relative.sum(-1))
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        attn = (q * self.scale) @ k.transpose(-2, -1)
        bias = self.table[self.index.view(-1)].view(N, N, -1).permute(2, 0, 1)
        attn = attn + bias.unsqueeze(0)
        if mask is not None:
            nW = mask.shape[0]
            attn = attn.view(B // nW, nW, self.heads, N, N) + mask.unsqueeze(1).unsqueeze(0)
            attn = attn.view(-1, self.heads, N, N)
        attn = attn.softmax(dim=-1)
        x = (attn @ v).transpose(1, 2).reshape(B, N, C)
        return self.proj(x)


class Block(nn.Module):
    def __init__(self, dim, resolution, heads, size=4, shift=0):
        super().__init__()
        self.size, self.shift, self.resolution = size, shift, resolution
        self.norm = nn.LayerNorm(dim)
        self.attn = Window(dim, size, heads)
        if self.shift > 0:
            H, W = self.resolution
            img = torch.zeros((1, H, W, 1))
            slices = (slice(0, -size), slice(-size, -shift), slice(-shift, None))
            cnt = 0
            for h in slices:
                for w in slices:
                    img[:, h, w, :] = cnt
                    cnt += 1
            windows = partition(img, size).view(-1, size * size)
            mask = windows.unsqueeze(1) - windows.unsqueeze(2)
            mask = mask.masked_fill(mask != 0, float(-100.0)).masked_fill(mask == 0, float(0.0))
        else:
            mask = None
        self.register_buffer("mask", mask)

    def forward(self, x):
        H, W = self.resolution
        B, L, C = x.shape
        assert L == H * W, "wrong size"
        y = self.norm(x).view(B, H, W, C)
        if self.shift > 0:
            y = torch.roll(y, shifts=(-self.shift, -self.shift), dims=(1, 2))
        w = partition(y, self.size).view(-1, self.size * self.size, C)
        w = self.attn(w, mask=self.mask).view(-1, self.size, self.size, C)
        y = reverse(w, self.size, H, W)
        if self.shift > 0:
            y = torch.roll(y, shifts=(self.shift, self.shift), dims=(1, 2))
        return x + y.view(B, H * W, C)


class Merge(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x, H, W):
        B, L, C = x.shape
        x = x.view(B, H, W, C)
        x = torch.cat([x[:, i::2, j::2, :] for i in range(2) for j in range(2)], -1)
        return self.reduction(x.view(B, -1, 4 * C))


class Net(nn.Module):
    def __init__(self, size=16, patch=2, dim=8, depth=2):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, patch, patch)
        self.grid = size // patch
        self.blocks = nn.ModuleList([
            Block(dim, (self.grid, self.grid), 2, shift=0 if i % 2 == 0 else 2) for i in range(depth)
        ])
        self.merge = Merge(dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, 2 * dim))
        self.head = nn.Linear(2 * dim, 3)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        x = self.merge(x, self.grid, self.grid)
        x = torch.cat((self.cls.expand(x.shape[0], -1, -1), x), dim=1)
        return self.head(x[:, 0])
