"""Makes an index of the words. It never waits for the sentences: it does not read them."""

import json


def lambda_handler(event, context):
    index = {}
    for word, count in sorted(event["words"].items()):
        index.setdefault(word[0], []).append([word, count])
    print("INDEX " + json.dumps(index))
    return index
