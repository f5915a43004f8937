from .mobilenetv2 import *
