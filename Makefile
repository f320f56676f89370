# Everything sets itself up: a machine with Python 3.11 or later and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SDKS := openai==1.109.1 openai<3 openai>=3

.PHONY: help demo test lint coverage sdks bench clean

help:
	@echo "make demo      see the main job: the real SDK, streaming, a tool call, the answer"
	@echo "make test      run the tests"
	@echo "make lint      types, style, floors"
	@echo "make coverage  branch coverage of core/ by its own tests; it must be complete"
	@echo "make sdks      the SDK tests on openai 1.109.1, the last 2.x and the last 3.x"
	@echo "make bench     measure, as ratios side by side"

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "runmock needs Python 3.11 or later; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	mkdir -p $(VENV)/typing && ln -sfn $(CURDIR)/pytest_plugin $(VENV)/typing/pytest_runmock
	touch $@

demo: $(VENV)/.installed
	$(BIN)/runmock demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=$(VENV)/typing $(BIN)/mypy -p runmock -p pytest_runmock

coverage: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto tests/core tests/test_deck.py --cov=runmock.core --cov-branch --cov-report=
	$(BIN)/coverage report --include='*/runmock/core/*' --fail-under=100

sdks: $(VENV)/.installed
	@set -e; for sdk in $(foreach sdk,$(SDKS),'$(sdk)'); do \
		venv=$(VENV)-sdk-$$(echo "$$sdk" | tr -cd '0-9<>=.' | tr '<>=' '___'); \
		if [ ! -e $$venv/.installed ] || [ pyproject.toml -nt $$venv/.installed ]; then \
			$(PYTHON) -m venv $$venv; \
			$$venv/bin/python -m pip install --quiet --upgrade "pip>=25.1"; \
			$$venv/bin/python -m pip install --quiet --editable . --group test "$$sdk"; \
			touch $$venv/.installed; \
		fi; \
		$$venv/bin/python -c 'import openai; print("openai", openai.__version__)'; \
		$$venv/bin/python -m pytest -n auto tests/sdk; \
	done

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/overhead.py

clean:
	rm -rf $(VENV) $(VENV)-sdk-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*
