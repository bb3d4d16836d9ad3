# Campus. `make` alone explains the commands. Nothing is needed beforehand but Python 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
INSTALLED := .venv/installed
EMULATOR := .emulator/installed
FUZZ := .fuzz/installed
BENCH := .bench/installed
DOCS_PAGE := functions/health/page/page.json

# Behind a company's proxy the machine's certificates count. uv does not read pip's settings: the
# index that pip would ask is handed on.
export UV_SYSTEM_CERTS := 1
PIP_INDEX = $(or $(PIP_INDEX_URL),$(shell $(BIN)/pip config get global.index-url 2>/dev/null))
INDEX = $(if $(UV_DEFAULT_INDEX),,$(if $(PIP_INDEX),UV_DEFAULT_INDEX=$(PIP_INDEX)))
SYNC = $(INDEX) $(UV) pip install --quiet --require-hashes
COMPILE = $(INDEX) $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

# Modules are compiled once, not by each of the many processes that a test run starts.
unexport PYTHONDONTWRITEBYTECODE

# One more than there are processors: some tests wait for a page, a poller, or a death.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.DEFAULT_GOAL := help
include infra/build/build.mk
.PHONY: check-types check-style check-imports check-migrations check-template check-documents
.PHONY: help up test fuzz chaos bench check fix invoke migrate seed reset new-domain lock

help: ## Show the commands
	@echo "Campus: the commands"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "Options of make up, by environment: PORT (8080), DATABASE_URL, CAMPUS_DATA (.campus)"

up: $(INSTALLED) $(EMULATOR) $(DOCS_PAGE) ## Run everything on this machine; Ctrl-C stops it and keeps the data
	@exec $(BIN)/python -m infra.local up

test: check $(EMULATOR) $(BENCH) $(DOCS_PAGE) $(LAYERS_BUILT) $(SAM) $(RUNTIME) ## Everything that CI runs: make check, then the tests
	@.ci/install-browser
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

fuzz: $(INSTALLED) $(FUZZ) $(DOCS_PAGE) ## Attack every route: hostile corpus, 100,000 tokens, both documents
	CAMPUS_FUZZ=all CAMPUS_SEED=$${CAMPUS_SEED:-$$(date +%s)} .fuzz/bin/pytest -n auto -p tests.fuzz.figures tests/fuzz/operations.py \
		tests/proofs/test_hostile_input.py tests/proofs/test_tokens.py tests/proofs/test_webhook_forgeries.py

chaos: $(INSTALLED) ## kill -9 and worse, N times (N=10000); SEED=<of an earlier run> repeats it
	@$(BIN)/python -m tests.chaos $(or $(N),10000) $(if $(SEED),--seed $(SEED))

bench: build $(EMULATOR) $(BENCH) ## Measure the performance budgets: ROWS=10000000, ONLY="warm cold"
	@$(BIN)/python -m tests.bench $(if $(ROWS),--rows $(ROWS)) $(if $(ONLY),--only $(ONLY))

mutants: $(INSTALLED) ## Remove each guard of shared/ once: a test has to fail (docs/guards.md; ONLY=identity)
	@$(BIN)/python -m tests.mutants $(ONLY)

check: $(INSTALLED) ## Style, types, who imports whom, SQL migrations, template, documents
	@$(MAKE) --no-print-directory --jobs=2 --output-sync check-types check-style check-imports \
		check-migrations check-template check-documents

check-types: $(INSTALLED)
	$(BIN)/pyright

check-style: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check-imports: $(INSTALLED)
	$(BIN)/lint-imports

check-migrations: $(INSTALLED)
	$(BIN)/python -m infra.migrate lint >.venv/lint.txt || { cat .venv/lint.txt; exit 1; }

check-template: $(INSTALLED)
	$(BIN)/cfn-lint template.yaml

check-documents: $(INSTALLED)
	$(BIN)/python -m infra.openapi --check
	$(BIN)/python -m infra.contracts --check

fix: $(INSTALLED) ## Repair style; write OpenAPI documents, guides, event schemas and samples
	@$(BIN)/ruff check --fix --exit-zero --silent
	$(BIN)/ruff format
	$(BIN)/python -m infra.openapi
	$(BIN)/python -m infra.contracts
	$(BIN)/ruff check

invoke: $(INSTALLED) $(EMULATOR) $(DOCS_PAGE) ## Run a function once: EVENT=events/samples/<function>/<name>.json
	@test -n "$(EVENT)" || { echo "say which: make invoke EVENT=events/samples/..."; exit 2; }
	@$(BIN)/python -m infra.local invoke "$(EVENT)"

migrate: $(INSTALLED) $(EMULATOR) ## Apply pending migrations to the local data
	@$(BIN)/python -m infra.local migrate

seed: $(INSTALLED) $(EMULATOR) ## Load the demo data
	@$(BIN)/python -m infra.local seed

reset: $(INSTALLED) ## Remove the local data
	@$(BIN)/python -m infra.local reset

new-domain: $(INSTALLED) ## Begin a domain that runs at once: NAME=library
	@test -n "$(NAME)" || { echo "say which: make new-domain NAME=..."; exit 2; }
	@$(BIN)/python -m infra.new_domain "$(NAME)"

lock: $(UV) ## Pin the newest allowed dependencies with their hashes
	$(COMPILE) --upgrade pyproject.toml --group dev -o requirements.lock
	echo "cryptography>=50" | $(COMPILE) --upgrade --group pyproject.toml:emulator - \
		-o infra/emulator.lock
	$(COMPILE) --upgrade --group tests/fuzz/pyproject.toml:fuzz -c requirements.lock \
		-o tests/fuzz/requirements.lock
	$(COMPILE) --upgrade --group tests/bench/pyproject.toml:bench -c requirements.lock \
		-o tests/bench/requirements.lock
	$(COMPILE) --constraints requirements.lock pyproject.toml -o infra/layer/requirements.lock
	for tool in sam:aws-sam-cli checkov:checkov runtime:awslambdaric; do \
		echo "$${tool#*:}" | $(COMPILE) --upgrade - -o "infra/build/tools/$${tool%:*}.lock"; done
	printf 'cryptography>=50\naws-sam-translator\n' | $(COMPILE) --constraints infra/emulator.lock \
		--group pyproject.toml:emulator - -o infra/build/tools/deploy.lock

$(UV):
	@echo "making the Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch -c $(UV)

$(INSTALLED): requirements.lock | $(UV)
	@echo "installing what requirements.lock names"
	@$(SYNC) --python $(BIN)/python -r requirements.lock
	@touch $@

$(EMULATOR): infra/emulator.lock | $(UV)
	@echo "installing the AWS emulator in .emulator"
	@test -x .emulator/bin/python || $(UV) venv --quiet --python $(BIN)/python .emulator
	@$(SYNC) --python .emulator/bin/python -r infra/emulator.lock
	@touch $@

$(FUZZ): requirements.lock tests/fuzz/requirements.lock | $(UV)
	@echo "installing what tests/fuzz needs in .fuzz"
	@test -x .fuzz/bin/python || $(UV) venv --quiet --python $(BIN)/python .fuzz
	@$(SYNC) --python .fuzz/bin/python -r requirements.lock -r tests/fuzz/requirements.lock
	@touch $@

$(BENCH): requirements.lock tests/bench/requirements.lock | $(UV)
	@echo "installing what tests/bench compares with in .bench"
	@test -x .bench/bin/python || $(UV) venv --quiet --python $(BIN)/python .bench
	@$(SYNC) --python .bench/bin/python -r requirements.lock -r tests/bench/requirements.lock
	@touch $@

$(DOCS_PAGE): $(wildcard infra/docs_page/*.py infra/docs_page/page/*) | $(INSTALLED)
	@$(BIN)/python -m infra.docs_page
