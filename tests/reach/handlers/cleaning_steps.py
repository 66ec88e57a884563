# events: [{"rows": [{"name": " Ada ", "age": "36"}, {"name": "Bob", "age": "x"}]}, {"rows": []}]
# safe: started_at
# unsafe: rows (computed last: changed by every step), errors (computed last: grows in every step), stats (computed last)
import time

STEPS = []


def step(fn):
    STEPS.append(fn)
    return fn


@step
def strip_names(rows, errors):
    for row in rows:
        row["name"] = row["name"].strip()


@step
def parse_ages(rows, errors):
    for i, row in enumerate(rows):
        try:
            row["age"] = int(row["age"])
        except ValueError:
            errors.append(f"row {i}: bad age {row['age']!r}")
            row["age"] = None


@step
def add_flags(rows, errors):
    for row in rows:
        row["adult"] = row["age"] is not None and row["age"] >= 18


def lambda_handler(event, context):
    started_at = int(time.time())
    rows = event["rows"]
    errors = []

    for fn in STEPS:
        fn(rows, errors)

    stats = {"total": len(rows), "failed": len(errors)}
    return {"started_at": started_at, "rows": rows, "errors": errors, "stats": stats}
