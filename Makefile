# Two commands on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: run test lint types contracts pytest coverage bench figures screenshots reference clean

run: $(VENV)/.installed
	@$(BIN)/python main.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV): the first time this takes some minutes"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV): the first time this takes some minutes"
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed

test: lint types contracts pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	$(BIN)/lint-imports

pytest: $(VENV)/.installed-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

# The same with a report of the lines that no test runs; takes a fifth longer.
coverage: $(VENV)/.installed-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term

# Takes twenty minutes, and means something on a quiet machine only. ARGS='--quick',
# ARGS="--rows 'mnist_mlp/*' --values", ARGS=--write-docs (docs/performance.md).
bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.bench $(ARGS)

# Trains the presets over several seeds and writes docs/figures.md. Takes minutes.
figures: $(VENV)/.installed
	$(BIN)/python -m benchmarks.figures $(ARGS)

# The pictures in README and docs, from the real program.
screenshots: $(VENV)/.installed
	QT_QPA_PLATFORM=offscreen $(BIN)/python docs/make_screenshots.py

# The reference pages, from the component declarations.
reference: $(VENV)/.installed-dev
	$(BIN)/python docs/make_reference.py

clean:
	rm -rf $(VENV) build dist
