# events: [{"text": "The quick brown fox. It jumps over the lazy dog!"}, {"text": "One. Two three four. Five six? Seven eight nine ten eleven."}]
# safe: characters, words, sentences, vocabulary, longest_word, readability
# unsafe: top_words (computed last)
import re
from collections import Counter

WORD = re.compile(r"[A-Za-z']+")
VOWELS = set("aeiouy")


def syllables(word):
    count, last = 0, False
    for ch in word.lower():
        vowel = ch in VOWELS
        if vowel and not last:
            count += 1
        last = vowel
    return max(count, 1)


def flesch(words, sentences):
    if not words or not sentences:
        return 0.0
    syl = sum(syllables(w) for w in words)
    return round(206.835 - 1.015 * (len(words) / sentences) - 84.6 * (syl / len(words)), 2)


def lambda_handler(event, context):
    text = event.get("text", "")
    result = {}

    words = WORD.findall(text)
    result["characters"] = len(text)
    result["words"] = len(words)

    sentences = [s for s in re.split(r"[.!?]+", text) if s.strip()]
    result["sentences"] = len(sentences)

    result["vocabulary"] = len({w.lower() for w in words})
    result["longest_word"] = max(words, key=len, default="")
    result["readability"] = flesch(words, len(sentences))
    result["top_words"] = Counter(w.lower() for w in words).most_common(5)

    return result
