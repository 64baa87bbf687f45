"""The people at the desk: who they are, how they sign in, and how long that lasts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.database import shared_database
from exemplar.desk.model import AGENT, ROLES, SUPERVISOR, Person
from exemplar.desk.registry import utc_now
from exemplar.desk.tables import agent_sessions, agents
from exemplar.errors import ExemplarError

#: A sign-in lasts a working day, and ends earlier where nothing is done for a while.
LASTS: Final = timedelta(hours=10)
IDLE: Final = timedelta(hours=2)
#: So many wrong passwords for a name, or in all, within the span, and nobody signs in by password.
TRIES: Final = 8
TRIES_SPAN: Final = timedelta(minutes=10)
#: The fewest characters of a password (NIST SP 800-63B asks for eight; length is what helps).
SHORTEST: Final = 10
#: Who signs in with the key of the installation.
KEY_LOGIN: Final = "supervisor"
KEY_NAME: Final = "A colleague"
#: Cost of scrypt: about 50 ms and 16 MiB (RFC 7914, OWASP).
_COST: Final = {"n": 2**14, "r": 8, "p": 1}
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
#: When the use of a session is written down again.
_NOTED: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Agent:
    """Somebody who may sign in.

    Attributes:
        id: the row's.
        login: what they sign in with.
        name: what customers are told.
        role: ``agent`` or ``supervisor``.
    """

    id: int
    login: str
    name: str
    role: str

    @property
    def person(self) -> Person:
        """Them, as the registry knows people."""
        return Person(f"desk:{self.login}", self.name, self.role)


class Refused(Exception):
    """Nobody is signed in by that; the message says why, for the person."""


class Agents:
    """The people in a SQL database. Safe to share between threads."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] | None = None) -> None:
        """Takes an engine whose tables exist."""
        self._engine = engine
        self._now = now or utc_now
        self._failed: dict[str, list[datetime]] = {}

    def add(self, login: str, name: str, role: str, password: str) -> Agent:
        """Adds somebody, or gives them another name, role and password; they have to sign in anew.

        Raises:
            ExemplarError: something of it cannot be.
        """
        login = login.strip().lower()
        name = " ".join(name.split())
        if not _LOGIN.fullmatch(login):
            raise ExemplarError(
                "the name to sign in with has up to 40 letters, digits, dots, dashes, in English letters."
            )
        if not 0 < len(name) <= 60:
            raise ExemplarError("the name that customers see has 1 to 60 characters.")
        if role not in ROLES:
            raise ExemplarError(f"{role!r} is no role; it is one of {', '.join(ROLES)}.")
        check_password(password)
        values = {"name": name, "role": role, "password": _hash(password), "removed": None}
        with self._engine.begin() as connection:
            known = connection.execute(
                sa.select(agents.c.id).where(agents.c.login == login)
            ).scalar()
            if known is None:
                connection.execute(agents.insert().values(login=login, added=self._now(), **values))
            else:
                connection.execute(agents.update().where(agents.c.id == known).values(**values))
                self._end_sessions(connection, known)
        return self._find(login)

    def remove(self, login: str) -> bool:
        """Lets somebody sign in no more, from this moment; returns whether there was such a person."""
        with self._engine.begin() as connection:
            known = connection.execute(
                sa.select(agents.c.id).where(
                    agents.c.login == login.strip().lower(), agents.c.removed.is_(None)
                )
            ).scalar()
            if known is None:
                return False
            connection.execute(
                agents.update().where(agents.c.id == known).values(removed=self._now())
            )
            self._end_sessions(connection, known)
        return True

    def everybody(self) -> list[Agent]:
        """Returns who may sign in."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(agents).where(agents.c.removed.is_(None)).order_by(agents.c.login)
            ).fetchall()
        return [_agent(row) for row in rows]

    def rename(self, agent: Agent, name: str) -> Agent:
        """Changes what customers are told; raises ExemplarError where that is no name."""
        name = " ".join(name.split())
        if not 0 < len(name) <= 60:
            raise ExemplarError("the name that customers see has 1 to 60 characters.")
        with self._engine.begin() as connection:
            connection.execute(agents.update().where(agents.c.id == agent.id).values(name=name))
        return self._find(agent.login)

    def sign_in(self, login: str, password: str) -> str:
        """Begins a session; returns the token that the browser keeps.

        Raises:
            Refused: name and password do not fit, or were tried too often.
        """
        login = login.strip().lower()
        if self._tried_too_often(login):
            raise Refused("Too many tries. Wait ten minutes, or ask a supervisor.")
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(agents).where(agents.c.login == login, agents.c.removed.is_(None))
            ).fetchone()
        # Nobody learns by the time it takes whether there is such a name.
        if not _fits(password, row.password if row else _nobody()):
            self._failed.setdefault(login, []).append(self._now())
            raise Refused("Name and password do not fit.")
        self._failed.pop(login, None)
        assert row is not None
        return self._begin(row.id)

    def sign_in_by_key(self) -> str:
        """Begins a session of the supervisor whom the installation's key stands for."""
        with self._engine.begin() as connection:
            row = connection.execute(
                sa.select(agents).where(agents.c.login == KEY_LOGIN)
            ).fetchone()
            if row is None:
                connection.execute(
                    agents.insert().values(
                        login=KEY_LOGIN,
                        name=KEY_NAME,
                        role=SUPERVISOR,
                        # No password fits: the key does.
                        password="",
                        added=self._now(),
                    )
                )
        return self._begin(self._find(KEY_LOGIN).id)

    def signed_in(self, token: str | None) -> Agent | None:
        """Returns who holds a token, None if it is not good, or not any more."""
        if not token:
            return None
        now = self._now()
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(agents, agent_sessions.c.used)
                .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
                .where(
                    agent_sessions.c.digest == _digest(token),
                    agent_sessions.c.expires > now,
                    agent_sessions.c.used > now - IDLE,
                    agents.c.removed.is_(None),
                )
            ).fetchone()
        if row is None:
            return None
        if now - row.used > _NOTED:
            with self._engine.begin() as connection:
                connection.execute(
                    agent_sessions.update()
                    .where(agent_sessions.c.digest == _digest(token))
                    .values(used=now)
                )
        return _agent(row)

    def sign_out(self, token: str | None) -> None:
        """Ends a session."""
        if token:
            with self._engine.begin() as connection:
                connection.execute(
                    agent_sessions.delete().where(agent_sessions.c.digest == _digest(token))
                )

    def _begin(self, agent_id: int) -> str:
        token, now = secrets.token_urlsafe(32), self._now()
        with self._engine.begin() as connection:
            connection.execute(agent_sessions.delete().where(agent_sessions.c.expires < now))
            connection.execute(
                agent_sessions.insert().values(
                    digest=_digest(token),
                    agent_id=agent_id,
                    begun=now,
                    used=now,
                    expires=now + LASTS,
                )
            )
        return token

    def _end_sessions(self, connection: Any, agent_id: int) -> None:
        connection.execute(agent_sessions.delete().where(agent_sessions.c.agent_id == agent_id))

    def _find(self, login: str) -> Agent:
        with self._engine.connect() as connection:
            return _agent(
                connection.execute(sa.select(agents).where(agents.c.login == login)).one()
            )

    def _tried_too_often(self, login: str) -> bool:
        since = self._now() - TRIES_SPAN
        for name in list(self._failed):
            self._failed[name] = [moment for moment in self._failed[name] if moment > since]
            if not self._failed[name]:
                del self._failed[name]
        return len(self._failed.get(login, ())) >= TRIES


def check_password(password: str) -> None:
    """Raises ExemplarError where a password is too short."""
    if len(password) < SHORTEST:
        raise ExemplarError(f"a password has at least {SHORTEST} characters.")
    if len(password) > 200:
        raise ExemplarError("a password has at most 200 characters.")


def csrf_token(session: str, key: str) -> str:
    """Returns what a page of this session sends with every change, and no other page can know."""
    return hmac.new(key.encode(), f"csrf\n{session}".encode(), hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _hash(password: str) -> str:
    salt = secrets.token_bytes(16)
    made = hashlib.scrypt(password.encode(errors="replace"), salt=salt, **_COST)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _fits(password: str, kept: str) -> bool:
    kind, _, rest = kept.partition("$")
    salt, _, made = rest.partition("$")
    if kind != "scrypt":
        return False
    again = hashlib.scrypt(
        password.encode(errors="replace")[:1000], salt=base64.b64decode(salt), **_COST
    )
    return hmac.compare_digest(again, base64.b64decode(made))


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hash(secrets.token_urlsafe(32))


def _agent(row: Any) -> Agent:
    return Agent(row.id, row.login, row.name, row.role)


@lru_cache(maxsize=1)
def shared_agents() -> Agents:
    """Returns the process's one list of people."""
    return Agents(shared_database())


__all__ = ["AGENT", "Agent", "Agents", "Refused", "csrf_token", "shared_agents"]
