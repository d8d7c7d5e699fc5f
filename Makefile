# The commands of a day. Everything happens in .venv; nothing outside the checkout is changed.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SCENE := data/demo/scene.mp4
# A file of tests stays whole, for what it films or starts is shared in it; the slow tests come last.
PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help run test quick training toolchains check bench device-check format clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("expected Python 3.10 or newer, got " + sys.version.split()[0] + "; run make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

run: $(READY) ## set up, film the built-in scene, run the whole chain on it, show the record
	@test -f $(SCENE) || $(BIN)/traffic simulate --out $(SCENE)
	$(BIN)/traffic run --broker --preview data/demo/preview.mp4
	$(BIN)/traffic passages list
	$(BIN)/traffic passages count
	$(BIN)/traffic violations list
	@echo "Evidence pictures: data/evidence. Annotated video: data/demo/preview.mp4. Database: data/traffic.db."

test: $(READY) ## set up and run every test, on every core, the slow ones last
	$(PYTEST)

quick: $(READY) ## the main part of the tests: all but the slow ones, in three minutes on two cores
	$(PYTEST) -m 'not slow'

training: $(READY) ## add what training models needs (PyTorch); their tests run from then on
	$(BIN)/python -m pip install --quiet torch==2.13.0 --editable '.[training]'

toolchains: $(READY) ## add compilers for CUDA, TensorRT's headers, registries and parser (600 MB, below data/); their tests run from then on
	cuda_kernels/toolchains.sh cuda-11.8 $(if $(shell command -v nvcc),,cuda-13.0) headers registries parser

check: $(READY) ## style, types, import map, migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  $(BIN)/alembic -x url=sqlite:///$$folder/check.db upgrade head && \
	  $(BIN)/alembic -x url=sqlite:///$$folder/check.db check

bench: $(READY) ## our chain beside a plain loop of the usual libraries
	$(BIN)/python -m pip install --quiet 'onnx>=1.17,<2' 'onnx-graphsurgeon>=0.6,<0.7' defusedxml pyDeprecate requests tqdm
	@# without dependencies: theirs on opencv-python would overwrite the headless one
	$(BIN)/python -m pip install --quiet --no-deps 'trackers>=2.6,<2.7' 'supervision>=0.29,<0.32'
	$(BIN)/traffic bench

device-check: ## on a machine with an NVIDIA GPU and TensorRT: kernels, engines and the five steps, measured
	cuda_kernels/device_check.sh

format: $(READY) ## put the code in its standard form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove .venv and the built-in scene; the record in data/ stays
	rm -rf .venv data/demo
