# Targets call one tool each. `make backfill` and `make test` set up everything they need.
VENV    := .venv
BIN     := $(VENV)/bin
PYTHON  ?= python3
UV      := 0.13.8

# Compiled modules are kept, whatever the environment says: each process of dbt would compile them anew, for 4 seconds.
unexport PYTHONDONTWRITEBYTECODE

# A range and where its raw data comes from: nothing = a simulated league in a warehouse of its own.
RAW       ?=
START     ?= $(if $(RAW),,2023-10-24)
END       ?= $(if $(RAW),$(START),2023-11-23)
WAREHOUSE ?= warehouse/$(if $(RAW),nba,simulated).duckdb

.PHONY: help setup backfill site test bigquery mutants faults lint clean drills
.DEFAULT_GOAL := help

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

setup: $(VENV)/installed  ## Create the virtual environment and install the locked packages

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

backfill: setup  ## Load raw data (RAW=DIR, or simulate a league), build and check START to END
ifeq ($(RAW),)
	NBA_DUCKDB_PATH="$(WAREHOUSE)" $(BIN)/backfill raw simulate --seasons 1 --seed 7
else
	@test -n "$(START)" || { echo "Error: RAW needs the dates to build: make backfill RAW=$(RAW) START=YYYY-MM-DD END=YYYY-MM-DD"; exit 2; }
	NBA_DUCKDB_PATH="$(WAREHOUSE)" $(BIN)/backfill raw load "$(RAW)"
endif
	NBA_DUCKDB_PATH="$(WAREHOUSE)" $(BIN)/backfill run --start $(START) --end $(END)

site: setup  ## Write the static site of WAREHOUSE (the simulated league) to site/
	NBA_DUCKDB_PATH="$(WAREHOUSE)" $(BIN)/backfill site

test: setup lint  ## Run every test: lint, dbt unit tests, pytest on both engines
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

drills: setup  ## 50 kills, 10 corrections and 20 races of the ledger, 20 forgotten futures; one to two hours
	NBA_TEST_KILLS=50 NBA_TEST_CORRECTIONS=10 NBA_TEST_RACES=20 NBA_TEST_DATES=20 $(BIN)/python -m pytest -s \
		$(addprefix tests/python/test_,ledger.py interruptions.py point_in_time.py)

faults: setup  ## Loosen thresholds, cause every kind of fault in a real warehouse, and print which check names it where
	$(BIN)/python -m pytest -v tests/python/test_thresholds.py
	PYTHONPATH=tests/python $(BIN)/python -m faults

bigquery: setup  ## Build a real month in a BigQuery emulator and on DuckDB, and compare every cell
	PYTHONPATH=tests/python $(BIN)/python -m bigquery.month

mutants: setup  ## Put some 1,300 small faults into the SQL of the published models and count those a test notices
	PYTHONPATH=tests/python $(BIN)/python -m mutation

lint: setup  ## Check the style of SQL and Python, and the conventions of the project (dbt-bouncer.yml)
	$(BIN)/ruff check scripts tests
	$(BIN)/ruff format --check scripts tests
	$(BIN)/lint-imports --no-cache
	NBA_DUCKDB_PATH=:memory: NBA_WINDOW_START=2022-01-10 $(BIN)/sqlfluff lint models tests/singular analyses
	mkdir -p target-lint; cp target/partial_parse.msgpack target-lint || true
	NBA_DUCKDB_PATH=:memory: $(BIN)/dbt parse --quiet --target-path target-lint
	$(BIN)/dbt-bouncer run --show-all-failures

clean:  ## Remove everything that can be made again
	rm -rf $(VENV) target target-* logs warehouse site
