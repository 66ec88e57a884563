# events: [{"user": "ada", "policies": [{"Effect": "Allow", "Action": ["s3:*", "ec2:Describe*"]}, {"Effect": "Deny", "Action": ["s3:DeleteBucket"]}], "last_used": {"s3": 3, "ec2": 200}}, {"user": "svc-old", "policies": [], "last_used": {}}]
# safe: reviewed_by, user, allowed, denied, wildcards
# unsafe: stale (computed last), score (computed last)
import fnmatch
import os

REVIEWER = os.environ.get("REVIEWER", "access-bot")
STALE_DAYS = 90

invocations = 0


def actions(policies, effect):
    return sorted(a for p in policies if p["Effect"] == effect for a in p["Action"])


def is_denied(action, denied):
    return any(fnmatch.fnmatch(action, d) for d in denied)


def lambda_handler(event, context):
    global invocations
    invocations += 1

    policies = event["policies"]
    allowed = actions(policies, "Allow")
    denied = actions(policies, "Deny")
    wildcards = [a for a in allowed if "*" in a and not is_denied(a, denied)]
    print(f"#{invocations} {event['user']}: {len(wildcards)} wildcards")

    if (stale := [s for s, days in event["last_used"].items() if days > STALE_DAYS]) and wildcards:
        score = 10 * len(wildcards) + len(stale)
    else:
        score = len(wildcards)

    return {
        "reviewed_by": REVIEWER,
        "user": event["user"],
        "allowed": allowed,
        "denied": denied,
        "wildcards": wildcards,
        "stale": stale,
        "score": score,
    }
