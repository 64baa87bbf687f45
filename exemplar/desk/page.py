"""The desk's page: who waits for a person. Part of the Rasa server, for ``credentials.yml``."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, ConversationResumed, SlotSet
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from exemplar.desk.registry import Handover, shared_registry
from exemplar.settings import shared_secrets
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Complaint
from exemplar.shop.shop import ShopError

_COOKIE: Final = "exemplar_desk"
#: A sign-in lasts a working day, in seconds.
_LASTS: Final = 9 * 3600
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
#: What goes to the assistant when a person has closed a conversation.
CLOSED: Final = "EXTERNAL_handover_closed"


class Desk(InputChannel):
    """The desk's routes. Customers do not write here."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "desk"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns nothing of its own; the desk stands at ``/desk``."""
        return _DeskBlueprint("desk", __name__)


class _DeskBlueprint(Blueprint):
    """Brings the desk's routes, which do not stand below ``/webhooks``."""

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attaches the routes to the server."""
        super().register(app, options)
        app.add_route(_show, "/desk", methods=["GET"], name="desk_show")
        app.add_route(_sign_in, "/desk/sign-in", methods=["POST"], name="desk_sign_in")
        app.add_route(
            _close, "/desk/handovers/<number:str>/close", methods=["POST"], name="desk_close"
        )


async def _show(request: Request) -> HTTPResponse:
    key = request.args.get("key")
    if key is not None:
        return _signed_in(request) if _is_key(key) else _ask_for_key("That key does not fit.")
    if not _knows(request):
        return _ask_for_key("")
    handovers, (complaints, trouble) = await asyncio.get_running_loop().run_in_executor(
        None, lambda: (shared_registry().waiting(), _complaints())
    )
    return _page(
        "desk.html",
        handovers=[
            (handover, _waited(handover), curve(handover.brief.mood)) for handover in handovers
        ],
        complaints=complaints,
        trouble=trouble,
    )


def _complaints() -> tuple[list[Complaint], str]:
    """Returns the complaints; a shop that is down hides them, not who waits for a person."""
    try:
        return shared_shop().open_complaints(), ""
    except ShopError as error:
        return [], str(error)


async def _sign_in(request: Request) -> HTTPResponse:
    key = (request.form or {}).get("key", "")
    return _signed_in(request) if _is_key(key) else _ask_for_key("That key does not fit.")


async def _close(request: Request, number: str) -> HTTPResponse:
    if not _knows(request):
        return _ask_for_key("")
    handover = await asyncio.get_running_loop().run_in_executor(
        None, shared_registry().close, number
    )
    if handover is not None:
        await give_back(request.app, handover)
    return response.redirect("/desk", status=303)


async def give_back(app: Sanic, handover: Handover) -> None:
    """Gives a conversation back to the assistant, which tells the customer so."""
    agent = app.ctx.agent
    channel = next((c for c in app.ctx.input_channels if c.name() == handover.channel), None)
    output = (channel and channel.get_output_channel()) or CollectingOutputChannel()
    async with agent.lock_store.lock(handover.conversation):
        tracker = await agent.tracker_store.get_or_create_full_tracker(handover.conversation)
        tracker.update_with_events(
            [
                ConversationResumed(),
                SlotSet("handover", "closed"),
                SlotSet("safety", None),
                SlotSet("pending", None),
                # Without it, the next message would find the assistant in the middle of a turn.
                ActionExecuted("action_listen"),
            ],
            agent.domain,
        )
        await agent.processor.trigger_external_user_uttered(CLOSED, None, tracker, output)


def _is_key(key: str) -> bool:
    return hmac.compare_digest(key.encode(errors="replace"), shared_secrets().desk_key.encode())


def _sign(expires: str) -> str:
    return hmac.new(
        shared_secrets().desk_key.encode(), expires.encode(), hashlib.sha256
    ).hexdigest()


def _knows(request: Request) -> bool:
    expires, _, signature = (request.cookies.get(_COOKIE) or "").partition(".")
    fits = hmac.compare_digest(signature.encode(), _sign(expires).encode())
    return fits and expires.isdigit() and int(expires) > time.time()


def _signed_in(request: Request) -> HTTPResponse:
    # A redirect takes the key out of the address bar.
    answer = response.redirect("/desk", status=303, headers=_HEADERS)
    expires = str(int(time.time()) + _LASTS)
    answer.cookies[_COOKIE] = f"{expires}.{_sign(expires)}"
    cookie = answer.cookies[_COOKIE]
    cookie.update({"httponly": True, "samesite": "Strict", "path": "/desk", "max-age": _LASTS})
    if request.scheme == "https":
        cookie["secure"] = True
    return answer


def _ask_for_key(problem: str) -> HTTPResponse:
    return _page("desk_sign_in.html", status=403 if problem else 401, problem=problem)


def _page(template: str, status: int = 200, **values: Any) -> HTTPResponse:
    return response.html(
        _TEMPLATES.get_template(template).render(**values), status=status, headers=_HEADERS
    )


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape()
)


def curve(levels: tuple[float, ...], width: int = 160, height: int = 36) -> str:
    """Returns mood levels in [0, 1] as the points of an SVG line, the highest at the top."""
    if not levels:
        return ""
    shown = levels if len(levels) > 1 else levels * 2
    step = width / (len(shown) - 1)
    return " ".join(
        f"{number * step:.1f},{height - 3 - level * (height - 6):.1f}"
        for number, level in enumerate(shown)
    )


def _waited(handover: Handover) -> str:
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    minutes = int((now - handover.requested).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
