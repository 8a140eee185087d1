# make demo and make test are all that a newcomer needs.

CARGO ?= cargo
COMMANDS ?= 1000000
HISTORIES ?= 1000000
MUTATIONS ?= 1000000
SEED ?= 1
SEEDS ?= 10000
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo test lint doc embedded conformance model tear mutate simulate fuzz bench ci

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## build, issue a specimen card into a virtual chip, verify it
	@.ci/install-missing build
	@$(CARGO) run --locked --package host-issuer --bin eid -- demo

test: ## unit tests, published vectors, and the whole path through a real pcscd
	@.ci/install-missing test
	$(CARGO) test --locked --workspace

lint: ## formatting and clippy, warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

doc: ## the documentation of every public item, in target/doc
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

embedded: ## the chip for a bare Cortex-M4, with its code size
	@.ci/install-missing embedded
	.ci/embedded

conformance: ## the standards' own tests on the virtual card of each profile: what passed, failed, is not applicable, not implemented; then on cards with one defect each
	@.ci/install-missing build
	@$(CARGO) test --locked --package host-issuer --test conformance expected -- --nocapture --test-threads=1
	@EID_KILLS=full $(CARGO) test --locked --package test-vectors --test conformance_kills

model: ## random commands to a chip against a model of what may be read: COMMANDS=1000000 SEED=1
	EID_MODEL_COMMANDS=$(COMMANDS) EID_MODEL_SEED=$(SEED) $(CARGO) test --locked --release --package card-applet --test chip \
		proof::model -- --nocapture

tear: ## every recovery of every power cut, then random histories: HISTORIES=1000000 SEED=1
	EID_TEAR_RECOVERIES=1000 EID_TEAR_HISTORIES=$(HISTORIES) EID_TEAR_SEED=$(SEED) \
		$(CARGO) test --locked --release --package card-applet --lib card::tear -- --nocapture

mutate: ## changed documents, of which none may be believed: MUTATIONS=1000000 SEED=1
	EID_MUTATIONS=$(MUTATIONS) EID_MUTATION_SEED=$(SEED) $(CARGO) test --locked --release --package host-issuer \
		--test inspect_corpus mutations::no_changed -- --nocapture

simulate: ## an issuing station on days when everything goes wrong; a seed that fails is printed: SEEDS=10000 SEED=1
	EID_SIMULATION_SEEDS=$(SEEDS) EID_SIMULATION_SEED=$(SEED) $(CARGO) test --locked --release --package host-issuer \
		--test station_faults -- --nocapture

fuzz: ## looks for commands and files that nobody expects: SECONDS=600 for each target
	.ci/fuzz $(SECONDS)

bench: ## cards prepared, issued and inspected, time on the wire and of the chip's memory; instructions of the chip per step, code size, RAM, stack
	@.ci/install-missing bench
	.ci/bench

ci: ## everything .ci/run does
	.ci/run
