# events: [{"n": 1}]
class Writer:
    def write(self, rows):
        for row in rows:
            row["written"] = True
        return len(rows)


def load(n):
    return [{"n": n}]


def lambda_handler(event, context):
    rows = load(1)
    more = load(2)
    job = {"rows": rows, "writer": Writer()}
    written = job["writer"].write(job["rows"])
    return {"rows": rows, "more": more, "written": written}
