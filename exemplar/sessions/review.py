"""The page on which a person confirms and corrects labels. It listens on this machine only."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.amending import ChangedMeanwhile, amend, digest_of, read_with_digest, restore
from exemplar.sessions.drawing import KIND_OF_MOVE
from exemplar.sessions.files import SessionError, session_files
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.overview import ALL_ANTI_MOVES
from exemplar.sessions.report import PAGES

HOST: Final = "127.0.0.1"
#: Longest body of a call, in bytes; labels are a few hundred.
_LONGEST: Final = 20_000
#: Changes that can be taken back.
_UNDONE: Final = 500
#: One key a move and anti-move, by which they are switched.
KEYS: Final = {
    **dict(zip(MOVES, "1234567890xbhc", strict=True)),
    "defend": "d",
    "blame": "m",
    "scripted_empathy": "s",
    "repeat_answer": "r",
    "false_promise": "p",
    "over_cheer": "o",
}


@dataclass(frozen=True)
class Change:
    """One that can be taken back.

    Attributes:
        session: its id.
        number: of the turn, from 0.
        before: the file as it was.
        after: the digest of the file as the change left it.
    """

    session: str
    number: int
    before: bytes
    after: str


@dataclass
class Desk:
    """The SESSIONS of a folder, under one person's hands.

    Attributes:
        folder: theirs.
        intents: that customers' turns may have.
    """

    folder: Path
    intents: tuple[str, ...] = ()
    _done: list[Change] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = field(default_factory=dict)

    def file_of(self, session: str) -> Path:
        """Returns a SESSION's file.

        Raises:
            ExemplarError: there is none of that id.
        """
        for file in session_files(self.folder):
            if file.stem == session:
                return file
        raise ExemplarError(f"there is no SESSION {session!r} any more.")

    def everything(self) -> list[dict[str, Any]]:
        """Returns a line on each SESSION: those with unconfirmed turns first, of them the least sure."""
        lines = [self._summary(file) for file in session_files(self.folder)]
        return sorted(lines, key=lambda s: (not s["open"], s["least"], s["id"]))

    def _summary(self, file: Path) -> dict[str, Any]:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._known.get(file)
            if known is None or known[0] != stamp:
                known = (stamp, _summary(read_with_digest(file)[0]))
                self._known[file] = known
            return known[1]
        except (ExemplarError, OSError) as error:
            return {"id": file.stem, "open": 0, "least": 1.0, "turns": 0, "problem": str(error)}

    def session(self, name: str) -> dict[str, Any]:
        """Returns a SESSION for the page.

        Raises:
            ExemplarError: there is none, or it is broken.
        """
        return _page_data(*read_with_digest(self.file_of(name)))

    def label(self, name: str, number: int, digest: str, labels: Labels) -> dict[str, Any]:
        """Writes what a person says of a turn, and returns the SESSION.

        Raises:
            ChangedMeanwhile: the file is another than the page showed.
            ExemplarError: it cannot be written.
        """
        with self._lock:
            file = self.file_of(name)
            before = file.read_bytes()
            amend(file, digest, number, labels)
            self._done.append(Change(name, number, before, digest_of(file)))
            del self._done[:-_UNDONE]
            return self.session(name)

    def undo(self) -> dict[str, Any]:
        """Takes the last change back, and returns its SESSION, with ``turn``, its number from 0.

        Raises:
            ChangedMeanwhile: the file was changed since; that change can no longer be taken back.
            ExemplarError: there is none.
        """
        with self._lock:
            if not self._done:
                raise ExemplarError("There is nothing to take back.")
            change = self._done.pop()
            restore(self.file_of(change.session), change.after, change.before)
            return {**self.session(change.session), "turn": change.number}


def _summary(session: Session) -> dict[str, Any]:
    unsettled = [turn for turn in session.turns if turn.labels is None or not turn.labels.settled]
    return {
        "id": session.id,
        "stage": session.stage,
        "channel": session.channel,
        "agent": session.agent,
        "apart": session.apart,
        "turns": len(session.turns),
        "open": len(unsettled),
        "least": min(
            (turn.labels.confidence if turn.labels else 0.0 for turn in unsettled), default=1.0
        ),
    }


def _page_data(session: Session, digest: str) -> dict[str, Any]:
    return {
        **_summary(session),
        "digest": digest,
        "said": [_turn_data(turn) for turn in session.turns],
    }


def _turn_data(turn: Turn) -> dict[str, Any]:
    labels = turn.labels
    data: dict[str, Any] = {"speaker": turn.speaker, "text": turn.text.strip(), "labels": None}
    if labels is not None:
        data["labels"] = {
            "by": labels.by,
            "confidence": labels.confidence,
            "intent": labels.intent,
            "emotion": labels.emotion,
            "frustration": labels.frustration,
            "moves": labels.moves,
            "anti_moves": labels.anti_moves,
            "facts": dict(labels.facts),
        }
    return data


def labels_from(content: Any, speaker: str, facts: dict[str, str]) -> Labels:
    """Returns what a person chose on the page.

    Args:
        content: of the call.
        speaker: of the turn.
        facts: that the turn has; the page does not change them.

    Raises:
        SessionError: it is not what the page sends.
    """
    if not isinstance(content, dict):
        raise SessionError("labels are missing.")
    if speaker == "customer":
        emotion, level, intent = (content.get(k) for k in ("emotion", "frustration", "intent"))
        if emotion not in EMOTIONS:
            raise SessionError(f"choose a feeling: one of {', '.join(EMOTIONS)}.")
        if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 1:
            raise SessionError("frustration is a number from 0 to 1.")
        if intent is not None and not isinstance(intent, str):
            raise SessionError("an intent is a name.")
        return Labels("person", intent=intent or None, emotion=emotion, frustration=float(level))
    chosen = []
    for key, known in (("moves", MOVES), ("anti_moves", ALL_ANTI_MOVES)):
        names = content.get(key, [])
        if not isinstance(names, list) or any(name not in known for name in names):
            raise SessionError(f"{key.replace('_', '-')} are of {', '.join(known)}.")
        chosen.append(tuple(dict.fromkeys(names)))
    return Labels("person", moves=chosen[0], anti_moves=chosen[1], facts=facts)


def create_app(desk: Desk, port: int, token: str) -> FastAPI:
    """Returns the application.

    Args:
        desk: what is reviewed.
        port: at which it will listen.
        token: that opens it.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    guard = _Guard(port, token)
    app.middleware("http")(guard)

    @app.get("/")
    def show() -> Response:
        return guard.page(desk)

    @app.get("/sessions")
    def everything() -> Response:
        return JSONResponse(desk.everything())

    @app.get("/sessions/{name}")
    def session(name: str) -> Response:
        return _answer(lambda: desk.session(name))

    @app.post("/sessions/{name}/turns/{number}")
    async def label(name: str, number: int, request: Request) -> Response:
        content = await _body(request)
        return await run_in_threadpool(_answer, lambda: _labelled(desk, name, number, content))

    @app.post("/undo")
    def undo() -> Response:
        return _answer(desk.undo)

    return app


def _labelled(desk: Desk, name: str, number: int, content: dict[str, Any]) -> dict[str, Any]:
    session, _ = read_with_digest(desk.file_of(name))
    if not 0 <= number < len(session.turns):
        raise SessionError(f"{name} has {len(session.turns)} turns, none of number {number + 1}.")
    turn = session.turns[number]
    facts = dict(turn.labels.facts) if turn.labels else {}
    labels = labels_from(content.get("labels"), turn.speaker, facts)
    return desk.label(name, number, str(content.get("digest")), labels)


async def _body(request: Request) -> dict[str, Any]:
    try:
        content = await request.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _answer(work: Callable[[], dict[str, Any]]) -> Response:
    try:
        return JSONResponse(work())
    except ChangedMeanwhile as error:
        return JSONResponse({"problem": str(error)}, 409)
    except ExemplarError as error:
        return JSONResponse({"problem": str(error)}, 422)


class _Guard:
    """Lets only this machine's own browser in, with the token, and changes only from our own page."""

    def __init__(self, port: int, token: str) -> None:
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._token = token
        # A browser keeps cookies for a host, whatever the port.
        self._cookie = f"exemplar_review_{port}"
        self._form_key = sha256(f"form {token}".encode()).hexdigest()

    async def __call__(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Takes a call; every answer carries the headers."""
        response = self._refused(request) or await call_next(request)
        response.headers.setdefault(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def _refused(self, request: Request) -> Response | None:
        # A name that an attacker's server gave this address must not open it (DNS rebinding).
        if request.headers.get("host", "") not in self._hosts:
            return _problem(421, "this page answers only under the address that was printed.")
        shown = request.query_params.get("token")
        if request.url.path == "/" and shown is not None and self._is_token(shown):
            # A redirect takes the token out of the address bar.
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            return answer
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(request.headers.get("cookie", ""))
        except Exception:  # A broken cookie is none.
            cookies.clear()
        held = cookies.get(self._cookie)
        if held is None or not self._is_token(held.value):
            return _problem(
                403, "open the address with the token that `exemplar sessions review` printed."
            )
        if request.method not in {"GET", "HEAD"}:
            origin = request.headers.get("origin", "")
            key = request.headers.get("x-exemplar-key", "")
            ours = origin.removeprefix("http://") in self._hosts
            if not ours or not secrets.compare_digest(key.encode(), self._form_key.encode()):
                return _problem(403, "changes are taken from the page alone.")
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > _LONGEST:
                return _problem(413, "that is more than labels.")
        return None

    def _is_token(self, shown: str) -> bool:
        return secrets.compare_digest(shown.encode(errors="replace"), self._token.encode())

    def page(self, desk: Desk) -> Response:
        """Returns the page, which may run its own script only and call this server only."""
        nonce = secrets.token_urlsafe(16)
        content = PAGES.get_template("review.html").render(
            nonce=nonce,
            setup={
                "key": self._form_key,
                "keys": KEYS,
                "kinds": KIND_OF_MOVE,
                "moves": MOVES,
                "anti_moves": ALL_ANTI_MOVES,
                "emotions": EMOTIONS,
                "intents": desk.intents,
            },
            script=Markup(_template("review.js")),
            emotions=EMOTIONS,
            moves=MOVES,
            anti_moves=ALL_ANTI_MOVES,
            keys=KEYS,
            kinds=KIND_OF_MOVE,
            intents=desk.intents,
        )
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "connect-src 'self'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
        )
        return HTMLResponse(content, headers={"Content-Security-Policy": policy})


def _template(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def _problem(status: int, says: str) -> Response:
    return JSONResponse({"problem": says}, status)


def server_for(app: FastAPI, port: int) -> uvicorn.Server:
    """Returns a server of the application, not yet running; it writes down no calls."""
    return uvicorn.Server(
        uvicorn.Config(app, host=HOST, port=port, ws="none", access_log=False, log_level="warning")
    )
