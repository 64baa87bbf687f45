"""A closed handover as a SESSION, so that the assistant can learn from the person who saw to it.

It goes the way of every import: consent is asked for, personal data is taken out, and what was withdrawn
stays out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from exemplar.desk.brief import QUOTE
from exemplar.desk.model import CLOSED, Entry, Handover, Kind, Outcome
from exemplar.desk.registry import Registry
from exemplar.errors import ExemplarError
from exemplar.sessions.consent import SIDES, ConsentBook
from exemplar.sessions.files import SESSIONS
from exemplar.sessions.formats import RawConversation, RawTurn
from exemplar.sessions.formats.base import AGENT, CUSTOMER, in_order, plain
from exemplar.sessions.importing import GUESS, import_conversations, session_id

#: What the ids of such SESSIONS begin with.
KIND: Final = "desk"
#: Whose words are in a SESSION. The assistant's are not: only people are models.
_ROLES: Final = {Kind.CUSTOMER: CUSTOMER, Kind.AGENT: AGENT}


@dataclass(frozen=True)
class Exported:
    """What became of a handover.

    Attributes:
        session: the SESSION's id.
        unchanged: it was there already, with the same content.
        stage_guessed: a person should look at its stage.
    """

    session: str
    unchanged: bool
    stage_guessed: bool


def export_handover(
    registry: Registry,
    number: str,
    consent: ConsentBook,
    *,
    stage: str = GUESS,
    agent: str = "exemplary",
    out: Path = SESSIONS,
    replace_changed: bool = False,
) -> Exported:
    """Writes a closed handover as a SESSION.

    Args:
        registry: of the handovers.
        number: the handover's.
        consent: what is on record; there the conversation is called by the handover's number.
        stage: before, during, after the purchase, or ``guess``.
        agent: ``exemplary`` or ``ordinary``.
        out: the folder of SESSIONS.
        replace_changed: whether a SESSION that is there with other content is replaced.

    Raises:
        ExemplarError: there is no such handover, it is not over, or it must not or cannot be a SESSION;
            nothing was written then.
    """
    handover = registry.find(number)
    if handover is None:
        raise ExemplarError(f"there is no handover {number}; its number is like H-1001.")
    if handover.state != CLOSED:
        raise ExemplarError(
            f"{handover.number} is not over yet; close it at the desk, or with "
            f"`exemplar desk close {handover.number}`."
        )
    missing = [side for side in SIDES if consent.of(handover.number, side, {}, number) is None]
    if missing:
        raise ExemplarError(
            f"{handover.number}: no consent of the {' and the '.join(missing)} is on record; write it to a "
            f"file, under conversations: {{{handover.number}: …}}, and name it with --consent "
            "(docs/sessions-import.md)."
        )
    conversation = conversation_of(handover, registry.entries_since(handover.number))
    report = import_conversations(
        [conversation],
        KIND,
        handover.number,
        consent=consent,
        stage=stage,
        agent=agent,
        out=out,
        replace_changed=replace_changed,
    )
    identity = session_id(KIND, conversation.key)
    for left_out, why in (
        (report.withdrawn, f"its SESSION {identity} was withdrawn, and stays out"),
        (report.one_sided, "only one side wrote, so nothing can be learned from it"),
        (report.other_language, "it is not in English, which is all that redaction reads"),
    ):
        if left_out:
            raise ExemplarError(f"{handover.number}: {why}.")
    return Exported(identity, bool(report.unchanged), bool(report.guessed))


def conversation_of(handover: Handover, entries: Sequence[Entry]) -> RawConversation:
    """Returns what customer and people wrote to each other, before redaction.

    It begins with what the customer said when a person was asked for, which stands in the brief.
    """
    facts = dict(handover.brief.facts)
    customer = facts.get("customer", "")
    said = [
        _turn(entry.text, entry.name or (customer if entry.kind == Kind.CUSTOMER else ""), entry)
        for entry in entries
        if entry.kind in _ROLES
    ]
    opening = _opening(handover.brief.last_words)
    if not any(turn.role == CUSTOMER and turn.text.startswith(opening) for turn in said):
        said.insert(0, RawTurn(opening, customer, CUSTOMER, _zoned(handover.requested)))
    names = {handover.claimed_name, *(entry.name for entry in entries), customer}
    return RawConversation(
        key=handover.number,
        file=Path(handover.number),
        line=0,
        turns=in_order(said),
        channel="slack" if handover.channel == "slack" else "website",
        started=_zoned(handover.requested),
        names=tuple(sorted(names - {""})),
        emails=tuple(value for name, value in facts.items() if name == "email"),
        solved=handover.outcome == Outcome.SOLVED,
    )


def _turn(text: str, name: str, entry: Entry) -> RawTurn:
    return RawTurn(plain(text), name, _ROLES[entry.kind], _zoned(entry.at))


def _opening(last_words: str) -> str:
    """Returns the customer's last words before; where the brief has cut them, up to a word's end."""
    if len(last_words) < QUOTE:
        return plain(last_words)
    return plain(last_words.rpartition(" ")[0] or last_words)


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc)
