import contextlib


class _Recorder:
    @contextlib.contextmanager
    def in_subsegment(self, name):
        yield self

    def put_annotation(self, key, value):
        pass

    def capture(self, name=None):
        return lambda function: function


xray_recorder = _Recorder()


def patch_all():
    pass
