# All commands of the project. They need only make and python3 (3.11 or later) with its venv module.

PYTHON ?= python3
# Tests in a browser mostly wait, so that there are more workers than processors.
WORKERS ?= 4

VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
PY := .venv/bin/python
# One stamp file for each version of Python, so that another version creates a new environment.
READY := .venv/ready-$(VERSION)
READY_TO_TEST := .venv/ready-to-test-$(VERSION)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
# Compiled modules are kept in __pycache__, whatever this machine does by default: processes start much sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run demo test check soak bench screenshots pins clean chromium

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

install: $(READY) ## Install the requirements into .venv

run: $(READY) ## Start the dashboard and the scheduler: http://localhost:8501
	@$(PY) manage.py migrate
	@$(PY) manage.py staff set-up --if-new
	@$(PY) run_both.py

demo: export SIGN_IN = demo
demo: export DATABASE_URL = sqlite:///data/demo.db
demo: export TWILIO_ACCOUNT_SID =
demo: export TWILIO_AUTH_TOKEN =
demo: export TWILIO_API_KEY =
demo: export TWILIO_API_SECRET =
demo: export TWILIO_FROM =
demo: export TWILIO_MESSAGING_SERVICE_SID =
demo: $(READY) ## The same with a sample venue in its own database; no texts are sent
	@$(PY) manage.py demo
	@$(PY) run_both.py

test: $(READY_TO_TEST) chromium ## Run every test, on SQLite and PostgreSQL and in a browser
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal

check: $(READY_TO_TEST) chromium ## Check lint, types, security and known vulnerabilities, then run every test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m bandit --quiet --recursive --configfile pyproject.toml .
	@$(PY) -m tests.vulnerabilities
	@$(PY) -m pytest -n $(WORKERS) --dist worksteal

soak: $(READY_TO_TEST) ## Kill and freeze schedulers for about two hours, count the texts sent; migrate 100,000 customers
	@SOAK=full $(PY) -m pytest -m soak

bench: $(READY_TO_TEST) ## Measure the speed, compared with bare queries and an empty app
	@$(PY) -m benchmarks

screenshots: $(READY_TO_TEST) chromium ## Take the pictures in docs/screenshots again, of the demo
	@$(PY) -m tests.screenshots

pins: $(READY) ## Pin the latest versions that requirements.in and requirements-dev.in allow
	@$(PY) -m venv .venv/pins && .venv/pins/bin/pip install --quiet pip-tools
	@for each in requirements requirements-dev; do \
	  CUSTOM_COMPILE_COMMAND="make pins" .venv/pins/bin/python -m piptools compile --quiet --upgrade --strip-extras \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	    --output-file "$$each.txt" "$$each.in" || exit 1; \
	done

clean: ## Remove what these commands created, except data/
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Anchor Desk needs Python 3.11 or later as $(PYTHON). Install it: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || test "$$(id -u)" -ne 0 || \
	  { echo "Installing Python's venv module."; apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends python3-venv; } >&2
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the requirements into .venv. The first time takes a minute or two."
	@$(PY) -c 'import pip, sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(VERSION)")' 2>/dev/null || \
	  $(PYTHON) -m venv --clear .venv
	@$(PY) -m pip install --quiet -r requirements.txt
	@touch $@

$(READY_TO_TEST): requirements-dev.txt $(READY)
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@

# Debian's Chromium, which only the browser tests need. The one without a window needs less of the processor.
HAS_CHROMIUM := { command -v chromium-headless-shell || command -v chromium; } >/dev/null
chromium:
	@$(HAS_CHROMIUM) || test "$$(id -u)" -ne 0 || { echo "Installing Chromium for the browser tests."; apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends chromium-headless-shell; } >&2
	@$(HAS_CHROMIUM) || \
	  { echo "The browser tests need Chromium. Install it: sudo apt-get install chromium-headless-shell" >&2; exit 1; }
