"""A meeting point on loopback for functions under test: one waits until another has come to a certain place.

With it a test says what must happen before what, and needs no sleep: in the wrong order it never ends.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_SECONDS = 60

# Goes with a function's files as `rendezvous.py`.
CLIENT = '''
import http.client, json, os

def _ask(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ["RENDEZVOUS"])
    connection.request(method, path, body)
    return connection.getresponse().read()

def arrive(place, news=None):
    """Says that this place has been reached, with news for the test."""
    _ask("POST", "/" + place, json.dumps(news))

def wait_for(place):
    """Returns what was told at the place, once somebody has arrived there."""
    return json.loads(_ask("GET", "/" + place))
'''


class Rendezvous:
    def __init__(self) -> None:
        self._news: dict[str, list[Any]] = {}
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def arrive(self, place: str, news: Any = None) -> None:
        with self._changed:
            self._news.setdefault(place, []).append(news)
            self._changed.notify_all()

    def wait_for(self, place: str, arrivals: int = 1) -> Any:
        """The latest news from the place, once so many have arrived there."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: len(self._news.get(place, [])) >= arrivals, PATIENCE_SECONDS
            ):
                raise AssertionError(f"nobody came to {place}; places reached: {self._news}")
            return self._news[place][-1]

    def all_news(self, place: str) -> list[Any]:
        with self._changed:
            return list(self._news.get(place, []))

    def has_come(self, place: str) -> bool:
        with self._changed:
            return place in self._news

    def forget(self) -> None:
        with self._changed:
            self._news.clear()

    @contextmanager
    def open(self) -> Iterator[Rendezvous]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        meeting = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                meeting.arrive(self.path[1:], json.loads(body))
                self._answer(None)

            def do_GET(self) -> None:
                self._answer(meeting.wait_for(self.path[1:]))

            def _answer(self, news: Any) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(news).encode())

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler
