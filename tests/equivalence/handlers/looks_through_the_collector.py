# caught
def lambda_handler(event, context):
    a = [1, "unmistakable"]
    b = {"n": 1}
    collector = __import__("g" + "c")
    for one in getattr(collector, "get_ob" + "jects")():
        if type(one) is list and one[1:] == ["unmistakable"]:
            one.append("changed")
    c = [2]
    return {"a": a, "b": b, "c": c}
