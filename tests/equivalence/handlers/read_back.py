# early: d, text
def lambda_handler(event, context):
    a = [1]
    b = {"of": a[0], "n": len(a)}
    c = [b["of"], *a]
    print(a, b, c)
    d = a == c[1:]
    return {"a": a, "b": b, "c": c, "d": d, "text": repr(b), "n": a[0] + c[0]}
