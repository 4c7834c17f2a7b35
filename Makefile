# The tasks of this project: `make` lists them.

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
LOCK := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run curator shell test soak lint format typecheck check schema bench plans bench-admin scale-test lock clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## Start the tracker at http://localhost:8000 (settings: docs/deployment.md)
	@exec $(BIN)/python scripts/serve.py --prepare

curator: .venv/run.stamp ## Make an account for a curator: make curator NAME=somebody
	@test -n "$$NAME" || { echo "Give the account a name: make curator NAME=somebody"; exit 1; }
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) loaddata roles --verbosity 0
	@$(MANAGE) create_curator "$$NAME"

shell: .venv/run.stamp ## Open a Python shell with the models loaded
	@$(MANAGE) shell

test: .venv/dev.stamp ## Run the tests on SQLite and PostgreSQL: make test ARGS="-k promises"
	@$(BIN)/python scripts/run_tests.py $(ARGS)

soak: .venv/dev.stamp ## Follow the feed while writers and servers are killed: SECONDS=600
	@SOAK_SECONDS=$(or $(SECONDS),120) $(BIN)/python scripts/run_tests.py tests/soak -q -s

lint: .venv/dev.stamp ## Check style, the direction of imports and the size of modules
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_module_size.py

format: .venv/dev.stamp ## Format the code and mend what can be mended by itself
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format

typecheck: .venv/dev.stamp ## Check the types
	$(BIN)/python -m mypy

check: .venv/dev.stamp ## Check that migrations are complete and safe, and settings safe to deploy
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python scripts/lint_migrations.py
	HTTPS=true SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(MANAGE) check --deploy --fail-level WARNING

schema: .venv/dev.stamp ## Write the OpenAPI schema to var/openapi.yaml; a warning is a failure
	@mkdir -p var
	$(MANAGE) spectacular --validate --fail-on-warn --file var/openapi.yaml

bench: .venv/dev.stamp ## Measure against the peers, at 100,000 promises and 1,000,000 updates: QUICK=1
	@PYTHONPATH=scripts $(BIN)/python -W ignore -u -m benchmark $(if $(QUICK),--quick) $(ARGS)

plans: .venv/dev.stamp ## Name the filters and orders whose plans read a large table whole
	@$(BIN)/python -W ignore scripts/check_plans.py $(ARGS)

bench-admin: .venv/dev.stamp ## Measure every page of the admin at that size
	@$(BIN)/python scripts/bench_admin.py $(ARGS)

scale-test: .venv/dev.stamp ## Try two machines, all on this one: replicas, failover, restarts, migrations
	@PYTHONPATH=scripts $(BIN)/python -u -m scale_test $(ARGS)

lock: .venv/dev.stamp ## Renew the lock files from the .in files; newest versions: ARGS=--upgrade
	$(LOCK) $(ARGS) requirements.in --output-file requirements.lock
	$(LOCK) $(ARGS) requirements-dev.in --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove the environment and the caches; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say when a lock file was last installed; the second lock holds all of the first.
.venv/run.stamp: requirements.lock
	@PYTHON="$(PYTHON)" sh scripts/install.sh $<
	@touch $@

.venv/dev.stamp: requirements-dev.lock
	@PYTHON="$(PYTHON)" sh scripts/install.sh $<
	@touch .venv/run.stamp $@
