# events: [{"series": [1.0, 2.0, 4.0, 3.0, 5.0, 8.0, 6.0, 9.0], "window": 3}, {"series": [5.0, 5.0, 5.0, 5.0]}]
# safe: count, moving_average, trend, volatility, autocorrelation
# unsafe: peaks (computed last)
import numpy as np


def moving_average(values, window):
    return [float(np.mean(values[i - window + 1 : i + 1])) for i in range(window - 1, len(values))]


def linear_trend(values):
    n = len(values)
    xs = range(n)
    mx, my = (n - 1) / 2, float(np.mean(values))
    num = sum((x - mx) * (y - my) for x, y in zip(xs, values))
    den = sum((x - mx) ** 2 for x in xs)
    return {"slope": num / den, "intercept": my - num / den * mx}


def autocorrelation(values, max_lag=3):
    mean = float(np.mean(values))
    var = sum((v - mean) ** 2 for v in values)
    out = {}
    for lag in range(1, max_lag + 1):
        cov = sum((values[i] - mean) * (values[i + lag] - mean) for i in range(len(values) - lag))
        out[str(lag)] = round(cov / var, 4) if var else 0.0
    return out


def find_peaks(values):
    return [i for i in range(1, len(values) - 1) if values[i - 1] < values[i] > values[i + 1]]


def lambda_handler(event, context):
    series = event["series"]
    window = event.get("window", 2)

    features = {
        "count": len(series),
        "moving_average": moving_average(series, window),
        "trend": linear_trend(series),
        "volatility": float(np.std(series)),
        "autocorrelation": autocorrelation(series),
        "peaks": find_peaks(series),
    }
    return features
