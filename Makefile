# make run    the app            make lint      what ruff and mypy say
# make test   everything         make format    let ruff rewrite the sources
# make thorough, audit, lock, messages, docs, screenshots, bench: see each below.
# Another interpreter: make run PYTHON=python3.13.
# More tests at once: make test WORKERS=8 BROWSERS=12.

PYTHON ?= python3
WORKERS ?= 2
# Tests of a running server at once; three keep two cores busy.
BROWSERS ?= 3

BIN := .venv/bin
LOCK := requirements.lock
CATALOGUE := locale/zh_CN/LC_MESSAGES/nnlab.po
TEMPLATE := locale/nnlab.pot

# Where Python keeps no bytecode, each of the many processes of a test compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := run
.PHONY: run test thorough lint format audit lock messages docs screenshots bench

# The stamps: installing happens again only when a list of packages has changed.
.venv/bin/python:
	$(PYTHON) -m venv .venv

# pip would compile every module, which takes most of its time; few of them are ever imported.
.venv/run.stamp: requirements.txt $(LOCK) | .venv/bin/python
	$(BIN)/python -m pip install --no-compile -r requirements.txt -c $(LOCK)
	touch $@

.venv/test.stamp: .venv/run.stamp requirements-test.txt
	$(BIN)/python -m pip install --no-compile -r requirements-test.txt -c $(LOCK)
	touch $@

run: .venv/run.stamp
	$(BIN)/python -m streamlit run streamlit_app.py

# Tests of a running server, most of them with a browser.
SERVED := tests/browser tests/deploy tests/faults tests/hostile
# A busy machine keeps browsers waiting: a few may be tried once more, and what they said is shown.
SECOND_TRY := --reruns 1 --max-suite-reruns 6 --rerun-show-tracebacks

# Side by side; each worker of the second has a server and a browser of its own. When it has no tests
# left it takes some from another, so that none works alone at the end.
test: lint
	$(BIN)/python -m pytest -n $(WORKERS) -m "not thorough" $(addprefix --ignore=,$(SERVED))
	$(BIN)/python -m pytest -n $(BROWSERS) --dist worksteal $(SECOND_TRY) -m "not thorough" $(SERVED)

# Every page and part in both languages, both themes and both widths, and more seeds: takes longer.
thorough: .venv/test.stamp
	$(BIN)/python -m pytest -n $(BROWSERS) --dist loadfile -m thorough

# hadolint comes for Linux on x86-64 only.
lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint deploy/Dockerfile; fi

format: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Asks the Python Packaging Authority's database for known holes in what is locked.
audit: | .venv/bin/python
	$(BIN)/python -m pip install pip-audit==2.10.1
	$(BIN)/pip-audit --requirement $(LOCK) --no-deps --disable-pip --strict

# Pins the newest versions that requirements*.txt admit. A build's own suffix (+cpu) is taken off,
# so that the lock fits every machine; on Linux, PyTorch from PyPI also brings NVIDIA's packages,
# which PyTorch pins by itself.
lock: | .venv/bin/python
	$(BIN)/python -m pip install pip-tools==7.6.2
	$(BIN)/pip-compile --upgrade --allow-unsafe --strip-extras --quiet --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-options \
		--output-file $(LOCK).new requirements.txt requirements-test.txt
	sed -E 's/^([^#[:space:]]+==[^+[:space:]]+)\+[^[:space:]]+/\1/' $(LOCK).new > $(LOCK)
	rm $(LOCK).new

# Takes new messages into the Chinese catalogue; a new one is left empty, never guessed.
messages: .venv/test.stamp
	$(BIN)/pybabel extract --mapping=babel.cfg --add-location=file --sort-output --no-wrap \
		--project=nnlab --version=1 --msgid-bugs-address=nnlab --output=$(TEMPLATE) .
	$(BIN)/pybabel update --input-file=$(TEMPLATE) --output-file=$(CATALOGUE) --locale=zh_CN \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

# The API reference from the docstrings: open docs/api/index.html.
docs: .venv/test.stamp
	$(BIN)/python -m docs.reference docs/api

screenshots: .venv/test.stamp
	$(BIN)/python -m tests.browser.screenshots

bench: .venv/test.stamp
	for file in benchmarks/*.py; do $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; done
