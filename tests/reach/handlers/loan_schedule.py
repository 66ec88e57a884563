# events: [{"principal": 200000, "rate": 3.5, "years": 2}, {"principal": 0, "rate": 3.5, "years": 30}, {"rate": 3.5, "years": 10}, {"principal": 1000, "rate": 0, "years": 1}]
# safe: status, monthly_payment, total_interest, schedule
# unsafe: effective_rate (computed last), message (only of the refusals)
def monthly_payment(principal, annual_rate, years):
    n = years * 12
    if annual_rate == 0:
        return round(principal / n, 2)
    r = annual_rate / 100 / 12
    return round(principal * r / (1 - (1 + r) ** -n), 2)


def amortization(principal, annual_rate, payment):
    rows, balance, month = [], principal, 0
    while balance > 0.005 and month < 600:
        month += 1
        interest = round(balance * annual_rate / 1200, 2)
        paid = min(payment, balance + interest)
        balance = round(balance + interest - paid, 2)
        rows.append({"month": month, "interest": interest, "principal": round(paid - interest, 2), "balance": balance})
    return rows


def lambda_handler(event, context):
    # validation
    for field in ("principal", "rate", "years"):
        if field not in event:
            return {"status": "error", "message": f"{field} is missing"}
    if event["principal"] <= 0:
        return {"status": "error", "message": "principal must be positive"}
    if not 0 < event["years"] <= 40:
        return {"status": "error", "message": "between 1 and 40 years"}

    principal, rate, years = event["principal"], event["rate"], event["years"]

    payment = monthly_payment(principal, rate, years)
    total_interest = round(payment * years * 12 - principal, 2)
    schedule = amortization(principal, rate, payment)
    effective = round(((1 + rate / 1200) ** 12 - 1) * 100, 4)

    return {
        "status": "ok",
        "monthly_payment": payment,
        "total_interest": total_interest,
        "schedule": schedule,
        "effective_rate": effective,
    }
