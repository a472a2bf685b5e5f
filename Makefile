# Each verb is `python -m tools VERB`, which needs only Python to begin with; `make help` lists them.
PYTHON ?= python3
DO = @$(PYTHON) -m tools $@

.PHONY: book pdf zip notebooks test planted class grade links audit colab matrix lint lock release help clean

book:
	$(DO) $(if $(filter 0,$(SERVE)),--no-serve)

notebooks:
	$(DO) $(if $(SITE),--site "$(SITE)") $(if $(OUT),--out "$(OUT)") $(ARGS)

class:
	$(DO) $(if $(SITE),--site "$(SITE)") $(if $(VARIANTS),--variants "$(VARIANTS)") \
		$(if $(SEED),--seed "$(SEED)") $(if $(filter 1,$(OTTER)),--otter)

grade:
	$(DO) "$(SUBMISSIONS)" $(if $(OUT),--out "$(OUT)") $(if $(LIMIT),--seconds $(LIMIT))

colab:
	$(DO) $(if $(FREEZE),"$(FREEZE)")

matrix:
	$(DO) $(ROWS)

planted:
	$(DO) $(NAMES)

pdf zip audit lint release help:
	$(DO)

test links lock:
	$(DO) $(ARGS)

clean: # removes everything that was made
	rm -rf .venv .venv-class node_modules _build
