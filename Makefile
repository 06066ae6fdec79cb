# The commands of this project. `make figures` and `make test` need nothing but Python >= 3.11 (with venv and pip)
# and make: they create .venv from requirements.lock by themselves; the tests add requirements-test.lock to it.
# `make help` lists the others.
PYTHON ?= python3
CORES ?= 8

VENV := .venv
PEERS := .venv-peers
ACTIVATE := . $(VENV)/bin/activate &&
PIP_INSTALL := python -m pip install --quiet --disable-pip-version-check
# Each stamp is written last, so that an interrupted step is done again from its start.
PINS := $(VENV)/.pins-installed
READY := $(VENV)/.ready
TESTABLE := $(VENV)/.testable

# Each of hundreds of processes would compile this package again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help figures report test test-slow bench docs profile reference lint environment package lock clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

figures: $(READY)  ## everything: data, figures, executed notebooks, HTML report (CORES=8)
	$(ACTIVATE) snakemake --cores $(CORES)

report: $(READY)  ## the HTML report, with what it needs
	$(ACTIVATE) snakemake --cores $(CORES) report
	@echo "Open $(CURDIR)/report/index.html"

test: $(TESTABLE)  ## the tests, in minutes (TESTS=tests/games for some of them)
	$(ACTIVATE) python -m pytest $(TESTS)

test-slow: $(TESTABLE) $(PEERS)/.ready  ## whole runs and their pages, killed runs, Slurm, comparisons with MFGLib (which it installs in .venv-peers)
	$(ACTIVATE) PEERS=$$($(PEERS)/bin/python -c "import site; print(site.getsitepackages()[0])") python -m pytest -m slow

bench: $(READY)  ## times: this engine beside MFGLib, OpenSpiel, NumPy and the memory's bandwidth (benchmarks/)
	@$(MAKE) --no-print-directory $(PEERS)/.ready || echo "The peers cannot be installed: the rest is timed without them." >&2
	$(ACTIVATE) for contest in contest equilibria; do python benchmarks/contest/$$contest.py \
		$$(ls $(PEERS)/.ready >/dev/null 2>&1 && echo $(PEERS)/bin/python) || exit 1; done
	$(ACTIVATE) for benchmark in benchmarks/*.py; do python "$$benchmark" || exit 1; done

profile: $(READY)  ## seconds and memory of every rule of the last run
	$(ACTIVATE) python workflow/run_times.py

# MFGLib and OpenSpiel, in an environment of their own: nothing else here needs them.
$(PEERS)/.ready: benchmarks/contest/peers.lock
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $<
	@touch $@

REFERENCE := scorecard properties certificates long_horizons games imitators finite_populations \
	$(addprefix theory/,biting_games biting_steps bridge bridge_proof exponents frontier_growth lower_bound random_games \
	steps theorems tightness worst_games) $(addprefix noise/,games means worth steps)

reference:  ## the tables of the last run become the reference that `snakemake verify` compares with
	rm -rf data/reference && mkdir data/reference
	cd data/tables && cp --parents $(addsuffix .csv,$(REFERENCE)) ../reference

docs: $(READY)  ## the tables in README.md and config/README.md that follow from the code
	$(ACTIVATE) python -m workflow.lib.docs

lint: $(TESTABLE)  ## style and errors: snakemake --lint, snakefmt, ruff
	$(ACTIVATE) snakemake --lint
	$(ACTIVATE) snakefmt --check Snakefile workflow
	$(ACTIVATE) ruff check
	$(ACTIVATE) ruff format --check
	$(ACTIVATE) nbstripout --verify --keep-id notebooks/*.ipynb

environment: $(READY)  ## .venv with the pinned packages, this package and its Jupyter kernel

# Started afresh whenever the pins change: what is installed is the pins and nothing else, without the own tests of the
# packages: that is quicker, and 50 MB less.
$(PINS): requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON): no such command; name a Python >= 3.11: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d, but this needs 3.11 or newer: make PYTHON=python3.12" % v[:2])'
	@echo "Creating $(VENV) from requirements.lock; this takes a few minutes, once."
	$(PYTHON) -m venv --clear $(VENV)
	$(ACTIVATE) $(PIP_INSTALL) --no-compile --require-hashes -r requirements.lock
	find $(VENV)/lib -type d -name tests -prune -exec rm -r {} +
	$(ACTIVATE) python -m compileall -q -j 0 $(VENV)/lib
	@touch $@

$(READY): $(PINS) pyproject.toml
	$(ACTIVATE) $(MAKE) package
	@touch $@

$(TESTABLE): $(READY) requirements-test.lock
	$(ACTIVATE) $(PIP_INSTALL) --require-hashes -r requirements-test.lock
	@touch $@

package:  ## this package and its Jupyter kernel into the active Python (conda users: after `conda env create`)
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	python -m ipykernel install --sys-prefix --name mfg-imitation --display-name "Python (mfg-imitation)"

# Needs uv (https://docs.astral.sh/uv), which nothing else here needs.
COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header

lock:  ## renew requirements.lock and requirements-test.lock from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --extra workflow -o requirements.lock
	$(COMPILE) --group test --constraints requirements.lock -o requirements-test.lock

clean:  ## remove every product and log; the environment stays
	rm -rf data/experts data/demonstrations data/imitators data/tables figures report logs .snakemake
