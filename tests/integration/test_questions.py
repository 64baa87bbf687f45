"""Questions in the middle of a conversation, over REST with the running assistant."""

from __future__ import annotations

from tests.conftest import CUSTOMER, Running

LATE = "ML-104163"
BACK = "ML-104055"


def test_what_is_asked_of_an_order_is_answered_from_it_and_not_from_a_page(
    assistant: Running,
) -> None:
    assistant.say("asks-late", f"where is my order {LATE}, {CUSTOMER}")
    where = assistant.texts("asks-late", "and where exactly is it lying at this very moment?")
    assert "Liège" in where
    hour = assistant.texts("asks-late", "roughly what time of day would the van come round?")
    assert "three hours" in hour
    address = assistant.texts("asks-late", "which address have you got it going to?")
    assert "Nieuwegracht" in address
    assert "From our pages" not in where + hour + address
    assert not assistant.slots("asks-late")["handover"]


def test_a_refund_under_way_answers_by_which_day_how_much_and_where_to(assistant: Running) -> None:
    assistant.say("asks-money", f"where is my refund for {BACK}? {CUSTOMER}")
    assert "credit" in assistant.texts(
        "asks-money", "does it go to the card I paid with, or is it a voucher in the end?"
    )
    assert "€229" in assistant.texts("asks-money", "and is it the full sum, nothing taken off?")
    assert assistant.slots("asks-money")["goal"] == "track_refund"


def test_the_same_question_gets_no_answer_twice(assistant: Running) -> None:
    assistant.say("asks-again", f"where is my order {LATE}, {CUSTOMER}")
    asked = "and where exactly is it lying at this very moment?"
    answers = [assistant.texts("asks-again", asked) for _ in range(3)]
    assert len(set(answers)) == 3


def test_of_a_thing_that_is_in_another_order_of_theirs_that_order_is_looked_up(
    assistant: Running,
) -> None:
    assistant.say("asks-other", f"where is my order {LATE}, {CUSTOMER}")
    said = assistant.texts(
        "asks-other", "is the floor lamp even paid? I closed the bank app halfway I think"
    )
    assert "348.50" not in said
    assert "ML-104226" in said
    assert "€139" in said


def test_of_a_thing_that_is_in_no_order_of_theirs_its_number_is_asked(assistant: Running) -> None:
    assistant.say("asks-none", f"where is my order {LATE}, {CUSTOMER}")
    said = assistant.texts(
        "asks-none", "is the toaster even paid? I closed the bank app halfway I think"
    )
    assert "348.50" not in said
    assert LATE in said


def test_an_offer_stands_while_something_is_asked_beside_it(assistant: Running) -> None:
    told = f"the oak bedside table from order ML-103874 has a broken drawer, {CUSTOMER}"
    assistant.say("asks-offer", told)
    pending = assistant.slots("asks-offer")["pending"]
    assert pending == "report_damaged_item"
    said = assistant.texts("asks-offer", "what do I do with the broken one, do you want it back?")
    assert "keep" in said.lower()
    assert assistant.slots("asks-offer")["pending"] == pending
    assistant.say("asks-offer", "yes please")
    assert "action_open_claim" in assistant.actions("asks-offer")


def test_of_two_questions_in_one_message_both_are_answered(assistant: Running) -> None:
    assistant.say("asks-two", f"where is my order {LATE}, {CUSTOMER}")
    said = assistant.texts(
        "asks-two",
        "which address have you got it going to? and what happens if it doesn't come on that day either?",
    )
    assert "Nieuwegracht" in said
    assert "€348.50" in said or "money" in said


def test_a_lost_afternoon_is_no_crisis(assistant: Running) -> None:
    assistant.say("asks-home", f"where is my order {LATE}, {CUSTOMER}")
    said = assistant.texts(
        "asks-home",
        "What I don't get is why nobody told me. I took wednesday afternoon off work for it, sat at home "
        "like an idiot, and not even an email. I had to go and look myself",
    )
    assert assistant.slots("asks-home")["safety"] is None
    assert "112" not in said


def test_a_first_message_about_a_text_that_wants_money_is_warned_of_and_no_number_is_asked(
    assistant: Running,
) -> None:
    said = assistant.texts(
        "asks-scam",
        "a message came on my telephone this morning saying I have to pay 2.99 or my parcel will not come. "
        "Do I have to pay that?",
    )
    assert "pay" in said.lower()
    assert "ML-104000" not in said


def test_of_two_orders_in_one_message_it_is_said_of_both_how_they_stand(assistant: Running) -> None:
    said = assistant.texts(
        "asks-both",
        "two things. chair ML-104171, when tomorrow? and ML-104222 says payment problem, why."
        " tomasz.zielinski@example.com",
    )
    assert "ML-104222" in said
    assert "ML-104171 (ergonomic chair) is on its way" in said


def test_whoever_waits_for_a_person_is_told_how_their_order_stands(assistant: Running) -> None:
    assistant.say("asks-waiting", "a person, please")
    said = assistant.texts("asks-waiting", "it's ML-104120, bill.hargreaves@example.co.uk")
    assert "Parcelway" in said
    sure = assistant.texts("asks-waiting", "and how sure is that date?")
    assert "Parcelway" in sure
