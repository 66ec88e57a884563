"""Stands where Lambda has /var/runtime/bootstrap.py: sets sys.path as Lambda does, runs awslambdaric."""

import os
import sys


def set_paths():
    if "PYTHONPATH" not in os.environ:
        version = "python{}.{}".format(*sys.version_info[:2])
        os.environ["PYTHONPATH"] = os.environ["LAMBDA_RUNTIME_DIR"]
        sys.path[:0] = ["/opt/python/lib/" + version + "/site-packages", "/opt/python"]
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])


if __name__ == "__main__":
    set_paths()
    # Under this name: tools such as Sentry's integration look for it here.
    from awslambdaric import __main__ as awslambdaricmain

    awslambdaricmain.main([sys.argv[0], os.environ["_HANDLER"]])
