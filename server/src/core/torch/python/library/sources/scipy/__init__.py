"""Of SciPy, what decides sizes of tensors."""
