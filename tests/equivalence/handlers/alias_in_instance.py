class Report:
    def __init__(self):
        self.rows = []

    def add(self, row):
        self.rows.append(row)
        return self


def lambda_handler(event, context):
    report = Report()
    a = report.add(1).rows
    b = {"n": len(a)}
    report.add(2)
    c = len(report.rows)
    return {"a": a, "b": b, "c": c}
