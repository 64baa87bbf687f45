"""REST: Rasa's own channel, which tells a broken request from a message."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.rest import RestInput
from sanic.exceptions import InvalidUsage
from sanic.request import Request

from exemplar.text import whole_characters


class Rest(RestInput):
    """Rasa's REST channel, for ``credentials.yml``; it stands at the same address."""

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
