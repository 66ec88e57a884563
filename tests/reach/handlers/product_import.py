# events: [{"product": {"sku": " a-1 ", "name": "Red  BIKE", "price": "199,90", "tags": ["Sport", "sport", "City"]}}, {"product": {"sku": "b-7", "name": "lamp", "currency": "USD"}}]
# safe: sku, name, price, currency, tags
# unsafe: slug (computed last)
import re
import unicodedata


def clean_price(text):
    return float(text.replace(".", "").replace(",", ".")) if text else None


def slugify(*parts):
    text = unicodedata.normalize("NFKD", "-".join(parts)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def lambda_handler(event, context):
    raw = event["product"]

    product = dict(sku=raw["sku"].strip().upper())
    product["name"] = " ".join(raw["name"].split()).title()
    product["price"] = clean_price(raw.get("price"))
    product.setdefault("currency", raw.get("currency", "EUR"))
    product["tags"] = sorted({t.lower() for t in raw.get("tags", [])})
    product["slug"] = slugify(product["sku"], product["name"])
    return product
