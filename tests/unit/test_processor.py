"""A turn ends, whatever the rules have heard again."""

from __future__ import annotations

import asyncio
from contextvars import copy_context

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from exemplar.server.processor import (
    MOST_MOVES,
    Processor,
    _predicted,
    said_in_turn,
    says_anew,
)

DOMAIN = """
version: "3.1"
intents: [provide_details, crisis]
entities: [email]
slots:
  email: {type: text, mappings: [{type: from_entity, entity: email}]}
  handover: {type: categorical, values: [waiting, with_person], mappings: [{type: custom}]}
  safety: {type: text, mappings: [{type: custom}]}
  noticed: {type: text, mappings: [{type: custom, action: action_notice}]}
actions: [action_notice]
"""


def heard(handover: str, text: str, intent: str) -> tuple[DialogueStateTracker, bool]:
    """Returns a conversation whose last message filled the slots, and whether actions were asked."""
    domain = Domain.from_yaml(DOMAIN)
    tracker = DialogueStateTracker.from_events("x", [], domain.slots)
    entity = {"entity": "email", "value": "a@example.org", "start": 0, "end": 13}
    read = {"name": intent, "confidence": 0.9}
    tracker.update(SlotSet("handover", handover))
    tracker.update(UserUttered(text, read, [entity]))
    asked = False

    class Nobody(EndpointConfig):
        async def request(self, *given: object, **named: object) -> object:
            nonlocal asked
            asked = True
            return {"events": [], "responses": []}

    processor = object.__new__(Processor)
    processor.domain, processor.action_endpoint = domain, Nobody("http://127.0.0.1:1")
    processor.nlg = None  # type: ignore[assignment]
    asyncio.run(processor.run_action_extract_slots(None, tracker))  # type: ignore[arg-type]
    return tracker, asked


def test_what_is_named_to_a_person_is_kept_and_nothing_is_noticed_for_a_move() -> None:
    tracker, asked = heard("with_person", "a@example.org, that's me", "provide_details")
    assert tracker.get_slot("email") == "a@example.org"
    assert not asked


@pytest.mark.parametrize(
    ("handover", "text", "intent"),
    [
        ("waiting", "a@example.org, that's me", "provide_details"),
        ("with_person", "a@example.org i have taken all my pills", "provide_details"),
        ("with_person", "a@example.org i can't go on", "crisis"),
    ],
)
def test_whoever_waits_or_is_in_danger_is_noticed(handover: str, text: str, intent: str) -> None:
    tracker, asked = heard(handover, text, intent)
    assert tracker.get_slot("email") == "a@example.org"
    assert asked


@pytest.mark.parametrize(
    ("text", "anew"),
    [
        ("By Thursday, 3 December, then.", False),
        ("€348.50 comes back.", False),
        ("It can go back until 31 January.", True),
        ("It comes on a van with two people.", True),
    ],
)
def test_an_answer_that_names_only_what_the_turn_has_named_says_nothing_new(
    text: str, anew: bool
) -> None:
    said = "ML-104163 is due Thursday, 3 December. You can have €348.50 back."
    assert says_anew(text, said) is anew


def test_the_moves_of_a_turn_are_counted_though_each_begins_with_listening() -> None:
    processor = object.__new__(Processor)
    tracker = DialogueStateTracker("x", [])

    def moves() -> int:
        _predicted.set(0)
        made = 0
        # As after an action that has the message heard again: Rasa sees no move yet.
        while not processor.is_action_limit_reached(tracker, False):
            made += 1
            assert made <= 10 * MOST_MOVES
        return made

    assert copy_context().run(moves) == MOST_MOVES


def test_turns_of_two_conversations_are_counted_apart() -> None:
    processor = object.__new__(Processor)
    tracker = DialogueStateTracker("x", [])

    async def turn() -> bool:
        _predicted.set(0)
        reached = False
        for _ in range(MOST_MOVES):
            reached = reached or processor.is_action_limit_reached(tracker, True)
            await asyncio.sleep(0)
        return reached

    async def both() -> list[bool]:
        return list(await asyncio.gather(turn(), turn()))

    assert asyncio.run(both()) == [False, False]


def test_nothing_is_said_twice_in_a_turn() -> None:
    said = [UserUttered("and now?"), ActionExecuted("utter_clarify_rephrase")]
    assert said_in_turn("utter_clarify_rephrase", said)
    assert not said_in_turn("utter_options_person", said)
    assert not said_in_turn("utter_clarify_rephrase", [*said, UserUttered("and now?")])


def test_what_was_not_understood_is_said_once_in_a_turn() -> None:
    said = [UserUttered("mumble"), ActionExecuted("action_default_fallback")]
    # Rasa takes the message back, and stands as if at the one before.
    said += [BotUttered("I'm not sure."), UserUtteranceReverted()]
    assert said_in_turn("action_default_fallback", said)
    assert not said_in_turn("action_default_fallback", [*said, UserUttered("mumble again")])


def test_an_action_may_look_twice_in_a_turn() -> None:
    looked = [UserUttered("and now?"), ActionExecuted("action_look_up_order")]
    assert not said_in_turn("action_look_up_order", looked)
