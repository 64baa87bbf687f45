"""What is said beside a matter is noticed where it is meant so, and opens no matter of its own."""

from __future__ import annotations

from typing import Any

import pytest

from actions.in_words import ASIDES, language_wanted
from tests.unit.test_notice import does, noticed, says

ASKED = says("nlu_fallback", "What precisely is customs inspecting?")
DIED = [*says("vent", "my dad died on Monday"), *does("utter_validate_loss")]
NEW = {"settled": "replacement", "claim_number": "K-1001"}
OURS = {"handover": "requested", "handover_number": "H-1005"}


@pytest.mark.parametrize(
    ("what", "intent", "text", "slots"),
    [
        ("looks", "deny", "yes I keep it tattooed on my arm. hang on", {"goal": "track_order"}),
        ("looks", "nlu_fallback", "one sec, its in my mail", {"details_missing": "order_number"}),
        ("rings", "contact_human_agent", "can I not just ring somebody up", {}),
        ("sets_deadline", "vent", "Fine. You have until Friday, then we'll see.", OURS),
        ("where_review", "review", "Where can I leave a nice review?", {}),
        ("screenshots", "data_rights", "Ok, I make a screenshot of this conversation.", OURS),
        ("wants_language", "nlu_fallback", "can you answer in German bitte, I'm tired today", {}),
        ("asks_close", "thank", "Thank you very much. How do I switch you off", {}),
        (
            "asks_short",
            "nlu_fallback",
            "say it again short so I can write it down for him",
            {"order_number": "ML-104120", "order_state_seen": "late"},
        ),
        (
            "keeps_order",
            "deny",
            "wait dont cancel the speaker itself tho!!",
            {"goal": "payment_issue"},
        ),
        (
            "money_today",
            "nlu_fallback",
            "Don't give me policy. Am I getting my money today, yes or no",
            {**OURS, "goal": "get_refund", "order_sought": "yes"},
        ),
        (
            "what_to_find",
            "nlu_fallback",
            "What should I ask Oliver for exactly when he rings",
            {"goal": "track_order", "details_missing": "order"},
        ),
        (
            "ask_bank",
            "ask_next",
            "I could ring the bank. What is it I should ask them, in one line",
            {"goal": "track_order", "order_sought": "yes"},
        ),
        (
            "pay_button",
            "nlu_fallback",
            "There is a button in the email that says pay now, in red",
            {**OURS, "goal": "payment_issue", "order_sought": "yes"},
        ),
        (
            "asks_quicker",
            "nlu_fallback",
            "actually which is quicker, the new one or the money",
            {**NEW, "goal": "report_damaged_item"},
        ),
        (
            "takes_quicker",
            "thank",
            "ok do the quicker one then. thx",
            {**NEW, "goal": "report_damaged_item"},
        ),
        (
            "comes_back",
            "thank",
            "ok going. will come back with the number in daylight",
            {"goal": "report_missing_item"},
        ),
        (
            "by_mail",
            "contact_human_agent",
            "could a person look at it, and email me rather than ring",
            {"goal": "cancel_order", "email": "niamh@example.org"},
        ),
        ("rates", "vent", "fine. that was less painful than expected. 6/10", {}),
        ("bets", "vent", "wife says it'll shrink. theres a tenner on this", {}),
    ],
)
def test_it_is_noticed_and_opens_no_matter(
    what: str, intent: str, text: str, slots: dict[str, Any]
) -> None:
    found = noticed(says(intent, text), **slots)
    assert (found["said"], found["goal"], found["asked"]) == (what, slots.get("goal"), None)


def test_what_is_given_or_told_with_it_is_seen_to() -> None:
    given = says("provide_details", "hang on, ML-104120. one sec", order_number="ML-104120")
    assert noticed(given)["said"] != "looks"
    for text in (
        "What address did you put in? I'll ask her, hold on.",
        "Monday 5 pm I will check.",
    ):
        assert noticed(says("nlu_fallback", text))["said"] is None
    assert noticed(says("nlu_fallback", "can you wait a moment?"))["said"] == "looks"
    told = "the left lever won't stay down and one side has a dent the size of a thumb, hang on"
    assert noticed(says("report_damaged_item", told))["said"] is None


def test_what_hangs_on_the_conversation_is_not_noticed_elsewhere() -> None:
    for intent, text, slots in (
        # An order that was found is looked at, and no one is asked for its number.
        ("nlu_fallback", "What should I ask Oliver for", {"order_state_seen": "late"}),
        ("nlu_fallback", "a button in the email says pay now", {"order_state_seen": "unpaid"}),
        # What to look for in a thing is about no order.
        ("nlu_fallback", "What should I look for in a desk chair?", {}),
        ("nlu_fallback", "What should I look for in a desk chair?", {"goal": "check_stock"}),
        # Nothing is under way that could be the quicker one; nobody leaves.
        ("thank", "do the quicker one then", {"goal": "report_damaged_item"}),
        ("thank", "I'll come back to it", {}),
        # Nobody has anything to write about, nor an address to write to.
        ("nlu_fallback", "email is better than the phone", {"email": "n@example.org"}),
        ("contact_human_agent", "email me rather than ring", {"goal": "cancel_order"}),
    ):
        assert noticed(says(intent, text), **slots)["said"] not in ASIDES | {"by_mail"}


def test_a_fright_is_met_after_the_warning_and_once() -> None:
    text = "it's in my daughter's room mate, she's 7 months old"
    warned = [*says("report_damaged_item", "the plug melted"), *does("utter_explain_hazard")]
    met = [*says("vent", "I was terrified"), *does("utter_validate_fright")]
    assert noticed(says("vent", text))["said"] is None
    assert noticed(warned, says("vent", text))["said"] == "frightened"
    assert noticed(warned, met, says("vent", text))["said"] is None


def test_an_order_is_kept_where_it_is_not_known_and_nothing_is_offered() -> None:
    text = "please don't cancel it"
    for slots in (
        {"goal": "cancel_order", "pending": "cancel_order"},
        {"goal": "payment_issue", "order_state_seen": "processing", "order_number": "ML-104205"},
        {},
    ):
        assert noticed(says("deny", text), **slots)["said"] != "keeps_order"
    assert noticed(says("deny", text + ", will it come?"), goal="payment_issue")["said"] is None


def test_a_link_that_was_pressed_is_one_of_a_message_that_was_told_of() -> None:
    pressed = says("payment_issue", "I'm afraid I did press the link. Am I in trouble?")
    told = says(
        "track_order", "A text says my parcel needs £1.99 for customs, with a link. Is that you?"
    )
    assert noticed(told, pressed)["said"] == "pressed_link"
    assert noticed(says("payment_issue", "how do I pay"), pressed)["said"] != "pressed_link"


def test_money_today_is_asked_of_an_order_that_is_sought() -> None:
    text = "will I get my money back today?"
    assert noticed(says("nlu_fallback", text), goal="get_refund")["said"] != "money_today"
    sought = {"goal": "get_refund", "order_sought": "yes"}
    assert noticed(says("nlu_fallback", "I sent it back today"), **sought)["said"] is None


def test_a_picture_told_of_beside_a_matter_is_no_matter() -> None:
    paid = "20% code was applied, i have the screenshot and still got billed in full"
    assert noticed(says("payment_issue", paid))["said"] is None


def test_whoever_is_to_be_rung_rings_nobody() -> None:
    assert noticed(says("contact_human_agent", "can I call or can you call me"))["said"] is None
    assert noticed(says("track_order", "whats the phone number of the courier"))["said"] is None


def test_a_bill_is_one_for_duty_where_customs_was_spoken_of() -> None:
    bill = says("get_invoice", "and shall I be presented with a bill?")
    assert noticed(ASKED, does("utter_explain_order_late"), bill)["said"] == "asks_bill"
    assert noticed(bill, order_last_seen="the customs office in Malmö")["said"] == "asks_bill"
    assert noticed(bill)["said"] is None


def test_a_paper_is_asked_about_after_a_death() -> None:
    paper = says("ask_why", "do you need like a certificate or something")
    assert noticed(DIED, paper)["said"] == "asks_certificate"
    assert noticed(paper)["said"] is None


def test_what_was_not_answered_was_asked() -> None:
    missed = says("reject_answer", "that is not an answer to what I asked.")
    answered = [*ASKED, *does("utter_explain_question")]
    assert noticed(answered, missed)["said"] == "not_answered"
    assert noticed(says("vent", "it is late again"), missed)["said"] is None
    over = says("reject_answer", "That isn't what I asked. I asked did it arrive.")
    assert noticed(answered, over)["said"] is None
    anew = says("reject_answer", "that's not what I asked. Was the error mine or yours?")
    assert noticed(answered, anew)["said"] is None


def test_what_is_said_again_in_short_is_known() -> None:
    assert noticed(says("nlu_fallback", "have you got that in short"))["said"] is None
    assert noticed(says("nlu_fallback", "have you got that in short"), **OURS)["said"] == (
        "asks_short"
    )


def test_a_review_is_one() -> None:
    assert noticed(says("review", "8 out of 10, lovely chair"))["said"] is None


def test_the_day_that_was_set_is_named_back() -> None:
    day = noticed(says("vent", "You have until Friday, then we'll see."))["deadline"]
    assert "Friday" in day or day in {"Today", "Tomorrow"}
    assert noticed(says("vent", "I give you three days"))["deadline"] == "The day you named"


@pytest.mark.parametrize(
    ("text", "code"),
    [("auf Deutsch bitte", "de"), ("in Dutch please", "nl"), ("in Polish please", "other")],
)
def test_the_language_that_is_wished_for(text: str, code: str) -> None:
    assert language_wanted(text) == code
