import math

import torch
import torch.nn.functional as F
from torch import nn


def _pair(x):
    return tuple(x) if hasattr(x, "__iter__") else (x, x)


def deform_conv2d(input, offset, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), mask=None):
    out_channels, inside, kh, kw = weight.shape
    (sh, sw), (ph, pw), (dh, dw) = _pair(stride), _pair(padding), _pair(dilation)
    n, c, h, w = input.shape
    kernel = kh * kw
    oh = (h + 2 * ph - (dh * (kh - 1) + 1)) // sh + 1
    ow = (w + 2 * pw - (dw * (kw - 1) + 1)) // sw + 1
    groups = offset.shape[1] // (2 * kernel)
    if groups == 0 or offset.shape[1] != groups * 2 * kernel:
        raise RuntimeError("offset.shape[1] is not valid: got: %s expected: %s" % (offset.shape[1], 2 * kernel))
    if c % groups != 0 or c % inside != 0:
        raise RuntimeError("input channels do not match the weight or the offset groups")
    if tuple(offset.shape[2:]) != (oh, ow):
        raise RuntimeError("offset output dims: (%s, %s) - computed output dims: (%s, %s)" % (*offset.shape[2:], oh, ow))
    # Samples at the offsets, then a product with the weights.
    grid = offset.reshape(n, groups, kernel, 2, oh, ow).permute(0, 1, 4, 5, 2, 3).reshape(n * groups, oh, ow * kernel, 2)
    sampled = F.grid_sample(input.reshape(n * groups, c // groups, h, w), grid, align_corners=False)
    columns = sampled.reshape(n, groups, c // groups, oh, ow, kernel).permute(0, 1, 2, 5, 3, 4)
    if mask is not None:
        columns = columns * mask.reshape(n, groups, 1, kernel, oh, ow)
    columns = columns.reshape(n, c * kernel, oh, ow)
    return F.conv2d(columns, weight.reshape(out_channels, inside * kernel, 1, 1), bias, groups=c // inside)


class DeformConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
        super().__init__()
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _pair(kernel_size)
        self.stride = _pair(stride)
        self.padding = _pair(padding)
        self.dilation = _pair(dilation)
        self.groups = groups
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels // groups, *self.kernel_size))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_channels))
        else:
            self.register_parameter("bias", None)

    def forward(self, input, offset, mask=None):
        return deform_conv2d(input, offset, self.weight, self.bias, stride=self.stride, padding=self.padding,
                             dilation=self.dilation, mask=mask)


def _count(boxes):
    return sum(b.shape[0] for b in boxes) if isinstance(boxes, (list, tuple)) else boxes.shape[0]


def roi_align(input, boxes, output_size, spatial_scale=1.0, sampling_ratio=-1, aligned=False):
    height, width = _pair(output_size)
    return input.new_empty(_count(boxes), input.shape[1], height, width)


def roi_pool(input, boxes, output_size, spatial_scale=1.0):
    height, width = _pair(output_size)
    return input.new_empty(_count(boxes), input.shape[1], height, width)


class RoIAlign(nn.Module):
    def __init__(self, output_size, spatial_scale, sampling_ratio, aligned=False):
        super().__init__()
        self.output_size = output_size

    def forward(self, input, rois):
        return roi_align(input, rois, self.output_size)


class RoIPool(nn.Module):
    def __init__(self, output_size, spatial_scale):
        super().__init__()
        self.output_size = output_size

    def forward(self, input, rois):
        return roi_pool(input, rois, self.output_size)
