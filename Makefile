# Every verb sets up what it needs in .venv on its first use; `make help` lists them.
SHELL := /bin/sh
# Bytecode is kept even where a shell says not to: without it every test process compiles every file again.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

.PHONY: help
help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: run
# Receivers on this very machine may be called: on a laptop they are one's own.
run: export WIREROOM_ALLOW_NETWORKS ?= 127.0.0.0/8,::1/128
run: $(RUN) ## the whole line in one process, with the sample newsroom (Ctrl-C stops it; data stay in ./data)
	@$(BIN)/wireroom up

.PHONY: test
test: lint browser ## lint, format, types, import rules, unit tests and journeys
	@echo "==> tests"
	@$(BIN)/pytest -n 4 --dist worksteal

# The page's journeys need a browser and are skipped without one.
.PHONY: browser
browser: ## install Debian's Chromium, when root on a Debian that has none
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v chromium >/dev/null; then \
	  echo "==> installing Chromium (once)"; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null \
	    || echo "    it could not be had: the page's journeys are skipped"; \
	fi

.PHONY: lint
lint: $(DEV) ## lint, format, types and import rules alone
	@echo "==> ruff check"
	@$(BIN)/ruff check --quiet .
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --quiet --check .
	@echo "==> mypy --strict"
	@$(BIN)/mypy
	@echo "==> import rules"
	@$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(DEV) ## put the code in order
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV) ## the benchmarks beside their raw ceilings (ONLY="bus line": these): a table, and bench.json
	@$(BIN)/python -m tests.benchmarks $(ONLY)

.PHONY: chaos
chaos: $(DEV) ## kill every service and the server under load; print what was lost (nothing)
	@$(BIN)/pytest -m chaos --capture=no tests/chaos

# With RUNS in place of SECONDS the inputs are the same each time, so that one commit has one verdict.
.PHONY: fuzz
fuzz: SECONDS ?= 60
fuzz: FOR = $(if $(RUNS),-runs=$(RUNS) -seed=1,-max_total_time=$(SECONDS))
fuzz: export PYTHONHASHSEED := $(if $(RUNS),0,random)
fuzz: $(DEV) ## feed the parsers bytes that try to break them, for SECONDS (60) each, or RUNS inputs, always the same
	@$(PIP) --no-deps --require-hashes -r requirements-fuzz.lock
	@for target in tests/fuzz/fuzz_*.py; do \
	  echo "==> $$target"; PYTHONPATH=. $(BIN)/python "$$target" $(FOR) -timeout=60 || exit 1; \
	done

.PHONY: names
names: $(RUN) ## install the model of names for `wireroom tags suggest` (240 MB)
	@$(PIP) --no-deps --require-hashes -r requirements-ner.lock

.PHONY: compose-test
compose-test: $(DEV) ## build the stack, bring it up, drive it, take it down
	@bash .ci/compose

.PHONY: lock
lock: $(DEV) ## write the lock files anew (UPGRADE=1 takes the newest versions)
	@$(PIP) uv
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) --group build -o requirements-build.lock
	@$(COMPILE) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --group fuzz -o requirements-fuzz.lock
	@$(COMPILE) pyproject.toml --extra ner -c requirements-dev.lock -o requirements-ner.lock
	@$(COMPILE) pyproject.toml --extra otel -c requirements-dev.lock -o requirements-otel.lock

.PHONY: clean
clean: ## remove what was set up and cached (not ./data)
	@rm -rf $(VENV) build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up --------------------------------------------------------------------------------------------------------

# The first Python that will do; without one, say what is missing.
define FIND_PYTHON
old= bare= ; \
for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
  "$$python" -c 'pass' >/dev/null 2>&1 || continue; \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old=$$python; continue; }; \
  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare=$$python; continue; }; \
  found=$$python; break; \
done; \
if [ -z "$$found" ]; then \
  if [ -n "$$bare" ]; then \
    echo "make: $$bare has no venv module. On Debian or Ubuntu: apt install python3-venv" >&2; \
  elif [ -n "$$old" ]; then \
    echo "make: Wireroom needs Python 3.11 or later; $$old is $$($$old -V 2>&1)." >&2; \
  else \
    echo "make: Wireroom needs Python 3.11 or later; none was found on the PATH." >&2; \
  fi; \
  echo "make: another one is named so: make PYTHON=/path/to/python3" >&2; \
  exit 1; \
fi
endef

$(BIN)/python:
	@found= ; $(FIND_PYTHON); \
	echo "==> making $(VENV) with $$($$found -V)"; \
	$$found -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

# The locks name all that is needed: looking for more, pip only warns of extras that it spells otherwise.
# The project is installed in place, so that an edit needs no new set-up.
$(RUN): requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@echo "==> installing Wireroom (once)"
	@$(PIP) --no-deps --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo "==> installing the test tools (once)"
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@
