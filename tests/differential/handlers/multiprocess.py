"""Handlers that use `multiprocessing`, with functions that a spawned child must be able to import."""

import logging
import multiprocessing
import os
import sys


def _square(n, sender):
    sender.send(n * n)
    sender.close()


def _print(text):
    print(text)


def _log(text):
    logging.error(text)


def _fail():
    raise ValueError("in the child")


def _exit(code):
    sys.exit(code)


def _event(event, sender):
    sender.send(sorted(event.items()))


def square(event, context):
    method = multiprocessing.get_context(event["method"])
    receiver, sender = method.Pipe(duplex=False)
    process = method.Process(target=_square, args=(event["n"], sender))
    process.start()
    sender.close()
    result = receiver.recv()
    process.join()
    return {"result": result, "status": [process.exitcode]}


def several(event, context):
    method = multiprocessing.get_context(event["method"])
    pairs = []
    for n in range(3):
        receiver, sender = method.Pipe(duplex=False)
        process = method.Process(target=_square, args=(n, sender))
        process.start()
        sender.close()
        pairs.append((process, receiver))
    results = [receiver.recv() for _, receiver in pairs]
    for process, _ in pairs:
        process.join()
    return {"results": results}


def prints(event, context):
    method = multiprocessing.get_context(event["method"])
    print("before", flush=True)
    process = method.Process(target=_print, args=("from the child",))
    process.start()
    process.join()
    print("after")
    return {"status": process.exitcode}


def logs(event, context):
    method = multiprocessing.get_context(event["method"])
    process = method.Process(target=_log, args=("from the child",))
    process.start()
    process.join()
    return {"status": process.exitcode}


def fails(event, context):
    method = multiprocessing.get_context(event["method"])
    process = method.Process(target=_fail)
    process.start()
    process.join()
    return {"status": process.exitcode}


def exits(event, context):
    method = multiprocessing.get_context(event["method"])
    process = method.Process(target=_exit, args=(5,))
    process.start()
    process.join()
    return {"status": process.exitcode}


def passes_the_event(event, context):
    method = multiprocessing.get_context(event["method"])
    receiver, sender = method.Pipe(duplex=False)
    process = method.Process(target=_event, args=(event, sender))
    process.start()
    sender.close()
    result = receiver.recv()
    process.join()
    return {"items": result}


def with_a_queue(event, context):
    """Needs semaphores, and so /dev/shm, which Lambda has not; here it has to end the same way."""
    method = multiprocessing.get_context(event["method"])
    try:
        queue = method.Queue()
    except OSError as error:
        return {"error": type(error).__name__}
    process = method.Process(target=queue.put, args=(1,))
    process.start()
    result = queue.get()
    process.join()
    return {"result": result}


def pool(event, context):
    method = multiprocessing.get_context(event["method"])
    try:
        with method.Pool(2) as workers:
            return {"results": workers.map(abs, [-1, 2, -3])}
    except OSError as error:
        return {"error": type(error).__name__}


def process_pool_executor(event, context):
    from concurrent.futures import ProcessPoolExecutor

    try:
        method = multiprocessing.get_context(event["method"])
        with ProcessPoolExecutor(2, mp_context=method) as workers:
            return {"results": list(workers.map(abs, [-1, 2]))}
    except OSError as error:
        return {"error": type(error).__name__}


def names(event, context):
    process = multiprocessing.current_process()
    return {
        "name": process.name,
        "main": process.pid == os.getpid(),
        "method": multiprocessing.get_start_method(),
    }
