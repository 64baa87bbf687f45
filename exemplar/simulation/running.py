"""Plays simulated customers against the running assistant, in both arms."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Any, Final

import requests
from sqlalchemy.engine import Engine

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT
from exemplar.simulation.customers import Customer
from exemplar.simulation.phrases import Phrasebook
from exemplar.simulation.reactions import Reactions
from exemplar.simulation.record import Answer, Conversation, Exchange
from exemplar.simulation.shop import Holding, count
from exemplar.simulation.talking import LONGEST, Reply, Talker

#: The arms, and with what words each begins. Both begin with some, so that both have been greeted.
ARMS: Final[dict[str, str]] = {"mood": "hi", "blind": "please stop reading my mood"}
#: Seconds.
_START_LIMIT: Final = 300
_ANSWER_LIMIT: Final = 120
#: Where the first so many conversations all fail, the others would, too.
_FAILED: Final = 8
#: A simulation leaves the databases alone that these name.
_NOT_OURS: Final = (
    *("EXEMPLAR_DATABASE_URL", "EXEMPLAR_SHOP_URL", "EXEMPLAR_TRACKER_STORE_URL"),
    *("EXEMPLAR_LOCK_STORE_URL", "EXEMPLAR_EVENT_BROKER_URL", "EXEMPLAR_API_TOKEN"),
)


@dataclass(frozen=True)
class Assistant:
    """The running assistant.

    Attributes:
        url: where it answers.
        token: what its API asks for.
    """

    url: str
    token: str


class Line:
    """A connection to the assistant; one for each thread."""

    def __init__(self, assistant: Assistant) -> None:
        """Takes the assistant."""
        self._assistant = assistant
        self._threads = local()
        self._messages: dict[str, int] = {}

    def _session(self) -> requests.Session:
        if not hasattr(self._threads, "session"):
            self._threads.session = requests.Session()
        session: requests.Session = self._threads.session
        return session

    def say(self, sender: str, text: str) -> Reply:
        """Sends a message and returns what the assistant did.

        Raises:
            ExemplarError: it does not answer.
        """
        try:
            self._session().post(
                f"{self._assistant.url}/webhooks/rest/webhook",
                json={"sender": sender, "message": text},
                timeout=_ANSWER_LIMIT,
            ).raise_for_status()
            tracker = self._session().get(
                f"{self._assistant.url}/conversations/{sender}/tracker",
                params={"token": self._assistant.token},
                timeout=_ANSWER_LIMIT,
            )
            tracker.raise_for_status()
            told = tracker.json()
            messages = sum(event["event"] == "user" for event in told["events"])
            if messages <= self._messages.get(sender, 0):
                # Rasa answers over REST also where it failed, with what was said until then.
                raise ValueError("it kept no message, so it failed at it; its log says why.")
            self._messages[sender] = messages
            return reply_of(told)
        except (requests.RequestException, ValueError) as error:
            raise ExemplarError(
                f"the assistant at {self._assistant.url} gave no answer to {text!r}: {error}"
            ) from error


def reply_of(tracker: Mapping[str, Any]) -> Reply:
    """Returns what the assistant did since the latest message, by Rasa's tracker as JSON."""
    events = tracker["events"]
    latest = max(n for n, event in enumerate(events) if event["event"] == "user")
    message, since = events[latest], events[latest + 1 :]
    parsed = message.get("parse_data") or {}
    emotion = parsed.get("emotion") or {}
    reads = tracker["slots"].get("emotion_reading") is not False
    return Reply(
        heard=str((parsed.get("intent") or {}).get("name") or ""),
        read=emotion.get("frustration") if reads else None,
        actions=tuple(
            event["name"]
            for event in since
            if event["event"] == "action" and event["name"] not in (None, "action_listen")
        ),
        answers=tuple(
            Answer(
                str(event.get("text") or ""),
                str((event.get("metadata") or {}).get("utter_action") or ""),
                tuple(b["payload"] for b in (event.get("data") or {}).get("buttons") or ()),
            )
            for event in since
            if event["event"] == "bot"
        ),
        slots=tracker["slots"],
    )


def play(
    customer: Customer,
    arm: str,
    sender: str,
    holding: Holding,
    line: Line,
    book: Phrasebook,
    reactions: Reactions,
    shop: Engine | None = None,
) -> Conversation:
    """Plays one conversation.

    Args:
        customer: who.
        arm: of :data:`ARMS`.
        sender: the conversation's name.
        holding: the customer's order.
        line: to the assistant.
        book: what can be said.
        reactions: how people react.
        shop: its database, where it may be looked at.
    """
    talker = Talker(customer, holding, book, reactions)
    done = Conversation(customer.number, arm, sender, tuple(n.name for n in customer.needs))
    try:
        first = line.say(sender, ARMS[arm])
        done.opening = (ARMS[arm], first.answers)
        talker.overhear(first)
        while not talker.end and len(done.exchanges) < LONGEST + 2:
            said, before = talker.speak(), talker.frustration
            meant, asked = talker.meant, talker.asked_for_person
            if asked and done.asked_for_person is None:
                done.asked_for_person = len(done.exchanges)
            reply = line.say(sender, said)
            anti_moves = talker.hear(reply)
            done.exchanges.append(
                Exchange(
                    said=said,
                    meant=meant,
                    heard=reply.heard,
                    frustration=round(before, 4),
                    read=reply.read,
                    mood=str(reply.slots.get("frustration") or ""),
                    actions=reply.actions,
                    answers=reply.answers,
                    anti_moves=anti_moves,
                    after=round(talker.frustration, 4),
                )
            )
        done.end = talker.end or "stuck"
    except ExemplarError as error:
        done.end, done.error = "failed", str(error)
    done.served = [need.name for need in talker.served if need in customer.needs]
    first_need = customer.needs[0]
    if shop is not None and first_need.query and first_need in talker.served:
        street, _, _ = talker.new_home
        known = {
            "order": holding.order,
            "email": holding.email,
            "sender": sender,
            "street": street,
            "phone": holding.phone,
            "new_name": talker.new_name,
        }
        done.shown = count(shop, first_need.query, known) > 0
    return done


def play_all(
    customers: Sequence[Customer],
    holdings: Mapping[tuple[int, str], Holding],
    line: Line,
    book: Phrasebook,
    reactions: Reactions,
    *,
    shop: Engine | None = None,
    name: str = "simulated",
    at_once: int = 4,
    step: Callable[[Conversation], object] = lambda _: None,
) -> list[Conversation]:
    """Plays all customers in both arms, several at once.

    Args:
        customers: who.
        holdings: each one's order, by number and arm.
        line: to the assistant.
        book: what can be said.
        reactions: how people react.
        shop: its database, where it may be looked at.
        name: what conversations are called, before arm and number.
        at_once: how many conversations.
        step: called after each.

    Returns:
        The conversations, in the order of customers and arms.

    Raises:
        ExemplarError: all the first ones fail.
    """
    with ThreadPoolExecutor(at_once) as threads:
        waiting = {
            threads.submit(
                play,
                customer,
                arm,
                f"{name}-{arm}-{customer.number}",
                holdings[customer.number, arm],
                line,
                book,
                reactions,
                shop,
            ): (customer.number, arm)
            for customer in customers
            for arm in ARMS
        }
        done = {}
        try:
            for future in as_completed(waiting):
                one = done[waiting[future]] = future.result()
                step(one)
                if len(done) == min(_FAILED, len(waiting)) and all(c.error for c in done.values()):
                    raise ExemplarError(
                        f"the first {len(done)} conversations all failed: {one.error}"
                    )
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
    return [done[customer.number, arm] for customer in customers for arm in ARMS]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_assistant(state: Path) -> Iterator[Assistant]:
    """Starts the assistant on free ports, with a state folder of its own, and stops it afterwards.

    Args:
        state: the folder, where its shop may be filled already.

    Raises:
        ExemplarError: it does not start.
    """
    port, actions_port = _free_port(), _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    environment |= {
        "EXEMPLAR_STATE": str(state),
        "EXEMPLAR_HOST": "127.0.0.1",
        "EXEMPLAR_PORT": str(port),
        "EXEMPLAR_ACTIONS_PORT": str(actions_port),
    }
    printed = state / "printed.txt"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "exemplar", "run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        begun = time.monotonic()
        while "Ctrl-C stops everything" not in (said := printed.read_text(errors="replace")):
            if process.poll() is not None:
                last = (said.strip().splitlines() or ["nothing was printed"])[-1]
                raise ExemplarError(f"the assistant did not start: {last}")
            if time.monotonic() - begun > _START_LIMIT:
                raise ExemplarError(f"the assistant did not start in {_START_LIMIT} s: {printed}")
            time.sleep(0.2)
        token = json.loads((state / "secrets.json").read_text())["api_token"]
        yield Assistant(f"http://127.0.0.1:{port}", token)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
