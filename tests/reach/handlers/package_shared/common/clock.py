import time

from . import logger


class Stopwatch:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *error):
        took = time.perf_counter() - self.start
        logger.info(f"{self.name}: {'quick' if took < 60 else 'slow'}")
