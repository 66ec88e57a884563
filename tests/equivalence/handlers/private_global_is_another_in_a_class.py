# events: [{"n": 1}]
def __respond(n, rows):
    return {"n": n, "rows": rows}


def _App__respond(n, rows):
    return {"rows": rows, "n": n}


class App:
    def run(self, event, context):
        n = event["n"] + 1
        rows = [str(n)]
        return __respond(n, rows)


lambda_handler = App().run
