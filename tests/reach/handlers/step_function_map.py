# handler: main
# events: [{"Execution": "arn:aws:states:eu-west-1:123456789012:execution:etl:1", "index": 0, "chunk": ["2024-05-01,10.5", "2024-05-02,11.0", "bad"]}, {"Execution": "x:2", "index": 1, "chunk": []}]
# safe: execution, index, parsed, rejected, sum
# unsafe: max_date (computed last)
from datetime import date


def main(evt, ctx):
    parsed = []
    rejected = []
    for line in evt["chunk"]:
        try:
            day, value = line.split(",")
            parsed.append([date.fromisoformat(day).isoformat(), float(value)])
        except ValueError:
            rejected.append(line)

    out = {}
    out["execution"] = evt["Execution"].rsplit(":", 1)[-1]
    out["index"] = evt["index"]
    out["parsed"] = parsed
    out["rejected"] = rejected
    out["sum"] = sum(v for _, v in parsed)
    out["max_date"] = max((d for d, _ in parsed), default=None)
    return out
