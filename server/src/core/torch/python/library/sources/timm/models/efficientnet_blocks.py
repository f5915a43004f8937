from timm.models._efficientnet_blocks import *
