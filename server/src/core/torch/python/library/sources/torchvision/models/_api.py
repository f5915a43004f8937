class Weights:
    """Stands for the pretrained weights of a network, which change no cost."""

    def __init__(self, name):
        self.name = name
        self.url = ""
        self.meta = {"categories": ["class " + str(index) for index in range(1000)]}

    def __repr__(self):
        return self.name


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
