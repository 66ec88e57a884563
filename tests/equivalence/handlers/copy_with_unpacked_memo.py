import copy


def handler(event, context):
    pair = [{"a": [1]}, {}]
    n = len(event)
    copied = copy.deepcopy(*pair)
    memo = len(pair[1])
    del copied
    pair[1].clear()
    return {"pair": pair, "n": n, "memo": memo}
