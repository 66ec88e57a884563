# events: [{"invoice": {"number": "2024-0117", "currency": "EUR", "items": [{"net": "100.00", "vat": "0.19"}, {"net": "40.50", "vat": "0.07"}]}}, {"invoice": {"number": "2024-0118", "currency": "EUR", "items": []}}]
# safe: number, currency, net, vat, gross, due_date
# unsafe: pdf_url (computed last)
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import boto3

CENT = Decimal("0.01")
s3 = boto3.client("s3")


def money(value):
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def vat_by_rate(items):
    sums = {}
    for item in items:
        sums.setdefault(item["vat"], Decimal(0))
        sums[item["vat"]] += Decimal(item["net"]) * Decimal(item["vat"])
    return {rate: str(money(amount)) for rate, amount in sorted(sums.items())}


def upload_pdf(number, gross):
    key = f"invoices/{number}.pdf"
    s3.put_object(Bucket="acme-invoices", Key=key, Body=f"Invoice {number}: {gross}".encode())
    return s3.generate_presigned_url("get_object", Params={"Bucket": "acme-invoices", "Key": key}, ExpiresIn=600)


def lambda_handler(event, context):
    invoice = event["invoice"]
    items = invoice["items"]

    net = money(sum((Decimal(i["net"]) for i in items), Decimal(0)))
    vat = vat_by_rate(items)
    gross = money(net + sum((Decimal(v) for v in vat.values()), Decimal(0)))
    due_date = (datetime.utcnow() + timedelta(days=14)).date().isoformat()

    return {
        "number": invoice["number"],
        "currency": invoice["currency"],
        "net": str(net),
        "vat": vat,
        "gross": str(gross),
        "due_date": due_date,
        "pdf_url": upload_pdf(invoice["number"], gross),
    }
