def work(data):
    rows = [data]
    more = {"rows": rows}
    rows.append("late")
    return {"rows": rows, "more": more}


def lambda_handler(event, context):
    done = work(1)
    rows = done["rows"]
    more = [done["more"]]
    rows.append("later")
    return {"rows": rows, "more": more, "n": len(rows)}
