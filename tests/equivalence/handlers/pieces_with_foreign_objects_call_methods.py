# events: [{"n": 1}]
class Counter:
    def process(self, row):
        row["seen"] = True
        return 1


def load(n):
    return [{"n": i} for i in range(n)]


def lambda_handler(event, context):
    rows = load(3)
    counters = [Counter() for _ in rows]
    done = 0
    for row, counter in zip(rows, counters):
        done += counter.process(row)
    return {"rows": rows, "done": done}
