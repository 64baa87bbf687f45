"""One turn's labels written into a SESSION's file; all else there, comments too, stays as it is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.sessions.files import (
    SessionError,
    check,
    labels_data,
    parse,
    read_session,
    write_session,
)
from exemplar.sessions.model import Labels, Session

_ENDLESS: Final = 10_000


class ChangedMeanwhile(ExemplarError):
    """The file is no longer what was read."""


def digest_of(file: Path) -> str:
    """Returns a digest of a file's content.

    Raises:
        ExemplarError: it cannot be read.
    """
    try:
        return hashlib.blake2b(file.read_bytes(), digest_size=12).hexdigest()
    except OSError as error:
        raise ExemplarError(f"cannot read {file}: {error.strerror or error}.") from error


def read_with_digest(file: Path) -> tuple[Session, str]:
    """Reads a SESSION and the digest of what was read.

    Raises:
        SessionError: it is none.
        ExemplarError: it changes all the time.
    """
    for _ in range(5):
        before = digest_of(file)
        session = read_session(file, ahead=True)
        if digest_of(file) == before:
            return session, before
    raise ExemplarError(f"{file} is being written; try again in a moment.")


def amend(file: Path, digest: str, number: int, labels: Labels) -> Session:
    """Writes the labels of one turn.

    Args:
        file: of the SESSION.
        digest: of the file as it was when the labels were chosen.
        number: of the turn, from 0.
        labels: new.

    Returns:
        The SESSION as it stands now.

    Raises:
        ChangedMeanwhile: the file is another than it was; nothing was written.
        SessionError: the labels are none of that turn's.
        ExemplarError: it cannot be written.
    """
    session, now = read_with_digest(file)
    if now != digest:
        raise _changed(file)
    if not 0 <= number < len(session.turns):
        raise SessionError(
            f"{file.name} has {len(session.turns)} turns, none of number {number + 1}."
        )
    turns = list(session.turns)
    turns[number] = replace(turns[number], labels=labels)
    wanted = replace(session, turns=tuple(turns))
    text = file.read_bytes().decode("utf-8")
    try:
        changed = _inserted(text, number, wanted)
        fits = changed is not None and _means(changed, file.name) == wanted
    except (yaml.YAMLError, ValueError, KeyError, IndexError, SessionError):
        fits = False
    if not fits or changed is None:
        # An unusual way of writing YAML: it is written anew, and comments are lost.
        write_session(wanted, file.parent)
        return wanted
    content = changed.encode()
    write_whole(file, lambda output: output.write(content))
    return wanted


def restore(file: Path, digest: str, content: bytes) -> None:
    """Writes a file as it was before a change, byte for byte.

    Args:
        file: of the SESSION.
        digest: of the file after that change.
        content: of the file before it.

    Raises:
        ChangedMeanwhile: the file was changed since; nothing was written.
        ExemplarError: it cannot be written.
    """
    if digest_of(file) != digest:
        raise _changed(file)
    write_whole(file, lambda output: output.write(content))


def _changed(file: Path) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        f"{file.name} was changed by somebody else since it was read. Nothing was written; here it is as it "
        "stands now. Do it again if it is still right."
    )


def _means(text: str, name: str) -> Session:
    """Returns the SESSION that a text describes."""
    from exemplar.sessions.files import _Plain

    content = yaml.load(text, _Plain)
    check(content, name)
    return parse(content)


def _inserted(text: str, number: int, wanted: Session) -> str | None:
    """Returns the text with one turn's labels as wanted; None where that is not simply done."""
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    turns = next(value for key, value in root.value if key.value == "turns")
    turn = turns.value[number]
    if turn.flow_style:
        return None
    found = [(key, value) for key, value in turn.value if key.value == "labels"]
    line = _line(labels_data(wanted.turns[number]))
    if found:
        _, value = found[0]
        if not value.flow_style:
            return None
        return text[: value.start_mark.index] + line + text[value.end_mark.index :]
    end = _end(turn)
    kept = text[:end].rstrip()
    indent = " " * turn.value[0][0].start_mark.column
    return f"{kept}\n{indent}labels: {line}\n{text[end:].lstrip(chr(10))}"


def _end(node: Any) -> int:
    """Returns where a node's last words end; a block's own end is at what comes next."""
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return int(node.end_mark.index)


def _line(labels: dict[str, Any]) -> str:
    """Returns labels on one line, as authors write them."""
    return yaml.dump(
        labels, default_flow_style=True, sort_keys=False, allow_unicode=True, width=_ENDLESS
    ).strip()
