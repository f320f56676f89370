# Everything sets itself up: a machine with Python 3.11 or later and make is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SDK_1 := ==1.109.1
SDK_2 := >=2,<3
SDK_3 := >=3,<4
EXTRA_1 := 'aiohttp<3.14' 'aioresponses>=0.7.9'  # aioresponses 0.7.9 needs this aiohttp
SDK_VENVS := $(foreach generation,1 2 3,$(VENV)-sdk-$(generation)/.installed)

FRAMEWORKS := openai openai-agents langchain pydantic-ai agent-framework
FRAMEWORK_PINS := tests/frameworks/requirements

OTHER_CLIENTS := tests/transports/test_requests_sessions.py tests/transports/test_aiohttp_sessions.py tests/transports/test_beside_aioresponses.py

.PHONY: help demo test lint coverage sdks conformance frameworks docs docs-generated package bench bench-quick clean

help:
	@echo "make demo      see the main job: the real SDK, streaming, tool calls, a file search, a plot"
	@echo "make test      run the tests"
	@echo "make lint      types, style, floors"
	@echo "make coverage  branch coverage of core/ and apis/ by their own tests; it must be complete"
	@echo "make sdks      the SDK tests and the examples on openai 1.109.1, the last 2.x and the last 3.x"
	@echo "make conformance  the official SDK's own suites against runmock serve, on the same three"
	@echo "make frameworks   one cassette, and faults, through agent frameworks, each in an environment of its own"
	@echo "make docs      build the site into build/site; a warning is an error"
	@echo "make docs-generated  write the generated pages and tables of docs/reference anew"
	@echo "make package   build both distributions into dist, and check what an index would say to them"
	@echo "make bench     measure, as ratios side by side with others; make bench-quick takes less than a minute"

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "runmock needs Python 3.11 or later; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable '.[serve]' --group dev
	mkdir -p $(VENV)/typing && ln -sfn $(CURDIR)/pytest_plugin $(VENV)/typing/pytest_runmock
	touch $@

demo: $(VENV)/.installed
	$(BIN)/runmock demo

test: $(VENV)/.installed
	@$(BIN)/python -m compileall -q runmock pytest_plugin  # once, not in each of a hundred processes
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=$(VENV)/typing $(BIN)/mypy -p runmock -p pytest_runmock
	MYPYPATH=$(VENV)/typing $(BIN)/mypy tests/typing
	MYPYPATH=$(VENV)/typing $(BIN)/mypy examples
	$(BIN)/basedpyright --pythonpath $(BIN)/python tests/typing
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

coverage: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto tests/core tests/apis tests/documents tests/deck/test_deck.py --cov=runmock.core --cov=runmock.apis --cov-branch --cov-report=
	$(BIN)/coverage report --include='*/runmock/core/*,*/runmock/apis/*' --fail-under=100

sdks: $(SDK_VENVS)
	@set -e; for venv in $(SDK_VENVS:/.installed=); do \
		$$venv/bin/python -c 'import openai; print("openai", openai.__version__)'; \
		$$venv/bin/python -m pytest -n auto tests/sdk tests/test_every_client.py tests/docs/test_examples.py $(OTHER_CLIENTS); \
	done

conformance: $(SDK_VENVS)
	@set -e; for venv in $(SDK_VENVS:/.installed=); do \
		$$venv/bin/python conformance/official_suites.py $$venv/sources; \
	done

$(VENV)-sdk-%/.installed: pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(@D)/bin/python -m pip install --quiet --editable '.[serve]' --group test --group conformance 'openai[aiohttp]$(SDK_$*)' $(EXTRA_$*)
	touch $@

frameworks: $(FRAMEWORKS:%=$(VENV)-frameworks-%/.installed)
	$(BIN)/python conformance/framework_cells.py --write tests/frameworks/results.json $(foreach name,$(FRAMEWORKS),$(name)=$(VENV)-frameworks-$(name))
	$(BIN)/python tests/docs/generated_pages.py

$(VENV)-frameworks-%/.installed: $(FRAMEWORK_PINS)/%.txt $(FRAMEWORK_PINS)/openai.txt pyproject.toml | $(VENV)/.installed
	$(PYTHON) -m venv --clear --without-pip $(@D)
	$(BIN)/python -m pip --python $(@D)/bin/python install --quiet --no-deps --no-compile --requirement $<  # all is pinned
	$(BIN)/python -m pip --python $(@D)/bin/python install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip --python $(@D)/bin/python check
	touch $@

docs: $(VENV)/.installed
	$(BIN)/sphinx-build --builder html --fresh-env --nitpicky --fail-on-warning --keep-going --quiet docs build/site
	@echo "the site is build/site/index.html"

docs-generated: $(VENV)/.installed
	$(BIN)/python tests/docs/generated_pages.py

package: $(VENV)/.installed
	rm -rf build/lib dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/bench.py --write benchmarks

bench-quick: $(VENV)/.installed
	$(BIN)/python benchmarks/bench.py --quick

clean:
	rm -rf $(VENV) $(VENV)-sdk-* $(VENV)-frameworks-* $(VENV)-bench-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage*
