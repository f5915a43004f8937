"""Modules of Lightning are modules of PyTorch; what trains them is no part of a network."""
from flopline import missing

from .core.module import LightningModule


def seed_everything(seed=None, workers=False, verbose=True):
    return 0 if seed is None else seed


class LightningDataModule:
    def __init__(self):
        pass

    def save_hyperparameters(self, *args, ignore=None, frame=None, logger=True):
        self.hparams = missing("LightningDataModule.hparams")


class Callback:
    pass


class Trainer:
    def __init__(self, *args, **kwargs):
        pass

    def fit(self, *args, **kwargs):
        pass

    def validate(self, *args, **kwargs):
        return []

    def test(self, *args, **kwargs):
        return []
