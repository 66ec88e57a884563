# events: [{"device": "pump-7", "readings": [{"t": 0, "temp": 71.2, "rpm": 1450}, {"t": 10, "temp": 73.9, "rpm": 1460}, {"t": 20, "temp": 95.0, "rpm": 900}]}, {"device": "pump-8", "readings": [{"t": 0, "temp": 60.0, "rpm": 1500}]}]
# safe: device, window, temperature, rpm, anomalies
# unsafe: health (computed last)
"""Aggregates one minute of sensor readings of a pump."""
import statistics

TEMP_LIMIT = 90.0


def summarize(values):
    return {
        "min": min(values),
        "max": max(values),
        "mean": round(statistics.mean(values), 3),
        "stdev": round(statistics.stdev(values), 3) if len(values) > 1 else 0.0,
    }


def find_anomalies(readings, temp_stats, rpm_stats):
    found = []
    for r in readings:
        if r["temp"] > TEMP_LIMIT:
            found.append({"t": r["t"], "kind": "overheat", "value": r["temp"]})
        elif rpm_stats["stdev"] and abs(r["rpm"] - rpm_stats["mean"]) > 3 * rpm_stats["stdev"]:
            found.append({"t": r["t"], "kind": "rpm", "value": r["rpm"]})
    return found


def health_score(temp_stats, anomalies):
    score = 100 - 15 * len(anomalies)
    if temp_stats["max"] > TEMP_LIMIT * 0.9:
        score -= 10
    return max(score, 0)


def handler(event, _):
    readings = event["readings"]
    window = {"from": readings[0]["t"], "to": readings[-1]["t"], "count": len(readings)}

    temperature = summarize([r["temp"] for r in readings])
    rpm = summarize([r["rpm"] for r in readings])
    anomalies = find_anomalies(readings, temperature, rpm)
    health = health_score(temperature, anomalies)

    return dict(
        device=event["device"],
        window=window,
        temperature=temperature,
        rpm=rpm,
        anomalies=anomalies,
        health=health,
    )


lambda_handler = handler
