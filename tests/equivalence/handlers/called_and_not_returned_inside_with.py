# events: [{"n": 1}, {"n": 2}]
import threading

lock = threading.Lock()


class App:
    def run(self, event):
        n = event["n"] + 1
        rows = [str(n)]
        return {"n": n, "rows": rows}


app = App()


def lambda_handler(event, context):
    with lock: event = app.run(event); return app.run(event)
