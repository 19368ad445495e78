# Everything that is done here, by name. `make demo` and `make test` set up what they need: Rust 1.95+, Node 20+, make and a C compiler suffice.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup contracts gen demo test check fmt lint bench coverage prove kubo fhir-server conformance clean

FORGE := bin/forge

help: ## Lists the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# `install --no-save`, not `ci`: foundry lists binaries of platforms whose packages a registry need not have, and `ci` insists on all of them.
node_modules/.installed: package.json package-lock.json
	npm install --ignore-scripts --no-save --no-audit --no-fund --loglevel=error
	touch $@

setup: node_modules/.installed ## Installs the pinned toolchain into node_modules.

contracts: setup ## Compiles the contracts.
	$(FORGE) build --quiet contracts script

gen: contracts ## Regenerates what is committed but made: bindings, gas tables.
	node tools/gen-bindings.mjs
	$(FORGE) test --quiet --match-path 'test/gas/*'
	cargo run --quiet -p theriac-sim --bin operations -- snapshots/operations.json

demo: setup ## Runs the main job on real device data: factory, labels, custody, verdicts.
	cargo build --release --quiet -p theriac-cli -p theriac-sim
	target/release/demo

test: contracts ## Runs every test.
	FORGE_SNAPSHOT_CHECK=true $(FORGE) test --match-path 'test/gas/*'
	FOUNDRY_PROFILE=tests $(FORGE) test
	THERIAC_FHIR=$${THERIAC_FHIR-$$(tools/hapi.sh || true)} cargo test --workspace

lint: contracts
	$(FORGE) fmt --check
	FOUNDRY_PROFILE=tests $(FORGE) lint --deny warnings
	cargo fmt --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo clippy --package theriac-client --features aws-kms --quiet -- -D warnings

check: lint coverage gen ## Formatting, lints, coverage of the contracts, and that committed artefacts are fresh.
	@git diff --exit-code --stat -- crates/bindings/abi snapshots || { echo "made files are stale: run 'make gen' and commit"; exit 1; }

fmt: setup ## Formats everything.
	$(FORGE) fmt
	cargo fmt

bench: demo ## Measures, with a peer beside it in the same run, and writes snapshots/bench.json.
	THERIAC_AGE=$${THERIAC_AGE-$$(tools/age/build.sh || true)} \
	THERIAC_EPCIS_PYTHON=$${THERIAC_EPCIS_PYTHON:-$$(tools/epcis-hash.sh || true)} \
	THERIAC_FHIR=$${THERIAC_FHIR-$$(tools/hapi.sh || true)} target/release/bench snapshots/bench.json

coverage: contracts ## Line and branch coverage of the contracts; fails under 100 %.
	tools/coverage.sh

prove: setup ## Proves the arithmetic of Escrow for all values, with halmos (needs Python 3 with venv).
	tools/prove.sh

kubo: ## Builds the real IPFS node that the tests use (Go 1.26.5+), and prints its path.
	@tools/kubo/build.sh

fhir-server: ## Runs a real FHIR R4 server on loopback, at PORT or 8080, until it is stopped (Java 17+, Maven).
	"$$(tools/hapi.sh)" server --stay --port $${PORT:-8080}

conformance: ## Validates the FHIR resources in FOLDER, or else the guide's examples, with HAPI (Java 17+, Maven; THERIAC_DATA).
	fhir=$$(tools/hapi.sh); pocd=$${THERIAC_DATA:?names the folder of public data}/pocd; \
	"$$fhir" validator --check "$${FOLDER:-$$pocd/examples}" "$$pocd"

clean: ## Removes what was built; not the toolchain.
	rm -rf out cache broadcast target demo-out tools/hapi/target tools/hapi/*/target
