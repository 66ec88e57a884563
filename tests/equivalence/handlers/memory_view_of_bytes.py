# early: n
def lambda_handler(event, context):
    a = bytearray(b"abc")
    view = memoryview(a)
    n = len(view)
    b = bytes(a)
    view[0] = 90
    text = a.decode()
    return {"n": n, "b": b, "text": text, "c": [a[0]]}
