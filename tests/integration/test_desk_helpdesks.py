"""Helpdesks, end to end: the assistant's own servers, the webhook and the API, and Chatwoot's contract."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
import requests

from exemplar.desk.helpdesk import wire
from exemplar.desk.helpdesk.api import ROUTES, description
from exemplar.desk.helpdesk.signing import SIGNATURE, TIMESTAMP, is_signed, sign
from tests.conftest import CUSTOMER, ROOT, Running, free_port, start, stop, until
from tests.integration.chatwoot_stand_in import ACCOUNT, INBOX, SECRET, TOKEN, ChatwootStandIn
from tests.integration.desk_client import DeskClient

API_TOKEN, WEBHOOK_SECRET = "a-token-of-the-desk", "what-the-desk-signs-with"
_SENDERS = count(1)


class Post:
    """Where the desk's webhook arrives: it keeps what came, and hands it on to Chatwoot's side."""

    def __init__(self) -> None:
        self.seen: list[wire.Event] = []
        self.headers: list[dict[str, str]] = []
        #: What is answered instead: a status, 0 for nothing, negative after it was handed on.
        self.troubles: list[int] = []
        self.forward = ""
        post = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = post._take(body, dict(self.headers.items()))
                if status == 0:
                    time.sleep(21)
                    return
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "2")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def _take(self, body: bytes, headers: dict[str, str]) -> int:
        if not is_signed(WEBHOOK_SECRET, headers.get(TIMESTAMP), body, headers.get(SIGNATURE)):
            return 401
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None and trouble >= 0:
            return trouble
        kept = {name: value for name, value in headers.items() if name.startswith("X-")}
        answer = requests.post(f"{self.forward}/desk", data=body, headers=kept, timeout=20)
        if answer.ok and trouble is None:
            self.seen.append(wire.Event.parse_raw(body))
            self.headers.append(headers)
        return -trouble if trouble else answer.status_code

    def of(self, number: str) -> list[str]:
        return [one.event for one in self.seen if one.handover.number == number]


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    made = Post()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[ChatwootStandIn]:
    with ChatwootStandIn() as server:
        yield server


@pytest.fixture(scope="module")
def running(post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = start(
        tmp_path_factory.mktemp("helpdesks") / "state",
        EXEMPLAR_DESK_WEBHOOK_URL=post.url,
        EXEMPLAR_DESK_WEBHOOK_SECRET=WEBHOOK_SECRET,
        EXEMPLAR_DESK_API_TOKEN=API_TOKEN,
    )
    yield started
    stop(started)


class Side:
    """Chatwoot's side of the desk, as `exemplar desk chatwoot` runs it."""

    def __init__(self, running: Running, chatwoot: ChatwootStandIn) -> None:
        self.port = free_port()
        self.environment = {
            **os.environ,
            "CHATWOOT_URL": chatwoot.url,
            "CHATWOOT_ACCOUNT": str(ACCOUNT),
            "CHATWOOT_INBOX": str(INBOX),
            "CHATWOOT_TOKEN": TOKEN,
            "CHATWOOT_WEBHOOK_SECRET": SECRET,
            "EXEMPLAR_DESK_URL": running.url,
            "EXEMPLAR_DESK_API_TOKEN": API_TOKEN,
            "EXEMPLAR_DESK_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "exemplar", "desk", "chatwoot", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        until(self._answers, 120)

    def _answers(self) -> bool:
        try:
            return requests.post(f"{self.url}/desk", timeout=5).status_code == 401
        except requests.ConnectionError:
            return False

    def end(self, how: int = signal.SIGINT) -> None:
        self.process.send_signal(how)
        self.process.wait(30)


@pytest.fixture(scope="module")
def side(running: Running, chatwoot: ChatwootStandIn, post: Post) -> Iterator[Side]:
    made = Side(running, chatwoot)
    post.forward = made.url
    chatwoot.webhook = f"{made.url}/chatwoot"
    yield made
    made.end()


class Case:
    """A customer who asked for a person."""

    def __init__(self, running: Running, sender: str | None = None) -> None:
        self.running = running
        self.sender = sender or f"helpdesks-{next(_SENDERS)}"
        running.say(self.sender, f"where is my order ML-104163? my email is {CUSTOMER}")
        running.say(self.sender, "I want a person please")
        self.number = str(running.slots(self.sender)["handover_number"])

    def call(self, method: str, path: str = "", *, token: str = API_TOKEN, **body: Any) -> Any:
        return requests.request(
            method,
            f"{self.running.url}/desk/v1/handovers{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def post(self, what: str, **body: Any) -> Any:
        return self.call("POST", f"/{self.number}/{what}", **body)

    def from_person(self) -> list[str]:
        return [
            str(event["text"])
            for event in self.running.tracker(self.sender)["events"]
            if event["event"] == "bot"
            and ((event.get("metadata") or {}).get("desk") or {}).get("kind") == "agent"
        ]


@pytest.fixture
def case(running: Running, side: Side, post: Post, chatwoot: ChatwootStandIn) -> Case:
    post.troubles.clear()
    chatwoot.troubles.clear()
    made = Case(running)
    until(lambda: "handover.requested" in post.of(made.number))
    return made


# -- the webhook and the API ---------------------------------------------------------------------------


def test_the_description_in_the_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "desk-api.json").read_text(encoding="utf-8")
    assert written == description() + "\n", "run: exemplar desk openapi > docs/desk-api.json"
    described = json.loads(written)
    calls = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert calls == {(route.method, f"/desk/v1{route.path}") for route in ROUTES}


def test_a_signature_holds_for_its_body_its_time_and_its_secret() -> None:
    now = 1_700_000_000.0
    stamp, body = str(int(now)), b'{"id": "H-1001:1"}'
    signature = sign("secret", stamp, body)
    assert is_signed("secret", stamp, body, signature, now)
    assert is_signed("secret", stamp, body, signature, now + 299)
    assert not is_signed("secret", stamp, body, signature, now + 301)
    assert not is_signed("secret", stamp, body, signature, now - 301)
    assert not is_signed("secret", str(int(now) + 1), body, signature, now)
    assert not is_signed("secret", stamp, body + b" ", signature, now)
    assert not is_signed("another", stamp, body, signature, now)
    for broken in (None, "", "v1=", "v1=é", signature.upper()):
        assert not is_signed("secret", stamp, body, broken, now)
    for broken in (None, "", "soon", "-1", "٣"):
        assert not is_signed("secret", broken, body, signature, now)


def test_the_helpdesk_is_told_and_answers(case: Case, post: Post) -> None:
    [asked] = [one for one in post.seen if one.id == f"{case.number}:1"]
    assert asked.handover.brief.last_words == "I want a person please"
    assert {one.name: one.value for one in asked.handover.brief.facts}["order"] == "ML-104163"
    case.running.say(case.sender, "are you there?")
    until(lambda: "message.customer" in post.of(case.number))
    assert case.number in {one["number"] for one in case.call("GET").json()}
    claimed = case.post("claim", agent="Sara")
    assert wire.Handover.parse_obj(claimed.json()).claimed_by == "helpdesk"
    for _ in range(3):
        answer = case.post("messages", agent="Sara", key="m-1", text="I am, hello.")
        assert answer.status_code == 200, answer.text
    case.post("notes", agent="Sara", key="n-1", text="a voucher of ten euros")
    until(lambda: case.from_person() == ["I am, hello."])
    entries = [
        wire.Entry.parse_obj(one)
        for one in case.call("GET", f"/{case.number}/entries?after=1").json()
    ]
    # The assistant's last words belong to it: what the customer was told while they wait.
    assert [one.kind for one in entries] == [
        *("assistant", "customer", "assistant"),
        *("claimed", "agent", "note"),
    ]
    assert [one.seq for one in entries] == [2, 3, 4, 5, 6, 7]
    # Somebody else of the helpdesk goes on.
    case.post("messages", agent="Tom", key="m-2", text="Tom here.")
    closed = case.post("close", agent="Tom", note="sent a voucher").json()
    assert (closed["state"], closed["outcome"], closed["note"]) == (
        "closed",
        "solved",
        "sent a voucher",
    )
    until(lambda: "handover.closed" in post.of(case.number))
    # What it wrote itself it is not told.
    assert post.of(case.number) == [
        "handover.requested",
        "message.assistant",
        "message.customer",
        "message.assistant",
        "handover.claimed",
        "handover.closed",
    ]
    assert case.post("close", agent="Tom").json()["state"] == "closed"
    assert case.post("messages", agent="Tom", key="m-3", text="late").status_code == 409
    assert case.call("GET", f"/{case.number}").json()["number"] == case.number


def test_the_helpdesk_gives_back(case: Case) -> None:
    returned = case.post("return", agent="Sara", note="they only wanted the date").json()
    assert returned["outcome"] == "returned"
    until(lambda: not case.running.tracker(case.sender)["paused"])
    assert case.running.say(case.sender, "are you a bot?")


def test_what_another_front_has_is_not_the_helpdesks(case: Case, post: Post) -> None:
    desk = DeskClient.by_key(case.running)
    desk.post("me/name", name="Ines")
    desk.reply(case.number, "From the web")
    refused = case.post("messages", agent="Sara", key="m", text="me too")
    assert refused.status_code == 409
    assert "Ines has" in refused.json()["error"]
    until(lambda: "message.agent" in post.of(case.number))


@pytest.mark.parametrize("token", ["", "another", f"{API_TOKEN}x"])
def test_without_the_token_nothing_is_told_or_done(case: Case, token: str) -> None:
    for route in ROUTES:
        path = route.path.removeprefix("/handovers").replace("{number}", case.number)
        assert case.call(route.method, path, token=token, agent="x").status_code == 401
    # A cookie of the web desk opens nothing here, nor does the token open the web desk.
    desk = DeskClient.by_key(case.running)
    with pytest.raises(urllib.error.HTTPError) as refused:
        desk.opener.open(f"{case.running.url}/desk/v1/handovers")
    assert refused.value.code == 401
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            urllib.request.Request(
                f"{case.running.url}/desk/api/handovers",
                headers={"Authorization": f"Bearer {API_TOKEN}"},
            )
        )
    assert refused.value.code == 401


def test_what_is_not_as_described_is_refused_with_the_place(case: Case) -> None:
    for body, place in (
        ({"agent": "Sara", "key": "k"}, "text"),
        ({"agent": "", "key": "k", "text": "x"}, "agent"),
        ({"agent": "Sara", "key": "k", "text": "x" * 10_001}, "text"),
        ({"agent": "Sara", "key": "k", "text": "x", "txet": "y"}, "txet"),
        ({"agent": ["Sara"], "key": "k", "text": "x"}, "agent"),
    ):
        answer = case.post("messages", **body)
        assert answer.status_code == 400
        assert place in wire.Problem.parse_obj(answer.json()).error
    assert case.call("POST", "/H-9999999/claim", agent="Sara").status_code == 404
    assert case.call("GET", f"/{case.number}/entries?after=x").status_code == 400
    assert case.call("GET", "/H-9999999/entries").status_code == 404


@pytest.mark.parametrize("troubles", [[500, 503], [429], [0], [-500, -502]])
def test_a_helpdesk_in_trouble_gets_all_of_it_in_order(
    case: Case, post: Post, chatwoot: ChatwootStandIn, troubles: list[int]
) -> None:
    post.troubles = list(troubles)
    for number in range(3):
        case.running.say(case.sender, f"message {number}")
    until(lambda: post.of(case.number).count("message.customer") == 3, 120)
    mine = [one for one in post.seen if one.handover.number == case.number]
    # With what the assistant says to somebody who waits, and each once.
    assert [one.entry.seq for one in mine] == list(range(1, len(mine) + 1))
    assert len(mine) >= 6
    said = [one.entry.text for one in mine if one.event == "message.customer"]
    assert said == ["message 0", "message 1", "message 2"]
    # Some it got twice, and knows by the id and the header; in Chatwoot each stands once.
    assert chatwoot.said(case.number, "incoming") == ["message 0", "message 1", "message 2"]


# -- Chatwoot ------------------------------------------------------------------------------------------


def test_a_handover_is_a_conversation_in_chatwoot(case: Case, chatwoot: ChatwootStandIn) -> None:
    conversation = until(lambda: chatwoot.of(case.number))
    contact = chatwoot.contacts[conversation["contact_id"]]
    assert contact["identifier"] == case.sender
    brief, *_ = until(lambda: chatwoot.said(case.number, "private"))
    for part in (case.number, "asked for a person", "ML-104163", "Last words"):
        assert part in brief
    case.running.say(case.sender, "hello?")
    until(lambda: chatwoot.said(case.number, "incoming") == ["hello?"])
    message = chatwoot.write(case.number, "Sara Jansen", "Hello Mara")
    assert message["status"] == "sent"
    until(lambda: case.from_person() == ["Hello Mara"])
    assert DeskClient.by_key(case.running).of(case.number)["claimed_name"] == "Sara"
    # The same message again, and what no customer is to see.
    chatwoot.send_message(conversation, message)
    chatwoot.write(case.number, "Sara Jansen", "do not tell", private=True)
    chatwoot.write(case.number, "Tom Bakker", "Tom goes on")
    until(lambda: case.from_person() == ["Hello Mara", "Tom goes on"])
    assert chatwoot.set_status(case.number, "Sara Jansen", "resolved") == 200
    until(lambda: DeskClient.by_key(case.running).of(case.number)["state"] == "closed")
    assert chatwoot.of(case.number)["status"] == "resolved"  # type: ignore[index]
    late = chatwoot.write(case.number, "Sara Jansen", "too late")
    assert late["status"] == "sent"
    until(
        lambda: any("Not sent to the customer" in x for x in chatwoot.said(case.number, "private"))
    )


def test_the_same_customer_again_is_the_same_contact_and_another_conversation(
    case: Case, chatwoot: ChatwootStandIn
) -> None:
    first = until(lambda: chatwoot.of(case.number))
    chatwoot.set_status(case.number, "Sara", "pending")
    until(lambda: DeskClient.by_key(case.running).of(case.number)["outcome"] == "returned")
    until(lambda: not case.running.tracker(case.sender)["paused"])
    again = Case(case.running, case.sender)
    assert again.number != case.number
    second = until(lambda: chatwoot.of(again.number))
    assert second["id"] != first["id"]
    assert second["contact_id"] == first["contact_id"]


def test_what_the_desk_closes_is_resolved_in_chatwoot(
    case: Case, chatwoot: ChatwootStandIn
) -> None:
    until(lambda: chatwoot.of(case.number))
    DeskClient.by_key(case.running).close(case.number, "done at the web desk")
    until(lambda: chatwoot.of(case.number)["status"] == "resolved")  # type: ignore[index]
    assert any("done at the web desk" in one for one in chatwoot.said(case.number, "private"))


def test_chatwoot_in_trouble_and_its_side_killed(
    case: Case, chatwoot: ChatwootStandIn, side: Side
) -> None:
    until(lambda: chatwoot.of(case.number))
    chatwoot.troubles = [500, -500, 502]
    case.running.say(case.sender, "first")
    until(lambda: chatwoot.said(case.number, "incoming") == ["first"], 90)
    side.end(signal.SIGKILL)
    case.running.say(case.sender, "second")
    case.running.say(case.sender, "third")
    failed = chatwoot.write(case.number, "Sara", "into the void")
    assert failed["status"] == "failed"
    side.start()
    until(lambda: chatwoot.said(case.number, "incoming") == ["first", "second", "third"], 90)
    conversation = chatwoot.of(case.number)
    assert conversation
    chatwoot.send_message(conversation, failed)
    until(lambda: case.from_person() == ["into the void"])


def test_what_chatwoot_did_not_sign_is_refused(
    case: Case, chatwoot: ChatwootStandIn, side: Side
) -> None:
    conversation = until(lambda: chatwoot.of(case.number))
    forged = {
        "event": "message_created",
        "id": 999_999,
        "content": "forged",
        "message_type": "outgoing",
        "private": False,
        "conversation": {"id": conversation["id"]},
    }
    assert chatwoot.send(forged, secret="another") == 401
    assert chatwoot.send(forged, age=301) == 401
    chatwoot.signs = False
    try:
        assert chatwoot.send(forged, secret="another") == 401
        # An older Chatwoot: the address carries the secret, the payload no attributes.
        chatwoot.sends_attributes = False
        assert chatwoot.write(case.number, "Sara", "from an older one")["status"] == "sent"
    finally:
        chatwoot.signs = chatwoot.sends_attributes = True
    until(lambda: case.from_person() == ["from an older one"])
    assert requests.post(f"{side.url}/desk", data=b"{}", timeout=10).status_code == 401


def test_a_variable_of_chatwoots_that_is_missing_is_named() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "exemplar", "desk", "chatwoot"],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("CHATWOOT")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "CHATWOOT_URL" in ended.stderr + ended.stdout
