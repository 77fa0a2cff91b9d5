# `make book` and `make test` set up by themselves what they need, once. A file named .stamp-* in .venv or node_modules says
# that a set-up step was done to its end; a step that was interrupted runs again.

SHELL := bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help book test check proof bench clean

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# programs of .venv come first: npm too, where the machine brings none
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export HYPOTHESIS_STORAGE_DIRECTORY := build/.cache/hypothesis

help:
	@echo 'make book    build the book and serve it on http://127.0.0.1:8000   (another port: make book PORT=8080)'
	@echo 'make test    run all tests, those in a browser too'
	@echo 'make check   formatter, linter, types, import contracts'
	@echo 'make proof   measure the figures the book promises; results are kept as data'
	@echo 'make bench   compare with PyTorch and other peers, side by side; ratios are kept as data'
	@echo 'make clean   remove all that was set up or built'

book: .venv/.stamp-book node_modules/.stamp
	@neuronwise book serve $(PORT:%=--port %)

test: .venv/.stamp-test node_modules/.stamp
	@chromium="$$(python tests/chromium.py)"; NEURONWISE_CHROMIUM="$$chromium" python -m pytest -n 2 --dist loadfile

check: .venv/.stamp-check
	@ruff format --check
	@ruff check
	@mypy
	@lint-imports --cache-dir build/.cache/import-linter --no-logo

proof: .venv/.stamp-check node_modules/.stamp
	@chromium="$$(python tests/chromium.py)"; NEURONWISE_CHROMIUM="$$chromium" python -m benchmarks.proof

bench: .venv/.stamp-bench
	@python -m benchmarks.peers $(ROWS)

clean:
	@rm -rf .venv node_modules build

# Set-up

$(VENV_PYTHON):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "expected Python 3.11 or newer; got $$($(PYTHON) --version 2>&1) from PYTHON=$(PYTHON)." >&2; \
	    echo "Install a newer one and name it: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv --without-pip .venv

# pip, told in one line that changes while it works
define install
{ python -m pip --version >/dev/null 2>&1 || python -m ensurepip >/dev/null || { \
    echo 'expected a Python that brings pip; Debian and Ubuntu keep it apart: apt install python3-venv' >&2; exit 1; }; \
python -m pip install --disable-pip-version-check --editable '.[$(EXTRAS)]' | while read -r what which rest; do \
    case "$$what" in Collecting|Downloading|Installing) [ ! -t 1 ] || printf '\r\033[K  %.70s' "$$what $$which $$rest" ;; esac; \
done; [ ! -t 1 ] || printf '\r\033[K'; }
endef

.venv/.stamp-book: EXTRAS = book,site
.venv/.stamp-book: pyproject.toml $(VENV_PYTHON)
	@echo 'setting up the Python packages of the book (50 MB, about a minute, once) …'
	@$(install)
	@touch $@

.venv/.stamp-test: EXTRAS = book,site,test
.venv/.stamp-test: pyproject.toml $(VENV_PYTHON)
	@echo 'setting up the Python packages of book and tests (250 MB, one to two minutes, once) …'
	@$(install)
	@touch .venv/.stamp-book $@

.venv/.stamp-check: EXTRAS = book,site,test,check
.venv/.stamp-check: pyproject.toml $(VENV_PYTHON)
	@echo 'setting up the Python packages of book, tests and checks (280 MB, one to two minutes, once) …'
	@$(install)
	@touch .venv/.stamp-book .venv/.stamp-test $@

.venv/.stamp-bench: EXTRAS = bench
.venv/.stamp-bench: pyproject.toml $(VENV_PYTHON)
	@echo 'setting up the peers: PyTorch, JAX, SciPy … (700 MB and more, some minutes, once) …'
	@$(install)
	@touch $@

node_modules/.stamp: EXTRAS = node
node_modules/.stamp: package.json package-lock.json .npmrc | $(VENV_PYTHON)
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
	    echo 'setting up Node 24, for want of a Node >= 20 with npm (61 MB, once) …'; \
	    $(install); fi
	@echo 'setting up Python for the page, from npm (15 MB, some seconds, once) …'
	@npm ci --loglevel=error
	@touch $@
