"""Takes an order from the web. The caller gets its price and delivery; Fulfilment gets each as soon as it is known."""

import base64
import json

# Cents and grams of one piece.
ARTICLES = {"kettle": (4500, 1200), "cup": (800, 250), "saucer": (500, 180)}
# VAT in per cent, days on the way, cents for each started kilogram.
COUNTRIES = {"AT": (20, 2, 390), "DE": (19, 2, 290), "FR": (20, 3, 450), "PT": (23, 5, 690)}


def body_of(event):
    """The request's body, as JSON; None if it is not."""
    body = event.get("body") or ""
    try:
        return json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
    except ValueError:
        return None


def what_is_wrong(order):
    """Why this is no order, or None."""
    if not isinstance(order, dict) or not isinstance(order.get("customer"), str):
        return "an order is an object with a customer, a country and lines"
    if order.get("country") not in COUNTRIES:
        return "we deliver to " + ", ".join(COUNTRIES)
    if not isinstance(order.get("lines"), list) or not order["lines"]:
        return "there is nothing in this order"
    for line in order["lines"]:
        if not isinstance(line, dict) or line.get("sku") not in ARTICLES:
            return "we sell " + ", ".join(ARTICLES)
        if not isinstance(line.get("quantity"), int) or not 1 <= line["quantity"] <= 100:
            return "a quantity is a number from 1 to 100"
    return None


def items_of(order):
    return [{"sku": line["sku"], "quantity": line["quantity"]} for line in order["lines"]]


def price_of(order):
    net = sum(ARTICLES[line["sku"]][0] * line["quantity"] for line in order["lines"])
    vat = round(net * COUNTRIES[order["country"]][0] / 100)
    return {"net": net, "vat": vat, "total": net + vat}


def delivery_of(order):
    grams = sum(ARTICLES[line["sku"]][1] * line["quantity"] for line in order["lines"])
    _, days, cents = COUNTRIES[order["country"]]
    return {"customer": order["customer"], "grams": grams, "days": days, "cents": -(-grams // 1000) * cents}


def lambda_handler(event, context):
    order = body_of(event)
    problem = what_is_wrong(order)
    if problem:
        # This result goes to Fulfilment, too. Only behind this return are the result's keys certain, so nothing streams
        # before it.
        return {"statusCode": 400, "body": json.dumps({"error": problem})}
    items = items_of(order)
    price = price_of(order)
    delivery = delivery_of(order)
    return {"items": items, "price": price, "delivery": delivery}
