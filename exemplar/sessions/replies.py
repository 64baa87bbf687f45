"""What customers of SESSIONS answer to what agents say, as examples of what is meant amid a conversation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from exemplar.files import write_whole
from exemplar.sessions.model import Session
from exemplar.sessions.phrases import LONGEST, impersonal, plain

#: Below a project's data.
FILE: Final = Path("meant") / "exemplary.yml"
#: More of one intent would drown the others.
MOST: Final = 100
#: Details are known by what they are: what gives a number or an address may wish for anything beside it.
_DETAILS: Final = "provide_details"
_GIVEN: Final = re.compile(r"[\d@]")
_HEAD: Final = """# What customers of SESSIONS answered, with what the agent had said, by
# `exemplar sessions learn`: written anew each time, so edit the labels of the SESSIONS instead.
"""

#: What was said before, and the message.
Pair = tuple[str, str]


class Replies:
    """What customers meant after what was said, by intent; :meth:`add` SESSIONS one at a time."""

    def __init__(self, intents: Iterable[str]) -> None:
        """Takes the domain's intents."""
        self._found: dict[str, dict[Pair, bytes]] = {intent: {} for intent in sorted(intents)}

    def add(self, session: Session) -> None:
        """Takes what people or authors labelled in a SESSION, if it may teach and is in English.

        What asks stays out: SESSIONS have no labels for the kinds of questions about the matter in hand, and
        an intent would be only half of what is meant.
        """
        if not session.teaches or session.language != "en":
            return
        before = ""
        for turn in session.turns:
            if turn.speaker != "customer":
                before = plain(turn.text)
                continue
            text, labels = plain(turn.text), turn.labels
            if labels is None or not labels.settled or labels.intent not in self._found:
                continue
            given = labels.intent == _DETAILS and _GIVEN.search(text)
            if before and not given and "?" not in text and 0 < len(text) <= LONGEST:
                self._keep(self._found[labels.intent], (before, text))

    @staticmethod
    def _keep(kept: dict[Pair, bytes], pair: Pair) -> None:
        kept.setdefault(pair, hashlib.blake2b("\n".join(pair).encode(), digest_size=8).digest())
        if len(kept) > MOST:
            # Which ones are left out is chance, but the same with the same SESSIONS in any order.
            del kept[max(kept, key=lambda one: kept[one])]

    def by_intent(self) -> dict[str, list[list[str]]]:
        """Returns the pairs of the intents for which there are any, without a personal detail."""
        return {
            intent: [[impersonal(before), impersonal(text)] for before, text in pairs]
            for intent, pairs in self._found.items()
            if pairs
        }


def write_replies(found: Mapping[str, list[list[str]]], data: Path) -> int:
    """Writes the pairs; returns how many.

    Raises:
        ExemplarError: the file cannot be written.
    """
    file = data / FILE
    if not found:
        file.unlink(missing_ok=True)
        return 0
    body = yaml.dump(
        dict(found), sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None
    )
    file.parent.mkdir(exist_ok=True)
    write_whole(file, lambda output: output.write((_HEAD + body).encode()))
    return sum(map(len, found.values()))
