# events: [{"query": "bike repair", "documents": ["how to repair a bike", "cooking pasta", "bike shop in berlin"]}, {"query": "x", "documents": []}]
# safe: model, query_vector, norms, similarities
# unsafe: ranking (computed last)
import hashlib
import math

DIM = 16


def embed(text):
    vec = [0.0] * DIM
    for token in text.lower().split():
        for n in (3, 4):
            for i in range(max(len(token) - n + 1, 1)):
                h = hashlib.md5(token[i : i + n].encode()).digest()
                vec[h[0] % DIM] += 1 if h[1] & 1 else -1
    return vec


def norm(v):
    return math.sqrt(sum(x * x for x in v))


def cosine(a, b):
    d = norm(a) * norm(b)
    return round(sum(x * y for x, y in zip(a, b)) / d, 5) if d else 0.0


def lambda_handler(event, context):
    query_vector = embed(event["query"])

    vectors = [embed(d) for d in event["documents"]]
    norms = [round(norm(v), 4) for v in vectors]
    similarities = [cosine(query_vector, v) for v in vectors]
    ranking = sorted(range(len(vectors)), key=lambda i: -similarities[i])

    return {
        "model": "hash-16",
        "query_vector": query_vector,
        "norms": norms,
        "similarities": similarities,
        "ranking": ranking,
    }
