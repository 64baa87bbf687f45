"""What customers of SESSIONS say in the middle of a conversation, as examples for the understanding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.files import write_whole
from exemplar.sessions.model import Session
from exemplar.sessions.redaction import Redactor
from exemplar.sessions.stories import read_yaml

#: Below a project's data.
FILE: Final = Path("nlu") / "exemplary.yml"
#: More of one intent would drown what designers wrote.
MOST: Final = 200
#: Longer messages say more than one thing.
LONGEST: Final = 240
#: What changes something is done at such a word: only where it is that word and little more.
_WORDS: Final = frozenset({"affirm", "deny", "provide_details", "drop_matter"})
_FEW: Final = 6
_SPECIAL: Final = re.compile(r"[\[\]{}()]")
#: A placeholder of the redaction stands for what it hides.
_PLACEHOLDER: Final = re.compile(r"\[([A-Z_]+)_\d+]")
_STANDS_FOR: Final = {
    "ADDRESS": "12 Mill Lane",
    "EMAIL": "j.doe@example.org",
    "INVOICE": "INV-104871",
    "NAME": "Jo",
    "ORDER": "ML-104871",
    "PHONE": "555 0142",
}
_HEAD: Final = """version: "3.1"

# What customers of SESSIONS said, by `exemplar sessions learn`: written anew each time, so edit the labels of
# the SESSIONS instead. Entities are not marked here, and are not learned from here.
"""


class Phrases:
    """What customers said, by intent; :meth:`add` SESSIONS one at a time."""

    def __init__(self, intents: Iterable[str]) -> None:
        """Takes the domain's intents."""
        self._found: dict[str, dict[str, bytes]] = {intent: {} for intent in sorted(intents)}

    def add(self, session: Session) -> None:
        """Takes what people or authors labelled in a SESSION, if it may teach and is in English."""
        if not session.teaches or session.language != "en":
            return
        for turn in session.turns:
            labels = turn.labels
            if turn.speaker != "customer" or labels is None or not labels.settled:
                continue
            text, intent = plain(turn.text), labels.intent
            short = intent not in _WORDS or len(text.split()) <= _FEW
            if intent in self._found and 0 < len(text) <= LONGEST and short:
                self._keep(self._found[intent], text)

    @staticmethod
    def _keep(kept: dict[str, bytes], text: str) -> None:
        kept.setdefault(text, hashlib.blake2b(text.encode(), digest_size=8).digest())
        if len(kept) > MOST:
            # Which ones are left out is chance, but the same with the same SESSIONS in any order.
            del kept[max(kept, key=lambda one: kept[one])]

    def by_intent(self) -> dict[str, list[str]]:
        """Returns the phrases of the intents for which there are any, without a personal detail."""
        return {
            intent: list(dict.fromkeys(map(impersonal, texts)))
            for intent, texts in self._found.items()
            if texts
        }


def plain(text: str) -> str:
    """Returns words of a SESSION on one line, with something invented for each placeholder."""
    text = _PLACEHOLDER.sub(lambda m: _STANDS_FOR.get(m[1], ""), text)
    return " ".join(_SPECIAL.sub(" ", text).split())


def impersonal(text: str) -> str:
    """Returns words without a personal detail."""
    # Not every SESSION came through an import, and an understanding is no place to remember people.
    return plain(Redactor().redact_all([text])[0])


def write_phrases(found: Mapping[str, list[str]], data: Path) -> int:
    """Writes the examples, without those that designers have under some intent; returns how many.

    Raises:
        ExemplarError: a file of the designers is broken, or this one cannot be written.
    """
    taken = set(_designed(data))
    entries: list[dict[str, Any]] = []
    count = 0
    for intent, texts in found.items():
        new = []
        for text in texts:
            if _key(text) not in taken:
                taken.add(_key(text))
                new.append(text)
        count += len(new)
        if new:
            lines = "".join(f"- {text}\n" for text in new)
            entries.append(
                {"intent": intent, "metadata": {"source": "sessions"}, "examples": lines}
            )
    file = data / FILE
    if not entries:
        file.unlink(missing_ok=True)
        return 0
    body = yaml.dump(
        {"nlu": entries}, Dumper=Blocks, sort_keys=False, allow_unicode=True, width=10_000
    )
    write_whole(file, lambda output: output.write((_HEAD + body).encode()))
    return count


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _designed(data: Path) -> Iterable[str]:
    for file in sorted((data / "nlu").glob("*.yml")):
        if file.name == FILE.name:
            continue
        for entry in read_yaml(file).get("nlu") or ():
            for line in str(entry.get("examples") or "").splitlines():
                yield _key(re.sub(r"\[([^]]*)](\([^)]*\)|{[^}]*})", r"\1", line.removeprefix("- ")))


class Blocks(yaml.SafeDumper):
    """Writes examples as Rasa's files have them, a line each."""


Blocks.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)
