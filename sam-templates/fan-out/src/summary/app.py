"""Picks the sentences that hold the most frequent words."""

import json
import re

LENGTH = 2


def lambda_handler(event, context):
    words = event["words"]

    def weight(sentence):
        found = [words.get(word, 0) for word in re.findall(r"[a-z']+", sentence.lower())]
        return sum(found) / (len(found) or 1)

    sentences = event["sentences"]
    chosen = sorted(sentences, key=weight, reverse=True)[:LENGTH]
    summary = {
        "sentences": [sentence for sentence in sentences if sentence in chosen],
        "grade": event["readability"]["grade"],
    }
    print("SUMMARY " + json.dumps(summary))
    return summary
