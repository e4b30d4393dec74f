# One word for each wish. `make` alone lists them. Each target makes first whatever it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
KAFKA := build/kafka/.ready
MINUTES ?= 10
ARGS ?=
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(if $(UPGRADE),--upgrade)

# The first interpreter that fits; `make setup PYTHON=…` chooses another.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c '$(FITS)' 2>/dev/null && { echo "$$p"; break; }; done)

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make .venv with everything Vigie needs; .venv/bin/vigie is the command
	@echo "Ready: $(BIN)/vigie"

.PHONY: demo
demo: $(READY) ## a simulated contact centre on a live wallboard, its address is printed; Ctrl-C ends it
	@exec $(BIN)/vigie demo $(ARGS)

.PHONY: test
test: lint $(KAFKA) system ## every check and test, with real Kafka, Prometheus and Chromium
	$(BIN)/python -m pytest $(ARGS)

.PHONY: lint
lint: $(READY) ## style, format and types, nothing run
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

.PHONY: format
format: $(READY) ## put imports and layout in order
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: bench
bench: $(READY) $(KAFKA) ## events per second against real Kafka, into build/bench.json
	$(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: soak
soak: $(READY) $(KAFKA) ## keep it running under load for MINUTES=10, into build/soak.json
	$(BIN)/python -m tests.benchmarks.soak --minutes $(MINUTES) $(ARGS)

.PHONY: generate
generate: $(READY) ## write rules, rule tests, dashboards and pages anew from the KPI declarations
	$(BIN)/vigie generate $(ARGS)

.PHONY: kafka
kafka: $(KAFKA) ## fetch the Apache Kafka that the tests start, into build/kafka

.PHONY: system
system: ## install what the tests need of the system: Prometheus, Alertmanager, Chromium
	@sh tests/setup_system.sh

.PHONY: lock
lock: $(READY) ## write requirements/*.txt anew from pyproject.toml; UPGRADE=1 takes newer releases
	$(LOCK) --output-file requirements/run.txt pyproject.toml
	$(LOCK) --extra demo --extra test --extra dev --constraint requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml

.PHONY: clean
clean: ## remove .venv, build and caches
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find streams tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Made once, and again when the locks or pyproject.toml change.
$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Vigie needs Python 3.11, 3.12 or 3.13: none found"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version), about a minute …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@$(BIN)/python -m pip check
	@touch $@

# Without Java or Maven the tests that need Kafka say so themselves (CI=true makes that a failure).
$(KAFKA): tests/kafka/pom.xml
	@if [ -n "$${VIGIE_TEST_KAFKA:-}" ]; then echo "Kafka for the tests: $$VIGIE_TEST_KAFKA"; \
	elif command -v java >/dev/null && command -v mvn >/dev/null; then \
		echo "Fetching Apache Kafka for the tests …"; rm -rf build/kafka/libs; \
		mvn --quiet --batch-mode --no-transfer-progress --file $< \
			-Dmaven.wagon.http.retryHandler.count=3 dependency:copy-dependencies \
			-DincludeScope=runtime -DoutputDirectory="$(CURDIR)/build/kafka/libs"; \
		touch $@; \
	else echo "No Java or no Maven: the tests look for another Kafka"; fi
