# One command each. `make` alone lists them. Whatever a target needs is installed into .venv first, by the locks' hashes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Compiled modules are kept, also where the environment says otherwise: tests start a hundred processes and more, and each
# would compile for itself all that it imports, which takes longer than what most of them do.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
DEMO := config/samples/rehearsals/nobody-answers.json
# Test processes: one for each core, unless JOBS says otherwise.
JOBS ?= auto
# More for pytest: make test ARGS="-k silence"
ARGS ?=

.PHONY: help up demo test soak bench check format lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

up: $(RUNTIME) ## Everything on this machine, for trying: Temporal, mail catcher, worker, pages. Ctrl-C stops it
	@exec $(BIN)/twentydays up

demo: $(RUNTIME) ## Twenty working days in seconds: four managers who do not answer, printed as a timeline
	@$(BIN)/twentydays rehearse $(DEMO)

test: $(DEV) ## The whole test suite
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

soak: $(DEV) ## The long runs, which `make test` has in short; ARGS="--escalations 200 --kills 10" DELIVERY="--seed 2"
	@$(BIN)/python -m tests.soak $(ARGS)
	@$(BIN)/python -m tests.delivery $(DELIVERY)
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/workflows --no-workflow-cache
	@$(BIN)/python -m pytest -q tests/web/test_api_schema.py --every-request
	@$(BIN)/python -m pytest -q -n $(JOBS) -m hypothesis --fresh-examples

bench: $(DEV) ## Reports over a million disputes, each beside a floor of the same run; ARGS="--disputes 100000" for less
	@$(BIN)/python -m tests.benchmarks $(ARGS)

check: $(DEV) ## Lint, format, types, schema and the rules of the house; names everything that fails
	@failed=(); \
	run() { name=$$1; shift; echo "== $$name"; "$$@" || failed+=("$$name"); }; \
	run lint $(BIN)/ruff check .; \
	run format $(BIN)/ruff format --check --quiet .; \
	run types $(BIN)/mypy; \
	run schema $(BIN)/python -m config.procedures --check; \
	run house $(BIN)/python -m pytest -q tests/house; \
	if (( $${#failed[@]} )); then echo "Failed: $${failed[*]}"; exit 1; fi; \
	echo "All is well."

format: $(DEV) ## Format the code, and mend what the linter can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

LOCK := pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
lock: $(DEV) ## Write the locks anew from pyproject.toml; UPGRADE=--upgrade takes newer releases
	@$(BIN)/uv $(LOCK) $(UPGRADE) pyproject.toml --extra postgresql --extra pdf --extra embedded --group dev -o requirements/dev.lock
	@$(BIN)/uv $(LOCK) pyproject.toml --extra postgresql --extra pdf --extra embedded -c requirements/dev.lock -o requirements/runtime.lock
	@$(BIN)/uv $(LOCK) pyproject.toml --extra postgresql --extra pdf -c requirements/dev.lock -o requirements/production.lock
	@$(BIN)/uv $(LOCK) requirements/build.in -c requirements/dev.lock -o requirements/build.lock

clean: ## Take away what was installed and cached; var/ stays
	@rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up --------------------------------------------------------------------------------------------------------------
# requirements/install says how. The development lock holds all of the runtime lock, so that one installation serves both.

$(RUNTIME): requirements/install requirements/runtime.lock requirements/build.lock pyproject.toml
	@if [[ -e $(DEV) ]]; then lock=dev; else lock=runtime; fi; requirements/install $(VENV) $$lock
	@touch $@

$(DEV): requirements/install requirements/dev.lock requirements/build.lock pyproject.toml
	@requirements/install $(VENV) dev
	@touch $(RUNTIME) $@
