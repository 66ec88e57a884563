"""A chain of three functions, A → B → C, as real processes of the layer on a cloud where things go wrong.

Every value that an attempt computes carries the attempt's own mark, so whoever sees values can tell whose they are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition

import dynamodb
from faults.cloud import Cloud
from faults.function import Delivery, Ending, Environment, Function
from faults.plan import CLIENT, Fault, Plan, Step
from host_mode.loopback import Loopback, Request, Response
from lambda_process import OURS, Managed, Runtime

HEAD = """\
import http.client, json, os, time, uuid

PAUSE_S = float(os.environ["PAUSE_S"])

def saw(function, values):
    connection = http.client.HTTPConnection(os.environ["WITNESS"])
    connection.request("POST", "/" + function, json.dumps(values))
    connection.getresponse().read()

def handler(event, context):
    mark = uuid.uuid4().hex
"""
# What stands behind `time.sleep` must not be there before next can have been started: handlers that are done at once do
# not stream.
SOURCES = {
    "A": HEAD
    + """\
    chain = event["chain"]
    first = [chain, mark]
    time.sleep(PAUSE_S)
    second = [chain, mark]
    time.sleep(PAUSE_S)
    third, fourth = [chain, mark], [chain, mark]
    return {"first": first, "second": second, "third": third, "fourth": fourth}
""",
    "B": HEAD
    + """\
    first = event["first"]
    head = [first[0], mark, first[1]]
    time.sleep(PAUSE_S)
    second, third, fourth = event["second"], event["third"], event["fourth"]
    saw("B", {"chain": first[0], "marks": [first[1], second[1], third[1], fourth[1]]})
    rest = [first[0], mark, second[1], third[1], fourth[1]]
    return {"head": head, "rest": rest}
""",
    "C": HEAD
    + """\
    head, rest = event["head"], event["rest"]
    saw("C", {"chain": head[0], "marks": [head[1], rest[1]]})
    saw("C", {"chain": head[0], "marks": [head[2], *rest[2:]]})
    return {"chain": head[0], "mark": mark, "of_a": head[2], "of_b": head[1]}
""",
}
NEXT = {"A": "B", "B": "C"}
# A function's time: far more than it needs on a loaded machine, and less than its reader's. A reader whose source was
# killed without a word waits until the source's time is up.
SECONDS = {"A": 10.0, "B": 20.0, "C": 40.0}


@dataclass
class Chain:
    """What became of one chain."""

    name: int
    plan: Plan
    pending: int = 0
    endings: list[tuple[Ending, bool]] = field(default_factory=list)
    """Each with whether it was the last attempt."""
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    """Events that Invoke took: function and payload."""
    seen: list[tuple[str, list[str]]] = field(default_factory=list)
    """Marks that a handler met in one event."""
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Address:
    """Of a Runtime API."""

    address: str


class Workflow:
    def __init__(
        self,
        layer: Path,
        runtime: Managed,
        folder: Path,
        settings: Mapping[str, str],
        pause_s: float = 0.05,
        environments: int = 2,
        seconds: Mapping[str, float] = SECONDS,
    ) -> None:
        self._layer, self._runtime, self._folder = layer, runtime, folder
        self._changed = Condition()
        self._chains: dict[str, Chain] = {}
        self._current: dict[str, str] = {}
        """Environment → session of the chain that it works for."""
        self._by_name: dict[int, Chain] = {}
        self._environments: dict[str, Environment] = {}
        self._functions_of: dict[str, str] = {}
        self._left_over: list[int] = []
        self.steps: list[Step] = []
        self._witness = Loopback("witness", self._bear_witness)
        self.cloud = Cloud(self._fault_at, self._kill, self._accept, self._function_of)
        self._settings = {
            **settings,
            "PAUSE_S": str(pause_s),
            "WITNESS": self._witness.address,
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "UNUM_TABLE": "fields",
        }
        for name, source in SOURCES.items():
            (folder / name / "task").mkdir(parents=True)
            (folder / name / "task" / "app.py").write_text(source)
        self._functions = {
            name: Function(
                name, seconds[name], environments, self._new_environment, self._retire, self._ended
            )
            for name in SOURCES
        }

    def run(self, name: int, plan: Plan) -> Chain:
        """Starts a chain and waits until nothing of it is on its way any more."""
        delivery = Delivery(json.dumps({"chain": name}).encode())
        chain = Chain(name, plan)
        with self._changed:
            self._chains[delivery.request_id] = self._by_name[name] = chain
        for _ in range(self._deliveries(chain)):
            self._deliver("A", delivery, chain)
        with self._changed:
            self._changed.wait_for(lambda: chain.pending == 0)
        return chain

    def _deliveries(self, chain: Chain) -> int:
        """Of the chain's first event: Lambda delivers an asynchronous one at least once."""
        step = Step(CLIENT, "invoke", "A")
        self.steps.append(step)
        return 2 if chain.plan.at(step) else 1

    def close(self) -> list[int]:
        """Processes that should be gone and are not."""
        environments = list(self._environments.values())
        for environment in environments:
            environment.kill("bootstrap")
        for function in self._functions.values():
            function.close()
        for environment in environments:
            self._retire(environment)
        self.cloud.close()
        self._witness.close()
        return self._left_over

    def _new_environment(self, function: str) -> Environment:
        def start(key: str, address: str) -> Runtime:
            env = {
                **self._settings,
                "AWS_ACCESS_KEY_ID": key,
                "AWS_LAMBDA_FUNCTION_NAME": function,
                "AWS_LAMBDA_RUNTIME_API": address,
                **({"UNUM_NEXT": NEXT[function]} if function in NEXT else {}),
                **({"UNUM_ENTRY": "true"} if function == "A" else {}),
            }
            folder = self._folder / function
            return Runtime(OURS, self._runtime, Address(address), folder, layer=self._layer, env=env)

        environment = Environment(function, start, self._fault_at, self._begins)
        with self._changed:
            self._environments[environment.key] = environment
            self._functions_of[environment.key] = function
        return environment

    def _retire(self, environment: Environment) -> None:
        left_over = environment.close()
        with self._changed:
            self._environments.pop(environment.key, None)
            self._left_over += left_over

    def _begins(self, key: str, delivery: Delivery) -> None:
        self._current[key] = _session(delivery.payload, delivery.request_id)

    def _chain_of(self, key: str) -> Chain | None:
        return self._chains.get(self._current.get(key, ""))

    def _fault_at(self, key: str, step: Step) -> Fault | None:
        with self._changed:
            self.steps.append(step)
        chain = self._chain_of(key)
        return chain.plan.at(step) if chain else None

    def _kill(self, key: str, process: str) -> None:
        if environment := self._environments.get(key):
            environment.kill(process)

    def _function_of(self, key: str) -> str:
        return self._functions_of[key]

    def _accept(self, function: str, payload: bytes, deliveries: int) -> None:
        request_id = str(uuid.uuid4())
        chain = self._chains[_session(payload, request_id)]
        with self._changed:
            chain.accepted.append((function, payload))
        for _ in range(deliveries):
            self._deliver(function, Delivery(payload, request_id), chain)

    def _deliver(self, function: str, delivery: Delivery, chain: Chain) -> None:
        with self._changed:
            chain.pending += 1
        self._functions[function].deliver(delivery)

    def _ended(self, ending: Ending, delivery: Delivery, is_last: bool) -> None:
        chain = self._chains[_session(delivery.payload, delivery.request_id)]
        if ending.succeeded:
            chain.complaints += unacknowledged(ending, chain, self.cloud)
            if "UNUM_STRICT" in self._settings:
                chain.complaints += unconfirmed(ending, chain, self.cloud)
        with self._changed:
            chain.endings.append((ending, is_last))
            chain.pending -= is_last
            self._changed.notify_all()

    def _bear_witness(self, request: Request) -> Response:
        told = json.loads(request.body)
        with self._changed:
            chain = self._by_name[told["chain"]]
            chain.seen.append((request.path[1:], told["marks"]))
        return Response(200)


def _session(payload: bytes, request_id: str) -> str:
    """The chain that an event belongs to: the request id of its first function."""
    envelope = json.loads(payload).get("__unum__")
    return envelope["session"] if envelope else request_id


def unacknowledged(ending: Ending, chain: Chain, cloud: Cloud) -> list[str]:
    """What a success promises and what is not there: its event for next, and every field that this refers to."""
    if ending.function not in NEXT:
        return []
    result = json.loads(ending.body)
    mark = (result["first"] if ending.function == "A" else result["head"])[1]
    events = [
        json.loads(payload)
        for function, payload in list(chain.accepted)
        if function == NEXT[ending.function] and mark in payload.decode()
    ]
    if not events:
        return [f"{ending.function} reported a success whose event next has never accepted"]
    complaints = []
    for event in events:
        stored: dict[str, str] = {}
        for item in cloud.fields(event["__unum__"]["stream"]).values():
            stored |= dynamodb.fields_in(item)
        for name in event["__unum__"]["futures"]:
            value = stored.get(name, "null")
            if json.loads(value) != result[name]:
                complaints.append(f"{ending.function} reported a success, and `{name}` is stored as {value}")
    return complaints


def unconfirmed(ending: Ending, chain: Chain, cloud: Cloud) -> list[str]:
    """A strict reader's success is made of values of streams that are whole."""
    if ending.function == "A":
        return []
    result = json.loads(ending.body)
    source, mark = ("A", result["rest"][2]) if ending.function == "B" else ("B", result["of_b"])
    streams = [
        json.loads(payload)["__unum__"]["stream"]
        for function, payload in list(chain.accepted)
        if function == ending.function and mark in payload.decode()
    ]
    if any("!complete" in cloud.fields(stream) for stream in streams):
        return []
    return [f"{ending.function} reported a success before the stream of {source} was whole"]
