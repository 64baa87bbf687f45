"""What the environment decides, and the secrets that are made where it does not.

Every variable has a default that works on one machine; ``docs/operators.md`` lists them.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from exemplar.errors import ExemplarError

#: The project's folder.
ROOT: Final = Path(__file__).parents[1]


def state_folder() -> Path:
    """Returns the folder for databases and secrets, made if need be (``EXEMPLAR_STATE``, or ``var``)."""
    folder = Path(os.environ.get("EXEMPLAR_STATE") or ROOT / "var")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExemplarError(
            f"EXEMPLAR_STATE: cannot make the folder {folder} ({error})."
        ) from error
    return folder


def _sqlite(name: str) -> str:
    return f"sqlite:///{state_folder() / name}"


def shop_database_url() -> str:
    """Where customers, orders and handovers are kept (``EXEMPLAR_DATABASE_URL``)."""
    return os.environ.get("EXEMPLAR_DATABASE_URL") or _sqlite("shop.db")


def shop_url() -> str | None:
    """Where the company's own shop answers over REST (``EXEMPLAR_SHOP_URL``); the database if not set."""
    return os.environ.get("EXEMPLAR_SHOP_URL") or None


def shop_token() -> str:
    """What is shown to that shop, and asked for by ``exemplar shop serve`` (``EXEMPLAR_SHOP_TOKEN``).

    Raises:
        ExemplarError: it is not set.
    """
    token = os.environ.get("EXEMPLAR_SHOP_TOKEN")
    if not token:
        raise ExemplarError("set EXEMPLAR_SHOP_TOKEN to the token that the shop's API asks for.")
    return token


def tracker_store_url() -> str:
    """Where conversations are kept (``EXEMPLAR_TRACKER_STORE_URL``)."""
    return os.environ.get("EXEMPLAR_TRACKER_STORE_URL") or _sqlite("conversations.db")


def lock_store_url() -> str | None:
    """Redis for the locks of several workers (``EXEMPLAR_LOCK_STORE_URL``); memory if not set."""
    return os.environ.get("EXEMPLAR_LOCK_STORE_URL") or None


def event_broker_url() -> str | None:
    """RabbitMQ to publish events to (``EXEMPLAR_EVENT_BROKER_URL``); nowhere if not set."""
    return os.environ.get("EXEMPLAR_EVENT_BROKER_URL") or None


@dataclass(frozen=True)
class Addresses:
    """Where the two servers listen."""

    host: str
    port: int
    actions_port: int

    @property
    def url(self) -> str:
        """The base address of the Rasa server, as seen from this machine."""
        return f"http://{self._reachable}:{self.port}"

    @property
    def actions_url(self) -> str:
        """The base address of the action server, which never leaves the loopback."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def _reachable(self) -> str:
        return "localhost" if self.host in {"0.0.0.0", "127.0.0.1", "::"} else self.host


def addresses() -> Addresses:
    """Returns where the servers listen: ``EXEMPLAR_HOST``, ``EXEMPLAR_PORT``, ``EXEMPLAR_ACTIONS_PORT``.

    Raises:
        ExemplarError: a port is not a number that can be one.
    """
    return Addresses(
        os.environ.get("EXEMPLAR_HOST") or "127.0.0.1",
        _port("EXEMPLAR_PORT", 5005),
        _port("EXEMPLAR_ACTIONS_PORT", 5055),
    )


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) < 65536:
        raise ExemplarError(f"{variable} is {text!r}; set it to a port number, 1 to 65535.")
    return int(text)


@dataclass(frozen=True)
class Secrets:
    """Keys that nobody may guess.

    Attributes:
        api_token: what Rasa's HTTP API asks for (``EXEMPLAR_API_TOKEN``).
        desk_key: opens the desk (``EXEMPLAR_DESK_KEY``).
        visitor_key: signs the token that ties a browser to its conversation (``EXEMPLAR_VISITOR_KEY``).
        shop_key: shared with the shop's server, which signs who is signed in (``EXEMPLAR_SHOP_KEY``).
    """

    api_token: str
    desk_key: str
    visitor_key: str
    shop_key: str


@lru_cache(maxsize=1)
def shared_secrets() -> Secrets:
    """Returns the secrets, from the environment or from ``secrets.json``, made at first use.

    Raises:
        ExemplarError: the file is broken.
    """
    file = state_folder() / "secrets.json"
    kept: dict[str, str] = {}
    if file.exists():
        try:
            kept = {name: str(key) for name, key in json.loads(file.read_text()).items() if key}
        except (ValueError, AttributeError) as error:
            raise ExemplarError(f"{file} is broken: delete it, new keys are made.") from error
    names = {
        "api_token": "EXEMPLAR_API_TOKEN",
        "desk_key": "EXEMPLAR_DESK_KEY",
        "visitor_key": "EXEMPLAR_VISITOR_KEY",
        "shop_key": "EXEMPLAR_SHOP_KEY",
    }
    made = {name: secrets.token_urlsafe(24) for name in names if name not in kept}
    if made:
        kept |= made
        # Written by one process and read by the other: never half a file, and for this user only.
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(kept, indent=1))
        draft.replace(file)
    return Secrets(
        **{name: os.environ.get(variable) or kept[name] for name, variable in names.items()}
    )
