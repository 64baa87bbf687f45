"""Slack on loopback, by its documented contract.

Requests are signed (docs.slack.dev/authentication/verifying-requests-from-slack), an event that is not
acknowledged with 2xx within three seconds is sent again up to three times with `x-slack-retry-num` and
`x-slack-retry-reason` (docs.slack.dev/apis/events-api), `chat.postMessage` wants the bot's token, knows
its channels, bounds its blocks, and takes one message a second and channel, answering 429 with
`Retry-After` beyond that (docs.slack.dev/apis/web-api/rate-limits).
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
_event_numbers = count(1)


@dataclass
class Posted:
    """A message that the assistant posted."""

    channel: str
    text: str
    buttons: list[str]
    at: float


@dataclass
class SlackStandIn:
    """The server, and what it was told."""

    channels: set[str]
    limit: float = 1.0
    posted: list[Posted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    #: Answers given before the real one: status and body, for instance a 500.
    troubles: list[int] = field(default_factory=list)
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
        body = {
            "token": "deprecated",
            "team_id": "T1",
            "api_app_id": "A1",
            "event": {
                "type": "message",
                "channel": channel,
                "user": user,
                "text": text,
                "ts": f"{time.time():.6f}",
                "channel_type": "im",
            },
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(_event_numbers):08d}",
            "event_time": int(time.time()),
            "authorizations": [{"user_id": BOT_USER, "is_bot": True}],
        }
        statuses: list[int] = []
        reason: str | None = None
        for retry in range(4):
            headers = {}
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
        except (TimeoutError, urllib.error.URLError):
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
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                with slack._lock:
                    status, answer, headers = slack._answer(
                        self.path, body, token or body.get("token", "")
                    )
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

        if self.troubles:
            self.refused.append("trouble")
            return self.troubles.pop(0), {"ok": False, "error": "internal_error"}, {}
        if path != "/api/chat.postMessage":
            return refuse("unknown_method")
        if token != TOKEN:
            return refuse("invalid_auth")
        channel, text = str(body.get("channel")), str(body.get("text") or "")
        if channel not in self.channels:
            return refuse("channel_not_found")
        blocks = body.get("blocks") or []
        blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
        if not text and not blocks:
            return refuse("no_text")
        if len(text) > 40_000:
            return refuse("msg_too_long")
        if problem := _problem_of(blocks):
            return refuse(problem)
        now = time.monotonic()
        wait = self._last.get(channel, -self.limit) + self.limit - now
        if wait > 0:
            self.refused.append("ratelimited")
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(int(wait) + 1)}
        self._last[channel] = now
        buttons = [
            element["text"]["text"]
            for block in blocks
            if block["type"] == "actions"
            for element in block["elements"]
        ]
        self.posted.append(Posted(channel, text, buttons, now))
        return 200, {"ok": True, "channel": channel, "ts": f"{time.time():.6f}"}, {}


def _problem_of(blocks: list[dict[str, Any]]) -> str | None:
    """Holds blocks against the limits of docs.slack.dev/reference/block-kit."""
    if len(blocks) > 50:
        return "invalid_blocks"
    for block in blocks:
        if block["type"] == "section" and not 0 < len(block["text"]["text"]) <= 3000:
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
