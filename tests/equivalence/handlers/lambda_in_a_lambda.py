# events: [{"n": 1}]
def load(n):
    return [{"n": n}, {"n": n}]


def retry(action):
    return action()


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    seen = len(list(map(lambda row: retry(lambda: row.setdefault("seen", True)), rows)))
    return {"rows": rows, "more": more, "seen": seen}
