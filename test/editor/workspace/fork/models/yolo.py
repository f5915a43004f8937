"""Reads the model files of this repository."""

from copy import deepcopy

import torch
import yaml
from torch import nn

from models.blocks import Conv, Gate, Points


class Model(nn.Module):
    def __init__(self, cfg='tiny.yaml', ch=3):
        super().__init__()
        if not isinstance(cfg, dict):
            with open(cfg) as file:
                cfg = yaml.safe_load(file)
        self.yaml = cfg
        self.model, self.save = parse_model(deepcopy(cfg), [cfg.get('ch', ch)])

    def forward(self, x):
        kept = []
        for m in self.model:
            if m.f != -1:
                x = kept[m.f] if isinstance(m.f, int) else [x if j == -1 else kept[j] for j in m.f]
            x = m(x)
            kept.append(x if m.i in self.save else None)
        return x


def parse_model(d, ch):
    layers, save = [], []
    for i, (f, n, m, args) in enumerate(d['backbone'] + d['head']):
        m = getattr(nn, m[3:]) if m.startswith('nn.') else globals()[m]
        args = [d['nc'] if a == 'nc' else a for a in args]
        if m in (Conv, Gate):
            c2 = args[0]
            args = [ch[f], c2, *args[1:]]
        elif m is Points:
            c2 = None
            args.append([ch[x] for x in f])
        else:
            c2 = ch[f]
        module = nn.Sequential(*(m(*args) for _ in range(n))) if n > 1 else m(*args)
        module.i, module.f, module.type = i, f, str(m)[8:-2].replace('__main__.', '')
        save.extend(x % i for x in ([f] if isinstance(f, int) else f) if x != -1)
        layers.append(module)
        if i == 0:
            ch = []
        ch.append(c2)
    return nn.Sequential(*layers), sorted(save)
