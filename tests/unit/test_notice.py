"""What is noticed of a message that asks what was answered before."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_slots
from actions.notice import ActionNotice

Event = dict[str, Any]
EXPLAINED = ("action_look_up_order", "utter_explain_refund_pending")
ASKED = ("action_look_up_order", "utter_explain_no_refund", "action_offer_refund")


def says(intent: str, text: str = "…", frustration: float = 0.0, **entities: str) -> list[Event]:
    parsed = {
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "emotion": {"name": "neutral", "frustration": frustration},
    }
    return [{"event": "user", "text": text, "parse_data": parsed, **parsed}]


def does(*actions: str) -> list[Event]:
    return [{"event": "action", "name": name} for name in (*actions, "action_listen")]


def in_mood(frustration: str) -> list[Event]:
    return [{"event": "slot", "name": "frustration", "value": frustration}]


def noticed(*parts: list[Event], **slots: Any) -> dict[str, Any]:
    events = [event for part in parts for event in part]
    latest = next(event for event in reversed(events) if event["event"] == "user")
    message = {**latest["parse_data"], "text": latest["text"], "metadata": {}}
    # With the reading off the mood is low, whatever the matter.
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    tracker = Tracker("x", held, message, events, False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


def refunds(*askings: list[Event], **slots: Any) -> dict[str, Any]:
    return noticed(*askings, goal="get_refund", **slots)


REFUND = [*says("get_refund"), *in_mood("low"), *does(*EXPLAINED)]


def test_what_was_not_answered_is_not_asked_again() -> None:
    asked = [*says("get_refund"), *does("action_look_up_order", "utter_clarify_order_details")]
    assert refunds(says("get_refund"))["asked_before"] is None
    assert refunds(asked, says("get_refund"))["asked_before"] is None


def test_askings_are_counted_by_the_answers() -> None:
    assert refunds(REFUND, says("get_refund"))["asked_before"] == "once"
    for times in (2, 3, 5):
        assert refunds(*[REFUND] * times, says("get_refund"))["asked_before"] == "often"


def test_the_answer_may_come_when_the_details_or_the_yes_do() -> None:
    details = [
        *says("get_refund"),
        *does("action_look_up_order", "utter_clarify_order_details"),
        *says("provide_details", order_number="ML-104102", email="m@example.org"),
        *does(
            "action_look_up_order", "utter_clarify_refund_delivered", "action_await_confirmation"
        ),
        *says("affirm"),
        *does("action_refund_order", "utter_resolve_refund", "utter_expect_refund"),
    ]
    again = refunds(details, says("get_refund"))
    assert (again["asked_before"], again["done_before"]) == ("once", "done")
    # It stays done, whatever was said of it since.
    assert refunds(details, REFUND, says("get_refund"))["done_before"] == "done"
    assert refunds(REFUND, says("get_refund"))["done_before"] is None


def test_a_side_question_is_no_answer_to_the_matter() -> None:
    aside = [*says("check_cancellation_fee"), *does("utter_explain_cancellation_fee")]
    assert refunds(REFUND, aside, says("get_refund"))["asked_before"] == "once"


def test_where_the_customer_was_to_decide_nothing_was_answered() -> None:
    offered = [*says("track_refund"), *does(*ASKED)]
    held = noticed(offered, offered, says("track_refund"), goal="track_refund")
    assert held["asked_before"] is None


@pytest.mark.parametrize("written", ["ML-104102", "ml 104102", "#104102"])
def test_the_same_number_written_otherwise_is_the_same_order(written: str) -> None:
    first = [*says("get_refund", order_number="ML-104102"), *does(*EXPLAINED)]
    again = refunds(first, REFUND, says("get_refund", order_number=written))
    assert again["asked_before"] == "often"


def test_another_order_is_another_matter() -> None:
    first = [*says("get_refund", order_number="ML-104102"), *does(*EXPLAINED)]
    other = refunds(first, REFUND, says("get_refund", order_number="ML-104055"))
    assert other["asked_before"] is None
    then = [*says("get_refund", order_number="ML-104055"), *does(*EXPLAINED)]
    assert refunds(first, REFUND, then, says("get_refund"))["asked_before"] == "once"


def test_another_matter_in_between_takes_no_answer_away() -> None:
    between = [*says("track_order"), *does("utter_explain_order_shipped")]
    assert refunds(REFUND, between, says("get_refund"))["asked_before"] == "once"


def test_a_matter_that_was_dropped_begins_anew() -> None:
    dropped = [*says("drop_matter"), *does("action_drop_matter", "utter_resolve_dropped")]
    assert refunds(REFUND, REFUND, dropped, says("get_refund"))["asked_before"] is None


def test_a_number_that_was_asked_for_is_an_answer_and_no_asking() -> None:
    held = refunds(
        REFUND,
        REFUND,
        [{"event": "slot", "name": "details_missing", "value": "order_email"}],
        says("provide_details"),
        details_missing="order_email",
    )
    assert held["asked_before"] is None


def test_who_has_become_angry_is_twice_answered_as_angry_people_are() -> None:
    angry = says("get_refund", frustration=1.0)
    first = refunds(REFUND, REFUND, angry, emotion_reading=True)
    assert (first["frustration"], first["asked_before"]) == ("high", "once")
    answered = [*angry, *in_mood("high"), *does(*EXPLAINED)]
    second = refunds(REFUND, REFUND, answered, angry, emotion_reading=True)
    assert (second["frustration"], second["asked_before"]) == ("high", "once")
    third = refunds(REFUND, REFUND, answered, answered, angry, emotion_reading=True)
    assert (third["frustration"], third["asked_before"]) == ("high", "often")


def test_what_is_said_anew_at_every_asking_is_no_repetition() -> None:
    changed = [*says("change_order"), *does("action_change_order", "utter_resolve_order_changed")]
    held = noticed(changed, changed, changed, says("change_order"), goal="change_order")
    assert held["asked_before"] is None


@pytest.mark.parametrize(
    ("offer", "said", "offered"),
    [
        (("utter_options_order_late",), "I'll wait", "wait"),
        (("utter_options_order_late",), "ok", "wait"),
        (("utter_options_order_late_person", "action_offer_person"), "I'll wait", "wait"),
        (("utter_options_order_late_person", "action_offer_person"), "yes please", None),
        (("utter_clarify_refund_late", "action_await_confirmation"), "ok, I'll wait", "wait"),
        (("utter_clarify_refund_late", "action_await_confirmation"), "yes, start it", None),
        (("utter_explain_order_shipped",), "I'll wait", None),
    ],
)
def test_waiting_is_taken_up_only_where_it_was_offered(
    offer: tuple[str, ...], said: str, offered: str | None
) -> None:
    held = noticed(says("track_order"), does(*offer), says("affirm", said), goal="track_order")
    assert held["offered"] == offered


def test_an_offer_to_wait_stands_for_one_message() -> None:
    late = [*says("track_order"), *does("utter_options_order_late")]
    aside = [*says("thank"), *does("utter_close_thanks")]
    assert noticed(late, aside, says("affirm", "I'll wait"))["offered"] is None


def test_the_offer_of_a_person_stands_for_one_message() -> None:
    offered = [{"event": "slot", "name": "question_asked", "value": "person"}]
    yes = says("affirm", "yes please")
    assert noticed(offered, yes, pending="person")["pending"] == "person"
    answered = [offered, says("ask_next", "when?"), does("utter_expect_order_next"), yes]
    assert noticed(*answered, pending="person")["pending"] is None
    # Where it was only mentioned, a nod is none; a yes is one.
    noted = says("affirm", "right. noted")
    assert noticed(offered, noted, pending="person", person_declined="once")["pending"] is None
    assert noticed(offered, yes, pending="person", person_declined="once")["pending"] == "person"


def test_it_is_remembered_that_no_person_was_wanted() -> None:
    no = [*says("deny"), *does("action_drop_question", "utter_listen_without_person")]
    declined = [noticed(*[no] * times, says("greet"))["person_declined"] for times in range(5)]
    assert declined == [None, "once", "twice", "often", "often"]


@pytest.mark.parametrize(
    ("said", "intent", "offered"),
    [
        ("can you send a new one", "place_order", "replacement"),
        ("just replace it then", "nlu_fallback", "replacement"),
        ("I don't want a new one, I want my money back", "get_refund", None),
        ("just send me the other one", "nlu_fallback", "replacement"),
        ("prefer a new one, no quiero el dinero", "check_payment_methods", "replacement"),
        ("well i'd like the toaster", "place_order", "replacement"),
        ("can I have a working one?", "ask_product", "replacement"),
        ("how much is the toaster?", "place_order", None),
        ("I'd like the kettle", "place_order", None),
        ("no no the box was fine, taped and all", "report_damaged_item", "told_more"),
        ("no, it was taped shut", "report_damaged_item", "told_more"),
        ("no, i don't want it", "report_damaged_item", "no_new"),
        ("its dented and the lever wont stay down", "report_damaged_item", "told_more"),
        ("is that because it is dented?", "report_damaged_item", None),
    ],
)
def test_a_new_one_is_a_yes_where_a_replacement_was_offered(
    said: str, intent: str, offered: str | None
) -> None:
    slots = dict.fromkeys(("goal", "pending"), "report_damaged_item")
    held = noticed(says(intent, said), order_items="toaster, sage green", **slots)
    assert held["offered"] == offered
    if offered in {"replacement", "told_more"}:
        assert (held["goal"], held["pending"]) == ("report_damaged_item",) * 2


@pytest.mark.parametrize(
    ("said", "intent", "offered"),
    [
        ("im not sure i want a whole new one tbh", "nlu_fallback", "unsure"),
        ("ok but let me think about the new one first", "affirm", "unsure"),
        ("no, please dont send another", "nlu_fallback", "no_new"),
        ("nah i would rather swap it for the lamp", "nlu_fallback", "no_new"),
        ("no, send me a new one", "nlu_fallback", "replacement"),
        ("how long would a new one take", "nlu_fallback", None),
        ("its only the lid", "nlu_fallback", None),
        ("could you mend the lid rather than send a new one", "nlu_fallback", "claim_wish"),
        ("can i keep it and get a bit off", "get_refund", "claim_wish"),
        ("yes", "affirm", None),
    ],
)
def test_who_wavers_or_refuses_is_not_taken_to_want_a_new_one(
    said: str, intent: str, offered: str | None
) -> None:
    held = noticed(says(intent, said), goal="report_damaged_item", pending="report_damaged_item")
    assert held["offered"] == offered
    assert held["said_yes"] is None


def test_what_is_asked_right_after_the_choice_to_wait_is_no_answer_to_it() -> None:
    late = [*says("track_order"), *does("action_look_up_order", "utter_options_order_late")]
    known = {"goal": "track_order", "order_known": "yes", "order_state_seen": "late"}
    asks = says("nlu_fallback", "and which address is it going to?")
    asks[0]["parse_data"]["asks"] = {"which_address": 0.9}
    held = noticed(late, asks, order_number="ML-104163", **known)
    assert (held["asked"], held["offered"]) == ("which_address", None)
    waits = says("nlu_fallback", "I'll wait. And which address is it going to?")
    waits[0]["parse_data"]["asks"] = {"which_address": 0.9}
    assert noticed(late, waits, order_number="ML-104163", **known)["offered"] == "wait"


@pytest.mark.parametrize(
    "said",
    [
        "I don't need new speakers, they work. I only need the cable. Can you send just that?",
        "just the cable please",
    ],
)
def test_whoever_only_needs_what_is_missing_takes_the_offer_of_it(said: str) -> None:
    missing = dict.fromkeys(("goal", "pending"), "report_missing_item")
    held = noticed(says("nlu_fallback", said), order_items="bookshelf speakers", **missing)
    assert held["offered"] == "replacement"
    # Of something damaged, a piece alone is for a colleague to decide.
    damaged = dict.fromkeys(("goal", "pending", "question_asked"), "report_damaged_item")
    held = noticed(says("nlu_fallback", said), order_items="bookshelf speakers", **damaged)
    assert held["offered"] != "replacement"


def test_a_new_one_that_was_held_back_is_sent_once_it_is_asked_for() -> None:
    wavers = [*says("nlu_fallback", "not sure yet"), *does("utter_listen_claim_unsure")]
    asks = says("place_order", "ok send me the new one")
    held = noticed(wavers, asks, goal="report_damaged_item")
    assert (held["offered"], held["pending"]) == ("replacement", "report_damaged_item")
    later = [part for _ in range(3) for part in [says("thank"), does("utter_close_thanks")]]
    assert noticed(wavers, *later, asks, goal="report_damaged_item")["offered"] is None


KETTLE = {
    "goal": "report_damaged_item",
    "pending": "report_damaged_item",
    "question_asked": "report_damaged_item",
    "order_number": "ML-104102",
    "order_items": "gooseneck kettle",
}


@pytest.mark.parametrize(
    ("said", "intent", "offered"),
    [
        ("I prefer you send other one same please, not the money", "deny", "replacement"),
        ("i dont want the money, send me a new one", "deny", "replacement"),
        ("the kettle obviously. i cant boil water in a pot", "provide_details", "replacement"),
        ("the kettle obviously", "report_wrong_item", "replacement"),
        ("go on then, whole kettle", "nlu_fallback", "replacement"),
        ("send me the whole kettle not just a lid", "nlu_fallback", "replacement"),
        (
            "If it's broken I prefer an exchange, no refund, the colour fits",
            "get_refund",
            "replacement",
        ),
        ("no money back, I want a new one", "get_refund", "replacement"),
        ("keep your refund and send me another one", "reject_answer", "replacement"),
        # What is refused or left open starts nothing.
        ("no replacement, refund please", "get_refund", None),
        ("and still no refund", "track_refund", None),
        ("not the money", "deny", None),
        ("the money, not a new one", "get_refund", None),
        ("seems mad to send a whole kettle", "delivery_options", None),
        ("it doesn't have a lid", "nlu_fallback", None),
        ("i dont want just a lid", "nlu_fallback", None),
    ],
)
def test_a_new_one_is_chosen_by_what_is_wanted_and_not_by_what_is_refused(
    said: str, intent: str, offered: str | None
) -> None:
    assert noticed(says(intent, said), **KETTLE)["offered"] == offered


def test_a_new_one_that_was_offered_is_taken_though_something_was_asked_in_between() -> None:
    offered = [
        *says("provide_details", "ML-104102, me@example.org"),
        *does("utter_clarify_claim"),
        {"event": "slot", "name": "question_asked", "value": "report_damaged_item"},
    ]
    between = [
        *says("track_order", "is it a bagel button?"),
        *does("utter_explain_order_delivered"),
    ]
    takes = says("get_refund", "I prefer an exchange, no refund. Can you send the new one first?")
    slots = {**KETTLE, "pending": None, "goal": "track_order"}
    held = noticed(offered, between, takes, **slots)
    assert (held["offered"], held["goal"]) == ("replacement", "report_damaged_item")
    money = says("get_refund", "no, I'd rather have the money back")
    again = noticed(offered, between, money, **slots)
    assert again["offered"] is None


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("can u just post me a lid? seems mad to send a whole kettle", "delivery_options"),
        ("can u just post me a lid? seems mad to send a whole kettle", "place_order"),
        ("just the lid, not a whole kettle", "nlu_fallback"),
        ("could i just get a new lid?", "ask_product"),
    ],
)
def test_a_part_alone_is_a_wish_for_a_colleague_and_no_yes(said: str, intent: str) -> None:
    held = noticed(says(intent, said), **KETTLE)
    assert (held["offered"], held["claim_wish"]) == ("claim_wish", "piece")
    assert (held["goal"], held["said_yes"]) == ("report_damaged_item", None)


def test_the_whole_may_be_had_after_a_part_was_wished_for() -> None:
    asked = [*says("delivery_options", "just a lid?"), *does("utter_resolve_claim_wish")]
    slots = {**KETTLE, "pending": None, "settled": "claim_wish", "claim_wish": "piece"}
    takes = says("nlu_fallback", "go on then, whole kettle")
    held = noticed(asked, takes, **{**slots, "claim_matter": "ask_warranty"})
    assert (held["offered"], held["pending"]) == ("replacement", "report_damaged_item")
    repair = {**slots, "claim_wish": "repair", "claim_matter": "ask_warranty"}
    assert noticed(asked, takes, **repair)["offered"] is None


def test_words_of_buying_are_about_the_new_one_that_was_offered() -> None:
    speakers = {**KETTLE, "order_items": "bookshelf speakers"}
    lapsed = {**speakers, "goal": "delivery_period", "pending": None}
    offer = [{"event": "slot", "name": "question_asked", "value": "report_damaged_item"}]
    other = [*offer, *says("delivery_period"), *does("utter_explain_delivery_period")]
    second = says("place_order", "just the second one please, im happy with the first")
    for slots, before in ((speakers, offer), (lapsed, other)):
        held = noticed(before, second, **slots)
        assert (held["offered"], held["goal"]) == ("replacement", "report_damaged_item")
    buys = noticed(other, says("place_order", "i'd like to order one speaker"), **lapsed)
    assert (buys["offered"], buys["pending"]) == ("told_more", "report_damaged_item")
    toaster = says("place_order", "I'd like to order a toaster", product="toaster")
    assert noticed(other, toaster, **lapsed)["goal"] == "place_order"
    assert noticed(second, **{**lapsed, "question_asked": None})["goal"] == "place_order"


def test_a_move_that_is_told_as_the_reason_leaves_the_offer_open() -> None:
    told = says("change_shipping_address", "we were moving house, didnt open it til yesterday")
    held = noticed(told, **KETTLE)
    assert (held["offered"], held["pending"]) == ("told_more", "report_damaged_item")
    sent = says("change_shipping_address", "we moved, can it go to our new address")
    assert noticed(sent, **KETTLE)["offered"] is None


@pytest.mark.parametrize(
    ("settled", "said", "wish"),
    [
        ("replacement", "cancel that replacement. a bit of money back and i keep it", "part"),
        ("replacement", "i never said that, i said i wasnt sure", "none"),
        ("replacement", "could it be repaired instead", "repair"),
        ("claim_money", "not the lot, just some of the money back", "part"),
        ("replacement", "mend it, or knock something off", "either"),
    ],
)
def test_what_a_colleague_decides_is_heard_once_a_claim_is_registered(
    settled: str, said: str, wish: str
) -> None:
    slots = {"settled": settled, "claim_matter": "report_damaged_item"}
    held = noticed(says("nlu_fallback", said), **slots)
    assert (held["offered"], held["claim_wish"]) == ("claim_wish", wish)
    assert held["goal"] == "report_damaged_item"


def test_a_repair_that_was_wished_before_the_order_was_known_is_remembered() -> None:
    wished = [
        *says("report_damaged_item", "the lamp flickers, can you repair it?"),
        *does("action_look_up_order", "utter_clarify_order_details"),
    ]
    number = says("provide_details", "ML-104140", order_number="ML-104140")
    assert noticed(wished, number, goal="report_damaged_item")["claim_wish"] == "repair"
    seen_to = [*wished, *does("utter_clarify_claim", "action_await_confirmation")]
    assert noticed(seen_to, number, goal="report_damaged_item")["offered"] is None


@pytest.mark.parametrize(
    ("slots", "case"),
    [
        ({"settled": "replacement", "claim_matter": "report_wrong_item"}, "new_wrong"),
        ({"settled": "replacement", "claim_matter": "report_damaged_item"}, "new_fault"),
        ({"settled": "claim_money", "claim_matter": "report_damaged_item"}, "money"),
        ({"settled": "claim_wish", "claim_wish": "part"}, "wish_part"),
        ({"goal": "report_wrong_item", "order_state_seen": "refunded"}, "over_wrong"),
        ({"goal": "report_damaged_item", "pending": "report_damaged_item"}, "open_fault"),
    ],
)
def test_whether_it_is_kept_is_a_question_and_no_no(slots: dict[str, str], case: str) -> None:
    held = noticed(says("deny", "so do i keep it or not"), **slots)
    assert (held["said"], held["keep_case"]) == ("asks_keep", case)
    assert (held["goal"], held["pending"]) == (slots.get("goal"), slots.get("pending"))


def test_whether_a_wrong_thing_is_kept_may_be_asked_after_another_matter() -> None:
    wrong = [*says("report_wrong_item"), *does("action_look_up_order", "utter_explain_order_over")]
    refund = [*says("track_refund"), *does("action_look_up_order", "utter_explain_refund_pending")]
    asks = says("deny", "ok so i keep it then?")
    held = noticed(wrong, refund, asks, goal="track_refund", order_state_seen="refund_pending")
    assert (held["said"], held["keep_case"]) == ("asks_keep", "over_wrong")


def test_whether_it_is_kept_is_asked_only_about_what_came() -> None:
    assert noticed(says("deny", "so do i keep it or not"), goal="track_order")["said"] is None


def test_of_a_danger_one_warns_once() -> None:
    sparks = says("provide_details", "my toaster sparks, ML-104140", order_number="ML-104140")
    assert noticed(sparks)["said"] == "hazard"
    assert noticed(sparks, does("utter_explain_hazard"), sparks)["said"] is None


def test_a_new_one_is_no_yes_where_nothing_was_offered() -> None:
    assert noticed(says("place_order", "a new one please"))["offered"] is None


@pytest.mark.parametrize(
    ("settled", "said", "intent", "offered"),
    [
        ("replacement", "the money instead of the new one please", "get_refund", "claim_money"),
        (
            "replacement",
            "i'd rather have the money… can you switch that",
            "change_order",
            "claim_money",
        ),
        ("replacement", "just the lid, not a whole kettle", "nlu_fallback", "claim_more"),
        ("replacement", "make it the green one", "change_order", "claim_more"),
        # What comes sooner is a question.
        ("replacement", "would it be quicker to just get my money", "get_refund", None),
        ("replacement", "where is my money", "track_refund", None),
        ("replacement", "thanks", "thank", None),
        ("replacement", "what a waste of money", "vent", None),
        ("claim_money", "actually send the new one after all", "place_order", "claim_new"),
        ("claim_money", "and the money?", "ask_next", None),
        ("complaint", "I want my money", "get_refund", None),
    ],
)
def test_a_registered_claim_is_switched_in_the_words_that_customers_use(
    settled: str, said: str, intent: str, offered: str | None
) -> None:
    slots = {"settled": settled, "claim_matter": "report_damaged_item"}
    held = noticed(says(intent, said), **slots)
    assert held["offered"] == offered
    if offered:
        assert held["goal"] == "report_damaged_item"


def test_what_was_set_going_is_remembered_until_another_order_is_named() -> None:
    number = [{"event": "slot", "name": "order_number", "value": "ML-104140"}]
    same = says("track_order", order_number="104140")
    other = says("track_order", order_number="ML-104163")
    assert noticed(number, same, settled="replacement")["settled"] == "replacement"
    assert noticed(number, other, settled="replacement")["settled"] is None


@pytest.mark.parametrize(
    ("said", "intent", "language"),
    [
        ("Hola, mi pedido no ha llegado todavía", "out_of_scope", "where"),
        ("Hola, tengo un problema con mi pedido", "out_of_scope", "other"),
        ("où est mon colis", "nlu_fallback", "where"),
        ("我的订单在哪里", "out_of_scope", "other"),
        ("what is the currency of Hungary", "out_of_scope", None),
        ("omg lol wtf", "nlu_fallback", None),
        ("🔥🔥🔥", "out_of_scope", None),
        ("mijn adres is Nieuwegracht 41", "provide_details", None),
    ],
)
def test_only_what_was_not_understood_is_taken_for_another_language(
    said: str, intent: str, language: str | None
) -> None:
    assert noticed(says(intent, said))["language"] == language


def test_a_street_that_was_asked_for_is_no_other_language() -> None:
    asked = [{"event": "slot", "name": "details_missing", "value": "street"}]
    street = says("out_of_scope", "Am Alten Markt 7a")
    goal = {"goal": "set_up_shipping_address", "details_missing": "street"}
    assert noticed(asked, street, **goal)["language"] is None


# -- a yes, and what is none -----------------------------------------------------------------------------


def answers(intent: str, text: str, pending: str, confidence: float = 0.95, **entities: str) -> Any:
    """What is noticed of an answer to a question that was just put about the order ML-104102."""
    asked = [
        *says("cancel_order", order_number="ML-104102"),
        {"event": "slot", "name": "order_number", "value": "ML-104102"},
        {"event": "slot", "name": "question_asked", "value": pending},
    ]
    message = says(intent, text, **entities)
    message[0]["parse_data"]["intent"]["confidence"] = confidence
    return noticed(asked, does("action_await_confirmation"), message, pending=pending, goal=pending)


@pytest.mark.parametrize(
    "text",
    [
        "yes please. how long will it be",
        "YES. i already said yes. when will it come",
        "yes pls. but it goes to my new flat",
        "ok yes, send it",
        "Sure! what do I have to do",
    ],
)
def test_a_yes_before_a_question_is_a_yes(text: str) -> None:
    noticed = answers("ask_next", text, "report_damaged_item")
    assert (noticed["said_yes"], noticed["pending"]) == ("first", "report_damaged_item")


@pytest.mark.parametrize(
    "text",
    ["yes, I know, but when will it come", "when will it come", "yesterday it was late", "no. yes"],
)
def test_other_words_are_no_yes(text: str) -> None:
    assert answers("ask_next", text, "report_damaged_item")["said_yes"] is None


@pytest.mark.parametrize("text", ["yes, but not if I lose the money", "yes. wait, first tell me"])
def test_a_yes_with_a_but_cancels_nothing(text: str) -> None:
    assert answers("check_cancellation_fee", text, "cancel_order")["said_yes"] is None


def test_the_wish_said_again_plainly_is_a_yes() -> None:
    assert answers("cancel_order", "just cancel it please", "cancel_order")["pending"]


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("does anybody get an email about it if i cancel?", 0.9),
        ("what happens when I cancel", 0.9),
        ("hm the order, cancel, well", 0.47),
    ],
)
def test_a_wish_that_is_weighed_or_hardly_heard_is_no_yes(text: str, confidence: float) -> None:
    assert answers("cancel_order", text, "cancel_order", confidence)["pending"] is None


def test_what_was_asked_of_one_order_is_not_answered_for_another() -> None:
    text = "not the desk lamp!! the HEADPHONES. ML-104055"
    named = answers("provide_details", text, "cancel_order", order_number="ML-104055")
    assert named["pending"] is None
    same = answers("provide_details", "ML-104102", "cancel_order", order_number="ML-104102")
    assert same["pending"] == "cancel_order"


def in_joy(text: str) -> list[Event]:
    (message,) = says("vent", text)
    glad = {"name": "joy", "confidence": 0.9, "frustration": 0.0}
    parsed = {**message["parse_data"], "emotion": glad}
    return [{**message, "parse_data": parsed}]


def test_a_loss_is_spoken_of_once_in_a_conversation() -> None:
    told = says("track_order", "my husband died last week, where is the bench")
    assert noticed(told)["said"] == "loss"
    assert noticed(told, does("utter_validate_loss", "action_hear_on"), told)["said"] is None


@pytest.mark.parametrize(
    "text",
    [
        "i was in hospital when it came, can it go back",
        "the lamp is for my mother, she broke her hip in march",
        "we had the miscarriage on the 4th, please take the cot off the order",
        "they kept me in for three weeks, so i never opened it",
    ],
)
def test_an_illness_is_spoken_of_once_in_a_conversation(text: str) -> None:
    told = says("get_refund", text)
    assert noticed(told)["said"] == "illness"
    assert noticed(told, does("utter_validate_illness", "action_hear_on"), told)["said"] is None


@pytest.mark.parametrize(
    "text",
    [
        "i work in a hospital and the shifts are long, when does it come",
        "how long have i got to send the hospital lamp back",
        "you broke my trust, not the lamp",
        "it would have cost me an arm and a leg elsewhere",
    ],
)
def test_nobody_is_pitied_for_words_of_illness(text: str) -> None:
    assert noticed(says("track_order", text))["said"] != "illness"


@pytest.mark.parametrize(
    "text",
    [
        "she passed on sunday, please stop the chair",
        "we lost the baby in week 31",
        "margaret was my wife. please stop the mails",
        "it was for biscuit, we had to let her go on the thursday",
        "mum went into the home on the 12th and died on the 20th",
    ],
)
def test_a_death_is_heard_however_it_is_put(text: str) -> None:
    assert noticed(says("cancel_order", text))["said"] == "loss"


@pytest.mark.parametrize(
    "text",
    [
        "she passed her exam on sunday",
        "in my hall it looks like a coffin",
        "she passed it on to me",
    ],
)
def test_nobody_is_condoled_for_words_of_death(text: str) -> None:
    assert noticed(says("cancel_order", text))["said"] != "loss"


def test_a_loss_that_was_met_is_not_met_again_in_the_same_turn() -> None:
    told = in_joy("my husband died last week")
    met = [*told, *does("utter_validate_loss")]
    assert noticed(met, emotion_reading=True)["feeling"] == "met"


@pytest.mark.parametrize(
    ("text", "seen", "feeling"),
    [
        ("How lovely, it fits", "delivered", "joy"),
        ("How lovely, a birthday in customs", "late", None),
        ("Lovely. What do they want from it?", "shipped", None),
    ],
)
def test_joy_over_a_late_order_or_in_a_question_is_not_taken_for_joy(
    text: str, seen: str, feeling: str | None
) -> None:
    found = noticed(in_joy(text), emotion_reading=True, order_state_seen=seen)
    assert found["feeling"] == feeling


def test_nobody_is_glad_of_what_came_broken() -> None:
    (message,) = says(
        "report_wrong_item", "it says kettle outside and there's a toaster in it haha"
    )
    glad = {"name": "joy", "confidence": 0.9, "frustration": 0.0}
    told = [{**message, "parse_data": {**message["parse_data"], "emotion": glad}}]
    assert noticed(told, emotion_reading=True)["feeling"] is None


def test_a_warm_word_beside_much_frustration_is_not_taken_for_joy() -> None:
    (message,) = says("vent", "Splendid. Simply splendid. It is in a van again.")
    mocking = {"name": "joy", "confidence": 0.7, "frustration": 0.7}
    parsed = {**message["parse_data"], "emotion": mocking}
    found = noticed([{**message, "parse_data": parsed}], emotion_reading=True)
    assert found["feeling"] is None


def test_whoever_apologizes_for_their_words_is_taken_for_calm_and_is_answered_once() -> None:
    sorry = says("thank", "ok, and sorry for shouting before", frustration=0.9)
    found = noticed(sorry, emotion_reading=True)
    assert (found["said"], found["frustration"]) == ("apologizes", "low")
    again = noticed([*sorry, *does("utter_close_apologized")], emotion_reading=True)
    assert again["said"] is None


def test_the_reading_is_stopped_once_and_then_the_rest_is_heard() -> None:
    told = says("track_order", "stop reading my mood, and where is the lamp")
    assert noticed(told, emotion_reading=True)["said"] == "stops_reading"
    assert noticed(told, emotion_reading=False)["said"] is None


def test_an_offer_of_a_person_that_nobody_took_up_is_not_put_again() -> None:
    offered = [*says("vent"), *does("utter_validate_venting", "utter_options_person")]
    counted = [noticed(*[offered] * times, says("vent"))["person_declined"] for times in range(4)]
    assert counted == [None, "once", "once", "twice"]


@pytest.mark.parametrize(
    ("intent", "text", "awaited"),
    [
        ("vent", "The legs wobble and the paint came off in a week", "review"),
        ("nlu_fallback", "warm light, my favourite thing in the flat", "review"),
        ("affirm", "yes I love it, best chair I ever had", "review"),
        ("affirm", "yes", None),
        ("vent", "i dont want a survey", None),
        ("newsletter_subscription", "just take me OFF the list", None),
        ("nlu_fallback", "what happens with it then?", None),
    ],
)
def test_only_what_plainly_is_a_review_is_awaited_as_one(
    intent: str, text: str, awaited: str | None
) -> None:
    asked = [{"event": "slot", "name": "details_missing", "value": "review"}]
    found = noticed(
        says("review"), asked, says(intent, text), goal="review", details_missing="review"
    )
    assert found["details_awaited"] == awaited


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("my lawyer will write to you", "legal"),
        ("are you kidding me, see you in court", "legal"),
        ("i'll sue you", "legal"),
        ("send it to 4 Marlborough Court, please", None),
        ("it's for my wife Sue, Lawson Court Road 5", None),
        ("my lawyer's a friend lol jk. what's the warranty", None),
    ],
)
def test_a_lawyer_in_jest_calls_for_no_person(text: str, needed: str | None) -> None:
    assert noticed(says("ask_warranty", text))["person_needed"] == needed


def test_legal_steps_that_the_desk_has_do_not_stop_the_matter_again() -> None:
    said = says("track_order", "and where is it? my lawyer waits, too")
    assert noticed(said)["person_needed"] == "legal"
    assert noticed(said, handover="requested")["person_needed"] is None
    assert noticed(said, handover="closed")["person_needed"] == "legal"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("goedemiddag, waar blijft mijn bureau? bestelling", "where"),
        ("en als ie dan niet past, kan ik hem nog retour sturen? gratis?", "return"),
        ("die Lampe ist leider kaputt angekommen", "fault"),
        ("nou ja. bedankt", "thanks"),
        ("au revoir", "bye"),
        ("puede hablar español por favor?", "other"),
        ("do you speak Dutch?", "other"),
    ],
)
def test_what_another_language_says_is_taken_up(said: str, language: str) -> None:
    assert noticed(says("out_of_scope", said))["language"] == language


def test_a_number_in_another_language_is_looked_up() -> None:
    said = "bonjour, je voudrais savoir pour ma commande ML-104163 s'il vous plaît"
    given = says("out_of_scope", said, order_number="ML-104163")
    assert noticed(given)["language"] == "where"
    assert noticed(given, goal="get_refund")["language"] == "details"


def test_a_whole_address_is_in_no_language() -> None:
    for address in (
        "new place is Biltstraat 88 3572 BG Utrecht full stop",
        "Biltstraat 88, 3572 BG Utrecht",
        "naar Biltstraat 88, 3572 BG Utrecht",
    ):
        given = says("nlu_fallback", address, postcode="3572 BG")
        assert noticed(given)["language"] is None
        assert noticed(given, details_missing="street", goal="track_order")["language"] is None
    assert noticed(says("nlu_fallback", "waar is mijn pakket, Biltstraat 88, 3572 BG Utrecht"))[
        "language"
    ]


def test_another_language_is_heard_in_a_form_where_it_asks() -> None:
    asked = [{"event": "slot", "name": "details_missing", "value": "email"}]
    form = {"goal": "get_refund", "details_missing": "email"}
    held = says("get_refund")
    for said in ("puede hablar español por favor?", "kunt u mij ook in het Nederlands helpen?"):
        assert noticed(held, asked, says("out_of_scope", said), **form)["language"] == "other"


@pytest.mark.parametrize(
    ("text", "declined", "pending"),
    [
        ("yes please", None, "person"),
        ("ok", None, "person"),
        ("right. noted", None, None),
        ("ok", "once", None),
        ("yes", "once", "person"),
    ],
)
def test_what_only_shows_that_it_was_read_brings_no_person(
    text: str, declined: str | None, pending: str | None
) -> None:
    offered = [{"event": "slot", "name": "question_asked", "value": "person"}]
    found = noticed(
        says("track_order"),
        offered,
        says("affirm", text),
        pending="person",
        person_declined=declined,
    )
    assert found["pending"] == pending


def test_who_needs_nobody_is_not_in_danger() -> None:
    said = says("crisis", "oh never mind, if its already being sorted i dont need anyone")
    unsure = said[0]["parse_data"]["intent"]
    unsure["confidence"] = 0.44
    assert noticed(said)["safety"] is None
    assert noticed(said)["said"] == "declines"
    unsure["confidence"] = 0.9
    assert noticed(said)["safety"] == "alarm"
    other = says("crisis", "i dont need anyone anymore")
    other[0]["parse_data"]["intent"]["confidence"] = 0.44
    assert noticed(other)["heard"] == "doubt"


def test_a_friends_order_is_explained_until_it_is_found() -> None:
    said = says("track_order", "its for my friend jonas, he asked me to look")
    assert noticed(said)["said"] is None
    known = {"order_number": "ML-104188", "email": "a@example.org"}
    assert noticed(said, **known)["said"] == "for_somebody"
    assert noticed(said, **known, order_state_seen="late")["said"] != "for_somebody"
    given = says("track_order", "its for my friend, b@example.org", email="b@example.org")
    assert noticed(given, **known)["said"] != "for_somebody"


def test_a_threat_against_people_is_not_one_to_go_public() -> None:
    assert noticed(says("threat", "I'll post this to 40k people"))["said"] == "goes_public"
    worse = says("threat", "I'll post this to 40k people and then come to your home")
    assert noticed(worse)["said"] is None


def test_the_assistant_is_asked_for_where_it_is() -> None:
    assert noticed(says("contact_human_agent", "give me back to the assistant"))["said"] == (
        "wants_assistant"
    )
    refused = noticed(says("contact_human_agent", "don't put me back to the assistant"))
    assert refused["said"] is None


def test_who_asks_for_the_assistant_is_let_in_once_in_a_turn() -> None:
    asked = says("contact_human_agent", "give me back to the assistant")
    assert noticed([*asked, *does("utter_open_back_go_on")])["said"] is None


def test_what_belonged_to_somebody_who_died_is_heard_once_the_death_was_told() -> None:
    estate = says("payment_issue", "her bank account is frozen now")
    assert noticed(estate)["said"] is None
    told = [says("get_refund", "my aunt died in may"), does("utter_validate_loss"), estate]
    assert noticed(*told)["said"] == "estate"
    offered = [*told[:2], does("utter_explain_estate"), estate]
    assert noticed(*offered)["said"] is None
    # A name is not changed for them either, and never where nobody died.
    rename = says("edit_account", "could it be changed to my name instead? Jean", name="Jean")
    assert noticed(*told[:2], does("utter_explain_estate"), rename)["said"] == "estate"
    off = [says("cancel_order", "the wedding is off"), does("utter_validate_loss"), rename]
    assert noticed(*off)["said"] is None


@pytest.mark.parametrize(
    ("text", "goal", "said"),
    [
        ("Yes there is money on the account, I checked", "payment_issue", True),
        ("there's plenty of money on my card", "payment_issue", True),
        ("Yes there is money on the account, I checked", "track_refund", False),
        ("there is enough on it, so why did it fail?", "payment_issue", False),
    ],
)
def test_that_there_is_money_is_told_of_a_payment_alone(text: str, goal: str, said: bool) -> None:
    held = noticed(says("track_refund", text), goal=goal, details_missing="order")
    assert (held["said"] == "money_there") is said
    assert not said or held["goal"] == goal


def test_praise_is_heard_once_more_where_it_is_to_be_passed_on() -> None:
    praise = says("nlu_fallback", "the driver was so kind, he carried it up")
    after = says(
        "provide_details", "ML-103874, can it get to him somehow?", order_number="ML-103874"
    )
    assert noticed(praise, does("utter_close_praise"), after)["said"] == "praises"
    assert noticed(after)["said"] is None
    # Details that were asked for are seen to.
    asked = says("provide_details", "ML-103874, the driver was so kind", order_number="ML-103874")
    assert noticed(asked)["said"] == "praises"
    assert noticed(asked, details_missing="order", goal="track_order")["said"] is None


def test_of_another_order_that_is_named_nothing_of_the_one_before_is_quoted() -> None:
    before = {"event": "slot", "name": "order_number", "value": "ML-104188"}
    held = {"order_number": "ML-104075", "order_known": "yes", "order_state_seen": "late"}
    found = noticed([before], says("ask_warranty", order_number="ML-104075"), **held)
    assert {found["order_known"], found["order_state_seen"], found["order_expected_on"]} == {None}
    same = noticed([before], says("ask_warranty", order_number="ML-104188"), **held)
    assert "order_known" not in same


@pytest.mark.parametrize("leaves", ["thank", "goodbye"])
def test_whoever_leaves_another_order_is_not_told_what_was_offered_for_the_first(
    leaves: str,
) -> None:
    offered = [
        {"event": "slot", "name": "order_number", "value": "ML-103990"},
        {"event": "slot", "name": "question_asked", "value": "report_damaged_item"},
    ]
    turned = {"event": "slot", "name": "order_number", "value": "ML-104171"}
    asked = {"question_asked": "report_damaged_item"}
    assert noticed(offered, says(leaves), order_number="ML-103990", **asked)["undone"] == "claim"
    there = noticed([*offered, turned], says(leaves), order_number="ML-104171", **asked)
    assert there["undone"] is None


@pytest.mark.parametrize("leaves", ["thank", "goodbye"])
def test_whoever_leaves_is_told_what_was_offered_and_not_done(leaves: str) -> None:
    asked = {"question_asked": "report_damaged_item", "order_number": "ML-104140"}
    assert noticed(says(leaves), **asked)["undone"] == "claim"
    assert (
        noticed(says(leaves), settled="replacement", claim_matter="report_damaged_item", **asked)[
            "undone"
        ]
        is None
    )
    assert noticed(says(leaves), handover="requested", **asked)["undone"] is None
    assert noticed(says("vent"), **asked)["undone"] is None
    order = {"question_asked": "cancel_order", "order_number": "ML-104217"}
    assert noticed(says(leaves), order_state_seen="processing", **order)["undone"] == "cancel"
    assert noticed(says(leaves), order_state_seen="cancelled", **order)["undone"] is None


def test_an_order_that_is_given_for_a_password_is_looked_up() -> None:
    given = says("provide_details", order_number="ML-104120", email="bill@example.com")
    asked = [*says("recover_password"), *does("action_check_details", "utter_clarify_details")]
    assert noticed(asked, given, goal="recover_password")["goal"] == "track_order"
    # An address alone is what was asked for.
    alone = says("provide_details", email="bill@example.com")
    assert noticed(asked, alone, goal="recover_password")["goal"] == "recover_password"


def test_a_new_one_wished_for_with_the_number_at_last_is_for_the_fault_told_before() -> None:
    fault = says("report_damaged_item", "the left speaker crackles")
    asked = [*fault, *does("action_look_up_order"), *says("get_invoice"), *does("action_find_bill")]
    text = "found it, ML-104075. I'd like a new one"
    given = says("provide_details", text, order_number="ML-104075")
    assert noticed(asked, given, goal="get_invoice")["goal"] == "report_damaged_item"
    number = says("provide_details", "ML-104075", order_number="ML-104075")
    assert noticed(asked, number, goal="get_invoice")["goal"] == "get_invoice"


def test_what_is_put_off_is_no_wish_and_no_answer() -> None:
    later = says("deny", "right. well I'll sleep on it")
    assert noticed(later)["said"] == "defers"
    # What was asked has its own way of being put off, and a question wants its answer.
    assert noticed(later, pending="cancel_order", goal="cancel_order")["said"] != "defers"
    asks = says("deny", "I'll sleep on it. how long do I have?")
    assert noticed(asks)["said"] != "defers"


def test_it_is_noted_for_the_wording_what_was_said_lately() -> None:
    lacks = says("cancel_order", "I don't know the order number, sorry")
    assert noticed(lacks)["number_lacking"] == "yes"
    assert noticed(says("cancel_order", "cancel it"))["number_lacking"] is None
    twice = says("payment_issue", "you took 142 TWICE")
    assert noticed(twice)["charged_twice"] == "yes"


def test_a_question_is_no_review_though_one_is_waited_for() -> None:
    asked = [*says("review"), *does("action_check_details", "utter_clarify_details")]
    asked.append({"event": "slot", "name": "details_missing", "value": "review"})
    question = says("ask_product", "small question: can I clean the shade with spirit?")
    assert noticed(asked, question, details_missing="review")["details_awaited"] != "review"
    told = says("nlu_fallback", "it lights the whole table, and I can see colours again")
    assert noticed(asked, told, details_missing="review")["details_awaited"] == "review"


def test_who_was_told_that_people_look_for_an_order_of_the_dead_is_asked_no_more() -> None:
    offered = [*says("cancel_order", "she passed away"), *does("utter_explain_estate")]
    offered.append({"event": "slot", "name": "details_missing", "value": "order"})
    parked = says("nlu_fallback", "sorry, I have to drive again in 20 minutes")
    held = {"goal": "cancel_order", "details_missing": "order"}
    assert noticed(offered, parked, **held)["details_awaited"] is None
    before = offered[:-3] + offered[-1:]
    assert noticed(before, parked, **held)["details_awaited"] == "detail"


def test_thanks_in_another_language_are_thanks_whatever_is_told_after_them() -> None:
    thanks = says("nlu_fallback", "Tak for help! If you were closer I'd send a jar")
    assert noticed(thanks)["language"] == "thanks"
    asks = says("nlu_fallback", "Tak for help! And when does it come?")
    assert noticed(asks)["language"] is None


def test_what_somebody_tells_who_mourns_is_heard_and_not_asked_for_in_other_words() -> None:
    told = [*says("cancel_order", "she passed away"), *does("utter_validate_loss")]
    parked = says("nlu_fallback", "sorry, I'm writing from a car park and have to drive on")
    assert noticed(told, parked)["act"] == "inform"
    assert noticed(parked)["act"] is None


def test_what_was_met_in_the_turn_before_is_not_met_again_at_once() -> None:
    angry: list[list[Event]] = [says("vent", "the third time"), does("utter_validate_told")]
    asked = says("nlu_fallback", "and who decides that?")
    assert noticed(*angry, asked)["met_lately"] == "yes"
    assert noticed(*angry, asked, does("utter_explain_asked"), asked)["met_lately"] is None
    assert noticed(asked)["met_lately"] is None
