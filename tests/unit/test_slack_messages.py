"""What the desk says in Slack keeps to its limits; what people say there is readable without Slack."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from exemplar.desk.brief import Brief, curve
from exemplar.desk.model import CLOSED, WAITING, WITH_PERSON, Entry, Handover, Kind, Outcome
from exemplar.desk.slack.messages import brief_blocks, escape, lines, pieces, plain
from tests.integration.slack_stand_in import _problem

BRIEF = Brief(
    "asked",
    "Mara wrote about: track order.",
    (0.0, 0.3, 0.9),
    ("explain: order late",),
    "a *person* <!here>",
    (("customer", "Mara Okafor"), ("order", "ML-104163")),
    suggestions=("offer a voucher (session 12)",),
)
HANDOVER = Handover("H-1001", "web-1", "website", WAITING, BRIEF, datetime(2026, 11, 24))


def entry(kind: str, text: str = "", author: str = "", name: str = "", seq: int = 2) -> Entry:
    return Entry("H-1001", seq, kind, text, author, name, "k", datetime(2026, 11, 24))


def buttons(handover: Handover) -> list[str]:
    return [
        element["text"]["text"]
        for block in brief_blocks(handover, "asked for a person")
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_the_mood_is_a_line_of_bars() -> None:
    assert curve((0.0, 0.5, 1.0)) == "▁▅█"
    assert curve(()) == ""


def test_the_brief_says_all_and_nothing_in_it_calls_the_channel() -> None:
    shown = json.dumps(brief_blocks(HANDOVER, "asked for a person"), ensure_ascii=False)
    for part in ("H-1001", "track order", "▁▃█", "Mara Okafor", "explain: order late", "voucher"):
        assert part in shown
    assert "<!here>" not in shown
    assert "&lt;!here&gt;" in shown


def test_which_buttons_there_are_follows_the_state() -> None:
    assert buttons(HANDOVER) == ["Claim", "Close"]
    claimed = replace(HANDOVER, state=WITH_PERSON, claimed_name="Sara")
    assert buttons(claimed) == ["Return to the assistant", "Close"]
    assert buttons(replace(claimed, state=CLOSED, outcome=Outcome.SOLVED)) == []


@pytest.mark.parametrize("letter", ["x", "&", "<", "*", "🎁", "\n"])
def test_a_brief_of_any_length_is_within_slacks_limits(letter: str) -> None:
    long = letter * 20_000
    brief = Brief(
        "asked",
        long,
        (0.5,) * 500,
        (long,) * 9,
        long,
        (("customer", long),) * 40,
        long,
        (long,) * 9,
    )
    blocks = brief_blocks(replace(HANDOVER, brief=brief), long)
    assert _problem("text", blocks) is None


@pytest.mark.parametrize("text", ["", "short", "x" * 9_001, "word " * 3_000, "line\n" * 2_000])
def test_a_long_text_comes_in_pieces_and_nothing_of_it_is_lost(text: str) -> None:
    cut = pieces(text)
    assert "".join(cut) == text
    assert all(len(piece) <= 3_800 for piece in cut)


def test_what_was_written_in_slack_is_not_said_there_again() -> None:
    assert lines(entry(Kind.AGENT, "Hello", "slack:U0ANA", "Ana"), HANDOVER) == []
    assert lines(entry(Kind.NOTE, "n", "slack:U0ANA", "Ana"), HANDOVER) == []
    assert lines(entry(Kind.AGENT, "Hello", "desk:ines", "Ines"), HANDOVER) == [
        "🧑 Ines to the customer: Hello"
    ]
    assert lines(entry(Kind.ASKED, "asked", seq=1), HANDOVER) == []
    assert lines(entry(Kind.CUSTOMER, "hi"), HANDOVER) == ["💬 Mara Okafor: hi"]
    left = replace(HANDOVER, state=CLOSED, outcome=Outcome.LEFT)
    assert lines(entry(Kind.CLOSED), left) == ["↩️ The customer went back to the assistant."]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("a &lt;b&gt; &amp; c &amp;lt;", "a <b> & c &lt;"),
        ("<https://x.example/a?b&amp;c>", "https://x.example/a?b&c"),
        ("<https://x.example|our page>", "our page (https://x.example)"),
        ("<http://x.example|x.example>", "x.example"),
        ("<mailto:mara@x.example|mara@x.example>", "mara@x.example"),
        ("<tel:+3161234|+3161234>", "+3161234"),
        ("ask <@U012345> or <@U1|tom>", "ask a colleague or tom"),
        ("<!here> <!subteam^S1|@team> <#C1|general>", "@here @team #general"),
        (":wave: :no_such_thing:", "👋 :no_such_thing:"),
        ("  spaced  ", "spaced"),
    ],
)
def test_slacks_markup_is_nothing_to_customers(written: str, read: str) -> None:
    assert plain(written) == read


def test_what_customers_write_stays_as_it_is() -> None:
    assert plain(escape("<!channel> & <@U1> &lt;")) == "<!channel> & <@U1> &lt;"
