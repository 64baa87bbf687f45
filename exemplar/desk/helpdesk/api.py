"""The API by which a helpdesk answers, below ``/desk/v1``; off until ``EXEMPLAR_DESK_API_TOKEN`` is set.

``ROUTES`` is what is served and what :func:`description` describes, so that the two are one.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from pydantic.schema import schema
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from exemplar.desk.helpdesk import wire
from exemplar.desk.helpdesk.signing import SIGNATURE, TIMESTAMP
from exemplar.desk.helpdesk.webhook import TRY
from exemplar.desk.model import DeskError, Forbidden, Over, Person, Taken, Unknown
from exemplar.desk.service import Desk
from exemplar.text import whole_characters

logger = logging.getLogger(__name__)

BASE: Final = "/desk/v1"
_STATUS: Final[dict[type[DeskError], int]] = {Unknown: 404, Over: 409, Taken: 409, Forbidden: 403}
_ABOUT: Final = """
What a helpdesk asks of the desk, and what the desk tells it.

Every call carries `Authorization: Bearer <EXEMPLAR_DESK_API_TOKEN>`. The helpdesk is one person to the
desk: whoever of its people writes has the conversation, and customers see the first name that the call
gives. `409` says that the handover is closed, or that somebody at another front has it.

The webhook is signed: `X-Exemplar-Signature` is `v1=` and the hexadecimal HMAC-SHA256, with
`EXEMPLAR_DESK_WEBHOOK_SECRET`, of `X-Exemplar-Timestamp`, a full stop and the body. Refuse what is older
than five minutes. Any 2xx within 20 seconds means "I have it". Everything else is sent again, with a wait
that grows from a second to five minutes, or as long as `Retry-After` says; only `410` ends it. Events come
at least once, in order within a conversation; `id` is the same each time, and `X-Exemplar-Try` above 0
says that it may have come before.
"""

Work = Callable[[Desk, str, Any, int], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """A call: what it is named, what it takes and gives, and what does it."""

    method: str
    path: str
    name: str
    summary: str
    work: Work
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    many: bool = False


async def _list(desk: Desk, number: str, body: Any, after: int) -> Any:
    found = await asyncio.to_thread(desk.registry.line)
    return [wire.handover_of(one, desk.terms) for one in found]


async def _read(desk: Desk, number: str, body: Any, after: int) -> Any:
    found = await asyncio.to_thread(desk.registry.handover, number)
    return wire.handover_of(found, desk.terms)


async def _entries(desk: Desk, number: str, body: Any, after: int) -> Any:
    await asyncio.to_thread(desk.registry.handover, number)
    found = await asyncio.to_thread(desk.registry.entries_since, number, after)
    return [wire.entry_of(one) for one in found]


async def _claim(desk: Desk, number: str, body: wire.Claim, after: int) -> Any:
    return wire.handover_of(await desk.claim(number, _person(body)), desk.terms)


async def _reply(desk: Desk, number: str, body: wire.Message, after: int) -> Any:
    text = whole_characters(body.text)
    return wire.entry_of(await desk.reply(number, _person(body), _key(body), text))


async def _note(desk: Desk, number: str, body: wire.Message, after: int) -> Any:
    text = whole_characters(body.text)
    return wire.entry_of(await desk.note(number, _person(body), _key(body), text))


async def _return(desk: Desk, number: str, body: wire.End, after: int) -> Any:
    await desk.give_back(number, _person(body), body.note)
    return await _read(desk, number, body, after)


async def _close(desk: Desk, number: str, body: wire.End, after: int) -> Any:
    await desk.close(number, _person(body), note=body.note)
    return await _read(desk, number, body, after)


_ONE: Final = "/handovers/{number}"
ROUTES: Final = (
    Route("get", "/handovers", "list", "The open handovers", _list, wire.Handover, many=True),
    Route("get", _ONE, "read", "One handover", _read, wire.Handover),
    Route(
        "get",
        f"{_ONE}/entries",
        "entries",
        "What was said and done after a place, in order",
        _entries,
        wire.Entry,
        many=True,
    ),
    Route("post", f"{_ONE}/claim", "claim", "Take it", _claim, wire.Handover, wire.Claim),
    Route(
        "post",
        f"{_ONE}/messages",
        "reply",
        "Write to the customer; takes the handover if nobody has it",
        _reply,
        wire.Entry,
        wire.Message,
    ),
    Route("post", f"{_ONE}/notes", "note", "Write for colleagues", _note, wire.Entry, wire.Message),
    Route(
        "post",
        f"{_ONE}/return",
        "give_back",
        "Give it back to the assistant; closed already, it stays as it is",
        _return,
        wire.Handover,
        wire.End,
    ),
    Route(
        "post",
        f"{_ONE}/close",
        "close",
        "Close it; closed already, it stays as it is",
        _close,
        wire.Handover,
        wire.End,
    ),
)


def add_api(app: Sanic, desk: Desk) -> None:
    """Attaches the API to the Rasa server."""
    token = os.environ.get("EXEMPLAR_DESK_API_TOKEN")

    def add(route: Route) -> None:
        async def handle(request: Request, number: str = "") -> HTTPResponse:
            return await _answer(request, desk, route, number, token)

        path = BASE + route.path.replace("{number}", "<number:str>")
        app.add_route(handle, path, methods=[route.method.upper()], name=f"helpdesk_{route.name}")

    for route in ROUTES:
        add(route)


async def _answer(
    request: Request, desk: Desk, route: Route, number: str, token: str | None
) -> HTTPResponse:
    if not token:
        return _problem(404, "The desk's API is off: set EXEMPLAR_DESK_API_TOKEN.")
    shown = request.headers.get("Authorization", "").encode(errors="replace")
    if not hmac.compare_digest(shown, f"Bearer {token}".encode()):
        return _problem(401, "The token is missing or wrong.")
    after = str(request.args.get("after", "0"))
    if not (after.isascii() and after.isdecimal() and len(after) < 10):
        return _problem(400, "“after” is the place of an entry.")
    try:
        body = route.body.parse_obj(json.loads(request.body)) if route.body else None
        done = await route.work(desk, number, body, int(after))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        return _problem(400, f"“{place}”: {error.errors()[0]['msg']}")
    except ValueError:
        return _problem(400, "The body is not JSON.")
    except DeskError as error:
        return _problem(_STATUS.get(type(error), 400), str(error))
    except sa.exc.SQLAlchemyError as error:
        logger.warning("The desk's database: %s", type(error).__name__)
        return _problem(503, "The database does not answer. Try again.")
    told = f"[{','.join(one.json() for one in done)}]" if route.many else done.json()
    return response.text(
        told, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def description() -> str:
    """Returns the OpenAPI description, which ``docs/desk-api.json`` holds."""
    shapes = {route.answer for route in ROUTES} | {route.body for route in ROUTES if route.body}
    shapes |= {wire.Event, wire.Problem}
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(BASE + route.path, {})[route.method] = _described(route)
    header = {"in": "header", "required": True, "schema": {"type": "string"}}
    said = {
        "openapi": "3.1.0",
        "info": {"title": "The desk, for helpdesks", "version": "1", "description": _ABOUT.strip()},
        "paths": paths,
        "webhooks": {
            "entry": {
                "post": {
                    "operationId": "entry",
                    "summary": "Something was said or done",
                    "parameters": [
                        {"name": name, **header} for name in (TIMESTAMP, SIGNATURE, TRY)
                    ],
                    "requestBody": _content(wire.Event),
                    "responses": {"2XX": {"description": "The helpdesk has it"}},
                }
            }
        },
        "components": {
            "schemas": _schemas(shapes),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def _schemas(shapes: set[type[BaseModel]]) -> dict[str, Any]:
    """Returns the shapes as JSON Schema, in which pydantic forgets that something may be null."""
    listed = sorted(shapes, key=lambda shape: shape.__name__)
    made = schema(listed, ref_prefix="#/components/schemas/")["definitions"]
    for shape in shapes:
        for name, one in shape.__fields__.items():
            if one.allow_none:
                told = made[shape.__name__]["properties"][name]
                told["type"] = [told["type"], "null"]
    return dict(made)


def _described(route: Route) -> dict[str, Any]:
    place = {"in": "path", "name": "number", "required": True, "schema": {"type": "string"}}
    since = {"in": "query", "name": "after", "schema": {"type": "integer", "default": 0}}
    parameters = [place] * ("{number}" in route.path) + [since] * (route.name == "entries")
    refusals = {"400": "Not as described", "401": "No token", "404": "No such handover"}
    if route.body:
        refusals["409"] = "Closed, or somebody else has it"
    refusals["503"] = "The database does not answer; try again"
    return {
        "operationId": route.name,
        "summary": route.summary,
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": {"required": True, **_content(route.body)}} if route.body else {}),
        "responses": {
            "200": {"description": "Done", **_content(route.answer, many=route.many)},
            **{
                status: {"description": said, **_content(wire.Problem)}
                for status, said in refusals.items()
            },
        },
    }


def _content(shape: type[BaseModel], *, many: bool = False) -> dict[str, Any]:
    reference: dict[str, Any] = {"$ref": f"#/components/schemas/{shape.__name__}"}
    if many:
        reference = {"type": "array", "items": reference}
    return {"content": {"application/json": {"schema": reference}}}


def _person(body: wire.Claim) -> Person:
    return Person(wire.HELPDESK, whole_characters(body.agent))


def _key(body: wire.Message) -> str:
    return f"{wire.HELPDESK}:{whole_characters(body.key)}"


def _problem(status: int, error: str) -> HTTPResponse:
    return response.json(wire.Problem(error=error).dict(), status=status)
