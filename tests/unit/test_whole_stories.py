"""What `rasa train` makes of a project's stories."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.importers.importer import TrainingDataImporter

from exemplar.dialogue.importing import WholeStories

DOMAIN = """
version: "3.1"
intents: [greet, thank, bye]
responses:
  utter_hello: [{text: Hello!}]
  utter_gladly: [{text: Gladly.}]
  utter_bye: [{text: Goodbye.}]
"""
STORIES = """
version: "3.1"
stories:
- story: hello
  steps:
  - intent: greet
  - action: utter_hello
- story: thanks, and
  steps:
  - intent: thank
  - action: utter_gladly
  - checkpoint: thanked
- story: goodbye
  steps:
  - checkpoint: thanked
  - intent: bye
  - action: utter_bye
"""
OURS = "importers:\n- name: exemplar.dialogue.importing.WholeStories\n"


def trackers(folder: Path, importers: str) -> list[TrackerWithCachedStates]:
    """The conversations that Rasa makes of the stories, with its own share of stringing together."""
    (folder / "config.yml").write_text(f"recipe: default.v1\nlanguage: en\n{importers}")
    (folder / "domain.yml").write_text(DOMAIN)
    (folder / "stories.yml").write_text(STORIES)
    return read(folder)


def read(folder: Path) -> list[TrackerWithCachedStates]:
    importer = TrainingDataImporter.load_from_config(
        str(folder / "config.yml"), str(folder / "domain.yml"), [str(folder / "stories.yml")]
    )
    found: list[TrackerWithCachedStates] = TrainingDataGenerator(
        importer.get_stories(), importer.get_domain(), augmentation_factor=50
    ).generate()
    return found


@pytest.mark.filterwarnings("error::UserWarning")
def test_stories_are_trained_as_they_stand_and_nothing_is_reported_as_a_slip(
    tmp_path: Path,
) -> None:
    made = trackers(tmp_path, OURS)
    assert sorted(one.sender_id for one in made) == ["hello", "thanks, and > goodbye"]


def test_a_story_that_was_edited_is_read_anew_by_the_same_process(tmp_path: Path) -> None:
    trackers(tmp_path, OURS)
    (tmp_path / "stories.yml").write_text(STORIES.replace("story: hello", "story: good day"))
    assert "good day" in [one.sender_id for one in read(tmp_path)]


def test_what_somebody_does_to_the_phrases_does_not_reach_the_next_who_reads_them(
    tmp_path: Path,
) -> None:
    phrases = tmp_path / "nlu.yml"
    phrases.write_text("version: '3.1'\nnlu:\n- intent: greet\n  examples: |\n    - hello\n")
    for _ in range(2):
        importer = WholeStories(training_data_paths=[str(phrases)])
        (message,) = importer.get_nlu_data().training_examples
        assert message.get("intent") == "greet"
        message.set("intent", "bye")


def test_rasa_alone_would_string_them_together(tmp_path: Path) -> None:
    # When this fails, Rasa has changed, and WholeStories may not be needed any more.
    assert any(one.is_augmented for one in trackers(tmp_path, ""))


def test_a_trackers_fingerprint_tells_its_events() -> None:
    domain = Domain.from_yaml(DOMAIN)

    def tracker(*actions: str) -> TrackerWithCachedStates:
        made = TrackerWithCachedStates("story", slots=domain.slots, domain=domain)
        for name in actions:
            made.update(ActionExecuted(name))
        return made

    one = tracker("utter_hello")
    assert one.fingerprint() == one.fingerprint() == tracker("utter_hello").fingerprint()
    assert one.fingerprint() != tracker("utter_bye").fingerprint()
    before = one.fingerprint()
    one.update(ActionExecuted("utter_gladly"))
    assert one.fingerprint() != before
