import os
import time

FIELD_SECONDS = int(os.environ.get("FIELD_MILLISECONDS", "500")) / 1000


def work():
    """Stands for the time that a real computation of one field takes."""
    time.sleep(FIELD_SECONDS)
