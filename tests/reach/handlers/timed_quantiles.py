# events: [{"values": [3, 1, 4, 1, 5, 9, 2, 6]}, {"values": [2.5]}]
# safe: n, quantiles, histogram
# unsafe: outliers (computed last)
import time
from functools import wraps


def timed(fn):
    """Log how long the function takes."""

    @wraps(fn)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return fn(*args, **kwargs)
        finally:
            print(f"{fn.__name__}: {(time.perf_counter() - start) * 1000:.1f} ms")

    return wrapper


@timed
def quantiles(values):
    ordered = sorted(values)
    pick = lambda q: ordered[min(int(q * len(ordered)), len(ordered) - 1)]
    return {"p10": pick(0.1), "p50": pick(0.5), "p90": pick(0.9)}


@timed
def histogram(values, bins=4):
    low, high = min(values), max(values)
    width = (high - low) / bins or 1
    counts = [0] * bins
    for v in values:
        counts[min(int((v - low) / width), bins - 1)] += 1
    return counts


@timed
def outliers(values, q):
    spread = q["p90"] - q["p10"]
    return [v for v in values if v > q["p90"] + spread or v < q["p10"] - spread]


@timed
def lambda_handler(event, context):
    values = event["values"]
    n = len(values)
    q = quantiles(values)
    h = histogram(values)
    o = outliers(values, q)
    return {"n": n, "quantiles": q, "histogram": h, "outliers": o}
