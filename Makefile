# The one door to building, testing and showing the project. `make` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
ARCH ?= x86_64
# Of fuzzing, for each target.
SECONDS ?= 300
# Options of tests/bench/bench.py.
BENCH ?=
# AL2, where Lambda's Python 3.10 and 3.11 run, has glibc 2.26.
GLIBC := 2.26
TARGET := $(subst arm64,aarch64,$(ARCH))-unknown-linux-gnu
CARGO_TARGET := $(or $(CARGO_TARGET_DIR),target)

# The tools of the test environment; the first use installs them into the user's cache.
BIN = $$($(PYTHON) tests/environment.py --print bin)

.PHONY: help demo test lint unit e2e corpus mutants fuzz fuzz-briefly bench bench-briefly bench-server bench-transformer layer layer-demo build deploy audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## A chain of four functions on LocalStack, without and with streaming
	@$(PYTHON) tests/demo/start.py

test: lint unit fuzz-briefly layer e2e ## Every test: formatting, lints, unit tests, end to end on LocalStack

lint: ## Formatting, lints, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(PYTHON) tests/dependencies.py
	bin=$(BIN); $$bin/ruff format --check layer tests sam-templates transformer/fuzz; $$bin/ruff check layer tests sam-templates transformer/fuzz

unit: ## Tests of the Rust crates
	cargo test --workspace --locked

e2e: layer ## Tests through real processes, LocalStack and the layer that `make layer` builds
	cargo build --package unum-cli --locked
	cargo build --package unum-corpus --profile checked --locked
	$(PYTHON) tests/localstack/server.py run -- pytest -n 4 tests

corpus: ## Every module that the interpreters of this machine have, through the transformer (`make test`: a sample)
	cargo build --package unum-corpus --profile checked --locked
	$(PYTHON) tests/corpus/corpus.py

bench: layer bench-server ## Everything against AWS's own runtime; writes docs/benchmarks.md (a quarter of an hour; BENCH='--only warm')
	$(BIN)/python tests/bench/bench.py $(BENCH)

bench-briefly: layer bench-server ## The same in a minute: writes nothing, fails only on a blunder
	$(BIN)/python tests/bench/bench.py --briefly

bench-server:
	cargo build --package unum-bench-server --profile checked --locked

bench-transformer: ## How long a transformation takes, by the size of handler and module
	cargo bench --package unum-transformer --locked --bench transform

build: ## The bootstrap and the command line for this machine
	cargo build --release --locked

mutants: ## The transformer with one rule broken at a time: does a random program notice? (half an hour)
	$(PYTHON) tests/random_programs/mutants.py

fuzz: ## Sources that nobody would write, through the transformer, SECONDS=300 for each target (needs nightly, cargo-fuzz)
	$(PYTHON) transformer/fuzz/fuzz.py --seconds $(SECONDS)

fuzz-briefly:
	$(PYTHON) transformer/fuzz/fuzz.py --seconds 10 --if-installed

layer: ## dist/unum-streaming-layer-ARCH.zip, portable to every Lambda runtime (ARCH=arm64 for Graviton)
	PATH="$$($(PYTHON) tests/environment.py --with portable --print bin):$$PATH" \
		cargo lambda build --release --locked --package unum-bootstrap --target $(TARGET).$(GLIBC)
	$(PYTHON) layer/package.py --bootstrap $(CARGO_TARGET)/lambda/bootstrap/bootstrap \
		--folder dist/layer --zip dist/unum-streaming-layer-$(ARCH).zip

deploy: layer ## Deploy sam-templates/quickstart to your AWS account
	$(BIN)/sam deploy --guided --template-file sam-templates/quickstart/template.yaml --capabilities CAPABILITY_IAM

audit: ## Licences, bans and security advisories, with cargo-deny (cargo install cargo-deny)
	cargo deny check

clean: ## Remove what was built; the test environment stays in the user's cache
	cargo clean
	rm -rf dist
