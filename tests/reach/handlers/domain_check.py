# events: [{"domain": "example.com"}, {"domain": "test.org"}]
# safe: domain, records
# unsafe: certificate (computed last), grade (computed last)
import asyncio
import hashlib


async def dns(domain):
    await asyncio.sleep(0)
    digest = hashlib.md5(domain.encode()).digest()
    return [".".join(str(b) for b in digest[i : i + 4]) for i in (0, 4)]


async def certificate(domain):
    await asyncio.sleep(0)
    return {"issuer": "Example CA", "days_left": len(domain) * 7}


async def process(event):
    domain = event["domain"]
    records = await dns(domain)
    cert = await certificate(domain)
    grade = "A" if cert["days_left"] > 60 else "B"
    return {"domain": domain, "records": records, "certificate": cert, "grade": grade}


def lambda_handler(event, context):
    return asyncio.run(process(event))
