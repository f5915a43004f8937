from timm.layers.__parts import *
