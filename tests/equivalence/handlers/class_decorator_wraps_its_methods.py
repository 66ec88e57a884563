# events: [{"n": 1}]
def logged(function):
    def wrapper(self, event, context):
        print("called")
        return function(self, event, context)

    return wrapper


def instrumented(cls):
    run = cls.run
    cls.run = lambda self, event, context: {**run(self, event, context), "n": 0}
    return cls


@instrumented
class App:
    @logged
    def run(self, event, context):
        n = event["n"] + 1
        rows = [str(n)]
        return {"n": n, "rows": rows}


lambda_handler = App().run
