def lambda_handler(event, context):
    a = [f"{event.get("n")} and {f"{"deep"!r:>{len("width") + 4}}"}" 'tail']
    b = f"{a["0" == "1"]}" f'{(c := len(a))=}'
    print(f"{
        b  # over several lines
    }")
    return {"a": a, "b": b, "c": c, "d": f"{event.get("d", {"x": 1})["x"]}"}
