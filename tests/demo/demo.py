"""The demo: a chain of four functions on LocalStack, without and with streaming, side by side.

Runs inside the test environment, with AWS_ENDPOINT_URL naming the emulator: `make demo` takes care of both.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import stacks  # noqa: E402
from records import record_of  # noqa: E402

STAGES = ["Generator", "Processor", "Analyzer", "Reporter"]
FIELDS = 5
RUN_SECONDS = 120
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def main():
    arguments = parse_arguments()
    field_seconds = arguments.field_milliseconds / 1000
    with tempfile.TemporaryDirectory(prefix="unum-demo-") as folder, contextlib.ExitStack() as standing:
        template = stacks.lay_out(Path(folder), "pipeline", arguments.layer)
        chains = {}
        for streaming in ("off", "auto"):
            parameters = {
                "PythonRuntime": arguments.python_runtime,
                "FieldMilliseconds": arguments.field_milliseconds,
                "Streaming": streaming,
                "LogLevel": "debug",
            }
            with step(f"Deploying the chain with streaming {label(streaming)}"):
                # A LocalStack of our own ends with the demo, and what is on it, too.
                delete = "HOST_MODE" not in os.environ
                stack = stacks.deployed(template, f"unum-demo-{label(streaming)}", parameters, delete)
                chains[streaming] = Chain(standing.enter_context(stack))
        runs = {streaming: [] for streaming in chains}
        for number in range(arguments.rounds + 1):
            for streaming, chain in chains.items():
                warm = f"run {number} of {arguments.rounds}" if number else "cold start, not counted"
                with step(f"Streaming {label(streaming):3}  {warm}"):
                    run = chain.run()
                if number:
                    runs[streaming].append(run)
        print_table(runs, field_seconds)
        draw_timeline(runs, arguments)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layer", type=Path, required=True, help="folder that holds the layer's files")
    parser.add_argument("--cli", type=Path, required=True, help="the unum-streaming command")
    parser.add_argument("--out", type=Path, required=True, help="folder for the timeline and the records")
    parser.add_argument("--field-milliseconds", type=int, default=250, help="how long each field takes")
    parser.add_argument("--rounds", type=int, default=3, help="measured runs of each chain")
    parser.add_argument("--python-runtime", default=f"python{sys.version_info[0]}.{sys.version_info[1]}")
    return parser.parse_args()


class Chain:
    """A deployed stack of the pipeline template."""

    def __init__(self, functions):
        self.functions = functions
        self.lambda_client = boto3.client("lambda")
        self.logs = boto3.client("logs")

    def run(self):
        """Invokes the first function and waits for the record of the last one."""
        event = (ROOT / "sam-templates/pipeline/events/start.json").read_bytes()
        answer = self.lambda_client.invoke(FunctionName=self.functions[STAGES[0]], Payload=event)
        if "FunctionError" in answer:
            raise SystemExit(f"{STAGES[0]} failed: {answer['Payload'].read().decode()}")
        session = answer["ResponseMetadata"]["RequestId"]
        deadline = time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            logs = {stage: self.log(stage) for stage in STAGES}
            found = {stage: record_of(logs[stage], session) for stage in STAGES}
            if all(found.values()):
                records = [found[stage] for stage in STAGES]
                for stage in STAGES:
                    if found[stage]["outcome"] != "returned":
                        raise SystemExit(f"{stage} failed; the end of its log:\n{tail(logs[stage])}")
                return Run(self.functions, records, report_in(logs[STAGES[-1]]))
            time.sleep(0.2)
        stuck = next(stage for stage in STAGES if not found[stage])
        raise SystemExit(
            f"{stuck} did not end within {RUN_SECONDS} s; the end of its log:\n" + tail(logs[stuck])
        )

    def log(self, stage):
        with contextlib.suppress(self.logs.exceptions.ResourceNotFoundException):
            group = f"/aws/lambda/{self.functions[stage]}"
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            return "".join(event["message"] for page in pages for event in page["events"])
        return ""


def report_in(log):
    return [line for line in log.splitlines() if line.startswith("REPORT {")][-1]


def tail(log):
    return "\n".join(log.splitlines()[-20:])


class Run:
    def __init__(self, functions, records, report):
        self.functions = functions
        self.records = records
        self.report = report

    def text(self):
        """The records a line each, with the functions' names as the template has them."""
        text = "".join(json.dumps({"unum_streaming": record}) + "\n" for record in self.records)
        for stage in STAGES:
            text = text.replace(self.functions[stage], stage)
        return text

    def seconds(self):
        return (self.records[-1]["ended_ms"] - self.records[0]["received_ms"]) / 1000

    def total(self, *path):
        return sum(record[path[0]][path[1]] for record in self.records)

    def streamed(self):
        """Fields that left their function before it returned."""
        return sum(
            1
            for record in self.records
            for published in record["published"]
            if any(invoked["early"] for invoked in record["next"]) and published["at_ms"] < record["ended_ms"]
        )


def print_table(runs, field_seconds):
    medians = {name: statistics.median(run.seconds() for run in some) for name, some in runs.items()}
    spreads = {name: [f(run.seconds() for run in some) for f in (min, max)] for name, some in runs.items()}
    last = runs["auto"][-1]
    ideal = (len(STAGES) + FIELDS - 1) * field_seconds
    reports = {run.report for some in runs.values() for run in some}
    rows = [
        ("streaming off", f"{medians['off']:.2f} s", "{:.2f} to {:.2f}".format(*spreads["off"])),
        ("streaming on", f"{medians['auto']:.2f} s", "{:.2f} to {:.2f}".format(*spreads["auto"])),
        ("speed-up", f"{medians['off'] / medians['auto']:.2f} x", ""),
        (
            "the pipeline's own bound",
            f"{ideal:.2f} s",
            f"({len(STAGES)} functions + {FIELDS} fields - 1) x {field_seconds:.2f} s",
        ),
        ("fields streamed", str(last.streamed()), "by the three functions that have a next"),
        (
            "field store: writes",
            str(last.total("store", "writes")),
            f"{last.total('store', 'bytes_written')} bytes",
        ),
        (
            "field store: reads",
            str(last.total("store", "reads")),
            f"{last.total('store', 'bytes_read')} bytes",
        ),
        ("same report in every run", "yes" if len(reports) == 1 else "NO", ""),
    ]
    print(
        f"\n  {len(STAGES)} functions x {FIELDS} fields x {field_seconds:.2f} s, end to end, "
        f"median of {len(runs['off'])} warm runs, interleaved\n"
    )
    for name, value, remark in rows:
        print(f"  {name:<26}{value:>9}   {remark}")
    print()
    if len(reports) != 1:
        raise SystemExit("the reports differ: " + "\n".join(sorted(reports)))


def draw_timeline(runs, arguments):
    arguments.out.mkdir(parents=True, exist_ok=True)
    files = {}
    for streaming, some in runs.items():
        files[streaming] = arguments.out / f"{label(streaming)}.log"
        files[streaming].write_text(some[-1].text())
    svg = arguments.out / "timeline.svg"
    subprocess.run(
        [
            arguments.cli,
            "timeline",
            files["auto"],
            "--compare",
            files["off"],
            "--svg",
            svg,
            "--title",
            "Four functions, five fields each",
        ],
        check=True,
    )
    print(f"\nThe same as a picture: {svg}")


@contextlib.contextmanager
def step(what):
    print(f"  {what} ... ", end="", flush=True)
    begun = time.monotonic()
    yield
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def label(streaming):
    return "on" if streaming == "auto" else streaming


def stop(number, frame):
    """Ends the demo, once: nothing interrupts the clean-up that follows."""
    for interrupt in INTERRUPTS:
        signal.signal(interrupt, signal.SIG_IGN)
    raise SystemExit("\nstopped")


if __name__ == "__main__":
    for interrupt in INTERRUPTS:
        signal.signal(interrupt, stop)
    main()
