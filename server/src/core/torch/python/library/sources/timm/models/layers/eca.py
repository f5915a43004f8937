from timm.layers.everything import *
