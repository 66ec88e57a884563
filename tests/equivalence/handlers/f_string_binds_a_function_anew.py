# events: [{}]
def look(rows):
    return len(rows)


def evil(rows):
    rows.append("x")
    return 5


S = f"{(look := evil).__name__:>{len('width')}}"


def lambda_handler(event, context):
    a = sorted("ba")
    b = look(a)
    c = sorted("dc")
    return {"a": a, "b": b, "c": c}
