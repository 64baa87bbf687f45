"""Slack: Rasa's own channel, with what it lacks.

Set up by ``SLACK_TOKEN`` and ``SLACK_SIGNING_SECRET``. Rasa's channel drops Slack's retries only where
they follow a time-out, posts what is pushed to one fixed channel whoever it is for, and gives up when
Slack says "too many requests"; here an event counts once, an answer goes where the customer wrote,
and Slack's limits are waited for.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.slack import SlackBot, SlackInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from exemplar.channels.inbox import Received
from exemplar.channels.reception import Reception
from exemplar.channels.said import Said, send
from exemplar.errors import ExemplarError
from exemplar.text import whole_characters

#: Slack's limits on one message (docs.slack.dev/reference/methods/chat.postMessage and
#: …/reference/block-kit/blocks/section-block).
_LONGEST_TEXT: Final = 4_000
_LONGEST_SECTION: Final = 3_000
_RETRIES: Final = 5


class Bot(SlackBot):
    """Posts to the Slack channel in which the customer wrote."""

    def __init__(self, token: str, channel: str | None = None, thread: str | None = None) -> None:
        """Takes the bot's token; without a channel, the recipient's own is used."""
        super().__init__(token, channel, thread)
        self.client = AsyncWebClient(
            token,
            base_url=os.environ.get("SLACK_API_URL", AsyncWebClient.BASE_URL),
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=_RETRIES),
                AsyncRateLimitErrorRetryHandler(max_retry_count=_RETRIES),
                AsyncServerErrorRetryHandler(max_retry_count=_RETRIES),
            ],
        )

    async def _post_message(self, channel: str, **kwargs: Any) -> None:
        # A conversation is called user_channel (see Slack.conversation_granularity).
        await super()._post_message(channel=channel.rpartition("_")[2], **kwargs)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Posts a text, in as many messages as Slack's limit asks for."""
        for start in range(0, len(text), _LONGEST_TEXT):
            await self._post_message(
                channel=self.slack_channel or recipient_id, text=text[start : start + _LONGEST_TEXT]
            )

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Posts a text with buttons below it."""
        rows: list[dict[str, Any]] = [
            {
                "type": "section",
                "text": {"type": "plain_text", "text": text[:_LONGEST_SECTION]},
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": button["title"][:75]},
                        "value": button["payload"],
                        "action_id": f"button_{number}",
                    }
                    for number, button in enumerate(buttons)
                ],
            },
        ]
        await self._post_message(channel=self.slack_channel or recipient_id, text=text, blocks=rows)


class Slack(SlackInput):
    """Rasa's Slack channel, for ``credentials.yml``; off until its two variables are set."""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Takes token and signing secret from the environment.

        Raises:
            ExemplarError: one of them is set without the other.
        """
        token = os.environ.get("SLACK_TOKEN")
        secret = os.environ.get("SLACK_SIGNING_SECRET")
        if not token and not secret:
            return NoSlack()
        if not token or not secret:
            missing = "SLACK_SIGNING_SECRET" if token else "SLACK_TOKEN"
            raise ExemplarError(f"Slack needs {missing}, too: set both, or neither.")
        return cls(
            token,
            slack_signing_secret=secret,
            slack_retry_reason_header="x-slack-retry-reason",
            slack_retry_number_header="x-slack-retry-num",
            # One conversation a person and place: in a shared channel, nobody's orders are shown to
            # a conversation that began in private.
            conversation_granularity="channel",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """See :meth:`from_credentials`."""
        super().__init__(*args, **kwargs)
        # A retry is dropped because its event was seen, not for the reason that Slack gives.
        self.errors_ignore_retry = ()
        self._reception: Reception | None = None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns Rasa's routes, with a reception that loses no event."""

        async def post(message: Received, answers: Sequence[Said]) -> None:
            channel = (message.content["metadata"] or {}).get("out_channel")
            for said in answers:
                await send(self.get_output_channel(channel), message.conversation, said)

        self._reception = Reception(self.name(), on_new_message, post, can_reload=False)
        blueprint = super().blueprint(on_new_message)
        self._reception.attach(blueprint)
        return blueprint

    def get_output_channel(
        self, channel: str | None = None, thread_id: str | None = None
    ) -> OutputChannel:
        """Returns a way to post; without a channel, to the one in which the recipient wrote."""
        return Bot(self.slack_token, channel, thread_id)

    async def process_message(
        self,
        request: Request,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        text: str,
        sender_id: str | None,
        metadata: dict[str, Any] | None,
    ) -> Any:
        """Takes an event once, however often Slack delivers it, and answers Slack at once."""
        assert self._reception is not None
        if sender_id is None:
            return response.text("")
        message = Received(
            sender_id,
            _event_id(request) or f"click-{time.time_ns()}",
            {"text": whole_characters(text), "metadata": metadata},
        )
        try:
            await self._reception.take(message)
        except sa.exc.SQLAlchemyError:
            # Not acknowledged: Slack delivers it again.
            return response.text("The database does not answer.", status=503)
        return response.text("")


def _event_id(request: Request) -> str | None:
    """Returns what Slack calls the event: the same in every delivery."""
    if request.headers.get("content-type") == "application/json":
        body = request.json if isinstance(request.json, dict) else {}
        event = body.get("event_id")
        return str(event) if event else None
    # Slack does not retry a click; whoever clicks twice means it twice.
    with suppress(ValueError, KeyError, IndexError, TypeError):
        return str(json.loads(request.form["payload"][0])["trigger_id"])
    return None


class NoSlack(InputChannel):
    """Stands where Slack would be, and says how to set it up."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "slack"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns one route that explains."""
        blueprint = Blueprint("slack_webhook", __name__)

        @blueprint.route("/webhook", methods=["GET", "POST"])
        async def webhook(_: Request) -> HTTPResponse:
            return response.text(
                "Slack is not set up: set SLACK_TOKEN and SLACK_SIGNING_SECRET.", status=404
            )

        return blueprint
