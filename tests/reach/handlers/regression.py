# events: [{"a": [1, 2, 3, 4, 5], "b": [2, 4, 5, 4, 5]}, {"a": [1, 1], "b": [3, 4]}]
# safe: slope, intercept, r_squared, residuals
# unsafe: request_id (computed last), durbin_watson (computed last)
"""Least squares for two columns."""


def fit(xs, ys):
    n = len(xs)
    mx, my = sum(xs) / n, sum(ys) / n
    sxx = sum((x - mx) ** 2 for x in xs)
    sxy = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    slope = sxy / sxx if sxx else 0.0
    return slope, my - slope * mx


def residuals_of(xs, ys, slope, intercept):
    return [round(y - (slope * x + intercept), 6) for x, y in zip(xs, ys)]


def r2(ys, residuals):
    mean = sum(ys) / len(ys)
    total = sum((y - mean) ** 2 for y in ys)
    return round(1 - sum(r * r for r in residuals) / total, 6) if total else None


def durbin_watson(residuals):
    squares = sum(r * r for r in residuals)
    if not squares:
        return None
    return round(sum((b - a) ** 2 for a, b in zip(residuals, residuals[1:])) / squares, 6)


def lambda_handler(event, context):
    xs, ys = event["a"], event["b"]
    slope, intercept = fit(xs, ys)
    residuals = residuals_of(xs, ys, slope, intercept)
    r_squared = r2(ys, residuals)
    dw = durbin_watson(residuals)
    return {
        "request_id": context.aws_request_id,
        "slope": slope,
        "intercept": intercept,
        "r_squared": r_squared,
        "residuals": residuals,
        "durbin_watson": dw,
    }
