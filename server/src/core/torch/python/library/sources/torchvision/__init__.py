__version__ = "0.24.0"


def _is_tracing():
    return False


def disable_beta_transforms_warning():
    return None
