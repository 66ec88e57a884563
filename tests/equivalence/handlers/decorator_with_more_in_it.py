# early: a
import functools


def named(prefix="time"):
    """A decorator with a name."""
    label = prefix.upper()

    def decorate(function):
        name = function.__name__
        print("decorates", name)

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            print(label, name)
            try:
                result = function(*args, **kwargs)
            except Exception:
                print("failed")
                raise
            finally:
                print("done")
            return result

        return wrapper

    return decorate


@named(prefix="run")
def lambda_handler(event, context):
    a = f()
    print("a")
    return {"a": a, "b": g()}
