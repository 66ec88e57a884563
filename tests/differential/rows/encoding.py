"""Events in and results out, byte for byte."""

from differential.row import Event, field_is, returns

ROWS = [
    returns("none", "None"),
    returns("echo", "event", events=['{"a": [1, 2.50, 1e3]}', "[]", '"text"', "1", "null", "true"]),
    returns("not_json", "event", events=["", "{", '{"a": 1,}']),
    returns("no_json_bytes", r'b"\x00\xffraw"'),
    field_is("tuple", "(1, (2,))", streams=True),
    returns("text_event", "repr(event)", events=[Event("raw", content_type="text/plain")]),
]
