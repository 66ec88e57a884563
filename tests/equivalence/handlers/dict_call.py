# events: [{}, {"a": "from the event"}]
def lambda_handler(event, context):
    a = [1]
    b = {"n": len(a)}
    c = len(b)
    return dict(a=a, b=b, c=c) if not event else dict([("a", a)], b=b)
