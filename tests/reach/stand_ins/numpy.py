"""As much of numpy as the handlers call; scalars are floats of a class of their own, as numpy's are."""

import math


class float64(float):
    pass


def mean(values, axis=None):
    values = list(values)
    return float64(math.fsum(values) / len(values))


def var(values):
    values = list(values)
    centre = math.fsum(values) / len(values)
    return float64(math.fsum((value - centre) ** 2 for value in values) / len(values))


def std(values):
    return float64(math.sqrt(var(values)))


def median(values):
    return percentile(values, 50)


def percentile(values, q):
    ordered = sorted(values)
    place = (len(ordered) - 1) * q / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float64(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def dot(a, b):
    return float64(math.fsum(x * y for x, y in zip(a, b)))  # noqa: B905
