# The one door to building, testing and showing the project. `make` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
ARCH ?= x86_64
# Of fuzzing, for each target.
SECONDS ?= 300
# Of `make faults-many`.
CHAINS ?= 10000
# Options of tests/bench/bench.py.
BENCH ?=
# AL2, where Lambda's Python 3.10 and 3.11 run, has glibc 2.26.
GLIBC := 2.26
TARGET := $(subst arm64,aarch64,$(ARCH))-unknown-linux-gnu
CARGO_TARGET := $(or $(CARGO_TARGET_DIR),target)
# What the layer is made of; the last commit that changed it goes into `bootstrap --version`.
LAYER_SOURCES := bootstrap transformer layer Cargo.toml Cargo.lock
COMMIT = $$(git log -1 --abbrev=12 --format=%h -- $(LAYER_SOURCES) 2>/dev/null || true)
CHANGED = $$(git status --porcelain -- $(LAYER_SOURCES) 2>/dev/null | sed -n '1s/.*/-changed/p')
# No path of this machine gets into the binary: the same source gives the same bytes anywhere.
REMAP := --remap-path-prefix=$(CURDIR)=/unum-streaming --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo \
	--remap-path-prefix=$(or $(RUSTUP_HOME),$(HOME)/.rustup)=/rustup
LAYER_FOLDER := dist/layer$(if $(filter-out x86_64,$(ARCH)),-$(ARCH))
LAYER_ZIP := dist/unum-streaming-layer-$(ARCH).zip
LAYER_NAME ?= unum-streaming
# At a fixed address the binary starts without 18,000 relocations: 0.6 ms sooner, and 0.3 MB of memory and 0.09 MB of the zip
# less. Libraries, stacks and heap lie where they like.
FIXED := -C relocation-model=static
PYTHON_SOURCES := docs layer tests sam-templates

# The tools of the test environment; the first use installs them into the user's cache.
BIN = $$($(PYTHON) tests/environment.py --print bin)

.PHONY: help demo test lint unit e2e corpus mutants crash-loop faults faults-many fuzz fuzz-briefly bench bench-briefly bench-server bench-transformer page snippets snippets-terraform compiled layer layer-twice layer-publish build-StreamingLayer build deploy audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## A chain of four functions on LocalStack, without and with streaming
	@$(PYTHON) tests/demo/start.py

test: lint unit fuzz-briefly layer bench-briefly e2e ## Every test: formatting, lints, unit tests, end to end on LocalStack, a short benchmark

lint: ## Formatting, lints, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(PYTHON) tests/dependencies.py
	bin=$(BIN); $$bin/ruff format --check $(PYTHON_SOURCES); $$bin/ruff check $(PYTHON_SOURCES)

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

snippets: layer ## The snippets of docs/attach.md through CDK, Serverless and cfn-lint, which the first use installs (700 MB, needs npm)
	$(BIN)/pytest tests/snippets

page: ## The page of `timeline --html` in headless Chromium (apt-get install chromium)
	cargo build --package unum-cli --locked
	$(BIN)/pytest tests/page

snippets-terraform: ## Terraform's snippet against its providers (needs terraform and its registry)
	terraform fmt -check -diff docs/snippets/terraform
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; cp docs/snippets/terraform/main.tf "$$folder"; \
		terraform -chdir="$$folder" init -backend=false; touch "$$folder/unum-streaming-layer-x86_64.zip"; \
		terraform -chdir="$$folder" validate

build: ## The bootstrap and the command line for this machine
	cargo build --release --locked

mutants: ## The transformer with one rule broken at a time: does a random program notice? (ten minutes)
	$(PYTHON) tests/random_programs/mutants.py

fuzz: ## Sources, events, results and frames that nobody would write, SECONDS=300 for each target (needs nightly, cargo-fuzz)
	$(PYTHON) tests/fuzz.py --seconds $(SECONDS)

fuzz-briefly:
	$(PYTHON) tests/fuzz.py --seconds 10 --if-installed

crash-loop: layer ## 1,000 invocations on each Python with failures of every kind in between; prints the seed of their order
	seed=$${UNUM_CRASH_LOOP_SEED:-$$RANDOM}; UNUM_CRASH_LOOP=1000 UNUM_CRASH_LOOP_SEED=$$seed \
		$(BIN)/pytest -s -n 2 tests/differential/test_crash_loop.py

faults: layer ## Everything that can go wrong at every step of a chain: the crash matrix, whole
	UNUM_FAULTS=all $(BIN)/pytest -s tests/faults

faults-many: layer ## CHAINS=10000 chains with random faults, many at a time (SEED= repeats a run; half an hour)
	PYTHONPATH=tests:tests/localstack $(BIN)/python -m faults.many --layer $(LAYER_FOLDER) --chains $(CHAINS) $(if $(SEED),--seed $(SEED))

layer: ## dist/unum-streaming-layer-ARCH.zip, portable to every Lambda runtime (ARCH=arm64 for Graviton)
	PATH="$$($(PYTHON) tests/environment.py --with portable --print bin):$$PATH" \
		RUSTFLAGS="$${RUSTFLAGS:-} $(FIXED) $(REMAP)" UNUM_COMMIT="$(COMMIT)$(CHANGED)" \
		cargo lambda build --release --locked --package unum-bootstrap --target $(TARGET).$(GLIBC)
	"$$($(PYTHON) tests/environment.py --with portable --print bin)/python" layer/package.py \
		--bootstrap $(CARGO_TARGET)/lambda/bootstrap/bootstrap \
		--folder $(LAYER_FOLDER) --zip $(LAYER_ZIP)

layer-twice: ## The layer from two clones of the last commit, in folders of different lengths: the same bytes? (two release builds)
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	clones=("$$folder"/{a,folder/of/another/length}); zips=("$${clones[@]/%//$(LAYER_ZIP)}"); \
	for clone in "$${clones[@]}"; do git clone --quiet . "$$clone"; done; \
	for clone in "$${clones[@]}"; do env -u CARGO_TARGET_DIR $(MAKE) -C "$$clone" layer; done; \
	sha256sum "$${zips[@]}"; \
	cmp "$${zips[@]}"; \
	echo "the same bytes from both folders"

compiled: ## The worker's modules for each Python of Lambda, after a change of layer/python (needs 3.11 to 3.14)
	$(PYTHON) layer/compiled.py

layer-publish: layer ## Publish the layer to your AWS account; prints its ARN
	$(BIN)/python layer/publish.py --zip $(LAYER_ZIP) --architecture $(ARCH) --name $(LAYER_NAME)

# `sam build` runs this for the templates' layer. BOOTSTRAP: a binary that is there already.
build-StreamingLayer: $(if $(BOOTSTRAP),,layer)
	$(PYTHON) layer/package.py --bootstrap $(or $(BOOTSTRAP),$(LAYER_FOLDER)/bootstrap) --folder $(ARTIFACTS_DIR)

deploy: layer ## Deploy sam-templates/quickstart to your AWS account
	$(BIN)/sam deploy --guided --template-file sam-templates/quickstart/template.yaml --capabilities CAPABILITY_IAM

audit: ## Licences, bans and security advisories, with cargo-deny (cargo install cargo-deny)
	cargo deny check

clean: ## Remove what was built; the test environment stays in the user's cache
	cargo clean
	rm -rf dist
