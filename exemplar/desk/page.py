"""The desk's page: who waits for a person. Part of the Rasa server, for ``credentials.yml``."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from exemplar.desk.fronts import Front
from exemplar.desk.model import Handover
from exemplar.desk.outbox import CUSTOMER
from exemplar.desk.registry import shared_registry
from exemplar.desk.service import shared_desk
from exemplar.server.relay import CustomerFront, catch_up, durable
from exemplar.settings import shared_secrets
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Complaint
from exemplar.shop.shop import ShopError

logger = logging.getLogger(__name__)

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
        fronts = make_fronts(app)
        for front in fronts.values():
            front.attach(app)

        async def start(started: Sanic, *_: Any) -> None:
            store = durable(started.ctx.agent.tracker_store)
            store.desk = shared_desk()
            shared_desk().start(fronts)
            started.add_task(_catch_up(store))

        async def stop(*_: Any) -> None:
            shared_desk().stop()

        app.register_listener(start, "after_server_start")
        app.register_listener(stop, "before_server_stop")
        app.add_route(_show, "/desk", methods=["GET"], name="desk_show")
        app.add_route(_sign_in, "/desk/sign-in", methods=["POST"], name="desk_sign_in")
        app.add_route(
            _close, "/desk/handovers/<number:str>/close", methods=["POST"], name="desk_close"
        )


def make_fronts(app: Sanic) -> dict[str, Front]:
    """Returns a front for each destination of the outbox that is set up."""
    return {CUSTOMER: CustomerFront(app, shared_registry())}


async def _catch_up(store: Any) -> None:
    while True:
        try:
            return await catch_up(shared_desk(), store)
        except Exception as error:
            logger.warning("The desk is not up to date yet, trying again: %s", type(error).__name__)
            await asyncio.sleep(2)


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
    await shared_desk().close(number, None)
    return response.redirect("/desk", status=303)


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
