# events: [{"order": {"id": 7, "total": 80.0, "country": "DE"}}, {"order": {"id": 8, "total": 900.0, "country": "CH"}}]
# safe: id, total, customs, risk
# unsafe: carrier (computed last)
CARRIERS = {"DE": "dhl", "CH": "post"}


def customs(order):
    if order["country"] == "DE":
        return {"required": False, "duty": 0.0}
    return {"required": True, "duty": round(order["total"] * 0.077, 2)}


def risk(order):
    level = 0
    for bound in (100, 500, 1000):
        level += order["total"] > bound
    return ["none", "low", "medium", "high"][level]


def pick_carrier(order):
    options = sorted((len(name), name) for name in CARRIERS.values())
    return CARRIERS.get(order["country"], options[0][1])


def lambda_handler(event, context):
    order = event["order"]
    enriched = {"id": order["id"], "total": order["total"]}
    enriched |= {"customs": customs(order), "risk": risk(order)}
    enriched["carrier"] = pick_carrier(order)
    return enriched
