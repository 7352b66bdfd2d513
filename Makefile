# phonon-osc. `make help` lists the targets. A Debian with python3 (3.11 to 3.13), python3-venv, pip and make is enough.

.DEFAULT_GOAL := help
.PHONY: help demo test test-live test-clients test-versions test-wheel wheel lint format docs bench warm clean

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m phonon_osc
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1	/' | expand -t 21

demo: $(VENV)/installed  ## install, play a recorded Tidal session through a real server, and write demo.wav
	$(RUN) demo --out demo.wav

test: $(VENV)/developed  ## install the developers' tools, run lint, then every test that needs nothing but Python
	@$(MAKE) --no-print-directory lint; lint=$$?; $(RUN) warm --all-lanes; \
	$(BIN)/python -m pytest -m "not needs"; tests=$$?; [ $$lint -eq 0 ] && [ $$tests -eq 0 ]

test-live: $(VENV)/developed  ## run the tests that need jackd, oscsend or scsynth (Debian: jackd2, liblo-tools, supercollider-server)
	$(RUN) warm
	PHONON_OSC_CI=1 $(BIN)/python -m pytest -m needs

test-clients: $(VENV)/developed  ## install Tidal, Strudel and other front ends and play them to a live server (scripts: PHONON_OSC_CLIENTS)
	$(RUN) warm
	$(BIN)/python -m tests.clients

test-versions: $(VENV)/developed  ## test kernels with the lowest and the newest allowed numba and llvmlite, each in a fresh environment
	$(BIN)/python -m tests.versions

wheel: $(VENV)/developed  ## build dist/*.whl with the kernels of all classes of CPUs compiled; CLASSES="native aarch64" chooses
	rm -rf build/wheel dist && mkdir -p build/wheel
	cp -r dsp phonon_osc pyproject.toml README.md LICENSE build/wheel/
	$(BIN)/python -m phonon_osc.engine.ship build/wheel/dsp/shipped_kernels $(CLASSES)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist ./build/wheel
	@ls -l dist

test-wheel: wheel  ## build the wheel, install it into an empty environment with an empty cache, and play
	$(BIN)/python -m tests.wheel

lint: $(VENV)/developed  ## run ruff, its format check, mypy and the import contracts
	$(BIN)/ruff check dsp phonon_osc tests bench
	$(BIN)/ruff format --check dsp phonon_osc tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/developed  ## sort imports and format the code with ruff
	$(BIN)/ruff check --fix-only --select I dsp phonon_osc tests bench
	$(BIN)/ruff format dsp phonon_osc tests bench

docs: $(VENV)/installed  ## write protocol.md, docs/dirt.md and docs/strudel.md from the declarations
	PHONON_OSC_DIALECTS=none $(BIN)/python -m phonon_osc.osc.protocol > protocol.md
	PHONON_OSC_DIALECTS=none $(BIN)/python -m phonon_osc.dialects.superdirt.docs > docs/dirt.md
	PHONON_OSC_DIALECTS=none $(BIN)/python -m phonon_osc.dialects.strudel.docs > docs/strudel.md

bench: $(VENV)/developed  ## measure this machine: voices (also scsynth's, if installed), sessions, latency, events, start, idle
	$(BIN)/python bench/voices.py W1
	$(BIN)/python bench/voices.py W2
	-$(BIN)/python bench/peers.py all
	-$(BIN)/python bench/sessions.py
	-$(BIN)/python bench/latency.py
	-$(BIN)/python bench/events.py
	-$(BIN)/python bench/start.py
	-$(BIN)/python bench/idle.py

warm: $(VENV)/installed  ## compile every kernel for this machine now
	$(RUN) warm

clean:  ## remove the environment, caches and demo.wav; kernels stay in the user's cache folder
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis demo.wav
	find dsp phonon_osc tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "installing phonon-osc and its dependencies into $(VENV)"
	$(PIP) --editable '.[top]'
	@touch $@

$(VENV)/developed: pyproject.toml | $(BIN)/python
	@echo "installing phonon-osc, its dependencies and the developers' tools into $(VENV)"
	$(PIP) --editable '.[dev]'
	@touch $(VENV)/installed $@
