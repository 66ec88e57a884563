"""As much of requests as the handlers call."""

import json as _json

_ANSWERS = {
    "/rates": {"base": "EUR", "rates": {"USD": 1.08, "GBP": 0.85, "JPY": 169.4}},
    "/forecast": {"hourly": {"temperature": [14.2, 15.1, 17.8, 16.0], "rain": [0.0, 0.2, 1.4, 0.0]}},
    "/search": {"features": [{"name": "Berlin", "lat": 52.52, "lon": 13.405}]},
}


class RequestException(IOError):
    pass


class HTTPError(RequestException):
    pass


class Timeout(RequestException):
    pass


class Response:
    def __init__(self, path):
        self.status_code = 200 if path in _ANSWERS else 404
        self.text = _json.dumps(_ANSWERS.get(path, {"error": "not found"}))
        self.ok = self.status_code < 400

    def json(self):
        return _json.loads(self.text)

    def raise_for_status(self):
        if not self.ok:
            raise HTTPError(f"{self.status_code} Client Error")


def get(url, params=None, headers=None, timeout=None):
    path = url.split("?")[0]
    return Response("/" + path.rpartition("/")[2])


def post(url, json=None, data=None, headers=None, timeout=None):
    return get(url)


class Session:
    def __init__(self):
        self.headers = {}

    def get(self, url, **options):
        return get(url, **options)

    def post(self, url, **options):
        return post(url, **options)
