# handler: lambda_handler
# early: rows
class Table:
    def fill(self, event, context):
        rows = []
        for i in range(5):
            rows.append(i)
        n = 0
        for i in range(3):
            n += 1
        while n < 100:
            n += len([n])
        return {"rows": rows, "n": n}


lambda_handler = Table().fill
