"""Measures a series of numbers: its distribution, its course in time, its disorder."""

import math
from collections import Counter


def compute_statistical_features(data):
    ordered = sorted(data)
    count = len(data)
    mean = math.fsum(data) / count
    deviations = [value - mean for value in data]
    variance = math.fsum(d * d for d in deviations) / count
    spread = math.sqrt(variance)
    skewness = math.fsum(d**3 for d in deviations) / (count * spread**3) if spread else 0.0
    return {
        "count": count,
        "mean": mean,
        "deviation": spread,
        "skewness": skewness,
        "quartiles": [ordered[count * quarter // 4] for quarter in (1, 2, 3)],
    }


def compute_temporal_features(data):
    """Autocorrelation at each lag up to a quarter of the series, and the period that it shows."""
    count = len(data)
    mean = math.fsum(data) / count
    centred = [value - mean for value in data]
    power = math.fsum(value * value for value in centred) or 1.0
    correlations = [
        math.fsum(centred[i] * centred[i + lag] for i in range(count - lag)) / power
        for lag in range(1, count // 4)
    ]
    crossings = sum(1 for a, b in zip(centred, centred[1:]) if a * b < 0)
    strongest = max(range(1, len(correlations)), key=correlations.__getitem__, default=0)
    return {
        "period": strongest + 1,
        "strength": correlations[strongest],
        "crossings": crossings,
    }


def compute_entropy_features(data, length=2):
    """Shannon entropy of the values' histogram, and sample entropy (Richman and Moorman, 2000)."""
    low, high = min(data), max(data)
    width = (high - low) / 16 or 1.0
    bins = Counter(min(int((value - low) / width), 15) for value in data)
    shannon = -math.fsum(n / len(data) * math.log2(n / len(data)) for n in bins.values())

    tolerance = 0.2 * (high - low)
    matches = longer_matches = 0
    for i in range(len(data) - length):
        for j in range(i + 1, len(data) - length):
            if all(abs(data[i + k] - data[j + k]) <= tolerance for k in range(length)):
                matches += 1
                longer_matches += abs(data[i + length] - data[j + length]) <= tolerance
    sample = -math.log(longer_matches / matches) if longer_matches else None
    return {"shannon": shannon, "sample": sample}


def lambda_handler(event, context):
    data = event.get("data", [])

    statistical = compute_statistical_features(data)
    temporal = compute_temporal_features(data)
    entropy = compute_entropy_features(data)

    result = {
        "statistical": statistical,
        "temporal": temporal,
        "entropy": entropy,
    }

    return result
