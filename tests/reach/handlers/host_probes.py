# events: [{"hosts": ["a.example.com", "b.example.com"]}, {"hosts": []}]
# safe: checked, results
# unsafe: down (computed last)
import asyncio


async def probe(host):
    await asyncio.sleep(0)
    return {"host": host, "ok": not host.startswith("b."), "status": 200 if not host.startswith("b.") else 503}


async def probe_all(hosts):
    return await asyncio.gather(*(probe(h) for h in hosts))


def lambda_handler(event, context):
    hosts = event["hosts"]
    checked = len(hosts)
    results = list(asyncio.run(probe_all(hosts)))
    down = [r["host"] for r in results if not r["ok"]]
    return {"checked": checked, "results": results, "down": down}
