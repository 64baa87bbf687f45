"""What breaks, breaks: killed servers, a database that is away, everything twice or thrice.

No message is lost, doubled or out of order, and the assistant never speaks over a person.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from socketio.exceptions import SocketIOError

from tests.conftest import AtOnce, Killable, Running, free_port, start, stop, until
from tests.integration.desk_client import DeskClient, Refused
from tests.integration.test_website import Browser


@pytest.fixture(scope="module")
def killable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    server = Killable(tmp_path_factory.mktemp("killable") / "state")
    yield server
    stop(server.running)


#: How the assistant says that it is back.
BACK = "I'm the AI assistant again"


def conversation_of(browser: Browser) -> str:
    return str(browser.confirmed["token"]).rpartition(".")[0]


def transcript(running: Running, conversation: str) -> list[tuple[str, str]]:
    """Everything that was said, in order: who, what."""
    said = []
    for event in running.tracker(conversation)["events"]:
        if event["event"] == "user" and not str(event["text"]).startswith("EXTERNAL"):
            said.append(("customer", event["text"]))
        elif event["event"] == "bot" and event.get("text"):
            desk = (event.get("metadata") or {}).get("desk") or {}
            said.append((desk.get("kind") or "assistant", event["text"]))
    return said


async def surely(call: Callable[[], Any], seconds: float = 120) -> Any:
    """Calls until it is answered, as the desk's page does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await asyncio.to_thread(call)
        except (urllib.error.URLError, OSError, Refused) as error:
            if isinstance(error, Refused) and error.status < 500:
                raise
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


async def write_surely(browser: Browser, text: str, message_id: str) -> None:
    """Sends until it is acknowledged, as the chat does."""
    deadline = time.monotonic() + 180
    while True:
        try:
            answer = await asyncio.wait_for(browser.write(text, message_id), 10)
            assert answer["status"] in {"taken", "known"}
            return
        except (asyncio.TimeoutError, SocketIOError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


async def eventually(true: Callable[[], Any], seconds: float = 60) -> Any:
    return await asyncio.to_thread(until, true, seconds)


async def handed_over(running: Running) -> tuple[Browser, str, str]:
    browser = await Browser(running.url).open()
    await browser.write("a person please", "wish")
    await browser.until(lambda: browser.answered == 1)
    conversation = conversation_of(browser)
    number = await asyncio.to_thread(lambda: running.slots(conversation)["handover_number"])
    return browser, conversation, str(number)


async def joined(running: Running, conversation: str) -> None:
    """Waits until the customer was told who is with them."""
    await eventually(lambda: "claimed" in dict(transcript(running, conversation)))


def client(running: Running, name: str = "Sara") -> DeskClient:
    desk = DeskClient.by_key(running)
    desk.post("me/name", name=name)
    return desk


async def test_rasa_killed_between_the_wish_for_a_person_and_the_answer(
    killable: Killable,
) -> None:
    browser = await Browser(killable.running.url).open()
    token = browser.confirmed["token"]
    conversation = conversation_of(browser)
    assert await browser.write("a person please", "wish") == {"status": "taken"}
    killable.kill_rasa()
    await browser.close()
    assert browser.answered == 0
    await asyncio.to_thread(killable.start)
    running = killable.running
    # The registry knows of it before the answer stands in the conversation.
    await eventually(
        lambda: any(
            event["event"] == "bot" and "H-" in (event.get("text") or "")
            for event in running.tracker(conversation)["events"]
        )
    )
    again = await Browser(running.url).open(token)
    history = [(one["role"], one["text"]) for one in again.confirmed["history"]]
    assert [role for role, _ in history] == ["ai", "user", "ai"]
    assert history[1] == ("user", "a person please")
    assert "H-" in history[2][1]
    # Sent again by the browser, which never heard: it is known.
    assert await again.write("a person please", "wish") == {"status": "known"}
    listed = await asyncio.to_thread(DeskClient.by_key(running).listed)
    assert len(listed) == 1
    assert again.confirmed["standing"]["state"] == "waiting"
    await again.close()


async def test_rasa_killed_while_both_write(killable: Killable) -> None:
    running = killable.running
    browser, conversation, number = await handed_over(running)
    token = browser.confirmed["token"]
    desk = client(running)
    desk.claim(number)
    await joined(running, conversation)
    for count in range(3):
        await browser.write(f"customer {count}", f"c{count}")
        desk.reply(number, f"person {count}", key=f"p{count}")
    # Acknowledged, and perhaps not through yet; and one that is never acknowledged.
    assert await browser.write("customer 3", "c3") == {"status": "taken"}
    killable.kill_rasa()
    await browser.close()
    with pytest.raises((urllib.error.URLError, OSError)):
        desk.reply(number, "person 3", key="p3")
    await asyncio.to_thread(killable.start)
    again = await Browser(killable.running.url).open(token)
    await surely(lambda: desk.reply(number, "person 3", key="p3"))
    await surely(lambda: desk.reply(number, "person 3", key="p3"))
    await write_surely(again, "customer 3", "c3")
    await write_surely(again, "customer 4", "c4")

    def settled() -> bool:
        entries = desk.of(number)["entries"]
        mine = [one for one in entries if one["kind"] == "agent"]
        heard = [one for one in entries if one["kind"] == "customer"]
        return len(heard) == 5 and len(mine) == 4 and all(one["delivered"] for one in mine)

    await eventually(settled)
    assert desk.said(number, "customer") == [f"customer {count}" for count in range(5)]
    assert desk.said(number, "agent") == [f"person {count}" for count in range(4)]
    assert [one["seq"] for one in desk.of(number)["entries"]] == list(
        range(1, len(desk.of(number)["entries"]) + 1)
    )
    await eventually(
        lambda: ("customer", "customer 4") in transcript(killable.running, conversation)
    )
    said = transcript(killable.running, conversation)
    begun = next(at for at, (kind, _) in enumerate(said) if kind == "claimed")
    after = said[begun + 1 :]
    assert [text for kind, text in after if kind == "customer"] == [
        f"customer {count}" for count in range(5)
    ]
    assert [text for kind, text in after if kind == "agent"] == [
        f"person {count}" for count in range(4)
    ]
    assert not [text for kind, text in after if kind == "assistant"]
    await again.close()


async def test_rasa_killed_after_the_person_closed_gives_the_conversation_back(
    killable: Killable,
) -> None:
    running = killable.running
    browser, conversation, number = await handed_over(running)
    desk = client(running)
    desk.claim(number)
    # Between the desk's answer and the assistant's word.
    desk.close(number, note="sent a new one")
    killable.kill_rasa()
    await browser.close()
    await asyncio.to_thread(killable.start)
    running = killable.running

    def heard() -> str:
        return " ".join(text for _, text in transcript(running, conversation))

    await eventually(lambda: BACK in heard())
    said = [text for _, text in transcript(running, conversation)]
    assert sum(BACK in text for text in said) == 1
    assert "working days" in await asyncio.to_thread(
        running.texts, conversation, "how long does delivery take?"
    )


async def test_a_tracker_that_lost_its_pause_is_silent_all_the_same(killable: Killable) -> None:
    running = killable.running
    browser, conversation, number = await handed_over(running)
    client(running).claim(number)
    await joined(running, conversation)
    token = running.secrets["api_token"]
    running.post(f"/conversations/{conversation}/tracker/events?token={token}", {"event": "resume"})
    said = len(transcript(running, conversation))
    answered = browser.answered
    await browser.write("where is my order?", "x")
    await browser.until(lambda: browser.answered > answered)
    assert transcript(running, conversation)[said:] == [("customer", "where is my order?")]
    await browser.close()


async def test_the_same_message_three_times_counts_once_on_both_sides(
    killable: Killable,
) -> None:
    running = killable.running
    browser, conversation, number = await handed_over(running)
    desk = client(running)
    statuses = [(await browser.write("hello?", "same"))["status"] for _ in range(3)]
    assert statuses == ["taken", "known", "known"]
    written = [desk.reply(number, "here I am", key="same")["seq"] for _ in range(3)]
    assert len(set(written)) == 1
    await eventually(lambda: ("agent", "here I am") in transcript(running, conversation))
    await eventually(lambda: ("customer", "hello?") in transcript(running, conversation))
    said = transcript(running, conversation)
    assert said.count(("agent", "here I am")) == said.count(("customer", "hello?")) == 1
    assert desk.said(number, "customer", "agent") == ["hello?", "here I am"]
    heard = [one["text"] for one in browser.said]
    assert heard.count("here I am") == 1
    await browser.close()


async def test_two_agents_who_claim_at_once_do_not_both_have_it(
    killable: Killable, at_once: AtOnce
) -> None:
    running = killable.running
    boss = client(running)
    two = [boss.new_agent(running, name, name.title()) for name in ("ana", "ben")]
    for _ in range(5):
        await _claimed_by_one(running, boss, two, at_once)


async def _claimed_by_one(
    running: Running, boss: DeskClient, two: list[DeskClient], at_once: AtOnce
) -> None:
    browser, conversation, number = await handed_over(running)
    agents = iter(two)
    claimed = await asyncio.to_thread(at_once, lambda: next(agents).claim(number))
    refused = [one for one in claimed if isinstance(one, Refused)]
    assert [one.status for one in refused] == [409]
    name = boss.of(number)["claimed_name"]
    assert name in {"Ana", "Ben"}
    await joined(running, conversation)
    told = [text for kind, text in transcript(running, conversation) if kind == "claimed"]
    assert len(told) == 1
    assert name in told[0]
    await browser.close()


async def test_a_customer_who_reloads_closes_and_comes_back_another_day_has_it_all(
    killable: Killable,
) -> None:
    running = killable.running
    browser, conversation, number = await handed_over(running)
    token = browser.confirmed["token"]
    desk = client(running)
    desk.claim(number)
    desk.reply(number, "one")
    await browser.until(lambda: any(one["text"] == "one" for one in browser.said))
    reloaded = await Browser(running.url).open(token)
    await browser.close()
    assert reloaded.confirmed["standing"] == {
        **reloaded.confirmed["standing"],
        "state": "with_person",
        "name": "Sara",
    }
    assert [one["text"] for one in reloaded.confirmed["history"]][-1] == "one"
    await reloaded.close()
    # Nobody has a window open; the person writes on.
    desk.reply(number, "two")
    await eventually(lambda: ("agent", "two") in transcript(running, conversation))
    # Two days later: Rasa's session has expired.
    with sqlite3.connect(running.state / "conversations.db", timeout=20) as database:
        for identity, data in database.execute(
            "SELECT id, data FROM events WHERE sender_id = ?", [conversation]
        ).fetchall():
            event = json.loads(data)
            event["timestamp"] -= 2 * 86400
            database.execute(
                "UPDATE events SET data = ?, timestamp = ? WHERE id = ?",
                [json.dumps(event), event["timestamp"], identity],
            )
    back = await Browser(running.url).open(token)
    assert [one["text"] for one in back.confirmed["history"]][-2:] == ["one", "two"]
    answered = back.answered
    await back.write("I am back", "back")
    await back.until(lambda: back.answered > answered)
    assert back.said == []
    assert desk.said(number, "customer") == ["I am back"]
    desk.reply(number, "welcome back")
    await back.until(lambda: [one["text"] for one in back.said] == ["welcome back"])
    desk.close(number)
    await back.until(lambda: len(back.said) == 2)
    assert "I'm the AI assistant again" in back.said[1]["text"]
    await back.close()
    whole = await Browser(running.url).open(token)
    texts = [one["text"] for one in whole.confirmed["history"]]
    for text in ("one", "two", "I am back", "welcome back"):
        assert texts.count(text) == 1
    await whole.close()


# -- the database away -------------------------------------------------------------------------------


class Postgres:
    """A PostgreSQL that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder, self.port = folder, free_port()
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_user:
            shutil.chown(folder, "postgres")
        self.data = folder / "data"
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "exemplar")

    @property
    def url(self) -> str:
        return f"postgresql://exemplar@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        )
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-o", options, "-l", log, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self.as_user, str(self.programs / program), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    # Not below pytest's own folder, which another run of it closes to other users.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        server = Postgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def on_postgres(database: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(
        tmp_path_factory.mktemp("on-postgres") / "state",
        EXEMPLAR_DATABASE_URL=database.url,
        EXEMPLAR_TRACKER_STORE_URL=database.url,
    )
    yield running
    stop(running)


async def test_the_database_away_for_thirty_seconds(
    on_postgres: Running, database: Postgres
) -> None:
    running = on_postgres
    browser, conversation, number = await handed_over(running)
    desk = client(running)
    desk.claim(number)
    await joined(running, conversation)
    await browser.write("customer 0", "c0")
    desk.reply(number, "person 0", key="p0")
    await eventually(lambda: ("customer", "customer 0") in transcript(running, conversation))
    await eventually(lambda: ("agent", "person 0") in transcript(running, conversation))
    await asyncio.to_thread(database.stop)
    gone = time.monotonic()

    async def customer() -> None:
        for count in (1, 2, 3):
            await write_surely(browser, f"customer {count}", f"c{count}")

    async def person() -> None:
        for count in (1, 2, 3):
            await surely(lambda count=count: desk.reply(number, f"person {count}", key=f"p{count}"))

    both: list[Awaitable[None]] = [asyncio.create_task(customer()), asyncio.create_task(person())]
    await asyncio.sleep(30 - (time.monotonic() - gone))
    assert not any(task.done() for task in both)  # type: ignore[attr-defined]
    await asyncio.to_thread(database.start)
    await asyncio.gather(*both)

    def settled() -> bool:
        said = transcript(running, conversation)
        return ("customer", "customer 3") in said and ("agent", "person 3") in said

    await eventually(settled, 120)
    said = transcript(running, conversation)
    begun = next(at for at, (kind, _) in enumerate(said) if kind == "claimed")
    after = said[begun + 1 :]
    numbers = range(4)
    assert [text for kind, text in after if kind == "customer"] == [
        f"customer {n}" for n in numbers
    ]
    assert [text for kind, text in after if kind == "agent"] == [f"person {n}" for n in numbers]
    assert not [text for kind, text in after if kind == "assistant"]
    assert desk.said(number, "customer") == [f"customer {n}" for n in numbers]
    assert desk.said(number, "agent") == [f"person {n}" for n in numbers]
    await browser.until(
        lambda: (
            [one["text"] for one in browser.said if one.get("kind") == "agent"]
            == [f"person {n}" for n in numbers]
        )
    )
    await browser.close()


async def test_asking_for_a_person_while_the_database_is_away_is_answered_afterwards(
    on_postgres: Running, database: Postgres
) -> None:
    running = on_postgres
    browser = await Browser(running.url).open()
    await browser.write("hello", "0")
    await browser.until(lambda: browser.answered == 1)
    await asyncio.to_thread(database.stop)
    wish = asyncio.create_task(write_surely(browser, "a person please", "wish"))
    await asyncio.sleep(5)
    await asyncio.to_thread(database.start)
    await wish
    conversation = conversation_of(browser)
    await eventually(lambda: running.slots(conversation).get("handover") == "waiting", 120)
    said = transcript(running, conversation)
    assert said.count(("customer", "a person please")) == 1
    assert sum("H-" in text for kind, text in said if kind == "assistant") == 1
    await browser.close()
