"""The website: the shop's page with the chat in it, over a socket that can push.

A browser asks for a conversation with ``session_request`` and its token, if it has one, and with the
shop's own token for the customer who signed in, if one did; it gets ``session_confirm`` with the token
to keep and what was said so far. Then it sends ``user_uttered`` with a text and an id of its own, which is
acknowledged once the message is safe; sent twice, it counts once.
Answers come as ``bot_uttered``, in every window that has the conversation open.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint, SocketIOOutput
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from socketio import AsyncServer

from exemplar.asking import CUSTOMER, customer_of, proof_for
from exemplar.channels.inbox import Received
from exemplar.channels.reception import Reception
from exemplar.channels.said import Said
from exemplar.channels.standing import Standing, Standings
from exemplar.channels.visitor import conversation_of, new_visitor
from exemplar.desk.service import shared_desk
from exemplar.server.relay import from_program, once, said_by
from exemplar.settings import ROOT, shared_secrets
from exemplar.text import whole_characters

#: Longest message, in characters; the widget does not let a customer write more.
LONGEST: Final = 20_000
_WEB: Final = ROOT / "web"
_ASSETS: Final[dict[str, Path]] = {
    "shop.css": _WEB / "shop.css",
    "chat.js": _WEB / "chat.js",
    "deep-chat.js": _WEB / "node_modules" / "deep-chat" / "dist" / "deepChat.bundle.js",
    "socket.io.js": _WEB / "node_modules" / "socket.io-client" / "dist" / "socket.io.esm.min.js",
}
#: The page may load nothing from elsewhere. The chat component styles itself inline.
_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class WebsiteOutput(SocketIOOutput):
    """Sends to every window that has the conversation open."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "website"

    async def send_said(self, recipient_id: str, said: Said) -> None:
        """Sends what a person, or the assistant, says, with who says it."""
        await self._send_message(recipient_id, said.as_dict())

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Sends a text, in one bubble."""
        await self._send_message(recipient_id, {"text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Sends a text and what the customer may click instead of typing it."""
        titles = [button["title"] for button in buttons]
        await self._send_message(recipient_id, {"text": text, "buttons": titles})


class Website(InputChannel):
    """The shop's page, its chat, and what they load."""

    def __init__(self) -> None:
        """Made by Rasa, for ``credentials.yml``."""
        self._server: AsyncServer | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "website"

    def get_output_channel(self) -> OutputChannel | None:
        """Returns a way to push to any conversation of this channel."""
        return WebsiteOutput(self._server, "bot_uttered") if self._server else None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the socket, with the page beside it."""
        origins = os.environ.get("EXEMPLAR_SITE_ORIGINS", "").split()
        # None: only the page's own origin; a shop on another one is named in the environment.
        server = AsyncServer(async_mode="sanic", cors_allowed_origins=origins or None)
        _keep_tasks(server)
        self._server = server
        blueprint = _PageBlueprint(server, "/socket.io", "website_chat", __name__)
        way = WebsiteOutput(server, "bot_uttered")

        async def post(message: Received, answers: Sequence[Said]) -> None:
            for said in answers:
                await way.send_said(message.conversation, said)
            # Tells the windows that all has been said, also if that is nothing.
            await server.emit("answered", {}, room=message.conversation)

        async def failed(conversation: str) -> None:
            await server.emit("failed", {}, room=conversation)

        reception = Reception(self.name(), on_new_message, post, failed=failed, can_reload=True)
        reception.attach(blueprint)

        async def tell(conversation: str, standing: Standing) -> None:
            await server.emit("standing", standing, room=conversation)

        standings = Standings(shared_desk(), tell)

        @server.on("session_request")
        async def session_request(sid: str, data: Any = None) -> None:
            key = shared_secrets().visitor_key
            token = data.get("token") if isinstance(data, dict) else None
            conversation = conversation_of(token, key)
            if conversation is None:
                conversation, token = new_visitor(key)
            # Who signed in on the shop's page; a token that is no good is nobody.
            shown = data.get("customer") if isinstance(data, dict) else None
            customer = customer_of(shown, shared_secrets().shop_key)
            before = await server.get_session(sid)
            if before.get("counted"):
                standings.closed(before["conversation"])
            if before.get("conversation"):
                await server.leave_room(sid, before["conversation"])
            session = {"conversation": conversation, "customer": customer, "counted": True}
            await server.save_session(sid, session)
            await server.enter_room(sid, conversation)
            history = await _history(blueprint.ctx.app, conversation)
            history += await _not_in(history, reception, conversation)
            standing = await standings.opened(conversation)
            await server.emit(
                "session_confirm",
                {"token": token, "history": history, "standing": standing},
                room=sid,
            )

        @server.on("disconnect")
        async def disconnect(sid: str, *_: Any) -> None:
            session = await server.get_session(sid)
            if session.get("counted"):
                standings.closed(session["conversation"])

        @server.on("user_uttered")
        async def user_uttered(sid: str, data: Any = None) -> dict[str, str]:
            session = await server.get_session(sid)
            conversation, customer = session.get("conversation"), session.get("customer")
            if conversation is None:
                return {"error": "no session: reload the page"}
            text = data.get("text") if isinstance(data, dict) else None
            message_id = data.get("id") if isinstance(data, dict) else None
            if not isinstance(text, str) or not isinstance(message_id, str) or not text.strip():
                return {"error": "a message has a text and an id"}
            if len(text) > LONGEST:
                return {"error": f"a message has at most {LONGEST} characters"}
            text = whole_characters(text)
            proven = _vouched(customer, conversation) if customer else None
            content = {"text": text, "metadata": proven}
            message = Received(conversation, message_id, content)
            if not await reception.take(message):
                return {"status": "known"}
            await server.emit(
                "user_uttered", {"text": text, "id": message_id}, room=conversation, skip_sid=sid
            )
            return {"status": "taken"}

        return blueprint


def _keep_tasks(server: AsyncServer) -> None:
    """Keeps the socket's own tasks from being swept away.

    The library holds no reference to the task that sends a window its next ping; asyncio holds weak ones
    only. Without pings a window takes its connection for broken, and connects anew.
    """
    begin, running = server.eio.start_background_task, set()

    def start(target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        task = begin(target, *args, **kwargs)
        running.add(task)
        task.add_done_callback(running.discard)
        return task

    server.eio.start_background_task = start


def _vouched(customer: str, conversation: str) -> dict[str, Any]:
    proof = proof_for(customer, conversation, shared_secrets().visitor_key)
    return {CUSTOMER: {"email": customer, "proof": proof}}


async def _not_in(
    history: list[dict[str, Any]], reception: Reception, conversation: str
) -> list[dict[str, Any]]:
    """Returns what was taken and is not in the conversation yet, as the widget shows it."""
    try:
        waiting = await asyncio.to_thread(reception.inbox.open_in, conversation)
    except sa.exc.SQLAlchemyError:
        return []
    known = {one.get("id") for one in history}
    return [
        {"role": "user", "text": one.content["text"], "id": one.id}
        for one in waiting
        if one.id not in known
    ]


async def _history(app: Sanic, conversation: str) -> list[dict[str, Any]]:
    """Returns what was said so far, as the widget shows it."""
    tracker = await app.ctx.agent.tracker_store.retrieve_full_tracker(conversation)
    said: list[dict[str, Any]] = []
    for event in once(tracker.events if tracker else ()):
        if isinstance(event, UserUttered):
            if event.text and not from_program(event):
                said.append({"role": "user", "text": event.text, "id": event.message_id})
        elif isinstance(event, BotUttered) and event.text:
            said.append({"role": "ai", **said_by(event).as_dict()})
    return said


class _PageBlueprint(SocketBlueprint):
    """The socket's blueprint, which also brings the page."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attaches both. Rasa has a greeting at ``/`` already; the page goes before it."""
        super().register(app, options)
        self.ctx.app = app
        app.register_middleware(_page, "request")
        app.add_route(_asset, "/assets/<name:str>", methods=["GET"], name="website_asset")


async def _page(request: Request) -> HTTPResponse | None:
    if request.path != "/" or request.method not in {"GET", "HEAD"}:
        return None
    return response.html((_WEB / "index.html").read_text(encoding="utf-8"), headers=PAGE_HEADERS)


async def _asset(request: Request, name: str) -> HTTPResponse:
    file = _ASSETS.get(name)
    if file is None:
        return response.text("There is nothing here.", status=404)
    if not file.exists():
        return response.text("The page's parts are not installed: run 'make setup'.", status=503)
    return await response.file(file, headers={"X-Content-Type-Options": "nosniff"})
