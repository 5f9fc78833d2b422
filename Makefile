# Everything one does with this project. `make` alone lists it.

# The system's own Python where it is new enough (Debian builds it for speed), else the first that is; one that
# can make a virtual environment before one that cannot. PYTHON=/path/to/python decides otherwise.
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
first = $(firstword $(foreach p,/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(p) -c '$(1)$(NEW_ENOUGH)' 2>/dev/null && echo $(p))))
PYTHON ?= $(or $(call first,import ensurepip; ),$(call first))
# Bytecode is kept, whatever the surroundings say: without it each process reads everything anew when it starts.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: .venv/.for-run  ## a living country on http://127.0.0.1:8000 (another port: make run PORT=8001)
	@exec $(BIN)/python manage.py quickstart

shell: .venv/.for-run  ## a Python shell inside the country that `make run` keeps running
	@. "$${SWS_DATA:-.data}/env" && exec $(BIN)/python manage.py shell

test: .venv/.for-test chromium  ## all checks and tests (needs Chromium; root gets it from Debian's packages)
	@$(MAKE) --no-print-directory -j 2 lint suite

suite: .venv/.for-test
	$(BIN)/python -m pytest -n 3

# The first time, the tests are read and kept as bytecode while the suite still makes its database.
lint: .venv/.for-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@ls tests/__pycache__/*-pytest-* >/dev/null 2>&1 || $(BIN)/python -m pytest --collect-only >/dev/null
	MODE=test $(BIN)/mypy
	$(BIN)/lint-imports

bench: bench-ussd bench-desk bench-public bench-ledger  ## how fast: a USSD hop beside a bare view, pages with a million cases, a look at a million entries

bench-ussd: .venv/.for-test
	$(BIN)/python -m tests.bench

bench-desk: .venv/.for-test
	$(BIN)/python -m tests.bench.desk

bench-public: .venv/.for-test
	$(BIN)/python -m tests.bench.public

bench-ledger: .venv/.for-test
	$(BIN)/python -m tests.bench.ledger

guards: .venv/.for-test  ## take each guard away and look which test notices (half an hour)
	$(BIN)/python -m tests.guards

pins: .venv/.for-test  ## pin the newest packages that fit, as seen by the oldest Python (Debian 12's)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:3] > (3, 11, 2))' || \
		{ echo "A newer Python would choose packages that Debian 12 cannot install. Use Python 3.11.2."; exit 1; }
	$(BIN)/pip-compile $(PINS) --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile $(PINS) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
PINS := --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

clean:  ## remove what can be made again; the data in .data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- What the above stands on -----------------------------------------------------------------------------

.venv/.for-run: requirements.txt | $(BIN)/pip
	@echo "Getting the packages (the first time this takes a minute)"
	@$(INSTALL) -r $< || { echo "$$NO_PACKAGE"; exit 1; }
	@touch $@

.venv/.for-test: requirements-dev.txt | $(BIN)/pip
	@echo "Getting the packages for tests"
	@$(INSTALL) -r $< || { echo "$$NO_PACKAGE"; exit 1; }
	@touch $@

$(BIN)/pip:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed. Debian: apt-get install python3"; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Getting python3-venv"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing. Debian: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

# The headless one starts sooner and asks less of the machine; any other does as well.
chromium:
	@for name in chromium-headless-shell chromium chromium-browser google-chrome; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "The tests drive Chromium. Debian: sudo apt-get install chromium-headless-shell"; exit 1; \
	fi; \
	echo "Getting Chromium"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && for name in chromium-headless-shell chromium; do \
		apt-get install -y -qq $$name fonts-liberation >/dev/null && exit 0; \
	done; \
	exit 1

define NO_PACKAGE
A package could not be installed; its name stands above. Without a network, try again with one. Where it says
"no matching distribution": there are packages for Linux with glibc 2.28 or newer (Debian 10, Ubuntu 20.04) and
for macOS, each on 64-bit Intel, AMD and ARM. Elsewhere, run it in a Debian container.
endef
export NO_PACKAGE

.PHONY: help run shell test suite lint guards bench bench-ussd bench-desk bench-public bench-ledger pins clean chromium
