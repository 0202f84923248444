# One command does it: `make ma-validate` verifies, `make test` tests; each sets up .venv by itself.
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# The first interpreter that runs and is supported; override with `make PYTHON=/path/to/python …`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: help setup ma-validate ma-validate-quiet ma-validate-full ma-status notebooks-plan strength \
	test lint types contracts check lab lock extract sync validate-local promote-local ci-local clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		awk -F'\t' '{ printf "  %-20s %s\n", $$1, $$2 }'

setup: $(STAMP) ## Make .venv and install what the hashed lock names

$(STAMP): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "proofbook needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it:" \
			"make PYTHON=/path/to/python3.12 …" >&2; exit 2; fi
	@$(PYTHON) -c '$(SUPPORTED)' || { \
		echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13" >&2; exit 2; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

ma-validate: $(STAMP) ## Run all notebooks, judge them by the gates, show table and decision
	@$(BIN)/proofbook validate

ma-validate-quiet: $(STAMP) ## The same; findings and decision only
	@$(BIN)/proofbook validate --quiet

ma-validate-full: $(STAMP) ## The same, every notebook twice under other hash seed, threads and BLAS
	@$(BIN)/proofbook validate --full

ma-status: $(STAMP) ## Show every invariant and how far its lemmas are
	@$(BIN)/proofbook status

notebooks-plan: $(STAMP) ## Run the plan and regenerate artifacts, extracted code and scorecard
	@$(BIN)/proofbook run

strength: $(STAMP) ## Mutate the kernels and list what their VERIFY cells do not notice
	@$(BIN)/proofbook strength

extract: $(STAMP) ## Write the notebooks' export cells to the verified package
	@$(BIN)/proofbook extract

sync: $(STAMP) ## Carry edits in the verified package back to their notebook cells
	@$(BIN)/proofbook sync

test: $(STAMP) ## Run all tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(STAMP) ## Lint and check the format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(STAMP) ## Check types
	@$(BIN)/mypy

contracts: $(STAMP) ## Check that layers import only what they may
	@$(BIN)/lint-imports

check: lint types contracts test ma-validate ## Everything that CI does

validate-local: $(STAMP) ## What to run before a push: lint, types, contracts, validation
	@scripts/local/validate

promote-local: $(STAMP) ## Promote a branch: make promote-local SOURCE=development TARGET=staging
	@scripts/local/promote "$(SOURCE)" "$(TARGET)"

ci-local: ## Replicate CI in a fresh clone of this checkout
	@scripts/local/ci-replicate

lab: $(STAMP) ## Open the notebooks in JupyterLab
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lab.lock
	@$(BIN)/jupyter lab --notebook-dir=notebooks/math

lock: ## Lock the dependencies anew (needs uv)
	uv pip compile --universal --generate-hashes --fork-strategy fewest --python-version 3.11 --quiet \
		--custom-compile-command "make lock" --extra dev pyproject.toml -o requirements.lock
	uv pip compile --universal --generate-hashes --fork-strategy fewest --python-version 3.11 --quiet \
		--custom-compile-command "make lock" --extra dev --extra lab -c requirements.lock \
		pyproject.toml -o requirements-lab.lock

clean: ## Remove .venv, caches and logs of runs
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache logs/quality/*/
