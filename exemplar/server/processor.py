"""Rasa's processing of a message, where Rasa's own would stop the server or lose a conversation."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, Final

from rasa.core import agent
from rasa.core.actions.action import Action, ActionExtractSlots
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_DEFAULT_FALLBACK_NAME, ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.desk.model import WITH_PERSON
from exemplar.nlu.expectation import shared_expectation
from exemplar.nlu.in_conversation import (
    ASKS_EACH,
    read_in_conversation,
    read_in_english,
    shows_danger,
    wording_said,
)
from exemplar.server.lighter import install_lighter

logger = logging.getLogger(__name__)

#: Moves in one turn. Rasa's own 10 are fewer than a turn has in which an angry customer is met, and the
#: matter is looked up and seen to.
MOST_MOVES: Final = 30
#: What is said where a turn was broken off before anything was.
_NOT_HELPED: Final = "utter_default"
_CRISIS: Final = "crisis"
#: What looks whether something is left to answer, and answers it.
_REST: Final = "action_answer_rest"
#: How another order stands that is named in the same message.
_SUM_UP: Final = "action_sum_up_others"
_OTHERS: Final = "utter_restate_others"
_NUMBER: Final = "order_number"
_TWO: Final = 2
_ANSWER: Final = "utter_explain_asked"
_PAGE: Final = "utter_explain_answer"
#: Where one of these is set, nothing is said beside what is.
_NOTHING_BESIDE: Final = ("safety", "person_needed", "language")
#: Days, sums and numbers.
_FACTS: Final = re.compile(r"[\w€£$-]*\d[\w.,-]*(?<![.,])")
#: Moves predicted so far in the turn that a task is in.
_predicted: ContextVar[int] = ContextVar("predicted", default=0)


class Processor(MessageProcessor):
    """Reads messages beside the event loop, and ends every turn."""

    def __init__(self, **made_with: Any) -> None:
        """Takes what Rasa makes its own with."""
        super().__init__(**{"max_number_of_predictions": MOST_MOVES, **made_with})
        # One at a time: not every part of the pipeline may be used by two at once.
        self._reader = ThreadPoolExecutor(1, "reader")

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Reads a message; meanwhile other customers' windows and people at the desk are served.

        It is read as the conversation makes it likely.
        """

        def read() -> dict[str, Any]:
            return asyncio.run(self._read(message, tracker, only_output_properties))

        return await asyncio.get_running_loop().run_in_executor(self._reader, read)

    async def _read(
        self, message: UserMessage, tracker: DialogueStateTracker | None, only_output: bool
    ) -> dict[str, Any]:
        parse = super().parse_message

        async def read(one: UserMessage) -> dict[str, Any]:
            return await parse(one, tracker, only_output)

        if tracker is None:
            return await read(message)
        # Whoever is with a person is not answered: what they feel and name is kept, and no more is read.
        if _is_with_person(tracker):
            return await read_in_english(message, read)
        return await read_in_conversation(message, tracker, read)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fills slots; what is noticed of a message for the next move is left out where none is made.

        So it is while a person has the conversation, unless the message shows danger. It is noticed anew at
        the first message after that, from all that was said.
        """
        latest = tracker.latest_message
        danger = latest is not None and (
            latest.intent.get("name") == _CRISIS or shows_danger(wording_said(latest))
        )
        if not _is_with_person(tracker) or danger or tracker.get_slot("safety"):
            return await super().run_action_extract_slots(output_channel, tracker)
        extract = _WithoutActions(self.action_endpoint)
        events = await extract.run(output_channel, self.nlg, tracker, self.domain)
        tracker.update_with_events(events, self.domain)
        return tracker

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        """Lets the policies move until they listen.

        A turn that Rasa breaks off as too long would never end otherwise: all that the customer wrote
        afterwards would count as part of it, and remain without an answer.
        """
        _predicted.set(0)
        before = len(tracker.events)
        await super()._run_prediction_loop(output_channel, tracker)
        if _predicted.get() <= MOST_MOVES:
            await self._answer_rest(output_channel, tracker, before)
            return
        turn = list(tracker.events)[before:]
        logger.error(
            "A turn of %s was broken off: more than %d moves, the last ones %s",
            tracker.sender_id,
            MOST_MOVES,
            [event.action_name for event in turn if isinstance(event, ActionExecuted)][-6:],
        )
        if not any(isinstance(event, BotUttered) for event in turn):
            # Nobody is left without an answer.
            await self._run_action(
                self._get_action(_NOT_HELPED),
                tracker,
                output_channel,
                self.nlg,
                PolicyPrediction.for_action_name(self.domain, _NOT_HELPED),
            )
        if not tracker.is_paused() and tracker.latest_action_name != ACTION_LISTEN_NAME:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))

    async def _answer_rest(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker, before: int
    ) -> None:
        """Answers what was asked beside what the turn is about: stories tell one thing at a time.

        It is said after the turn and is none of its moves, so that the stories go on as they were written.

        Args:
            output_channel: where the answer goes.
            tracker: of the conversation, the turn done.
            before: the number of events before the turn.
        """
        latest = tracker.latest_message
        await self._tell_of_others(output_channel, tracker)
        asked = (latest.parse_data or {}).get(ASKS_EACH) if latest else None
        if not asked or tracker.is_paused() or any(map(tracker.get_slot, _NOTHING_BESIDE)):
            return
        beside = str(latest.intent.get("name")) in shared_expectation().asks_nothing
        for _ in range(len(asked) - (not beside)):
            for event in await self._events_of(_REST, output_channel, tracker):
                tracker.update(event, self.domain)
            if tracker.get_slot("answer") != "found":
                return
            said = [event.text or "" for event in _bot_said(list(tracker.events)[before:])]
            answer = _ANSWER if tracker.get_slot("asked") else _PAGE
            told = await self._events_of(answer, output_channel, tracker)
            if not all(says_anew(one.text or "", " ".join(said)) for one in _bot_said(told)):
                return
            for event in told:
                tracker.update(event, self.domain)
            await self._send_bot_messages(told, tracker, output_channel)

    async def _tell_of_others(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        """Says how the other order stands where a message names two: stories are about one of them."""
        latest = tracker.latest_message
        entities = (latest.entities or []) if latest else []
        numbers = {one.get("value") for one in entities if one.get("entity") == _NUMBER}
        if (
            len(numbers) < _TWO
            or tracker.is_paused()
            or any(map(tracker.get_slot, _NOTHING_BESIDE))
        ):
            return
        if tracker.get_slot("other_orders"):
            # It was a sum-up, and told them.
            return
        for event in await self._events_of(_SUM_UP, output_channel, tracker):
            tracker.update(event, self.domain)
        if tracker.get_slot("other_orders"):
            told = await self._events_of(_OTHERS, output_channel, tracker)
            for event in told:
                tracker.update(event, self.domain)
            await self._send_bot_messages(told, tracker, output_channel)

    async def _events_of(
        self, action: str, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> list[Event]:
        return list(
            await self._get_action(action).run(output_channel, self.nlg, tracker, self.domain)
        )

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """Returns the next move; whoever would say the same twice in a turn has said all, and listens."""
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if not said_in_turn(action.name(), tracker.events):
            return action, prediction
        logger.warning("%s was foreseen twice in a turn of %s", action.name(), tracker.sender_id)
        listen = PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME)
        return self._get_action(ACTION_LISTEN_NAME), listen

    def is_action_limit_reached(
        self, tracker: DialogueStateTracker, should_predict_another_action: bool
    ) -> bool:
        """Tells whether a turn has had its moves.

        Rasa counts them from the last ``action_listen``, and what is heard again as something else begins
        with one: two rules that have each other's message heard again would go on for ever.
        """
        _predicted.set(_predicted.get() + 1)
        return _predicted.get() > MOST_MOVES


class _WithoutActions(ActionExtractSlots):
    """Fills slots by what the domain says of them; the action server is not asked."""

    async def _run_custom_action(self, *given: Any, **named: Any) -> list[Event]:
        return []

    async def _execute_validation_action(
        self, extraction_events: list[Event], *given: Any, **named: Any
    ) -> list[Event]:
        return [event for event in extraction_events if isinstance(event, SlotSet)]


def said_in_turn(name: str, events: Sequence[Event]) -> bool:
    """Tells whether a response was made since the customer's last message, the fallback among them.

    Rasa takes a message back when it falls back, and would fall back again as if it had not said so.
    """
    if not name.startswith(UTTER_PREFIX) and name != ACTION_DEFAULT_FALLBACK_NAME:
        return False
    for event in reversed(events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, ActionExecuted) and event.action_name == name:
            return True
    return False


def _bot_said(events: Iterable[Event]) -> list[BotUttered]:
    return [event for event in events if isinstance(event, BotUttered)]


def says_anew(text: str, said: str) -> bool:
    """Tells whether a text names a day, a sum or a number that was not said before, or none at all.

    >>> says_anew("By Thursday, 3 December.", "It is due Thursday, 3 December.")
    False
    >>> says_anew("It can go back until 31 January.", "It is due Thursday, 3 December.")
    True
    """
    facts = set(_FACTS.findall(text))
    return not facts or not facts <= set(_FACTS.findall(said))


def _is_with_person(tracker: DialogueStateTracker) -> bool:
    return bool(tracker.get_slot("handover") == WITH_PERSON)


def install() -> None:
    """Has Rasa's agent use it; there is no setting for that."""
    agent.MessageProcessor = Processor
    install_lighter()
