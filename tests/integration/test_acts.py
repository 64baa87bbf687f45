"""Messages whose matter has no name, over REST with the running assistant."""

from __future__ import annotations

import json
import sqlite3

from tests.conftest import CUSTOMER, Running


def handovers(assistant: Running) -> dict[str, str]:
    """Returns the reason of each conversation's handover."""
    with sqlite3.connect(assistant.state / "shop.db") as connection:
        rows = connection.execute("select conversation, brief from handovers").fetchall()
    return {str(conversation): json.loads(brief)["reason"] for conversation, brief in rows}


def test_a_number_that_is_not_ours_is_named_as_such_and_people_look_for_the_order(
    assistant: Running,
) -> None:
    assistant.say("foreign", "Ordered a sideboard five weeks ago, any idea where it's got to?")
    said = assistant.texts("foreign", "Order is HW-20418-B, email dermot@example.org")
    number = assistant.slots("foreign")["handover_number"]
    assert "HW-20418-B" in said
    assert "dermot@example.org" in said
    assert number in said
    assert handovers(assistant)["foreign"] == "search"
    # It isn't asked for again, whatever is said next.
    for text in ("where is it then??", "I'd like to cancel it if it's late", "it was for Friday"):
        assert "ML-" not in assistant.texts("foreign", text).replace("ML- and six digits", "")
        assert not assistant.slots("foreign")["details_missing"]


def test_a_number_of_ours_still_finds_the_order_while_people_look(assistant: Running) -> None:
    assistant.say("found", "where is my order? the number is 7739120")
    assistant.say("found", CUSTOMER)
    assert "walnut writing desk" in assistant.texts("found", "ah, it's ML-104163")


def test_a_question_that_nobody_foresaw_goes_to_people_and_the_matter_goes_on(
    assistant: Running,
) -> None:
    assistant.say("beyond", f"where is my refund for ML-104055? {CUSTOMER}")
    asked = "and which bank do you use for that, out of curiosity?"
    said = assistant.texts("beyond", asked)
    assert assistant.actions("beyond")[-2:] == [
        "action_pass_on_question",
        "utter_handover_question",
    ]
    assert assistant.slots("beyond")["handover_number"] in said
    assert CUSTOMER in said
    assert handovers(assistant)["beyond"] == "question"
    assert "walnut writing desk" in assistant.texts("beyond", "and where is my order ML-104163?")


def test_what_is_told_on_the_way_is_heard_and_changes_nothing(assistant: Running) -> None:
    assistant.say("told", f"where is my order ML-104163, {CUSTOMER}")
    assistant.say("told", "my sister laughs at me because I work on the ironing board since then")
    done = assistant.actions("told")
    assert not {"utter_clarify_rephrase", "utter_options_topics", "utter_default"} & set(done)
    assert not any(name.startswith("action_refund") for name in done)
    assert assistant.slots("told")["goal"] == "track_order"


def test_what_only_looks_like_a_wish_is_answered_as_the_question_that_it_is(
    assistant: Running,
) -> None:
    assistant.say("receipt", f"where is my refund for ML-104055? {CUSTOMER}")
    assistant.say("receipt", "I do have the post office receipt somewhere, do you need that?")
    assert not any("invoice" in name for name in assistant.actions("receipt"))
