# -m tools does it all and needs only Python: `python -m tools book` is `make book`.
PYTHON ?= python3

.PHONY: book pdf test class grade notebooks zip links audit colab matrix release lint lock clean

book: # builds the book and serves it; SERVE=0 only builds, PORT=8000 is where it starts to look
	@$(PYTHON) -m tools book $(if $(filter 0,$(SERVE)),--no-serve)

pdf: # makes the whole book as _build/book.pdf
	@$(PYTHON) -m tools pdf

test: # runs every test; ARGS goes to pytest
	@$(PYTHON) -m tools test $(ARGS)

class: # makes a teacher's kit in _build/class; SITE is where the book is published; VARIANTS=4 SEED=1
	@$(PYTHON) -m tools class $(if $(SITE),--site "$(SITE)") \
		$(if $(VARIANTS),--variants "$(VARIANTS)") $(if $(SEED),--seed "$(SEED)")

grade: # grades the notebooks of the folder SUBMISSIONS; OUT=_build/grades, LIMIT=10 (s), DOCKER=chapter
	@$(PYTHON) -m tools grade "$(SUBMISSIONS)" $(if $(OUT),--out "$(OUT)") \
		$(if $(LIMIT),--seconds $(LIMIT)) $(if $(DOCKER),--docker "$(DOCKER)")

notebooks: # writes each chapter's notebook; SITE and OUT for a published site; ARGS=--check checks
	@$(PYTHON) -m tools notebooks $(if $(SITE),--site "$(SITE)") $(if $(OUT),--out "$(OUT)") $(ARGS)

zip: # makes the site as one zip
	@$(PYTHON) -m tools zip

links: # lists the links that lead out of the book; ARGS=--check asks whether they answer
	@$(PYTHON) -m tools links $(ARGS)

audit: # looks for known vulnerabilities of what the lock files name
	@$(PYTHON) -m tools audit

colab: # renews the versions of Colab in tests/colab.txt; FREEZE is a path or an address
	@$(PYTHON) -m tools colab $(if $(FREEZE),"$(FREEZE)")

matrix: # runs library and notebooks on old and new versions; ROWS="oldest colab" runs some rows
	@$(PYTHON) -m tools matrix $(ROWS)

release: # checks, builds dist/ and tags the version of pyproject.toml; pushes nothing
	@$(PYTHON) -m tools release

lint: # style and format
	@$(PYTHON) -m tools lint

lock: # renews requirements.lock
	@$(PYTHON) -m tools lock

clean: # removes everything that was made
	rm -rf .venv .venv-class node_modules _build
