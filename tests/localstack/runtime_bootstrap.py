"""Stands where Lambda has /var/runtime/bootstrap.py: loads awslambdaric, sets sys.path as Lambda does, runs it."""

import os
import site
import sys

# Under this name: tools such as Sentry's integration look for it here. And now: what it imports is not looked for
# among the function's own files.
from awslambdaric import __main__ as awslambdaricmain


def set_paths():
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    library = "lib/python{}.{}/site-packages".format(*sys.version_info)
    layers = [] if "PYTHONPATH" in os.environ else ["/opt/python/" + library, "/opt/python"]
    # https://docs.aws.amazon.com/lambda/latest/dg/python-image.html: from 3.11 on it is before /var/runtime.
    own = [os.path.join(sys.prefix, library)] if layers and sys.version_info >= (3, 11) else []
    sys.path[:0] = [task_root] + layers + own
    for folder in [task_root] + layers:
        site.addsitedir(folder)
    os.environ.setdefault("PYTHONPATH", os.environ["LAMBDA_RUNTIME_DIR"])


def main():
    set_paths()
    awslambdaricmain.main([os.environ["LAMBDA_TASK_ROOT"], os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
