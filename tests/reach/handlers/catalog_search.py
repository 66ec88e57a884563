# events: [{"q": "pc case", "page": 1}, {"q": "tv"}, {"q": ""}]
# safe: ok, query, terms, hits
# unsafe: facets (computed last), error (only of the failure)
import math
import re

from aws_lambda_powertools.utilities.parameters import get_parameter

CATALOG = [
    {"id": 1, "title": "Computer case, black", "category": "pc"},
    {"id": 2, "title": "Television 55 inch", "category": "tv"},
    {"id": 3, "title": "Case for glasses", "category": "misc"},
]


def success(**data):
    return {"ok": True, **data}


def failure(message):
    return {"ok": False, "error": message}


def expand(query):
    synonyms = dict(p.split("=") for p in get_parameter("/search/synonyms").split(","))
    terms = re.findall(r"\w+", query.lower())
    return terms + [synonyms[t] for t in terms if t in synonyms]


def search(terms):
    hits = []
    for doc in CATALOG:
        words = re.findall(r"\w+", doc["title"].lower())
        score = sum(1 / math.sqrt(len(words)) for t in terms if t in words)
        if score:
            hits.append({"id": doc["id"], "score": round(score, 4)})
    return sorted(hits, key=lambda h: -h["score"])


def lambda_handler(event, context):
    query = event.get("q", "").strip()
    if not query:
        return failure("empty query")
    terms = expand(query)
    hits = search(terms)
    facets = sorted({d["category"] for d in CATALOG if any(h["id"] == d["id"] for h in hits)})
    return success(query=query, terms=terms, hits=hits, facets=facets)
