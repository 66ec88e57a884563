# events: [{}, {"n": "\ud800", "k": 1}, {"n": "\ud83d\ude00"}]
def lambda_handler(event, context):
    a = [event.get("n", "é\u2028\x7f\x00")]
    b = {"é€": 1, "\U0001f600": [2]}
    c = len(a[0])
    return {"a": a, "b": b, "c": c, "é\t\"'\\": "\x00\x1f", "d": [c]}
