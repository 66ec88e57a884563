# early: text, rows
def lambda_handler(event, context):
    text = "é\"" * 20000
    rows = [[i, {"i": i}] for i in range(5000)]
    n = len(text) + len(rows)
    return {"text": text, "rows": rows, "n": n, "double": [n * 2]}
