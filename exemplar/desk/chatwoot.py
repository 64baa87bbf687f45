"""Chatwoot as the desk: the worked example of a helpdesk on the desk's webhook and API.

A small server between the two (``exemplar desk chatwoot``). The desk's webhook comes to ``/desk``: the
customer becomes a contact, the handover a conversation in an inbox of the kind "API", the brief a private
note, the customer's words incoming messages. Chatwoot's webhook comes to ``/chatwoot``: agents' public
messages go to the customer; a conversation that is resolved closes the handover, one that is made pending
goes back to the assistant.

It keeps nothing: which conversation a handover has stands in Chatwoot, as the conversation's custom
attribute :data:`ATTRIBUTE`. What fails on the way to Chatwoot is answered with 502, and the desk's outbox
sends it again. What fails on the way to the desk is answered with 502, too: Chatwoot then shows the agent
that the message failed.

Chatwoot's API: developers.chatwoot.com/api-reference, "Application APIs" (contacts, conversations, messages,
``toggle_status``), described in github.com/chatwoot/chatwoot in ``swagger/paths/application``. Its webhook:
chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks; newer versions sign it
(``X-Chatwoot-Signature: sha256=`` and the HMAC-SHA256 of timestamp, full stop and body), for older ones the
address carries the secret as ``?key=``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import requests
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from exemplar.desk.brief import curve
from exemplar.desk.helpdesk.signing import SIGNATURE, TIMESTAMP, WINDOW, is_signed
from exemplar.desk.helpdesk.webhook import TRY
from exemplar.desk.helpdesk.wire import HELPDESK, Event
from exemplar.errors import ExemplarError

logger = logging.getLogger(__name__)

#: Where a conversation in Chatwoot says which handover it is.
ATTRIBUTE: Final = "exemplar_handover"
#: Seconds for one call; the desk waits 20 for all of them.
_PATIENCE: Final = 5
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Refused(Exception):
    """The other side said no."""

    def __init__(self, status: int, said: str) -> None:
        """Takes its answer."""
        super().__init__(f"HTTP {status}: {said[:200]}")
        self.status = status
        self.said = said


@dataclass(frozen=True)
class Settings:
    """Where all is.

    Attributes:
        chatwoot: Chatwoot's address.
        account: the account's id.
        inbox: the id of the inbox, of the kind "API".
        token: an access token, of the user or agent bot in whose name notes are written.
        chatwoot_secret: what Chatwoot's webhook is signed with, or carries as ``?key=``.
        desk: the desk's address.
        desk_token: what its API asks for.
        desk_secret: what its webhook is signed with.
    """

    chatwoot: str
    account: int
    inbox: int
    token: str
    chatwoot_secret: str
    desk: str
    desk_token: str
    desk_secret: str


def settings() -> Settings:
    """Returns what the environment says.

    Raises:
        ExemplarError: a variable is missing, or no number where one is needed.
    """

    def of(name: str, default: str | None = None) -> str:
        value = os.environ.get(name) or default
        if not value:
            raise ExemplarError(f"Chatwoot needs {name}; docs/desk-helpdesks.md says what it is.")
        return value

    def number(name: str) -> int:
        if not (of(name).isascii() and of(name).isdecimal()):
            raise ExemplarError(f"{name} is {of(name)!r}; set it to a number.")
        return int(of(name))

    return Settings(
        chatwoot=of("CHATWOOT_URL").rstrip("/"),
        account=number("CHATWOOT_ACCOUNT"),
        inbox=number("CHATWOOT_INBOX"),
        token=of("CHATWOOT_TOKEN"),
        chatwoot_secret=of("CHATWOOT_WEBHOOK_SECRET"),
        desk=of("EXEMPLAR_DESK_URL", "http://127.0.0.1:5005").rstrip("/"),
        desk_token=of("EXEMPLAR_DESK_API_TOKEN"),
        desk_secret=of("EXEMPLAR_DESK_WEBHOOK_SECRET"),
    )


class Chatwoot:
    """Chatwoot's Application API, as far as the desk needs it. Safe to share between threads."""

    def __init__(self, where: Settings) -> None:
        """Takes where it is."""
        self._where = where
        self._root = f"{where.chatwoot}/api/v1/accounts/{where.account}"

    def conversation_of(self, event: Event) -> tuple[int, bool]:
        """Returns the id of the handover's conversation, made if need be, and whether it was."""
        contact, source = self._contact(event)
        listed = self._call("GET", f"/contacts/{contact}/conversations")["payload"]
        number = event.handover.number
        for one in listed:
            if (one.get("custom_attributes") or {}).get(ATTRIBUTE) == number:
                return int(one["id"]), False
        made = self._call(
            "POST",
            "/conversations",
            {
                "source_id": source,
                "inbox_id": self._where.inbox,
                "contact_id": contact,
                "status": "open",
                "custom_attributes": {ATTRIBUTE: number},
            },
        )
        return int(made["id"]), True

    def handover_of(self, conversation: int) -> str | None:
        """Returns the handover that a conversation is, None if it is none."""
        said = self._call("GET", f"/conversations/{conversation}")
        number = (said.get("custom_attributes") or {}).get(ATTRIBUTE)
        return str(number) if number else None

    def say(
        self,
        conversation: int,
        key: str,
        text: str,
        *,
        incoming: bool = False,
        unsure: bool = False,
    ) -> None:
        """Writes into a conversation: the customer's words, or a private note.

        Args:
            conversation: its id.
            key: the message's own, kept as Chatwoot's ``source_id``.
            text: what is said.
            incoming: whether the customer says it.
            unsure: whether it may be there already.
        """
        path = f"/conversations/{conversation}/messages"
        if unsure:
            newest = self._call("GET", path)["payload"]
            if any(one.get("source_id") == key for one in newest):
                return
        self._call(
            "POST",
            path,
            {
                "content": text,
                "message_type": "incoming" if incoming else "outgoing",
                "private": not incoming,
                "source_id": key,
            },
        )

    def resolve(self, conversation: int) -> None:
        """Marks a conversation as resolved."""
        self._call("POST", f"/conversations/{conversation}/toggle_status", {"status": "resolved"})

    def _contact(self, event: Event) -> tuple[int, str]:
        """Returns the customer's id, and what Chatwoot calls them in the inbox."""
        known = self._search(event.handover.conversation)
        if known is None:
            try:
                return self._new_contact(event)
            except Refused as error:
                # Another call made it at the same moment, or the address belongs to a contact already.
                known = self._search(event.handover.conversation)
                if error.status != 422 or known is None:
                    return self._new_contact(event, bare=True)
        for one in known.get("contact_inboxes") or ():
            if (one.get("inbox") or {}).get("id") == self._where.inbox:
                return int(known["id"]), str(one["source_id"])
        made = self._call(
            "POST", f"/contacts/{known['id']}/contact_inboxes", {"inbox_id": self._where.inbox}
        )
        return int(known["id"]), str(made["source_id"])

    def _search(self, identifier: str) -> dict[str, Any] | None:
        found = self._call("GET", "/contacts/search", query={"q": identifier})["payload"]
        return next((dict(one) for one in found if one.get("identifier") == identifier), None)

    def _new_contact(self, event: Event, *, bare: bool = False) -> tuple[int, str]:
        facts = {one.name: one.value for one in event.handover.brief.facts}
        more = {"name": facts.get("customer") or f"Customer of {event.handover.number}"}
        if not bare and _EMAIL.fullmatch(facts.get("email", "")):
            more["email"] = facts["email"]
        made = self._call(
            "POST",
            "/contacts",
            {"inbox_id": self._where.inbox, "identifier": event.handover.conversation, **more},
        )["payload"]
        return int(made["contact"]["id"]), str(made["contact_inbox"]["source_id"])

    def _call(
        self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None
    ) -> Any:
        answer = requests.request(
            method,
            self._root + path,
            json=body,
            params=query,
            headers={"api_access_token": self._where.token},
            timeout=_PATIENCE,
        )
        if not answer.ok:
            raise Refused(answer.status_code, answer.text)
        return answer.json() if answer.content else {}


class DeskApi:
    """The desk's API, as in ``docs/desk-api.json``. Safe to share between threads."""

    def __init__(self, where: Settings) -> None:
        """Takes where it is."""
        self._where = where

    def do(self, number: str, what: str, **body: str) -> None:
        """Does something in a handover. Raises Refused if the desk says no."""
        answer = requests.post(
            f"{self._where.desk}/desk/v1/handovers/{number}/{what}",
            json=body,
            headers={"Authorization": f"Bearer {self._where.desk_token}"},
            timeout=4,
        )
        if not answer.ok:
            raise Refused(answer.status_code, answer.text)


class Between:
    """Carries what is said and done from one to the other."""

    def __init__(self, chatwoot: Chatwoot, desk: DeskApi) -> None:
        """Takes both sides."""
        self._chatwoot = chatwoot
        self._desk = desk
        self._conversations: dict[str, int] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def from_desk(self, event: Event, tries: int) -> None:
        """Brings what the desk tells to Chatwoot."""
        with self._locks[event.handover.conversation]:
            try:
                self._bring(event, tries > 0)
            except Refused as error:
                if error.status == 404:
                    # Somebody deleted the conversation: the next try makes another.
                    self._conversations.pop(event.handover.number, None)
                raise

    def _bring(self, event: Event, unsure: bool) -> None:
        number = event.handover.number
        made = False
        if number not in self._conversations:
            self._conversations[number], made = self._chatwoot.conversation_of(event)
        conversation = self._conversations[number]
        if made or event.event == "handover.requested":
            key = f"{number}:brief"
            self._chatwoot.say(conversation, key, brief(event), unsure=not made)
        if event.event == "message.customer":
            text = event.entry.text
            self._chatwoot.say(conversation, event.id, text, incoming=True, unsure=unsure)
        elif text := told(event):
            self._chatwoot.say(conversation, event.id, text, unsure=unsure)
        if event.event == "handover.closed":
            self._chatwoot.resolve(conversation)
            self._conversations.pop(number, None)

    def from_chatwoot(self, said: dict[str, Any]) -> None:
        """Brings what an agent does in Chatwoot to the desk."""
        if said.get("event") == "message_created":
            is_public = said.get("message_type") in ("outgoing", 1) and not said.get("private")
            if is_public and said.get("content") and not said.get("source_id"):
                self._reply(said)
        elif said.get("event") == "conversation_status_changed":
            what = {"resolved": "close", "pending": "return"}.get(str(said.get("status")))
            number = self._number(said) if what else None
            if what and number:
                assignee = (said.get("meta") or {}).get("assignee") or {}
                self._try(number, what, int(said["id"]), agent=_first_name(assignee))

    def _reply(self, said: dict[str, Any]) -> None:
        conversation = said.get("conversation") or {}
        number = self._number(conversation)
        if number is not None:
            self._try(
                number,
                "messages",
                int(conversation["id"]),
                agent=_first_name(said.get("sender") or {}),
                key=f"chatwoot:{said['id']}",
                text=str(said["content"]),
            )

    def _try(self, number: str, what: str, conversation: int, **body: str) -> None:
        try:
            self._desk.do(number, what, **body)
        except Refused as error:
            if error.status not in (400, 403, 404, 409):
                raise
            if what == "messages":
                # The agent sees at once that the customer did not get it, and why.
                reason = _reason(error.said)
                key = f"{number}:not:{body.get('key')}"
                self._chatwoot.say(
                    conversation, key, f"⚠️ Not sent to the customer: {reason}", unsure=True
                )

    def _number(self, conversation: dict[str, Any]) -> str | None:
        # Older versions leave the attributes out of what they send.
        if "custom_attributes" in conversation:
            number = (conversation.get("custom_attributes") or {}).get(ATTRIBUTE)
            return str(number) if number else None
        return self._chatwoot.handover_of(int(conversation["id"])) if "id" in conversation else None


def create_app(where: Settings) -> FastAPI:
    """Returns the server between the desk and Chatwoot."""
    app = FastAPI(title="Exemplar and Chatwoot", docs_url=None, redoc_url=None, openapi_url=None)
    between = Between(Chatwoot(where), DeskApi(where))

    @app.post("/desk")
    async def desk(request: Request) -> PlainTextResponse:
        body = await request.body()
        headers = request.headers
        if not is_signed(where.desk_secret, headers.get(TIMESTAMP), body, headers.get(SIGNATURE)):
            return PlainTextResponse("This is not signed by the desk, or too old.", 401)
        tries = headers.get(TRY, "0")
        event = Event.parse_raw(body)
        return await _done(between.from_desk, event, int(tries) if tries.isdecimal() else 1)

    @app.post("/chatwoot")
    async def chatwoot(request: Request) -> PlainTextResponse:
        body = await request.body()
        if not _is_chatwoots(where.chatwoot_secret, request, body):
            return PlainTextResponse("This is not signed by Chatwoot, or too old.", 401)
        said = json.loads(body)
        return await _done(between.from_chatwoot, said if isinstance(said, dict) else {})

    return app


async def _done(work: Any, *arguments: Any) -> PlainTextResponse:
    """Does the work; 502 says that it has to be sent again."""
    try:
        await run_in_threadpool(work, *arguments)
    except (requests.RequestException, Refused, KeyError, TypeError, ValueError) as error:
        logger.warning("Not brought over: %s: %s", type(error).__name__, str(error)[:200])
        return PlainTextResponse("The other side does not take it now.", 502)
    return PlainTextResponse("")


def _is_chatwoots(secret: str, request: Request, body: bytes) -> bool:
    shown = request.query_params.get("key")
    if shown is not None:
        return hmac.compare_digest(shown.encode(), secret.encode())
    stamp = request.headers.get("X-Chatwoot-Timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal()) or abs(time.time() - int(stamp)) > WINDOW:
        return False
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    signature = request.headers.get("X-Chatwoot-Signature", "")
    return hmac.compare_digest(f"sha256={digest}".encode(), signature.encode(errors="replace"))


def brief(event: Event) -> str:
    """Returns the brief as a note in Chatwoot, which reads Markdown."""
    one = event.handover.brief
    rows = [
        f"**{'🚨 ' if event.handover.urgent else ''}{event.handover.number}: {one.label}**",
        one.summary,
        *(f"- {fact.name}: {fact.value}" for fact in one.facts),
    ]
    if one.mood:
        rows.append(f"Frustration, message by message: {curve(one.mood)}")
    for title, said in (
        ("The assistant tried", "; ".join(one.tried)),
        ("Before", one.before),
        ("Suggested", "; ".join(one.suggestions)),
        ("Last words", one.last_words),
    ):
        if said:
            rows.append(f"{title}: {said}")
    return "\n".join(rows)


def told(event: Event) -> str:
    """Returns what a private note says of an event, "" if it says nothing."""
    name, text = event.entry.name or "The desk", event.entry.text
    if event.entry.author == HELPDESK:
        return ""
    return {
        "handover.urgent": "🚨 The customer may be in danger.",
        "handover.claimed": f"{name} has the conversation at another front.",
        "handover.unanswered": "Nobody came in time: the assistant is back. Somebody must get in touch.",
        "handover.closed": (
            "The customer went back to the assistant."
            if event.handover.outcome == "left"
            else f"{name} ended it{': ' + text if text else '.'}"
        ),
        "message.assistant": f"Assistant: {text}",
        "message.agent": f"{name} to the customer: {text}",
        "note": f"{name}: {text}",
    }.get(event.event, "")


def _first_name(somebody: dict[str, Any]) -> str:
    name = str(somebody.get("available_name") or somebody.get("name") or "").split()
    return name[0][:60] if name else "Somebody"


def _reason(said: str) -> str:
    try:
        return str(json.loads(said)["error"])
    except (ValueError, KeyError, TypeError):
        return "the desk refused it"
