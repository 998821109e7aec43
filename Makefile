# make demo   sets up what it needs, redacts the sample calls, says where to look
# make demo-live  the same calls live, through Kafka and all stages on this machine
# make test   the test suite (its head says which Kafka broker and S3 server it got); make test-slow the long ones; make lint the linters
# make bench  how many calls this machine carries, how long audio waits, what costs how much
# make score  the shared corpus, scored by callshield and by the outside scorer (CORPUS=folder, SCORER=file); make bed: the held-out calls

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CORPUS ?= ../shared/corpus
SCORER ?= ../shared/tools/score.py
STAMP := $(VENV)/.installed

.PHONY: demo demo-live test test-slow test-kafka lint format score measure measure-live bench scaling bed samples lock setup clean help

help:
	@sed -n 's/^# \?//p' Makefile | head -6

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up $(VENV): takes a minute or two, once."
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/callshield redact tests/samples --out out/demo --roles agent,customer --pictures --force

demo-live: $(STAMP)
	@$(BIN)/python -m tests.demo_live out/live

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-slow: $(STAMP)
	@$(BIN)/python -m pytest -m slow

test-kafka: $(STAMP)
	@$(BIN)/python -m pytest -m "kafka and not slow"

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

score: $(STAMP)
	@$(BIN)/callshield eval $(CORPUS) --out out/score --force
	@echo "The outside scorer on the same audio:"
	@$(BIN)/python $(SCORER) $(CORPUS) out/score

measure: score
	@cp out/score/eval.md docs/measurements/shared-corpus.md
	@cp out/score/eval.json docs/measurements/shared-corpus.json
	@$(BIN)/callshield eval tests/samples --out out/eval-samples --force
	@cp out/eval-samples/eval.md docs/measurements/samples.md

measure-live: $(STAMP)
	@$(BIN)/python tests/measure_live.py all $(CORPUS)

bench: $(STAMP)
	@$(BIN)/callshield bench --full --out out/bench --force
	@sed 's#](bench_#](../images/bench_#' out/bench/bench.md > docs/measurements/capacity.md
	@cp out/bench/bench.json docs/measurements/capacity.json
	@cp out/bench/bench_*.png docs/images/

scaling: $(STAMP)
	@$(BIN)/python tests/measure_plan.py >/dev/null
	@$(BIN)/python tests/scaling.py

bed: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[voices]'
	@$(BIN)/python -m tests.bed --set held-out --out out/held --force
	@$(BIN)/callshield eval out/held --out out/held-eval --force
	@$(BIN)/python -m tests.bed.figures out/held-eval/eval.json > docs/measurements/held-out.md

samples: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[voices]'
	@$(BIN)/python -m tests.voice

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(STAMP)
	@$(LOCK) --extra dev --output-file requirements.lock pyproject.toml
	@$(LOCK) --no-annotate --constraint requirements.lock --output-file deploy/runtime.lock pyproject.toml
	@$(LOCK) --no-annotate --constraint requirements.lock --build-deps-for wheel --only-build-deps \
		--output-file deploy/build.lock pyproject.toml

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
