# early: a
def lambda_handler(event, context):
    a = \
        [1]; b = {"n":
                  len(a)} ;
    c = a[0] + \
        b["n"]    # a comment; with a semicolon
    d = """
; not code
""" ; e = (
        c
    )

    return \
        {"a": a, "b": b, "c": c, "d": d, "e": [e],
         "f": 1 / (len(event) - 1)}
