# The one task file. `make demo` and `make test` start from a bare clone and ask nothing.
PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

# Tests of what databases do differently: locks, triggers, isolation, keys of their own, queries written for many rows.
ON_POSTGRES := tests/vault tests/ledger \
    $(foreach test,backup consents kills photos registry,tests/casework/test_$(test).py) \
    $(foreach test,comparable joint standing,tests/matching/test_$(test).py) \
    $(foreach rule,6 11 13,$(wildcard tests/promises/test_rule_$(rule)_*))

# Tests of the rooms that know no database, and of those that do; what is left is told by its folder.
ROOMS := $(foreach room,emblem evaluation evidence faces folder gallery provenance,tests/$(room)/)
RECORDS := $(foreach room,casework ledger matching vault,tests/$(room)/)

# Browsers lower their own priority, and people who are played wait for them: all other parts give way.
GENTLY := $(if $(shell command -v nice 2>/dev/null),nice -n 10)
# Parts stand side by side: a linear algebra that takes every core for itself makes them wait for each other, spinning.
test%: export OPENBLAS_NUM_THREADS := 1
test%: export OMP_NUM_THREADS := 1

.PHONY: demo test test-rooms test-records test-site test-promises test-commands test-pages test-walks test-every-page test-postgres chromium screenshots catalogs check format lock clean

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

# What is needed is fetched at once; the longest parts begin first, so that none of them is left alone at the end.
test:  ## all tests, those of the database once more on PostgreSQL, and the checks of CI
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target .venv/installed chromium
	$(MAKE) --no-print-directory --jobs=4 --output-sync=target test-walks test-every-page test-records test-rooms test-postgres test-commands test-site check test-promises

chromium:  ## Debian's browsers, Chromium and Firefox, for the tests of pages: installed where that is allowed
	@{ command -v chromium && command -v firefox-esr; } >/dev/null || for as in "" "sudo -n"; do \
	    echo "Installing Chromium and Firefox for the tests of pages"; \
	    { $$as apt-get update && $$as apt-get install -y --no-install-recommends chromium firefox-esr; } >/dev/null 2>&1 && break; done || true
	@for each in chromium firefox-esr; do command -v $$each >/dev/null || test "$(BROWSER)" != required || \
	    { echo "No $$each: the tests of pages cannot run."; exit 1; }; done

test-rooms: .venv/installed  # those without a database
	$(GENTLY) $(BIN)/python -m pytest -p no:cacheprovider --durations=10 $(ROOMS)

test-records: .venv/installed
	$(GENTLY) $(BIN)/python -m pytest -p no:cacheprovider --durations=10 $(RECORDS)

test-site: .venv/installed  # the pages without a browser, and whatever folder is named nowhere else
	$(GENTLY) $(BIN)/python -m pytest -p no:cacheprovider --durations=10 $(filter-out $(ROOMS) $(RECORDS) tests/promises/ tests/cli/ tests/browser/ tests/__pycache__/,$(wildcard tests/*/))

test-promises: .venv/installed  # the rules of DESIGN.md §5
	$(GENTLY) $(BIN)/python -m pytest -p no:cacheprovider --durations=10 tests/promises

test-commands: .venv/installed
	$(GENTLY) $(BIN)/python -m pytest -p no:cacheprovider --durations=10 tests/cli

test-pages: test-walks test-every-page  # in a real browser

test-walks: BROWSE := $(filter-out %/test_every_page.py,$(wildcard tests/browser/test_*.py))
test-every-page: BROWSE := tests/browser/test_every_page.py
test-walks test-every-page: .venv/installed
	@if command -v chromium >/dev/null; then $(BIN)/python -m pytest -p no:cacheprovider --durations=10 $(BROWSE); \
	else echo "!!! NOT RUN: $(BROWSE). Chromium is not installed, and could not be: apt-get install chromium"; fi
	@command -v firefox-esr >/dev/null || command -v firefox >/dev/null || \
	    echo "!!! NOT RUN: tests/browser/test_firefox.py (the same pages in Firefox). It is not installed, and could not be: apt-get install firefox-esr"

test-postgres: .venv/installed
	$(GENTLY) $(BIN)/python tests/postgres.py -- $(BIN)/python -m pytest -p no:cacheprovider --durations=10 $(ON_POSTGRES)

screenshots: .venv/installed chromium  ## a picture of every page in English and Arabic, in screenshots/; those of the documentation in docs/pictures/
	$(BIN)/python tests/browser/screenshots.py

catalogs: .venv/installed  ## bring the translations' catalogs up to the texts of the pages, and compile them
	$(BIN)/python tests/catalogs.py

format: .venv/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## exact versions with hashes; OpenVINO's telemetry is left out
	uv pip compile --quiet --universal --generate-hashes --no-header --extra dev \
	    --no-emit-package openvino-telemetry -o requirements.lock pyproject.toml

clean:
	rm -rf .venv demo build
