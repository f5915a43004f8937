from .regions import DeformConv2d, deform_conv2d
