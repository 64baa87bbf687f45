"""Open handovers with messages both ways: how long a relayed message takes, and whether one is lost.

Customers are website sockets, agents are desk sessions with live updates, as in two browsers. A
customer's message counts from its sending until the desk is told of it; a person's from its sending until
it is in the customer's window.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.conftest import start, stop

AGENTS = 5
#: Seconds in which the windows close; by then everything was measured.
_GOODBYE = 20


class Customer:
    """A window of the website's chat."""

    def __init__(self, bench: Bench, index: int) -> None:
        self.bench, self.index = bench, index
        self.socket = socketio.AsyncClient()
        self.number = ""
        self.confirmed = asyncio.Event()
        self.heard: list[str] = []
        self.sent: list[str] = []
        self.replied: list[str] = []
        self.token: str | None = None
        self.socket.on("connect", self._ask)
        self.socket.on("session_confirm", self._confirm)
        self.socket.on("bot_uttered", self._hear)

    async def _ask(self) -> None:
        if self.token:
            self.bench.reconnected += 1
        await self.socket.emit("session_request", {"token": self.token})

    def _confirm(self, said: dict[str, Any]) -> None:
        self.token = said["token"]
        # What came while there was no connection, as the page shows it.
        for one in said["history"]:
            if one.get("kind") == "agent" and one["text"] not in self.heard:
                self._hear(one)
        self.confirmed.set()

    def _hear(self, said: dict[str, Any]) -> None:
        if said.get("kind") == "agent":
            self.heard.append(said["text"])
            self.bench.arrived(self.bench.to_customer, said["text"])

    async def open(self, url: str) -> None:
        """Opens the window."""
        await self.socket.connect(url, transports=["polling"])
        await self.confirmed.wait()

    async def write(self, text: str) -> None:
        """Writes; returns once the server has it."""
        while True:
            try:
                await self.socket.call("user_uttered", {"text": text, "id": text}, timeout=10)
                return
            except socketio.exceptions.SocketIOError:
                # Sent again, as the page does: the server knows by its id what comes twice.
                self.bench.repeated += 1
                await asyncio.sleep(0.5)


class Bench:
    """Everything that is measured."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key
        self.sent: dict[str, float] = {}
        self.to_desk: dict[str, float] = {}
        self.to_customer: dict[str, float] = {}
        self.reconnected = self.repeated = 0

    def arrived(self, where: dict[str, float], text: str) -> None:
        """Notes how long a message took, the first time that it arrives."""
        if text in self.sent and text not in where:
            where[text] = time.perf_counter() - self.sent[text]


class Agent:
    """Somebody at the desk."""

    def __init__(self, bench: Bench, http: aiohttp.ClientSession) -> None:
        self.bench, self.http = bench, http
        self.token = ""
        self.known: dict[str, int] = {}

    async def call(self, path: str, body: Any = None) -> Any:
        """Asks the desk."""
        address = f"{self.bench.url}/desk/api/{path}"
        headers = {"X-Desk-Token": self.token}
        how = (
            self.http.get(address)
            if body is None
            else self.http.post(address, json=body, headers=headers)
        )
        async with how as answer:
            answer.raise_for_status()
            return await answer.json()

    async def watch(self) -> None:
        """Follows what the desk pushes."""
        async with self.http.get(
            f"{self.bench.url}/desk/api/events",
            timeout=aiohttp.ClientTimeout(total=None),
            read_bufsize=2**20,
        ) as stream:
            event = ""
            async for raw in stream.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == "changed":
                    for one in json.loads(line.removeprefix("data: ")):
                        if one["mine"]:
                            await self._changed(one)

    async def _changed(self, one: dict[str, Any]) -> None:
        number = one["number"]
        # The person's own answers come back here too.
        if one["last_text"].startswith("customer "):
            self.bench.arrived(self.bench.to_desk, one["last_text"])
        known = self.known.get(number, one["last_seq"])
        if one["last_seq"] > known + 1:
            # Several at once: the others are looked up, as the page does for the one that is open.
            for entry in await self.call(f"handovers/{number}/entries?after={known}"):
                if entry["kind"] == "customer":
                    self.bench.arrived(self.bench.to_desk, entry["text"])
        self.known[number] = max(known, one["last_seq"])


async def until(true: Callable[[], bool], seconds: float) -> bool:
    """Waits, at the most so long; returns whether it came true."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return true()


async def measure(bench: Bench, count: int, seconds: float, every: float, console: Console) -> bool:
    """Opens the handovers, has both sides write, and shows what it took; returns whether all arrived."""
    random.seed(7)
    customers = [Customer(bench, index) for index in range(count)]
    console.print(f"{count} customers ask for a person …")
    for customer in customers:
        await customer.open(bench.url)
    gate = asyncio.Semaphore(8)

    async def ask(customer: Customer) -> None:
        async with gate:
            await customer.write("a person please")

    await asyncio.gather(*(ask(customer) for customer in customers))
    sessions = [
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) for _ in range(AGENTS + 1)
    ]
    try:
        boss = Agent(bench, sessions[0])
        await (await boss.http.get(f"{bench.url}/desk", params={"key": bench.key})).read()
        boss.token = (await boss.call("me"))["token"]
        agents = []
        for index, session in enumerate(sessions[1:]):
            login, password = f"agent{index}", f"password number {index}"
            new = {"login": login, "name": f"Agent {index}", "role": "agent", "password": password}
            await boss.call("agents/add", new)
            form = {"login": login, "password": password}
            await (await session.post(f"{bench.url}/desk/sign-in", data=form)).read()
            agent = Agent(bench, session)
            agent.token = (await agent.call("me"))["token"]
            agents.append(agent)
        listed: list[dict[str, Any]] = []
        for _ in range(600):
            listed = await boss.call("handovers")
            if len(listed) == count:
                break
            await asyncio.sleep(0.5)
        console.print(f"{len(listed)} handovers are open; {AGENTS} agents claim them …")
        numbers = [one["number"] for one in listed]
        holders = {}
        for index, number in enumerate(numbers):
            holders[number] = agents[index % AGENTS]
            await holders[number].call(f"handovers/{number}/claim", {})
        for number in numbers:
            detail = await boss.call(f"handovers/{number}")
            holders[number].known[number] = detail["last_seq"]
        joined = await settled(boss, numbers)
        watchers = [asyncio.create_task(agent.watch()) for agent in agents]
        await asyncio.sleep(2)
        pairs = await matched(boss, numbers, customers)
        console.print(
            f"All know who is with them ({joined}). Messages both ways for {seconds:.0f} s …"
        )
        end = time.monotonic() + seconds
        await asyncio.gather(
            *(writes(bench, customer, end, every) for customer in customers),
            *(answers(bench, holders[n], n, pairs[n], end, every) for n in numbers),
        )
        # Without the first word, which was not measured.
        sent_to_desk = sum(len(customer.sent) - 1 for customer in customers)
        sent_to_customer = sum(len(customer.replied) for customer in customers)
        await until(
            lambda: (
                len(bench.to_desk) == sent_to_desk and len(bench.to_customer) == sent_to_customer
            ),
            60,
        )
        wrong = 0
        for number in numbers:
            said = await boss.call(f"handovers/{number}/entries?after=0")
            customer = pairs[number]
            wrong += [one["text"] for one in said if one["kind"] == "customer"] != customer.sent
            wrong += customer.heard != customer.replied
        for watcher in watchers:
            watcher.cancel()
        table = Table(
            title=f"{count} open handovers, {sent_to_desk + sent_to_customer} messages in {seconds:.0f} s"
        )
        for heading in ("relayed", "sent", "arrived", "median", "95th percentile", "longest"):
            table.add_column(heading, justify="right")
        for name, sent, took in (
            ("customer to desk", sent_to_desk, list(bench.to_desk.values())),
            ("person to customer", sent_to_customer, list(bench.to_customer.values())),
        ):
            cuts = statistics.quantiles(took, n=20)
            table.add_row(
                name,
                str(sent),
                str(len(took)),
                f"{statistics.median(took) * 1000:.0f} ms",
                f"{cuts[18] * 1000:.0f} ms",
                f"{max(took) * 1000:.0f} ms",
            )
        console.print(table)
        lost = sent_to_desk + sent_to_customer - len(bench.to_desk) - len(bench.to_customer)
        console.print(f"connections made anew: {bench.reconnected}; sent again: {bench.repeated}")
        console.print(
            f"lost: {lost}; conversations with something doubled, missing or out of order: {wrong}"
        )
        return not lost and not wrong
    finally:
        for session in sessions:
            await session.close()
        # All at once, and not for ever: each waits for the poll that it has open.
        await asyncio.wait(
            [asyncio.create_task(customer.socket.disconnect()) for customer in customers],
            timeout=_GOODBYE,
        )


async def settled(boss: Agent, numbers: list[str]) -> int:
    """Waits until every customer was told who joined."""
    done: set[str] = set()
    for _ in range(600):
        for number in set(numbers) - done:
            entries = await boss.call(f"handovers/{number}/entries?after=0")
            if any(one["kind"] == "claimed" and one["delivered"] for one in entries):
                done.add(number)
        if len(done) == len(numbers):
            break
        await asyncio.sleep(0.5)
    return len(done)


async def matched(
    boss: Agent, numbers: list[str], customers: list[Customer]
) -> dict[str, Customer]:
    """Finds whose each handover is, by a first word from each customer."""
    pairs: dict[str, Customer] = {}
    gate = asyncio.Semaphore(8)

    async def say(customer: Customer) -> None:
        async with gate:
            customer.sent.append(f"I am {customer.index}")
            boss.bench.sent[customer.sent[0]] = time.perf_counter()
            await customer.write(customer.sent[0])

    await asyncio.gather(*(say(customer) for customer in customers))
    by_word = {f"I am {customer.index}": customer for customer in customers}
    for number in numbers:
        while number not in pairs:
            entries = await boss.call(f"handovers/{number}/entries?after=0")
            for one in entries:
                if one["text"] in by_word:
                    pairs[number] = by_word[one["text"]]
            await asyncio.sleep(0 if number in pairs else 0.5)
    # Until all is quiet, and nothing of this is measured.
    await asyncio.sleep(5)
    for word in by_word:
        boss.bench.sent.pop(word)
    boss.bench.to_desk.clear()
    return pairs


async def writes(bench: Bench, customer: Customer, end: float, every: float) -> None:
    """A customer writes now and then."""
    await asyncio.sleep(random.uniform(0, every))
    while time.monotonic() < end:
        text = f"customer {customer.index}, message {len(customer.sent)}: is there any news of my order?"
        customer.sent.append(text)
        bench.sent[text] = time.perf_counter()
        await customer.write(text)
        await asyncio.sleep(random.uniform(0.5, 1.5) * every)


async def answers(
    bench: Bench, agent: Agent, number: str, customer: Customer, end: float, every: float
) -> None:
    """A person answers now and then."""
    await asyncio.sleep(random.uniform(0, every))
    while time.monotonic() < end:
        text = f"{number}, answer {len(customer.replied)}: I am looking into it."
        customer.replied.append(text)
        bench.sent[text] = time.perf_counter()
        await agent.call(f"handovers/{number}/messages", {"key": text, "text": text})
        await asyncio.sleep(random.uniform(0.5, 1.5) * every)


def main() -> int:
    """Runs the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=200, help="how many handovers are open")
    options.add_argument("--seconds", type=float, default=120, help="for how long they write")
    options.add_argument(
        "--every", type=float, default=30, help="seconds between a person's messages"
    )
    chosen = options.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        running = start(Path(folder) / "state")
        try:
            bench = Bench(running.url, running.secrets["desk_key"])
            good = asyncio.run(measure(bench, chosen.open, chosen.seconds, chosen.every, console))
        finally:
            stop(running)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
