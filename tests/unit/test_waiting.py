"""Somebody who waits for a person hears that they are heard, and not more than that."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, ConversationPaused, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handover import ActionHandOver, ActionNoteContact
from actions.waiting import ActionValidateSlotMappings, call_words, phone_in
from exemplar.desk.brief import Brief
from exemplar.desk.model import Person
from exemplar.desk.registry import Registry
from exemplar.server.wording import Wording
from exemplar.settings import ROOT

Event = dict[str, Any]
BRIEF = Brief("asked", "…", (), (), "")
SARA = Person("desk:sara", "Sara")


class Waiting:
    """A conversation that waits, message by message."""

    def __init__(self, channel: str = "rest") -> None:
        self.events: list[Event] = [{"event": "pause"}]
        self.channel = channel

    def writes(
        self, text: str, intent: str = "nlu_fallback", act: str = "inform", **noticed: str
    ) -> list[str]:
        """Returns what is said to a message, which then stands in the conversation."""
        message = {
            "event": "user",
            "text": text,
            "input_channel": self.channel,
            "parse_data": {"intent": {"name": intent}},
        }
        self.events.append(message)
        slots = {"handover": "waiting", **noticed}
        does = {"name": act, "confidence": 0.9}
        latest = {"text": text, "intent": {"name": intent}, "act": does}
        heard = Tracker("x", slots, latest, self.events, True, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        assert ActionValidateSlotMappings().run(dispatcher, heard, {}) == []
        said = [str(one["response"]) for one in dispatcher.messages]
        self.events += [{"event": "bot", "metadata": {"utter_action": name}} for name in said]
        self.quoted = dispatcher.messages[-1] if said else {}
        return said


@pytest.fixture
def waiting(desk: Registry) -> Waiting:
    desk.request("x", "rest", BRIEF)
    return Waiting()


def test_the_first_message_is_acknowledged_and_every_question(waiting: Waiting) -> None:
    assert waiting.writes("ML-104163, the desk") == ["utter_handover_kept"]
    assert waiting.quoted["handover_number"] == "H-1001"
    assert waiting.quoted["handover_place"] == "You are next in line"
    assert waiting.writes("and is it coming tomorrow or not") == ["utter_handover_kept_question"]
    assert waiting.writes("it is brown") == []
    assert waiting.writes("hm, does it?") == ["utter_handover_kept_question"]
    unmarked = "then tell me this, who do I shout at the day after"
    assert waiting.writes(unmarked, act="question") == ["utter_handover_kept_question"]


def test_an_apology_is_taken_while_somebody_waits(waiting: Waiting) -> None:
    waiting.writes("ML-104205")
    assert waiting.writes("ok. sorry, that was out of order") == ["utter_handover_forgiven"]
    assert waiting.writes("sorry again. when is it back?") == ["utter_handover_kept_question"]


def test_a_question_about_the_waiting_is_answered_at_once_and_not_three_times(
    waiting: Waiting,
) -> None:
    assert waiting.writes("someone with a name badge") == ["utter_handover_kept"]
    assert waiting.writes("how long do I sit here like a lemon") == ["utter_handover_line"]
    assert waiting.writes("how long???") == ["utter_handover_kept_question"]
    assert waiting.writes("will they know what it's about") == ["utter_handover_line"]
    assert waiting.writes("hello?") == ["utter_handover_kept_question"]


def test_a_danger_is_warned_of_without_waiting_for_the_person(waiting: Waiting) -> None:
    sparks = "sparks came from the fitting above her bed"
    assert waiting.writes(sparks, said="hazard") == ["utter_explain_hazard"]
    assert waiting.writes("sparks, I say", said="hazard") != ["utter_explain_hazard"]


def test_a_number_to_be_called_under_is_said_back(waiting: Waiting) -> None:
    assert waiting.writes("ring me on 06 24118803 after 4") == ["utter_handover_call_noted"]
    assert waiting.quoted["call_words"] == "06 24118803, after 4"
    assert waiting.writes("or can I call somebody?") == ["utter_handover_call"]
    assert waiting.quoted["service_phone"]


def test_nothing_is_said_of_the_way_back_nor_in_danger_nor_over_a_person(
    waiting: Waiting, desk: Registry
) -> None:
    assert waiting.writes("back to the assistant") == []
    assert waiting.writes("I don't want to live any more", "crisis") == []
    assert waiting.writes("EXTERNAL: EXTERNAL_refund_due", "EXTERNAL_refund_due") == []
    desk.claim("H-1001", SARA)
    assert waiting.writes("how long will it take?") == []


def test_the_page_that_shows_the_line_says_it_alone(desk: Registry) -> None:
    desk.request("x", "website", BRIEF)
    assert Waiting("website").writes("hello?") == []


async def test_rasa_says_it_though_the_conversation_is_paused(
    desk: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.request("x", "rest", BRIEF)
    domain = Domain.load([str(ROOT / "domain.yml"), str(ROOT / "data/responses/contact.yml")])

    async def served(
        action: RemoteAction, output: Any, nlg: Any, tracker: DialogueStateTracker, _: Domain
    ) -> list[Any]:
        if action.name() != "action_validate_slot_mappings":
            return []
        state = tracker.current_state(EventVerbosity.AFTER_RESTART)
        heard = Tracker.from_dict({**state, "sender_id": "x"})
        dispatcher = CollectingDispatcher()
        ActionValidateSlotMappings().run(dispatcher, heard, {})
        return list(await action._utter_responses(dispatcher.messages, output, nlg, tracker))

    monkeypatch.setattr(RemoteAction, "run", served)
    asked = UserUttered("is it coming?", {"name": "track_order"}, input_channel="rest")
    waits = [SlotSet("handover", "waiting"), ConversationPaused(), asked]
    conversation = DialogueStateTracker.from_events("x", waits, slots=domain.slots, domain=domain)
    output = CollectingOutputChannel()
    said = await ActionExtractSlots(None).run(output, Wording(domain=domain), conversation, domain)
    [kept] = [event for event in said if isinstance(event, BotUttered)]
    assert "H-1001" in str(kept.text)
    assert kept.metadata["utter_action"] == "utter_handover_kept_question"


def test_whoever_comes_back_to_the_line_later_is_acknowledged_anew(waiting: Waiting) -> None:
    assert waiting.writes("the desk is late") == ["utter_handover_kept"]
    waiting.events += [{"event": "resume"}, {"event": "pause"}]
    assert waiting.writes("so it goes") == ["utter_handover_kept"]


@pytest.mark.parametrize(
    ("text", "wish", "words", "state"),
    [
        (
            "could somebody ring me after 4, 06 24118803",
            "noted",
            "06 24118803, after 4",
            "requested",
        ),
        ("can I telephone with somebody", "asked", None, "waiting"),
        ("a person please, my number is +31 6 1234 5678", "number", "+31 6 1234 5678", "waiting"),
        ("a person please, it is ML-104163", None, None, "waiting"),
    ],
)
def test_whoever_is_to_be_called_does_not_wait_in_the_chat(
    desk: Registry, text: str, wish: str | None, words: str | None, state: str
) -> None:
    said = {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": "contact_human_agent"}},
    }
    heard = Tracker("x", {}, {"text": text}, [said], False, None, {}, "action_listen")
    events = ActionHandOver().run(CollectingDispatcher(), heard, {})
    slots = {event["name"]: event["value"] for event in events}
    assert (slots["call_wish"], slots["call_words"], slots["handover"]) == (wish, words, state)
    noted = dict(desk.handover("H-1001").brief.facts)
    assert noted.get("to be called") == words


def test_a_number_and_an_hour_that_come_later_are_noted_as_they_were_said() -> None:
    text = "you can call 06 24118803, after 4"
    heard = {"event": "user", "text": text, "parse_data": {"intent": {"name": "provide_details"}}}
    later = Tracker("x", {}, {"text": text}, [heard], False, None, {}, "action_listen")
    [noted] = ActionNoteContact().run(CollectingDispatcher(), later, {})
    assert noted["value"] == "06 24118803, after 4"


@pytest.mark.parametrize(
    "text", ["the door code is 0471", "ML-104163", "it costs 12345678", "on 30-11-2026 at 10"]
)
def test_what_is_no_phone_number_is_none(text: str) -> None:
    assert phone_in(text) is None
    assert call_words(text) is None


def test_what_is_only_told_is_acknowledged_again_after_a_while(waiting: Waiting) -> None:
    assert waiting.writes("it is the desk") == ["utter_handover_kept"]
    assert waiting.writes("drawer a sticks") == []
    assert waiting.writes("and the second one, too") == ["utter_handover_kept"]


def test_nobody_leaves_without_a_word(waiting: Waiting) -> None:
    assert waiting.writes("it is the desk") == ["utter_handover_kept"]
    assert waiting.writes("drawer a sticks") == []
    assert waiting.writes("I'll leave it with you then, bye", "goodbye") == ["utter_handover_kept"]


def test_what_is_surely_known_is_answered_until_a_person_has_come(
    waiting: Waiting, desk: Registry
) -> None:
    known = {"asks": "known", "asked": "gift_hidden"}
    assert waiting.writes("does he see the price in the box?", **known) == ["utter_explain_asked"]
    assert waiting.quoted["return_days"] == "30"
    assert waiting.writes("I don't want to live any more", "crisis", **known) == []
    desk.claim("H-1001", SARA)
    assert waiting.writes("and a note, can I add one?", **known) == []


def test_the_page_that_shows_the_line_leaves_questions_to_the_assistant(desk: Registry) -> None:
    desk.request("x", "website", BRIEF)
    known = {"asks": "known", "asked": "gift_hidden"}
    assert Waiting("website").writes("is there a price in it?", **known) == ["utter_explain_asked"]


def test_what_our_pages_surely_say_need_not_wait_and_is_said_once(waiting: Waiting) -> None:
    asked = "how many days do I have to send something back?"
    assert waiting.writes(asked, act="question") == ["utter_explain_answer"]
    assert "30 days" in str(waiting.quoted["answer_text"])
    waiting.events[-1]["text"] = str(waiting.quoted["answer_text"])
    assert waiting.writes(asked, act="question") == ["utter_handover_kept_question"]


def test_whoever_wants_to_be_written_to_hears_where(waiting: Waiting) -> None:
    said = waiting.writes("okay. e-mail is better than the phone", email="h@example.org")
    assert said == ["utter_handover_by_mail"]
    assert waiting.quoted["handover_reach"] == "h@example.org"


def test_nobody_takes_their_leave_without_a_word(waiting: Waiting) -> None:
    waiting.writes("it was promised for Tuesday")
    assert waiting.writes("I shall expect to hear. Good day", "vent") == ["utter_handover_kept"]
