"""What `rasa train` makes of a project's stories."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.importers.importer import TrainingDataImporter

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


def trackers(folder: Path, importers: str) -> list[TrackerWithCachedStates]:
    """The conversations that Rasa makes of the stories, with its own share of stringing together."""
    (folder / "config.yml").write_text(f"recipe: default.v1\nlanguage: en\n{importers}")
    (folder / "domain.yml").write_text(DOMAIN)
    (folder / "stories.yml").write_text(STORIES)
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
    made = trackers(tmp_path, "importers:\n- name: exemplar.dialogue.importing.WholeStories\n")
    assert sorted(one.sender_id for one in made) == ["hello", "thanks, and > goodbye"]


def test_rasa_alone_would_string_them_together(tmp_path: Path) -> None:
    # When this fails, Rasa has changed, and WholeStories may not be needed any more.
    assert any(one.is_augmented for one in trackers(tmp_path, ""))
