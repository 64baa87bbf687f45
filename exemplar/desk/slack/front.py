"""The Slack front: entries go into the handover's thread, and what people do there comes back.

What is sent is counted once although Slack has no keys for that: each message carries the entry's number as
metadata (docs.slack.dev/messaging/message-metadata), and where it is not known whether Slack took one (no
answer, a 500, a killed server), the thread is read before it is sent again
(docs.slack.dev/reference/methods/conversations.replies). What people write counts once by its ``ts``. Slack
is told that it arrived when it stands in the registry; what did not, Slack sends again up to three times
(docs.slack.dev/apis/events-api), and should that not do, the thread is read.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Coroutine
from typing import Any, Final

import aiohttp
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from exemplar.desk.fronts import Later, Never
from exemplar.desk.model import DeskError, Entry, Handover, Kind, Person
from exemplar.desk.service import Desk
from exemplar.desk.slack.messages import (
    CLAIM,
    CLOSE,
    NOTE,
    RETURN,
    brief_blocks,
    escape,
    headline,
    lines,
    plain,
)
from exemplar.desk.slack.threads import Thread, Threads
from exemplar.text import whole_characters

logger = logging.getLogger(__name__)

#: Where Slack sends events and interactions of the desk's app.
PATH: Final = "/desk/slack"
#: Where it sends those of the customers' app, which may be the same.
CUSTOMERS_PATH: Final = "/webhooks/slack/webhook"
#: What the messages' metadata are called.
EVENT: Final = "exemplar_desk_entry"
#: Seconds for one call; the outbox allows 45 for all that one delivery needs.
_CALL: Final = 10
#: Slack gives up on an answer after three seconds (docs.slack.dev/interactivity/handling-user-interaction).
_ANSWER: Final = 2.5
#: So much of that is spent on a person's name.
_NAME: Final = 1.0
#: One message a second and channel (docs.slack.dev/apis/web-api/rate-limits).
_PACE: Final = 1.0
#: Longest wait for a turn within one delivery; beyond that it comes back later.
_TURN: Final = 8.0
#: Seconds between two looks whether a thread has to be read.
_LOOK: Final = 5.0
#: Threads of no handover that are remembered.
_UNKNOWN: Final = 200
#: Longest message to a customer, in characters.
_LONGEST: Final = 10_000
#: After these the message in the channel looks different.
_RENEWING: Final = frozenset({Kind.CLAIMED, Kind.URGENT, Kind.UNANSWERED, Kind.CLOSED, Kind.ASKED})
#: Errors that the same message meets again, however often it is sent.
_MALFORMED: Final = frozenset(
    {"msg_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
)
#: The thread's first message is gone.
_GONE: Final = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
#: Kinds of messages in which a person says something (docs.slack.dev/reference/events/message).
_SAYING: Final = frozenset({"", "thread_broadcast", "file_share", "me_message"})

_Key = tuple[str, int]


class SlackError(Exception):
    """Slack said no, for a reason that may pass."""

    def __init__(self, error: str) -> None:
        """Takes what Slack calls it."""
        super().__init__(f"Slack says {error}")
        self.error = error


class SlackFront:
    """The desk's channel in Slack."""

    def __init__(
        self,
        desk: Desk,
        threads: Threads,
        channel: str,
        token: str,
        secret: str,
        api_url: str = AsyncWebClient.BASE_URL,
        *,
        shares_app: bool = False,
        pace: float = _PACE,
    ) -> None:
        """Takes the desk, and Slack's side.

        Args:
            desk: what people do is done there.
            threads: which thread a handover has.
            channel: the channel's id.
            token: the bot's.
            secret: what Slack signs its requests with.
            api_url: where Slack's API is.
            shares_app: whether customers write to the same app, so that all comes to its address.
            pace: seconds between two messages.
        """
        self._desk = desk
        self._threads = threads
        self._channel = channel
        self._client = AsyncWebClient(token, base_url=api_url, timeout=_CALL, retry_handlers=[])
        self._verifier = SignatureVerifier(secret)
        self._shares_app = shares_app
        self._pace = pace
        self._free_at = 0.0
        #: How many of an entry's messages Slack surely has; those that are not here, nobody knows.
        self._posted: dict[_Key, int] = {}
        self._names: dict[str, str] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Threads that somebody wrote in and that are no handover's, or not yet; the newest.
        self._unknown: deque[str] = deque(maxlen=_UNKNOWN)
        #: Handovers whose thread may hold what was not heard.
        self._gaps: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- to Slack ------------------------------------------------------------------------------------

    async def deliver(self, entry: Entry, handover: Handover, tries: int) -> None:
        """Posts an entry into the handover's thread, once, and brings the brief up to date."""
        thread = await self._thread(handover, tries)
        try:
            await self._say(thread, entry, handover, tries)
            if entry.kind in _RENEWING and entry.seq > 1:
                await self._renew(thread, handover)
        except SlackError as error:
            if error.error not in _GONE:
                raise
            # Somebody deleted the brief: the next try posts it anew.
            await asyncio.to_thread(self._threads.keep, Thread(thread.handover, "", thread.ts))
            raise Later(str(error), 1) from error
        self._posted.pop((entry.handover, entry.seq), None)

    async def _thread(self, handover: Handover, tries: int) -> Thread:
        """Returns the handover's thread; if it has none, its brief is posted."""
        thread = await asyncio.to_thread(self._threads.of, handover.number)
        if thread is not None and thread.channel == self._channel:
            return thread
        key = (handover.number, 0)
        ts = None
        if tries == 0:
            self._posted[key] = 0
        if key not in self._posted:
            since = f"{handover.requested.timestamp() - 24 * 3600:.6f}"
            ts = await self._find("conversations.history", key, thread, oldest=since)
        found = ts is not None
        if ts is None:
            reason = self._reason(handover)
            ts = await self._post(
                key,
                0,
                text=escape(f"{headline(handover, reason)}. {handover.brief.summary}"[:3_000]),
                blocks=brief_blocks(handover, reason),
            )
        thread = Thread(handover.number, self._channel, ts)
        await asyncio.to_thread(self._threads.keep, thread)
        self._posted.pop(key, None)
        if found or ts in self._unknown:
            # Somebody may have answered the brief before it was written down whose thread it begins.
            self._gaps.add(handover.number)
        return thread

    async def _say(self, thread: Thread, entry: Entry, handover: Handover, tries: int) -> None:
        messages = lines(entry, handover)
        key = (entry.handover, entry.seq)
        if tries == 0:
            self._posted[key] = 0
        if messages and key not in self._posted:
            # The newest part that is there; they are sent one after the other.
            self._posted[key] = await self._count(key, thread, entry)
        for part, text in enumerate(messages):
            if part >= self._posted[key]:
                await self._post(
                    key,
                    part,
                    text=escape(text),
                    thread_ts=thread.ts,
                    mrkdwn=False,
                    reply_broadcast=entry.kind in (Kind.URGENT, Kind.UNANSWERED),
                )

    async def _renew(self, thread: Thread, handover: Handover) -> None:
        reason = self._reason(handover)
        try:
            await self._call(
                "chat.update",
                channel=self._channel,
                ts=thread.ts,
                text=escape(f"{headline(handover, reason)}. {handover.brief.summary}"[:3_000]),
                blocks=brief_blocks(handover, reason),
            )
        except (Never, SlackError) as error:
            # The thread has it; that the brief looks older than it is holds nobody up.
            logger.warning("The brief of %s in Slack stays as it is: %s", handover.number, error)

    async def _post(self, key: _Key, part: int, **message: Any) -> str:
        """Posts a message, and remembers whether Slack has it."""
        self._posted[key] = part
        await self._turn()
        metadata = {
            "event_type": EVENT,
            "event_payload": {"handover": key[0], "seq": key[1], "part": part},
        }
        # Until Slack has answered, nobody knows.
        del self._posted[key]
        try:
            answer = await self._call(
                "chat.postMessage",
                channel=self._channel,
                metadata=metadata,
                # A link that a customer sent is fetched by nobody.
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        except (Later, Never):
            self._posted[key] = part
            raise
        self._posted[key] = part + 1
        return str(answer["ts"])

    async def _turn(self) -> None:
        """Waits until the channel takes another message."""
        now = time.monotonic()
        wait = self._free_at - now
        if wait > _TURN:
            raise Later("the channel takes one message a second", wait)
        self._free_at = max(self._free_at, now) + self._pace
        if wait > 0:
            await asyncio.sleep(wait)

    async def _count(self, key: _Key, thread: Thread, entry: Entry) -> int:
        """Returns how many of an entry's messages stand in the thread."""
        since = f"{entry.at.timestamp() - 24 * 3600:.6f}"
        count = 0
        async for message in self._messages("conversations.replies", ts=thread.ts, oldest=since):
            if (part := _part_of(message, key)) is not None:
                count = max(count, part + 1)
        return count

    async def _find(self, method: str, key: _Key, gone: Thread | None, **where: Any) -> str | None:
        async for message in self._messages(method, **where):
            found = str(message.get("ts"))
            if _part_of(message, key) is not None and (gone is None or gone.ts != found):
                return found
        return None

    async def _messages(self, method: str, **where: Any) -> Any:
        cursor = ""
        while True:
            answer = await self._call(
                method,
                channel=self._channel,
                include_all_metadata=True,
                limit=200,
                **where,
                **({"cursor": cursor} if cursor else {}),
            )
            for message in answer.get("messages") or ():
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _call(self, method: str, **body: Any) -> dict[str, Any]:
        """Calls Slack. Raises Later where it asks to wait, Never where it will never take it."""
        reads = method.startswith(("conversations.", "users."))
        try:
            answer = await self._client.api_call(
                method,
                **({"http_verb": "GET", "params": _as_query(body)} if reads else {"json": body}),
            )
        except SlackApiError as error:
            answer = error.response
            status = getattr(answer, "status_code", None)
            headers = {k.lower(): v for k, v in (getattr(answer, "headers", None) or {}).items()}
            said = answer.get("error") if isinstance(getattr(answer, "data", None), dict) else None
            if status == 429 or said in ("ratelimited", "rate_limited"):
                seconds = _seconds(headers.get("retry-after"))
                if method == "chat.postMessage":
                    self._free_at = max(self._free_at, time.monotonic() + seconds)
                raise Later("Slack asks to wait", seconds) from None
            if said in _MALFORMED:
                raise Never(f"Slack says {said}") from None
            raise SlackError(said or f"HTTP {status}") from None
        return dict(answer.data)

    def _reason(self, handover: Handover) -> str:
        reason = handover.brief.reason
        return str(self._desk.terms.reasons.get(reason, {}).get("label") or reason)

    # -- from Slack ----------------------------------------------------------------------------------

    def attach(self, app: Sanic) -> None:
        """Adds the route, and reads at the start what was written while no server ran."""
        app.add_route(self._receive, PATH, methods=["POST"], name="desk_slack")
        if self._shares_app:
            app.register_middleware(self._of_customers_app, "request")

        async def start(*_: Any) -> None:
            self._keep(self._fill_gaps())

        async def stop(*_: Any) -> None:
            for task in tuple(self._tasks):
                task.cancel()

        app.register_listener(start, "after_server_start")
        app.register_listener(stop, "before_server_stop")

    async def _of_customers_app(self, request: Request) -> HTTPResponse | None:
        """Takes what concerns the desk out of what comes to the customers' address."""
        if request.path != CUSTOMERS_PATH or request.method != "POST":
            return None
        try:
            said = _payload(request)
        except (ValueError, KeyError):
            return None
        event = said.get("event") or {}
        place = event.get("channel") or (said.get("channel") or {}).get("id")
        return await self._receive(request) if place == self._channel else None

    async def _receive(self, request: Request) -> HTTPResponse:
        """Answers a request of Slack's, once what it says is done."""
        try:
            authentic = self._verifier.is_valid_request(request.body, dict(request.headers))
        except ValueError:
            authentic = False
        if not authentic:
            return response.text("This is not signed by Slack, or too old.", status=401)
        try:
            said = _payload(request)
        except (ValueError, KeyError):
            return response.text("This is not what Slack sends.", status=400)
        if said.get("type") == "url_verification":
            return response.text(str(said.get("challenge")))
        if said.get("type") == "block_actions":
            return await self._within(self._click(said))
        if said.get("type") == "event_callback" and isinstance(said.get("event"), dict):
            return await self._within(self._hear(said["event"]))
        return response.text("")

    async def _within(self, work: Coroutine[Any, Any, None]) -> HTTPResponse:
        """Does what was asked for, within Slack's time; 503 makes Slack send it again."""
        task = self._keep(work)
        try:
            # What has begun goes on: it may be done before Slack sends it again, and counts once.
            await asyncio.wait_for(asyncio.shield(task), _ANSWER)
        except Exception as error:
            logger.warning("The desk did not take what Slack sent: %s", type(error).__name__)
            return response.text("Not now.", status=503, headers={"Retry-After": "5"})
        return response.text("")

    async def _click(self, said: dict[str, Any]) -> None:
        """Does what a button says."""
        action = (said.get("actions") or [{}])[0]
        place = (said.get("channel") or {}).get("id")
        user, number = str((said.get("user") or {}).get("id")), str(action.get("value"))
        if place != self._channel or action.get("action_id") not in (CLAIM, RETURN, CLOSE):
            return
        person = await self._person(user)
        try:
            if action["action_id"] == CLAIM:
                await self._desk.claim(number, person)
                return
            note = await self._last_note(number, person)
            end = self._desk.give_back if action["action_id"] == RETURN else self._desk.close
            if await end(number, person, note=note) is None:
                self._whisper(user, number, f"{number} is closed already.")
        except DeskError as error:
            self._whisper(user, number, str(error))

    async def _hear(self, event: dict[str, Any]) -> None:
        """Takes a message in a handover's thread."""
        if event.get("channel") != self._channel or event.get("type") not in (
            "message",
            "app_mention",
        ):
            return
        if event.get("subtype") == "message_changed":
            await self._hear_change(event)
            return
        thread_ts = event.get("thread_ts")
        if not _is_persons(event) or not thread_ts or thread_ts == event.get("ts"):
            return
        thread = await asyncio.to_thread(self._threads.at, self._channel, str(thread_ts))
        if thread is None:
            # The brief may be posted and not written down yet; then the thread is read when it is.
            self._unknown.append(str(thread_ts))
            thread = await asyncio.to_thread(self._threads.at, self._channel, str(thread_ts))
        if thread is None:
            return
        if thread.handover in self._gaps:
            # What came before goes first: the thread is read, and this stands in it. Slack's answer to that
            # may take longer than Slack waits for ours.
            self._keep(self._catch_up(thread.handover))
            return
        async with self._locks[thread.handover]:
            try:
                await self._take(thread.handover, event)
            except Exception:
                self._gaps.add(thread.handover)
                raise

    async def _take(self, number: str, message: dict[str, Any]) -> None:
        """Writes a person's message down: to the customer, or as a note. The same ``ts`` counts once."""
        user, ts = str(message.get("user")), str(message["ts"])
        text = whole_characters(plain(str(message.get("text") or "")))
        key = f"slack:{self._channel}:{ts}"
        try:
            if text[: len(NOTE)].lower() == NOTE:
                note = text[len(NOTE) :].strip()
                if note:
                    await self._desk.note(number, await self._person(user), key, note[:_LONGEST])
            elif text:
                if len(text) > _LONGEST:
                    raise DeskError(f"More than {_LONGEST} characters did not reach the customer.")
                await self._desk.reply(number, await self._person(user), key, text)
            if message.get("files"):
                self._whisper(user, number, "Files do not reach the customer, only what you write.")
        except DeskError as error:
            self._whisper(user, number, f"Not sent to the customer: {error}")
        await asyncio.to_thread(self._threads.hear, number, ts)

    async def _hear_change(self, event: dict[str, Any]) -> None:
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        ts = str(message.get("thread_ts") or "")
        if not _is_persons(message) or message.get("text") == before.get("text") or not ts:
            return
        thread = await asyncio.to_thread(self._threads.at, self._channel, ts)
        if thread is not None and ts != message.get("ts"):
            said = "What you changed stays as it was for the customer; write another message."
            self._whisper(str(message.get("user")), thread.handover, said)

    async def _person(self, user: str) -> Person:
        """Returns who somebody in Slack is, by first name (docs.slack.dev/reference/methods/users.info)."""
        if user not in self._names:
            try:
                answer = await asyncio.wait_for(self._call("users.info", user=user), _NAME)
                self._names[user] = _first_name(answer.get("user") or {})
            except Exception as error:
                logger.warning("Slack does not say who %s is: %s", user, type(error).__name__)
        return Person(f"slack:{user}", self._names.get(user) or "Somebody")

    async def _last_note(self, number: str, person: Person) -> str:
        """Returns the newest note that the person wrote: what was done, for the assistant and the next."""
        entries = await asyncio.to_thread(self._desk.registry.entries_since, number)
        mine = [one.text for one in entries if one.kind == Kind.NOTE and one.author == person.id]
        return mine[-1] if mine else ""

    def _whisper(self, user: str, number: str, text: str) -> None:
        """Tells one person something in the thread; if Slack does not take it, it stays unsaid."""

        async def whisper() -> None:
            thread = await asyncio.to_thread(self._threads.of, number)
            place = {"thread_ts": thread.ts} if thread else {}
            for wait in (1, 4, 0):
                try:
                    await self._call(
                        "chat.postEphemeral",
                        channel=self._channel,
                        user=user,
                        text=escape(text),
                        **place,
                    )
                    return
                except (Later, SlackError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                    logger.warning("%s in Slack was not told: %s", user, type(error).__name__)
                    await asyncio.sleep(wait)

        self._keep(whisper())

    # -- what was not heard --------------------------------------------------------------------------

    async def _fill_gaps(self) -> None:
        """Reads the threads in which something may have been missed, at the start all open ones."""
        started = False
        while True:
            try:
                if not started:
                    self._gaps |= await self._open_threads()
                    started = True
                for number in sorted(self._gaps):
                    await self._fill_gap(number)
            except Later as error:
                await asyncio.sleep(error.seconds or 0)
            except Exception as error:
                logger.warning("The threads in Slack cannot be read yet: %s", type(error).__name__)
            await asyncio.sleep(_LOOK)

    async def _fill_gap(self, number: str) -> None:
        async with self._locks[number]:
            if number in self._gaps:
                await self._read(number)

    async def _catch_up(self, number: str) -> None:
        """Reads a thread in which something was just written; one that had begun may not have seen it."""
        async with self._locks[number]:
            self._gaps.add(number)
            await self._read(number)

    async def _open_threads(self) -> set[str]:
        line = await asyncio.to_thread(self._desk.registry.line)
        numbers = [one.number for one in line]
        found = await asyncio.to_thread(self._threads.open_ones, self._channel, numbers)
        return {one.handover for one in found}

    async def _read(self, number: str) -> None:
        """Takes what people wrote in a thread since what was heard last, in order."""
        thread = await asyncio.to_thread(self._threads.of, number)
        if thread is not None and thread.channel == self._channel:
            written = [
                message
                async for message in self._messages(
                    "conversations.replies", ts=thread.ts, oldest=thread.heard or thread.ts
                )
                if _is_persons(message) and message.get("ts") not in (thread.ts, thread.heard)
            ]
            for message in sorted(written, key=lambda one: str(one["ts"])):
                await self._take(number, message)
        self._gaps.discard(number)

    def _keep(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        """Runs something that nobody waits for; a task without a reference may vanish."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()


def _payload(request: Request) -> dict[str, Any]:
    """Reads what Slack sent: events come as JSON, interactions as a form that holds JSON."""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        said = json.loads(request.form["payload"][0])
    else:
        said = json.loads(request.body)
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said


def _is_persons(message: dict[str, Any]) -> bool:
    """Tells whether a person said something, and not an app, nor Slack about the channel."""
    return (
        bool(message.get("user"))
        and not message.get("bot_id")
        and str(message.get("subtype") or "") in _SAYING
    )


def _part_of(message: dict[str, Any], key: _Key) -> int | None:
    """Returns which part of an entry a message is, None if it is none."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT:
        return None
    if (payload.get("handover"), payload.get("seq")) != key:
        return None
    return int(payload.get("part") or 0)


def _first_name(user: dict[str, Any]) -> str:
    profile = user.get("profile") or {}
    for name in ("first_name", "display_name", "real_name"):
        if words := str(profile.get(name) or user.get(name) or "").split():
            return words[0][:60]
    return ""


def _as_query(body: dict[str, Any]) -> dict[str, Any]:
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in body.items()}


def _seconds(retry_after: str | None) -> float:
    text = str(retry_after or "")
    return float(text) if text.isascii() and text.isdecimal() else 30.0
