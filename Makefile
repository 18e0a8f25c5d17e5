# Everything a newcomer needs starts here: `make` alone lists the commands.
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
# Slow tests wait for half of their time: for what must be stopped, and for kernels to start and end
SLOW_JOBS ?= $(shell expr 2 '*' $(JOBS))

# The first Python on the PATH that the course supports (override: make PYTHON=/path/to/python3.12)
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)

# More options for JupyterLab, as in: make lab LAB=--no-browser
LAB ?=

export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lab notebooks site check format lock clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found. Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (2 to 5 minutes, once)"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m autograder.kernels.specs > /dev/null
	@touch $@

demo: $(VENV)/installed  ## a small class, from release to grades and feedback, in build/demo
	$(BIN)/python -m tests.support.demo build/demo

test: check  ## everything CI runs
	$(BIN)/python -m pytest -n $(SLOW_JOBS) --dist loadgroup --no-loadscope-reorder -m slow

lab: $(VENV)/installed  ## JupyterLab on the student notebooks
	JUPYTER_CONFIG_PATH="$(CURDIR)/student-lab" $(BIN)/jupyter lab --notebook-dir notebooks $(LAB)

notebooks: $(VENV)/installed  ## rebuild executed solutions and student versions from the .py sources that changed
	$(BIN)/autograder build

site: $(VENV)/installed  ## the web site, in build/site; REPOSITORY=https://... links it to the repository
	PYTHONPATH=site REPOSITORY="$(REPOSITORY)" $(BIN)/python -m course_site build/site

check: $(VENV)/installed  ## format, lint, types, fast tests: run before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow"

format: $(VENV)/installed  ## mend what `check` says about format and simple lint
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:  ## resolve requirements.lock anew from the bounds in pyproject.toml
	@test -x $(BIN)/uv || $(MAKE) $(VENV)/installed
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --extra grader --extra dev pyproject.toml --output-file requirements.lock

clean:  ## remove the environment and everything built in it (never submissions or grades)
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache
