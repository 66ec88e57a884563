# events: [{"n": 1}]
def logged(function):
    def wrapper(self, event, context):
        print("called")
        return function(self, event, context)

    return wrapper


def louder(function):
    def wrapper(self, event, context):
        return {**function(self, event, context), "n": 0}

    return wrapper


class App:
    @logged
    def run(self, event, context):
        n = event["n"] + 1
        rows = [str(n)]
        return {"n": n, "rows": rows}

    run = louder(run)


lambda_handler = App().run
