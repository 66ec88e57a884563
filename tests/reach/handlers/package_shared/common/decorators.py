import functools

from . import logger


def logged(level="INFO"):
    """Says when a handler begins and how it ends."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            logger.info(f"{level}: {function.__name__} begins")
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                logger.error(f"{function.__name__} failed: {error}")
                raise
            logger.info(f"{level}: {function.__name__} gives {len(result)} fields")
            return result

        return wrapper

    return decorate
