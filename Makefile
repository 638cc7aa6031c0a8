# One command each: `make demo` serves the example, `make test` runs the checks of every day.
# Both set themselves up from nothing; all they need by hand is Python 3.11 or newer.

BIN := .venv/bin
INSTALLED := .venv/.installed
SERVICES_INSTALLED := .venv/.services-installed
DOCS_INSTALLED := .venv/.docs-installed
BROWSERS_INSTALLED := .venv/.browsers-installed
COVERAGE_INSTALLED := .venv/.coverage-installed
MUTANTS_INSTALLED := .venv/.mutants-installed
UNIT := $(BIN)/pytest tests --numprocesses=auto
JOURNEYS := $(BIN)/pytest e2e --numprocesses=auto
PORT := 8000
REDIS := redis://127.0.0.1:6379/0
MINUTES := 20
SAMPLE := 450
SEED := 1
HOST := unfold
HOSTS := unfold jazzmin grappelli wagtail oscar
.DEFAULT_GOAL := help

.PHONY: help demo demo-live demo-push test test-all lint types unit packaging e2e e2e-others browser format \
	old-kits test-services test-postgres test-mariadb test-celery coverage mutants matrix messages assets assets-check hosts hosts-demo hosts-test \
	docs docs-links screenshots bench bench-live soak simulate clean

help: ## this list
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(INSTALLED) ## serve the example, a small task board; PORT=8001 serves it there
	$(BIN)/python manage.py demo --port $(PORT)

demo-live: $(SERVICES_INSTALLED) ## serve it with live updates through Redis; REDIS=redis://HOST:6379/0
	EXAMPLE_REDIS=$(REDIS) $(BIN)/python manage.py demo --port $(PORT)

demo-push: $(INSTALLED) ## serve it with messages to browsers that have no page open, over the real push services
	@test -s demo.webpush-key || \
		EXAMPLE_WEBPUSH=1 $(BIN)/python manage.py webpush_keys --verbosity=0 > demo.webpush-key
	$(BIN)/python manage.py demo --port $(PORT)

test: lint types unit e2e ## lint, types, unit tests, and journeys in a real Chromium

test-all: test e2e-others test-browsers packaging test-services ## everything: other journeys and browsers, packaging, services

lint: $(INSTALLED) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy --strict over what is shipped
	$(BIN)/mypy

unit: $(INSTALLED) ## unit tests on SQLite without the seldom ones, and those of the example
	$(UNIT) -m "not packaging and not seldom"
	$(BIN)/python manage.py test example --verbosity=0

packaging: $(INSTALLED) ## build the package, and install it into an empty environment
	$(UNIT) -m packaging

e2e: $(INSTALLED) browser e2e/node_modules ## the journeys, in a real Chromium, on htmx 2, without the seldom ones
	$(JOURNEYS)
	$(BIN)/pytest e2e/test_webpush.py --numprocesses=auto --ds=e2e.settings_webpush

e2e-others: $(INSTALLED) browser e2e/node_modules ## on both builds of htmx 4; more languages, hosts and states
	$(JOURNEYS) --others

# A worker for each browser, with one Firefox and one WebKit at a time.
test-browsers: $(BROWSERS_INSTALLED) ## the journeys that matter, in Firefox and WebKit (on Debian: firefox-esr webkit2gtk-driver xvfb)
	$(BIN)/pytest e2e/browsers --numprocesses=2 --ds=e2e.settings_browsers

# axe, scripts of other projects, and the release of htmx 4, of which django-htmx carries a beta.
# Without npm the journeys do without them.
e2e/node_modules: e2e/package.json
	@if command -v npm >/dev/null; then npm install --prefix e2e --silent && touch $@; \
	else echo "There is no npm, so the journeys skip the release of htmx 4."; fi

browser: $(INSTALLED)
	@$(BIN)/python scripts/ensure_browser.py

format: $(INSTALLED) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Kits from which a project may move over. One runs up to Django 5.0, and needs distutils. The others
# may stay installed during the move.
old-kits: .old-kits/hq/.installed .old-kits/others/.installed
.old-kits/hq/.installed: KITS = "Django<5.1" django-notifications-hq setuptools
.old-kits/others/.installed: KITS = django-notifications-community django-generic-notifications --editable .
.old-kits/%/.installed: pyproject.toml
	@sh scripts/venv.sh .old-kits/$*
	.old-kits/$*/bin/python -m pip install -qq --upgrade $(KITS)
	@touch $@

test-services: $(SERVICES_INSTALLED) old-kits ## unit tests on PostgreSQL and MariaDB, seldom ones on SQLite, real workers and servers
	@$(BIN)/python scripts/services.py

test-postgres test-mariadb: $(SERVICES_INSTALLED)
	@$(BIN)/python scripts/services.py $(@:test-%=%)

test-celery: $(SERVICES_INSTALLED) old-kits ## real workers on RabbitMQ and Redis, real servers
	@$(BIN)/python scripts/services.py workers

coverage: $(COVERAGE_INSTALLED) old-kits ## lines and branches that no unit test reaches on any database; below 98 % it fails
	rm -rf .coverage-data
	$(BIN)/python -m coverage run -m pytest tests --numprocesses=auto -m "not packaging and not seldom"
	$(BIN)/python -m coverage run scripts/services.py
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

mutants: $(MUTANTS_INSTALLED) ## small changes of the code that no check notices; SAMPLE=100 tries fewer
	$(BIN)/python scripts/mutants.py --sample $(SAMPLE) --seed $(SEED)

matrix: $(INSTALLED) ## unit tests on every Django with every Python of this machine
	$(BIN)/python scripts/matrix.py

messages: $(INSTALLED) ## bring the translations up to date and compile them (needs gettext)
	$(BIN)/python scripts/messages.py

assets: $(INSTALLED) ## build the scripts and the stylesheet from static_src/ (needs npm)
	npm install --prefix static_src --silent
	$(BIN)/python manage.py tailwind build

assets-check: ## fail when the committed scripts and stylesheet are not what static_src/ builds
	@bash scripts/assets_check.sh

hosts: ## build Bootstrap's and daisyUI's stylesheets for the gallery (needs npm)
	npm install --prefix example/gallery/hosts --silent
	npm run build --prefix example/gallery/hosts --silent

hosts-demo: .hosts/.$(HOST) ## serve the kit in HOST=unfold, jazzmin, grappelli, wagtail or oscar; PORT=8001
	@DJANGO_SETTINGS_MODULE=example.hosts.$(HOST).settings \
		.hosts/bin/python manage.py host_demo --port $(PORT)

hosts-test: $(HOSTS:%=.hosts/.%) browser ## what a person does, in each of these
	.hosts/bin/python -m pip install -qq --editable ".[dev]"
	.hosts/bin/pytest e2e/test_real_hosts.py

# A virtual environment of their own, so that no other command depends on what a host asks for.
$(HOSTS:%=.hosts/.%): .hosts/.%: pyproject.toml
	@sh scripts/venv.sh .hosts
	.hosts/bin/python -m pip install -qq --editable ".[hosts-$*]"
	@touch $@

docs: $(DOCS_INSTALLED) ## build the documentation site into build/docs, without a warning or a dead link
	@rm -rf build/docs
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --quiet --builder html \
		--doctree-dir build/doctrees docs build/docs
	@$(BIN)/python scripts/docs_links.py build/docs

docs-links: $(DOCS_INSTALLED) ## follow the links from the documentation to other sites (needs a network)
	$(BIN)/python -m sphinx --quiet --builder linkcheck --doctree-dir build/doctrees docs build/docs-links

screenshots: $(INSTALLED) browser ## pictures of the example, for the documentation
	$(BIN)/python scripts/screenshots.py

bench: $(INSTALLED) ## what the poll and the inbox cost
	$(BIN)/python -m benchmarks

bench-live: $(SERVICES_INSTALLED) browser ## what one process that streams holds, takes, and how soon it tells (needs Redis)
	$(BIN)/python -m benchmarks.live
	$(BIN)/python -m benchmarks.live.browser

soak: $(SERVICES_INSTALLED) browser ## twenty minutes of a site whose parts fail; nothing may be lost (needs Redis, PostgreSQL; MINUTES=5)
	$(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

simulate: $(INSTALLED) ## an hour of 100,000 open pages: requests a second, with a deploy and an outage
	$(BIN)/python -m benchmarks.schedule

clean: ## remove everything that can be made again
	rm -rf .venv .hosts .old-kits .matrix .bench .coverage-data build dist static_src/node_modules e2e/node_modules \
		example/gallery/hosts/build example/gallery/hosts/node_modules

$(INSTALLED): pyproject.toml
	@sh scripts/venv.sh
	$(BIN)/python -m pip install -qq --editable ".[dev]"
	@touch $@

$(BROWSERS_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install -qq --editable ".[browsers]"
	@touch $@

$(COVERAGE_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install -qq --editable ".[coverage]"
	@touch $@

$(MUTANTS_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install -qq --editable ".[mutants]"
	@touch $@

$(DOCS_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install -qq --editable ".[docs]"
	@touch $@

$(SERVICES_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install -qq --editable ".[services]"
	@touch $@
