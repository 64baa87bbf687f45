"""The learned stories as files: what a designer changed there is kept."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.sessions.stories import (
    Story,
    as_written,
    as_yaml,
    digest_of,
    read_entries,
    read_yaml,
)

#: Below a project's data: the stories, and what each was when it was last learned.
FOLDER: Final = Path("stories") / "exemplary"
LEDGER: Final = Path("sessions") / "learned.json"


@dataclass
class Shelved:
    """What became of the learned stories.

    Attributes:
        written: names of those that stand in the files as learned.
        kept: names of those that a designer has changed, with the differences to what was learned.
        dropped: names of those that a designer has taken out; they are not written again.
        gone: names of those that are no longer learned, and were taken out.
        own: names of stories in these files that a designer has written.
    """

    written: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def read_learned(data: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Returns the stories of the learned files, by name, each with its file.

    Raises:
        ExemplarError: a file is broken.
    """
    return {
        str(story.get("story")): (file, story)
        for file in sorted((data / FOLDER).glob("*.yml"))
        for story in read_entries(file, "stories")
    }


def shelve(stories: Sequence[Story], data: Path) -> Shelved:
    """Writes what was learned; what a designer has changed, written or taken out stays so.

    Args:
        stories: learned, in the order in which they are written.
        data: the project's ``data``.

    Raises:
        ExemplarError: a file is broken or cannot be written.
    """
    ledger = _read_ledger(data / LEDGER)
    there = read_learned(data)
    now, result = dict[str, str](), Shelved()
    files: dict[str, dict[str, Mapping[str, Any]]] = {}
    for story in stories:
        now[story.name] = story.digest
        _, present = there.get(story.name, (None, None))
        if present is None and story.name in ledger:
            result.dropped.append(story.name)
            continue
        content: Mapping[str, Any] = story.as_data()
        if present is not None and _changed(present, ledger.get(story.name), story.digest):
            result.kept[story.name] = _difference(content, present)
            content = {**content, "steps": present.get("steps") or []}
        if story.name not in result.kept:
            result.written.append(story.name)
        files.setdefault(story.file, {})[story.name] = content
    for name, (file, present) in there.items():
        if name in now:
            continue
        if name in ledger and not _changed(present, ledger[name]):
            result.gone.append(name)
            continue
        if name in ledger:
            now[name] = ledger[name]
            result.kept[name] = "No SESSION teaches it any more; it stays because it was changed.\n"
        else:
            result.own.append(name)
        files.setdefault(file.stem, {})[name] = present
    # Whoever took a story out does not want it back only because it was not taught for a while.
    now |= {
        name: digest for name, digest in ledger.items() if name not in there and name not in now
    }
    # A file in which a designer's own stories stand alone, now as before, is not ours to write.
    ours = {file.stem for name, (file, _) in there.items() if name not in result.own}
    ours |= {stem for stem, stories in files.items() if stories.keys() - set(result.own)}
    _write(data, {stem: files[stem] for stem in ours & files.keys()}, files.keys(), now)
    return result


def _changed(story: Mapping[str, Any], *digests: str | None) -> bool:
    """Tells whether a story's steps are neither as they were learned then nor as they are now."""
    return digest_of(story.get("steps") or ()) not in digests


def _write(
    data: Path,
    files: Mapping[str, Mapping[str, Mapping[str, Any]]],
    needed: Collection[str],
    ledger: Mapping[str, str],
) -> None:
    """Writes the files that hold a learned story; what only a designer has written is left alone."""
    folder = data / FOLDER
    for name, stories in sorted(files.items()):
        target = folder / f"{name}.yml"
        # What has the same steps keeps what a designer noted on them.
        present = {str(one.get("story")): one for one in _entries(target)}
        same = {
            key: text
            for key, text in as_written(target).items()
            if key in stories and present[key].get("steps") == stories[key].get("steps")
        }
        text = as_yaml([stories[key] for key in sorted(stories)], same).encode()
        if not target.exists() or target.read_bytes() != text:
            write_whole(target, lambda output, text=text: output.write(text))  # type: ignore[misc]
    for file in folder.glob("*.yml"):
        if file.stem not in needed and read_yaml(file).keys() <= {"version", "stories"}:
            file.unlink()
    text = json.dumps(dict(sorted(ledger.items())), indent=1, ensure_ascii=False).encode() + b"\n"
    write_whole(data / LEDGER, lambda output: output.write(text))


def _entries(file: Path) -> list[dict[str, Any]]:
    return read_entries(file, "stories") if file.exists() else []


def _read_ledger(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        return {str(k): str(v) for k, v in json.loads(file.read_text(encoding="utf-8")).items()}
    except (ValueError, AttributeError, OSError) as error:
        raise ExemplarError(
            f"{file} is broken: restore it from version control, or delete it, and every story in "
            f"{FOLDER} counts as written by a designer."
        ) from error


def _difference(learned: Mapping[str, Any], present: Mapping[str, Any]) -> str:
    """Returns the lines by which a designer's story differs from the learned one."""
    lines = (
        as_yaml([{"story": one.get("story"), "steps": one.get("steps")}]).splitlines()[4:]
        for one in (learned, present)
    )
    learned_lines, present_lines = lines
    compared = difflib.unified_diff(
        learned_lines, present_lines, "learned", "as it stands", lineterm="", n=2
    )
    return "\n".join(itertools.islice(compared, 60)) + "\n"
