"""What is written in another language is read by its English wording, and kept in the customer's words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.hearing import heard_again
from actions.latest import all_words_of, text_of, texts_of, words_of
from actions.waiting import ActionValidateSlotMappings
from exemplar.conversation import ALL_IN_IT, IN_ENGLISH, OTHER_WISH, WRITTEN_IN, wording_of
from exemplar.nlu.in_conversation import (
    _said_lately,
    read_in_conversation,
    read_in_english,
    shows_danger,
)
from tests.unit.test_notice import noticed, says

ANSWERS = "utter_explain_answers_in_english"


def entity(name: str, value: str, text: str) -> dict[str, Any]:
    start = text.index(value)
    return {"entity": name, "value": value, "start": start, "end": start + len(value)}


def read(said: str, **named: str) -> tuple[dict[str, Any], list[str]]:
    """Returns the reading of a message by a reader that finds these words, and what that reader saw."""
    saw: list[str] = []

    async def reader(message: UserMessage) -> dict[str, Any]:
        text = str(message.text)
        saw.append(text)
        found = [entity(name, value, text) for name, value in named.items() if value in text]
        return {"text": text, "intent": {"name": "track_order"}, "entities": found}

    return asyncio.run(read_in_english(UserMessage(text=said), reader)), saw


def test_it_is_read_by_its_wording_and_kept_as_it_was_written() -> None:
    said = "Wo ist mein Schreibtisch? ML-104163"
    found, saw = read(said, product="desk", order_number="ML-104163")
    assert saw == [found[IN_ENGLISH]]
    assert found["text"] == said
    assert (found[WRITTEN_IN], found[ALL_IN_IT]) == ("de", True)
    desk, number = found["entities"]
    assert (desk["value"], said[desk["start"] : desk["end"]]) == ("desk", "Schreibtisch")
    assert said[number["start"] : number["end"]] == number["value"] == "ML-104163"


def test_an_english_message_is_read_as_it_stands() -> None:
    found, saw = read("where is my desk, ML-104163", product="desk")
    assert saw == ["where is my desk, ML-104163"]
    assert IN_ENGLISH not in found


def test_names_and_streets_are_kept_as_written_and_none_is_made_of_other_words() -> None:
    said = "Wo ist meine Bestellung? Ich heiße Anna Lindner"
    found, saw = read(said, name="Anna Lindner", street="order")
    assert "order" in saw[0]
    (name,) = found["entities"]
    assert said[name["start"] : name["end"]] == name["value"] == "Anna Lindner"


def test_a_name_that_was_asked_for_is_put_into_no_other_language() -> None:
    seen: list[str] = []

    async def reader(message: UserMessage) -> dict[str, Any]:
        seen.append(str(message.text))
        return {"text": message.text, "intent": {"name": "nlu_fallback"}, "entities": []}

    tracker = tracked(SlotSet("details_missing", "name"))
    asyncio.run(read_in_conversation(UserMessage(text="Rechnung Bestellung"), tracker, reader))
    assert set(seen) == {"Rechnung Bestellung"}


def tracked(*events: Event) -> DialogueStateTracker:
    domain = Domain.from_yaml(
        'version: "3.1"\nslots:\n  details_missing: {type: text, mappings: [{type: custom}]}\n'
    )
    return DialogueStateTracker.from_events("x", list(events), domain.slots)


@pytest.mark.parametrize(
    "said", ["ich kann nicht mehr", "ich kann einfach nicht mehr, wo ist meine Bestellung"]
)
def test_danger_is_heard_in_what_was_said_before_in_another_language(said: str) -> None:
    before = read(said)[0]
    tracker = tracked(UserUttered(said, before["intent"], [], before))
    heard = _said_lately({"text": "where is my order"}, tracker)
    assert heard[-1] == before[IN_ENGLISH]
    assert any(map(shows_danger, heard))


def told(said: str, wording: str, *, wholly: bool = True, **more: Any) -> dict[str, Any]:
    """Returns the event of a message that was read by its wording."""
    parsed = {
        "intent": {"name": "complaint"},
        "entities": [],
        IN_ENGLISH: wording,
        WRITTEN_IN: "de",
        ALL_IN_IT: wholly,
        **more,
    }
    return {"event": "user", "text": said, "message_id": said, "parse_data": parsed}


def conversation(*messages: dict[str, Any], **slots: Any) -> Tracker:
    latest = {**messages[-1]["parse_data"], "text": messages[-1]["text"]}
    return Tracker("x", slots, latest, list(messages), False, None, {}, "action_listen")


def test_patterns_are_asked_of_the_wording_and_the_customers_words_are_kept() -> None:
    tracker = conversation(told("eins", "one"), told("zwei", "two"))
    assert (text_of(tracker), texts_of(tracker)) == ("two", ["one", "two"])
    assert (words_of(tracker), all_words_of(tracker)) == ("zwei", ["eins", "zwei"])


def test_heard_again_a_message_keeps_its_words_and_its_wording() -> None:
    tracker = conversation(told("wo ist es", "where is it"), goal=None)
    again = heard_again(tracker, {"intent": "track_order", "text": words_of(tracker)}, {})[1]
    assert (again["text"], wording_of(again)) == ("wo ist es", "where is it")
    other = heard_again(tracker, {"intent": "track_order", "text": "my other wish"}, {})[1]
    assert wording_of(other) == "my other wish"


def test_the_other_wish_stands_where_it_was_written() -> None:
    said = "Wo ist meine Bestellung? Und wo ist die Rechnung IN-121507"

    async def reader(message: UserMessage) -> dict[str, Any]:
        text = str(message.text)
        wish = {"intent": "get_invoice", "text": "…"}
        wish["entities"] = [entity("invoice_number", "IN-121507", text)]  # type: ignore[assignment]
        return {"text": text, "intent": {"name": "track_order"}, "entities": [], OTHER_WISH: wish}

    found = asyncio.run(read_in_english(UserMessage(text=said), reader))
    (number,) = found[OTHER_WISH]["entities"]
    assert said[number["start"] : number["end"]] == "IN-121507"


def test_what_was_understood_by_its_wording_is_answered_like_any_other() -> None:
    understood = says("track_order", "Wo bleibt mein Schreibtisch eigentlich so lange")
    understood[0]["parse_data"] |= {
        IN_ENGLISH: "where is my desk",
        WRITTEN_IN: "de",
        ALL_IN_IT: True,
    }
    slots = noticed(understood)
    assert (slots["language"], slots["language_heard"]) == (None, "de")
    lost = says("nlu_fallback", "Wo bleibt mein Schreibtisch eigentlich so lange")
    lost[0]["parse_data"] |= understood[0]["parse_data"] | {"intent": {"name": "nlu_fallback"}}
    assert noticed(lost)["language"] is not None
    assert noticed(says("track_order", "where is my desk"))["language_heard"] is None


def said_of_language(*messages: dict[str, Any], **slots: Any) -> list[str]:
    dispatcher = CollectingDispatcher()
    ActionValidateSlotMappings().run(dispatcher, conversation(*messages, **slots), {})
    return [str(one["response"]) for one in dispatcher.messages]


def test_it_is_said_once_in_which_language_the_answers_come() -> None:
    first, second = told("eins", "one"), told("zwei", "two")
    answered = {"event": "bot", "text": "Ich …", "metadata": {"utter_action": ANSWERS}}
    assert said_of_language(first, language_heard="de") == [ANSWERS]
    assert said_of_language(first, answered, second, language_heard="de") == []
    assert said_of_language(first) == []
    # What only English is read of says so itself, and a danger goes before.
    assert said_of_language(first, language_heard="de", language="other") == []
    assert said_of_language(first, language_heard="de", safety="alarm") == []
    assert said_of_language(first, language_heard="de", handover="with_person") == []
