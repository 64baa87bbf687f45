"""What customers of SESSIONS answered is learned as examples of what is meant amid a conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exemplar.nlu.meanings import load_meant
from exemplar.sessions.files import SESSIONS, read_session, session_files
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.replies import FILE, MOST, Replies, write_replies

INTENTS = ("affirm", "provide_details", "thank", "vent")


def session(*said: tuple[str, str], **other: Any) -> Session:
    """A SESSION that may teach: what an agent says, and what a customer answers with an intent."""
    real = next(one for one in map(read_session, session_files(SESSIONS)) if one.teaches)
    turns = tuple(
        Turn("customer", n, text, Labels(by="author", intent=speaker, emotion="neutral"))
        if speaker in INTENTS
        else Turn("agent", n, text, None)
        for n, (speaker, text) in enumerate(said)
    )
    return replace(real, turns=turns, **other)


def heard(*sessions: Session) -> dict[str, list[list[str]]]:
    found = Replies(INTENTS)
    for one in sessions:
        found.add(one)
    return found.by_intent()


def test_an_answer_is_kept_with_what_the_agent_had_said() -> None:
    said = session(("agent", "Shall I book Friday?"), ("affirm", "that one, yes"))
    assert heard(said) == {"affirm": [["Shall I book Friday?", "that one, yes"]]}


def test_an_opening_answers_nothing() -> None:
    assert heard(session(("vent", "what a day"), ("agent", "Tell me."))) == {}


def test_what_asks_is_left_to_those_who_label_questions() -> None:
    assert heard(session(("agent", "It comes on Friday."), ("affirm", "ok, before noon?"))) == {}


@pytest.mark.parametrize("other", [{"apart": True}, {"language": "nl"}])
def test_what_may_not_teach_or_is_in_another_language_is_not_heard(other: dict[str, Any]) -> None:
    said = session(("agent", "Shall I book Friday?"), ("affirm", "that one, yes"), **other)
    assert heard(said) == {}


def test_what_gives_a_number_is_known_by_that_and_teaches_no_meaning() -> None:
    said = session(
        ("agent", "Which order is it?"),
        ("provide_details", "ML-104163, the desk"),
        ("agent", "And which colour?"),
        ("provide_details", "mustard, like the sofa"),
    )
    assert heard(said) == {"provide_details": [["And which colour?", "mustard, like the sofa"]]}


def test_no_personal_detail_is_learned_by_heart() -> None:
    said = session(
        ("agent", "I wrote to anna.berg@example.org."), ("thank", "it came, thank you so much")
    )
    assert "anna.berg" not in str(heard(said))


def test_a_frequent_intent_does_not_drown_the_others() -> None:
    many = (turn for n in range(150) for turn in (("agent", f"{n}?"), ("thank", f"thanks {n}")))
    assert len(heard(session(*many))["thank"]) == MOST


def test_what_was_learned_is_read_as_any_hand_is(tmp_path: Path) -> None:
    said = heard(session(("agent", "Shall I book “Friday”?"), ("affirm", "ok: that one\n# yes")))
    assert write_replies(said, tmp_path) == 1
    (one,) = load_meant((tmp_path / FILE).parent)
    assert (one.name, one.exchange.before, one.exchange.text) == (
        "affirm",
        "Shall I book “Friday”?",
        "ok: that one # yes",
    )


def test_where_nothing_is_taught_any_more_nothing_is_left(tmp_path: Path) -> None:
    write_replies(heard(session(("agent", "Shall I?"), ("affirm", "yes"))), tmp_path)
    assert write_replies({}, tmp_path) == 0
    assert not (tmp_path / FILE).exists()
