# events: [{"codes": ["J45", "I10", "X99"]}, {"codes": ["I10"]}]
# safe: known, unknown, chapters
# unsafe: catalog_version (computed last)
"""Maps diagnosis codes. The catalog is kept between invocations."""
import functools
import json
import time


@functools.lru_cache(maxsize=None)
def catalog():
    time.sleep(0.2)  # slow upstream
    return json.loads('{"version": "2024.1", "codes": {"J45": "Asthma", "I10": "Hypertension"}}')


_chapters = {}


def chapter(code):
    if code not in _chapters:
        _chapters[code] = {"I": "circulatory", "J": "respiratory"}.get(code[0], "other")
    return _chapters[code]


def lambda_handler(event, context):
    codes = event["codes"]
    names = catalog()["codes"]

    known = {c: names[c] for c in codes if c in names}
    unknown = [c for c in codes if c not in names]
    chapters = {c: chapter(c) for c in codes}

    return {
        "known": known,
        "unknown": unknown,
        "chapters": chapters,
        "catalog_version": catalog()["version"],
    }
