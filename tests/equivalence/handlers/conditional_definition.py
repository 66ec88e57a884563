import sys

if sys.version_info >= (3, 11):

    def lambda_handler(event, context):
        a = [1]
        b = {"new": len(a)}
        return {"a": a, "b": b, "c": [1]}

else:

    def lambda_handler(event, context):
        a = ["1"]
        b = {"old": len(a)}
        return {"a": a, "b": b, "c": [1]}
