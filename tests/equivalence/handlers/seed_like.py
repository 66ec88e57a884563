# early: mean
# events: [{"data": [3, 1, 2]}, {"data": []}, {}]
def mean(data):
    return {"mean": sum(data) / len(data), "of": [len(data)]}


def lambda_handler(event, context):
    mean_ = mean(event["data"])
    ordered = sorted(event["data"])
    print("ordered", ordered)
    largest = max(ordered)
    return {"mean": mean_, "ordered": ordered, "largest": largest}
