# Nocturn: make run, make test; make help lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
JOBS ?= $(shell nproc)
ARGS ?=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, start the sample cloud and the hub, print the address; Ctrl-C stops both
	@tools/setup demo
	@build/nocturn demo run --dir .nocturn $(ARGS)

build: ## build the program: build/nocturn
	@tools/setup build
	@mkdir -p build && cmake --preset release -DNOCTURN_BENCH=OFF >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@cmake --build build/release -j $(JOBS) --target nocturn
	@ln -sf release/bin/nocturn build/nocturn

test: ## install what tests need, build, run every test
	@tools/test $(ARGS)

bench: ## compare with the packaged peers; prints ratios
	@tools/setup build demo bench
	@cmake --preset release >/dev/null && cmake --build build/release -j $(JOBS)
	@bench/run $(ARGS)

lint: ## clang-tidy and the repository's self-check
	@tools/setup build lint
	@tools/tidy
	@tools/lint $(ARGS)

format: ## clang-format over our own sources
	@tools/setup lint
	@git ls-files '*.cpp' '*.h' | xargs clang-format-19 -i

fuzz: ## fuzz every parser of outside bytes for FUZZ_SECONDS (60) each
	@tools/setup build lint
	@cmake --preset fuzz >/dev/null && cmake --build build/fuzz -j $(JOBS) --target fuzzers
	@tests/fuzz/run build/fuzz $(ARGS)

openapi: build ## write api/openapi.json anew from the endpoint tables
	@mkdir -p api && build/nocturn api describe >api/openapi.json

package: build ## a Debian package in build/
	@tools/setup package
	@rm -f build/nocturn_*.deb
	@cd build/release && cpack -B .. >cpack.log 2>&1 || { cat cpack.log >&2; exit 1; }
	@ls build/nocturn_*.deb

clean: ## forget everything built (not .nocturn, the sample cloud's data)
	@rm -rf build

.PHONY: help run build test bench lint format fuzz openapi package clean
