# events: [{}, {"fail": 1}]
def lambda_handler(event, context):
    a = [1]
    b = {"b": 2}
    try:
        c = 1 // (1 - event.get("fail", 0))
    except ZeroDivisionError:
        b["failed"] = True
        c = None
    finally:
        a.append("finally")
    return {"a": a, "b": b, "c": c}
