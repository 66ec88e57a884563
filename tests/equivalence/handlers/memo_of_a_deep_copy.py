# events: [{"n": 1}]
import copy


def load(n):
    return [n]


def lambda_handler(event, context):
    a = load(1)
    b = load(2)
    memo = {}
    c = len(copy.deepcopy(a, memo))
    memo[id(memo)][0].append("kept")
    return {"a": a, "b": b, "c": c}
