// A repository in memory with its own reader of YOLO model files.
import type { Files } from '../../server/src/core/index.ts';

export const forkFolder = '/home/me/fork';

const common = `"""Modules of our own."""
import torch
import torch.nn as nn


def autopad(k, p=None):
    return k // 2 if p is None else p


class Conv(nn.Module):
    """A convolution with a batch norm."""

    default_act = nn.SiLU()

    def __init__(self, c1, c2, k=1, s=1, p=None, act=True):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, autopad(k, p), bias=False)
        self.bn = nn.BatchNorm2d(c2)
        self.act = self.default_act if act is True else nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Halves(nn.Module):
    """Works on half of the channels, and hands on the rest."""

    seen = 0

    def __init__(self, c1, c2, n=1, ratio=0.5):
        super().__init__()
        Halves.seen += 1
        self.own = int(c2 * ratio)
        self.first = Conv(c1, c2, 1)
        self.blocks = nn.Sequential(*(Conv(self.own, self.own, 3) for _ in range(n)))
        self.last = Conv(c2, c2, Halves.seen)

    def forward(self, x):
        x = self.first(x)
        return self.last(torch.cat([self.blocks(x[:, : self.own]), x[:, self.own :]], 1))


class Concat(nn.Module):
    def __init__(self, dimension=1):
        super().__init__()
        self.d = dimension

    def forward(self, x):
        return torch.cat(x, self.d)


class Detect(nn.Module):
    """One convolution for each level."""

    stride = None

    def __init__(self, nc=80, ch=()):
        super().__init__()
        self.m = nn.ModuleList(nn.Conv2d(c, nc + 4, 1) for c in ch)

    def forward(self, x):
        return [m(each) for m, each in zip(self.m, x)]
`;

const yolo = `"""Reads model files."""
import ast
import contextlib
from copy import deepcopy

import torch
import torch.nn as nn

from models.common import Concat, Conv, Detect, Halves


def parse_model(d, ch, verbose=True):
    nc, act = d["nc"], d.get("activation")
    if act:
        Conv.default_act = eval(act)
    ch = [ch]
    layers, save, c2 = [], [], ch[-1]
    for i, (f, n, m, args) in enumerate(d["backbone"] + d["head"]):
        m = getattr(torch.nn, m[3:]) if m.startswith("nn.") else globals()[m]
        for j, a in enumerate(args):
            if isinstance(a, str):
                with contextlib.suppress(ValueError):
                    args[j] = locals()[a] if a in locals() else ast.literal_eval(a)
        if m in {Conv, Halves}:
            c1, c2 = ch[f], args[0]
            args = [c1, c2, *args[1:]]
            if m is Halves:
                args.insert(2, n)
                n = 1
        elif m is Concat:
            c2 = sum(ch[x] for x in f)
        elif m is Detect:
            args.append([ch[x] for x in f])
        else:
            c2 = ch[f]
        m_ = nn.Sequential(*(m(*args) for _ in range(n))) if n > 1 else m(*args)
        m_.i, m_.f, m_.type = i, f, str(m)[8:-2].replace("__main__.", "")
        if verbose:
            print(i, f, n, m_.type, args)
        save.extend(x % i for x in ([f] if isinstance(f, int) else f) if x != -1)
        layers.append(m_)
        if i == 0:
            ch = []
        ch.append(c2)
    return nn.Sequential(*layers), sorted(save)


class BaseModel(nn.Module):
    def forward(self, x):
        y = []
        for m in self.model:
            if m.f != -1:
                x = y[m.f] if isinstance(m.f, int) else [x if j == -1 else y[j] for j in m.f]
            x = m(x)
            y.append(x if m.i in self.save else None)
        return x


class DetectionModel(BaseModel):
    def __init__(self, cfg, ch=3, nc=None, verbose=True):
        super().__init__()
        self.yaml = cfg
        ch = self.yaml["ch"] = self.yaml.get("ch", ch)
        self.model, self.save = parse_model(deepcopy(self.yaml), ch, verbose=verbose)
        m = self.model[-1]
        if isinstance(m, Detect):
            s = 64
            m.stride = torch.tensor([s / x.shape[-2] for x in self.forward(torch.zeros(1, ch, s, s))])
            self.stride = m.stride
        if verbose:
            raise RuntimeError("the summary was asked for")
`;

/** The texts by path within the repository. */
export const forkTexts: Readonly<Record<string, string>> = {
  'setup.py': '',
  'models/__init__.py': '',
  'models/common.py': common,
  'models/yolo.py': yolo,
};

/** The files of the repository, with some replaced. */
export function fork(changed: Readonly<Record<string, string>> = {}): Files {
  const all = Object.entries({ ...forkTexts, ...changed });
  const texts = new Map(all.map(([name, text]) => [`${forkFolder}/${name}`, text]));
  const inside = (folder: string): string[] =>
    [...texts.keys()].filter(path => path.startsWith(`${folder}/`)).map(path => path.slice(folder.length + 1));
  return {
    read: path => texts.get(path),
    isFolder: path => inside(path).length > 0,
    has: path => texts.has(path) || inside(path).length > 0,
    list: path => [...new Set(inside(path).map(name => name.split('/')[0]!))],
  };
}
