"""Einstein-like notation for tensors: rearrange, reduce, repeat, einsum, pack and unpack."""
from .notation import EinopsError, einsum, pack, parse_shape, rearrange, reduce, repeat, unpack

__version__ = "0.8.1"
