import inspect

import torch
from flopline import caller_names, missing
from torch import nn


class AttributeDict(dict):
    def __getattr__(self, key):
        if key not in self:
            raise AttributeError(f'Missing attribute "{key}"')
        return self[key]

    def __setattr__(self, key, value):
        self[key] = value


class LightningModule(nn.Module):
    automatic_optimization = True
    current_epoch = 0
    global_step = 0
    global_rank = 0
    local_rank = 0
    example_input_array = None

    def __init__(self, *args, **kwargs):
        super().__init__()

    @property
    def hparams(self):
        if "_hparams" not in self.__dict__:
            self.__dict__["_hparams"] = AttributeDict()
        return self.__dict__["_hparams"]

    def save_hyperparameters(self, *args, ignore=None, frame=None, logger=True):
        if args and not isinstance(args[0], str):
            given = args[0] if isinstance(args[0], dict) else vars(args[0])
            self.__dict__["_hparams"] = AttributeDict(given)
            return
        names = caller_names()
        given = {}
        for name, parameter in inspect.signature(type(self).__init__).parameters.items():
            if name == "self" or parameter.kind == parameter.VAR_POSITIONAL:
                continue
            if parameter.kind == parameter.VAR_KEYWORD:
                given.update(names.get(name, {}))
            # Those of a class that is derived from the one that saves them are not there.
            else:
                given[name] = names[name] if name in names else missing(f"hparams.{name}")
        ignored = [ignore] if isinstance(ignore, str) else list(ignore or [])
        kept = {
            name: value for name, value in given.items() if name not in ignored and (not args or name in args)
        }
        self.__dict__["_hparams"] = AttributeDict(kept)

    @property
    def device(self):
        return torch.device("cpu")

    @property
    def dtype(self):
        return torch.float32

    @property
    def trainer(self):
        return missing("trainer")

    @property
    def logger(self):
        return None

    def log(self, *args, **kwargs):
        pass

    def log_dict(self, *args, **kwargs):
        pass

    def print(self, *args, **kwargs):
        pass

    def freeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = False
        self.eval()

    def unfreeze(self):
        for parameter in self.parameters():
            parameter.requires_grad = True
        self.train()

    @classmethod
    def load_from_checkpoint(cls, *args, **kwargs):
        return missing("load_from_checkpoint")
