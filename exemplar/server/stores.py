"""Tracker store, lock store and event broker as the environment says: Rasa's own, chosen by URL."""

from __future__ import annotations

import asyncio
import json
import logging
from asyncio import AbstractEventLoop
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.brokers.pika import PikaEventBroker
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.engine.url import URL, make_url

from exemplar.desk.service import Desk
from exemplar.errors import ExemplarError
from exemplar.mood import UNREAD
from exemplar.server.relay import follow_registry, hear
from exemplar.settings import event_broker_url, lock_store_url, tracker_store_url

logger = logging.getLogger(__name__)

#: So many of a conversation's messages are looked through for one that came again.
_LATEST = 30
#: Seconds between the tries to read a conversation.
_WAITS = (0.1, 0.4)


def _parsed(url: str, variable: str) -> URL:
    try:
        return make_url(url)
    except sa.exc.ArgumentError as error:
        raise ExemplarError(
            f"{variable} is no URL: expected scheme://user:password@host/name."
        ) from error


class Conversations(SQLTrackerStore):
    """Rasa's SQL tracker store at ``EXEMPLAR_TRACKER_STORE_URL``, SQLite if that is not set.

    Where the customer has switched the reading off, no reading is stored, and what was stored of
    the conversation before is deleted.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Connects; Rasa passes ``host`` from ``endpoints.yml``, where it is not set."""
        url = _parsed(tracker_store_url(), "EXEMPLAR_TRACKER_STORE_URL")
        super().__init__(
            dialect=url.drivername,
            domain=domain,
            host=url.host,
            port=url.port,
            db=url.database or "",
            username=url.username,
            password=url.password,
            event_broker=event_broker,
            query=dict(url.query) or None,
            **kwargs,
        )
        #: Conversations that could not be read last time.
        self._unread: set[str] = set()
        #: The desk, where the server has one: silence follows it, and it hears what is said.
        self.desk: Desk | None = None

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Reads a conversation, as silent as the desk's registry says."""
        tracker = await self._read(sender_id)
        if self.desk is not None and tracker is not None:
            try:
                follow_registry(tracker, self.desk.registry.open_handover(sender_id))
            except sa.exc.SQLAlchemyError as error:
                # The conversation's own silence then stands as it was.
                logger.warning("The desk's registry cannot be asked: %s", type(error).__name__)
        return tracker

    async def _read(self, sender_id: str) -> DialogueStateTracker | None:
        """Reads a conversation, by another connection where the database was away since the last time."""
        self._unread.add(sender_id)
        for wait in _WAITS:
            try:
                tracker = await super().retrieve(sender_id)
                break
            except sa.exc.OperationalError:
                await asyncio.sleep(wait)
        else:
            tracker = await super().retrieve(sender_id)
        self._unread.discard(sender_id)
        return tracker

    def has_message(self, sender_id: str, message_id: str) -> bool:
        """Tells whether one of a conversation's latest messages has this id."""
        with self.session_scope() as session:
            latest = (
                session.query(self.SQLEvent.data)
                .filter(self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name == "user")
                .order_by(self.SQLEvent.id.desc())
                .limit(_LATEST)
            )
            return any(json.loads(row.data).get("message_id") == message_id for row in latest)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves and publishes what is new; what is said to the desk's people reaches them.

        Where the customer does not want readings, there are none in it.

        Raises:
            ExemplarError: it could not be read before. Rasa then begins an empty one, which would be kept
                in the place of what is new.
        """
        if tracker.sender_id in self._unread:
            raise ExemplarError(f"the conversation {tracker.sender_id} could not be read")
        await self._save(tracker)
        if self.desk is not None:
            hear(self.desk, tracker)

    async def _save(self, tracker: DialogueStateTracker) -> None:
        off = tracker.get_slot("emotion_reading") is False
        if off:
            for event in tracker.events:
                if isinstance(event, UserUttered) and event.parse_data:
                    event.parse_data.pop("emotion", None)  # type: ignore[typeddict-item]
        await super().save(tracker)
        if off:
            self._forget_readings(tracker.sender_id)

    def _forget_readings(self, sender_id: str) -> None:
        with self.session_scope() as session:
            mine = session.query(self.SQLEvent).filter(
                self.SQLEvent.sender_id == sender_id,
                self.SQLEvent.type_name.in_(["user", SlotSet.type_name]),
            )
            for row in mine:
                event = json.loads(row.data)
                if event.get("event") == "user" and event.get("parse_data", {}).pop(
                    "emotion", None
                ):
                    row.data = json.dumps(event)
                elif event.get("name") in UNREAD and event.get("value") != UNREAD[event["name"]]:
                    row.data = json.dumps({**event, "value": UNREAD[event["name"]]})
            session.commit()


class Locks:
    """Makes Redis' lock store for ``EXEMPLAR_LOCK_STORE_URL``, the one in memory if that is not set."""

    def __new__(cls, endpoint_config: EndpointConfig | None = None) -> LockStore:  # type: ignore[misc]
        """Called by Rasa as if this were a lock store's class."""
        address = lock_store_url()
        if not address:
            return InMemoryLockStore()
        url = _parsed(address, "EXEMPLAR_LOCK_STORE_URL")
        return RedisLockStore(
            host=url.host or "localhost",
            port=url.port or 6379,
            db=int(url.database or 0),
            username=url.username,
            password=url.password,
            use_ssl=url.drivername == "rediss",
        )


class Events(EventBroker):
    """Makes RabbitMQ's broker for ``EXEMPLAR_EVENT_BROKER_URL``, none if that is not set."""

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> EventBroker | None:
        """Called by Rasa; connects before it returns."""
        address = event_broker_url()
        if not address:
            return None
        url = _parsed(address, "EXEMPLAR_EVENT_BROKER_URL")
        broker = PikaEventBroker(
            host=url.host or "localhost",
            username=url.username or "guest",
            password=url.password or "guest",
            port=url.port or 5672,
            queues=[str(url.query.get("queue", "exemplar_events"))],
            event_loop=event_loop,
        )
        await broker.connect()
        return broker
