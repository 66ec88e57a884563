# events: [{}, {"more": 1}]
def lambda_handler(event, context):
    if event:
        rows = []
        for number in range(3):
            row = {"number": number}
            rows.append(row)
        total = len(event)
    else:
        rows = []
        for number in range(2):
            row = {"number": number}
            rows.append(row)
        total = 0
        row["last"] = True
    return {"rows": rows, "total": total}
