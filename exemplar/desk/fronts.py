"""What a front is: a place where people see handovers, or where the customer does.

A front gets every entry of every handover, at least once, in order within a conversation. It calls back
by :class:`exemplar.desk.service.Desk`.
"""

from __future__ import annotations

from typing import Any, Protocol

from exemplar.desk.model import Entry, Handover


class Later(Exception):
    """Not now: the other side asked to wait, or does not answer.

    Attributes:
        seconds: how long it asked for; None: as long as the outbox sees fit.
    """

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        """Takes the reason, and the wait that was asked for."""
        super().__init__(reason)
        self.seconds = seconds


class Never(Exception):
    """It can never be delivered, however often it is tried; what comes behind goes on."""


class Front(Protocol):
    """Where entries are delivered to."""

    async def deliver(self, entry: Entry, handover: Handover, tries: int) -> None:
        """Delivers an entry.

        Returning means that the other side has it. Whatever is raised means that it may not: the entry
        is delivered again, with a wait that grows, and those behind it in the same conversation wait.

        Args:
            entry: what was said or done. ``(entry.handover, entry.seq)`` is the same in every delivery.
            handover: as it stands now, which may be later than the entry.
            tries: how often it was tried before; above 0, the other side may have it already.

        Raises:
            Later: to be tried again, after the wait that it names.
            Never: not to be tried again.
        """

    def attach(self, app: Any) -> None:
        """Adds the routes by which the other side calls, to the Sanic app, if there are any."""
