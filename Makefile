# The whole project from here: `make run` shows it at work, `make test` checks it.
# Needs rustup, a C compiler and make; the rest is set up by the first step.

HOST := target/debug/graph-contacts
PORT ?= 8080
# Modules of tests/e2e about the host, its processes and its limits, most of whose time is the processor's: one seed is enough.
ONE_SEED := command:: component:: hosting_command:: hostile:: isolation:: killed:: long_responses:: proxy:: soak:: status_page:: \
  thousand_tenants:: time::

.PHONY: help toolchain build component hostile host run test vary test-page test-sdk test-odata test-clients soak lint fmt docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# Installing is left to rustup where the toolchain is missing, because it may be set not to do so by itself.
toolchain:
	@command -v rustup >/dev/null || { echo "rustup is missing: https://rustup.rs"; exit 1; }
	@rustup toolchain list | grep -q '^1\.95\.0' || rustup toolchain install 1.95.0 --profile minimal --component rustfmt --component clippy
	@rustup target list --installed --toolchain 1.95.0 | grep -q '^wasm32-wasip2$$' || rustup target add --toolchain 1.95.0 wasm32-wasip2

build: component host ## the component, and the command that hosts it

component: toolchain
	cargo build --locked --release --target wasm32-wasip2 --package graph-contacts

# Not part of the product: what the tests put in the connector's place.
hostile: toolchain
	cargo build --locked --release --target wasm32-wasip2 --package graph-contacts-hostile

host: toolchain
	cargo build --locked --package graph-contacts-cli

run: build ## the gateway on 127.0.0.1:8080 (PORT=), in front of an in-memory Microsoft Graph
	@PORT=$(PORT) exec $(HOST) serve --emulator

test: build hostile ## every test; those end to end run what `make build` built, under five seeds of the emulator's variation
	cargo test --locked --workspace
	tests/vary.sh 2 4 $(addprefix --skip ,$(ONE_SEED))

vary: build hostile ## the tests end to end under SEEDS= seeds (200) of the emulated Graph's variation, from FIRST=
	tests/vary.sh $(or $(FIRST),1) $(or $(SEEDS),200)

# The status page in a browser: the one part of the tests that needs more than Rust.
test-page: build ## the status page in headless Chromium (CHROMIUM=), with a picture of it in target/status-page.png
	@browser=$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome)}; \
	if [ -z "$$browser" ]; then \
	  echo "There is no Chromium: apt-get install chromium (Debian), dnf install chromium (Fedora), or name one with CHROMIUM=/path"; exit 1; \
	fi; \
	CHROMIUM=$$browser cargo test --locked --package graph-contacts-tests status_page -- --ignored

test-sdk: build ## Microsoft's SDK for the Azure AD Graph API, unmodified, at the gateway; needs Python 3 and its package index
	tests/sdk/azure_ad_graph.sh

test-odata: build ## pyodata and @odata/client, unmodified, at the gateway; a client that cannot be had is skipped by name
	tests/sdk/odata.sh

test-clients: host ## clients of Microsoft Graph from npm and PyPI, unmodified, at the emulator (VARY=SEED); skips those it cannot get
	tests/clients/run.sh

soak: build hostile ## the soak under faults, longer and with a new seed each time (SOAK_ROUNDS=, SOAK_SEED=)
	SOAK_ROUNDS=$${SOAK_ROUNDS:-2000} SOAK_SEED=$${SOAK_SEED:-$$(date +%s)} cargo test --locked --package graph-contacts-tests soak -- --nocapture

lint: toolchain ## formatting, clippy with warnings as errors, and the rules of tests/house
	@rustup component add --toolchain 1.95.0 rustfmt clippy 2>/dev/null
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	cargo clippy --locked --package graph-contacts --package graph-contacts-hostile --target wasm32-wasip2 --release -- --deny warnings
	cargo test --locked --package graph-contacts-house

fmt: toolchain ## format the sources
	cargo fmt --all

docs: toolchain ## what is generated from the tables of attributes and properties: two pages of docs/, and the $$metadata documents
	cargo run --locked --quiet --package graph-contacts --example attributes > docs/attributes.md
	cargo run --locked --quiet --package graph-contacts --example azure_ad_graph_properties > docs/azure-ad-graph-properties.md
	cargo run --locked --quiet --package graph-contacts --example azure_ad_graph_metadata -- guest/protocol/src/azure_ad_graph/metadata

clean: ## remove what was built
	cargo clean
