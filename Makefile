# Needs python 3.11 or newer as python3, and a package index the first time. Everything else lives in .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
# One more than two cores: the tests wait for processes and for the database much of the time.
WORKERS ?= 3
# Where the environment forbids bytecode, every process of the product compiles all of it anew: a
# quarter of what its start costs.
export PYTHONDONTWRITEBYTECODE :=
CHROMIUM := /usr/bin/chromium

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --prerelease if-necessary --quiet \
	--exclude-newer $(shell date -u -d '7 days ago' +%F)

.PHONY: help install demo test test-browser coverage check format bench faults security scale rolling eval lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv with .venv/bin/understudy, from the locked packages

# pip checks every file against the lock's hashes. The lock is given as constraints too: a package
# that asks for another one with extras (coverage[toml]) is otherwise offered the newest one there is,
# which has no hash. --no-build-isolation keeps the build of our own package from fetching anything.
$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Understudy needs python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make install PYTHON=python3.12"; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt -c requirements-dev.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	@touch $@

demo: $(INSTALLED) ## Run everything here, with a workspace to play in, and print its address
	$(BIN)/understudy demo

test: $(INSTALLED) ## Run the tests (no browser needed)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not browser and not slow"

test-slow: $(INSTALLED) ## Run what takes minutes: kill -9 at every step, real mail, a model that hangs
	$(BIN)/python -m pytest -q -m slow

test-browser: $(INSTALLED) ## Run the tests that drive Chromium
	@[ -x $(CHROMIUM) ] || { echo "There is no $(CHROMIUM). Install it, on Debian with: apt-get install chromium"; exit 1; }
	$(BIN)/python -m pytest -q -m browser

coverage: $(INSTALLED) ## Run the tests and show which lines they miss
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not browser" --cov --cov-report=term

check: $(INSTALLED) ## Lint, format, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

format: $(INSTALLED) ## Put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED) ## Measure the budgets and print them, each beside what it is compared with (ARGS=--write makes docs/benchmarks.md)
	$(BIN)/python -m tests.bench $(ARGS)

faults: $(INSTALLED) ## Break everything for ten minutes and count what was lost or doubled (ARGS="--seconds 60 --seed 1")
	$(BIN)/python -m tests.faults $(ARGS)

security: $(INSTALLED) ## Try every door, table, payload, mail and injection, and print what held
	$(BIN)/python -m tests.security $(ARGS)

scale: $(INSTALLED) ## Fill a database with 1,000 members and ten million actions, and measure (ARGS="--small")
	$(BIN)/python -m tests.scale $(ARGS)

rolling: $(INSTALLED) ## Replace the last release by this one under load, and count lost clicks
	$(BIN)/python -m tests.rolling $(ARGS)

eval: $(INSTALLED) ## Judge which signals are found in 200 labelled threads (LLM_MODEL judges that model)
	$(BIN)/python -m tests.evals.run $(ARGS)

lock: $(INSTALLED) ## Resolve the packages anew: nothing younger than a week, no address written down
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) -o requirements.txt > /dev/null
	$(LOCK) --group dev -c requirements.txt -o requirements-dev.txt > /dev/null

clean: ## Remove what make made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
