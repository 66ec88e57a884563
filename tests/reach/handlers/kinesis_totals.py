# events: [{"Records": [{"kinesis": {"data": "eyJ2IjogMX0="}}, {"kinesis": {"data": "eyJ2IjogNX0="}}]}, {"Records": []}]
# unsafe: shard (a constant alone), count (computed last), total (computed last), maximum (computed last)
import base64
import json
import os

SHARD = os.environ.get("SHARD_NAME", "shardId-000000000000")


def lambda_handler(event, context):
    shard = SHARD
    print(f"processing {len(event['Records'])} records of {shard}")
    count = 0
    total = 0.0
    maximum = None
    for record in event["Records"]:
        payload = json.loads(base64.b64decode(record["kinesis"]["data"]))
        count += 1
        total += payload["v"]
        if maximum is None or payload["v"] > maximum:
            maximum = payload["v"]
    return {"shard": shard, "count": count, "total": total, "maximum": maximum}
