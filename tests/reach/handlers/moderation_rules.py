# events: [{"comment": {"id": 1, "author": "bob", "text": "BUY NOW http://spam.example http://spam.example/2 you idiot"}}, {"comment": {"id": 2, "author": "ada", "text": "Nice article, thank you."}}]
# safe: comment_id, author, language, links, shouting, toxicity, verdict
import re
import unicodedata

BLOCKLIST = {"idiot": 0.8, "stupid": 0.6, "spam": 0.3}
URL = re.compile(r"https?://\S+")


def normalise(text):
    text = unicodedata.normalize("NFKD", text)
    return "".join(ch for ch in text if not unicodedata.combining(ch)).lower()


def toxicity(text):
    hits = [BLOCKLIST[w] for w in re.findall(r"\w+", normalise(text)) if w in BLOCKLIST]
    return round(1 - _product(1 - h for h in hits), 3)


def _product(values):
    result = 1.0
    for v in values:
        result *= v
    return result


def verdict(links, shouting, toxic):
    if toxic > 0.7 or len(links) > 3:
        return "reject"
    if toxic > 0.3 or shouting > 0.3 or links:
        return "review"
    return "accept"


def lambda_handler(event, context):
    comment = event["comment"]
    text = comment["text"]

    language = "en" if re.search(r"\b(the|you|thank)\b", text, re.I) else "unknown"
    links = URL.findall(text)
    letters = [c for c in text if c.isalpha()]
    shouting = round(sum(c.isupper() for c in letters) / (len(letters) or 1), 3)
    toxic = toxicity(text)
    decision = verdict(links, shouting, toxic)

    result = dict(
        comment_id=comment["id"],
        author=comment["author"],
        language=language,
        links=links,
        shouting=shouting,
        toxicity=toxic,
        verdict=decision,
    )
    print(f"{context.aws_request_id} {result['verdict']}")
    return result
