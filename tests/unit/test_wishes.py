"""Two wishes in one message are told apart, and one wish in several sentences stays one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from exemplar.conversation import OTHER_WISH
from exemplar.nlu.wishes import PIECES, OtherWish, Piece, pieces_of

KIN = [["track_order", "cancel_order"], ["get_invoice"], ["report_missing_item", "delivery_period"]]


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in pieces_of(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "I want to cancel ML-104217 and where is my other order ML-104163?",
            ["I want to cancel ML-104217", "where is my other order ML-104163?"],
        ),
        (
            "can you send me the invoice and also change my address",
            ["can you send me the invoice", "change my address"],
        ),
        (
            "My mug is broken. Also, how long is delivery to Norway?",
            ["My mug is broken", "how long is delivery to Norway?"],
        ),
        ("track ML-104163, and please cancel ML-104217", ["track ML-104163", "cancel ML-104217"]),
    ],
)
def test_a_message_is_taken_apart_where_a_clause_can_stand_alone(
    text: str, found: list[str]
) -> None:
    assert pieces(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "two mugs and plates",
        "Hi. Where is my parcel?",
        "black and white, and round",
        "",
        "and",
        "?!",
    ],
)
def test_what_is_joined_and_no_clause_stays_together(text: str) -> None:
    assert len(pieces(text)) < 2


def test_a_story_is_not_taken_apart() -> None:
    assert pieces_of("I waited and I called. " * 12) == []
    assert pieces_of("Where is it? " * 6) == []
    assert pieces_of("." * 1_000_000) == []


def heard(text: str, whole: str, *said: tuple[str, float]) -> Message:
    """Returns a message whose pieces say this, each by itself, after the component."""
    message = Message({TEXT: text})
    message.set(INTENT, {INTENT_NAME_KEY: whole, "confidence": 0.9})
    spans = pieces_of(text)
    message.set(PIECES, [Piece(*span, *one) for span, one in zip(spans, said, strict=True)])
    numbers = re.finditer(r"ML-\d{6}", text)
    entities = [
        {"entity": "order_number", "value": n.group(), "start": n.start(), "end": n.end()}
        for n in numbers
    ]
    message.set(ENTITIES, entities)
    OtherWish({**OtherWish.get_default_config(), "wishes": KIN}).process([message])
    return message


def wish(message: Message) -> dict[str, Any] | None:
    return message.get(OTHER_WISH)


TWO = "can you send me the bill for ML-104102 and where is my order ML-104163?"


def test_the_first_wish_is_seen_to_and_the_other_keeps_its_words_and_its_order() -> None:
    message = heard(TWO, "track_order", ("get_invoice", 0.9), ("track_order", 0.9))
    other = wish(message)
    assert other is not None
    assert (other["intent"], other["text"]) == ("track_order", "where is my order ML-104163?")
    assert [one["value"] for one in other["entities"]] == ["ML-104163"]
    assert message.get(INTENT)[INTENT_NAME_KEY] == "get_invoice"
    assert [one["value"] for one in message.get(ENTITIES)] == ["ML-104102"]


def test_a_detail_that_is_given_once_is_known_for_both_wishes() -> None:
    text = "I need the bill and where is my order ML-104163?"
    message = heard(text, "get_invoice", ("get_invoice", 0.9), ("track_order", 0.9))
    other = wish(message)
    assert other is not None
    assert [one["value"] for one in other["entities"]] == ["ML-104163"]
    assert [one["value"] for one in message.get(ENTITIES)] == ["ML-104163"]


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        # One of them is not sure.
        ("get_invoice", [("get_invoice", 0.9), ("track_order", 0.5)]),
        # One of them is no wish.
        ("get_invoice", [("get_invoice", 0.9), ("vent", 0.99)]),
        # The same, said twice, or two words for the same.
        ("get_invoice", [("get_invoice", 0.9), ("get_invoice", 0.9)]),
        # The whole is neither, and they are not sure enough to overrule it.
        ("cancel_order", [("get_invoice", 0.8), ("track_order", 0.9)]),
        # What goes before any wish.
        ("crisis", [("get_invoice", 0.99), ("track_order", 0.99)]),
        ("contact_human_agent", [("get_invoice", 0.99), ("track_order", 0.99)]),
    ],
)
def test_a_message_that_does_not_clearly_tell_two_wishes_has_one(
    whole: str, said: list[tuple[str, float]]
) -> None:
    message = heard("can you send me the bill and where is my parcel?", whole, *said)
    assert wish(message) is None
    assert message.get(INTENT)[INTENT_NAME_KEY] == whole


@pytest.mark.parametrize(
    "rest",
    ["please dont send me back to them", "do I have to register?", "nothing was taken, right?"],
)
def test_what_is_not_to_be_done_or_only_made_sure_of_is_no_second_wish(rest: str) -> None:
    text = f"send me the bill for the lamp. {rest}"
    assert wish(heard(text, "get_invoice", ("get_invoice", 0.9), ("track_order", 0.9))) is None


def test_wishes_that_are_easily_one_are_two_where_they_are_about_different_orders() -> None:
    said = ("cancel_order", 0.9), ("track_order", 0.9)
    one = heard("please cancel my order and where is my parcel?", "cancel_order", *said)
    assert wish(one) is None
    two = heard("cancel ML-104217 and where is ML-104163?", "cancel_order", *said)
    assert wish(two) is not None
    other = heard("cancel ML-104217 and where is my other order?", "cancel_order", *said)
    assert wish(other) is not None


def test_the_same_wish_for_two_orders_is_two_wishes() -> None:
    said = ("track_order", 0.9), ("track_order", 0.9)
    other = wish(heard("where is ML-104217 and where is ML-104163?", "track_order", *said))
    assert other is not None
    assert other["text"] == "where is ML-104163?"


@pytest.mark.parametrize(
    "details", ["Order ML-104205, priya@example.net", "My order number is ML-104205"]
)
def test_what_an_order_is_found_by_is_no_wish(details: str) -> None:
    said = ("payment_issue", 0.9), ("track_order", 0.95)
    assert wish(heard(f"You took my money twice. {details}", "payment_issue", *said)) is None


def test_a_statement_that_is_not_about_oneself_is_no_wish() -> None:
    said = ("get_invoice", 0.9), ("report_missing_item", 0.99)
    assert (
        wish(heard("please send the bill. The flat number is missing.", "get_invoice", *said))
        is None
    )
    mine = heard("please send the bill. A cup is missing from my parcel.", "get_invoice", *said)
    assert wish(mine) is not None


@pytest.mark.parametrize(
    ("second", "two"), [("Do you have it?", False), ("Do you have a spare jug?", True)]
)
def test_whether_the_thing_is_there_is_a_part_of_the_wish_for_it(second: str, two: bool) -> None:
    text = f"can you send me another one please. {second}"
    message = heard(text, "report_missing_item", ("report_missing_item", 0.9), ("get_invoice", 0.9))
    assert (wish(message) is not None) is two
