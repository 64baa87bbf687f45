"""The company's pages: a folder of Markdown, read into sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from exemplar.errors import ExemplarError

#: Bytes of a page. A longer one is a mistake (an export, a log), and no page to answer from.
LARGEST_PAGE: Final = 1_000_000

_ASKED: Final = re.compile(r"<!--\s*asked:(.*?)-->", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
#: A sentence ends at a stop before a capital, a digit or a quotation mark; "2 p.m. on" goes on.
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[”\"’')]*\s+(?=[“\"‘'(]?[A-Z0-9ÄÖÜ])|\n+")
_ABBREVIATIONS: Final = (
    "e.g.",
    "i.e.",
    "approx.",
    "incl.",
    "excl.",
    "no.",
    "nr.",
    "mr.",
    "mrs.",
    "dr.",
)


@dataclass(frozen=True)
class Section:
    """A piece of a page that answers one kind of question.

    Attributes:
        file: the page's file name.
        page: the page's title.
        heading: the section's heading; empty for what stands above the first one.
        sentences: its text, one or more; an item of a list is one, too.
        asked: how customers ask for it, from ``<!-- asked: … | … -->``; readers never see it.
    """

    file: str
    page: str
    heading: str
    sentences: tuple[str, ...]
    asked: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole section, in one paragraph."""
        return " ".join(self.sentences)

    @property
    def place(self) -> str:
        """Where it stands, for people: ``Returns and refunds, “Sale items”``."""
        return f"{self.page}, “{self.heading}”" if self.heading else self.page


def state_of_pages(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Returns what changes when a page does, see :func:`state_of`.

    Raises:
        ExemplarError: there is no such folder.
    """
    return state_of(_files(folder))


def state_of(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Returns what changes when one of these files does: their names, times and sizes."""
    states = []
    for file in files:
        try:
            state = file.stat()
        except OSError:
            # Deleted since the folder was listed, or a link to nowhere, which reading it will report.
            states.append((file.name, 0, 0))
        else:
            states.append((file.name, state.st_mtime_ns, state.st_size))
    return tuple(states)


def load_pages(folder: Path, terms: Mapping[str, object]) -> tuple[Section, ...]:
    """Reads every Markdown file of a folder; README.md is for whoever edits, and no page.

    Args:
        folder: where the pages lie.
        terms: what placeholders such as ``{return_days}`` stand for.

    Returns:
        The sections, pages in the order of their file names.

    Raises:
        ExemplarError: the folder is missing or has no pages; a page is no text, too large, has no title,
            no text, or a placeholder that is not among the terms.
    """
    sections = tuple(section for file in _files(folder) for section in load_page(file, terms))
    if not sections:
        raise ExemplarError(f"{folder}: no pages (*.md) to answer questions from.")
    return sections


def load_page(file: Path, terms: Mapping[str, object]) -> tuple[Section, ...]:
    """Reads one page; see :func:`load_pages`."""
    tokens = MarkdownIt("commonmark").parse(_fill(file, _read(file), terms))
    title = ""
    heading = ""
    parts: dict[str, list[str]] = {}
    asked: dict[str, list[str]] = {}
    for kind, text in _blocks(tokens):
        if kind == "h1":
            if title:
                raise ExemplarError(f"{file}: a second title (“# {text}”); one page has one.")
            title = text
        elif kind == "h2":
            heading = text
            if heading in parts:
                raise ExemplarError(f"{file}: the section “{heading}” stands there twice.")
            parts[heading] = []
        elif kind == "asked":
            asked.setdefault(heading, []).append(text)
        else:
            parts.setdefault(heading, []).append(text)
    if not title:
        raise ExemplarError(f"{file}: no title; begin the page with “# ” and its name.")
    for name, texts in parts.items():
        if not texts:
            raise ExemplarError(f"{file}: nothing is said under “{name}”.")
    if not parts:
        raise ExemplarError(f"{file}: a title and nothing under it.")
    return tuple(
        Section(
            file.name,
            title,
            name,
            tuple(sentence for text in texts for sentence in split_sentences(text)),
            tuple(asked.get(name, ())),
        )
        for name, texts in parts.items()
    )


def split_sentences(text: str) -> list[str]:
    """Splits a text into its sentences, none of them empty."""
    sentences: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if text[: end.start()].lower().endswith(_ABBREVIATIONS):
            continue
        sentences.append(text[start : end.end()].strip())
        start = end.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _files(folder: Path) -> list[Path]:
    try:
        # iterdir and not glob, which finds nothing, silently, where there is no folder.
        return sorted(
            file
            for file in folder.iterdir()
            if file.suffix.lower() == ".md" and file.stem.lower() != "readme"
        )
    except OSError as error:
        raise ExemplarError(
            f"{folder}: cannot read the company's pages ({error.strerror or error})."
        ) from error


def _read(file: Path) -> str:
    try:
        if not file.is_file():
            raise ExemplarError(f"{file}: not there, or no file.")
        if file.stat().st_size > LARGEST_PAGE:
            raise ExemplarError(f"{file}: larger than {LARGEST_PAGE:,} bytes; split it into pages.")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExemplarError(f"{file}: cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise ExemplarError(f"{file}: not UTF-8 text; save it as UTF-8.") from error
    if "\0" in text:
        raise ExemplarError(f"{file}: not text but binary data; a page is Markdown.")
    return text


def _fill(file: Path, text: str, terms: Mapping[str, object]) -> str:
    def term(found: re.Match[str]) -> str:
        if found[1] not in terms:
            line = text.count("\n", 0, found.start()) + 1
            raise ExemplarError(
                f"{file}, line {line}: {{{found[1]}}} is none of the company's terms "
                f"({', '.join(sorted(terms))})."
            )
        return str(terms[found[1]])

    return _PLACEHOLDER.sub(term, text)


def _blocks(tokens: Iterable[Token]) -> Iterator[tuple[str, str]]:
    """Yields headings (``h1``, ``h2``), texts (``p``; deeper headings, too) and ``asked``, in their order."""
    kind = "p"
    for token in tokens:
        if token.type == "heading_open":
            kind = token.tag if token.tag in ("h1", "h2") else "p"
        elif token.type == "inline":
            text = " ".join(_plain(token.children or ()).split("\n")).strip()
            if text:
                yield kind, text
            kind = "p"
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield "p", token.content.strip()
        elif token.type == "html_block":
            for comment in _ASKED.findall(token.content):
                for question in comment.split("|"):
                    if question.strip():
                        yield "asked", " ".join(question.split())


def _plain(tokens: Iterable[Token]) -> str:
    """Returns what a reader sees: of a link its words, of a picture its description."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image" or token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
    return "".join(parts)
