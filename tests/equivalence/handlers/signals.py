# early: a
import signal


class Alarm(Exception):
    pass


def ring(number, frame):
    raise Alarm(number)


def lambda_handler(event, context):
    signal.signal(signal.SIGUSR1, ring)
    a = [1]
    try:
        signal.raise_signal(signal.SIGUSR1)
        b = "not reached"
    except Alarm as alarm:
        b = [alarm.args[0] == signal.SIGUSR1]
    c = len(a)
    if event:
        signal.raise_signal(signal.SIGUSR1)
    return {"a": a, "b": b, "c": c}
