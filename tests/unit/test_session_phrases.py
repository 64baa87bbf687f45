"""What customers of SESSIONS said is learned as examples for the understanding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from exemplar.sessions.files import SESSIONS, read_session, session_files
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.phrases import FILE, MOST, Phrases, write_phrases

INTENTS = ("affirm", "thank", "track_order", "vent")


def session(name: str, *said: tuple[str, str], **other: Any) -> Session:
    """A SESSION that may teach, in which a customer says these things."""
    real = next(one for one in map(read_session, session_files(SESSIONS)) if one.teaches)
    turns = tuple(
        Turn("customer", n, text, Labels(by="author", intent=intent, emotion="neutral"))
        for n, (intent, text) in enumerate(said)
    )
    return replace(real, id=name, turns=turns, **other)


def heard(*sessions: Session) -> dict[str, list[str]]:
    found = Phrases(INTENTS)
    for one in sessions:
        found.add(one)
    return found.by_intent()


def test_what_customers_said_is_kept_by_intent() -> None:
    said = session("one", ("thank", "cheers for that"), ("vent", "what a day"))
    assert heard(said) == {"thank": ["cheers for that"], "vent": ["what a day"]}


@pytest.mark.parametrize("other", [{"apart": True}, {"language": "nl"}])
def test_what_may_not_teach_or_is_in_another_language_is_not_heard(other: dict[str, Any]) -> None:
    assert heard(session("one", ("thank", "cheers"), **other)) == {}


def test_what_only_the_model_labelled_is_not_heard() -> None:
    one = session("one", ("thank", "cheers"))
    guessed = replace(one.turns[0], labels=Labels(by="model", intent="thank"))
    assert heard(replace(one, turns=(guessed,))) == {}


def test_a_yes_that_is_a_speech_is_not_learned_as_a_yes() -> None:
    speech = "yes but first tell me whether my sister may fetch it on Thursday"
    assert heard(session("one", ("affirm", speech), ("affirm", "yes do that"))) == {
        "affirm": ["yes do that"]
    }


def test_what_the_redaction_hid_does_not_become_a_word() -> None:
    (text,) = heard(session("one", ("track_order", "where is [ORDER_1], [NAME_2]? {now}")))[
        "track_order"
    ]
    assert "[" not in text
    assert "ORDER" not in text
    assert "ML-104871" in text


def test_the_understanding_does_not_remember_people() -> None:
    said = session("one", ("thank", "thank you Amara, write to lena.v@example.org"))
    (text,) = heard(said)["thank"]
    assert text == "thank you Jo, write to j.doe@example.org"


def test_no_intent_gets_more_than_so_many_and_the_same_ones_in_any_order() -> None:
    many = [session(f"s{n}", ("vent", f"what a day, the {n}th")) for n in range(MOST + 50)]
    forth, back = heard(*many)["vent"], heard(*reversed(many))["vent"]
    assert len(forth) == MOST
    assert set(forth) == set(back)


def test_what_a_designer_has_under_some_intent_is_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "talk.yml").write_text(
        "nlu:\n- intent: thank\n  examples: |\n    - Cheers for [that](product)\n"
    )
    found = {"thank": ["ta very much"], "vent": ["cheers  for that", "what a day"]}
    assert write_phrases(found, tmp_path) == 2
    entries = yaml.safe_load((tmp_path / FILE).read_text())["nlu"]
    assert [(one["intent"], one["examples"]) for one in entries] == [
        ("thank", "- ta very much\n"),
        ("vent", "- what a day\n"),
    ]
    assert all(one["metadata"] == {"source": "sessions"} for one in entries)


def test_where_nothing_is_taught_any_more_the_file_goes(tmp_path: Path) -> None:
    (tmp_path / "nlu").mkdir()
    assert write_phrases({"vent": ["what a day"]}, tmp_path) == 1
    assert write_phrases({}, tmp_path) == 0
    assert not (tmp_path / FILE).exists()
