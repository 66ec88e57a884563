"""Handlers as people write them: nearly all that could stream does, and nothing else, and they give what they gave."""

import json

from reach import find_all, reach, share

HANDLERS = 60
# Of the fields that a careful reviewer calls safe: what the transformer publishes. The aim is 0.9.
FLOOR = 0.97
# Of the same fields: what really goes ahead. A value that can change waits where somebody else holds it, too.
FLOOR_AT_RUN_TIME = 0.93


def test_there_are_enough_handlers():
    assert len(find_all()) >= HANDLERS


def test_most_of_what_is_safe_streams():
    reached = share(map(reach, find_all()))
    print(f"{reached:.1%} of the safe fields stream")
    assert reached >= FLOOR


def test_every_field_is_marked_and_nothing_else_is_published(handler):
    found = reach(handler)
    assert not found.unmarked
    assert not {*handler.safe} & {*handler.unsafe}
    assert len({*handler.safe}) == len(handler.safe)


def test_the_marks_name_the_fields(handler, suite):
    bodies = [
        outcome.body for outcome in suite.runs(handler, suite.newest).plain if outcome.kind == "returned"
    ]
    returned = {name for body in bodies for name in json.loads(body)}
    assert returned == {*handler.safe, *handler.unsafe}


def test_same_as_written(handler, suite):
    differences = []
    for version in suite.versions:
        runs = suite.runs(handler, version)
        found = runs.differences()
        if unmarked := runs.early - {*handler.safe} - handler.harmless:
            found.append(f"published, but not marked as safe: {sorted(unmarked)}")
        if not runs.plain:
            found.append("it did not start")
        elif not any(outcome.kind == "returned" for outcome in runs.plain):
            found.append("it returned for no event")
        differences += [f"{version}: {one}" for one in found]
    assert not differences, "\n".join(differences)


def test_what_is_published_goes_ahead(suite):
    """At run time, on the newest interpreter: in at least one event."""
    early = planned = safe = 0
    for one in map(reach, find_all()):
        marked, published = {*one.handler.safe}, {*one.handler.safe} - {*one.missing}
        really = suite.runs(one.handler, suite.newest).early & marked
        if kept := sorted(published - really):
            print(f"{one.handler.name}: waits for the return after all: {', '.join(kept)}")
        safe += len(marked)
        planned += len(published)
        early += len(really)
    print(f"{early / safe:.1%} of the safe fields are published early, {early} of {planned} that may be")
    assert early / safe >= FLOOR_AT_RUN_TIME
