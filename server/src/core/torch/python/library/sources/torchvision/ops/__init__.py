"""The operators of torchvision that other repositories use."""
from .boxes import batched_nms, box_area, box_convert, box_iou, clip_boxes_to_image, generalized_box_iou, nms
from .boxes import remove_small_boxes
from .misc import Conv2dNormActivation, Conv3dNormActivation, FrozenBatchNorm2d, MLP, Permute, SqueezeExcitation
from .misc import ConvNormActivation, DropBlock2d, StochasticDepth, drop_block2d, drop_block3d, stochastic_depth
from .regions import DeformConv2d, RoIAlign, RoIPool, deform_conv2d, roi_align, roi_pool
