"""The Slack front as the environment sets it up."""

from __future__ import annotations

import os

from slack_sdk.web.async_client import AsyncWebClient

from exemplar.database import shared_database
from exemplar.desk.service import Desk
from exemplar.desk.slack.front import SlackFront
from exemplar.desk.slack.threads import Threads
from exemplar.errors import ExemplarError


def slack_front(desk: Desk) -> SlackFront | None:
    """Returns the front, None where ``EXEMPLAR_DESK_SLACK_CHANNEL`` is not set.

    The desk may have an app of its own (``EXEMPLAR_DESK_SLACK_TOKEN``,
    ``EXEMPLAR_DESK_SLACK_SIGNING_SECRET``), or share the one that customers write to.

    Raises:
        ExemplarError: a variable is missing.
    """
    channel = os.environ.get("EXEMPLAR_DESK_SLACK_CHANNEL")
    if not channel:
        return None
    own = {
        name: os.environ.get(f"EXEMPLAR_DESK_SLACK_{name}") for name in ("TOKEN", "SIGNING_SECRET")
    }
    if any(own.values()) and not all(own.values()):
        missing = next(name for name, value in own.items() if not value)
        raise ExemplarError(f"the desk's Slack app needs EXEMPLAR_DESK_SLACK_{missing}, too.")
    customers = os.environ.get("SLACK_SIGNING_SECRET")
    token = own["TOKEN"] or os.environ.get("SLACK_TOKEN")
    secret = own["SIGNING_SECRET"] or customers
    if not token or not secret:
        raise ExemplarError(
            "EXEMPLAR_DESK_SLACK_CHANNEL is set: set EXEMPLAR_DESK_SLACK_TOKEN and "
            "EXEMPLAR_DESK_SLACK_SIGNING_SECRET, too, or SLACK_TOKEN and SLACK_SIGNING_SECRET."
        )
    return SlackFront(
        desk,
        Threads(shared_database()),
        channel,
        token,
        secret,
        os.environ.get("SLACK_API_URL") or AsyncWebClient.BASE_URL,
        shares_app=secret == customers,
    )
