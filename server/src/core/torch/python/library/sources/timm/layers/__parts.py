"""The layers of timm that other repositories use."""
import math
from functools import partial
from itertools import repeat

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.init import trunc_normal_

from flopline import missing

from .activations import *


def _ntuple(n):
    def parse(x):
        if hasattr(x, "__iter__") and not isinstance(x, str):
            return tuple(x)
        return tuple(repeat(x, n))

    return parse


to_1tuple = _ntuple(1)
to_2tuple = _ntuple(2)
to_3tuple = _ntuple(3)
to_4tuple = _ntuple(4)
to_ntuple = _ntuple


def make_divisible(v, divisor=8, min_value=None, round_limit=0.9):
    min_value = min_value or divisor
    rounded = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if rounded < round_limit * v:
        rounded += divisor
    return rounded


def trunc_normal_tf_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0):
    return tensor


def variance_scaling_(tensor, scale=1.0, mode="fan_in", distribution="normal"):
    return tensor


def lecun_normal_(tensor):
    return tensor


def drop_path(x, drop_prob=0.0, training=False, scale_by_keep=True):
    # Nothing is dropped in evaluation.
    return x


class DropPath(nn.Module):
    def __init__(self, drop_prob=0.0, scale_by_keep=True):
        super().__init__()
        self.drop_prob = drop_prob
        self.scale_by_keep = scale_by_keep

    def forward(self, x):
        return drop_path(x, self.drop_prob, self.training, self.scale_by_keep)


class DropBlock2d(nn.Module):
    def __init__(self, drop_prob=0.1, block_size=7, gamma_scale=1.0, with_noise=False, inplace=False,
                 batchwise=False, fast=True, **kwargs):
        super().__init__()
        self.drop_prob = drop_prob

    def forward(self, x):
        return x


class LayerScale(nn.Module):
    def __init__(self, dim, init_values=1e-5, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.gamma = nn.Parameter(init_values * torch.ones(dim))

    def forward(self, x):
        return x.mul_(self.gamma) if self.inplace else x * self.gamma


class LayerNorm2d(nn.LayerNorm):
    def __init__(self, num_channels, eps=1e-6, affine=True, **kwargs):
        super().__init__(num_channels, eps=eps, elementwise_affine=affine)

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class LayerNorm(nn.LayerNorm):
    def __init__(self, num_channels, eps=1e-6, affine=True, **kwargs):
        super().__init__(num_channels, eps=eps, elementwise_affine=affine)


class GroupNorm(nn.GroupNorm):
    def __init__(self, num_channels, num_groups=32, eps=1e-5, affine=True):
        super().__init__(num_groups, num_channels, eps=eps, affine=affine)


class GlobalResponseNorm(nn.Module):
    def __init__(self, dim, eps=1e-6, channels_last=True):
        super().__init__()
        self.eps = eps
        self.spatial_dim, self.channel_dim = ((1, 2), -1) if channels_last else ((2, 3), 1)
        self.wb_shape = (1, 1, 1, -1) if channels_last else (1, -1, 1, 1)
        self.weight = nn.Parameter(torch.zeros(dim))
        self.bias = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        size = x.norm(p=2, dim=self.spatial_dim, keepdim=True)
        share = size / (size.mean(dim=self.channel_dim, keepdim=True) + self.eps)
        return x + torch.addcmul(self.bias.view(self.wb_shape), self.weight.view(self.wb_shape), x * share)


class GroupNorm1(nn.GroupNorm):
    def __init__(self, num_channels, **kwargs):
        super().__init__(1, num_channels, **kwargs)


class BatchNormAct2d(nn.BatchNorm2d):
    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True,
                 apply_act=True, act_layer=nn.ReLU, act_kwargs=None, inplace=True, drop_layer=None, **kwargs):
        super().__init__(num_features, eps=eps, momentum=momentum, affine=affine,
                         track_running_stats=track_running_stats)
        self.drop = drop_layer() if drop_layer is not None else nn.Identity()
        self.act = create_act(act_layer, inplace) if apply_act and act_layer is not None else nn.Identity()

    def forward(self, x):
        x = F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)
        return self.act(self.drop(x))


_activations = dict(
    relu=nn.ReLU, relu6=nn.ReLU6, leaky_relu=nn.LeakyReLU, silu=nn.SiLU, swish=nn.SiLU, mish=nn.Mish, gelu=nn.GELU,
    elu=nn.ELU, selu=nn.SELU, celu=nn.CELU, prelu=nn.PReLU, sigmoid=nn.Sigmoid, tanh=nn.Tanh,
    hard_sigmoid=nn.Hardsigmoid, hard_swish=nn.Hardswish, hardsigmoid=nn.Hardsigmoid, hardswish=nn.Hardswish,
    identity=nn.Identity,
)
_in_place = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.Mish, nn.ELU, nn.SELU, nn.CELU, nn.Hardsigmoid,
             nn.Hardswish)


def get_act_layer(name="relu"):
    if not name:
        return None
    return _activations[name] if isinstance(name, str) else name


def create_act(layer, inplace=None, **kwargs):
    cls = get_act_layer(layer)
    if cls is None:
        return nn.Identity()
    if inplace is not None and cls in _in_place:
        return cls(inplace=inplace, **kwargs)
    return cls(**kwargs)


create_act_layer = create_act
get_act_fn = lambda name="relu": getattr(F, name)


def create_conv2d(in_channels, out_channels, kernel_size, stride=1, padding="", dilation=1, groups=1, bias=False,
                  depthwise=False, **kwargs):
    if depthwise:
        groups = in_channels
    if padding is None or padding == "":
        kernel = to_2tuple(kernel_size)
        padding = tuple(((stride - 1) + dilation * (k - 1)) // 2 for k in kernel)
    return nn.Conv2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation,
                     groups=groups, bias=bias)


class ConvNormAct(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size=1, stride=1, padding="", dilation=1, groups=1,
                 bias=False, apply_norm=True, apply_act=True, norm_layer=nn.BatchNorm2d, act_layer=nn.ReLU,
                 drop_layer=None, **kwargs):
        super().__init__()
        self.conv = create_conv2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding,
                                  dilation=dilation, groups=groups, bias=bias)
        if apply_norm:
            self.bn = BatchNormAct2d(out_channels, apply_act=apply_act, act_layer=act_layer)
        else:
            self.bn = create_act(act_layer) if apply_act else nn.Identity()

    def forward(self, x):
        return self.bn(self.conv(x))


ConvBnAct = ConvNormAct


class SeparableConvNormAct(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, dilation=1, padding="", bias=False,
                 channel_multiplier=1.0, pw_kernel_size=1, norm_layer=nn.BatchNorm2d, act_layer=nn.ReLU,
                 apply_act=True, drop_layer=None):
        super().__init__()
        width = int(in_channels * channel_multiplier)
        self.conv_dw = create_conv2d(in_channels, width, kernel_size, stride=stride, dilation=dilation,
                                     padding=padding, depthwise=True)
        self.conv_pw = create_conv2d(width, out_channels, pw_kernel_size, padding=padding, bias=bias)
        self.bn = BatchNormAct2d(out_channels, apply_act=apply_act, act_layer=act_layer)

    def forward(self, x):
        return self.bn(self.conv_pw(self.conv_dw(x)))


SeparableConvBnAct = SeparableConvNormAct


class ConvMlp(nn.Module):
    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.ReLU, norm_layer=None,
                 bias=True, drop=0.0):
        super().__init__()
        out_features = out_features or in_features
        hidden_features = hidden_features or in_features
        bias = to_2tuple(bias)
        self.fc1 = nn.Conv2d(in_features, hidden_features, kernel_size=1, bias=bias[0])
        self.norm = norm_layer(hidden_features) if norm_layer else nn.Identity()
        self.act = act_layer()
        self.drop = nn.Dropout(drop)
        self.fc2 = nn.Conv2d(hidden_features, out_features, kernel_size=1, bias=bias[1])

    def forward(self, x):
        return self.fc2(self.drop(self.act(self.norm(self.fc1(x)))))


_norms = dict(batchnorm=nn.BatchNorm2d, batchnorm2d=nn.BatchNorm2d, groupnorm=GroupNorm, groupnorm1=GroupNorm1,
              layernorm=LayerNorm, layernorm2d=LayerNorm2d)


def get_norm_layer(norm_layer):
    if not isinstance(norm_layer, str):
        return norm_layer
    name = norm_layer.replace("_", "").lower()
    return _norms[name] if name in _norms else missing("timm.layers." + norm_layer)


def create_norm_layer(layer_name, num_features, **kwargs):
    return get_norm_layer(layer_name)(num_features, **kwargs)


def get_norm_act_layer(norm_layer, act_layer=None):
    if norm_layer in ("batchnorm", "batchnorm2d", nn.BatchNorm2d, BatchNormAct2d):
        return BatchNormAct2d if act_layer is None else partial(BatchNormAct2d, act_layer=act_layer)
    return missing("timm.layers." + str(norm_layer))


def create_norm_act_layer(layer_name, num_features, act_layer=None, apply_act=True, jit=False, **kwargs):
    layer = get_norm_act_layer(layer_name, act_layer=act_layer)
    return layer(num_features, apply_act=apply_act, **kwargs)


class Mlp(nn.Module):
    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.GELU, norm_layer=None,
                 bias=True, drop=0.0, use_conv=False):
        super().__init__()
        out_features = out_features or in_features
        hidden_features = hidden_features or in_features
        bias = to_2tuple(bias)
        drop = to_2tuple(drop)

        def linear(a, b, biased):
            return nn.Conv2d(a, b, kernel_size=1, bias=biased) if use_conv else nn.Linear(a, b, bias=biased)

        self.fc1 = linear(in_features, hidden_features, bias[0])
        self.act = act_layer()
        self.drop1 = nn.Dropout(drop[0])
        self.norm = norm_layer(hidden_features) if norm_layer is not None else nn.Identity()
        self.fc2 = linear(hidden_features, out_features, bias[1])
        self.drop2 = nn.Dropout(drop[1])

    def forward(self, x):
        x = self.drop1(self.act(self.fc1(x)))
        return self.drop2(self.fc2(self.norm(x)))


class GluMlp(nn.Module):
    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.Sigmoid, norm_layer=None,
                 bias=True, drop=0.0, use_conv=False, gate_last=True):
        super().__init__()
        out_features = out_features or in_features
        hidden_features = hidden_features or in_features
        bias = to_2tuple(bias)
        drop = to_2tuple(drop)

        def linear(a, b, biased):
            return nn.Conv2d(a, b, kernel_size=1, bias=biased) if use_conv else nn.Linear(a, b, bias=biased)

        self.chunk_dim = 1 if use_conv else -1
        self.gate_last = gate_last
        self.fc1 = linear(in_features, hidden_features, bias[0])
        self.act = act_layer()
        self.drop1 = nn.Dropout(drop[0])
        self.norm = norm_layer(hidden_features // 2) if norm_layer is not None else nn.Identity()
        self.fc2 = linear(hidden_features // 2, out_features, bias[1])
        self.drop2 = nn.Dropout(drop[1])

    def forward(self, x):
        x1, x2 = self.fc1(x).chunk(2, dim=self.chunk_dim)
        x = x1 * self.act(x2) if self.gate_last else self.act(x1) * x2
        return self.drop2(self.fc2(self.norm(self.drop1(x))))


class SwiGLU(nn.Module):
    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.SiLU, norm_layer=None,
                 bias=True, drop=0.0):
        super().__init__()
        out_features = out_features or in_features
        hidden_features = hidden_features or in_features
        bias = to_2tuple(bias)
        drop = to_2tuple(drop)
        self.fc1_g = nn.Linear(in_features, hidden_features, bias=bias[0])
        self.fc1_x = nn.Linear(in_features, hidden_features, bias=bias[0])
        self.act = act_layer()
        self.drop1 = nn.Dropout(drop[0])
        self.norm = norm_layer(hidden_features) if norm_layer is not None else nn.Identity()
        self.fc2 = nn.Linear(hidden_features, out_features, bias=bias[1])
        self.drop2 = nn.Dropout(drop[1])

    def forward(self, x):
        x = self.act(self.fc1_g(x)) * self.fc1_x(x)
        return self.drop2(self.fc2(self.norm(self.drop1(x))))


class PatchEmbed(nn.Module):
    def __init__(self, img_size=224, patch_size=16, in_chans=3, embed_dim=768, norm_layer=None, flatten=True,
                 output_fmt=None, bias=True, strict_img_size=True, dynamic_img_pad=False):
        super().__init__()
        self.patch_size = to_2tuple(patch_size)
        if img_size is not None:
            self.img_size = to_2tuple(img_size)
            self.grid_size = tuple(s // p for s, p in zip(self.img_size, self.patch_size))
            self.num_patches = self.grid_size[0] * self.grid_size[1]
        else:
            self.img_size = self.grid_size = self.num_patches = None
        self.flatten = flatten and output_fmt is None
        self.output_fmt = output_fmt
        self.strict_img_size = strict_img_size
        self.dynamic_img_pad = dynamic_img_pad
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=patch_size, stride=patch_size, bias=bias)
        self.norm = norm_layer(embed_dim) if norm_layer else nn.Identity()

    def forward(self, x):
        B, C, H, W = x.shape
        if self.img_size is not None and self.strict_img_size and not self.dynamic_img_pad:
            assert H == self.img_size[0], f"Input height ({H}) doesn't match model ({self.img_size[0]})."
            assert W == self.img_size[1], f"Input width ({W}) doesn't match model ({self.img_size[1]})."
        if self.dynamic_img_pad:
            x = F.pad(x, (0, -W % self.patch_size[1], 0, -H % self.patch_size[0]))
        x = self.proj(x)
        if self.flatten:
            x = x.flatten(2).transpose(1, 2)
        elif self.output_fmt == "NHWC":
            x = x.permute(0, 2, 3, 1)
        elif self.output_fmt == "NLC":
            x = x.flatten(2).transpose(1, 2)
        elif self.output_fmt == "NCL":
            x = x.flatten(2)
        return self.norm(x)


class Attention(nn.Module):
    def __init__(self, dim, num_heads=8, qkv_bias=False, qk_norm=False, proj_bias=True, attn_drop=0.0,
                 proj_drop=0.0, norm_layer=nn.LayerNorm, *, scale_norm=False, attn_head_dim=None, dim_out=None,
                 gated=False, **kwargs):
        super().__init__()
        if attn_head_dim is None:
            assert dim % num_heads == 0, "dim should be divisible by num_heads"
        self.num_heads = num_heads
        self.head_dim = attn_head_dim or dim // num_heads
        self.attn_dim = num_heads * self.head_dim
        self.scale = self.head_dim ** -0.5
        self.fused_attn = use_fused_attn()
        self.qkv = nn.Linear(dim, self.attn_dim * 3, bias=qkv_bias)
        self.q_norm = norm_layer(self.head_dim) if qk_norm else nn.Identity()
        self.k_norm = norm_layer(self.head_dim) if qk_norm else nn.Identity()
        self.attn_drop = nn.Dropout(attn_drop)
        self.norm = norm_layer(self.attn_dim) if scale_norm else nn.Identity()
        self.gate = nn.Linear(dim, self.attn_dim, bias=qkv_bias) if gated else None
        self.proj = nn.Linear(self.attn_dim, dim_out or dim, bias=proj_bias)
        self.proj_drop = nn.Dropout(proj_drop)

    def forward(self, x, attn_mask=None, is_causal=False):
        B, N, _ = x.shape
        q, k, v = self.qkv(x).reshape(B, N, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(self.q_norm(q), self.k_norm(k), v, attn_mask=attn_mask, is_causal=is_causal)
        y = self.norm(y.transpose(1, 2).reshape(B, N, self.attn_dim))
        if self.gate is not None:
            y = y * self.gate(x).sigmoid()
        return self.proj_drop(self.proj(y))


class SEModule(nn.Module):
    def __init__(self, channels, rd_ratio=1.0 / 16, rd_channels=None, rd_divisor=8, add_maxpool=False, bias=True,
                 act_layer=nn.ReLU, norm_layer=None, gate_layer="sigmoid"):
        super().__init__()
        self.add_maxpool = add_maxpool
        if not rd_channels:
            rd_channels = make_divisible(channels * rd_ratio, rd_divisor, round_limit=0.0)
        self.fc1 = nn.Conv2d(channels, rd_channels, kernel_size=1, bias=bias)
        self.bn = norm_layer(rd_channels) if norm_layer else nn.Identity()
        self.act = create_act(act_layer, inplace=True)
        self.fc2 = nn.Conv2d(rd_channels, channels, kernel_size=1, bias=bias)
        self.gate = create_act(gate_layer)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        if self.add_maxpool:
            s = 0.5 * s + 0.5 * x.amax((2, 3), keepdim=True)
        s = self.fc2(self.act(self.bn(self.fc1(s))))
        return x * self.gate(s)


SqueezeExcite = SEModule


class EffectiveSEModule(nn.Module):
    def __init__(self, channels, add_maxpool=False, gate_layer="hard_sigmoid", **_):
        super().__init__()
        self.add_maxpool = add_maxpool
        self.fc = nn.Conv2d(channels, channels, kernel_size=1, padding=0)
        self.gate = create_act(gate_layer)

    def forward(self, x):
        s = x.mean((2, 3), keepdim=True)
        if self.add_maxpool:
            s = 0.5 * s + 0.5 * x.amax((2, 3), keepdim=True)
        return x * self.gate(self.fc(s))


EffectiveSqueezeExcite = EffectiveSEModule


class EcaModule(nn.Module):
    def __init__(self, channels=None, kernel_size=3, gamma=2, beta=1, act_layer=None, gate_layer="sigmoid",
                 rd_ratio=1 / 8, rd_channels=None, rd_divisor=8, use_mlp=False):
        super().__init__()
        if channels is not None:
            t = int(abs(math.log(channels, 2) + beta) / gamma)
            kernel_size = max(t if t % 2 else t + 1, 3)
        assert kernel_size % 2 == 1
        padding = (kernel_size - 1) // 2
        if use_mlp:
            width = rd_channels or make_divisible(channels * rd_ratio, divisor=rd_divisor)
            self.conv = nn.Conv1d(1, width, kernel_size=1, padding=0, bias=True)
            self.act = create_act(act_layer or nn.ReLU)
            self.conv2 = nn.Conv1d(width, 1, kernel_size=kernel_size, padding=padding, bias=True)
        else:
            self.conv = nn.Conv1d(1, 1, kernel_size=kernel_size, padding=padding, bias=False)
            self.act = None
            self.conv2 = None
        self.gate = create_act(gate_layer)

    def forward(self, x):
        y = self.conv(x.mean((2, 3)).view(x.shape[0], 1, -1))
        if self.conv2 is not None:
            y = self.conv2(self.act(y))
        return x * self.gate(y).view(x.shape[0], -1, 1, 1).expand_as(x)


EfficientChannelAttn = EcaModule


class ChannelAttn(nn.Module):
    def __init__(self, channels, rd_ratio=1.0 / 16, rd_channels=None, rd_divisor=1, act_layer=nn.ReLU,
                 gate_layer="sigmoid", mlp_bias=False):
        super().__init__()
        if not rd_channels:
            rd_channels = make_divisible(channels * rd_ratio, rd_divisor, round_limit=0.0)
        self.fc1 = nn.Conv2d(channels, rd_channels, 1, bias=mlp_bias)
        self.act = act_layer(inplace=True)
        self.fc2 = nn.Conv2d(rd_channels, channels, 1, bias=mlp_bias)
        self.gate = create_act(gate_layer)

    def forward(self, x):
        mean = self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True))))
        most = self.fc2(self.act(self.fc1(x.amax((2, 3), keepdim=True))))
        return x * self.gate(mean + most)


class LightChannelAttn(ChannelAttn):
    def forward(self, x):
        pooled = 0.5 * x.mean((2, 3), keepdim=True) + 0.5 * x.amax((2, 3), keepdim=True)
        return x * F.sigmoid(self.fc2(self.act(self.fc1(pooled))))


class SpatialAttn(nn.Module):
    def __init__(self, kernel_size=7, gate_layer="sigmoid"):
        super().__init__()
        self.conv = ConvNormAct(2, 1, kernel_size, apply_act=False)
        self.gate = create_act(gate_layer)

    def forward(self, x):
        both = torch.cat([x.mean(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)], dim=1)
        return x * self.gate(self.conv(both))


class LightSpatialAttn(nn.Module):
    def __init__(self, kernel_size=7, gate_layer="sigmoid"):
        super().__init__()
        self.conv = ConvNormAct(1, 1, kernel_size, apply_act=False)
        self.gate = create_act(gate_layer)

    def forward(self, x):
        both = 0.5 * x.mean(dim=1, keepdim=True) + 0.5 * x.amax(dim=1, keepdim=True)
        return x * self.gate(self.conv(both))


class CbamModule(nn.Module):
    channel_attn, spatial_attn = ChannelAttn, SpatialAttn

    def __init__(self, channels, rd_ratio=1.0 / 16, rd_channels=None, rd_divisor=1, spatial_kernel_size=7,
                 act_layer=nn.ReLU, gate_layer="sigmoid", mlp_bias=False):
        super().__init__()
        self.channel = self.channel_attn(channels, rd_ratio=rd_ratio, rd_channels=rd_channels, rd_divisor=rd_divisor,
                                         act_layer=act_layer, gate_layer=gate_layer, mlp_bias=mlp_bias)
        self.spatial = self.spatial_attn(spatial_kernel_size)

    def forward(self, x):
        return self.spatial(self.channel(x))


class LightCbamModule(CbamModule):
    channel_attn, spatial_attn = LightChannelAttn, LightSpatialAttn


_attentions = dict(se=SEModule, ese=EffectiveSEModule, eca=EcaModule, ecam=partial(EcaModule, use_mlp=True), cbam=CbamModule, lcbam=LightCbamModule)


def get_attn(attn_type):
    if isinstance(attn_type, nn.Module):
        return attn_type
    if not attn_type:
        return None
    if isinstance(attn_type, bool):
        return SEModule
    if not isinstance(attn_type, str):
        return attn_type
    name = attn_type.lower()
    return _attentions[name] if name in _attentions else missing("timm.layers." + name)


def create_attn(attn_type, channels, **kwargs):
    layer = get_attn(attn_type)
    return None if layer is None else layer(channels, **kwargs)


def _padding_of(kernel_size, stride=1, dilation=1):
    return ((stride - 1) + dilation * (kernel_size - 1)) // 2


get_padding = _padding_of


def get_same_padding(x, kernel_size, stride, dilation):
    return max((math.ceil(x / stride) - 1) * stride + (kernel_size - 1) * dilation + 1 - x, 0)


def is_static_pad(kernel_size, stride=1, dilation=1, **_):
    return stride == 1 and (dilation * (kernel_size - 1)) % 2 == 0


def get_padding_value(padding, kernel_size, **kwargs):
    dynamic = False
    if isinstance(padding, str):
        padding = padding.lower()
        if padding == "same":
            if is_static_pad(kernel_size, **kwargs):
                padding = get_padding(kernel_size, **kwargs)
            else:
                padding = 0
                dynamic = True
        elif padding == "valid":
            padding = 0
        else:
            padding = get_padding(kernel_size, **kwargs)
    return padding, dynamic


def pad_same(x, kernel_size, stride, dilation=(1, 1), value=0):
    ih, iw = x.size()[-2:]
    high = get_same_padding(ih, kernel_size[0], stride[0], dilation[0])
    wide = get_same_padding(iw, kernel_size[1], stride[1], dilation[1])
    return F.pad(x, (wide // 2, wide - wide // 2, high // 2, high - high // 2), value=value)


def conv2d_same(x, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    x = pad_same(x, weight.shape[-2:], stride, dilation)
    return F.conv2d(x, weight, bias, stride, (0, 0), dilation, groups)


class Conv2dSame(nn.Conv2d):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
        super().__init__(in_channels, out_channels, kernel_size, stride, 0, dilation, groups, bias)

    def forward(self, x):
        return conv2d_same(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class AvgPool2dSame(nn.AvgPool2d):
    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        super().__init__(to_2tuple(kernel_size), to_2tuple(stride), (0, 0), ceil_mode, count_include_pad)

    def forward(self, x):
        x = pad_same(x, self.kernel_size, self.stride)
        return F.avg_pool2d(x, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class MaxPool2dSame(nn.MaxPool2d):
    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
        super().__init__(to_2tuple(kernel_size), to_2tuple(stride), (0, 0), to_2tuple(dilation), ceil_mode)

    def forward(self, x):
        x = pad_same(x, self.kernel_size, self.stride, value=-float("inf"))
        return F.max_pool2d(x, self.kernel_size, self.stride, (0, 0), self.dilation, self.ceil_mode)


class BlurPool2d(nn.Module):
    def __init__(self, channels, filt_size=3, stride=2):
        super().__init__()
        assert filt_size > 1
        self.channels = channels
        self.filt_size = filt_size
        self.stride = stride
        self.padding = [get_padding(filt_size, stride, dilation=1)] * 4
        self.register_buffer("filt", torch.ones(channels, 1, filt_size, filt_size), persistent=False)

    def forward(self, x):
        return F.conv2d(F.pad(x, self.padding, "reflect"), self.filt, stride=self.stride, groups=self.channels)


class CondConv2d(nn.Module):
    """A convolution whose weights are a mixture of experts, chosen for each sample."""

    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding="", dilation=1, groups=1,
                 bias=False, num_experts=4):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = to_2tuple(kernel_size)
        self.stride = to_2tuple(stride)
        padding, self.dynamic_padding = get_padding_value(padding, kernel_size, stride=stride, dilation=dilation)
        self.padding = to_2tuple(padding)
        self.dilation = to_2tuple(dilation)
        self.groups = groups
        self.num_experts = num_experts
        self.weight_shape = (out_channels, in_channels // groups) + self.kernel_size
        self.weight = nn.Parameter(torch.Tensor(num_experts, math.prod(self.weight_shape)))
        if bias:
            self.bias_shape = (out_channels,)
            self.bias = nn.Parameter(torch.Tensor(num_experts, out_channels))
        else:
            self.register_parameter("bias", None)

    def forward(self, x, routing_weights):
        B, C, H, W = x.shape
        weight = torch.matmul(routing_weights, self.weight)
        weight = weight.view((B * self.out_channels, self.in_channels // self.groups) + self.kernel_size)
        bias = None
        if self.bias is not None:
            bias = torch.matmul(routing_weights, self.bias).view(B * self.out_channels)
        x = x.reshape(1, B * C, H, W)
        conv = conv2d_same if self.dynamic_padding else F.conv2d
        out = conv(x, weight, bias, stride=self.stride, padding=self.padding, dilation=self.dilation,
                   groups=self.groups * B)
        return out.permute([1, 0, 2, 3]).view(B, self.out_channels, out.shape[-2], out.shape[-1])


def create_classifier(num_features, num_classes, pool_type="avg", use_conv=False, input_fmt="NCHW", drop_rate=None):
    pool = SelectAdaptivePool2d(pool_type=pool_type, flatten=bool(pool_type) and not use_conv, input_fmt=input_fmt)
    width = num_features * pool.feat_mult()
    if num_classes <= 0:
        fc = nn.Identity()
    else:
        fc = nn.Conv2d(width, num_classes, 1, bias=True) if use_conv else nn.Linear(width, num_classes, bias=True)
    return (pool, fc) if drop_rate is None else (pool, nn.Dropout(drop_rate), fc)


def adaptive_catavgmax_pool2d(x, output_size=1):
    return torch.cat((F.adaptive_avg_pool2d(x, output_size), F.adaptive_max_pool2d(x, output_size)), 1)


def adaptive_avgmax_pool2d(x, output_size=1):
    return 0.5 * (F.adaptive_avg_pool2d(x, output_size) + F.adaptive_max_pool2d(x, output_size))


class FastAdaptiveAvgPool2d(nn.Module):
    def __init__(self, flatten=False, input_fmt="NCHW"):
        super().__init__()
        self.flatten = flatten
        self.dim = (2, 3) if input_fmt == "NCHW" else (1, 2)

    def forward(self, x):
        return x.mean(self.dim, keepdim=not self.flatten)


class AdaptiveCatAvgMaxPool2d(nn.Module):
    def __init__(self, output_size=1):
        super().__init__()
        self.output_size = output_size

    def forward(self, x):
        return adaptive_catavgmax_pool2d(x, self.output_size)


class AdaptiveAvgMaxPool2d(nn.Module):
    def __init__(self, output_size=1):
        super().__init__()
        self.output_size = output_size

    def forward(self, x):
        return adaptive_avgmax_pool2d(x, self.output_size)


class SelectAdaptivePool2d(nn.Module):
    def __init__(self, output_size=1, pool_type="fast", flatten=False, input_fmt="NCHW"):
        super().__init__()
        assert input_fmt == "NCHW"
        self.pool_type = pool_type or ""
        self.flatten = nn.Flatten(1) if flatten else nn.Identity()
        if self.pool_type == "":
            self.pool = nn.Identity()
        elif self.pool_type.startswith("fast"):
            assert output_size == 1, "Fast pooling and non NCHW input formats require output_size == 1."
            self.pool = FastAdaptiveAvgPool2d(flatten)
            self.flatten = nn.Identity()
        elif self.pool_type == "avg":
            self.pool = nn.AdaptiveAvgPool2d(output_size)
        elif self.pool_type == "avgmax":
            self.pool = AdaptiveAvgMaxPool2d(output_size)
        elif self.pool_type == "catavgmax":
            self.pool = AdaptiveCatAvgMaxPool2d(output_size)
        elif self.pool_type == "max":
            self.pool = nn.AdaptiveMaxPool2d(output_size)
        else:
            assert False, "Invalid pool type: %s" % pool_type

    def is_identity(self):
        return not self.pool_type

    def feat_mult(self):
        return 2 if self.pool_type == "catavgmax" else 1

    def forward(self, x):
        return self.flatten(self.pool(x))


class ClassifierHead(nn.Module):
    def __init__(self, in_features, num_classes, pool_type="avg", drop_rate=0.0, use_conv=False,
                 input_fmt="NCHW"):
        super().__init__()
        self.global_pool = SelectAdaptivePool2d(pool_type=pool_type, flatten=not use_conv)
        self.drop = nn.Dropout(drop_rate)
        if num_classes <= 0:
            self.fc = nn.Identity()
        else:
            self.fc = nn.Conv2d(in_features, num_classes, 1) if use_conv else nn.Linear(in_features, num_classes)

    def forward(self, x, pre_logits=False):
        x = self.drop(self.global_pool(x))
        return x if pre_logits else self.fc(x)


def resample_abs_pos_embed(posemb, new_size, old_size=None, num_prefix_tokens=1, interpolation="bicubic",
                           antialias=True, verbose=False):
    count, dim = posemb.shape[1] - num_prefix_tokens, posemb.shape[-1]
    if old_size is None:
        side = int(math.sqrt(count))
        old_size = side, side
    if tuple(old_size) == tuple(new_size):
        return posemb
    prefix, grid = posemb[:, :num_prefix_tokens], posemb[:, num_prefix_tokens:]
    grid = grid.reshape(1, old_size[0], old_size[1], dim).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=new_size, mode=interpolation, antialias=antialias)
    grid = grid.permute(0, 2, 3, 1).reshape(1, new_size[0] * new_size[1], dim)
    return torch.cat([prefix, grid], dim=1)


def use_fused_attn(experimental=False):
    return True
