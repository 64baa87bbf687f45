"""The desk's place in the Rasa server, for ``credentials.yml``: its pages, its fronts, its dispatcher."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic

from exemplar.desk.fronts import Front
from exemplar.desk.helpdesk.api import add_api
from exemplar.desk.helpdesk.webhook import webhook_front
from exemplar.desk.outbox import CUSTOMER, SLACK, WEBHOOK
from exemplar.desk.registry import shared_registry
from exemplar.desk.service import shared_desk
from exemplar.desk.slack.setup import slack_front
from exemplar.desk.web import add_pages
from exemplar.server.relay import CustomerFront, catch_up, durable

logger = logging.getLogger(__name__)


class Desk(InputChannel):
    """The desk. Customers do not write here."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "desk"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns nothing of its own; the desk stands at ``/desk``."""
        return _DeskBlueprint("desk", __name__)


def make_fronts(customer: CustomerFront) -> dict[str, Front]:
    """Returns a front for each destination of the outbox that is set up, beside the customer's."""
    fronts: dict[str, Front] = {CUSTOMER: customer}
    if (slack := slack_front(shared_desk())) is not None:
        fronts[SLACK] = slack
    if (webhook := webhook_front(shared_desk().terms)) is not None:
        fronts[WEBHOOK] = webhook
    return fronts


class _DeskBlueprint(Blueprint):
    """Brings the desk's routes, which do not stand below ``/webhooks``, and starts its dispatcher."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attaches all to the server."""
        super().register(app, options)
        add_pages(app)
        add_api(app, shared_desk())
        customer = CustomerFront(app, shared_registry())
        fronts = make_fronts(customer)
        for front in fronts.values():
            front.attach(app)

        async def start(started: Sanic, *_: Any) -> None:
            store = durable(started.ctx.agent.tracker_store)
            store.desk = shared_desk()
            shared_desk().start(fronts, customer.follow_up)
            started.add_task(_catch_up(store))

        async def stop(*_: Any) -> None:
            shared_desk().stop()

        app.register_listener(start, "after_server_start")
        app.register_listener(stop, "before_server_stop")


async def _catch_up(store: Any) -> None:
    while True:
        try:
            return await catch_up(shared_desk(), store)
        except Exception as error:
            logger.warning("The desk is not up to date yet, trying again: %s", type(error).__name__)
            await asyncio.sleep(2)
