# Commands for whoever works on Trawl. A fresh machine needs python3 (3.11 or newer) and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CODE   := src tests benchmarks scripts
TIER   ?= full
UV     ?= uv

# Real events for the tests marked `real`, where they lie beside this checkout.
ifneq ($(wildcard ../shared/data),)
export TRAWL_TEST_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help setup demo test test-all check format docs bench lock clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make .venv with everything in it, .venv/bin/trawl among it

$(READY): pyproject.toml requirements.lock scripts/setup.sh
	@sh scripts/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

demo: $(READY) ## one background search from loading to export; SERVE=1 keeps the server up
	@$(BIN)/python -m scripts.demo $(if $(SERVE),--serve)

test: $(READY) ## the quick tests
	@sh scripts/postgresql.sh
	$(BIN)/pytest -n 2 -m "not slow"

test-all: $(READY) ## every test
	@sh scripts/postgresql.sh
	$(BIN)/pytest -n 2

check: $(READY) ## lint, format, types, layers, and whether generated files are current
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy -p trawl -p benchmarks -p scripts
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.reference --check

format: $(READY) ## put the code in order
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

docs: $(READY) ## write docs/reference out of the code
	$(BIN)/python -m scripts.reference

bench: $(READY) ## measure speed and memory; TIER=fast takes under 3 minutes
	$(BIN)/python -m benchmarks --tier $(TIER)

lock: ## pin what pyproject.toml asks for, with hashes (needs uv)
	PATH="$(BIN):$$PATH" $(UV) pip compile pyproject.toml --group dev --universal --generate-hashes \
	    --no-emit-index-url --no-header --quiet --output-file requirements.lock

clean: ## remove what can be made again, .venv excepted
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
