"""Reads model files with modules that do what those of the same names do upstream; written for Flopline's tests."""
import ast
import math
import re
from copy import deepcopy
from pathlib import Path

import torch
import torch.nn as nn

from ultralytics.nn.modules import C2f, Concat, Conv, Detect, SPPF


class DetectionModel(nn.Module):
    def __init__(self, cfg, ch=3, nc=None, verbose=False):
        super().__init__()
        self.yaml = cfg
        ch = self.yaml["channels"] = self.yaml.get("channels", ch)
        self.model, self.save = parse_model(deepcopy(self.yaml), ch)
        self.model[-1].stride = torch.tensor([8.0, 16.0, 32.0])

    def forward(self, x):
        y = []
        for m in self.model:
            if m.f != -1:
                x = y[m.f] if isinstance(m.f, int) else [x if j == -1 else y[j] for j in m.f]
            x = m(x)
            y.append(x if m.i in self.save else None)
        return x


def parse_model(d, ch):
    nc, scales, max_channels = d["nc"], d.get("scales"), float("inf")
    depth, width = d.get("depth_multiple", 1.0), d.get("width_multiple", 1.0)
    if scales:
        depth, width, max_channels = scales[d.get("scale") or next(iter(scales))]
    if d.get("activation"):
        Conv.default_act = eval(d["activation"])
    ch, layers, save = [ch], [], []
    for i, (f, n, m, args) in enumerate(d["backbone"] + d["head"]):
        m = getattr(nn, m[3:]) if "nn." in m else globals()[m]
        for j, a in enumerate(args):
            if isinstance(a, str):
                try:
                    args[j] = nc if a == "nc" else ast.literal_eval(a)
                except ValueError:
                    pass
        n = max(round(n * depth), 1) if n > 1 else n
        if m in (Conv, C2f, SPPF):
            c2 = args[0]
            if c2 != nc:
                c2 = math.ceil(min(c2, max_channels) * width / 8) * 8
            args = [ch[f], c2, *args[1:]]
            if m is C2f:
                args.insert(2, n)
                n = 1
        elif m is Concat:
            c2 = sum(ch[x] for x in f)
        elif m is Detect:
            args.append([ch[x] for x in f])
        else:
            c2 = ch[f]
        block = nn.Sequential(*(m(*args) for _ in range(n))) if n > 1 else m(*args)
        block.i, block.f, block.type = i, f, str(m)[8:-2]
        save.extend(x % i for x in ([f] if isinstance(f, int) else f) if x != -1)
        layers.append(block)
        if i == 0:
            ch = []
        ch.append(c2)
    return nn.Sequential(*layers), sorted(save)


def guess_model_scale(path):
    found = re.search(r"yolo\w?\d+([nslmx])", Path(path).stem)
    return found.group(1) if found else ""
