def backtest(values, model):
    errors = []
    for i in range(2, len(values)):
        predicted = model(values[:i])
        errors.append((values[i], abs(values[i] - predicted)))
    mae = sum(e for _, e in errors) / len(errors)
    relative = [e / v for v, e in errors if v]
    return {"mae": round(mae, 4), "mape": round(sum(relative) / len(relative), 4) if relative else None}
