"""Who of those who speak is the customer and who the agent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from exemplar.sessions.files import SessionError
from exemplar.sessions.formats import RawConversation, RawTurn
from exemplar.sessions.formats.base import AGENT, CUSTOMER, one_line, shown
from exemplar.sessions.formats.tables import role_of
from exemplar.sessions.names import fold

#: Formats whose speakers are written by people, who may mistype them.
_TABLES: Final = frozenset({"csv", "jsonl"})
#: Formats in which nothing but a name says who speaks.
_NAMES_ONLY: Final = frozenset({"vtt", "srt", *_TABLES})
#: In a table whose columns have slipped what is said may stand for who says it; an error does not show that.
_LIKE_A_NAME: Final = re.compile(r"[^\s@,;:?!]+(?: [^\s@,;:?!]+){0,3}")


@dataclass(frozen=True)
class Speakers:
    """Who is who, for sources that know only names.

    Attributes:
        customers: names of customers.
        agents: names of agents.
    """

    customers: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()

    def role(self, name: str) -> str | None:
        """Returns the side that a name belongs to, as far as the map tells."""
        said = same_name(name)
        if said and said in map(same_name, self.customers):
            return CUSTOMER
        if said and said in map(same_name, self.agents):
            return AGENT
        return None


def with_roles(conversation: RawConversation, speakers: Speakers, kind: str) -> list[RawTurn]:
    """Returns a conversation's turns with the side of each, None where an export does not tell it.

    Raises:
        SessionError: a name's side is not known, and a person can say it.
    """
    turns = [
        replace(turn, role=speakers.role(turn.name) or turn.role or role_in(turn.name))
        for turn in conversation.turns
    ]
    unknown = list(dict.fromkeys(turn.name for turn in turns if turn.role is None))
    if not unknown or kind not in _NAMES_ONLY:
        return turns
    known = {
        turn.role
        for turn in turns
        # In a table "robot" beside "agent" is a slip, not the name of a customer.
        if turn.role is not None and (kind not in _TABLES or speakers.role(turn.name))
    }
    two = kind not in _TABLES or len(_voices(turns)) == 2
    if len(unknown) == 1 and unknown[0] and len(known) == 1 and two:
        # Of two who talk, one is known.
        other = AGENT if known == {CUSTOMER} else CUSTOMER
        return [replace(turn, role=turn.role or other) for turn in turns]
    first = next(turn for turn in turns if turn.role is None)
    names = [_spelled(name) for name in unknown[:4] if name]
    if not names:
        raise SessionError(
            f"{conversation.where_of(first)}: does not say who speaks: give every caption a speaker, "
            "such as <v Agent>."
        )
    if len(names) == 1:
        ask = f"{names[0]} speaks: is that the customer or the agent? Say --customer NAME or"
    else:
        ask = (
            f"{', '.join(names[:-1])} and {names[-1]} speak: who is which? Say --customer NAME and"
        )
    raise SessionError(
        f"{conversation.where_of(first)}: {ask} --agent-name NAME"
        + (", or write customer or agent there" if kind in _TABLES else "")
        + (", and give every caption a speaker." if "" in unknown else ".")
    )


def role_in(name: str) -> str | None:
    """Returns the side that a name such as "Agent 2" tells."""
    return role_of(re.sub(r"[\s#]*\d+$", "", name))


def _voices(turns: Iterable[RawTurn]) -> set[str]:
    return {same_name(turn.name) or str(turn.role) for turn in turns}


def _spelled(name: str) -> str:
    """Returns a speaker's name for the question who that is, which only a name can put."""
    name = one_line(name)
    return repr(name) if _LIKE_A_NAME.fullmatch(name) and len(name) <= 40 else shown(name)


def same_name(name: str) -> str:
    """Returns a name as it is compared: without capitals and accents."""
    return " ".join(fold(word) for word in name.split())
