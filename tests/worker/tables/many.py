"""How often names are compared while so many fields are read: at once, and one after the other."""

import json
import sys

sys.path.insert(0, sys.argv[1])
from unum_streaming.lazy import Futures, lazy_event  # noqa: E402


class Name(str):
    compared = 0

    def __eq__(self, other):
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


class Channel:
    def ask(self, names, futures):
        return {Name(name): (b"V", [b"1"]) for name in names}


def compared(count, read):
    names = [Name("f%d" % number) for number in range(count)]
    event = lazy_event(dict.fromkeys(names, {}), Futures(Channel(), names, "s", "A"))
    Name.compared = 0
    read(event)
    assert dict(event) == dict.fromkeys(names, 1)
    return Name.compared


if __name__ == "__main__":
    reads = {
        "at_once": lambda event: event.copy(),
        "one_by_one": lambda event: [event[name] for name in event],
    }
    print(
        json.dumps({name: [compared(count, read) for count in (100, 1000)] for name, read in reads.items()})
    )
