# events: [{}, {"n": 1}]
# early: squares, text, rows, found
def numbers(rows):
    return iter((1, 2, 3) if rows else ())


FUNCTIONS = {"numbers": numbers}


def lambda_handler(event, context):
    squares, text, rows = [], "text", []
    for i in range(5):
        squares.append(i * i)
    steps = 0
    if event:
        steps = 1
    while steps < 100:
        steps += 1
        for _ in range(3):
            steps += 1
            if steps == 50:
                break
    try:
        found = 1 / len(event)
    except ZeroDivisionError:
        found = None
    while steps < 200:
        if event:
            steps += 1
        while steps % 7:
            steps += 1
        steps += 1
    if found is None:
        text += "!"
    while True:
        rows.append([len(text)])
        if len(rows) > 3:
            break
    for _ in FUNCTIONS["numbers"](rows):
        steps += 1
        print("steps", steps)
    while steps < 300:
        steps += len([steps])
    return {"squares": squares, "text": text, "rows": rows, "found": found, "steps": steps}
