"""Puts the features into words. Each is used as soon as it is there; nothing here knows about that."""

import json


def lambda_handler(event, context):
    statistical = event["statistical"]
    lower, median, upper = statistical["quartiles"]
    lines = [f"{statistical['count']} values around {median:.2f}, half of them within {upper - lower:.2f}"]
    if abs(statistical["skewness"]) > 0.5:
        lines.append("the distribution leans to one side")

    temporal = event["temporal"]
    if temporal["strength"] > 0.3:
        lines.append(f"it repeats every {temporal['period']} values")
    else:
        lines.append("it shows no rhythm")

    entropy = event["entropy"]
    regular = entropy["sample"] is not None and entropy["sample"] < 0.5
    lines.append(f"it is {'regular' if regular else 'irregular'} ({entropy['shannon']:.2f} bits per value)")

    summary = {"lines": lines, "features": dict(event)}
    print("SUMMARY " + json.dumps(summary))
    return summary
