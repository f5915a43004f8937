from torch import nn
from torch.nn import functional as F


def swish(x, inplace=False):
    return x.mul_(x.sigmoid()) if inplace else x.mul(x.sigmoid())


def mish(x, inplace=False):
    return x.mul(F.softplus(x).tanh())


def sigmoid(x, inplace=False):
    return x.sigmoid_() if inplace else x.sigmoid()


def tanh(x, inplace=False):
    return x.tanh_() if inplace else x.tanh()


def hard_swish(x, inplace=False):
    inner = F.relu6(x + 3.0).div_(6.0)
    return x.mul_(inner) if inplace else x.mul(inner)


def hard_sigmoid(x, inplace=False):
    return x.add_(3.0).clamp_(0.0, 6.0).div_(6.0) if inplace else F.relu6(x + 3.0) / 6.0


def hard_mish(x, inplace=False):
    return x.mul_(0.5 * (x + 2).clamp(min=0, max=2)) if inplace else 0.5 * x * (x + 2).clamp(min=0, max=2)


def gelu(x, inplace=False):
    return F.gelu(x)


def _module(name, function):
    class Activation(nn.Module):
        def __init__(self, inplace=False):
            super().__init__()
            self.inplace = inplace

        def forward(self, x):
            return function(x, self.inplace)

    Activation.__name__ = Activation.__qualname__ = name
    return Activation


Swish = _module("Swish", swish)
Mish = _module("Mish", mish)
Sigmoid = _module("Sigmoid", sigmoid)
Tanh = _module("Tanh", tanh)
HardSwish = _module("HardSwish", hard_swish)
HardSigmoid = _module("HardSigmoid", hard_sigmoid)
HardMish = _module("HardMish", hard_mish)
GELU = _module("GELU", gelu)
