# early: ab
def say(n):
    print("value", n)
    return [n]


def lambda_handler(event, context):
    x = say(1)
    y = say(2)
    return {"a" "b": x, r"\n": y, "\x63": say(3), """d
e""": say(4), "": say(5), "it's \"": say(6)}
