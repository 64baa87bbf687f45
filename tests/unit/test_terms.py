"""When people are there, and what the desk's terms may say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from exemplar.desk.terms import read_terms, shared_terms
from exemplar.errors import ExemplarError

TERMS = """
company: Marlow Lane
time_zone: Europe/Amsterdam
hours:
  monday: 08:00-20:00
  tuesday: 08:00-20:00
  friday: 08:00-24:00
holidays:
  2026-11-24: A day off
assistant_returns_after_minutes: 15
back_to_the_assistant: [back to the assistant, Assistant please]
canned:
- {title: Hello, text: "Hello, {name} here."}
reasons:
  amount: {label: a sum, above: 500}
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "desk.yml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        # In UTC; Amsterdam is an hour ahead in November, two in summer.
        ("2026-11-23T06:59", False),
        ("2026-11-23T07:00", True),
        ("2026-11-23T18:59", True),
        ("2026-11-23T19:00", False),
        ("2026-07-06T06:00", True),
        # A holiday on a Tuesday, a day without hours, the end of a Friday that lasts until midnight.
        ("2026-11-24T10:00", False),
        ("2026-11-25T10:00", False),
        ("2026-11-27T22:59", True),
        ("2026-11-27T23:00", False),
    ],
)
def test_the_desk_is_open_in_its_hours_in_its_own_zone(
    tmp_path: Path, moment: str, there: bool
) -> None:
    terms = read_terms(written(tmp_path, TERMS))
    assert terms.is_open(datetime.fromisoformat(moment)) is there


def test_a_desk_that_is_always_open_may_say_when_most_people_are_there(tmp_path: Path) -> None:
    hours = TERMS[TERMS.index("hours:") : TERMS.index("holidays:")]
    waits = "while_waiting: {again_after: 5, not_on: [website]}"
    written_so = TERMS.replace(hours, f"hours: always\nusual_{hours}") + waits
    terms = read_terms(written(tmp_path, written_so))
    early, later = datetime(2026, 11, 23, 5), datetime(2026, 11, 23, 9)
    assert terms.is_open(early)
    assert (terms.is_usual(early), terms.is_usual(later)) == (False, True)
    opening = terms.next_opening(early)
    assert opening is not None
    assert opening.strftime("%A %H:%M") == "Monday 08:00"
    assert terms.again_after == 5
    assert terms.shows_line == {"website"}


def test_the_next_opening_leaves_out_holidays_and_days_without_hours(tmp_path: Path) -> None:
    terms = read_terms(written(tmp_path, TERMS))
    opening = terms.next_opening(datetime(2026, 11, 23, 20))
    assert opening
    assert opening.strftime("%A %d %H:%M") == "Friday 27 08:00"
    early = terms.next_opening(datetime(2026, 11, 23, 5))
    assert early
    assert early.strftime("%A %d %H:%M") == "Monday 23 08:00"


def test_a_desk_that_is_always_open_is(tmp_path: Path) -> None:
    begin, end = TERMS.index("hours:"), TERMS.index("holidays:")
    terms = read_terms(written(tmp_path, TERMS[:begin] + "hours: always\n" + TERMS[end:]))
    assert terms.is_open(datetime(2026, 11, 24, 3))
    assert terms.next_opening(datetime(2026, 11, 24, 3)) is None


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("back to the assistant", True),
        ("Back to the  assistant!", True),
        ("assistant please", True),
        ("I do not want to go back to the assistant", False),
        ("", False),
    ],
)
def test_a_customer_goes_back_to_the_assistant_by_these_words_alone(
    tmp_path: Path, text: str, goes: bool
) -> None:
    assert read_terms(written(tmp_path, TERMS)).goes_back(text) is goes


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("oh no I don’t want to hold up a queue. back to the assistant", True),
        ("oh no i dont need a person, just who puts it together", True),
        ("is anyone there?", False),
        ("I want to speak with a person, not with the assistant", False),
    ],
)
def test_who_waits_goes_back_in_words_of_their_own(tmp_path: Path, text: str, goes: bool) -> None:
    terms = read_terms(written(tmp_path, TERMS))
    assert terms.goes_back(text, waiting=True) is goes
    assert not terms.goes_back(text)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("Europe/Amsterdam", "Europe/Atlantis", "time_zone"),
        ("08:00-20:00", "20:00-08:00", "hours"),
        ("08:00-20:00", "8 to 8", "hours"),
        ("monday:", "mondag:", "hours"),
        ("2026-11-24", "tomorrow", "holidays"),
        ("minutes: 15", "minutes: soon", "assistant_returns_after_minutes"),
        ("title: Hello,", "headline: Hello,", "canned"),
        ("company: Marlow Lane", "", "company"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_file_and_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    with pytest.raises(ExemplarError, match=rf"desk\.yml: {place} ") as raised:
        read_terms(written(tmp_path, TERMS.replace(old, new, 1)))
    assert "\n" not in str(raised.value)


def test_the_projects_own_terms_can_be_read_and_name_every_reason() -> None:
    terms = shared_terms()
    assert {"asked", "offered", "failures", "frustration", "exception", "amount", "legal"} < set(
        terms.reasons
    )
    assert all(reason.get("label") for reason in terms.reasons.values())
    assert terms.canned
