# events: [{"text": "lorem ipsum dolor sit amet lorem", "language": "la"}, {"text": "", "language": "en"}]
# safe: language, tokens, bigrams, unique
# unsafe: compression (computed last)
import zlib
from collections import Counter

from aws_xray_sdk.core import patch_all, xray_recorder

patch_all()


@xray_recorder.capture("tokenize")
def tokenize(text):
    return text.lower().split()


def lambda_handler(event, context):
    text = event["text"]
    with xray_recorder.in_subsegment("tokens"):
        tokens = tokenize(text)
    with xray_recorder.in_subsegment("bigrams") as segment:
        bigrams = [list(pair) + [n] for pair, n in Counter(zip(tokens, tokens[1:])).items()]
        segment.put_annotation("bigrams", len(bigrams))
    unique = len(set(tokens))
    compression = round(len(zlib.compress(text.encode())) / max(len(text), 1), 3)

    return {
        "language": event["language"],
        "tokens": tokens,
        "bigrams": bigrams,
        "unique": unique,
        "compression": compression,
    }
