"""Somebody at the desk, over HTTP, as the desk's page does it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import count
from typing import Any

from tests.conftest import Running

_KEYS = count(1)


class Refused(Exception):
    """The desk said no."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(f"{status}: {said}")
        self.status = status
        self.said = said


class DeskClient:
    """A browser that is signed in at the desk."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = ""

    @classmethod
    def by_key(cls, assistant: Running) -> DeskClient:
        client = cls(assistant.url)
        key = urllib.parse.quote(assistant.secrets["desk_key"])
        client.opener.open(f"{assistant.url}/desk?key={key}")
        client.token = client.get("me")["token"]
        return client

    @classmethod
    def by_password(cls, assistant: Running, login: str, password: str) -> DeskClient:
        client = cls(assistant.url)
        form = urllib.parse.urlencode({"login": login, "password": password}).encode()
        client.opener.open(f"{assistant.url}/desk/sign-in", form)
        client.token = client.get("me")["token"]
        return client

    def new_agent(
        self, assistant: Running, login: str, name: str, role: str = "agent"
    ) -> DeskClient:
        """A supervisor adds somebody, who signs in."""
        password = f"a long password of {login}"
        self.post("agents/add", login=login, name=name, role=role, password=password)
        return DeskClient.by_password(assistant, login, password)

    def get(self, path: str) -> Any:
        return self._call(urllib.request.Request(f"{self.url}/desk/api/{path}"))

    def post(self, path: str, **body: Any) -> Any:
        return self._call(
            urllib.request.Request(
                f"{self.url}/desk/api/{path}",
                json.dumps(body).encode(),
                {"Content-Type": "application/json", "X-Desk-Token": self.token},
            )
        )

    def _call(self, request: urllib.request.Request) -> Any:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            raise Refused(error.code, said) from None

    def listed(self) -> dict[str, dict[str, Any]]:
        return {one["number"]: one for one in self.get("handovers")}

    def of(self, number: str) -> dict[str, Any]:
        return dict(self.get(f"handovers/{number}"))

    def claim(self, number: str, **more: Any) -> dict[str, Any]:
        return dict(self.post(f"handovers/{number}/claim", **more))

    def reply(self, number: str, text: str, key: str | None = None) -> dict[str, Any]:
        key = key or f"key-{next(_KEYS)}"
        return dict(self.post(f"handovers/{number}/messages", key=key, text=text))

    def note(self, number: str, text: str) -> dict[str, Any]:
        return dict(self.post(f"handovers/{number}/notes", key=f"key-{next(_KEYS)}", text=text))

    def give_back(self, number: str, note: str = "") -> dict[str, Any]:
        return dict(self.post(f"handovers/{number}/return", note=note))

    def close(self, number: str, note: str = "") -> dict[str, Any]:
        return dict(self.post(f"handovers/{number}/close", note=note))

    def said(self, number: str, *kinds: str) -> list[str]:
        """The texts of a handover's timeline, of some kinds."""
        return [entry["text"] for entry in self.of(number)["entries"] if entry["kind"] in kinds]

    @contextmanager
    def watching(self) -> Iterator[list[dict[str, Any]]]:
        """Collects what the desk pushes."""
        changes: list[dict[str, Any]] = []
        answer = self.opener.open(f"{self.url}/desk/api/events", timeout=120)

        def read() -> None:
            try:
                event = ""
                for raw in answer:
                    row = raw.decode().rstrip("\n")
                    if row.startswith("event: "):
                        event = row.removeprefix("event: ")
                    elif row.startswith("data: ") and event == "changed":
                        changes.extend(json.loads(row.removeprefix("data: ")))
                    elif row.startswith("data: ") and event:
                        changes.append({"event": event})
            except (OSError, ValueError, AttributeError):
                pass

        threading.Thread(target=read, daemon=True).start()
        try:
            yield changes
        finally:
            answer.close()
