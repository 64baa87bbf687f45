"""A person is asked for: registry, brief, silence, the desk, and back."""

from __future__ import annotations

import pytest

from tests.conftest import CUSTOMER, Running, until
from tests.integration.desk_client import DeskClient


@pytest.fixture
def desk(assistant: Running) -> DeskClient:
    return DeskClient.by_key(assistant)


def number_of(assistant: Running, sender: str) -> str:
    return str(assistant.slots(sender)["handover_number"])


def test_the_desk_sees_reason_summary_what_was_tried_and_what_was_written_since(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("handover-brief", f"where is my order ML-104163? {CUSTOMER}")
    assistant.say("handover-brief", "that does not help me at all. a person please")
    assistant.say("handover-brief", "<b>is anybody there</b>")
    seen = desk.of(number_of(assistant, "handover-brief"))
    assert seen["reason"] == "asked for a person"
    assert "Mara wrote about: track order" in seen["brief"]["summary"]
    assert "walnut writing desk" in seen["brief"]["summary"]
    assert ["order", "ML-104163"] in seen["brief"]["facts"]
    assert "explain: order late" in seen["brief"]["tried"]
    assert seen["brief"]["curve"]
    assert [turn["who"] for turn in seen["transcript"]][-1] == "customer"
    assert any("six days" in turn["text"] for turn in seen["transcript"])
    written = [entry for entry in seen["entries"] if entry["kind"] == "customer"]
    assert [entry["text"] for entry in written] == ["<b>is anybody there</b>"]


def test_the_desk_is_told_what_exemplars_did_and_forgets_it_with_the_reading(
    assistant: Running, desk: DeskClient
) -> None:
    sender = "handover-advice"
    assistant.say(sender, "I paid twice for one order!! that is outrageous, sort it out")
    assistant.say(sender, "get me a person, I am furious")
    number = number_of(assistant, sender)
    suggested = desk.of(number)["brief"]["suggestions"]
    assert suggested
    assert "SESSIONS" in suggested[0]
    assert "mood " in suggested[0]
    desk.close(number)
    until(lambda: assistant.slots(sender)["handover"] == "closed")
    assistant.say(sender, "stop reading my mood")
    assert desk.of(number)["brief"]["suggestions"] == []
    assert desk.of(number)["brief"]["curve"] == ""


def test_whoever_waits_is_acknowledged_until_the_desk_closes_and_then_says_that_it_is_back(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("handover-back", "I want to talk to a human being")
    number = number_of(assistant, "handover-back")
    # That it is kept is said to the first message, and not to every one.
    assert number in assistant.texts("handover-back", "the desk is brown")
    assert assistant.say("handover-back", "like a bear") == []
    assert "line" in assistant.texts("handover-back", "how long will that take?")
    written = [entry["kind"] for entry in desk.of(number)["entries"]]
    customer = ["customer", "assistant", "customer", "customer", "assistant"]
    assert written == ["asked", "assistant", *customer]
    desk.close(number)
    until(lambda: assistant.slots("handover-back")["handover"] == "closed")
    assert assistant.actions("handover-back") == ["utter_open_after_handover"]
    assert "working days" in assistant.texts("handover-back", "how long does delivery take?")
    assert number not in desk.listed()


def test_asking_again_after_it_was_closed_makes_a_new_handover_that_knows_of_the_first(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("handover-twice", "agent")
    first = number_of(assistant, "handover-twice")
    desk.close(first, note="sent a new lamp")
    until(lambda: assistant.slots("handover-twice")["handover"] == "closed")
    assistant.say("handover-twice", "representative please")
    second = number_of(assistant, "handover-twice")
    assert second != first
    assert assistant.slots("handover-twice")["handover"] == "waiting"
    assert "sent a new lamp" in desk.of(second)["brief"]["before"]


@pytest.mark.parametrize(
    "wish",
    [
        "I want a person",
        "humen",
        "reprsentative plz",
        "can i speak to somebody real",
        "get me your manager NOW",
        "forget it, just put me through to an operator",
        "i dont want to talk to a bot anymore",
        "is there a real person i could talk to about this",
        "Would it be possible to speak with a member of staff, please?",
        "spek to a humen",
    ],
)
def test_a_person_in_any_wording_is_one_step_away(assistant: Running, wish: str) -> None:
    sender = f"wish-{abs(hash(wish))}"
    assistant.say(sender, wish)
    assert assistant.slots(sender)["handover"] == "waiting", assistant.actions(sender)


def test_a_crisis_stands_first_at_the_desk(assistant: Running, desk: DeskClient) -> None:
    assistant.say("crisis-desk", "I don't want to live any more")
    number = number_of(assistant, "crisis-desk")
    first = next(iter(desk.listed().values()))
    assert first["urgent"]
    assert desk.listed()[number]["urgent"]


def test_a_customer_in_danger_who_waits_in_silence_is_answered_and_goes_before_all(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("crisis-waiting", "a person please")
    number = number_of(assistant, "crisis-waiting")
    assert not desk.listed()[number]["urgent"]
    assistant.say("crisis-waiting", "I don't want to live any more")
    until(lambda: desk.listed()[number]["urgent"])
    until(lambda: "988" in str(assistant.tracker("crisis-waiting")["events"][-1].get("text")))
    # The assistant stays with them until somebody comes.
    assert assistant.say("crisis-waiting", "nobody cares")


def test_a_customer_who_waits_goes_back_to_the_assistant_by_plain_words(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("handover-leave", "a person please")
    number = number_of(assistant, "handover-leave")
    assistant.say("handover-leave", "Back to the assistant.")
    until(lambda: assistant.slots("handover-leave")["handover"] == "closed")
    assert desk.of(number)["outcome"] == "left"
    assert "as you wished" in str(assistant.tracker("handover-leave")["events"])
    assert "working days" in assistant.texts("handover-leave", "how long does delivery take?")


def test_legal_words_bring_a_person_unasked(assistant: Running, desk: DeskClient) -> None:
    assistant.say("legal", "where is my order? otherwise you will hear from my lawyer")
    # Nobody waits: a person answers, and the assistant goes on with the order.
    assert assistant.slots("legal")["handover"] == "requested"
    assert desk.of(number_of(assistant, "legal"))["reason"] == "legal steps"
    assert "ML-104163" in assistant.texts("legal", f"ML-104163, {CUSTOMER}")


def test_what_a_person_writes_stands_in_the_conversation_once_and_marked(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("handover-reply", "a person please")
    number = number_of(assistant, "handover-reply")
    desk.post("me/name", name="Sara")
    for _ in range(3):
        desk.reply(number, "Hello, this is Sara.", key="the same")
    until(
        lambda: all(
            entry["delivered"] for entry in desk.of(number)["entries"] if entry["kind"] == "agent"
        )
    )
    events = assistant.tracker("handover-reply")["events"]
    mine = [event for event in events if event.get("text") == "Hello, this is Sara."]
    assert len(mine) == 1
    assert mine[0]["metadata"]["desk"]["name"] == "Sara"
    assert assistant.slots("handover-reply")["handover"] == "with_person"
    assert assistant.say("handover-reply", "thank you") == []
    assert desk.said(number, "customer") == ["thank you"]


def test_on_rest_what_a_person_wrote_is_fetched_by_its_own_sender_alone(
    assistant: Running, desk: DeskClient
) -> None:
    assistant.say("rest-fetch", "a person please")
    number = number_of(assistant, "rest-fetch")
    desk.note(number, "not for the customer")
    desk.reply(number, "Hello there.")
    found = assistant.get("/webhooks/rest/messages/rest-fetch")
    assert [(one["kind"], one["text"]) for one in found] == [
        ("claimed", ""),
        ("agent", "Hello there."),
    ]
    last = found[-1]["seq"]
    desk.close(number, note="for the next person")
    later = assistant.get(f"/webhooks/rest/messages/rest-fetch?number={number}&after={last}")
    assert [(one["kind"], one["text"]) for one in later] == [("closed", "")]
    assert assistant.get(f"/webhooks/rest/messages/somebody-else?number={number}") == []
