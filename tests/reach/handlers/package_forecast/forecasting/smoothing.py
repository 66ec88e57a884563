def exponential(values, alpha=0.4):
    level = values[0]
    for v in values[1:]:
        level = alpha * v + (1 - alpha) * level
    return round(level, 4)


def holt_trend(values, alpha, beta):
    level, trend = values[0], values[1] - values[0]
    for v in values[1:]:
        previous = level
        level = alpha * v + (1 - alpha) * (level + trend)
        trend = beta * (level - previous) + (1 - beta) * trend
    return round(trend, 4)
