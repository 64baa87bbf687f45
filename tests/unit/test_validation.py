"""A project is validated beside its training, and what is wrong with it ends the training as ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exemplar.dialogue.apart import Apart
from tests.conftest import ROOT

CONFIG = """
recipe: default.v1
assistant_id: test
language: en
importers:
- name: exemplar.dialogue.importing.WholeStories
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: RegexEntityExtractor
policies:
- name: MemoizationPolicy
- name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, bye]
responses:
  utter_hello: [{text: Hello!}]
  utter_bye: [{text: Goodbye.}]
"""
NLU = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - good morning
- intent: bye
  examples: |
    - goodbye
    - see you
"""
RULES = """
version: "3.1"
rules:
- rule: hello
  steps:
  - intent: greet
  - action: {action}
stories:
- story: bye
  steps:
  - intent: bye
  - action: utter_bye
"""
#: `rasa train`, as with two cores, however many there are.
TRAIN = """
import sys
from exemplar.dialogue import apart
apart.cores.__code__ = (lambda: 2).__code__
from rasa.__main__ import main
sys.argv[0] = "rasa"
main()
"""


def train(
    folder: Path, *options: str, domain: str = DOMAIN, nlu: str = NLU, action: str = "utter_hello"
) -> subprocess.CompletedProcess[str]:
    files = {"config": CONFIG, "domain": domain, "data/nlu": nlu}
    files["data/rules"] = RULES.replace("{action}", action)
    (folder / "data").mkdir()
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)
    return rasa(folder, "train", *options)


def rasa(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", TRAIN, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def trained(folder: Path) -> list[Path]:
    return list(folder.glob("models/*.tar.gz"))


def test_a_project_without_faults_is_trained(tmp_path: Path) -> None:
    ended = train(tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "Story structure validation" in ended.stderr
    assert trained(tmp_path)


def test_a_training_ends_with_what_validation_objects_to(tmp_path: Path) -> None:
    ended = train(tmp_path, action="action_of_nobody")
    assert ended.returncode == 1
    assert "action_of_nobody" in ended.stderr
    assert "Project validation completed with errors." in ended.stdout
    assert not trained(tmp_path)


@pytest.mark.parametrize("options", [("--dry-run",), ("--fail-on-validation-warnings",)])
def test_warnings_end_it_where_they_are_to(tmp_path: Path, options: tuple[str, ...]) -> None:
    twice = NLU.replace("- see you", "- hello")
    ended = train(tmp_path, *options, "--fail-on-validation-warnings", nlu=twice)
    assert ended.returncode == 1
    assert "multiple different intents" in ended.stderr
    assert "Project validation completed with errors." in ended.stdout
    assert not trained(tmp_path)


def test_what_breaks_a_schema_ends_it_and_is_told(tmp_path: Path) -> None:
    ended = train(tmp_path, nlu=NLU.replace("- intent: bye", "- intend: bye"))
    assert ended.returncode == 1
    assert "intend" in ended.stderr + ended.stdout
    assert not trained(tmp_path)


def test_validation_by_itself_says_what_is_wrong_before_it_ends(tmp_path: Path) -> None:
    train(tmp_path, "--dry-run", action="action_of_nobody")
    ended = rasa(tmp_path, "data", "validate")
    assert ended.returncode == 1
    assert "Project validation completed with errors." in ended.stdout


def test_what_is_worked_out_apart_comes_to_what_it_comes_to() -> None:
    assert Apart(lambda: [1, 2]).result() == [1, 2]
    with pytest.raises(ZeroDivisionError):
        Apart(lambda: 1 / 0).result()
    with pytest.raises(EOFError):
        Apart(lambda: os._exit(3)).result()
