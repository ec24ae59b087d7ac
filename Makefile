# Every command there is. `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help
help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Trellis needs Python 3.11 to 3.13; say PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: install
install: .venv/installed  ## install Trellis and all it needs into .venv

.PHONY: demo
demo: install  ## the whole town on this machine: a sample district lives a school day; Ctrl-C stops all of it
	$(BIN)/trellis demo

.PHONY: up
up: install  ## the whole town on this machine, without the story
	$(BIN)/trellis up

.PHONY: test
test: install  ## every test, on a real MongoDB and Apache Kafka
	$(BIN)/pytest -m alone
	$(BIN)/pytest -n 2 --dist loadgroup -m "not long and not alone and not faults and (not browser or quick)"

.PHONY: browser
browser: install  ## every page in a real browser, in all its looks
	$(BIN)/pytest -m browser tests/browser

.PHONY: screenshots
screenshots: install  ## take the README's screenshots anew, of a district that has lived a day
	$(BIN)/python -m tests.browser.screenshots

.PHONY: check
check: install  ## types, style, doors, stale files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy contracts kit services cli deploy bench tests
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m contracts.generate --check
	$(BIN)/python -m contracts.snapshots --check

.PHONY: contracts
contracts: install  ## write the generated files: schemas, examples, AsyncAPI, OpenAPI
	$(BIN)/python -m contracts.generate
	$(BIN)/python -m contracts.snapshots

.PHONY: words
words: install  ## bring the catalogues of the pages' texts up, and name what is not translated
	$(BIN)/python -m services.web.locale.catalogue es

.PHONY: assets
assets:  ## compile the pages' style and gather their static files (needs Node and npm; the result is committed)
	bash services/web/assets/build.sh

.PHONY: lock
lock:  ## resolve the dependencies anew into requirements.lock, with hashes
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --all-extras --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml -o requirements.lock
	(grep '^#' deploy/runtime.lock; $(BIN)/uv pip compile --quiet pyproject.toml -c requirements.lock --generate-hashes --no-annotate \
		--no-header --no-emit-index-url --no-emit-find-links --python-version 3.11) > deploy/runtime.new
	mv deploy/runtime.new deploy/runtime.lock

.PHONY: bench
bench: install  ## measure against peers and limits, in ratios; writes docs/performance.md (twenty minutes, alone on the machine)
	$(BIN)/python -m bench.report

.PHONY: bench-quick
bench-quick: install  ## the same, short, and nothing is written
	$(BIN)/python -m bench.report --quick

.PHONY: bench-pages
bench-pages: install  ## every page's time beside that of the JSON it is made of, and its weight
	$(BIN)/python -m bench.pages --check

.PHONY: bench-distribution
bench-distribution: install  ## the distribution engine against bounds, solvers and simple rules (SIZE=small|full)
	SIZE=$(or $(SIZE),small) $(BIN)/python -m bench.distribution

.PHONY: long
long: install  ## the longer checks: hostile requests to every route, the demo as a stranger runs it
	$(BIN)/pytest -m long

# Beside .venv and not in it: its dependencies are nobody else's.
.trellis/mutmut: Makefile
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --target $@ mutmut==3.8.1 libcst==1.9.0 coverage==7.17.4 textual==8.2.8 setproctitle==1.3.8 linkify-it-py==2.2.0 mdit-py-plugins==0.7.0 platformdirs==4.14.8
	@touch $@

.PHONY: mutants
mutants: install .trellis/mutmut  ## change one small thing at a time where guarantees stand; some test must notice (an hour or two)
	PYTHONPATH=.:.trellis/mutmut $(BIN)/python -m tests.mutants

.PHONY: faults
faults: install  ## a town under load while things go wrong, then everything is checked (ROUNDS=10 SEED=…)
	$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),10) $(if $(SEED),--seed $(SEED))

.PHONY: crashes
crashes: install  ## a crash at every named point of every write path, and three stores and brokers of which one is lost
	$(BIN)/pytest tests/faults/test_crash_points.py tests/faults/test_clusters.py

.PHONY: fault-tests
fault-tests: install  ## every test that breaks a town: crashes, single faults, backup, broken copies (half an hour)
	$(BIN)/pytest -m faults

.PHONY: clean
clean:  ## remove what was installed and made here
	rm -rf .venv .trellis build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
