# tools/dev.py does it all and needs only Python: `python tools/dev.py book` is `make book`.
PYTHON ?= python3

.PHONY: book pdf test class grade notebooks zip links audit colab matrix release lint lock clean

book: # builds the book and serves it; SERVE=0 only builds, PORT=8000 is where it starts to look
	@$(PYTHON) tools/dev.py book $(if $(filter 0,$(SERVE)),--no-serve)

pdf: # makes the whole book as _build/book.pdf
	@$(PYTHON) tools/dev.py pdf

test: # runs every test; ARGS goes to pytest
	@$(PYTHON) tools/dev.py test $(ARGS)

class: # makes a teacher's kit in _build/class; SITE is where the book is published; VARIANTS=4 SEED=1
	@$(PYTHON) tools/dev.py class $(if $(SITE),--site "$(SITE)") \
		$(if $(VARIANTS),--variants "$(VARIANTS)") $(if $(SEED),--seed "$(SEED)")

grade: # grades the notebooks of the folder SUBMISSIONS; OUT=_build/grades, LIMIT=10 (s), DOCKER=chapter
	@$(PYTHON) tools/dev.py grade "$(SUBMISSIONS)" $(if $(OUT),--out "$(OUT)") \
		$(if $(LIMIT),--seconds $(LIMIT)) $(if $(DOCKER),--docker "$(DOCKER)")

notebooks: # writes each chapter's notebook; SITE and OUT for a published site; ARGS=--check checks
	@$(PYTHON) tools/dev.py notebooks $(if $(SITE),--site "$(SITE)") $(if $(OUT),--out "$(OUT)") $(ARGS)

zip: # makes the site as one zip
	@$(PYTHON) tools/dev.py zip

links: # lists the links that lead out of the book; ARGS=--check asks whether they answer
	@$(PYTHON) tools/dev.py links $(ARGS)

audit: # looks for known vulnerabilities of what the lock files name
	@$(PYTHON) tools/dev.py audit

colab: # renews the versions of Colab in tests/colab.txt; FREEZE is a path or an address
	@$(PYTHON) tools/dev.py colab $(if $(FREEZE),"$(FREEZE)")

matrix: # runs library and notebooks on old and new versions; ROWS="oldest colab" runs some rows
	@$(PYTHON) tools/dev.py matrix $(ROWS)

release: # checks, builds dist/ and tags the version of pyproject.toml; pushes nothing
	@$(PYTHON) tools/dev.py release

lint: # style and format
	@$(PYTHON) tools/dev.py lint

lock: # renews requirements.lock
	@$(PYTHON) tools/dev.py lock

clean: # removes everything that was made
	rm -rf .venv .venv-class node_modules _build
