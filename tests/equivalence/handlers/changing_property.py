class Counter:
    def __init__(self):
        self._rows = []

    @property
    def rows(self):
        self._rows.append(len(self._rows))
        return self._rows

    @property
    def fresh(self):
        return list(self.rows)


def lambda_handler(event, context):
    counter = Counter()
    a = counter.rows
    b = counter.fresh
    c = counter.rows[-1]
    return {"a": a, "b": b, "c": c, "d": counter.fresh, "e": counter.rows, "f": len(counter.fresh)}
