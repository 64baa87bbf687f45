"""SESSIONS as files: read and checked against the schema, written whole."""

from __future__ import annotations

import functools
import io
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.sessions.model import Consent, Labels, Outcome, Session, Turn
from exemplar.settings import ROOT

#: Where the project keeps its SESSIONS.
SESSIONS: Final = ROOT / "data" / "sessions"
SCHEMA: Final = Path(__file__).parent / "schema.json"
#: A SESSION of a hundred thousand words is under a megabyte; what is larger is something else.
_LARGEST: Final = 8_000_000
#: Seconds; no conversation takes thirty years.
_LONGEST: Final = 1e9
#: Nothing stands deeper in a SESSION; a few thousand levels further down, parsers give up or crash.
_DEEPEST: Final = 20
#: Of one file's errors, so many are looked at for the first; a list of a million numbers has a million.
_ERRORS: Final = 200


class SessionError(ExemplarError):
    """A file is no SESSION; the message names file, line and what to do."""


class _Plain(yaml.CSafeLoader):
    """Reads YAML with its dates left as they are written, so that the schema can check them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@functools.lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """Returns the JSON Schema of a SESSION."""
    return dict(json.loads(SCHEMA.read_text(encoding="utf-8")))


@functools.lru_cache(maxsize=1)
def _validator() -> Any:
    return jsonschema.Draft7Validator(schema(), format_checker=jsonschema.FormatChecker())


def session_files(folder: Path = SESSIONS) -> list[Path]:
    """Returns the SESSION files of a folder and those below it, in the order of their names.

    Raises:
        ExemplarError: there is no such folder.
    """
    if not folder.is_dir():
        raise ExemplarError(f"there is no folder {folder}: name one with SESSIONS, or import some.")
    return sorted(file for file in folder.rglob("*.yml") if not file.name.startswith("."))


def read_sessions(folder: Path = SESSIONS) -> Iterator[Session]:
    """Yields a folder's SESSIONS one at a time, in the order of their names.

    Raises:
        SessionError: a file is none, or two have the same id.
    """
    seen: dict[str, Path] = {}
    for file in session_files(folder):
        session = read_session(file, ahead=True)
        if (other := seen.setdefault(session.id, file)) != file:
            raise SessionError(
                f"{file}:{_line(file, ('id',))}: has the id of {other}; give one of them another."
            )
        yield session


def read_session(file: Path, *, ahead: bool = False) -> Session:
    """Reads one SESSION.

    Args:
        file: of the SESSION.
        ahead: whether it may have a consent that is still to be given; it teaches nothing until then, and
            need not keep others from teaching.

    Raises:
        SessionError: it is none; the message names the line and what to do.
    """
    content = read_raw(file)
    session = parse(content)
    if session.id != file.stem:
        raise SessionError(
            f"{file}:{_line(file, ('id',))}: the id is {session.id!r}; a SESSION's file is called by its "
            f"id: {session.id}.yml."
        )
    for side, consent in (("customer", session.customer_consent), ("agent", session.agent_consent)):
        if consent.is_ahead and not ahead:
            raise SessionError(
                f"{file}:{_line(file, ('consent', side, 'given'))}: consent.{side}.given is {consent.given}, "
                "which is still to come; until then it is no consent: correct the day, or withdraw it."
            )
    return session


def read_raw(file: Path) -> dict[str, Any]:
    """Reads and checks one file, as data.

    Raises:
        SessionError: as with :func:`read_session`.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise SessionError(f"{file} is larger than any SESSION: is it another kind of file?")
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SessionError(
            f"{file}:{line}: is not UTF-8 (byte {error.start}); save it as UTF-8."
        ) from error
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror or error}.") from error
    try:
        _check_shape(text, file)
        content = yaml.load(text, _Plain)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        if isinstance(error, yaml.reader.ReaderError):
            line = text.encode().count(b"\n", 0, error.position) + 1
            where = f":{line}"
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise SessionError(f"{file}{where}: is no YAML: {problem}; mend it there.") from error
    check(content, str(file), file)
    return dict(content)


def _check_shape(text: str, file: Path) -> None:
    """Refuses what takes far more room when read than when written, or more nesting than can be read."""
    depth = 0
    for event in yaml.parse(text, _Plain):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > _DEEPEST:
            raise SessionError(
                f"{file}:{line}: is nested deeper than any SESSION: mend the brackets."
            )
        if isinstance(event, yaml.AliasEvent):
            raise SessionError(
                f"{file}:{line}: *{event.anchor} repeats what stands above: write it out again."
            )


def check(content: Any, name: str, file: Path | None = None) -> None:
    """Checks data against the schema, and what a schema cannot say.

    Args:
        content: of a SESSION.
        name: what to call it in errors.
        file: where its lines can be found.

    Raises:
        SessionError: the first thing that is wrong.
    """
    error = _first_error(content)
    if error is not None:
        path, problem = error
        raise SessionError(f"{name}{_at(file, path)}: {problem}")
    before = 0.0
    for number, turn in enumerate(content["turns"]):
        for place, value in (((), turn), (("labels",), turn.get("labels") or {})):
            for key in ("at", "frustration", "confidence"):
                # Not a number is neither above nor below anything.
                if not value.get(key, 0) < _LONGEST:
                    where = _at(file, ("turns", number, *place, key))
                    raise SessionError(
                        f"{name}{where}: turn {number + 1}, {key}, is {str(value[key])[:60]}: write a number "
                        "that can be."
                    )
        if turn["at"] < before:
            raise SessionError(
                f"{name}{_at(file, ('turns', number, 'at'))}: turn {number + 1} comes before the one above "
                "it: put the turns in the order of time."
            )
        before = turn["at"]
    started: tuple[str, ...] = ("started",)
    try:
        _moment(content["started"])
        for side, consent in content["consent"].items():
            for key in ("given", "withdrawn"):
                started = ("consent", side, key)
                if key in consent:
                    date.fromisoformat(consent[key])
    except ValueError as wrong:
        raise SessionError(f"{name}{_at(file, started)}: {wrong}; write a real date.") from wrong


def _first_error(content: Any) -> tuple[tuple[Any, ...], str] | None:
    if not isinstance(content, dict):
        return (), "is no SESSION: it should begin with id, channel, stage … (docs/sessions.md)."
    for path, key in _odd_keys(content):
        return path, f"{_place(path)} has {key!r:.60}, which is no word: quote it, or take it out."
    errors = sorted(
        itertools.islice(_validator().iter_errors(content), _ERRORS),
        key=lambda e: [f"{p:09}" if isinstance(p, int) else str(p) for p in e.path],
    )
    if not errors:
        return None
    error = errors[0]
    while error.context:
        # Of the kinds of turn, the one that its speaker makes it.
        speaker = error.instance.get("speaker") if isinstance(error.instance, dict) else None
        kind = 1 if speaker == "agent" else 0
        fitting = [e for e in error.context if e.schema_path[0] == kind] or list(error.context)
        error = max(fitting, key=lambda e: len(e.path))
    path = tuple(error.absolute_path)
    return path, _say(error, path)


def _odd_keys(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yields the keys that YAML takes for something else than a word, such as ``on`` and ``1``."""
    named = isinstance(content, dict)
    listed = content if isinstance(content, list) else ()
    for key, value in content.items() if named else enumerate(listed):
        if named and not isinstance(key, str):
            yield path, key
        yield from _odd_keys(value, (*path, key))


def _say(error: Any, path: Sequence[Any]) -> str:
    where = _place(path)
    value = json.dumps(error.instance, ensure_ascii=False, default=str)
    said = _is_said(error.instance, path)
    if said:
        is_text = isinstance(error.instance, str)
        value = f"a text of {len(error.instance)} characters" if is_text else "no text"
    value = value if len(value) <= 60 else f"{value[:57]}…"
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return f"{where} lacks {missing[0]}: add it."
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = [key for key in error.instance if key not in known]
        named = "a key of several words" if " " in extra[0] else repr(extra[0])
        return f"{where} has {named}, which means nothing here; it may have {', '.join(known)}."
    if error.validator == "enum":
        return f"{where} is {value}; it is one of {', '.join(map(str, error.validator_value))}."
    if error.validator == "const":
        return f"{where} is {value}; it is customer or agent."
    hint = error.schema.get("description")
    problem = error.message if len(error.message) < 120 else error.validator
    if said:
        problem = f"{error.validator} is {error.validator_value}"
    return f"{where} is {value}: {problem}" + (f" ({hint})." if hint else ".")


def _is_said(value: Any, path: Sequence[Any]) -> bool:
    """Whether a value may be what somebody said: errors go to screens and logs, and that does not."""
    if not path or path[0] != "turns" or len(path) < 2:
        return False
    return path[-1] == "text" or len(path) == 2 or (isinstance(value, str) and " " in value)


def _place(path: Sequence[Any]) -> str:
    if not path:
        return "the SESSION"
    if path[0] == "turns" and len(path) > 1:
        inside = " ".join(str(p) for p in path[2:] if not isinstance(p, int))
        return f"turn {path[1] + 1}" + (f", {inside}," if inside else "")
    return ".".join(map(str, path))


def _at(file: Path | None, path: Sequence[Any]) -> str:
    return f":{_line(file, path)}" if file else ""


def _line(file: Path, path: Sequence[Any]) -> int:
    """Returns the line, from 1, at which a place of a file stands, or the nearest above it."""
    node = yaml.compose(file.read_text(encoding="utf-8"), _Plain)
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1


def _moment(text: str) -> datetime:
    # Python 3.10 reads fractions of three or six digits only.
    text = re.sub(r"\.(\d+)", lambda found: f".{found[1][:6]:0<6}", text)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def parse(content: dict[str, Any]) -> Session:
    """Returns the SESSION that checked data describes."""
    return Session(
        id=content["id"],
        channel=content["channel"],
        stage=content["stage"],
        language=content["language"],
        origin=content["origin"],
        agent=content["agent"],
        customer_consent=_consent(content["consent"]["customer"]),
        agent_consent=_consent(content["consent"]["agent"]),
        started=_moment(content["started"]),
        outcome=Outcome(content["outcome"]["solved"], content["outcome"].get("rating")),
        turns=tuple(
            Turn(turn["speaker"], float(turn["at"]), turn["text"], parse_labels(turn.get("labels")))
            for turn in content["turns"]
        ),
        apart=bool(content.get("apart")),
    )


def _consent(content: dict[str, Any]) -> Consent:
    withdrawn = content.get("withdrawn")
    return Consent(
        given=date.fromisoformat(content["given"]),
        by=content["by"],
        purposes=tuple(content["for"]),
        withdrawn=date.fromisoformat(withdrawn) if withdrawn else None,
    )


def parse_labels(content: dict[str, Any] | None) -> Labels | None:
    """Returns the labels that checked data describes."""
    if content is None:
        return None
    frustration = content.get("frustration")
    return Labels(
        by=content["by"],
        confidence=float(content.get("confidence", 1.0)),
        intent=content.get("intent"),
        emotion=content.get("emotion"),
        frustration=None if frustration is None else float(frustration),
        moves=tuple(content.get("moves") or ()),
        anti_moves=tuple(content.get("anti_moves") or ()),
        facts=dict(content.get("facts") or {}),
    )


def as_data(session: Session) -> dict[str, Any]:
    """Returns a SESSION as the data of its file, in the order in which people read it."""
    outcome: dict[str, Any] = {"solved": session.outcome.solved}
    if session.outcome.rating is not None:
        outcome["rating"] = session.outcome.rating
    return {
        "id": session.id,
        "channel": session.channel,
        "stage": session.stage,
        "language": session.language,
        "origin": session.origin,
        "agent": session.agent,
        "consent": {
            "customer": _consent_data(session.customer_consent),
            "agent": _consent_data(session.agent_consent),
        },
        "started": session.started.isoformat().replace("+00:00", "Z"),
        "outcome": outcome,
        **({"apart": True} if session.apart else {}),
        "turns": [
            {
                "speaker": turn.speaker,
                "at": int(turn.at) if float(turn.at).is_integer() else round(turn.at, 3),
                "text": turn.text,
                **({"labels": labels_data(turn)} if turn.labels else {}),
            }
            for turn in session.turns
        ],
    }


def _consent_data(consent: Consent) -> dict[str, Any]:
    return {
        "given": consent.given.isoformat(),
        "by": consent.by,
        "for": list(consent.purposes),
        **({"withdrawn": consent.withdrawn.isoformat()} if consent.withdrawn else {}),
    }


def labels_data(turn: Turn) -> dict[str, Any]:
    """Returns a labelled turn's labels as they stand in its file."""
    labels = turn.labels
    assert labels is not None
    who: dict[str, Any] = {"by": labels.by}
    if not labels.settled:
        who["confidence"] = round(labels.confidence, 3)
    if turn.speaker == "customer":
        return {
            **({"intent": labels.intent} if labels.intent else {}),
            "emotion": labels.emotion,
            "frustration": round(labels.frustration or 0.0, 3),
            **who,
        }
    return {
        "moves": list(labels.moves),
        **({"anti_moves": list(labels.anti_moves)} if labels.anti_moves else {}),
        **({"facts": dict(labels.facts)} if labels.facts else {}),
        **who,
    }


class _Flow(dict[str, Any]):
    """A mapping written on one line."""


class _Writer(yaml.CSafeDumper):
    """Writes a SESSION as people would."""


_Writer.add_representer(
    _Flow,
    lambda writer, data: writer.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True),
)


def write_session(session: Session, folder: Path = SESSIONS) -> Path:
    """Writes a SESSION to its file, whole or not at all, and returns the file.

    Raises:
        SessionError: it would not be one.
        ExemplarError: it cannot be written.
    """
    content = as_data(session)
    check(content, session.id)
    content["consent"] = {side: _Flow(given) for side, given in content["consent"].items()}
    content["outcome"] = _Flow(content["outcome"])
    for turn in content["turns"]:
        if "labels" in turn:
            turn["labels"] = _Flow(turn["labels"])
    text = io.StringIO()
    try:
        yaml.dump(content, text, _Writer, sort_keys=False, allow_unicode=True, width=110)
    except UnicodeEncodeError as error:
        raise SessionError(
            f"{session.id}: holds half a character (an emoji cut in two?): take it out."
        ) from error
    file = folder / f"{session.id}.yml"
    write_whole(file, lambda output: output.write(text.getvalue().encode()))
    return file
