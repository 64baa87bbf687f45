"""A question about the matter in hand is answered where there is an answer as things stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.answering
from actions.answering import (
    meant_otherwise,
    page_left,
    question_known,
    question_left,
    shared_answers,
)
from actions.domain import shared_slots
from exemplar.errors import ExemplarError
from exemplar.knowledge.search import shared_knowledge
from exemplar.nlu.acts import load_exchanges
from exemplar.nlu.expectation import shared_expectation
from exemplar.nlu.questions import NONE, QuestionModel, asked_in, load_wordings

Event = dict[str, Any]
#: Kinds whose answer is the same however an order stands.
HOLDS_ALWAYS = {
    *("own_fix", "invoice_new", "discount_stays", "gift_hidden", "scam"),
    *("safe_use", "common_fault", "packed_how", "delivery_price", "carry_up", "take_old"),
    *("price_drop", "human_seen", "whose_fault", "if_accept", "data_seen"),
}
LATE = {
    "goal": "track_order",
    "order_known": "yes",
    "order_state_seen": "late",
    "order_number": "ML-104163",
}


def asked(
    likely: dict[str, float],
    text: str = "and when?",
    intent: str = "nlu_fallback",
    *,
    confidence: float = 0.9,
    question: float = 0.9,
    events: list[Event] | None = None,
    entities: list[Event] | None = None,
    **slots: Any,
) -> str | None:
    message = {
        "intent": {"name": intent, "confidence": confidence},
        "asks": likely,
        "act": {"name": "question", "confidence": question, "shares": {"question": question}},
        "entities": entities or [],
        "text": text,
    }
    held = {**dict.fromkeys(shared_slots()), **slots}
    return question_known(
        Tracker("x", held, message, events or [], False, None, {}, "action_listen")
    )


def said(*variants: int) -> list[Event]:
    return [
        {"event": "bot", "metadata": {"utter_action": "utter_explain_asked", "variant": number}}
        for number in variants
    ]


def variants_for(kind: str, state: str) -> list[int]:
    return [
        number
        for number, condition in enumerate(shared_answers())
        if condition.get("asked") == kind and condition.get("order_state_seen") == state
    ]


def left(*each: dict[str, float], events: list[Event] | None = None, **slots: Any) -> str | None:
    """Returns what of a message's questions is still to be answered."""
    message = {"asks_each": list(each), "text": "and what is in it? and when can it go back?"}
    held = {**dict.fromkeys(shared_slots()), **LATE, **slots}
    return question_left(
        Tracker("x", held, message, events or [], False, None, {}, "action_listen")
    )


def test_a_question_beside_the_one_that_was_answered_is_left_to_answer() -> None:
    when, until = {"what_if_not": 0.9}, {"where_left": 0.1, "address_by_whom": 0.2}
    assert left(when, until, goal="get_refund") == "what_if_not"
    told = said(*variants_for("what_if_not", "late"))
    assert left(when, until, events=told, goal="get_refund") is None


def test_beside_another_question_only_what_is_surely_asked_is_answered() -> None:
    least = shared_expectation().answered["beside"]
    assert left({"what_if_not": least - 0.01}, goal="get_refund") is None
    assert left({"what_if_not": least}, goal="get_refund") == "what_if_not"


def rest(text: str, *bot: str, intent: str = "nlu_fallback", **slots: Any) -> str | None:
    """Returns the heading of the page that answers what is left of a message."""
    message = {"text": text, "intent": {"name": intent}}
    said = [{"event": "bot", "text": one} for one in bot]
    held = {**dict.fromkeys(shared_slots()), **slots}
    found = page_left(Tracker("x", held, message, said, False, None, {}, "action_listen"))
    return found.section.heading if found else None


def test_of_several_questions_one_that_a_page_surely_answers_is_not_left_out() -> None:
    asks = "What do the mugs cost the four together? And can they go in the dishwasher?"
    assert rest(asks) == "Glasses, mugs and plant pots"
    said = shared_knowledge().find("can the mugs go in the dishwasher?")
    assert said
    assert rest(asks, said.text) is None
    assert rest("can they go in the dishwasher?") is None


def test_a_page_that_cannot_be_read_leaves_the_turn_as_it_was_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise ExemplarError("care.md is broken")

    monkeypatch.setattr(actions.answering, "shared_knowledge", broken)
    asks = {"text": "What do the mugs cost? And can they go in the dishwasher?"}
    held = dict.fromkeys(shared_slots())
    tracker = Tracker("x", held, asks, [], False, None, {}, "action_listen")
    [event] = actions.answering.ActionAnswerRest().run(CollectingDispatcher(), tracker, {})
    assert (event["name"], event["value"]) == ("answer", "nothing")


def test_a_single_question_is_left_over_where_it_stands_beside_praise() -> None:
    text = "It changed my mornings, five stars. Is it meant to smell a bit hot at first?"
    assert rest(text, intent="review") is not None
    assert rest(text, intent="ask_product") is None


def test_beside_an_order_a_page_must_be_surer() -> None:
    asks = "When does it come? And does he take the old lamp with him when he goes?"
    assert rest(asks) is not None
    assert rest(asks, order_known="yes") is None


@pytest.mark.parametrize("joined", ["", "And ", "Oh, and ", "But "])
def test_what_joins_a_question_to_the_one_before_it_changes_nothing(joined: str) -> None:
    asks = f"When does it come? {joined}does the driver take the old one with him?"
    assert rest(asks, order_known="yes") == "Recycling the old one"


def test_money_that_was_taken_twice_is_looked_up_whatever_is_asked_beside_it() -> None:
    given = {**LATE, "order_state_seen": "processing", "goal": "cancel_order"}
    twice = "I think it's gone out twice?? 142 and 142 again. how long till it's back"
    assert asked({"refund_when": 0.9}, twice, "payment_issue", **given) is None
    once = "I think the payment is gone out. how long till it's back if I cancel"
    assert asked({"refund_when": 0.9}, once, "payment_issue", **given) == "refund_when"


def test_where_a_new_one_is_offered_its_coming_is_what_is_asked() -> None:
    delivered = {**LATE, "order_state_seen": "delivered"}
    for matter in ("report_damaged_item", "report_wrong_item", "report_missing_item"):
        given = {**delivered, "goal": matter, "pending": matter}
        assert asked({"when_comes": 0.9}, **given) == "when_comes"


def test_what_the_matter_itself_tells_and_what_hangs_on_an_unknown_order_is_not_left() -> None:
    assert left({"when_comes": 0.9}, goal="track_order") is None
    assert left({"when_comes": 0.9}, goal="get_refund") == "when_comes"
    assert left({"when_comes": 0.9}, goal="get_refund", order_known=None) is None
    assert left() is None


def test_what_is_asked_of_an_order_that_is_known_is_answered() -> None:
    assert asked({"when_comes": 0.7}, **LATE) == "when_comes"


@pytest.mark.parametrize(
    "text",
    [
        *("and what do I get for it?", "do I get anything for the trouble", "what's in it for me"),
        *("is there something in it for me after all this", "so what do I get out of that"),
        *("what will you give me for that then", "will I be compensated", "at least a voucher?"),
        *("what do you do to make up for it", "what can you offer me for my trouble"),
    ],
)
def test_after_a_complaint_what_is_had_for_it_is_asked_however_it_was_read(text: str) -> None:
    complained = {"goal": "complaint", "settled": "complaint"}
    assert asked({"people_when": 0.5}, text, "ask_next", **complained) == "compensation"


@pytest.mark.parametrize(
    "text",
    [
        *("what do I get for 20 euros", "do I get anything in the post", "who reads it?"),
        *("do I get something in writing", "I want to file another complaint for my trouble"),
    ],
)
def test_what_is_asked_of_something_else_is_no_wish_for_amends(text: str) -> None:
    complained = {"goal": "complaint", "settled": None}
    assert asked({}, text, "ask_next", **complained) != "compensation"


def test_who_only_shops_asks_for_no_amends() -> None:
    assert asked({}, "is there something in it for me", "ask_next", goal="check_stock") is None


def test_what_was_told_of_an_order_is_wanted_in_writing_and_no_bill() -> None:
    assert asked({}, "please put that on paper for me", **LATE) == "in_writing"
    assert asked({}, "can I have that by mail", "get_invoice", **LATE) == "in_writing"
    assert asked({}, "can I have the bill in writing", "get_invoice", **LATE) is None
    assert asked({}, "please put that on paper for me") is None


def test_a_question_to_which_there_is_no_answer_as_things_stand_is_left_alone() -> None:
    assert asked({"if_unpaid": 0.9}, **LATE) is None
    assert asked({"new_when": 0.9}, **LATE) is None


def test_of_what_may_be_meant_that_counts_to_which_there_is_an_answer() -> None:
    how_long = {"refund_step": 0.7, "when_comes": 0.5}
    packed = {**LATE, "order_state_seen": "processing"}
    assert asked(how_long, **packed) == "when_comes"
    back = {**LATE, "order_state_seen": "refund_pending"}
    assert asked(how_long, **back) == "refund_step"


def test_what_is_hardly_likely_is_not_taken_for_asked() -> None:
    assert asked({"when_comes": 0.2}, **LATE) is None


def test_a_reading_that_is_sure_takes_a_surer_question_to_be_another() -> None:
    least = shared_expectation().answered
    assert least["fallback"] < least["unsure"] < least["surely"] < least["wish"]
    between = (least["unsure"] + least["surely"]) / 2
    assert asked({"where_is": between}, intent="track_order", confidence=0.5, **LATE) == "where_is"
    little = (least["fallback"] + least["unsure"]) / 2
    assert asked({"where_is": little}, intent="track_order", confidence=0.5, **LATE) is None
    assert asked({"where_is": little}, **LATE) == "where_is"
    assert asked({"where_is": between}, intent="track_order", confidence=0.95, **LATE) is None
    assert asked({"where_is": 0.9}, intent="track_order", confidence=0.95, **LATE) == "where_is"


def test_a_wish_to_have_something_done_is_no_question() -> None:
    assert asked({"cancel_cost": 0.6}, intent="cancel_order", **LATE) is None
    assert asked({"cancel_cost": 0.9}, intent="cancel_order", **LATE) == "cancel_cost"
    assert asked({"cancel_cost": 0.9}, intent="report_damaged_item", **LATE) is None


def test_what_asks_in_general_asks_of_the_order_that_is_known() -> None:
    assert asked({}, "how long does it take?", intent="delivery_period", **LATE) == "when_comes"
    assert asked({}, "how long does it take?", intent="delivery_period") is None
    buys = {**LATE, "goal": "place_order"}
    assert asked({}, "how long does it take?", intent="delivery_period", **buys) is None


def test_a_day_is_asked_of_the_order_that_is_known_also_by_who_only_tells_why() -> None:
    told = "I only ask because it is soup until Christmas"
    assert asked({}, told, "delivery_period", question=0.1, **LATE) == "when_comes"
    assert asked({}, told, "vent", question=0.1, **LATE) is None
    buys = {**LATE, "goal": "place_order"}
    assert asked({}, told, "delivery_period", question=0.1, **buys) is None


def test_a_kind_that_is_far_less_likely_is_not_meant_for_want_of_another_answer() -> None:
    assert asked({"new_when": 0.95, "when_comes": 0.5}, **LATE) is None


def test_a_likely_question_is_no_other_that_a_pattern_took_it_for() -> None:
    held = {**dict.fromkeys(shared_slots()), **LATE}
    message = {"asks": {"customs": 0.8, "what_paid": 0.5}, "text": "do I have to pay something?"}
    tracker = Tracker("x", held, message, [], False, None, {}, "action_listen")
    assert meant_otherwise(tracker, "asks_taken", "customs")
    assert not meant_otherwise(tracker, "asks_taken", "what_paid")
    assert not meant_otherwise(tracker, "loss", "customs")
    assert not meant_otherwise(tracker, "asks_taken", None)


@pytest.mark.parametrize(
    ("said", "likely", "otherwise"),
    [
        ("asks_day", "what_hour", True),
        ("asks_day", "cancel_until", False),
        ("suspicious", "right_shop", False),
        ("suspicious", "scam", True),
        ("card_safety", "number_where", False),
    ],
)
def test_what_a_pattern_hears_yields_only_to_what_says_more(
    said: str, likely: str, otherwise: bool
) -> None:
    message = {"asks": {likely: 0.8}, "text": "is there an hour tomorrow?"}
    held = {**dict.fromkeys(shared_slots()), **LATE}
    tracker = Tracker("x", held, message, [], False, None, {}, "action_listen")
    assert meant_otherwise(tracker, said, likely) is otherwise


def test_what_asks_nothing_is_no_question() -> None:
    assert asked({"when_comes": 0.9}, "I have waited long enough", question=0.1, **LATE) is None


def test_a_matter_that_is_new_is_met_as_a_whole_and_so_is_one_that_makes_angry() -> None:
    where = {"where_is": 0.9, "customs": 0.5}
    assert asked(where, intent="track_order", **LATE) == "where_is"
    new = {**LATE, "goal": "get_refund"}
    assert asked({"where_is": 0.9}, intent="track_order", **new) is None
    message = {
        "intent": {"name": "track_order", "confidence": 0.9},
        "asks": where,
        "text": "where?",
    }
    held = {**dict.fromkeys(shared_slots()), **LATE}
    tracker = Tracker("x", held, message, [], False, None, {}, "action_listen")
    assert question_known(tracker) == "where_is"
    assert question_known(tracker, angry=True) is None


def test_an_answer_that_was_heard_is_not_given_again() -> None:
    first, *others = variants_for("when_comes", "late")
    assert others
    assert asked({"when_comes": 0.9}, events=said(first), **LATE) == "when_comes"
    assert asked({"when_comes": 0.9}, events=said(first, *others), **LATE) is None


def test_what_names_an_order_that_was_not_looked_up_is_looked_up_first() -> None:
    given = [{"entity": "order_number", "value": "ML-104163"}]
    assert asked({"when_comes": 0.9}, entities=given) is None


@pytest.mark.parametrize(
    ("named", "known"), [("floor lamp", False), ("desk lamp", True), ("lamp", True), ("rug", False)]
)
def test_what_is_asked_of_something_else_is_not_answered_from_this_order(
    named: str, known: bool
) -> None:
    lamp = {**LATE, "order_items": "Oslo desk lamp"}
    product = [{"entity": "product", "value": named}]
    # Why it is late is asked of this order, or not answered at all.
    late = asked({"why_late": 0.9}, f"why is the {named} late?", entities=product, **lamp)
    assert late == ("why_late" if known else None)
    # Its number is asked for.
    assert asked({"what_paid": 0.9}, entities=product, **lamp, order_paid="paid") == "what_paid"


@pytest.mark.parametrize(
    "items",
    ["ergonomic chair", "walnut writing desk and felt desk pad", "rug, oak bedside table and mug"],
)
def test_of_large_things_the_same_is_asked_and_another_answer_given(items: str) -> None:
    known = {**LATE, "order_items": items}
    for kind in ("what_hour", "if_absent", "redirect"):
        assert asked({kind: 0.9}, **known) == kind
        large = [
            number
            for number, condition in enumerate(shared_answers())
            if condition.get("asked") == kind
            and condition.get("order_state_seen") == "late"
            and condition.get("delivery_large") == "yes"
        ]
        assert len(large) == 1
        assert asked({kind: 0.9}, events=said(*large), **known) is None


def test_while_people_look_for_an_order_what_needs_none_is_answered() -> None:
    search = {"handover": "requested", "handover_number": "H-1001", "order_sought": "yes"}
    assert asked({"search_by": 0.9}, **search) == "search_by"
    assert asked({"which_address": 0.9}, **search) == "which_address"
    # What only the order tells is left to them.
    assert asked({"order_only": 0.9}, **search) is None


def test_a_thing_of_its_kind_that_somebody_has_at_home_is_no_other_order() -> None:
    lamp = {**LATE, "order_items": "Oslo desk lamp"}
    jug = [{"entity": "product", "value": "measuring jug"}]
    home = "he makes coffee with a plastic measuring jug. why is it late?"
    assert asked({"why_late": 0.9}, home, entities=jug, **lamp) == "why_late"
    ordered = "there was a measuring jug I ordered from you, why is it late?"
    assert asked({"why_late": 0.9}, ordered, entities=jug, **lamp) is None


def test_what_is_asked_of_one_of_two_things_is_not_answered_for_both() -> None:
    two = {**LATE, "order_items": "blender and spare jug"}
    text = "what about keeping the blender and dropping the spare jug? what would I get back?"
    assert asked({"refund_amount": 0.8}, text, **two) == "part_only"
    assert asked({"refund_amount": 0.8}, "what would I get back?", **two) == "refund_amount"


# The data.


def test_every_kind_of_question_that_is_learned_has_an_answer_and_the_other_way_round() -> None:
    answered = {str(condition["asked"]) for condition in shared_answers()}
    learned = {kind for _, kind in [*load_wordings(), *asked_in(load_exchanges())]} - {NONE}
    assert learned == answered | shared_expectation().answered_elsewhere


def test_every_answer_says_what_it_answers_and_of_which_state() -> None:
    slots = set(shared_slots())
    for condition in shared_answers():
        assert "asked" in condition
        assert set(condition) <= slots
        assert len(condition) > 1 or condition["asked"] in HOLDS_ALWAYS, condition


def test_the_variants_for_another_order_stand_first() -> None:
    of_others = ["asked_of" in condition for condition in shared_answers()]
    assert any(of_others)
    assert of_others == sorted(of_others, reverse=True)


@pytest.mark.parametrize("content", ["when: [", "- a\n- b\n", "when: hello\n", "when: [1, 2]\n"])
def test_a_broken_file_of_wordings_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "one.yml").write_text(content)
    with pytest.raises(ExemplarError, match=r"one\.yml"):
        load_wordings(tmp_path)


# What is learned.


@pytest.fixture(scope="module")
def model() -> QuestionModel:
    kinds = {"refund_when", "if_absent", "keep_old", "search_by", "cancel_cost", NONE}
    return QuestionModel([one for one in load_wordings() if one[1] in kinds])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("roughly how many days until the money is back on my account", "refund_when"),
        ("I'm at work till six. Will they hand it to the lady next door?", "if_absent"),
        ("Right. Do you want the smashed one back, or does it go in the bin?", "keep_old"),
        ("could you not look it up by my surname and street", "search_by"),
        ("And if I call the whole thing off, do I lose anything by it?", "cancel_cost"),
    ],
)
def test_a_question_is_told_by_its_meaning_also_among_statements(
    model: QuestionModel, text: str, kind: str
) -> None:
    likely = model.probabilities(text)
    assert max(likely, key=likely.__getitem__) == kind
    assert likely[kind] >= shared_expectation().answered["fallback"]


@pytest.mark.parametrize(
    "text", ["thank you, that is all", "how wide is the walnut desk", "please cancel it"]
)
def test_what_asks_nothing_of_the_kind_is_told_apart(model: QuestionModel, text: str) -> None:
    assert max(model.probabilities(text).values()) < shared_expectation().answered["fallback"]


def test_while_nobody_is_known_to_have_ordered_only_what_holds_for_everybody_is_answered() -> None:
    visitor = {"goal": "product_advice", "order_known": None, "handover": None}
    assert asked({"part_only": 0.8}, **visitor) is None
    assert asked({"return_until": 0.8}, **visitor) == "return_until"
    # … and only where it is plainly asked. That people have a question of theirs changes nothing.
    assert asked({"return_until": 0.5}, **visitor) is None
    assert asked({"compensation": 0.6}, **{**visitor, "handover": "requested"}) is None


def test_a_question_is_one_also_without_its_mark_and_where_its_act_hardly_tells() -> None:
    hardly = {"question": 0.2, **LATE}
    assert asked({"will_tell": 0.5}, "how will i hear, or do i have to come back", **hardly)
    assert asked({"return_cost": 0.8}, "and who pays postage on it going back", **hardly)
    assert asked({"return_cost": 0.5}, "postage on it going back", **hardly) is None


def test_of_an_order_that_is_not_known_what_holds_for_every_order_is_answered() -> None:
    unknown = {"goal": "report_missing_item", "order_known": None}
    assert asked({"part_only": 0.7}, **unknown) == "part_only"
    assert asked({"own_fix": 0.7}, handover="requested", **unknown) == "own_fix"


def test_roughly_when_asks_for_the_orders_own_day_unless_money_was_spoken_of() -> None:
    for text in ("and when roughly, my back hurts", "how long does it take, when roughly"):
        assert asked({"refund_when": 0.8}, text, **LATE) == "when_comes"
    assert asked({"refund_when": 0.8}, "when roughly is the money back", **LATE) == "refund_when"
    assert asked({}, "when roughly", **{**LATE, "goal": "get_refund"}) is None


def test_whether_things_of_one_order_come_together_is_heard_in_plain_words() -> None:
    two = {**LATE, "order_items": "walnut writing desk and felt desk pad"}
    for text in (
        "the felt pad, is it travelling with the desk?",
        "And is the pad coming in the same box?",
        "will the pad be sent separately?",
    ):
        assert asked({"packed_how": 0.5}, text, **two) == "one_parcel"
    assert asked({}, "does the desk come with a manual?", **two) is None
    assert asked({}, "is the pad coming in the same box?", **LATE) is None
