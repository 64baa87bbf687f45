"""What the report on SESSIONS says, and what it leaves out."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exemplar.emotion.reader import Reading
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.sessions.drawing import curve
from exemplar.sessions.learning import learn
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.overview import overview
from exemplar.sessions.report import SHOWN, spread, write_report
from exemplar.sessions.suspicion import Doubt, Doubts, Reason, agent_reasons, customer_reasons
from tests.sessions_pages import GOALS, consent, session, some_sessions


def page(tmp_path: Path, sessions: list[Session], doubts: Doubts | None = None) -> str:
    file = tmp_path / "deep" / "report.html"
    write_report(sessions, learn(sessions, GOALS), file, goals=GOALS, doubts=doubts or Doubts())
    return file.read_text(encoding="utf-8")


def reading(name: str, score: float, frustration: float) -> Reading:
    return Reading({e: score if e == name else 0.02 for e in EMOTIONS}, frustration, {})


def test_the_page_works_offline_and_runs_only_its_own_script(tmp_path: Path) -> None:
    text = page(tmp_path, some_sessions())
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
    assert "url(" not in text
    assert re.search(r"script-src 'sha256-[^']+'", html.unescape(text))


def test_what_was_said_is_shown_as_text(tmp_path: Path) -> None:
    said = "<script>alert(1)</script> & {{ 7 * 7 }}"
    text = page(tmp_path, [session("odd-words", text=said)])
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}" in text


def test_it_says_that_staff_are_not_rated(tmp_path: Path) -> None:
    assert "never about staff" in page(tmp_path, some_sessions())


def test_sessions_without_consent_or_set_apart_are_counted_and_not_shown(tmp_path: Path) -> None:
    withdrawn = session("taken-back", given=consent(withdrawn=date(2026, 11, 25)))
    evaluated = session("only-measured", given=consent("evaluation"))
    apart = session("set-apart", apart=True)
    counted, usable = overview([*some_sessions(), withdrawn, evaluated, apart], GOALS)
    assert (counted.apart, counted.without_consent) == (1, 2)
    assert len(usable) == 9
    text = page(tmp_path, [*some_sessions(), withdrawn, evaluated, apart])
    for name in ("taken-back", "only-measured", "set-apart"):
        assert name not in text


def test_cells_of_too_few_sessions_are_empty_and_say_so(tmp_path: Path) -> None:
    text = page(tmp_path, some_sessions())
    # One SESSION meets anger with resolve.
    assert re.search(r'class="few"><span>too few</span><span>\d+ in 1</span>', text)
    assert "nothing is claimed" in text


def test_exemplary_and_ordinary_answers_are_compared_with_an_interval() -> None:
    counted, _ = overview(some_sessions(), GOALS)
    shares = {share.name: share for share in counted.shares()}
    validate, defend = shares["validate"], shares["defend"]
    assert validate.exemplary == pytest.approx(15 / 18)
    assert validate.ordinary == 0.0
    assert validate.difference is not None
    assert validate.difference.low <= validate.difference.mean <= validate.difference.high
    assert (defend.exemplary, defend.ordinary) == (0.0, 1.0)
    assert next(share.name for share in counted.shares()) == "validate"


def test_nothing_is_compared_with_too_few_ordinary_sessions(tmp_path: Path) -> None:
    sessions = some_sessions()[:-2]
    counted, _ = overview(sessions, GOALS)
    assert all(share.difference is None for share in counted.shares())
    assert "so nothing is compared" in page(tmp_path, sessions)


def test_the_ends_tell_who_left_calm() -> None:
    counted, _ = overview(some_sessions(), GOALS)
    one, other = counted.ends["exemplary"], counted.ends["ordinary"]
    assert (one.upset, one.calmed, one.solved) == (6, 6, 6)
    assert (other.upset, other.calmed, other.solved) == (3, 0, 0)


def test_coverage_names_what_no_session_shows() -> None:
    counted, _ = overview(some_sessions(), GOALS)
    assert counted.sessions_with("track_order", "frustration") == 5
    assert counted.sessions_at("before", "anger") == 0
    wishes = {heading: what for heading, _, what in counted.wishes()}
    assert wishes["Matters in no SESSION"] == ["get_refund", "cancel_order"]
    assert "anger before the purchase (none)" in wishes["Feelings hardly seen at a stage"]
    assert "anger after the purchase (1)" in wishes["Feelings hardly seen at a stage"]


def test_the_same_sessions_give_the_same_page(tmp_path: Path) -> None:
    assert page(tmp_path / "a", some_sessions()) == page(tmp_path / "b", some_sessions())


def test_no_session_gives_a_page_that_says_so(tmp_path: Path) -> None:
    text = page(tmp_path, [])
    assert "No exemplary SESSION" in text
    assert "nan" not in text.lower().replace("finance", "")


def test_turns_without_labels_are_shown_without(tmp_path: Path) -> None:
    one = session("bare")
    bare = replace(one, turns=tuple(replace(turn, labels=None) for turn in one.turns))
    assert "no labels yet" in page(tmp_path, [bare])


def test_of_very_many_an_even_spread_is_shown_in_full() -> None:
    many = [session(f"s-{n}", (0.5,)) for n in range(2 * SHOWN)]
    assert [one.id for one in spread(many, SHOWN)][:3] == ["s-0", "s-2", "s-4"]
    assert len(spread(many, SHOWN)) == SHOWN


def test_a_doubt_links_to_its_turn(tmp_path: Path) -> None:
    doubt = Doubt("good-1", 2, "agent", "Of course", "validate", (Reason("odd", "odd words", 0.5),))
    text = page(tmp_path, some_sessions(), Doubts([doubt], 10))
    assert 'href="#good-1-2"' in text
    assert 'id="good-1-2"' in text
    assert "To check: odd words" in text


def test_the_line_falls_as_frustration_falls() -> None:
    drawn = str(curve(session("falls", (1.0, 0.5, 0.0))))
    points = re.search(r'class="line" points="([^"]+)"', drawn)
    assert points
    heights = [float(point.split(",")[1]) for point in points[1].split()]
    assert heights == sorted(heights)
    assert "1.00 frustration, 0.50 frustration, 0.00 gratitude" in drawn
    assert ">validate<" in drawn


def test_a_very_long_session_still_fits() -> None:
    drawn = str(curve(session("long", tuple(0.5 for _ in range(1000)))))
    width = re.search(r'width="(\d+)"', drawn)
    assert width
    assert int(width[1]) < 1500


def test_a_session_of_an_agent_alone_is_drawn() -> None:
    one = session("alone")
    assert "No labels of the customer" in str(curve(replace(one, turns=one.turns[1:2])))


def test_readings_far_from_the_label_are_doubted() -> None:
    turn = Turn("customer", 0, "fine", Labels("author", emotion="joy", frustration=0.1))
    kinds = [r.kind for r in customer_reasons(turn, reading("anger", 0.9, 0.9))]
    assert kinds == ["frustration", "emotion"]
    assert customer_reasons(turn, reading("joy", 0.9, 0.4)) == []


def test_moves_that_another_model_does_not_see_are_doubted() -> None:
    one = session("doubted", (0.5,), moves=("validate", "explain"))
    scores = dict.fromkeys(("open", "listen", "clarify", "restate", "apologize", "own"), 0.1)
    scores |= dict.fromkeys(("options", "resolve", "boundary", "handover", "close"), 0.3)
    found = agent_reasons(one, 1, {**scores, "validate": 0.01, "explain": 0.9, "expect": 0.98})
    assert [reason.says for reason in found] == [
        "validate is not seen in it (0.01)",
        "expect is seen in it (0.98), not labelled",
    ]


@pytest.mark.parametrize(
    ("moves", "text", "says"),
    [
        ((), "Fine.", "no move is labelled"),
        (("resolve",), "Done.", "no facts"),
        (("explain",), "word " * 130, "130 words"),
        (("explain",), "You should have read it.", "wording of blame"),
        (("explain",), "Great, wonderful!", "wording of over_cheer"),
    ],
)
def test_odd_turns_are_doubted(moves: tuple[str, ...], text: str, says: str) -> None:
    one = session("odd", (0.9,), moves=moves, text=text)
    assert any(says in reason.says for reason in agent_reasons(one, 1))


def test_cheer_towards_a_glad_customer_is_not_doubted() -> None:
    one = session("glad", (0.0,), moves=("explain",), text="Enjoy it!")
    assert agent_reasons(one, 1) == []
