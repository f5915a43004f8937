from flopline import unknown


class Weights:
    """Stands for the pretrained weights of a network, which change no cost."""

    def __init__(self, name):
        self.name = name
        self.url = ""
        self.meta = {"categories": ["class " + str(index) for index in range(1000)]}

    def get_state_dict(self, *args, **kwargs):
        return {}

    def transforms(self, *args, **kwargs):
        return unknown("what transforms do to images is not read")

    def __repr__(self):
        return self.name


WeightsEnum = Weights


def weights(name):
    return type(name, (), {
        "DEFAULT": Weights("DEFAULT"),
        "IMAGENET1K_V1": Weights("IMAGENET1K_V1"),
        "IMAGENET1K_V2": Weights("IMAGENET1K_V2"),
    })


def register_model(name=None):
    def wrap(fn):
        return fn

    return wrap


def get_model_builder(name):
    from torchvision import models

    builder = getattr(models, name.lower(), None)
    if builder is None:
        return unknown(f"torchvision's “{name}” is read only where its source is installed")
    return builder


def get_model(name, **config):
    return get_model_builder(name)(**config)


def get_weight(name):
    return Weights(name)


def get_model_weights(name):
    return weights(str(name))


def list_models(module=None, include=None, exclude=None):
    return unknown("which networks torchvision has depends on its release")
