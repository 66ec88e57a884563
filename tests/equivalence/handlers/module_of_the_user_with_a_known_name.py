# events: [{"n": 1}]
import sys
import types

own = types.ModuleType("statistics")
own.mean = lambda rows: rows.append(0) or len(rows)
sys.modules["statistics"] = own

import statistics


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    c = statistics.mean(a)
    return {"a": a, "b": b, "c": c}
