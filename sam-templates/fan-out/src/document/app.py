"""Reads a text once, for everyone who needs something of it."""

import re
from collections import Counter

COMMON = frozenset(
    "a an and are as at but by for from has in is it its of on or that the they this to was which with".split()
)


def words_of(text):
    """How often each word occurs, most often first."""
    counts = Counter(re.findall(r"[a-z']+", text.lower()))
    return {word: count for word, count in counts.most_common() if word not in COMMON}


def sentences_of(text):
    return [" ".join(sentence.split()) for sentence in re.split(r"(?<=[.!?])\s+", text) if sentence.strip()]


def readability_of(text):
    """Words for each sentence, letters for each word, and Coleman and Liau's grade (1975)."""
    words = re.findall(r"[A-Za-z']+", text)
    ends = len(re.findall(r"[.!?]+", text)) or 1
    letters = sum(len(word) for word in words)
    grade = 5.88 * letters / len(words) - 29.6 * ends / len(words) - 15.8
    return {
        "words": round(len(words) / ends, 2),
        "letters": round(letters / len(words), 2),
        "grade": round(grade, 1),
    }


def lambda_handler(event, context):
    text = event["text"]
    words = words_of(text)
    sentences = sentences_of(text)
    readability = readability_of(text)
    return {"words": words, "sentences": sentences, "readability": readability}
