"""Never imports `logging`."""


def handler(event, context):
    print("only print")
    context.log("and the context\n")
    raise ValueError("reported all the same")
