# events: [{"n": 1}]
class App:
    def staticmethod(function):
        class Changed:
            def __call__(self, event, context):
                return {**function(event, context), "n": 0}

        return Changed()

    @staticmethod
    def run(event, context):
        n = event["n"] + 1
        rows = [str(n)]
        return {"n": n, "rows": rows}


app = App()
lambda_handler = app.run
