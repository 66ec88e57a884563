# events: [{"id": "a"}, {}]
def lambda_handler(event, context):
    """A price, with its \N{EURO SIGN}."""
    total = [n * 2 for n in range(3)]
    label = "\N{EURO SIGN} ".join(str(n) for n in total)
    text = f"{total} \N{EURO SIGN} {event['id']}"
    last = len("\N{BULLET}" "\N{DEGREE SIGN}")
    return {"total": total, "label": label, "text": text, "sign": "\N{EURO SIGN}", "last": last}
