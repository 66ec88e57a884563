import hashlib

from .rates import chargeable_weight, price, zone


def make_label(parcels, country):
    digest = hashlib.blake2b(repr((parcels, country)).encode(), digest_size=6).hexdigest()
    return f"{country}-{digest.upper()}"


def handler(event, context):
    parcels = event["parcels"]
    country = event["to"]

    weights = [chargeable_weight(p) for p in parcels]
    z = zone(country)
    prices = [price(w, z) for w in weights]
    label = make_label(parcels, country)

    return {"destination": country, "weights": weights, "zone": z, "prices": prices, "label": label}
