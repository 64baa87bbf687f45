"""How customers ask for what the company's pages say: wordings, and what looks like one and is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.knowledge.pages import Section, state_of

#: The folder beside the pages that holds wordings, a file for each hand that wrote them.
ASKED: Final = "asked"
#: In these files, the name under which messages stand that no page answers.
NONE: Final = "none"


@dataclass(frozen=True)
class Wordings:
    """Messages by the section that answers them.

    Attributes:
        asked: by the page's file name and the section's heading.
        nothing: what no page answers, though it looks like it.
    """

    asked: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    nothing: tuple[str, ...] = ()


def load_wordings(folder: Path) -> Wordings:
    """Reads the wordings of a folder of YAML files; none where there is no such folder.

    Raises:
        ExemplarError: a file cannot be read, or is written otherwise; see :func:`load_hand`.
    """
    return together([load_hand(file) for file in _files(folder)])


def load_hand(file: Path) -> Wordings:
    """Reads one file of wordings: page → heading → list of messages.

    Raises:
        ExemplarError: it cannot be read, or is written otherwise.
    """
    asked: dict[tuple[str, str], tuple[str, ...]] = {}
    nothing: tuple[str, ...] = ()
    try:
        found: Any = yaml.load(file.read_text(encoding="utf-8-sig"), yaml.CSafeLoader) or {}
        for page, sections in found.items():
            if page == NONE:
                nothing = _texts(sections)
                continue
            for heading, texts in sections.items():
                asked[str(page), str(heading)] = _texts(texts)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise ExemplarError(
            f"{file}: it holds pages, under each its headings, and under these a list of messages in "
            f"quotation marks; and “{NONE}”, with messages that no page answers ({error})."
        ) from error
    return Wordings(asked, nothing)


def together(hands: Sequence[Wordings]) -> Wordings:
    """Returns the wordings of several hands as one's."""
    asked: dict[tuple[str, str], tuple[str, ...]] = {}
    for hand in hands:
        for name, texts in hand.asked.items():
            asked[name] = (*asked.get(name, ()), *texts)
    return Wordings(asked, tuple(text for hand in hands for text in hand.nothing))


def with_wordings(sections: Sequence[Section], wordings: Wordings) -> tuple[Section, ...]:
    """Returns sections with what is asked for each; wordings of a section that is gone are left out."""
    return tuple(
        replace(
            section,
            asked=tuple(
                dict.fromkeys(
                    [*section.asked, *wordings.asked.get((section.file, section.heading), ())]
                )
            ),
        )
        for section in sections
    )


def state_of_wordings(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Returns what changes when a file of wordings does."""
    return state_of(_files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yml"))


def _texts(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TypeError(f"no list of messages: {str(found)[:60]}")
    return tuple(found)
