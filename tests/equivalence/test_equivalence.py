"""Every handler gives the same, as written and streamed, on every interpreter: result, output, errors, next's event."""

from cases import find_all

# What there must be at least: a transformer that does nothing would pass every comparison.
FIXTURES, HANDLERS, STREAMING = 60, 140, 125


def test_same_as_written(case, suite):
    differences = []
    for version, runs in suite.results(case).items():
        found = runs.differences()
        if case.is_caught:
            found = [] if _is_caught(runs) else ["nothing was caught", *found]
        elif missing := case.early - runs.early:
            found.append(f"not published early: {sorted(missing)}" if runs.streamed else "it did not start")
        if case.runs_as_written and runs.early:
            found.append(f"published, though it is to run as written: {sorted(runs.early)}")
        differences += [f"{version}: {one}" for one in found]
    assert not differences, "\n".join(differences)


def _is_caught(runs):
    """It failed by name where it is not the same, and at least once."""
    same = [a.kind == b.kind and a.body == b.body for a, b in zip(runs.plain, runs.streamed, strict=True)]
    named = [outcome.error_type == "Unum.FieldChanged" for outcome in runs.streamed]
    return any(named) and all(one or other for one, other in zip(same, named, strict=True))


def test_enough_was_run_and_streamed(suite):
    cases = find_all()
    ours = [case for case in cases if case.source.parent.name == "handlers"]
    assert len(cases) - len(ours) >= FIXTURES
    assert len(ours) >= HANDLERS
    streaming = [case.name for case in cases if any(runs.early for runs in suite.results(case).values())]
    assert len(streaming) >= STREAMING, streaming
