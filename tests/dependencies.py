"""Checks every crate in Cargo.lock against deny.toml: licences, banned crates, sources.

`cargo deny check` does the same and looks at advisories too, but has to be built first and needs the advisory database.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main():
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked"], cwd=ROOT, check=True, capture_output=True
    )
    packages = [package for package in json.loads(metadata.stdout)["packages"] if package["source"]]
    complaints = list(check(packages, rules))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{len(packages)} dependencies checked against deny.toml, {len(complaints)} complaints")
    return 1 if complaints else 0


def check(packages, rules):
    allowed = set(rules["licenses"]["allow"])
    banned = {rule["name"]: rule["reason"] for rule in rules["bans"]["deny"]}
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if package["name"] in banned:
            yield f"{name} is banned: {banned[package['name']]}"
        if not package["source"].startswith("registry+"):
            yield f"{name} comes from {package['source']}, not from a registry"
        if not permitted(package["license"] or "none", allowed):
            yield f"{name} has licence {package['license']}, which deny.toml does not allow"


def permitted(expression, allowed):
    """Whether an SPDX expression can be satisfied; `/` is its old spelling of OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))[::-1]

    def alternatives():
        value = conjunction()
        while tokens and tokens[-1] == "OR":
            tokens.pop()
            value = conjunction() or value
        return value

    def conjunction():
        value = term()
        while tokens and tokens[-1] == "AND":
            tokens.pop()
            value = term() and value
        return value

    def term():
        token = tokens.pop()
        if token == "(":
            value = alternatives()
            tokens.pop()
            return value
        if tokens and tokens[-1] == "WITH":  # an exception only adds permissions
            del tokens[-2:]
        return token in allowed

    return alternatives()


if __name__ == "__main__":
    sys.exit(main())
