# What people run. `make run` to chat, `make test` to check everything.
export RASA_TELEMETRY_ENABLED = false
export PYTHONWARNINGS = ignore
export SQLALCHEMY_SILENCE_UBER_WARNING = 1
export TF_CPP_MIN_LOG_LEVEL = 2

SHELL = bash
.SHELLFLAGS = -eu -o pipefail -c
BIN = .venv/bin

.PHONY: run test setup check lint validate train test-nlu test-stories rasa-tests pytest format bench-emotion bench-intents bench-desk

run: setup
	@exec $(BIN)/exemplar run

test: check train rasa-tests pytest

setup:
	@script/setup

# What needs no trained assistant.
check: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/exemplar lint

# Rasa's own checks, which go before every training as well.
validate: setup
	$(BIN)/rasa data validate 2>&1 | $(BIN)/python script/quiet

train: setup
	@$(BIN)/exemplar train

# `rasa test`: dialogue in tests/stories, with failure on a wrong prediction; NLU in tests/nlu. The
# plot of some hundred moves against each other takes minutes, and nobody can read it.
test-stories: train
	$(BIN)/rasa test core --stories tests/stories --fail-on-prediction-errors --no-plot --out results/stories 2>&1 | $(BIN)/python script/quiet

test-nlu: train
	$(BIN)/rasa test nlu --nlu tests/nlu --out results/nlu 2>&1 | $(BIN)/python script/quiet

# Both of them, side by side: each keeps one core busy.
rasa-tests: train
	@$(MAKE) --no-print-directory --jobs 2 test-stories test-nlu

pytest: train
	$(BIN)/pytest --numprocesses 2 --dist loadfile

# The emotion reading against distilroberta-base on PyTorch, which stays in an environment of its own.
bench-emotion: setup
	@$(BIN)/python script/bench_emotion.py --uv "$$(script/find-uv)"

# The pipeline on other companies' few phrases.
bench-intents: setup
	@$(BIN)/python script/bench_intents.py 2>/dev/null

# 200 open handovers with messages both ways.
bench-desk: train
	@$(BIN)/python script/bench_desk.py

format: setup
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
