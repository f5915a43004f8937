"""Answers again what test/torch/python/fixtures/refused.json asks: whether PyTorch refuses an expression, and the shape
and type of what it gives.

Run by hand, with PyTorch installed (Debian's python3-torch); neither the product nor its tests run Python:

    /usr/bin/python3 scripts/oracles/refused.py test/torch/python/fixtures/refused.json
"""

import json
import sys
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F

warnings.simplefilter("ignore")
torch.set_grad_enabled(False)


def answer(expression):
    names = {
        "torch": torch,
        "nn": nn,
        "F": F,
        "i": torch.ones(2, 3, dtype=torch.long),
        "b": torch.ones(2, 3) > 0,
        "x": torch.randn(2, 3),
    }
    try:
        result = eval(expression, names)
    except Exception as error:
        return f"raises {type(error).__name__}"
    return f"{tuple(result.shape)} {str(result.dtype)[6:]}" if isinstance(result, torch.Tensor) else ""


path = sys.argv[1]
with open(path) as file:
    asked = [row["expression"] for row in json.load(file)["expressions"]]
rows = ",\n".join(json.dumps({"expression": each, "said": answer(each)}) for each in asked)
with open(path, "w") as file:
    file.write(f'{{"torch": "{torch.__version__}", "expressions": [\n{rows}\n]}}\n')
