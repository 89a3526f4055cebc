# The book's commands. The first call builds the environment .venv from requirements.lock; later ones reuse it.
PYTHON ?= python3
BIN := .venv/bin
LAB = $(BIN)/python -m resnet_lab
PYTEST_ARGS ?=

export PYTHONOPTIMIZE :=
export OPENBLAS_NUM_THREADS := 1
# Compiling costs most chapters more than running; what one command has compiled, the next one finds.
export JAX_COMPILATION_CACHE_DIR := $(CURDIR)/_build/jax
export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS := 0
export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES := -1

.PHONY: book test notebooks verdicts seeds calibrate setup clean help
.DEFAULT_GOAL := help

help:  ## show these commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

book: setup  ## execute every chapter that changed and render the site into _build/html
	@$(LAB) book

test: setup  ## all tests: the package, every notebook, the ledger, the site in a browser
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest tests -n 2 --dist loadfile $(PYTEST_ARGS)

notebooks: setup  ## refresh the notebook beside every chapter's source
	@$(LAB) notebooks

verdicts: setup  ## re-derive the ledger book/verdicts.json
	@$(LAB) verdicts

seeds: setup  ## the chapters under three other seeds: which verdicts change?
	@$(LAB) seeds

calibrate: setup  ## how often are the checks wrong? Writes the tables of that page
	@$(BIN)/python benchmarks/known_answers.py > book/start/known-answers.txt; tail -n 12 book/start/known-answers.txt
	@$(BIN)/python benchmarks/calibration.py | tee book/start/calibration.txt

setup: .venv/stamp  ## build the environment .venv

.venv/stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make $(or $(MAKECMDGOALS),book) PYTHON=python3.12"; exit 1; }
	@echo "building the environment .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch .venv/stamp

clean:  ## remove everything that was built, the environment included
	rm -rf _build .venv .pytest_cache .ruff_cache *.egg-info
