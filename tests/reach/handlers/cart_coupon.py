# events: [{"prices": {"A": 10.0, "B": 99.0}, "coupon": "SUMMER"}, {"prices": {"A": 20.0}, "coupon": null}]
# safe: items, coupon
# unsafe: total (computed last: the coupon still reduces it), discount (computed last), points (computed last)
import boto3

COUPONS = {"SUMMER": 0.2, "VIP": 0.3}
sqs = boto3.client("sqs")


def lambda_handler(event, context):
    prices = event["prices"]

    items = [{"sku": sku, "price": price} for sku, price in sorted(prices.items())]
    total = sum(i["price"] for i in items)

    sqs.send_message(QueueUrl="https://sqs.example.com/carts", MessageBody=str(total))

    discount = 0.0
    if event["coupon"] in COUPONS:
        discount = round(total * COUPONS[event["coupon"]], 2)
        total = round(total - discount, 2)
    points = int(total // 10)

    return {
        "items": items,
        "coupon": event["coupon"],
        "total": total,
        "discount": discount,
        "points": points,
    }
