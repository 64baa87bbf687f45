"""What a message says, takes up or asks is met once in its turn, however often the message is heard again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import in_words, notice, purchase
from actions.domain import shared_slots
from actions.met import READINGS, RULES, load_meets, shared_meets
from actions.notice import ActionNotice
from exemplar.errors import ExemplarError

Event = dict[str, Any]
VALUES = [(slot, value) for slot in READINGS for value in shared_slots()[slot]["values"]]
#: What is said of two things at once is read as both of them.
TOGETHER = {"loss_day": {"loss", "asks_day"}}


def rules() -> Iterator[tuple[dict[str, Any], list[str]]]:
    for file in sorted(RULES.glob("*.yml")):
        for rule in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["rules"]:
            held = [one for part in rule.get("condition", ()) for one in part["slot_was_set"]]
            known = {name: value for one in held for name, value in one.items()}
            yield known, [str(step["action"]) for step in rule["steps"] if "action" in step]


def heard(intent: str, *done: str, message: str = "1") -> list[Event]:
    parsed = {"intent": {"name": intent}, "entities": [], "emotion": {"name": "neutral"}}
    told = {"event": "user", "message_id": message, "text": "…", "parse_data": parsed}
    return [told, *({"event": "action", "name": name} for name in done)]


def noticed(events: list[Event], slot: str) -> str | None:
    """Returns a slot as it is after a message was noticed, known order and all."""
    latest = next(event for event in reversed(events) if event["event"] == "user")
    known = {"order_number": "ML-104163", "email": "a@example.org", "emotion_reading": False}
    slots = {**dict.fromkeys(shared_slots()), **known}
    message = {**latest["parse_data"], "text": latest["text"], "metadata": {}}
    tracker = Tracker("x", slots, message, events, False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return next(
        (event["value"] for event in found[::-1] if event.get("name") == slot),
        None,
    )


def reads(monkeypatch: pytest.MonkeyPatch, slot: str, value: str) -> str:
    """Has every message read as one value of a slot; returns an intent with which it may be read so."""
    told = TOGETHER.get(value, {value}) if slot == "said" else set()
    monkeypatch.setattr(in_words, "_BY_MORE", frozenset(told))
    monkeypatch.setattr(in_words, "_counts", lambda what, _: what in told)
    monkeypatch.setattr(in_words, "_tells", lambda what, *_, **__: what in told)
    asks = {"not_ordered", "none_ordered"} & told
    of_purchase = {"asks_ordered"} if asks else told
    monkeypatch.setattr(purchase, "_tells", lambda what, *_: what in of_purchase)
    monkeypatch.setattr(purchase, "_which", lambda _: next(iter(told), "asks_ordered"))
    monkeypatch.setattr(notice, "offer_taken", lambda *_: value if slot == "offered" else None)
    asked = "when_comes" if slot == "asks" else None
    monkeypatch.setattr(notice, "question_known", lambda *_, **__: asked)
    as_which = {**in_words.SAID_OF_ORDER, **purchase.SAID_OF_PURCHASE}
    named = [as_which[one] for one in (*told, *of_purchase) if one in as_which]
    return min(named[0]) if named else "vent"


@pytest.mark.parametrize(("slot", "value"), VALUES)
def test_whatever_a_message_says_is_met_by_a_rule(slot: str, value: str) -> None:
    assert shared_meets()[slot, value]


@pytest.mark.parametrize(("slot", "value"), VALUES)
def test_what_its_rule_has_met_is_not_read_again_in_that_turn(
    slot: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = reads(monkeypatch, slot, value)
    assert noticed(heard(intent), slot) == value
    # Something else that was said in the turn meets nothing of it.
    assert noticed(heard(intent, "utter_handover_legal"), slot) == value
    for said in shared_meets()[slot, value]:
        once = heard(intent, said, "action_listen")
        assert noticed([*once, *heard(intent)], slot) != value
        assert noticed([*once, *heard(intent, message="2")], slot) == value


def test_no_rule_says_twice_in_a_turn_what_it_said_before_the_message_was_heard_again() -> None:
    again = [
        (known, actions)
        for known, actions in rules()
        if any(name.startswith("action_hear_") for name in actions)
    ]
    read = [(known, actions) for known, actions in again if known.get("said")]
    assert len(read) > len(again) / 3
    for known, actions in read:
        first = next(name for name in actions if name.startswith(("utter_", "action_hear_")))
        assert first in shared_meets()["said", known["said"]]


def test_rules_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.yml"
    file.write_text(
        "rules: [{rule: x, steps: [{action: utter_x}], condition: 3}]", encoding="utf-8"
    )
    with pytest.raises(ExemplarError, match=r"broken\.yml"):
        load_meets(tmp_path)
