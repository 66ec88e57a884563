# events: [{"applicant": {"id": "a-1", "income": 4200, "debts": [300, 150], "age": 34}, "amount": 15000}, {"applicant": {"id": "a-2", "income": 1200, "debts": [600], "age": 20}, "amount": 30000}]
# safe: applicant_id, debt_ratio, scorecard, limit
# unsafe: offer (computed last)
"""Credit pre-check. The handler stays thin so that `assess` can be used from the batch job too."""


def debt_ratio(applicant):
    return round(sum(applicant["debts"]) / applicant["income"], 3)


def scorecard(applicant, ratio):
    points = {"income": min(applicant["income"] // 100, 50)}
    points["debts"] = 30 if ratio < 0.2 else 10 if ratio < 0.4 else 0
    points["age"] = 20 if applicant["age"] >= 25 else 5
    return points


def monthly_rate(amount, months=48, interest=0.049):
    r = interest / 12
    return round(amount * r / (1 - (1 + r) ** -months), 2)


def assess(event):
    applicant = event["applicant"]
    ratio = debt_ratio(applicant)
    card = scorecard(applicant, ratio)
    limit = sum(card.values()) * 300
    offer = {"rate": monthly_rate(min(event["amount"], limit)), "months": 48} if limit else None
    return {
        "applicant_id": applicant["id"],
        "debt_ratio": ratio,
        "scorecard": card,
        "limit": limit,
        "offer": offer,
    }


def lambda_handler(event, context):
    return assess(event)
