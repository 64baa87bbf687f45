"""Slack on loopback, by its documented contract.

Requests are signed (docs.slack.dev/authentication/verifying-requests-from-slack), an event that is not
acknowledged with 2xx within three seconds is sent again up to three times with `x-slack-retry-num` and
`x-slack-retry-reason` (docs.slack.dev/apis/events-api), `chat.postMessage` wants the bot's token, knows
its channels, bounds its blocks, and takes one message a second and channel, answering 429 with
`Retry-After` beyond that (docs.slack.dev/apis/web-api/rate-limits).

For the desk it also has threads and what an app reads of them: `conversations.replies` and
`conversations.history` (docs.slack.dev/reference/methods/conversations.replies: GET, pages by cursor, the
first message of a thread always comes along, metadata only if asked for), `chat.update`,
`chat.postEphemeral`, `users.info`, and interactions with `block_actions`
(docs.slack.dev/reference/interaction-payloads/block_actions-payload). It can fail in every way: before or
after it has taken a message, with a status or with no answer at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

TOKEN = "xoxb-0-loopback"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_USER = "U0BOT"
BOT = "B0BOT"
#: A trouble: the call is not answered.
SILENT = 0
#: Longer than any client waits.
_SILENCE = 12.0
_event_numbers = count(1)
_stamps = count(1)


def new_ts() -> str:
    """A message's id, which is its time: later ones are greater."""
    return f"{int(time.time())}.{next(_stamps) % 1_000_000:06d}"


@dataclass(frozen=True)
class Taken:
    """A trouble: the message is taken, and the answer is another all the same."""

    status: int


@dataclass
class Posted:
    """A message that the assistant posted."""

    channel: str
    text: str
    buttons: list[str]
    at: float
    ts: str = ""
    thread: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    broadcast: bool = False
    mrkdwn: bool = True


@dataclass
class SlackStandIn:
    """The server, and what it was told."""

    channels: set[str]
    limit: float = 1.0
    posted: list[Posted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    #: What happens instead of the next answers: a status, SILENT, or one of them after it was Taken.
    troubles: list[int | Taken] = field(default_factory=list)
    #: Whom it knows: id and profile.
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Messages of people and of the bot, by channel, as the API returns them.
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: What was shown to one person only: channel, user, thread, text.
    whispered: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    #: Seconds before each of the three deliveries that follow a failed one; Slack's own are 0, 60, 300.
    retries: tuple[float, ...] = (0, 0, 0)
    _last: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> SlackStandIn:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    def wait_for(self, number: int, seconds: float = 60) -> list[Posted]:
        """Waits until so many messages were posted."""
        deadline = time.monotonic() + seconds
        while len(self.posted) < number and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(self.posted)

    # -- what Slack sends ---------------------------------------------------------------------------

    def write(
        self, webhook: str, user: str, channel: str, text: str, event_id: str | None = None
    ) -> list[int]:
        """A person writes to the bot in a direct message; returns the status of each delivery."""
        event = {
            "type": "message",
            "channel": channel,
            "user": user,
            "text": text,
            "ts": new_ts(),
            "channel_type": "im",
        }
        return self._deliver(webhook, _callback(event, event_id))

    def answer(
        self,
        webhook: str,
        user: str,
        channel: str,
        thread_ts: str,
        text: str,
        *,
        event_id: str | None = None,
        ts: str | None = None,
        arrives: bool = True,
        **more: Any,
    ) -> list[int]:
        """A person writes in a thread; returns the status of each delivery, none if none was tried."""
        event = {
            "type": "message",
            "channel": channel,
            "user": user,
            "text": text,
            "ts": ts or new_ts(),
            "thread_ts": thread_ts,
            "client_msg_id": f"{time.time_ns()}",
            "channel_type": "channel",
            **more,
        }
        kept = self.messages.setdefault(channel, [])
        if not any(message["ts"] == event["ts"] for message in kept):
            kept.append(event)
        return self._deliver(webhook, _callback(event, event_id)) if arrives else []

    def change(
        self, webhook: str, user: str, channel: str, thread_ts: str, before: str, after: str
    ) -> list[int]:
        """A person changes what they wrote in a thread."""
        said = {"type": "message", "user": user, "thread_ts": thread_ts, "ts": new_ts()}
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": channel,
            "ts": new_ts(),
            "message": {**said, "text": after},
            "previous_message": {**said, "text": before},
        }
        return self._deliver(webhook, _callback(event, None))

    def press(self, webhook: str, user: str, posted: Posted, title: str) -> int:
        """A person presses one of a message's buttons."""
        message = next(one for one in self.messages[posted.channel] if one["ts"] == posted.ts)
        [button] = [
            element
            for block in message["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["text"]["text"] == title
        ]
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": "T1"},
            "api_app_id": "A1",
            "container": {
                "type": "message",
                "message_ts": posted.ts,
                "channel_id": posted.channel,
                "is_ephemeral": False,
            },
            "trigger_id": f"{time.time_ns()}",
            "team": {"id": "T1"},
            "channel": {"id": posted.channel, "name": "desk"},
            "message": message,
            "response_url": f"{self.api_url}response",
            "actions": [
                {
                    "type": "button",
                    "action_id": button["action_id"],
                    "block_id": "desk",
                    "value": button["value"],
                    "text": button["text"],
                    "action_ts": new_ts(),
                }
            ],
        }
        body = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
        return self.send(webhook, body, "application/x-www-form-urlencoded", {})

    def _deliver(self, webhook: str, body: dict[str, Any]) -> list[int]:
        statuses: list[int] = []
        reason: str | None = None
        for retry in range(4):
            headers = {}
            if retry:
                time.sleep(self.retries[retry - 1])
            if retry:
                headers = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason or ""}
            status = self.send(webhook, json.dumps(body).encode(), "application/json", headers)
            statuses.append(status)
            if 200 <= status < 300:
                break
            reason = "http_timeout" if status == 0 else "http_error"
        return statuses

    def click(self, webhook: str, user: str, channel: str, value: str) -> int:
        """A person clicks a button."""
        payload = {
            "type": "block_actions",
            "user": {"id": user},
            "channel": {"id": channel},
            "message": {"ts": f"{time.time():.6f}"},
            "trigger_id": f"{time.time_ns()}",
            "actions": [{"type": "button", "action_id": "button_0", "value": value}],
        }
        body = urllib.parse.urlencode({"payload": json.dumps(payload)}).encode()
        return self.send(webhook, body, "application/x-www-form-urlencoded", {})

    def send(
        self,
        webhook: str,
        body: bytes,
        kind: str,
        headers: dict[str, str],
        *,
        secret: str = SECRET,
        age: int = 0,
    ) -> int:
        """Sends a signed request; returns the status, 0 if there was none within three seconds."""
        stamp = str(int(time.time()) - age)
        digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        request = urllib.request.Request(
            webhook,
            body,
            {
                "Content-Type": kind,
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": f"v0={digest.hexdigest()}",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=3) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (TimeoutError, OSError):
            return 0

    # -- what Slack is sent -------------------------------------------------------------------------

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                raw = self.rfile.read(length).decode()
                if "json" in self.headers.get("Content-Type", ""):
                    body = json.loads(raw)
                else:
                    body = {k: v[0] for k, v in urllib.parse.parse_qs(raw).items()}
                self._take(self.path, body)

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                self._take(path, {k: v[0] for k, v in urllib.parse.parse_qs(query).items()})

            def _take(self, path: str, body: dict[str, Any]) -> None:
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                with slack._lock:
                    status, answer, headers = slack._answer(
                        path, body, token or body.get("token", "")
                    )
                if status == SILENT:
                    time.sleep(_SILENCE)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                content = json.dumps(answer).encode()
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _answer(
        self, path: str, body: dict[str, Any], token: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        def refuse(error: str) -> tuple[int, dict[str, Any], dict[str, str]]:
            self.refused.append(error)
            return 200, {"ok": False, "error": error}, {}

        method = path.removeprefix("/api/")
        self.calls.append(method)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            self.refused.append("trouble")
            after = self._do(method, body, token, refuse) if isinstance(trouble, Taken) else None
            status = trouble.status if isinstance(trouble, Taken) else trouble
            assert after is None or after[1]["ok"], after
            headers = {"Retry-After": "2"} if status == 429 else {}
            error = "ratelimited" if status == 429 else "internal_error"
            return status, {"ok": False, "error": error}, headers
        return self._do(method, body, token, refuse)

    def _do(self, method: str, body: dict[str, Any], token: str, refuse: Any) -> Any:
        methods = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
            "users.info": self._user,
        }
        if method not in methods:
            return refuse("unknown_method")
        if token != TOKEN:
            return refuse("invalid_auth")
        if method != "users.info" and str(body.get("channel")) not in self.channels:
            return refuse("channel_not_found")
        return methods[method](body, refuse)

    def _post(self, body: dict[str, Any], refuse: Any) -> Any:
        channel, text = str(body.get("channel")), str(body.get("text") or "")
        blocks = _read(body.get("blocks"), [])
        if problem := _problem(text, blocks):
            return refuse(problem)
        thread = body.get("thread_ts")
        kept = self.messages.setdefault(channel, [])
        if thread and not any(message["ts"] == thread for message in kept):
            return refuse("thread_not_found")
        now = time.monotonic()
        wait = self._last.get(channel, -self.limit) + self.limit - now
        if wait > 0:
            self.refused.append("ratelimited")
            return (
                429,
                {"ok": False, "error": "ratelimited"},
                {"Retry-After": str(int(wait) + 1)},
            )
        self._last[channel] = now
        metadata = _read(body.get("metadata"), {})
        posted = Posted(
            channel,
            text,
            _buttons(blocks),
            now,
            new_ts(),
            thread,
            blocks,
            metadata,
            bool(body.get("reply_broadcast")),
            body.get("mrkdwn", True) is not False,
        )
        self.posted.append(posted)
        message = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT,
            "text": text,
            "ts": posted.ts,
            "blocks": blocks,
            "metadata": metadata,
            **({"thread_ts": thread} if thread else {}),
        }
        kept.append(message)
        return 200, {"ok": True, "channel": channel, "ts": posted.ts, "message": message}, {}

    def _update(self, body: dict[str, Any], refuse: Any) -> Any:
        channel, ts = str(body.get("channel")), str(body.get("ts"))
        blocks = _read(body.get("blocks"), [])
        if problem := _problem(str(body.get("text") or ""), blocks):
            return refuse(problem)
        for message in self.messages.get(channel, ()):
            if message["ts"] == ts:
                if message.get("bot_id") != BOT:
                    return refuse("cant_update_message")
                message |= {"text": body.get("text"), "blocks": blocks}
                return 200, {"ok": True, "channel": channel, "ts": ts}, {}
        return refuse("message_not_found")

    def _whisper(self, body: dict[str, Any], refuse: Any) -> Any:
        if str(body.get("user")) not in self.people:
            return refuse("user_not_in_channel")
        self.whispered.append(
            (str(body["channel"]), str(body["user"]), body.get("thread_ts"), str(body.get("text")))
        )
        return 200, {"ok": True, "message_ts": new_ts()}, {}

    def _replies(self, body: dict[str, Any], refuse: Any) -> Any:
        kept = self.messages.get(str(body["channel"]), [])
        thread = [one for one in kept if body.get("ts") in (one["ts"], one.get("thread_ts"))]
        if not any(one["ts"] == body.get("ts") for one in thread):
            return refuse("thread_not_found")
        parent, *rest = sorted(thread, key=lambda one: float(one["ts"]))
        late = [one for one in rest if float(one["ts"]) > float(body.get("oldest") or 0)]
        return self._page([parent, *late], body)

    def _history(self, body: dict[str, Any], refuse: Any) -> Any:
        kept = self.messages.get(str(body["channel"]), [])
        found = [
            one
            for one in kept
            if not one.get("thread_ts") and float(one["ts"]) > float(body.get("oldest") or 0)
        ]
        return self._page(sorted(found, key=lambda one: -float(one["ts"])), body)

    def _page(self, found: list[dict[str, Any]], body: dict[str, Any]) -> Any:
        begin, size = int(body.get("cursor") or 0), int(body.get("limit") or 100)
        page = [dict(one) for one in found[begin : begin + size]]
        if body.get("include_all_metadata") != "true":
            for one in page:
                one.pop("metadata", None)
        more = begin + size < len(found)
        return (
            200,
            {
                "ok": True,
                "messages": page,
                "has_more": more,
                "response_metadata": {"next_cursor": str(begin + size) if more else ""},
            },
            {},
        )

    def _user(self, body: dict[str, Any], refuse: Any) -> Any:
        if (profile := self.people.get(str(body.get("user")))) is None:
            return refuse("user_not_found")
        user = {"id": body["user"], "real_name": profile.get("real_name"), "profile": profile}
        return 200, {"ok": True, "user": user}, {}


def _callback(event: dict[str, Any], event_id: str | None) -> dict[str, Any]:
    return {
        "token": "deprecated",
        "team_id": "T1",
        "api_app_id": "A1",
        "event": {"event_ts": event["ts"], **event},
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(_event_numbers):08d}",
        "event_time": int(time.time()),
        "authorizations": [{"user_id": BOT_USER, "is_bot": True}],
    }


def _read(written: Any, nothing: Any) -> Any:
    """Arguments that are objects come as such in JSON, and as JSON in a form."""
    return json.loads(written) if isinstance(written, str) else written or nothing


def _buttons(blocks: list[dict[str, Any]]) -> list[str]:
    return [
        element["text"]["text"]
        for block in blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def _problem(text: str, blocks: list[dict[str, Any]]) -> str | None:
    if not text and not blocks:
        return "no_text"
    if len(text) > 40_000:
        return "msg_too_long"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_000:
        # Measured by others: github.com/slackapi/bolt-js/issues/2509.
        return "msg_blocks_too_long"
    return _problem_of(blocks)


def _problem_of(blocks: list[dict[str, Any]]) -> str | None:
    """Holds blocks against the limits of docs.slack.dev/reference/block-kit."""
    if len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        if block["type"] == "section" and not 0 < len(block["text"]["text"]) <= 3000:
            return "invalid_blocks"
        if block["type"] == "header" and not 0 < len(block["text"]["text"]) <= 150:
            return "invalid_blocks"
        if block["type"] == "context" and not 0 < len(block["elements"]) <= 10:
            return "invalid_blocks"
        if block["type"] == "actions":
            elements = block["elements"]
            ids = [element.get("action_id") for element in elements]
            if not 0 < len(elements) <= 25 or len(set(ids)) != len(ids):
                return "invalid_blocks"
            for element in elements:
                if len(element["text"]["text"]) > 75 or len(element.get("value", "")) > 2000:
                    return "invalid_blocks"
    return None
