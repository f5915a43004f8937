from timm.layers import *
from timm.layers import __all__
