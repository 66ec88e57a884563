# events: [{"user_id": "u-1", "limit": 2}, {"user_id": "u-9"}]
# safe: user_id, history_size, neighbours, recommendations, popular
# unsafe: generated_at (computed last)
import math
from collections import defaultdict
from datetime import datetime, timezone

import boto3

ratings_table = boto3.resource("dynamodb").Table("ratings")


def load_ratings():
    return {item["user"]: item["items"] for item in ratings_table.scan()["Items"]}


def cosine(a, b):
    common = a.keys() & b.keys()
    if not common:
        return 0.0
    dot = sum(a[k] * b[k] for k in common)
    return dot / math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))


def nearest(user, ratings, k=2):
    mine = ratings.get(user, {})
    scored = [(round(cosine(mine, theirs), 4), other) for other, theirs in ratings.items() if other != user]
    return [{"user": other, "similarity": s} for s, other in sorted(scored, reverse=True)[:k] if s > 0]


def recommend(user, ratings, neighbours, limit):
    seen = ratings.get(user, {})
    scores = defaultdict(float)
    for n in neighbours:
        for item, rating in ratings[n["user"]].items():
            if item not in seen:
                scores[item] += n["similarity"] * rating
    return [item for item, _ in sorted(scores.items(), key=lambda kv: (-kv[1], kv[0]))[:limit]]


def popular_items(ratings):
    totals = defaultdict(int)
    for items in ratings.values():
        for item, rating in items.items():
            totals[item] += rating
    return sorted(totals, key=lambda i: (-totals[i], i))[:3]


def lambda_handler(event, context):
    user_id = event["user_id"]
    limit = event.get("limit", 5)

    ratings = load_ratings()
    history = ratings.get(user_id, {})
    neighbours = nearest(user_id, ratings)
    recommendations = recommend(user_id, ratings, neighbours, limit)

    response = {
        "user_id": user_id,
        "history_size": len(history),
        "neighbours": neighbours,
        "recommendations": recommendations,
        "popular": popular_items(ratings),
        "generated_at": datetime.now(timezone.utc).isoformat(),
    }
    print(f"{len(recommendations)} recommendations for {user_id}")
    return response
