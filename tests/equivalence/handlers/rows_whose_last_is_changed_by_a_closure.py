def lambda_handler(event, context):
    row = None

    def close():
        row["last"] = True

    rows = []
    for number in range(3):
        row = {"number": number}
        rows.append(row)
    total = len(event)
    close()
    return {"rows": rows, "total": total}
