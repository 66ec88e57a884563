import functools


class DynamoDBPersistenceLayer:
    def __init__(self, table_name):
        self.table_name = table_name
        self.records = {}


class IdempotencyConfig:
    def __init__(self, event_key_jmespath="", **options):
        self.key = event_key_jmespath


def idempotent(function=None, persistence_store=None, config=None, **options):
    if function is None:
        return lambda given: idempotent(given, persistence_store, config)

    @functools.wraps(function)
    def wrapper(event, context):
        key = str(event.get(config.key)) if config else str(event)
        if key not in persistence_store.records:
            persistence_store.records[key] = function(event, context)
        return persistence_store.records[key]

    return wrapper
