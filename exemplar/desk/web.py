"""The web desk: pages, and the API that they use. Nothing of it answers who is not signed in.

A change needs, beside the cookie, a token that only the desk's own page knows. An agent sees the open
handovers, and reads and writes in those that nobody else has; a supervisor in all.
"""

from __future__ import annotations

import asyncio
import functools
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, select_autoescape
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from exemplar.desk.agents import LASTS, Agent, Refused, csrf_token, shared_agents
from exemplar.desk.feed import Feed
from exemplar.desk.model import (
    CLOSED,
    SUPERVISOR,
    DeskError,
    Entry,
    Forbidden,
    Handover,
    Outcome,
    Over,
    Taken,
    Unknown,
)
from exemplar.desk.registry import Summary
from exemplar.desk.service import shared_desk
from exemplar.errors import ExemplarError
from exemplar.server.relay import durable, from_program, once
from exemplar.settings import ROOT, shared_secrets
from exemplar.shop.connection import shared_shop
from exemplar.shop.shop import ShopError
from exemplar.text import whole_characters

logger = logging.getLogger(__name__)

_COOKIE: Final = "exemplar_desk"
#: Where a change carries the page's token.
CSRF: Final = "X-Desk-Token"
#: Longest message or note, in characters.
LONGEST: Final = 10_000
#: Seconds between two signs of life, at which the session is looked at, too.
_BEAT: Final = 15.0
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STATUS: Final[dict[type[DeskError], int]] = {Unknown: 404, Over: 409, Taken: 409, Forbidden: 403}
_WEB: Final = ROOT / "web"
_ASSETS: Final = {
    "desk.js": ("text/javascript; charset=utf-8", _WEB / "desk.js"),
    "desk.css": ("text/css; charset=utf-8", _WEB / "desk.css"),
}

Handler = Callable[..., Awaitable[Any]]


class _Wrong(Exception):
    """A request that says something that cannot be."""


def add_pages(app: Sanic) -> None:
    """Attaches the desk's routes."""

    def add(path: str, handler: Handler, *methods: str) -> None:
        app.add_route(
            handler, f"/desk{path}", methods=methods, name=f"desk_{handler.__name__.strip('_')}"
        )

    one = "/api/handovers/<number:str>"
    add("", _show, "GET")
    add("/sign-in", _sign_in, "POST")
    add("/sign-out", _sign_out, "POST")
    add("/assets/<name:str>", _asset, "GET")
    add("/api/me", _me, "GET")
    add("/api/me/name", _rename, "POST")
    add("/api/handovers", _list, "GET")
    add("/api/closed", _closed, "GET")
    add(one, _read, "GET")
    add(f"{one}/entries", _entries, "GET")
    add(f"{one}/claim", _claim, "POST")
    add(f"{one}/messages", _reply, "POST")
    add(f"{one}/notes", _note, "POST")
    add(f"{one}/return", _return, "POST")
    add(f"{one}/close", _close, "POST")
    add(f"{one}/read", _mark_read, "POST")
    add("/api/events", _events, "GET")
    add("/api/complaints", _complaints, "GET")
    add("/api/agents", _agents, "GET")
    add("/api/agents/add", _add_agent, "POST")
    add("/api/agents/<login:str>/remove", _remove_agent, "POST")


def _api(role: str | None = None) -> Callable[[Handler], Handler]:
    """Lets a route be called only by who is signed in, with the role; answers errors in JSON."""

    def wrap(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: Request, **named: Any) -> Any:
            try:
                agent = await _signed_in(request)
                if agent is None:
                    return _json({"error": "Sign in at the desk."}, 401)
                if role is not None and agent.role != role:
                    return _json({"error": "Only a supervisor may do that."}, 403)
                if request.method != "GET" and not _is_from_page(request):
                    return _json({"error": "This did not come from the desk's page."}, 403)
                return await handler(request, agent=agent, **named)
            except DeskError as error:
                return _json({"error": str(error)}, _STATUS.get(type(error), 400))
            except (_Wrong, ExemplarError) as error:
                return _json({"error": str(error)}, 400)
            except sa.exc.SQLAlchemyError as error:
                logger.warning("The desk's database: %s", type(error).__name__)
                return _json({"error": "The database does not answer. Try again."}, 503)

        return guarded

    return wrap


# -- pages -------------------------------------------------------------------------------------------


async def _show(request: Request) -> HTTPResponse:
    key = request.args.get("key")
    if key is not None:
        return await _by_key(request, key)
    try:
        agent = await _signed_in(request)
    except sa.exc.SQLAlchemyError:
        return _page("desk_sign_in.html", 503, problem="The database does not answer. Try again.")
    if agent is None:
        return _page("desk_sign_in.html", 401, problem="")
    terms = shared_desk().terms
    said = {
        "me": _person(request, agent),
        "canned": [asdict(one) for one in terms.canned],
        "company": terms.company,
    }
    return _page("desk.html", start=json.dumps(said), company=terms.company)


async def _sign_in(request: Request) -> HTTPResponse:
    form = request.form or {}
    if not _is_same_origin(request):
        return _page("desk_sign_in.html", 403, problem="This did not come from the desk's page.")
    if key := form.get("key"):
        return await _by_key(request, key)
    try:
        token = await asyncio.to_thread(
            shared_agents().sign_in, str(form.get("login", "")), str(form.get("password", ""))
        )
    except Refused as error:
        return _page("desk_sign_in.html", 403, problem=str(error))
    return _enter(request, token)


async def _by_key(request: Request, key: str) -> HTTPResponse:
    fits = hmac.compare_digest(key.encode(errors="replace"), shared_secrets().desk_key.encode())
    if not fits:
        return _page("desk_sign_in.html", 403, problem="That key does not fit.")
    return _enter(request, await asyncio.to_thread(shared_agents().sign_in_by_key))


def _enter(request: Request, token: str) -> HTTPResponse:
    # A redirect takes the key out of the address bar.
    answer = response.redirect("/desk", status=303, headers=_HEADERS)
    answer.cookies[_COOKIE] = token
    cookie = answer.cookies[_COOKIE]
    cookie.update(
        {
            "httponly": True,
            "samesite": "Strict",
            "path": "/desk",
            "max-age": int(LASTS.total_seconds()),
        }
    )
    if request.scheme == "https":
        cookie["secure"] = True
    return answer


async def _sign_out(request: Request) -> HTTPResponse:
    if not _is_same_origin(request):
        return _page("desk_sign_in.html", 403, problem="This did not come from the desk's page.")
    await asyncio.to_thread(shared_agents().sign_out, request.cookies.get(_COOKIE))
    answer = response.redirect("/desk", status=303, headers=_HEADERS)
    answer.cookies[_COOKIE] = ""
    answer.cookies[_COOKIE].update({"path": "/desk", "max-age": 0})
    return answer


async def _asset(request: Request, name: str) -> HTTPResponse:
    if name not in _ASSETS:
        return response.text("There is nothing here.", status=404)
    kind, file = _ASSETS[name]
    return response.raw(
        file.read_bytes(), content_type=kind, headers={"X-Content-Type-Options": "nosniff"}
    )


# -- who ---------------------------------------------------------------------------------------------


@_api()
async def _me(request: Request, agent: Agent) -> HTTPResponse:
    return _json(_person(request, agent))


@_api()
async def _rename(request: Request, agent: Agent) -> HTTPResponse:
    renamed = await asyncio.to_thread(shared_agents().rename, agent, _text(request, "name", 60))
    return _json(_person(request, renamed))


@_api(SUPERVISOR)
async def _agents(request: Request, agent: Agent) -> HTTPResponse:
    everybody = await asyncio.to_thread(shared_agents().everybody)
    return _json([{"login": one.login, "name": one.name, "role": one.role} for one in everybody])


@_api(SUPERVISOR)
async def _add_agent(request: Request, agent: Agent) -> HTTPResponse:
    added = await asyncio.to_thread(
        shared_agents().add,
        *(_text(request, name, 200) for name in ("login", "name", "role", "password")),
    )
    return _json({"login": added.login, "name": added.name, "role": added.role})


@_api(SUPERVISOR)
async def _remove_agent(request: Request, agent: Agent, login: str) -> HTTPResponse:
    if login == agent.login:
        raise Forbidden("Nobody removes themselves.")
    removed = await asyncio.to_thread(shared_agents().remove, login)
    return _json({"removed": removed}, 200 if removed else 404)


# -- handovers ---------------------------------------------------------------------------------------


@_api()
async def _list(request: Request, agent: Agent) -> HTTPResponse:
    found = await asyncio.to_thread(shared_desk().registry.summaries, agent.person)
    return _json([_summary(one, agent) for one in found])


@_api()
async def _closed(request: Request, agent: Agent) -> HTTPResponse:
    found = await asyncio.to_thread(shared_desk().registry.closed_lately)
    seen = [one for one in found if _may_read(one, agent)]
    return _json([_handover(one, agent) for one in seen])


@_api()
async def _read(request: Request, agent: Agent, number: str) -> HTTPResponse:
    handover = await _readable(number, agent)
    registry = shared_desk().registry
    entries = await asyncio.to_thread(registry.entries_since, handover.number)
    return _json(
        {
            **_handover(handover, agent),
            "brief": {**asdict(handover.brief), "curve": curve(handover.brief.mood)},
            "transcript": await _transcript(request.app, handover),
            "entries": [_entry(one, agent) for one in entries],
        }
    )


@_api()
async def _entries(request: Request, agent: Agent, number: str) -> HTTPResponse:
    handover = await _readable(number, agent)
    after = str(request.args.get("after", "0"))
    if not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise _Wrong("“after” is a number.")
    entries = await asyncio.to_thread(
        shared_desk().registry.entries_since, handover.number, int(after)
    )
    return _json([_entry(one, agent) for one in entries])


@_api()
async def _claim(request: Request, agent: Agent, number: str) -> HTTPResponse:
    take_over = _body(request).get("take_over") is True
    handover = await shared_desk().claim(number, agent.person, take_over=take_over)
    return _json(_handover(handover, agent))


@_api()
async def _reply(request: Request, agent: Agent, number: str) -> HTTPResponse:
    key, text = _key(request), _text(request, "text")
    return _json(_entry(await shared_desk().reply(number, agent.person, key, text), agent))


@_api()
async def _note(request: Request, agent: Agent, number: str) -> HTTPResponse:
    await _readable(number, agent)
    key, text = _key(request), _text(request, "text")
    return _json(_entry(await shared_desk().note(number, agent.person, key, text), agent))


@_api()
async def _return(request: Request, agent: Agent, number: str) -> HTTPResponse:
    return await _end(request, agent, number, Outcome.RETURNED)


@_api()
async def _close(request: Request, agent: Agent, number: str) -> HTTPResponse:
    return await _end(request, agent, number, Outcome.SOLVED)


async def _end(request: Request, agent: Agent, number: str, outcome: str) -> HTTPResponse:
    note = _text(request, "note", may_be_empty=True)
    handover = await shared_desk().close(number, agent.person, outcome, note)
    if handover is None:
        # Closed already, or never there: which of them, the registry says.
        handover = await _readable(number, agent)
    return _json(_handover(handover, agent))


@_api()
async def _mark_read(request: Request, agent: Agent, number: str) -> HTTPResponse:
    seq = _body(request).get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 10**9:
        raise _Wrong("“seq” is the number of the newest entry that was read.")
    await _readable(number, agent)
    await asyncio.to_thread(shared_desk().registry.mark_read, number, agent.person, seq)
    return _json({})


@_api()
async def _complaints(request: Request, agent: Agent) -> HTTPResponse:
    try:
        found = await asyncio.to_thread(lambda: shared_shop().open_complaints())
    except ShopError as error:
        # A shop that is down hides complaints, not who waits for a person.
        return _json({"complaints": [], "trouble": str(error)})
    return _json(
        {
            "complaints": [
                {
                    "number": one.number,
                    "answer_by": one.answer_by.isoformat(),
                    "order": one.order_number,
                    "text": one.text[:600],
                }
                for one in found
            ],
            "trouble": "",
        }
    )


@_api()
async def _events(request: Request, agent: Agent) -> Any:
    """Tells of every handover that changes, as it then is for this agent (server-sent events)."""
    feed = _feed(request.app)
    stream = await request.respond(
        content_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )
    with feed.subscribe() as changes:
        await stream.send("retry: 1000\n\n: hello\n\n")
        while True:
            changed = await changes.next(_BEAT)
            if not changed and await _signed_in(request) is None:
                await stream.send("event: signed-out\ndata: {}\n\n")
                return
            if not changed:
                await stream.send(": still here\n\n")
                continue
            try:
                found = await asyncio.to_thread(
                    shared_desk().registry.summaries, agent.person, changed
                )
            except sa.exc.SQLAlchemyError:
                changes.again(changed)
                await asyncio.sleep(1)
                continue
            said = json.dumps([_summary(one, agent) for one in found])
            await stream.send(f"event: changed\ndata: {said}\n\n")


def _feed(app: Sanic) -> Feed:
    if not hasattr(app.ctx, "desk_feed"):
        app.ctx.desk_feed = Feed(shared_desk())
    feed: Feed = app.ctx.desk_feed
    return feed


# -- what is said ------------------------------------------------------------------------------------


async def _readable(number: str, agent: Agent) -> Handover:
    handover = await asyncio.to_thread(shared_desk().registry.handover, number)
    if not _may_read(handover, agent):
        raise Forbidden(f"{handover.claimed_name} has {handover.number}.")
    return handover


def _may_read(handover: Handover, agent: Agent) -> bool:
    if agent.role == SUPERVISOR or handover.claimed_by == agent.person.id:
        return True
    return handover.claimed_by is None and handover.state != CLOSED


async def _transcript(app: Sanic, handover: Handover) -> list[dict[str, str]]:
    """Returns what customer and assistant said before the person was asked for."""
    try:
        store = durable(app.ctx.agent.tracker_store)
        tracker = await store.retrieve_full_tracker(handover.conversation)
    except Exception as error:
        logger.warning("A conversation cannot be read: %s", type(error).__name__)
        return [{"who": "desk", "text": "The conversation before cannot be read at the moment."}]
    begun = handover.requested.timestamp() if handover.requested.tzinfo else _epoch(handover)
    said: list[dict[str, str]] = []
    for event in once(tracker.events if tracker else ()):
        if event.timestamp > begun:
            break
        if isinstance(event, UserUttered) and event.text:
            if not from_program(event):
                said.append({"who": "customer", "text": event.text})
        elif isinstance(event, BotUttered) and event.text:
            desk = event.metadata.get("desk") or {}
            who = "person" if desk.get("kind") == "agent" else "assistant"
            said.append({"who": who, "text": event.text, "name": str(desk.get("name") or "")})
    return said


def _epoch(handover: Handover) -> float:
    return (handover.requested - datetime(1970, 1, 1)).total_seconds()


def _summary(summary: Summary, agent: Agent) -> dict[str, Any]:
    said = _handover(summary.handover, agent)
    readable = _may_read(summary.handover, agent)
    return {
        **said,
        "unread": summary.unread if readable else 0,
        "last_text": summary.last_text[:200] if readable else "",
        "last_at": _moment(summary.last_at),
    }


def _handover(handover: Handover, agent: Agent) -> dict[str, Any]:
    reasons = shared_desk().terms.reasons
    reason = handover.brief.reason
    readable = _may_read(handover, agent)
    return {
        "number": handover.number,
        "state": handover.state,
        "reason": str(reasons.get(reason, {}).get("label") or reason),
        "urgent": handover.urgent,
        "channel": handover.channel,
        "customer": dict(handover.brief.facts).get("customer", "") if readable else "",
        "requested": _moment(handover.requested),
        "give_up_at": _moment(handover.give_up_at),
        "claimed_name": handover.claimed_name,
        "mine": handover.claimed_by == agent.person.id,
        "readable": readable,
        "outcome": handover.outcome,
        "note": handover.note if readable else "",
        "closed": _moment(handover.closed),
        "version": handover.version,
        "last_seq": handover.last_seq,
    }


def _entry(entry: Entry, agent: Agent) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "text": entry.text,
        "name": entry.name,
        "mine": entry.author == agent.person.id,
        "key": entry.key,
        "at": _moment(entry.at),
        "delivered": _moment(entry.delivered),
    }


def _person(request: Request, agent: Agent) -> dict[str, str]:
    token = csrf_token(request.cookies.get(_COOKIE) or "", shared_secrets().desk_key)
    return {"login": agent.login, "name": agent.name, "role": agent.role, "token": token}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") + "Z" if moment else None


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


# -- what is asked -----------------------------------------------------------------------------------


async def _signed_in(request: Request) -> Agent | None:
    return await asyncio.to_thread(shared_agents().signed_in, request.cookies.get(_COOKIE))


def _is_from_page(request: Request) -> bool:
    expected = csrf_token(request.cookies.get(_COOKIE) or "", shared_secrets().desk_key)
    given = request.headers.get(CSRF) or ""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _is_same_origin(request: Request) -> bool:
    """Tells whether a form comes from this site; browsers say so, other programs need not."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _body(request: Request) -> dict[str, Any]:
    with suppress(Exception):
        if isinstance(request.json, dict):
            return request.json
    raise _Wrong("Send a JSON object.")


def _text(
    request: Request, name: str, longest: int = LONGEST, *, may_be_empty: bool = False
) -> str:
    text = _body(request).get(name, "" if may_be_empty else None)
    if not isinstance(text, str) or len(text) > longest or not (text.strip() or may_be_empty):
        raise _Wrong(f"“{name}” is a text of 1 to {longest} characters.")
    return whole_characters(text).replace("\x00", "")


def _key(request: Request) -> str:
    key = _body(request).get("key")
    if not isinstance(key, str) or not 0 < len(key) <= 100 or not key.isprintable():
        raise _Wrong("“key” is a text of the message's own, 1 to 100 characters.")
    return f"desk:{key}"


def _json(said: Any, status: int = 200) -> HTTPResponse:
    return response.json(said, status=status, headers=_HEADERS)


def _page(template: str, status: int = 200, **values: Any) -> HTTPResponse:
    return response.html(
        _TEMPLATES.get_template(template).render(**values), status=status, headers=_HEADERS
    )


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape()
)
