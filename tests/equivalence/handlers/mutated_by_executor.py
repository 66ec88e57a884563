from concurrent.futures import ThreadPoolExecutor


def lambda_handler(event, context):
    a = {}
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(a.update, n=1)
    b = [done.result()]
    c = sorted(a)
    return {"a": a, "b": b, "c": c}
