def lambda_handler(event, context):
    rows = []
    for number in range(3):
        row = {"number": number}
        rows.append(row)
    total = len(event)
    for row in ():
        total += 1
    row["last"] = True
    return {"rows": rows, "total": total}
