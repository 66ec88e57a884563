# events: [{"host": "web-1", "samples": [{"cpu": 12.0, "mem": 40.1}, {"cpu": 93.5, "mem": 41.0}]}, {"host": "web-2", "samples": []}]
# safe: host, cpu
# unsafe: mem (computed last), alerts (computed last: grows until then)
from statistics import fmean


def stats(values):
    if not values:
        return {"avg": None, "max": None}
    return {"avg": round(fmean(values), 2), "max": max(values)}


def lambda_handler(event, context):
    report = {"host": event["host"], "cpu": {}, "mem": {}, "alerts": []}

    cpu = [s["cpu"] for s in event["samples"]]
    report["cpu"].update(stats(cpu))
    if report["cpu"]["max"] and report["cpu"]["max"] > 90:
        report["alerts"].append("cpu above 90 %")

    mem = [s["mem"] for s in event["samples"]]
    report["mem"].update(stats(mem))
    if report["mem"]["max"] and report["mem"]["max"] > 90:
        report["alerts"].append("memory above 90 %")

    return report
