"""What the pages say: commands are run and print what is shown, tables are complete, links lead somewhere.

A command that cannot be run here stands in shown_commands.toml, with what shows it instead.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from botocore.client import BaseClient

import examples
from functions import unique_name
from records import records_in
from shown_commands import PAGES, ROOT, Shown, run, shown

SHOWN = list(shown())
ELSEWHERE = tomllib.loads((ROOT / "tests" / "shown_commands.toml").read_text())
README = (ROOT / "README.md").read_text()
# What runs on any machine, without a network, in the project's folder.
HERE = ("unum-streaming ", "python3 docs/cost.py ")
# These options of theirs ask AWS.
AWS = (" --log-group ", " --aws ")


def entry_of(command: str) -> str | None:
    """The key in shown_commands.toml that is about this command."""
    for key in ELSEWHERE:
        if command == key or key.endswith("…") and command.startswith(key.removesuffix("…")):
            return key
    return None


def is_run_here(one: Shown) -> bool:
    return one.command.startswith(HERE) and not any(option in one.command for option in AWS)


@pytest.mark.parametrize(
    "one", [one for one in SHOWN if is_run_here(one)], ids=lambda one: f"{one.page}:{one.command}"
)
def test_a_shown_command_does_what_is_shown(one: Shown, command_line: Path) -> None:
    finished = run(one.command, command_line.parent)
    assert finished.returncode == 0, finished.stdout
    if one.output is not None:
        assert trimmed(finished.stdout) == trimmed(one.output), f"{one.page} shows something else"


def trimmed(text: str) -> list[str]:
    """Pages have no spaces at the ends of their lines."""
    return [line.rstrip() for line in text.splitlines()]


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: f"{one.page}:{one.command}")
def test_every_command_is_run_or_accounted_for(one: Shown) -> None:
    assert is_run_here(one) != (entry_of(one.command) is not None), (
        f"{one.page} shows `{one.command}`: test_documents.py has to run it, or shown_commands.toml to say why not"
    )
    assert is_run_here(one) or one.output is None, f"nobody compares this output: {one.command}"


@pytest.mark.parametrize("key", ELSEWHERE)
def test_what_stands_in_for_a_command_is_there(key: str) -> None:
    assert any(entry_of(one.command) == key for one in SHOWN), "no page shows this any more"
    entry = ELSEWHERE[key]
    assert entry.keys() == {"because", "proof"}
    proof = re.match(r"(tests/[\w/]+\.py)(?:::(\w+))?", entry["proof"])
    if proof:
        source = (ROOT / proof[1]).read_text()
        assert proof[2] is None or f"def {proof[2]}(" in source, f"{proof[1]} has no {proof[2]}"
    else:
        assert entry["proof"].startswith("nothing: ") or "tests/" in entry["proof"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page: Path) -> None:
    named = set(re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z][a-z0-9-]+)", code_of(page), re.MULTILINE))
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named - targets == set()


def code_of(page: Path) -> str:
    """Blocks and what stands between backticks, a line each."""
    text = page.read_text()
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return "\n".join([*blocks, *inline]) + "\n"


def test_what_is_invoked_is_in_the_template() -> None:
    invoked = [one for one in SHOWN if one.command.startswith("sam remote invoke ")]
    for one in invoked:
        folder = "quickstart" if one.page == "README.md" else Path(one.page).parent.name
        words = one.command.split()
        assert words[3] in examples.functions_of(folder), one
        assert (examples.ROOT / folder / words[words.index("--event-file") + 1]).is_file(), one
    assert invoked


def test_permissions_are_there_before_they_are_needed() -> None:
    by_hand = README.partition("\n1. Publish the layer and a table:")[2].partition("\n## ")[0]
    assert 0 < by_hand.index("Permissions") < by_hand.index("`AWS_LAMBDA_EXEC_WRAPPER`")


def test_the_table_is_made_as_shown(dynamodb: BaseClient) -> None:
    name = unique_name()
    commands = [
        one.command.replace("unum-fields", name) for one in SHOWN if one.command.startswith("aws dynamodb ")
    ]
    assert [command.split()[2] for command in commands] == [
        "create-table",
        "wait",
        "update-time-to-live",
    ]
    try:
        for command in commands:
            finished = run(command)
            assert finished.returncode == 0, finished.stdout
        table = dynamodb.describe_table(TableName=name)["Table"]
        keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    finally:
        dynamodb.delete_table(TableName=name)
    assert keys == {"HASH": "stream", "RANGE": "field"}
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires_at")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^):]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "README.md"]
    assert [page for page in pages if f"({page})" not in index] == []


def rows_below(heading: str) -> str:
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("|"))


def test_the_settings_table_is_complete() -> None:
    def named_in(path: str) -> set[str]:
        code = (ROOT / "bootstrap" / path).read_text().partition("#[cfg(test)]")[0]
        return set(re.findall(r'"(UNUM_[A-Z_]+)"', code))

    read, known = named_in("src/config.rs"), named_in("settings/src/lib.rs")
    assert len(read) > 5 and read == known
    assert set(re.findall(r"^\| `(UNUM_\w+)` \|", rows_below("Settings"), re.MULTILINE)) == read


def test_every_error_is_explained() -> None:
    sources = [*(ROOT / "bootstrap" / "src").rglob("*.rs"), *(ROOT / "layer" / "python").rglob("*.py")]
    text = "".join(source.read_text() for source in sources)
    raised = set(re.findall(r'"(Unum\.\w+)"', text)) | set(
        re.findall(r"^class (Streaming\w+Error)", text, re.MULTILINE)
    )
    explained = re.findall(
        r"`(Unum\.\w+|Streaming\w+Error)`", rows_below("What you see when something goes wrong")
    )
    assert raised == set(explained) and "Unum.FieldChanged" in raised


def members_below(page: str, heading: str) -> list[set[str]]:
    """For each table, what stands between backticks in the first column."""
    section = (ROOT / page).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    tables = re.findall(r"^\| member \| .*\n\|[-|]+\|\n((?:\|.*\n)+)", section, re.MULTILINE)
    first_columns = [" ".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE)) for table in tables]
    return [set(re.findall(r"`(\w+)`", column)) for column in first_columns]


def printed_json(command: str, command_line: Path) -> dict:
    return json.loads(run(f"unum-streaming {command} --format json", command_line.parent).stdout)


def test_every_member_of_transform_is_described(command_line: Path) -> None:
    document = printed_json("transform docs/examples/measure.py", command_line)
    described = members_below("docs/how-it-decides.md", "For programs")
    assert described == [set(document), set(document["settings"]), set(document["report"])]
    analysed = printed_json("analyze docs/examples/measure.py", command_line)
    assert analysed == {"file": "docs/examples/measure.py", **document["report"]}


def test_every_member_of_the_timeline_is_described(command_line: Path) -> None:
    document = printed_json("timeline docs/records/pipeline-on.log", command_line)
    assert list(document) == ["chains"]
    assert members_below("docs/seeing.md", "The numbers") == [set(document["chains"][0])]


def test_the_prices_are_the_benchmarks_prices() -> None:
    sys.path.insert(0, str(ROOT / "tests" / "bench"))
    import prices

    script = (ROOT / "docs" / "cost.py").read_text()
    defaults = {
        name: float(value)
        for name, value in re.findall(
            r'"--(write-unit|read-unit|gb-second|request|memory-mb)".*?default=([\d.]+)', script
        )
    }
    assert defaults == pytest.approx(
        {
            "write-unit": prices.WRITE_UNIT * 1e6,
            "read-unit": prices.READ_UNIT * 1e6,
            "gb-second": prices.GB_SECOND * 1e6,
            "request": prices.REQUEST * 1e6,
            "memory-mb": prices.MEMORY_GB * 1024,
        }
    )


def test_the_worked_example_is_calculated_right() -> None:
    page = (ROOT / "docs" / "cost.md").read_text()
    outputs = [one.output or "" for one in SHOWN if one.command.startswith("python3 docs/cost.py ")]
    (off, on), (large_off, large_on) = (
        [line.split() for line in output.splitlines()[1:3]] for output in outputs
    )
    requests, writes, reads, milliseconds = (float(on[at]) for at in (1, 3, 5, 6))
    bills = {
        "requests": requests * 0.20,
        "time": milliseconds / 1000 * 0.5 * 16.6667,
        "writes": writes * 0.625,
        "reads": reads * 0.125,
    }
    together, before = sum(bills.values()), sum(map(float, off[-3:]))
    for name, dollars in {**bills, "together": together}.items():
        assert re.search(rf"^\| {name} \| .*\| \${dollars:.2f} \|$", page, re.MULTILINE), (name, dollars)
    assert f"Without streaming it is ${before:.2f}: {together / before - 1:.0%}".replace("%", " %") in page
    large, large_before = (sum(map(float, row[-3:])) for row in (large_on, large_off))
    more = f"{large / large_before - 1:.0%}".replace("%", " %")
    assert f"costs ${large:.2f} instead of ${large_before:.2f}, {more} more" in page
    # The reader that waits: 2 s or 10 ms; the large field: 100 KB.
    assert f"${2 * 0.5 * 16.6667:.2f} for a million runs instead of ${0.01 * 0.5 * 16.6667:.2f}" in page
    assert f"${100 * 0.625:.2f} for a million runs, and 25 read units, ${25 * 0.125:g}" in page


def test_the_times_are_those_of_the_records() -> None:
    took = []
    for streaming in ("on", "off"):
        log = (ROOT / "docs" / "records" / f"pipeline-{streaming}.log").read_text()
        records = list(records_in(log))
        took.append((records[-1]["ended_ms"] - records[0]["received_ms"]) / 1000)
    told = f"{took[0]:.2f} s instead of {took[1]:.1f} s"
    for page in ("README.md", "docs/faq.md"):
        assert told in (ROOT / page).read_text(), page


def test_the_picture_is_what_the_tool_draws(command_line: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "timeline.svg"
    records = [f"docs/records/pipeline-{streaming}.log" for streaming in ("on", "off")]
    command = ["timeline", records[0], "--compare", records[1], "--title", "Four functions, five fields each"]
    subprocess.run([command_line, *command, "--svg", drawn], cwd=ROOT, check=True, capture_output=True)
    assert drawn.read_text() == (ROOT / "docs" / "timeline.svg").read_text(), (
        f"draw it again: unum-streaming {shlex.join(command)} --svg docs/timeline.svg"
    )
