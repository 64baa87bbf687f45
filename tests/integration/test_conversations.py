"""Conversations over REST with the running assistant."""

from __future__ import annotations

import json
import sqlite3

from tests.conftest import CUSTOMER, Running

ANGRY = [
    f"where is my order ML-104163, my email is {CUSTOMER}",
    "that can't be, I need it and nobody tells me anything. where is it?",
    "THIS IS RIDICULOUS!!! WHERE THE HELL IS MY DESK???",
]


def shop(assistant: Running, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(assistant.state / "shop.db") as connection:
        return connection.execute(query).fetchall()


def test_the_first_answer_says_that_it_is_an_ai_that_notices_feelings(assistant: Running) -> None:
    first = assistant.say("first", "hello")[0]["text"]
    assert "AI" in first
    assert "notice how you feel" in first
    assert "person" in first
    assert "AI" not in assistant.texts("first", "how long does delivery take?")


def test_a_calm_customer_gets_the_facts_of_a_late_order(assistant: Running) -> None:
    assistant.say("calm", "Hi there, could you tell me where my order ML-104163 is?")
    said = assistant.texts("calm", CUSTOMER)
    assert "walnut writing desk" in said
    assert "six days" in said
    assert assistant.slots("calm")["frustration"] == "low"
    assert assistant.actions("calm") == [
        "action_look_up_order",
        "utter_explain_order_late",
        "utter_options_order_late",
    ]


def test_the_same_question_gets_other_moves_as_the_mood_rises(assistant: Running) -> None:
    moods, moves = [], []
    for text in ANGRY:
        assistant.say("angry", text)
        moods.append(assistant.slots("angry")["frustration"])
        moves.append(assistant.actions("angry"))
    assert moods[0] == "low"
    assert moods[2] == "high"
    assert len({tuple(one) for one in moves}) == 3
    # In which order an angry customer is met is learned from SESSIONS; the thing itself is the designers'.
    assert moves[2][0] == "action_look_up_order"
    assert set(moves[2][1:3]) == {"utter_restate_order_late", "utter_validate_order_late"}
    assert moves[2][3:] == [
        "action_note_on_order",
        "utter_own_order_late",
        "utter_expect_order_late",
        "utter_options_order_late_person",
        "action_offer_person",
    ]
    notes = shop(assistant, "select text from order_notes where order_number = 'ML-104163'")
    # What was told before stands in it, too: nobody has to say it again.
    assert ("\n".join(ANGRY),) in notes


def test_a_mood_that_falls_is_followed(assistant: Running) -> None:
    for text in ANGRY:
        assistant.say("falling", text)
    assistant.say("falling", "ok, thank you for explaining that, I appreciate it")
    assert assistant.slots("falling")["frustration"] != "high"
    assert assistant.actions("falling") == ["utter_close_thanks_after_trouble"]


def test_a_misspelt_wish_for_a_person_is_met_in_one_step_in_the_middle_of_something(
    assistant: Running,
) -> None:
    assistant.say("person", "cancel ML-104205 priya.raman@example.net")
    said = assistant.texts("person", "ugh just get me a humen plese")
    slots = assistant.slots("person")
    assert slots["handover"] == "waiting"
    assert slots["handover_number"] in said
    # What is written now is kept for the person, and not answered over their head.
    assert slots["handover_number"] in assistant.texts("person", "where is my order?")
    assert assistant.say("person", "the glasses, I mean") == []


def test_cancelling_asks_first_and_then_changes_the_database(assistant: Running) -> None:
    asked = assistant.say("cancel", f"I'd like to cancel order 104217, {CUSTOMER}")
    assert asked[-1]["buttons"]
    before = shop(assistant, "select cancelled_on from orders where number = 'ML-104217'")
    assert before == [(None,)]
    said = assistant.texts("cancel", "yes please")
    assert "ML-104217 is cancelled" in said
    assert "€64.90" in said
    after = shop(assistant, "select cancelled_on from orders where number = 'ML-104217'")
    assert after != [(None,)]
    assert assistant.actions("cancel") == [
        "action_cancel_order",
        "utter_resolve_order_cancelled",
        "utter_expect_refund",
    ]


def test_a_no_leaves_the_order_as_it_is(assistant: Running) -> None:
    assistant.say("keep", "cancel ML-104205, priya.raman@example.net")
    assistant.say("keep", "No, keep it")
    assert assistant.actions("keep") == ["action_drop_question", "utter_resolve_order_kept"]
    assert shop(assistant, "select cancelled_on from orders where number='ML-104205'") == [(None,)]


def test_a_refund_is_made_once_and_then_tracked(assistant: Running) -> None:
    assistant.say("refund", "I'd like my money back for ML-104102 please")
    assistant.say("refund", CUSTOMER)
    assert "€79" in assistant.texts("refund", "Yes, start it")
    assistant.say("refund", "where is my refund?")
    assert assistant.slots("refund")["order_state"] == "refund_pending"
    count = "select count(*) from refunds where order_number = 'ML-104102'"
    assert shop(assistant, count) == [(1,)]


def test_a_complaint_gets_a_number_and_a_day(assistant: Running) -> None:
    said = assistant.texts("complaint", "I want to file a complaint about your driver")
    number = assistant.slots("complaint")["complaint_number"]
    assert number in said
    kept = shop(assistant, "select text, answered from complaints where conversation='complaint'")
    assert kept == [("I want to file a complaint about your driver", None)]


def test_in_a_crisis_everything_else_stops_and_one_word_does_not_clear_it(
    assistant: Running,
) -> None:
    said = assistant.texts("crisis", "my order is late and honestly i dont want to live anymore")
    assert "988" in said
    assert "112" in said
    assert "AI" in said
    assert assistant.slots("crisis")["safety"] == "alarm"
    assistant.say("crisis", "where is my parcel ML-104163")
    assert assistant.actions("crisis") == ["utter_handover_crisis_stay"]
    assistant.say("crisis", "you misunderstood me")
    assert assistant.actions("crisis") == ["utter_clarify_crisis", "action_check_alarm"]
    assistant.say("crisis", "yes")
    assert assistant.slots("crisis")["safety"] is None
    assert "action_look_up_order" in assistant.actions("crisis"), "the matter in hand goes on"


def test_misread_is_accepted_without_debate(assistant: Running) -> None:
    assistant.say("misread", "THIS IS AN OUTRAGE!!! useless service, I am furious!!!")
    assistant.say("misread", "I'm not angry, you misread me")
    assert assistant.slots("misread")["frustration"] == "low"
    assert assistant.actions("misread") == ["utter_apologize_misread"]


def test_the_reading_stops_and_is_deleted_at_a_word(assistant: Running) -> None:
    assistant.say("off", "this is the worst service ever, I am furious")
    assistant.say("off", "stop reading my mood")
    assistant.say("off", "and where is my order? I HATE THIS!!!")
    slots = assistant.slots("off")
    assert slots["emotion_reading"] is False
    assert slots["frustration"] == "low"
    assert slots["emotion"] is None
    assert slots["feeling"] is None
    events = json.dumps(assistant.tracker("off")["events"])
    assert '"scores"' not in events
    assert "988" in assistant.texts("off", "i want to kill myself"), "safety works all the same"


def test_after_three_failures_a_person_is_offered_unasked(assistant: Running) -> None:
    for text in ("qwpe zxcm flurb", "blorp zzz gnar", "what the flurb blorp"):
        said = assistant.texts("failing", text)
    assert "utter_options_person" in assistant.actions("failing")
    assert said


def test_venting_is_listened_to_before_anything_is_fixed(assistant: Running) -> None:
    assistant.say("vent", "unbelievable. one thing after another with you people, what a mess")
    moves = [name for name in assistant.actions("vent") if name.startswith("utter_")]
    assert "utter_listen_venting" in moves
    assert not any(name.startswith("utter_explain") for name in moves)


def test_no_wording_is_heard_twice_while_there_is_another(assistant: Running) -> None:
    said = [assistant.texts("again", "thanks") for _ in range(4)]
    # The first of the four carries the greeting, too.
    assert len(set(said[1:])) == 3


def test_what_is_clicked_is_understood_as_what_it_says(assistant: Running) -> None:
    expected = {
        "Where is my order?": "track_order",
        "Cancel an order": "cancel_order",
        "Money back": "get_refund",
        "A person, please": "contact_human_agent",
        "Yes, a person": "contact_human_agent",
        "Yes, cancel it": None,
        "Yes, start it": "affirm",
        "Yes, money back": None,
        "Yes, please": "affirm",
        "No, keep it": "deny",
        "No, leave it": "deny",
        "No, thanks": "deny",
        "No, go on here": "deny",
        "No, I'll wait": "deny",
    }
    for title, intent in expected.items():
        found = assistant.parse(title)["intent"]["name"]
        allowed = {intent} if intent else {"affirm", "cancel_order", "get_refund"}
        assert found in allowed | ({"affirm"} if intent == "contact_human_agent" else set()), title


def test_a_turn_of_many_moves_ends_and_the_next_message_is_answered(assistant: Running) -> None:
    assistant.say(
        "many",
        "You charged my card TWICE, this is outrageous and my rent is due! ML-104205 priya.raman@example.net",
    )
    assert "action_return_second_payment" in assistant.actions("many")
    assert assistant.actions("many")[-1] == "action_offer_person"
    assert assistant.say("many", "who do I call about it?")


def test_an_address_that_was_changed_is_put_right_and_the_turn_ends(assistant: Running) -> None:
    assistant.say("street", f"please change the delivery address of ML-104226, {CUSTOMER}")
    assert "Kade 12" in assistant.texts("street", "Kade 12, 3511 AB Utrecht")
    # What is heard again must not be heard again for ever.
    assert "Kade 21" in assistant.texts("street", "the street is wrong, it should be Kade 21")
    assert assistant.actions("street").count("action_hear_street") <= 1


def test_an_unsure_message_is_read_as_the_conversation_makes_likely(assistant: Running) -> None:
    assistant.say("unsure", f"where is my order ML-104163? {CUSTOMER}")
    said = assistant.texts("unsure", "worth a try. when's it coming then")
    # Whatever its intent: the parcel's day is told, and not the day of the money that was offered beside it.
    assert assistant.slots("unsure")["asked"] == "when_comes"
    assert str(assistant.slots("unsure")["order_expected_on"]) in said


def test_praise_that_is_a_review_is_passed_on_at_once_in_its_own_words(
    assistant: Running,
) -> None:
    praise = (
        "Hi there! No complaint for once haha, I just wanted to say that the wool rug is SO beautiful. The "
        "parents of my class (group 4, 27 little monsters) gave it to us for our wedding and my husband, who "
        "never notices anything in the house, said wow"
    )
    said = assistant.texts("praise", praise)
    assert "V-" in said
    assert assistant.actions("praise")[-2:] == ["action_add_review", "utter_resolve_review"]
    assert (praise,) in shop(assistant, "select text from reviews")


def test_number_and_address_go_on_with_what_was_told(assistant: Running) -> None:
    assistant.say(
        "opened-late", "heyyy so i opened my toaster and its broken 😭 the lever wont stay down"
    )
    assistant.say(
        "opened-late",
        "aisha.rahman@example.org, order ML-104140. i have to be honest it came like 10 days ago but it was "
        "a present so i left it in the box til yesterday. is that a problem??",
    )
    assert assistant.slots("opened-late")["goal"] == "report_damaged_item"
    assert assistant.slots("opened-late")["pending"] == "report_damaged_item"


def test_an_address_that_is_given_beside_a_question_is_not_asked_for_again(
    assistant: Running,
) -> None:
    assistant.say(
        "beside",
        "I ordered a toaster, sage green, opened the box last night and there's a plant pot in it. ML-104140",
    )
    answer = assistant.texts(
        "beside",
        "aisha.rahman@example.org. and before you ask, yes it came on the 20th, but we were moving and the "
        "box was under 14 other boxes. so is it too late to complain or",
    )
    assert "2 years" in answer
    assert assistant.slots("beside")["pending"] == "report_wrong_item"
    assistant.say("beside", "yes please send it")
    assert assistant.slots("beside")["settled"] == "replacement"


def test_several_questions_are_each_answered_and_several_things_summed(assistant: Running) -> None:
    assistant.say(
        "torn", "hey, torn between your wool rug and the cotton one. which would you take?"
    )
    total = assistant.texts("torn", "what would the two come to together, with delivery?")
    assert "€278" in total
    mugs = "And 4 mugs, what do they cost the four together? And can they go in the dishwasher?"
    assert "dishwasher" in assistant.texts("torn", mugs)


def test_what_is_added_while_an_order_is_looked_for_gets_what_holds_without_it(
    assistant: Running,
) -> None:
    assert "H-" in assistant.texts("looked-for", "where is my order W-88140?")
    said = assistant.texts("looked-for", "i want my money back for it")
    assert "30 days" in said
    assert "None" not in said


def test_who_works_on_a_roof_is_asked_and_goes_on_with_their_order(assistant: Running) -> None:
    assistant.say("roof", "wheres my blender")
    asked = assistant.texts("roof", "dont have it on me im on a roof. name is hargreaves")
    assert "112" not in asked, "nobody is alarmed"
    assert "999" not in assistant.texts("roof", "ML-104120 bill.hargreaves@example.co.uk")
    assert assistant.slots("roof")["order_state"] == "late"
