# events: [{"n": 1}]
class App:
    def run(self, events):
        n = events[0]["n"] + 1
        rows = [str(n)]
        return {"n": n, "rows": rows}


app = App()


def lambda_handler(event, context):
    return app.run([app.run([one]) for one in [event, event]])
