from scipy.fftpack import _smooth


def next_fast_len(target, real=False):
    return target if target <= 6 else _smooth(target, (2, 3, 5) if real else (2, 3, 5, 7, 11))
