"""The networks of torchvision that other repositories build on, without weights."""
from . import convnext, densenet, efficientnet, mnasnet, mobilenetv2, mobilenetv3, regnet, resnet, shufflenetv2, vgg
from . import vision_transformer
from ._api import Weights, WeightsEnum, get_model, get_model_builder, get_model_weights, get_weight, list_models
from .alexnet import AlexNet, alexnet
from .convnext import ConvNeXt, convnext_base, convnext_large, convnext_small, convnext_tiny
from .convnext import ConvNeXt_Base_Weights, ConvNeXt_Large_Weights, ConvNeXt_Small_Weights, ConvNeXt_Tiny_Weights
from .densenet import DenseNet, densenet121, densenet161, densenet169, densenet201
from .efficientnet import EfficientNet, efficientnet_b0, efficientnet_b1, efficientnet_b2, efficientnet_b3
from .efficientnet import efficientnet_b4, efficientnet_b5, efficientnet_b6, efficientnet_b7
from .efficientnet import efficientnet_v2_l, efficientnet_v2_m, efficientnet_v2_s
from .efficientnet import EfficientNet_B0_Weights, EfficientNet_B1_Weights, EfficientNet_B2_Weights
from .efficientnet import EfficientNet_B3_Weights, EfficientNet_B4_Weights, EfficientNet_B5_Weights
from .efficientnet import EfficientNet_B6_Weights, EfficientNet_B7_Weights
from .efficientnet import EfficientNet_V2_L_Weights, EfficientNet_V2_M_Weights, EfficientNet_V2_S_Weights
from .googlenet import googlenet, inception_v3
from .mnasnet import MNASNet, mnasnet0_5, mnasnet0_75, mnasnet1_0, mnasnet1_3
from .mnasnet import MNASNet0_5_Weights, MNASNet0_75_Weights, MNASNet1_0_Weights, MNASNet1_3_Weights
from .mobilenetv2 import MobileNetV2, MobileNet_V2_Weights, mobilenet_v2
from .mobilenetv3 import MobileNetV3, MobileNet_V3_Large_Weights, MobileNet_V3_Small_Weights
from .mobilenetv3 import mobilenet_v3_large, mobilenet_v3_small
from .regnet import RegNet, regnet_x_16gf, regnet_x_1_6gf, regnet_x_32gf, regnet_x_3_2gf, regnet_x_400mf
from .regnet import regnet_x_800mf, regnet_x_8gf, regnet_y_128gf, regnet_y_16gf, regnet_y_1_6gf, regnet_y_32gf
from .regnet import regnet_y_3_2gf, regnet_y_400mf, regnet_y_800mf, regnet_y_8gf
from .resnet import ResNet, resnet18, resnet34, resnet50, resnet101, resnet152
from .resnet import resnext50_32x4d, resnext101_32x8d, resnext101_64x4d, wide_resnet50_2, wide_resnet101_2
from .resnet import ResNet18_Weights, ResNet34_Weights, ResNet50_Weights, ResNet101_Weights, ResNet152_Weights
from .shufflenetv2 import ShuffleNetV2, shufflenet_v2_x0_5, shufflenet_v2_x1_0, shufflenet_v2_x1_5
from .shufflenetv2 import shufflenet_v2_x2_0
from .shufflenetv2 import ShuffleNet_V2_X0_5_Weights, ShuffleNet_V2_X1_0_Weights, ShuffleNet_V2_X1_5_Weights
from .shufflenetv2 import ShuffleNet_V2_X2_0_Weights
from .squeezenet import SqueezeNet, squeezenet1_0, squeezenet1_1
from .vgg import VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn
from .vgg import VGG16_Weights, VGG19_Weights
from .vision_transformer import VisionTransformer, vit_b_16, vit_b_32, vit_h_14, vit_l_16, vit_l_32
from .vision_transformer import ViT_B_16_Weights, ViT_B_32_Weights, ViT_H_14_Weights, ViT_L_16_Weights
from .vision_transformer import ViT_L_32_Weights
