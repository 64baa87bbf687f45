"""The front of helpdesks: each entry is a signed call of the address that they named."""

from __future__ import annotations

import os
import time
from typing import Any, Final

import aiohttp

from exemplar.desk.fronts import Later, Never
from exemplar.desk.helpdesk.signing import SIGNATURE, TIMESTAMP, sign
from exemplar.desk.helpdesk.wire import HELPDESK, event_of
from exemplar.desk.model import Entry, Handover, Kind
from exemplar.desk.terms import Terms
from exemplar.errors import ExemplarError

#: How often it was sent before; above 0, the helpdesk may have it.
TRY: Final = "X-Exemplar-Try"
#: Seconds in which a helpdesk answers.
_PATIENCE: Final = 20


class WebhookFront:
    """Tells a helpdesk what is said and done."""

    def __init__(self, url: str, secret: str, terms: Terms) -> None:
        """Takes the helpdesk's address, the secret shared with it, and the desk's terms."""
        self._url = url
        self._secret = secret
        self._terms = terms

    async def deliver(self, entry: Entry, handover: Handover, tries: int) -> None:
        """Sends an entry; any 2xx means that the helpdesk has it."""
        if entry.author == HELPDESK and entry.kind in (Kind.AGENT, Kind.NOTE):
            return
        body = event_of(entry, handover, self._terms).json().encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: sign(self._secret, timestamp, body),
            TRY: str(tries),
        }
        limit = aiohttp.ClientTimeout(total=_PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if 200 <= answer.status < 300:
                return
            if answer.status == 410:
                raise Never("the helpdesk says that nobody is there any more")
            wait = answer.headers.get("Retry-After", "")
            seconds = float(wait) if wait.isascii() and wait.isdecimal() else None
            raise Later(f"the helpdesk answers {answer.status}", seconds)

    def attach(self, app: Any) -> None:
        """Has no routes of its own: helpdesks answer by the API."""


def webhook_front(terms: Terms) -> WebhookFront | None:
    """Returns the front, None where ``EXEMPLAR_DESK_WEBHOOK_URL`` is not set.

    Raises:
        ExemplarError: ``EXEMPLAR_DESK_WEBHOOK_SECRET`` is missing.
    """
    url = os.environ.get("EXEMPLAR_DESK_WEBHOOK_URL")
    if not url:
        return None
    secret = os.environ.get("EXEMPLAR_DESK_WEBHOOK_SECRET")
    if not secret:
        raise ExemplarError(
            "EXEMPLAR_DESK_WEBHOOK_URL is set: set EXEMPLAR_DESK_WEBHOOK_SECRET, too, to what the "
            "helpdesk checks signatures with."
        )
    return WebhookFront(url, secret, terms)
