"""What is said in so many words of an order is noticed, whatever the message was read as."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

import actions.payment
from actions.domain import shared_slots
from actions.in_words import SAID_OF_ORDER
from actions.notice import ActionNotice
from actions.policy import delivery_asked
from exemplar.arrival import asks_day, day_named, mourned, occasion_in

DESK = {
    "order_number": "ML-104163",
    "email": "mara.okafor@example.org",
    "order_items": "walnut writing desk and felt desk pad",
    "order_state_seen": "late",
}
PAD = {**DESK, "order_items": "felt desk pad", "order_state_seen": "unpaid"}
GLASSES = {
    **DESK,
    "order_items": "set of six wine glasses and linen tablecloth",
    "order_state_seen": "processing",
}
MONEY = {**DESK, "goal": "get_refund", "order_state_seen": "refund_pending"}


def noticed(intent: str, text: str, **slots: Any) -> dict[str, Any]:
    parsed = {
        "intent": {"name": intent, "confidence": 0.9},
        "entities": [],
        "emotion": {"name": "neutral", "frustration": 0.0},
    }
    events = [
        {"event": "slot", "name": "question_asked", "value": slots.get("pending")},
        {"event": "user", "text": text, "parse_data": parsed, **parsed},
    ]
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    tracker = Tracker("x", held, {**parsed, "text": text}, events, False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("track_refund", "did i not just say refund. YES"),
        ("get_refund", "yes refund it"),
        ("nlu_fallback", "unbelievable. ok refund the lot"),
        ("nlu_fallback", "I already said yes"),
        ("track_refund", "i've literally told you to refund"),
        ("nlu_fallback", "how many times do i have to say yes"),
        ("vent", "been waiting for three weeks. yes please"),
    ],
)
def test_a_refund_plainly_wanted_is_the_yes(intent: str, text: str) -> None:
    found = noticed(intent, text, pending="get_refund", **{**DESK, "goal": "get_refund"})
    assert (found["said_yes"], found["pending"]) == ("first", "get_refund")


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("nlu_fallback", "wait, did i not say yes to something else"),
        ("get_refund", "refund only the desk"),
        ("nlu_fallback", "if you refund it, do i have to pay for the return"),
        ("track_refund", "so thats refunded and does the delivery get stopped?"),
        ("nlu_fallback", "hold on. not yet. yes?"),
        ("nlu_fallback", "did i say refund? i never said refund"),
        ("nlu_fallback", "don't refund it"),
        ("nlu_fallback", "i already told you i want a replacement"),
        ("nlu_fallback", "did i not just say no"),
        ("nlu_fallback", "didnt i tell you to send it to my sister"),
        ("track_order", "i already said cancel the other one"),
        ("nlu_fallback", "no! yes"),
    ],
)
def test_what_only_speaks_of_it_is_none(intent: str, text: str) -> None:
    found = noticed(intent, text, pending="get_refund", **{**DESK, "goal": "get_refund"})
    assert found["said_yes"] is None


@pytest.mark.parametrize(
    ("intent", "text", "asked", "yes"),
    [
        ("get_refund", "unbelievable. ok refund the lot", "get_refund", True),
        ("nlu_fallback", "fine, all of it then", "get_refund", True),
        # The sum was never named, or it is weighed.
        ("get_refund", "ok refund the lot", None, False),
        ("nlu_fallback", "what if i send everything back", "get_refund", False),
        ("nlu_fallback", "hm ok", "get_refund", False),
    ],
)
def test_the_whole_is_the_yes_after_a_part_could_not_be_had(
    intent: str, text: str, asked: str | None, yes: bool
) -> None:
    parsed = {"intent": {"name": intent, "confidence": 0.9}, "entities": [], "emotion": {}}
    before = {"event": "user", "text": "only the desk", "parse_data": parsed, **parsed}
    events = [
        {"event": "slot", "name": "question_asked", "value": asked},
        before,
        {"event": "action", "name": "utter_explain_only_whole"},
        {"event": "slot", "name": "question_asked", "value": "person"},
        {"event": "user", "text": text, "parse_data": parsed, **parsed},
    ]
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **DESK}
    held.update(goal="get_refund", pending="person")
    tracker = Tracker("x", held, {**parsed, "text": text}, events, False, None, {}, "action_listen")
    found = {
        event["name"]: event["value"]
        for event in ActionNotice().run(CollectingDispatcher(), tracker, {})
    }
    assert (found["pending"] == "get_refund") == yes
    assert (found["said_yes"] == "first") == yes


def test_a_question_about_the_goods_leaves_the_question_open() -> None:
    found = noticed("ask_product", "how wide is the pad", pending="get_refund", **DESK)
    assert found["pending"] == "get_refund"


@pytest.mark.parametrize(
    ("said", "intent", "text", "slots"),
    [
        ("wants_cancel", "affirm", "yes cancel", PAD),
        ("wants_cancel", "drop_matter", "actually drop the desk pad, i dont need it anymore", PAD),
        ("wants_cancel", "nlu_fallback", "I no longer need the pad, sorry", PAD),
        ("wants_cancel", "affirm", "ok cancel it then please", PAD),
        ("wants_refund", "nlu_fallback", "ok just refund the whole thing", DESK),
        (
            "part",
            "cancel_order",
            "hm what about just the glasses cancelled and keep the cloth",
            GLASSES,
        ),
        (
            "part",
            "nlu_fallback",
            "only refund the desk, keep the pad coming",
            {**DESK, "goal": "get_refund"},
        ),
        ("part", "cancel_order", "can I cancel one of the two items", GLASSES),
        ("part", "get_refund", "money back for the glasses only please", GLASSES),
        ("stops_refund", "get_refund", "ya so stop the refund, ill keep em", MONEY),
        ("stops_refund", "nlu_fallback", "so u cant stop it?", MONEY),
        ("stops_refund", "drop_matter", "please cancel my refund, I want the headphones", MONEY),
        ("ponders", "cancel_order", "thinking about cancelling my floor lamp", PAD),
        ("ponders", "get_refund", "I'm not sure whether to return it, honestly", DESK),
        ("ponders", "nlu_fallback", "well im not sure", {**PAD, "pending": "cancel_order"}),
        ("asks_cancelled", "track_order", "so is 104222 cancelled now or not?", PAD),
        ("asks_cancelled", "cancel_order", "has my order been cancelled?", PAD),
        ("asks_cancelled", "nlu_fallback", "did you cancel it?", PAD),
        ("asks_day", "delivery_period", "but I move friday, will it come before?", DESK),
        (
            "asks_day",
            "nlu_fallback",
            "Will it be here by Saturday if I pay it tonight? And the wrapping?",
            PAD,
        ),
        ("asks_day", "delivery_period", "And Saturday?", PAD),
        ("asks_day", "track_order", "I need it by the 5th", DESK),
        (
            "asks_money",
            "nlu_fallback",
            "ok when does it actually land in my account",
            {**PAD, "settled": "second_payment"},
        ),
        ("asks_day", "track_order", "so is that friday for certain? it's a present", DESK),
        ("asks_when", "delivery_period", "ok and when will it be here", DESK),
        ("asks_when", "delivery_period", "how many days until my order comes", DESK),
        (
            "no_then_when",
            "deny",
            "ok no keep it then. when does it come",
            {**PAD, "pending": "cancel_order"},
        ),
    ],
)
def test_it_is_noticed(said: str, intent: str, text: str, slots: dict[str, str]) -> None:
    assert noticed(intent, text, **slots)["said"] == said


@pytest.mark.parametrize(
    ("intent", "text", "slots"),
    [
        # A matter is dropped, or something that is in no order.
        ("drop_matter", "drop it, i dont need it anymore", PAD),
        ("drop_matter", "drop the subject", PAD),
        # Asked about already: a yes or a no is heard as such.
        ("affirm", "yes cancel it", {**PAD, "pending": "cancel_order"}),
        # It came already.
        ("vent", "i no longer need the pad", {**PAD, "order_state_seen": "delivered"}),
        # The whole of what is in it.
        ("cancel_order", "cancel my desk pad", PAD),
        ("get_refund", "my desk never came, refund me", DESK),
        ("get_refund", "just give me my money back", DESK),
        ("cancel_order", "please cancel the order", GLASSES),
        # Nothing is parted: a way of speaking, a box, an order of one thing.
        ("cancel_order", "cancel my order. just one thing, who pays", GLASSES),
        ("get_refund", "if i return it do i keep the box", GLASSES),
        ("get_refund", "do i keep the pad or return it", {**PAD, "order_state_seen": "delivered"}),
        ("deny", "ok so i keep it then?", MONEY),
        ("get_refund", "I don't want the money. I don't want to wait any longer", DESK),
        # A change for the packers.
        ("nlu_fallback", "take out the tablecloth", {**GLASSES, "goal": "change_order"}),
        # Something else has to be there by that day.
        ("track_order", "i need the invoice by friday", DESK),
        # A wish put politely, or a question what it costs.
        ("cancel_order", "i was wondering if i could cancel my order", PAD),
        ("check_cancellation_fee", "is it free if I cancel?", PAD),
        ("track_refund", "where is my refund", MONEY),
        # One on which something was, no day, or none of an order on its way.
        ("track_order", "it was to be here on Tuesday.", DESK),
        ("delivery_period", "how long does express take if i order it now", DESK),
        ("delivery_period", "when will it come", {**DESK, "order_state_seen": "delivered"}),
        ("delivery_period", "when does it come", {**DESK, "settled": "replacement"}),
        ("delivery_period", "can I have it by Friday?", {**DESK, "goal": "place_order"}),
        ("deny", "no keep it", {**PAD, "pending": "cancel_order"}),
    ],
)
def test_what_only_sounds_like_it_is_not(intent: str, text: str, slots: dict[str, str]) -> None:
    assert noticed(intent, text, **slots)["said"] not in SAID_OF_ORDER


ROAD = {**GLASSES, "order_state_seen": "shipped"}


@pytest.mark.parametrize(
    ("said", "intent", "text", "slots"),
    [
        ("asks_why_late", "ask_why", "why", DESK),
        ("asks_why_late", "nlu_fallback", "and nobody thought to mail me about it?", DESK),
        ("asks_why_late", "out_of_scope", "Harwich? What is it doing there, fishing?", DESK),
        ("asks_why_late", "vent", "you never wrote to me when the day passed", DESK),
        ("asks_sure", "ask_next", "how sure is that date", DESK),
        ("asks_sure", "nlu_fallback", "can I count on it this time", DESK),
        ("asks_sure", "track_order", "that is now the second date you give me", DESK),
        ("asks_sure", "ask_next", "is that definite?", GLASSES),
        ("asks_if_not", "ask_next", "and if it isn't here by then?", DESK),
        ("asks_if_not", "nlu_fallback", "what do I do if it's not here Wednesday evening", ROAD),
        ("asks_if_not", "get_refund", "if it slips again can I still have the money", DESK),
        ("asks_of_money", "ask_next", "if it's not there by then who do i go after", MONEY),
        ("asks_notice", "track_order", "write me when it is moving please", DESK),
        ("asks_notice", "newsletter_subscription", "let me know as soon as it ships", GLASSES),
        ("waits", "track_order", "i think i will wait", DESK),
        ("waits", "drop_matter", "no leave it, i'll wait", DESK),
        (
            "asks_faster",
            "check_payment_methods",
            "is there a faster way, i dont mind paying",
            GLASSES,
        ),
        ("asks_bringing", "nlu_fallback", "do i have to be home for it?", DESK),
        ("asks_bringing", "track_order", "what time does it come?", ROAD),
        (
            "only_asked",
            "nlu_fallback",
            "no dont cancel anything now. just wanted to know",
            {**DESK, "goal": "get_refund", "pending": "get_refund"},
        ),
        ("asks_amends", "nlu_fallback", "do I get anything for my trouble", DESK),
        ("asks_amends", "ask_next", "if it's not here on the 4th do I get anything for it?", DESK),
        ("asks_if_not", "ask_next", "and if it's not here on the 4th what happens?", DESK),
        (
            "asks_bringing",
            "change_shipping_address",
            "can the driver leave it with a neighbour?",
            ROAD,
        ),
        (
            "asks_stop",
            "check_refund_policy",
            "can it be stopped or does it have to come first",
            DESK,
        ),
    ],
)
def test_what_is_asked_of_its_coming_is_noticed(
    said: str, intent: str, text: str, slots: dict[str, str]
) -> None:
    assert noticed(intent, text, **slots)["said"] == said


@pytest.mark.parametrize(
    ("intent", "text", "slots"),
    [
        # Why a detail is needed, or a yes; or of an order that isn't late.
        ("ask_why", "why do you need that", {**DESK, "details_missing": "street"}),
        ("ask_why", "why", {**DESK, "pending": "get_refund"}),
        ("ask_why", "why", GLASSES),
        # The customer isn't there, or it doesn't fit: the order comes.
        ("ask_next", "what if it doesn't fit", ROAD),
        ("vent", "i won't wait any longer", DESK),
        ("track_order", "how long do I have to wait", DESK),
        ("track_order", "can you tell me where it is", DESK),
        # A claim, and no parcel of this order.
        ("ask_next", "how sure is that", {**DESK, "settled": "replacement"}),
    ],
)
def test_what_only_sounds_like_its_coming_is_not(
    intent: str, text: str, slots: dict[str, str]
) -> None:
    assert noticed(intent, text, **slots)["said"] not in SAID_OF_ORDER


def heard_with(said: str, intent: str, text: str, *entities: str, **slots: Any) -> bool:
    """Tells whether something is noticed where the message holds entities."""
    found = [{"entity": name, "value": value} for name, value in (e.split("=") for e in entities)]
    parsed = {"intent": {"name": intent, "confidence": 0.9}, "entities": found, "emotion": {}}
    told = {"event": "user", "text": text, "parse_data": parsed, **parsed}
    told["message_id"] = slots.pop("message_id", None)
    events = [*slots.pop("before", ()), told]
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    tracker = Tracker("x", held, {**parsed, "text": text}, events, False, None, {}, "action_listen")
    noticed = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in noticed}["said"] == said


def test_an_address_that_is_told_in_passing_is_heard_beside_an_order() -> None:
    told = "nlu_fallback", "i'm at my mums, 14 Gloucester Road, Bristol BS7 8AE"
    parts = "street=14 Gloucester Road", "city=Bristol", "postcode=BS7 8AE"
    assert heard_with("gives_address", *told, *parts, **GLASSES)
    assert heard_with("address_on_way", *told, *parts, **ROAD)
    # Asked for it, it is a detail; and a part of it is none.
    assert not heard_with("gives_address", *told, *parts, **GLASSES, details_missing="street")
    assert not heard_with("gives_address", *told, parts[1], **GLASSES)


def test_a_day_that_was_told_before_the_number_counts_once_it_is_given() -> None:
    def user(text: str) -> dict[str, Any]:
        parsed = {"intent": {"name": "vent"}, "entities": [], "emotion": {}}
        return {"event": "user", "text": text, "parse_data": parsed, **parsed}

    given = "provide_details", "ML-104198, mara.okafor@example.org"
    pair = "order_number=ML-104198", "email=mara.okafor@example.org"
    birthday = [user("my mums 70th is thursday and the rug isnt here yet")]
    assert heard_with("asks_day", *given, *pair, before=birthday)
    assert not heard_with("asks_day", *given, *pair, before=[user("it was to come thursday")])
    # Who moves that day wants it elsewhere.
    moving = {"before": birthday, "goal": "change_shipping_address"}
    assert not heard_with("asks_day", *given, *pair, **moving)
    died = [user("My husband passed away on the 19th. I don't know what he ordered")]
    assert not heard_with("asks_day", *given, *pair, before=died)
    needs = [user("my dad died, I need it by friday for the funeral")]
    assert heard_with("asks_day", *given, *pair, before=needs)
    makes_it = "thank", "thank you. will it make it though"
    assert heard_with("asks_day", *makes_it, before=birthday, **DESK)
    assert not heard_with("asks_day", *makes_it, **DESK)


def test_a_death_and_the_day_that_matters_are_heard_together() -> None:
    text = "i need the tablecloth before saturday, it's for after my dads funeral"
    pair = "order_number=ML-104205", "email=priya.raman@example.net"
    assert heard_with("loss_day", "track_order", text, *pair)
    assert heard_with("loss", "track_order", "my dads funeral was on monday, where is it")


def test_thanks_for_what_did_not_come_are_none_and_an_occasion_wants_an_order() -> None:
    mocks = "Congratulations on the grinder that can't get through customs"
    assert heard_with("thanks_not", "thank", mocks)
    assert not heard_with("thanks_not", "thank", mocks, **DESK)
    assert not heard_with("thanks_not", "thank", "thank you so much, it's here and it's lovely")
    needs = "nlu_fallback", "my mums 70th is thursday and the rug isnt here yet"
    assert heard_with("needs_by", *needs)
    assert not heard_with("needs_by", *needs, **DESK)


def test_the_order_that_was_left_out_is_found_among_those_that_were_named() -> None:
    text = "you have only told me about one of them"
    parsed = {"intent": {"name": "vent"}, "emotion": {}}
    parsed["entities"] = [
        {"entity": "order_number", "value": n} for n in ("ML-104163", "ML-104055")
    ]  # type: ignore[assignment]
    both = [{"event": "user", "text": "both are late", "parse_data": parsed, **parsed}]
    assert heard_with("asks_other", "thank", text, before=both, order_number="ML-104055")
    assert not heard_with("asks_other", "thank", text, order_number="ML-104055")
    # Heard as a wish to know where it is, it is not heard so again.
    told = {"event": "user", "text": text, "message_id": "1", "parse_data": {}}
    heard = [*both, told, {"event": "action", "name": "action_hear_other_order"}]
    once = {"order_number": "ML-104163", "before": heard, "message_id": "1"}
    assert not heard_with("asks_other", "track_order", text, **once)
    assert heard_with("asks_other", "track_order", text, **{**once, "message_id": "2"})


def test_an_occasion_is_said_back_in_the_words_of_whoever_answers() -> None:
    assert occasion_in("it's for our daughter's wedding on friday") == "your daughter's wedding"
    assert occasion_in("for the party") == "the party"
    assert occasion_in("where is my parcel") is None
    assert mourned("your dad's funeral")
    assert not mourned("your mum's 70th")
    assert not mourned(None)


def test_nothing_is_said_of_an_order_that_nobody_named() -> None:
    assert noticed("affirm", "yes cancel")["said"] is None
    assert noticed("delivery_period", "will it come before Friday?")["said"] is None
    # Thinking about it needs none.
    assert noticed("cancel_order", "i'm thinking of cancelling")["said"] == "ponders"


def test_who_hopes_that_an_order_stands_is_told_so_and_offered_no_end_of_it() -> None:
    order = {**GLASSES, "goal": "change_shipping_address"}
    asks = "and the order is still alive yeah? you didnt cancel it"
    held = noticed("cancel_order", asks, **order)
    assert (held["said"], held["goal"]) == ("asks_alive", "change_shipping_address")
    assert noticed("deny", "you didnt cancel it did you?", **order)["said"] == "asks_alive"
    # Who wanted it cancelled does not hope that it was not.
    for text in ("you didnt cancel it!! i asked you to", "why didnt you cancel it?"):
        assert noticed("cancel_order", text, **order)["said"] != "asks_alive"
    cancels = {**order, "goal": "cancel_order"}
    assert noticed("cancel_order", "you didnt cancel it, right?", **cancels)["said"] is None
    assert noticed("track_order", "is it still on its way?", **order)["said"] != "asks_alive"


def test_a_link_to_pay_is_sent_once_unless_another_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        actions.payment, "change", lambda *_: sent.append("link") or [SlotSet("change", "made")]
    )

    def asked(intent: str, settled: str | None, text: str = "…") -> list[dict[str, Any]]:
        message = {"intent": {"name": intent}, "text": text, "entities": []}
        tracker = Tracker("x", {"settled": settled}, message, [], False, None, {}, "action_listen")
        return actions.payment.ActionSendPaymentLink().run(CollectingDispatcher(), tracker, {})

    monkeypatch.setattr(
        actions.payment, "shared_shop", lambda: SimpleNamespace(send_payment_link=None)
    )
    assert asked("track_order", None)[0]["value"] == "made"
    assert asked("track_order", "payment_link") == [SlotSet("change", "already")]
    assert sent == ["link"]
    assert asked("payment_issue", "payment_link") == [SlotSet("change", "already")]
    wanted = asked("payment_issue", "payment_link", "please send the link again")
    assert wanted[0]["value"] == "made"


#: A Monday.
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("will it come before friday?", date(2026, 12, 4)),
        ("by sat please", date(2026, 12, 5)),
        ("by Saturday if I pay it tonight?", date(2026, 12, 5)),
        ("the birthday is on the 2nd", date(2026, 12, 2)),
        ("before the 4th of December", date(2026, 12, 4)),
        ("Dec 24", date(2026, 12, 24)),
        ("3 january", date(2027, 1, 3)),
        ("in time for Christmas", date(2026, 12, 25)),
        ("this weekend?", date(2026, 12, 5)),
        ("will i have it tomorrow", date(2026, 12, 1)),
        ("today is monday", date(2026, 11, 30)),
        ("it sat in a depot", None),
        ("31 february", None),
        ("for the 2nd time", None),
        ("his last day is in 4 days, will it make it", date(2026, 12, 4)),
        ("we fly in three days", date(2026, 12, 3)),
        ("soon", None),
    ],
)
def test_a_day_is_the_next_one_of_its_name(text: str, day: date | None) -> None:
    assert day_named(text, TODAY) == day


def test_a_day_on_which_something_was_is_not_asked_about() -> None:
    assert asks_day("can it be with us by wednesday")
    assert not asks_day("it came on Friday and was broken")


@pytest.mark.parametrize(
    "text",
    [
        "the lad next door got his on Monday. how long does it take then, roughly?",
        "the neighbour across the hall got hers in two days. so when mine?",
        "my neighbour ordered the same and had it in 3 days, how long does mine take?",
        "My neighbour Gunilla got hers already, what about me?",
        "my neighbour's came on Monday, when does mine come?",
        "The guy next door, he got his in three days. Where's mine?",
        "the family across the street just received theirs, is mine lost?",
        "my next-door neighbour told me to write, where is it?",
    ],
)
def test_who_tells_of_a_neighbour_does_not_ask_to_leave_it_with_one(text: str) -> None:
    assert delivery_asked(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "can it be left with the neighbour then",
        "my neighbour Gunilla is always home, can it go to her?",
        "my neighbour said she can take it, could you leave it with her?",
        "the lady next door told me she'll take it in, is that ok?",
        "my neighbour has a key, can the driver give it to her?",
        "next door got a parcel of mine last time, can you leave it there again?",
        "what if my neighbour isn't in either?",
    ],
)
def test_who_asks_for_a_neighbour_to_take_it_in_is_heard_so(text: str) -> None:
    assert delivery_asked(text) == "Can my neighbour take it?"


def test_what_a_neighbour_says_of_customs_is_a_question_of_customs() -> None:
    asked = [
        "the lad next door says they'll want customs money off me at the door, is he right?",
        "my neighbour had to pay customs for hers, do I?",
    ]
    customs = "Customs want money from me, do I have to pay them?"
    assert [delivery_asked(text) for text in asked] == [customs, customs]
