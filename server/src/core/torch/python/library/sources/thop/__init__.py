"""What counts a network's cost leaves the network as it is."""
from flopline import unknown


def profile(model, inputs, custom_ops=None, verbose=True, ret_layer_info=False, report_missing=False):
    counts = unknown("what thop counts is not computed"), unknown("what thop counts is not computed")
    return (*counts, {}) if ret_layer_info else counts


def clever_format(nums, format="%.2f"):
    return nums
