"""Between the desk's registry and Rasa's conversations.

The registry is the truth. Whenever Rasa reads a conversation, its silence is brought in line with it
(:func:`follow_registry`); whenever Rasa keeps one, what was said goes to the desk (:func:`hear`).
What people say reaches the customer by :class:`CustomerFront`, the outbox's destination ``customer``;
so does what the assistant says of a promise whose day has passed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from exemplar.channels.said import Said, send
from exemplar.conversation import EXTERNAL
from exemplar.desk.fronts import Later, Never
from exemplar.desk.model import SILENT, WITH_PERSON, Entry, Handover, Kind
from exemplar.desk.promises import Promise
from exemplar.desk.registry import Registry
from exemplar.desk.service import Desk
from exemplar.desk.terms import shared_terms
from exemplar.wording import say_date

logger = logging.getLogger(__name__)

#: What goes to the assistant when a person has closed a conversation, and when nobody came.
CLOSED: Final = "EXTERNAL_handover_closed"
UNANSWERED: Final = "EXTERNAL_handover_unanswered"
#: Where an event says which entry of the desk it is.
DESK: Final = "desk"
#: Seconds between two looks whether a conversation is free; Rasa's own second is long to wait.
_LOOK: Final = 0.05


def from_program(event: UserUttered) -> bool:
    """Tells whether a message comes from a program, and not from the customer."""
    return str(event.intent_name or "").startswith(EXTERNAL)


def is_silent(handover: Handover | None) -> bool:
    """Tells whether the assistant has to be silent.

    After an alarm it stays with the customer until a person has come.
    """
    if handover is None or handover.state not in SILENT:
        return False
    return handover.state == WITH_PERSON or not handover.urgent


def follow_registry(tracker: DialogueStateTracker, handover: Handover | None) -> None:
    """Brings a conversation's silence, and what it says of it, in line with the registry."""
    said = tracker.get_slot("handover")
    if handover is None:
        if said in (None, "closed"):
            return
        tracker.update(SlotSet("handover", "closed"))
        if tracker.is_paused():
            _resume(tracker)
        return
    if said != handover.state:
        tracker.update(SlotSet("handover", handover.state))
        tracker.update(SlotSet("handover_number", handover.number))
    if is_silent(handover) and not tracker.is_paused():
        tracker.update(ConversationPaused())
    elif not is_silent(handover) and tracker.is_paused():
        _resume(tracker)


def _resume(tracker: DialogueStateTracker, mark: str | None = None) -> None:
    metadata = {DESK: {"key": mark}} if mark else None
    tracker.update(ConversationResumed(metadata=metadata))
    # Without it, the next message would find the assistant in the middle of a turn.
    tracker.update(ActionExecuted("action_listen"))


def once(events: Iterable[Event]) -> Iterator[Event]:
    """Yields events, but no message that was heard again as something else: it was said once."""
    latest = None
    for event in events:
        if isinstance(event, UserUttered):
            if latest is not None and event.message_id == latest:
                continue
            latest = event.message_id
        yield event


def said_since(tracker: DialogueStateTracker, handover: Handover) -> list[tuple[str, str, str]]:
    """Returns what customer and assistant said since a handover was asked for, for the registry."""
    begun = handover.requested.replace(tzinfo=timezone.utc).timestamp()
    said: list[tuple[str, str, str]] = []
    for event in reversed(list(once(tracker.events))):
        if event.timestamp <= begun:
            break
        if isinstance(event, UserUttered):
            if event.text and not from_program(event):
                said.append((Kind.CUSTOMER, str(event.message_id), event.text))
        elif isinstance(event, BotUttered) and event.text and DESK not in event.metadata:
            said.append((Kind.ASSISTANT, f"assistant:{event.timestamp:.6f}", event.text))
    return said[::-1]


def hear(desk: Desk, tracker: DialogueStateTracker) -> None:
    """Lets the desk know what was said in a conversation that was just kept.

    Should this fail, it is made good when the conversation is next kept, or the server starts.
    """
    if tracker.get_slot("handover") in (None, "closed"):
        return
    try:
        handover = desk.registry.open_handover(tracker.sender_id)
        if handover is None:
            return
        said = said_since(tracker, handover)
        desk.registry.follow(tracker.sender_id, said)
        if (
            said
            and said[-1][0] == Kind.CUSTOMER
            and desk.terms.goes_back(said[-1][2], waiting=handover.state != WITH_PERSON)
        ):
            desk.registry.leave(tracker.sender_id)
        desk.wake()
    except sa.exc.SQLAlchemyError as error:
        logger.warning("The desk's registry cannot be written: %s", type(error).__name__)


async def catch_up(desk: Desk, store: TrackerStore) -> None:
    """Lets the desk know what was said before this server ended, where that did not reach it."""
    for handover in await asyncio.to_thread(desk.registry.waiting):
        tracker = await store.retrieve(handover.conversation)
        if tracker is not None:
            hear(desk, tracker)


def answers_to(tracker: DialogueStateTracker, message_id: str) -> list[Said]:
    """Returns what the assistant said to a message, and before it where that opened the conversation."""
    said: list[Said] = []
    found = opening = False
    for event in once(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == "action_session_start":
            # What opens a session is said before the message that it answers.
            opening = True
            said.clear()
        elif isinstance(event, UserUttered):
            if found:
                break
            found = event.message_id == message_id
            if not (found and opening):
                said.clear()
            opening = False
        elif isinstance(event, BotUttered) and event.text and DESK not in event.metadata:
            said.append(said_by(event))
    return said if found else []


def durable(store: TrackerStore) -> TrackerStore:
    """Returns the tracker store without Rasa's safety net, which hides that nothing was kept."""
    return getattr(store, "_tracker_store", store)


class Collected(CollectingOutputChannel):
    """Collects what the assistant says, under the name of the channel where it goes afterwards."""

    def __init__(self, channel: str) -> None:
        """Takes the channel's name."""
        super().__init__()
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]
        """The channel's name."""
        return self._channel

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Keeps a text in one piece."""
        await self._persist_message(self._message(recipient_id, text=text))

    def said(self) -> list[Said]:
        """Returns what was collected."""
        return [
            Said(
                text=str(message["text"]),
                buttons=tuple(button["title"] for button in message.get("buttons") or ()),
            )
            for message in self.messages
            if message.get("text")
        ]


class CustomerFront:
    """Brings what people say and do into the conversation, and to the channel where the customer is."""

    def __init__(self, app: Sanic, registry: Registry) -> None:
        """Takes the Rasa server, whose agent is there by the time that something is delivered."""
        self._app = app
        self._registry = registry

    def attach(self, app: Any) -> None:
        """Has no routes of its own."""

    async def deliver(self, entry: Entry, handover: Handover, tries: int) -> None:
        """Keeps an entry in the conversation, once, and sends it to the customer."""
        agent = self._agent()
        store = durable(agent.tracker_store)
        async with agent.lock_store.lock(handover.conversation, wait_time_in_seconds=_LOOK):
            tracker = await store.retrieve(handover.conversation)
            if tracker is None:
                raise Never(f"there is no conversation {handover.conversation}")
            key = f"{entry.handover}:{entry.seq}"
            said = _known(tracker.events, key)
            if said is None:
                said = await self._enter(agent, store, tracker, entry, handover, key)
        await self._send(handover.channel, handover.conversation, said)

    async def follow_up(self, promise: Promise) -> None:
        """Has the assistant say, once, what came of a promise whose day has passed.

        Raises:
            Later: a person has the conversation, or nothing could be said.
            Never: the conversation is gone.
        """
        agent = self._agent()
        store = durable(agent.tracker_store)
        key = f"promise:{promise.id}"
        async with agent.lock_store.lock(promise.conversation, wait_time_in_seconds=_LOOK):
            tracker = await store.retrieve(promise.conversation)
            if tracker is None:
                raise Never("the conversation is gone")
            handover = await asyncio.to_thread(self._registry.open_handover, promise.conversation)
            if tracker.get_slot("safety") or (handover and handover.state in SILENT):
                raise Later("a person has the conversation")
            # Where nothing was said, our systems may not have answered: it is looked again.
            said = _known(tracker.events, key) or await self._speak_of(
                agent, store, tracker, promise, key
            )
        await self._send(promise.channel, promise.conversation, said)
        if not said:
            raise Later("there was nothing to say")

    async def _enter(
        self,
        agent: Any,
        store: TrackerStore,
        tracker: DialogueStateTracker,
        entry: Entry,
        handover: Handover,
        key: str,
    ) -> list[Said]:
        if entry.kind in (Kind.CLOSED, Kind.UNANSWERED):
            return await self._back(agent, store, tracker, entry, handover, key)
        if entry.kind == Kind.URGENT and (_answered(tracker) or handover.state == WITH_PERSON):
            return []
        text = entry.text
        if entry.kind != Kind.AGENT:
            tracker.update(SlotSet("person_name", entry.name))
            response = {Kind.CLAIMED: "utter_handover_joined", Kind.URGENT: "utter_handover_crisis"}
            filled = await agent.nlg.generate(response[entry.kind], tracker, handover.channel)
            text = (filled or {}).get("text") or f"{entry.name} has joined."
        metadata = {DESK: {"key": key, "kind": entry.kind, "name": entry.name}}
        event = BotUttered(text, metadata=metadata)
        tracker.update(event)
        await store.save(tracker)
        return [said_by(event)]

    async def _back(
        self,
        agent: Any,
        store: TrackerStore,
        tracker: DialogueStateTracker,
        entry: Entry,
        handover: Handover,
        key: str,
    ) -> list[Said]:
        """Gives the conversation back to the assistant, which tells the customer so."""
        _resume(tracker, key)
        now = await asyncio.to_thread(self._registry.open_handover, handover.conversation)
        if now is not None and (now.number != handover.number or is_silent(now)):
            # Meanwhile the customer asked for a person again; nobody says that the assistant is back.
            follow_registry(tracker, now)
            await store.save(tracker)
            return []
        state = "closed" if entry.kind == Kind.CLOSED else handover.state
        events: list[Event] = [
            SlotSet("handover", state),
            SlotSet("handover_number", handover.number),
            SlotSet("handover_outcome", handover.outcome or None),
            SlotSet("person_name", entry.name or "my colleague"),
            SlotSet("safety", None),
            SlotSet("pending", None),
        ]
        intent = CLOSED if entry.kind == Kind.CLOSED else UNANSWERED
        return await self._turn(agent, store, tracker, handover.channel, events, intent, key)

    async def _speak_of(
        self,
        agent: Any,
        store: TrackerStore,
        tracker: DialogueStateTracker,
        promise: Promise,
        key: str,
    ) -> list[Said]:
        day = say_date(promise.promised_on, datetime.now(shared_terms().zone).date())
        events: list[Event] = [
            SlotSet("promise_number", promise.number, metadata={DESK: {"key": key}}),
            SlotSet("promise_day", day),
            # What was asked before cannot be answered by a "yes" to this.
            SlotSet("pending", None),
        ]
        if promise.order_number:
            events.append(SlotSet("order_number", promise.order_number))
        intent = f"{EXTERNAL}{promise.kind}_due"
        return await self._turn(agent, store, tracker, promise.channel, events, intent, key)

    async def _turn(
        self,
        agent: Any,
        store: TrackerStore,
        tracker: DialogueStateTracker,
        channel: str,
        events: Iterable[Event],
        intent: str,
        key: str,
    ) -> list[Said]:
        """Has the assistant speak of its own accord; returns what it says once that is kept."""
        for event in events:
            tracker.update(event, agent.domain)
        before = len(tracker.events)
        output = Collected(channel)
        await agent.processor.trigger_external_user_uttered(intent, None, tracker, output)
        kept = await store.retrieve(tracker.sender_id)
        if kept is None or _known(kept.events, key) is None:
            raise RuntimeError("the conversation could not be kept")
        return [
            said_by(event)
            for event in list(tracker.events)[before:]
            if isinstance(event, BotUttered) and event.text
        ]

    def _agent(self) -> Any:
        agent = self._app.ctx.agent
        if agent is None or not agent.is_ready():
            raise RuntimeError("the assistant is not loaded yet")
        return agent

    async def _send(self, channel: str, conversation: str, said: Iterable[Said]) -> None:
        output = self._output(channel)
        if output is not None:
            for one in said:
                await send(output, conversation, one)

    def _output(self, name: str) -> OutputChannel | None:
        channels = getattr(self._app.ctx, "input_channels", None) or ()
        channel = next((one for one in channels if one.name() == name), None)
        return channel.get_output_channel() if channel is not None else None


def _known(events: Iterable[Event], key: str) -> list[Said] | None:
    """Returns what an entry said to the customer, None if it is not in the conversation yet."""
    said: list[Said] | None = None
    for event in events:
        marked = (event.metadata.get(DESK) or {}).get("key")
        if said is None and marked == key:
            said = [said_by(event)] if isinstance(event, BotUttered) else []
            if isinstance(event, BotUttered):
                return said
        elif said is not None:
            # What the assistant said of its own accord, up to the customer's or anybody else's next word.
            if isinstance(event, UserUttered) and not from_program(event):
                break
            if marked not in (None, key):
                break
            if isinstance(event, BotUttered) and event.text and DESK not in event.metadata:
                said.append(said_by(event))
    return said


def _answered(tracker: DialogueStateTracker) -> bool:
    """Tells whether something was said since the customer's last message."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return True
        if isinstance(event, UserUttered):
            return False
    return True


def said_by(event: BotUttered) -> Said:
    """Returns an utterance as the customer's window shows it."""
    desk = event.metadata.get(DESK) or {}
    return Said(
        text=event.text or "",
        buttons=tuple(button["title"] for button in event.data.get("buttons") or ()),
        kind=str(desk.get("kind") or ""),
        name=str(desk.get("name") or ""),
        id=str(desk.get("key") or f"{event.timestamp:.6f}"),
    )
