"""The smallest Python runtime that could work: a socket, `json`, the handler, and nothing of what users rely on.

No context, no errors, no logging: a floor to measure from, not a runtime.
"""

import importlib
import json
import os
import socket
import sys


def main():
    host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    api = socket.create_connection((host, int(port)))
    api.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asking = f"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    while True:
        api.sendall(asking)
        headers, event = receive(api)
        body = json.dumps(handler(json.loads(event), None)).encode()
        path = f"/2018-06-01/runtime/invocation/{headers[b'lambda-runtime-aws-request-id'].decode()}/response"
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        api.sendall(head + body)
        receive(api)


def receive(api):
    data = bytearray()
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += take(api)
    lines = bytes(data[:end]).split(b"\r\n")[1:]
    headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
    body = data[end + 4 :]
    while len(body) < int(headers[b"content-length"]):
        body += take(api)
    return headers, body


def take(api):
    # No more than the C library keeps at hand: a larger buffer would be mapped and unmapped each time.
    data = api.recv(1 << 16)
    if not data:
        sys.exit()
    return data


if __name__ == "__main__":
    main()
