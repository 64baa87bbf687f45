"""SESSIONS that the tests make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

from exemplar.sessions.model import Consent, Outcome, Session, Turn

AGREED = Consent(date(2026, 9, 1), "form 12", ("learning", "evaluation"))


def recorded(name: str, *turns: Turn, **changes: Any) -> Session:
    """A SESSION with both sides' consent, that ended well."""
    made = Session(
        id=name,
        channel="website",
        stage="after",
        language="en",
        origin="recorded",
        agent="exemplary",
        customer_consent=AGREED,
        agent_consent=AGREED,
        started=datetime(2026, 9, 14, tzinfo=timezone.utc),
        outcome=Outcome(True),
        turns=turns,
    )
    return replace(made, **changes)
