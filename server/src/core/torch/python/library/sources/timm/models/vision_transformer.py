from timm.layers import Attention, DropPath, LayerScale, Mlp, PatchEmbed


def _cfg(url="", **kwargs):
    return {"url": url, "num_classes": 1000, "input_size": (3, 224, 224), **kwargs}
