# early: a
import asyncio


async def fetch(n):
    await asyncio.sleep(0)
    return [n, {"n": n}]


async def both(rows):
    return await asyncio.gather(fetch(1), fetch(2))


def lambda_handler(event, context):
    a = asyncio.run(fetch(0))
    b = asyncio.run(both(a[:]))
    c = len(b)
    return {"a": a, "b": b, "c": c}
