# The one task file. `make demo` and `make test` start from a bare clone and ask nothing.
PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

# Tests that meet the database.
RECORDS := tests/vault tests/ledger tests/casework tests/matching $(foreach rule,2 3 5 6 7 9 11 12 13,$(wildcard tests/promises/test_rule_$(rule)_*))

.PHONY: demo test test-all test-postgres check lint format lock bench clean

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kintrace needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --only-binary=:all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/installed  ## the main job, on portraits of volunteers with invented cards; SERVE=0 does not stay to serve the pages
	$(BIN)/kintrace demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## all tests, those of the records once more on PostgreSQL beside them, and the checks of CI
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-all test-postgres

test-all: .venv/installed
	$(BIN)/python -m pytest

test-postgres: .venv/installed
	$(BIN)/python tests/postgres.py -- $(BIN)/python -m pytest -p no:cacheprovider $(RECORDS)

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## exact versions with hashes; OpenVINO's telemetry is left out
	uv pip compile --quiet --universal --generate-hashes --no-header --extra dev \
	    --no-emit-package openvino-telemetry -o requirements.lock pyproject.toml

clean:
	rm -rf .venv demo build
