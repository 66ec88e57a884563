# events: [{"metrics": {"cpu": [1, 2, 3], "mem": [4, 5]}}, {"metrics": {}}]
# unsafe: cpu (its name comes from the data), mem (its name comes from the data)
def summarize(values):
    values = sorted(values)
    return {"n": len(values), "median": values[len(values) // 2], "max": values[-1]}


def lambda_handler(event, context):
    return {name: summarize(values) for name, values in event["metrics"].items()}
