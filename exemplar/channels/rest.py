"""REST: Rasa's own channel, which tells a broken request from a message, and keeps what people say.

It cannot push: what a person at the desk writes is fetched from ``/webhooks/rest/messages/<sender>``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from exemplar.desk.model import FOR_CUSTOMER, Entry, Handover
from exemplar.desk.registry import shared_registry
from exemplar.text import whole_characters


class Rest(RestInput):
    """Rasa's REST channel, for ``credentials.yml``; it stands at the same address."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """Returns Rasa's routes, and one for what people say."""
        blueprint = super().blueprint(on_new_message)
        blueprint.add_route(_messages, "/messages/<sender:str>", methods=["GET"])
        return blueprint

    async def _extract_sender(self, req: Request) -> str | None:
        sender = _body(req).get("sender")
        return None if sender is None else whole_characters(str(sender))

    def _extract_message(self, req: Request) -> str | None:
        message = _body(req).get("message")
        if message is not None and not isinstance(message, str):
            raise InvalidUsage('"message" is a text.')
        return message and whole_characters(message)


def _body(request: Request) -> dict[str, Any]:
    body = request.json
    if not isinstance(body, dict):
        raise InvalidUsage('Send an object with "sender" and "message".')
    return body


async def _messages(request: Request, sender: str) -> HTTPResponse:
    """Returns what people did and wrote in the sender's handover, the newest unless one is named."""
    after = str(request.args.get("after", "0"))
    if not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise InvalidUsage('"after" is the number of the last message that you have.')
    number = request.args.get("number")

    def look() -> tuple[Handover | None, list[Entry]]:
        registry = shared_registry()
        handover = registry.latest_handover(sender)
        if number and handover and handover.number != number:
            named = registry.find(number)
            # Somebody else's number shows nothing.
            handover = named if named and named.conversation == sender else None
        return handover, registry.entries_since(handover.number, int(after)) if handover else []

    handover, entries = await asyncio.to_thread(look)
    return response.json(
        [
            {
                "number": handover.number,
                "seq": entry.seq,
                "kind": entry.kind,
                "name": entry.name,
                # What is noted at the end is for the desk.
                "text": entry.text if entry.kind == "agent" else "",
                "at": entry.at.isoformat(timespec="milliseconds") + "Z",
            }
            for entry in entries
            if handover and entry.kind in FOR_CUSTOMER
        ]
    )
