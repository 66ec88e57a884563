# events: [{"config": {"timeout": 30, "retries": 3, "endpoint": "https://api.example.com"}}, {"config": {"timeout": "x", "extra": 1}}, {}]
# safe: errors, warnings, normalized
# unsafe: valid (computed last), fingerprint (computed last)
import hashlib
import json

SCHEMA = {
    "timeout": (int, True),
    "retries": (int, False),
    "endpoint": (str, True),
}
DEFAULTS = {"retries": 2}


def check_types(config):
    errors = []
    for name, (kind, required) in SCHEMA.items():
        if name not in config:
            if required:
                errors.append(f"{name}: missing")
        elif not isinstance(config[name], kind):
            errors.append(f"{name}: expected {kind.__name__}, got {type(config[name]).__name__}")
    return errors


def check_unknown(config):
    return [f"{name}: unknown setting" for name in sorted(config) if name not in SCHEMA]


def normalize(config):
    merged = {**DEFAULTS, **{k: v for k, v in config.items() if k in SCHEMA}}
    return dict(sorted(merged.items()))


def lambda_handler(event, context):
    config = event.get("config")
    if not isinstance(config, dict):
        raise ValueError("config must be an object")

    result = {"errors": check_types(config)}
    result["warnings"] = check_unknown(config)
    result["normalized"] = normalize(config)
    result.update(
        valid=not result["errors"],
        fingerprint=hashlib.md5(json.dumps(config, sort_keys=True).encode()).hexdigest(),
    )
    return result
