def lambda_handler(event, context):
    data = event.get("data", [])

    statistical = compute_statistical_features(data)
    for value in data:
        temporal = value
    entropy = compute_entropy_features(data)

    return {"statistical": statistical, "temporal": temporal, "entropy": entropy, "version": 1}
