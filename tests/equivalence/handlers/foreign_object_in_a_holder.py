# events: [{"n": 1}]
class Any:
    def __eq__(self, other):
        other["compared"] = True
        return True


def lambda_handler(event, context):
    rows = {"n": event["n"]}
    b = str(rows)
    found = [rows]
    n = found.count(Any())
    return {"rows": rows, "b": b, "n": n}
