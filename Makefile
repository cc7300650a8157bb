# `make` alone lists what can be done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help install demo test check fix bench revision lock

help: ## List these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  \1\t/' | expand -t 14

install: $(VENV)/.run ## Make .venv with the command `leadline`, from locked and hashed requirements

demo: $(VENV)/.run ## Leadline and a sandbox LMS with a course to click through; ARGS="--once" or "--port N"
	@$(BIN)/leadline demo $(ARGS)

test: $(VENV)/.dev ## Run the whole suite on SQLite; on PostgreSQL too with TEST_DATABASE_URL; ARGS go to pytest
	$(BIN)/pytest $(ARGS)

check: $(VENV)/.dev ## Format, lint, types, contracts, migrations, size budget
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/leadline db check
	$(BIN)/pytest --quiet tests/test_size_budget.py

fix: $(VENV)/.dev ## Mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## Timings as ratios against a baseline in the same run
	$(BIN)/python -m bench.launches $(ARGS)
	$(BIN)/python -m bench.scim $(ARGS)

revision: $(VENV)/.dev ## New migration from the models: make revision ARGS="-m 'what changes'"
	$(BIN)/alembic -c setup.cfg revision --autogenerate $(ARGS)

lock: $(VENV)/.dev ## Lock requirements again, with hashes and without addresses
	$(BIN)/pip install --quiet uv
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) -c requirements/run.txt requirements/dev.in -o requirements/dev.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Leadline needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
