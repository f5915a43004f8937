"""What counts a network's cost leaves the network as it is."""
import torch


def profile(model, inputs, custom_ops=None, verbose=True, ret_layer_info=False, report_missing=False):
    # Numbers whose values are not known.
    counts = torch.empty(()), torch.empty(())
    return (*counts, {}) if ret_layer_info else counts


def clever_format(nums, format="%.2f"):
    return nums
