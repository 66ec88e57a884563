def lambda_handler(event, context):
    a = 10 ** 4000
    b = [2 ** 64, -(2 ** 63), 10 ** 4000]
    c = {"n": 1 << 20000} if event else a % 7
    return {"a": a, "b": b, "c": c, "d": 123456789012345678901234567890, "e": -1_000, "f": 0x_ff, "g": len(b)}
