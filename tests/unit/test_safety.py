"""Who listens, by country; whether somebody is there; and what is noticed of it while the alarm stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import notice
from actions.domain import shared_slots
from actions.notice import ActionNotice
from exemplar.errors import ExemplarError
from exemplar.safety import load_safety, shared_safety

ROOT = Path(__file__).parents[2]


def noticed(text: str, intent: str = "vent", **slots: Any) -> dict[str, Any]:
    """Returns what is noticed of a message while the alarm stands."""
    parsed = {"intent": {"name": intent}, "entities": [], "emotion": {"name": "neutral"}}
    event = {
        "event": "user",
        "message_id": "m1",
        "text": text,
        "parse_data": parsed,
        "metadata": {},
    }
    held = {**dict.fromkeys(shared_slots()), "safety": "alarm", **slots}
    latest = {**parsed, "text": text, "metadata": {}}
    tracker = Tracker("x", held, latest, [event], False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {str(one["name"]): one["value"] for one in found}


@pytest.mark.parametrize(
    ("slots", "number"),
    [
        ({"city": "Utrecht"}, "113"),
        ({"city": "utrecht"}, "0800-0113"),
        ({"country": "Belgium"}, "1813"),
        ({"city": "Leeds"}, "116 123"),
        ({"country": "Ireland"}, "116 123"),
        ({"country": "USA"}, "988"),
        ({"country": "the Netherlands", "city": "Leeds"}, "113.nl"),
    ],
)
def test_the_numbers_of_the_customers_own_country_are_said(
    slots: dict[str, str], number: str
) -> None:
    found = noticed("nobody would notice if i was gone", "crisis", **slots)
    assert number in found["helplines"]
    assert number in found["helplines_again"]
    assert "findahelpline.com" in found["helplines"]


def test_in_utrecht_nobody_is_sent_to_america() -> None:
    found = noticed("nobody would notice if i was gone", "crisis", city="Utrecht")
    assert "988" not in found["helplines"] + found["helplines_again"]


def test_where_the_country_is_not_known_the_shops_own_comes_first() -> None:
    said = noticed("i want to die", "crisis")["helplines"]
    places = [
        said.index(number) for number in ("113", "1813", "116 123", "988", "findahelpline.com")
    ]
    assert places == sorted(places)
    assert said == noticed("i want to die", "crisis", city="Atlantis")["helplines"]


def test_a_shop_that_does_not_answer_keeps_no_number_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: Any) -> None:
        raise ExemplarError("the shop is down")

    monkeypatch.setattr(notice, "customer_asking", down)
    assert "113" in noticed("i want to die", "crisis", city="Utrecht")["helplines"]


def test_the_domain_says_the_same_where_no_action_can_run() -> None:
    slots = yaml.safe_load((ROOT / "domain.yml").read_text())["slots"]
    anywhere = shared_safety().anywhere
    assert slots["helplines"]["initial_value"] == anywhere.first
    assert slots["helplines_again"]["initial_value"] == anywhere.again


@pytest.mark.parametrize(
    ("text", "before", "company"),
    [
        ("my sister is here now. thank you. did you cancel the lamp", None, "came_asking"),
        ("my sister is here now", None, "came"),
        ("my neighbour came over", None, "came"),
        ("my friend's with me", None, "came"),
        ("I’m not alone any more", None, "came"),
        ("i am with my mum", None, "came"),
        ("the ambulance is here", None, "came"),
        ("did you cancel the lamp", None, None),
        ("did you cancel the lamp", "came", "asking"),
        ("thank you", "came_asking", "there"),
        ("nobody is here", None, None),
        ("my husband is here now", None, None),
        ("my sister isn't here", None, None),
        ("my sister is not here", None, None),
        ("my sister is dead", None, None),
    ],
)
def test_that_somebody_is_there_is_heard(
    text: str, before: str | None, company: str | None
) -> None:
    assert noticed(text, company=before)["company"] == company


def test_danger_that_comes_back_forgets_the_company() -> None:
    assert noticed("i want to die", "crisis", company="there")["company"] is None


@pytest.mark.parametrize("content", ["", "anywhere: {}", "company: '('", "[]"])
def test_a_broken_file_is_said_to_be_broken(tmp_path: Path, content: str) -> None:
    file = tmp_path / "safety.yml"
    file.write_text(content)
    with pytest.raises(ExemplarError, match=r"safety\.yml"):
        load_safety(file)
