# handler: handler
# events: [{"segments": ["Hello world", "Good morning", "Unknown phrase"], "target": "de"}, {"segments": [], "target": "fr"}]
# safe: target, segments, exact, fuzzy
# unsafe: cost (computed last)
from difflib import SequenceMatcher

MEMORY = {
    "de": {"Hello world": "Hallo Welt", "Good morning!": "Guten Morgen!"},
    "fr": {"Hello world": "Bonjour le monde"},
}


def exact_matches(segments, memory):
    return {s: memory[s] for s in segments if s in memory}


def fuzzy_matches(segments, memory, threshold=0.8):
    matches = []
    for s in segments:
        if s in memory:
            continue
        score, best = max(((SequenceMatcher(None, s, m).ratio(), m) for m in memory), default=(0, None))
        if score >= threshold:
            matches.append({"segment": s, "match": memory[best], "score": round(score, 3)})
    return matches


def cost(segments, exact, fuzzy):
    words = sum(len(s.split()) for s in segments if s not in exact)
    return round(0.12 * words - 0.06 * sum(len(f["segment"].split()) for f in fuzzy), 2)


def handler(event, context):
    target = event["target"]
    memory = MEMORY[target]

    exact = exact_matches(event["segments"], memory)
    fuzzy = fuzzy_matches(event["segments"], memory)

    return {
        "target": target,
        "segments": len(event["segments"]),
        "exact": exact,
        "fuzzy": fuzzy,
        "cost": cost(event["segments"], exact, fuzzy),
    }
