def lambda_handler(event, context):
    a = [1]
    b = {"k": 1}

    class Writer:
        rows = a

        def write(self):
            b["k"] += 1
            return len(self.rows)

    writer = Writer()
    c = writer.write()
    writer.rows.append("late")
    return {"a": a, "b": b, "c": c, "d": writer.write()}
