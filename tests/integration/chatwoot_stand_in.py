"""Chatwoot on loopback, as its Application API is documented, with an inbox of the kind "API".

github.com/chatwoot/chatwoot, ``swagger/paths/application``: contacts (search, create, contact inboxes, a
contact's conversations), conversations (create, show, toggle_status), messages (list: the newest twenty;
create). Access by ``api_access_token``. Its webhook calls the inbox's address once, and after five seconds
without a 2xx marks an agent's message as failed (``lib/webhooks/trigger.rb``); payloads as in
github.com/chatwoot/docs, ``webhook-events.md``, signed as newer versions do.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

TOKEN = "a-token-of-chatwoot"
SECRET = "what-chatwoot-signs-with"
ACCOUNT, INBOX = 1, 7
TYPES = {"incoming": 0, "outgoing": 1}

Answer = tuple[int, Any]


class ChatwootStandIn:
    """The server; agents act by :meth:`write`, :meth:`set_status`."""

    def __init__(self, *, signs: bool = True, sends_attributes: bool = True) -> None:
        self.contacts: dict[int, dict[str, Any]] = {}
        self.conversations: dict[int, dict[str, Any]] = {}
        self.webhook = ""
        self.signs = signs
        self.sends_attributes = sends_attributes
        #: What happens instead of the next answers: a status; negative, after it was done.
        self.troubles: list[int] = []
        self._ids = count(1)
        self._lock = threading.RLock()

    def __enter__(self) -> ChatwootStandIn:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    # -- what agents see and do ---------------------------------------------------------------------

    def of(self, handover: str) -> dict[str, Any] | None:
        found = [
            one
            for one in list(self.conversations.values())
            if one["custom_attributes"].get("exemplar_handover") == handover
        ]
        assert len(found) <= 1, "a handover has one conversation"
        return found[0] if found else None

    def said(self, handover: str, kind: str) -> list[str]:
        """Contents of a conversation's messages: incoming, outgoing or private."""
        conversation = self.of(handover) or {"messages": []}
        return [
            one["content"]
            for one in conversation["messages"]
            if kind == ("private" if one["private"] else one["kind"])
        ]

    def write(self, handover: str, agent: str, text: str, **more: Any) -> dict[str, Any]:
        """An agent writes; returns the message, with its status."""
        conversation = self.of(handover)
        assert conversation
        message = self._message(conversation, text, "outgoing", bool(more.get("private")))
        message["sender"] = {"id": 3, "name": agent, "available_name": agent, "type": "user"}
        self.send_message(conversation, message)
        return message

    def send_message(self, conversation: dict[str, Any], message: dict[str, Any]) -> int:
        payload = {
            "event": "message_created",
            "id": message["id"],
            "content": message["content"],
            "created_at": "2026-11-24T18:02:48.000Z",
            "message_type": message["kind"],
            "content_type": "text",
            "private": message["private"],
            "content_attributes": {},
            "source_id": message["source_id"],
            "sender": message["sender"],
            "inbox": {"id": INBOX, "name": "Assistant"},
            "conversation": self._told(conversation),
            "account": {"id": ACCOUNT, "name": "Marlow Lane"},
        }
        status = self.send(payload)
        message["status"] = "sent" if 200 <= status < 300 else "failed"
        return status

    def set_status(self, handover: str, agent: str, status: str) -> int:
        conversation = self.of(handover)
        assert conversation
        conversation["status"] = status
        conversation["assignee"] = {"id": 3, "name": agent, "type": "user"}
        return self.send({"event": "conversation_status_changed", **self._told(conversation)})

    def send(self, payload: dict[str, Any], *, secret: str = SECRET, age: int = 0) -> int:
        body, stamp = json.dumps(payload).encode(), str(int(time.time()) - age)
        headers, url = {"Content-Type": "application/json"}, self.webhook
        if self.signs:
            digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
            headers["X-Chatwoot-Timestamp"] = stamp
            headers["X-Chatwoot-Signature"] = f"sha256={digest.hexdigest()}"
        else:
            url += f"?key={urllib.parse.quote(secret)}"
        try:
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def _told(self, conversation: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": conversation["id"],
            "inbox_id": INBOX,
            "channel": "Channel::Api",
            "can_reply": True,
            "status": conversation["status"],
            "additional_attributes": {},
            "contact_inbox": {"source_id": conversation["source_id"], "inbox_id": INBOX},
            "meta": {"assignee": conversation.get("assignee")},
            **(
                {"custom_attributes": conversation["custom_attributes"]}
                if self.sends_attributes
                else {}
            ),
        }

    def _message(
        self,
        conversation: dict[str, Any],
        content: str,
        kind: str,
        private: bool,
        source: Any = None,
    ) -> dict[str, Any]:
        message = {
            "id": next(self._ids),
            "content": content,
            "message_type": TYPES[kind],
            "kind": kind,
            "private": private,
            "source_id": source,
            "sender": None,
            "status": "sent",
        }
        conversation["messages"].append(message)
        return message

    # -- the API ------------------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        chatwoot = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("GET")

            def do_POST(self) -> None:
                self._answer("POST")

            def _answer(self, method: str) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path, _, query = self.path.partition("?")
                status, said = chatwoot._take(
                    method,
                    path,
                    json.loads(raw) if raw else {},
                    {k: v[0] for k, v in urllib.parse.parse_qs(query).items()},
                    self.headers.get("api_access_token"),
                )
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _take(
        self, method: str, path: str, body: Any, query: dict[str, str], token: str | None
    ) -> Answer:
        with self._lock:
            trouble = self.troubles.pop(0) if self.troubles else 0
            if trouble > 0:
                return trouble, {"error": "trouble"}
            answer = self._do(method, path, body, query, token)
            return (-trouble, {"error": "trouble"}) if trouble else answer

    def _do(
        self, method: str, path: str, body: Any, query: dict[str, str], token: str | None
    ) -> Answer:
        if token != TOKEN:
            return 401, {"error": "Invalid Access Token"}
        calls = {
            r"GET /contacts/search": self._search,
            r"POST /contacts": self._new_contact,
            r"GET /contacts/(\d+)/conversations": self._listed,
            r"POST /contacts/(\d+)/contact_inboxes": self._new_contact_inbox,
            r"POST /conversations": self._new_conversation,
            r"GET /conversations/(\d+)": self._shown,
            r"GET /conversations/(\d+)/messages": self._messages,
            r"POST /conversations/(\d+)/messages": self._new_message,
            r"POST /conversations/(\d+)/toggle_status": self._toggle,
        }
        asked = f"{method} {path.removeprefix(f'/api/v1/accounts/{ACCOUNT}')}"
        for pattern, call in calls.items():
            if found := re.fullmatch(pattern, asked):
                try:
                    return call({**query, **body}, *(int(part) for part in found.groups()))
                except KeyError:
                    return 404, {"error": "Resource could not be found"}
        return 404, {"error": "Resource could not be found"}

    def _search(self, asked: dict[str, Any]) -> Answer:
        wanted = asked["q"].lower()
        found = [
            one
            for one in self.contacts.values()
            if any(wanted in str(one.get(k) or "").lower() for k in ("name", "identifier", "email"))
        ]
        return 200, {"meta": {"count": len(found), "current_page": 1}, "payload": found[:15]}

    def _new_contact(self, asked: dict[str, Any]) -> Answer:
        for unique in ("identifier", "email"):
            if asked.get(unique) and any(
                one.get(unique) == asked[unique] for one in self.contacts.values()
            ):
                said = f"{unique.capitalize()} has already been taken"
                return 422, {"message": said, "attributes": [unique]}
        inbox = {"source_id": f"source-{next(self._ids)}", "inbox": {"id": asked["inbox_id"]}}
        contact = {
            "id": next(self._ids),
            "name": asked.get("name"),
            "email": asked.get("email"),
            "identifier": asked.get("identifier"),
            "contact_inboxes": [inbox],
        }
        self.contacts[contact["id"]] = contact
        return 200, {"payload": {"contact": contact, "contact_inbox": inbox}}

    def _new_contact_inbox(self, asked: dict[str, Any], contact: int) -> Answer:
        inbox = {"source_id": f"source-{next(self._ids)}", "inbox": {"id": asked["inbox_id"]}}
        self.contacts[contact]["contact_inboxes"].append(inbox)
        return 200, inbox

    def _listed(self, asked: dict[str, Any], contact: int) -> Answer:
        found = [
            one
            for one in self.conversations.values()
            if one["contact_id"] == self.contacts[contact]["id"]
        ]
        return 200, {"payload": found}

    def _new_conversation(self, asked: dict[str, Any]) -> Answer:
        contact = self.contacts[asked["contact_id"]]
        if not any(one["source_id"] == asked["source_id"] for one in contact["contact_inboxes"]):
            return 404, {"error": "Resource could not be found"}
        conversation = {
            "id": next(self._ids),
            "account_id": ACCOUNT,
            "inbox_id": asked["inbox_id"],
            "contact_id": contact["id"],
            "source_id": asked["source_id"],
            "status": asked.get("status", "open"),
            "custom_attributes": asked.get("custom_attributes") or {},
            "messages": [],
        }
        self.conversations[conversation["id"]] = conversation
        return 200, conversation

    def _shown(self, asked: dict[str, Any], number: int) -> Answer:
        return 200, self.conversations[number]

    def _messages(self, asked: dict[str, Any], number: int) -> Answer:
        return 200, {"meta": {}, "payload": self.conversations[number]["messages"][-20:]}

    def _new_message(self, asked: dict[str, Any], number: int) -> Answer:
        conversation = self.conversations[number]
        kind = asked.get("message_type", "outgoing")
        if kind not in TYPES or not asked.get("content"):
            return 422, {"error": "Validation failed"}
        message = self._message(
            conversation,
            asked["content"],
            kind,
            bool(asked.get("private")),
            asked.get("source_id"),
        )
        if kind == "incoming" and conversation["status"] == "resolved":
            conversation["status"] = "open"
        return 200, message

    def _toggle(self, asked: dict[str, Any], number: int) -> Answer:
        if asked.get("status") not in ("open", "resolved", "pending", "snoozed"):
            return 422, {"error": "Validation failed"}
        self.conversations[number]["status"] = asked["status"]
        said = {"success": True, "current_status": asked["status"], "conversation_id": number}
        return 200, {"meta": {}, "payload": said}
