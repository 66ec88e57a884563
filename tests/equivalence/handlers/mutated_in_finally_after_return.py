# events: [{}, {"fail": 1}]
def lambda_handler(event, context):
    a = [1]
    n = 5
    try:
        return {"a": a, "n": n, "c": 1 // (1 - event.get("fail", 0))}
    except ZeroDivisionError:
        return {"a": a, "n": n, "c": None}
    finally:
        a.append(n)
        n = 6
