"""Reads model files: a small reader of its own for Flopline's tests."""
import ast
import contextlib
from copy import deepcopy
from pathlib import Path

import torch
import torch.nn as nn
import yaml

from models.blocks import *


class Model(nn.Module):
    def __init__(self, cfg="net.yaml", ch=3, verbose=True):
        super().__init__()
        if isinstance(cfg, dict):
            self.yaml = cfg
        else:
            self.yaml_file = Path(cfg).name
            with open(cfg, encoding="utf-8") as f:
                self.yaml = yaml.safe_load(f)
        ch = self.yaml["ch"] = self.yaml.get("ch", ch)
        self.model, self.save = parse_model(deepcopy(self.yaml), [ch])
        head = self.model[-1]
        if isinstance(head, Heads):
            size = 128
            output = self.forward(torch.zeros(1, ch, size, size))
            head.stride = torch.tensor([size / output.shape[-1]])

    def forward(self, x):
        kept = []
        for m in self.model:
            if m.f != -1:
                x = kept[m.f] if isinstance(m.f, int) else [x if j == -1 else kept[j] for j in m.f]
            x = m(x)
            if isinstance(x, list):
                kept.extend(x)
                x = x[-1]
            else:
                kept.append(x)
        return x


def parse_model(d, ch):
    layers, save, c2 = [], [], ch[-1]
    width = d.get("width_multiple", 1.0)
    if d.get("activation"):
        Conv.default_act = eval(d["activation"])
    for i, (f, n, m, args) in enumerate(d["backbone"] + d["head"]):
        m = getattr(nn, m[3:]) if m.startswith("nn.") else globals()[m]
        for j, a in enumerate(args):
            if isinstance(a, str):
                with contextlib.suppress(ValueError):
                    args[j] = locals()[a] if a in locals() else ast.literal_eval(a)
        if m in {Conv, FastConv}:
            c1, c2 = ch[f], int(args[0] * width)
            args = [c1, c2, *args[1:]]
        elif m is Gate:
            args = [ch[f], *args]
            c2 = ch[f]
        elif m is Pair:
            c2 = int(args[0] * width)
            args = [[ch[x] for x in f], c2]
        elif m is Stem:
            args = [ch[f], *args]
        elif m is Heads:
            args = [d["nc"], [ch[x] for x in f]]
        else:
            c2 = ch[f]
        m_ = nn.Sequential(*(m(*args) for _ in range(n))) if n > 1 else m(*args)
        m_.i, m_.f, m_.type = i, f, str(m)[8:-2]
        save.extend(x for x in ([f] if isinstance(f, int) else f) if x != -1)
        layers.append(m_)
        if i == 0:
            ch = []
        ch.extend(m_.channels if m is Stem else [c2])
    return nn.Sequential(*layers), sorted(save)
