"""SESSIONS for the tests of the pages, and a review server that listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from pathlib import Path

from exemplar.sessions.model import Consent, Labels, Outcome, Session, Turn
from tests.conftest import free_port

GOALS = ("track_order", "get_refund", "cancel_order")

WRITTEN = """\
# Kept by hand.
id: late-sofa
channel: website
stage: after
language: en
origin: authored
agent: exemplary
consent:
  customer: {given: 2026-11-24, by: the author, for: [learning, evaluation]}
  agent: {given: 2026-11-24, by: the author, for: [learning, evaluation]}
started: 2026-04-28T09:20:00Z
outcome: {solved: true, rating: 4}
turns:
- speaker: customer  # a long wait
  at: 0
  text: >-
    Three weeks, and no sofa.
    Where is it? <b>bold</b>
  labels: {intent: track_order, emotion: frustration, frustration: 0.7, by: author}
- speaker: agent
  at: 60
  text: "Three weeks on the floor. I look it up: which number?"
  labels: {moves: [restate, own], facts: {order_state: needs_details}, by: model, confidence: 0.41}
- speaker: customer
  at: 90
  text: ML-104163
- speaker: agent
  at: 130
  text: It comes on Friday, before noon.
  # The promise was kept.
  labels: {moves: [explain, expect], by: model, confidence: 0.83}
"""


def consent(*purposes: str, withdrawn: date | None = None) -> Consent:
    return Consent(date(2026, 11, 24), "the author", purposes or ("learning",), withdrawn)


def session(
    name: str,
    levels: tuple[float, ...] = (0.8, 0.4, 0.1),
    *,
    moves: tuple[str, ...] = ("validate", "explain"),
    anti_moves: tuple[str, ...] = (),
    agent: str = "exemplary",
    stage: str = "after",
    emotion: str = "frustration",
    text: str = "Of course, here is how.",
    given: Consent | None = None,
    apart: bool = False,
) -> Session:
    """Returns a SESSION in which the customer's frustration goes so, and the agent answers each time."""
    turns = []
    for number, level in enumerate(levels):
        feels = emotion if level > 0.3 else "gratitude"
        turns.append(
            Turn(
                "customer",
                60.0 * number,
                f"Words {number}",
                Labels("author", 1.0, "track_order", feels, level),
            )
        )
        turns.append(
            Turn(
                "agent",
                60.0 * number + 30,
                text,
                Labels("author", moves=moves, anti_moves=anti_moves),
            )
        )
    return Session(
        name,
        "website",
        stage,
        "en",
        "authored",
        agent,
        given or consent(),
        consent(),
        datetime(2026, 4, 28, tzinfo=timezone.utc),
        Outcome(agent == "exemplary", 5),
        tuple(turns),
        apart,
    )


def some_sessions() -> list[Session]:
    return [
        *(session(f"good-{n}", (0.8, 0.5 - n / 50, 0.1)) for n in range(5)),
        session("thin-one", moves=("resolve", "close"), emotion="anger"),
        *(
            session(
                f"plain-{n}",
                (0.6, 0.7, 0.8),
                moves=("explain",),
                anti_moves=("defend",),
                agent="ordinary",
            )
            for n in range(3)
        ),
    ]


@contextmanager
def reviewing(folder: Path, token: str = "the-token") -> Iterator[str]:
    """Serves the review of a folder; gives its address, without the token."""
    from exemplar.sessions.review import Desk, create_app, server_for

    port = free_port()
    app = create_app(Desk(folder, ("track_order", "get_refund", "provide_details")), port, token)
    server = server_for(app, port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
