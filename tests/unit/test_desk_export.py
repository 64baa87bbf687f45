"""A closed handover becomes a SESSION: with consent, without personal data, and out again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from exemplar.cli import app
from exemplar.desk.brief import QUOTE, Brief
from exemplar.desk.export import Exported, conversation_of, export_handover
from exemplar.desk.model import Handover, Outcome, Person
from exemplar.desk.registry import Registry
from exemplar.errors import ExemplarError
from exemplar.sessions.consent import ConsentBook, parse_consent
from exemplar.sessions.files import read_session
from exemplar.sessions.model import Session

SARA = Person("desk:sara", "Sara")
PERSONAL = ("mara", "okafor", "sara", "555", "104163", "mill lane", "LS1", "example.org", "H-1001")
CONSENT = """
customer: {given: 2026-11-01, by: chat survey, for: [learning]}
agent: {given: 2026-10-01, by: works agreement 7, for: [learning]}
"""
BRIEF = Brief(
    "asked",
    "Mara wrote about: track order.",
    (0.2, 0.9),
    ("explain: order late",),
    "This is Mara Okafor, my order ML-104163 is late and I have had enough of it.",
    facts=(("customer", "Mara"), ("email", "mara.okafor@example.org"), ("phone", "555-0142")),
)


def agreed(**refused: None) -> ConsentBook:
    given = {"given": "2026-11-01", "by": "form 12", "for": ["learning"]}
    sides = {side: parse_consent(given, side) for side in ("customer", "agent")}
    return ConsentBook({**sides, **refused})


def talked(registry: Registry, *, agent: str = "It leaves tomorrow, Mara.") -> Handover:
    """A conversation at the desk that is not over."""
    handover = registry.request("web-1", "website", BRIEF)
    registry.follow("web-1", [("assistant", "a-1", "A colleague takes over.")])
    registry.claim(handover.number, SARA)
    registry.reply(handover.number, SARA, "k-1", "Sara here. I have H-1001 before me.")
    registry.note(handover.number, SARA, "n-1", "I think she is right.")
    registry.relay(handover, "c-1", "mail me at mara.okafor@example.org or call 555-0142")
    registry.reply(handover.number, SARA, "k-2", agent)
    registry.relay(handover, "c-2", "Thanks Sara. To 12 Mill Lane, Leeds LS1 4AB please.")
    return handover


def closed(registry: Registry, outcome: str = Outcome.SOLVED) -> Handover:
    handover = registry.close(talked(registry).number, SARA, outcome, "sent Mara a new one")
    assert handover is not None
    return handover


def session_of(exported: Exported, folder: Path) -> Session:
    return read_session(folder / f"{exported.session}.yml")


@pytest.fixture
def command(desk: Registry, tmp_path: Path) -> Callable[..., Result]:
    """Runs `exemplar …` beside a desk of its own."""
    (tmp_path / "consent.yml").write_text(CONSENT)
    return lambda *words: CliRunner(mix_stderr=False).invoke(app, [str(word) for word in words])


def test_it_goes_out_is_checked_and_comes_back_out_again_when_it_is_withdrawn(
    desk: Registry, command: Callable[..., Result], tmp_path: Path
) -> None:
    number, folder = closed(desk).number, tmp_path / "sessions"
    export = ("desk", "export", number, "--consent", tmp_path / "consent.yml", "--to", folder)
    done = command(*export)
    assert done.exit_code == 0, done.exception
    (file,) = folder.glob("*.yml")
    assert f"{number} is the SESSION {file.stem} in {folder}." in done.stdout
    assert "stage was guessed" in done.stdout
    assert command("sessions", "check", "--sessions", folder).exit_code == 0
    text = file.read_text()
    assert not [one for one in PERSONAL if re.search(rf"\b{one}\b", text, re.IGNORECASE)], text
    assert "already" in command(*export).stdout

    assert command("sessions", "withdraw", file.stem, "--from", folder).exit_code == 0
    assert not list(folder.glob("*.yml"))
    again = command(*export)
    assert isinstance(again.exception, ExemplarError)
    assert "was withdrawn, and stays out" in str(again.exception)
    assert not list(folder.glob("*.yml"))


def test_only_what_customer_and_person_wrote_to_each_other_is_in_it(
    desk: Registry, tmp_path: Path
) -> None:
    exported = export_handover(desk, closed(desk).number, agreed(), stage="during", out=tmp_path)
    session = session_of(exported, tmp_path)
    assert [turn.speaker for turn in session.turns] == [
        *("customer", "agent", "customer", "agent", "customer")
    ]
    assert session.turns[0].text.startswith("This is [NAME_1], my order")
    said = " ".join(turn.text for turn in session.turns)
    for elsewhere in ("colleague takes over", "she is right", "a new one"):
        assert elsewhere not in said
    assert (session.channel, session.stage, session.origin) == ("website", "during", "recorded")
    assert (session.agent, session.teaches) == ("exemplary", True)
    assert not exported.stage_guessed


@pytest.mark.parametrize(
    ("outcome", "solved"),
    [(Outcome.SOLVED, True), (Outcome.RETURNED, False), (Outcome.LEFT, False)],
)
def test_it_is_solved_if_the_desk_says_so_whatever_the_last_words_were_and_nobody_rated(
    desk: Registry, tmp_path: Path, outcome: str, solved: bool
) -> None:
    exported = export_handover(desk, closed(desk, outcome).number, agreed(), out=tmp_path)
    ended = session_of(exported, tmp_path).outcome
    assert (ended.solved, ended.rating) == (solved, None)


@pytest.mark.parametrize(
    ("book", "whose"),
    [
        (ConsentBook(), "the customer and the agent"),
        (agreed(customer=None), "the customer"),
        (agreed(agent=None), "the agent"),
        (ConsentBook(agreed().general, {"H-1001": {"customer": None}}), "the customer"),
    ],
    ids=["nobody's", "not the customer's", "not the agent's", "refused for this one"],
)
def test_without_the_consent_of_both_sides_nothing_goes_out_and_it_says_how_to_record_it(
    desk: Registry, tmp_path: Path, book: ConsentBook, whose: str
) -> None:
    number = closed(desk).number
    with pytest.raises(ExemplarError) as refused:
        export_handover(desk, number, book, out=tmp_path / "sessions")
    assert f"{number}: no consent of {whose} is on record; write it to a file" in str(refused.value)
    assert "--consent (docs/sessions-import.md)" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "sessions").exists()


def test_what_is_not_over_stays_at_the_desk(desk: Registry, tmp_path: Path) -> None:
    number = talked(desk).number
    with pytest.raises(
        ExemplarError, match=f"not over yet; close it .*exemplar desk close {number}"
    ):
        export_handover(desk, number, agreed(), out=tmp_path / "sessions")
    with pytest.raises(ExemplarError, match="there is no handover H-4711"):
        export_handover(desk, "H-4711", agreed(), out=tmp_path / "sessions")
    assert not (tmp_path / "sessions").exists()


def test_where_nobody_came_there_is_nothing_to_learn(desk: Registry, tmp_path: Path) -> None:
    handover = desk.request("web-1", "website", BRIEF)
    desk.close(handover.number)
    with pytest.raises(ExemplarError, match="only one side wrote"):
        export_handover(desk, handover.number, agreed(), out=tmp_path)
    assert not list(tmp_path.glob("*.yml"))


def test_what_the_customer_said_before_is_told_once_and_not_in_half_words(desk: Registry) -> None:
    twice = desk.request("web-1", "slack", Brief("crisis", "…", (), (), "help me"))
    desk.relay(twice, "c-1", "help me")
    conversation = conversation_of(twice, desk.entries_since(twice.number))
    assert [turn.text for turn in conversation.turns] == ["help me"]
    assert conversation.channel == "slack"
    long = ("word " * QUOTE)[: QUOTE - 2] + "ha"
    cut = desk.request("web-2", "website", Brief("asked", "…", (), (), long[:QUOTE]))
    (opening,) = conversation_of(cut, desk.entries_since(cut.number)).turns
    assert set(opening.text.split()) == {"word"}


def test_an_ordinary_persons_is_there_for_contrast_and_its_stage_waits_for_a_look(
    desk: Registry, command: Callable[..., Result], tmp_path: Path
) -> None:
    folder = tmp_path / "sessions"
    words = ("--ordinary", "--consent", tmp_path / "consent.yml", "--to", folder)
    done = command("desk", "export", closed(desk).number, *words)
    assert done.exit_code == 0, done.exception
    (file,) = folder.glob("*.yml")
    assert read_session(file).agent == "ordinary"
    assert file.stem in (folder / "stages-to-review.txt").read_text()
