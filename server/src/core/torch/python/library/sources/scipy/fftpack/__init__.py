def _smooth(target, primes):
    while True:
        left = target
        for prime in primes:
            while left % prime == 0:
                left //= prime
        if left == 1:
            return target
        target += 1


def next_fast_len(target):
    return target if target <= 6 else _smooth(target, (2, 3, 5))
