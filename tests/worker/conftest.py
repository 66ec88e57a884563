"""Every interpreter found here runs every test."""

import os
import textwrap

import pytest

import package
from driver import Ready, Worker
from runners import PYTHONS
from texts import KEYS


@pytest.fixture(scope="session", params=PYTHONS.values(), ids=PYTHONS)
def python(request):
    return request.param


@pytest.fixture
def start(python, tmp_path):
    """Starts a worker whose module `app` has the given text; what differs in the transformed text is `transformed`."""
    workers = []

    def starter(text, transformed=None, keys=KEYS, handler="app.handler", env=None, **settings):
        path = tmp_path / "app.py"
        path.write_text(textwrap.dedent(text))
        worker = Worker(
            python, env={"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path), **(env or {})}
        )
        workers.append(worker)
        if transformed is None:
            assert isinstance(worker.init({"handler": handler}), Ready)
        else:
            settings = {"module": "app", "path": str(path), "injected": "__unum__", "keys": keys, **settings}
            ready = worker.init({"handler": handler, **settings}, textwrap.dedent(transformed))
            assert isinstance(ready, Ready), ready
        return worker

    yield starter
    for worker in workers:
        worker.close()


@pytest.fixture
def packed(tmp_path):
    """Our modules as a layer has them."""
    binary = tmp_path / "bootstrap"
    binary.write_bytes(b"")
    package.lay_out(binary, tmp_path / "layer")
    return tmp_path / "layer" / "python" / "unum_streaming"
