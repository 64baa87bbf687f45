"""The consents that a company has on record, as a small YAML file.

    customer: {given: 2026-11-01, by: signed form 12, for: [learning, evaluation]}
    agent: {given: 2026-10-01, by: works agreement 7, for: [learning, evaluation]}
    conversations:            # what differs, by the source's own number
      "4711": {customer: none}
      "4712": {customer: {given: 2026-11-03, by: chat survey, for: [learning]}}

The first two stand for every conversation that is not named below them. A day that is still to come is no
consent yet, and a number that no conversation has would let in whoever was meant by it: both are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.sessions.files import SessionError
from exemplar.sessions.formats.base import called, one_line, shown
from exemplar.sessions.model import PURPOSES, Consent, latest_day

SIDES: Final = ("customer", "agent")
_NONE: Final = ("none", "no", "refused", "withdrawn", False, None)


@dataclass(frozen=True)
class ConsentBook:
    """What is on record.

    Attributes:
        general: by side, for conversations that are not named.
        named: by the source's number, then by side; None is a refusal.
        places: where each number stands, for errors.
    """

    general: Mapping[str, Consent | None] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, Consent | None]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str, side: str, own: Mapping[str, Any], where: str) -> Consent | None:
        """Returns one side's consent to a conversation, None if there is none.

        Args:
            key: the source's number.
            side: ``customer`` or ``agent``.
            own: what the source itself has, by side.
            where: file and line, for errors.

        Raises:
            SessionError: what the source has is no consent.
        """
        named = self.named.get(key, {})
        if side in named:
            return named[side]
        if side in own:
            return parse_consent(own[side], f"{where}: the {side}'s consent")
        return self.general.get(side)

    def refused(self, key: str, side: str, own: Mapping[str, Any], where: str) -> bool:
        """Tells whether one side refused or took back, rather than that nobody knows of a consent.

        Args:
            key: see :meth:`of`, also for the others.
            side: likewise.
            own: likewise.
            where: likewise.
        """
        known = side in self.named.get(key, {}) or side in own or side in self.general
        return known and self.of(key, side, own, where) is None


def read_consents(file: Path) -> ConsentBook:
    """Reads a consent file.

    Raises:
        SessionError: it is none; the message names the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
        places = _places(text, file)
    except UnicodeDecodeError as error:
        raise SessionError(f"{file}: is not UTF-8; save it as UTF-8.") from error
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror or error}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SessionError(
            f"{file}{f':{mark.line + 1}' if mark else ''}: is no YAML: "
            f"{one_line(getattr(error, 'problem', None) or str(error))}."
        ) from error
    if not isinstance(content, dict) or not set(content) <= {*SIDES, "conversations"}:
        raise SessionError(f"{file}: holds customer, agent and conversations, and nothing else.")
    conversations = content.get("conversations") or {}
    if not isinstance(conversations, dict):
        raise SessionError(f"{file}: conversations has a name for each: the source's number.")
    if len(places) != len(conversations):
        raise SessionError(f"{file}: two conversations have the same number; put them in quotes.")
    named: dict[str, dict[str, Consent | None]] = {}
    # The number as it is written: YAML takes 0042 for another.
    for key, sides in zip(places, conversations.values(), strict=True):
        if not isinstance(sides, dict) or not set(sides) <= set(SIDES):
            raise SessionError(f"{file}: conversation {called(key)} has customer, agent, or both.")
        named[key] = {
            side: parse_consent(given, f"{file}: conversation {called(key)}, {side},")
            for side, given in sides.items()
        }
    general = {
        side: parse_consent(content[side], f"{file}: {side}") for side in SIDES if side in content
    }
    return ConsentBook(general, named, places)


def _places(text: str, file: Path) -> dict[str, str]:
    """Returns file and line of each conversation that is named.

    Raises:
        SessionError: something is named twice, of which YAML would keep the last without a word.
    """
    root = yaml.compose(text, yaml.SafeLoader)
    found: dict[str, str] = {}
    for key, value in _members(root, file):
        if key.value == "conversations":
            for number, sides in _members(value, file):
                found[str(number.value)] = f"{file}:{number.start_mark.line + 1}"
                _members(sides, file)
    return found


def _members(node: Any, file: Path) -> list[tuple[Any, Any]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    seen: set[str] = set()
    for key, _ in node.value:
        if str(key.value) in seen:
            raise SessionError(
                f"{file}:{key.start_mark.line + 1}: {called(key.value)} is there twice; which one counts? "
                "Take the other out."
            )
        seen.add(str(key.value))
    return list(node.value)


def parse_consent(content: Any, what: str) -> Consent | None:
    """Reads one consent; a refusal, or one that was withdrawn, is None.

    Raises:
        SessionError: it is neither.
    """
    if content in _NONE if not isinstance(content, (dict, list)) else False:
        return None
    if not isinstance(content, dict):
        raise SessionError(
            f"{what} is {shown(content)}; write {{given: 2026-11-01, by: form 12, for: [learning]}}."
        )
    unknown = set(map(str, content)) - {"given", "by", "for", "withdrawn"}
    if unknown:
        raise SessionError(f"{what} has {called(min(unknown))}; it has given, by and for.")
    given, by, purposes = content.get("given"), content.get("by"), content.get("for")
    if isinstance(given, datetime):
        given = given.date()
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given.strip()[:10])
        except ValueError:
            given = None
    if not isinstance(given, date):
        raise SessionError(f"{what} has no day on which it was given; write given: 2026-11-01.")
    if given > latest_day():
        raise SessionError(
            f"{what} is given on {given}, which is still to come: none until then; correct the day."
        )
    if not isinstance(by, str) or not by.strip() or len(by) > 150:
        raise SessionError(
            f"{what} does not say by whom, or where its record is; write by: form 12."
        )
    purposes = [purposes] if isinstance(purposes, str) else purposes
    if (
        not isinstance(purposes, list)
        or not purposes
        or not set(map(str, purposes)) <= set(PURPOSES)
    ):
        raise SessionError(
            f"{what} does not say what for; write for: [{', '.join(PURPOSES)}], or one of them."
        )
    if content.get("withdrawn"):
        return None
    return Consent(given, one_line(by), tuple(p for p in PURPOSES if p in purposes))
