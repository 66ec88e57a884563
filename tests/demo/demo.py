"""The demo: a chain of four functions on LocalStack, without and with streaming, side by side.

Runs inside the test environment, with AWS_ENDPOINT_URL naming the emulator: `make demo` takes care of both.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["Generator", "Processor", "Analyzer", "Reporter"]
FIELDS = 5
RUN_SECONDS = 120


def main():
    arguments = parse_arguments()
    field_seconds = arguments.field_milliseconds / 1000
    with tempfile.TemporaryDirectory(prefix="unum-demo-") as folder, contextlib.ExitStack() as stacks:
        template = lay_out(Path(folder), arguments.layer)
        chains = {}
        for streaming in ("off", "auto"):
            with step(f"Deploying the chain with streaming {label(streaming)}"):
                chains[streaming] = stacks.enter_context(deployed(template, streaming, arguments))
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


def lay_out(folder, layer):
    """The template names the layer by a path beside it, so both go into one folder."""
    template = folder / "sam-templates" / "pipeline"
    shutil.copytree(ROOT / "sam-templates" / "pipeline", template)
    shutil.copytree(layer, folder / "dist" / "layer")
    return template / "template.yaml"


@contextlib.contextmanager
def deployed(template, streaming, arguments):
    name = f"unum-demo-{label(streaming)}"
    bucket = f"{name}-{int(time.time() * 1000)}"
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=bucket)
    try:
        parameters = {
            "PythonRuntime": arguments.python_runtime,
            "FieldMilliseconds": arguments.field_milliseconds,
            "Streaming": streaming,
            "LogLevel": "debug",
        }
        sam(
            "deploy",
            *("--template-file", template),
            *("--stack-name", name),
            *("--s3-bucket", bucket),
            *("--capabilities", "CAPABILITY_IAM"),
            *("--no-confirm-changeset", "--no-progressbar"),
            *("--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())),
        )
        yield Chain(name)
    finally:
        sam("delete", "--stack-name", name, "--s3-bucket", bucket, "--no-prompts")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=entry["Key"])
        s3.delete_bucket(Bucket=bucket)


def sam(*arguments):
    command = ["sam", *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode:
        raise SystemExit(f"sam {arguments[0]} failed:\n{finished.stdout}{finished.stderr}")


class Chain:
    """A deployed stack of the pipeline template."""

    def __init__(self, stack):
        outputs = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        self.functions = {output["OutputKey"]: output["OutputValue"] for output in outputs}
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
            lines = {stage: self.lines(stage) for stage in STAGES}
            found = {stage: record_of(lines[stage], session) for stage in STAGES}
            if all(found.values()):
                records = [found[stage] for stage in STAGES]
                failed = [record["function"] for record in records if record["outcome"] != "returned"]
                if failed:
                    raise SystemExit(f"{failed[0]} failed:\n" + "".join(lines[STAGES[-1]][-20:]))
                return Run(records, report_of(lines[STAGES[-1]]))
            time.sleep(0.2)
        raise SystemExit(f"the chain did not end within {RUN_SECONDS} s; the last lines of {STAGES[0]}:\n"
                         + "\n".join(lines[STAGES[0]][-20:]))

    def lines(self, stage):
        with contextlib.suppress(self.logs.exceptions.ResourceNotFoundException):
            group = f"/aws/lambda/{self.functions[stage]}"
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            return [event["message"] for page in pages for event in page["events"]]
        return []


def record_of(lines, session):
    for line in lines:
        start = line.find('{"unum_streaming"')
        if start >= 0:
            record = json.loads(line[start:])["unum_streaming"]
            if record["session"] == session:
                return record
    return None


def report_of(lines):
    return [line for line in lines if line.startswith("REPORT ")][-1].strip()


class Run:
    def __init__(self, records, report):
        self.records = records
        self.report = report

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
        ("the pipeline's own bound", f"{ideal:.2f} s",
         f"({len(STAGES)} functions + {FIELDS} fields - 1) x {field_seconds:.2f} s"),
        ("fields streamed", str(last.streamed()), "by the three functions that have a next"),
        ("field store: writes", str(last.total("store", "writes")), f"{last.total('store', 'bytes_written')} bytes"),
        ("field store: reads", str(last.total("store", "reads")), f"{last.total('store', 'bytes_read')} bytes"),
        ("same report in every run", "yes" if len(reports) == 1 else "NO", ""),
    ]
    print(f"\n  {len(STAGES)} functions x {FIELDS} fields x {field_seconds:.2f} s, end to end, "
          f"median of {len(runs['off'])} warm runs, interleaved\n")
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
        lines = [json.dumps({"unum_streaming": record}) for record in some[-1].records]
        files[streaming].write_text("\n".join(lines) + "\n")
    svg = arguments.out / "timeline.svg"
    subprocess.run(
        [arguments.cli, "timeline", files["auto"], "--compare", files["off"], "--svg", svg,
         "--title", "Four functions, five fields each"],
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


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\nstopped") from None
