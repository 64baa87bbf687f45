"""``exemplar sessions …``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from exemplar.errors import ExemplarError
from exemplar.progress import progress
from exemplar.sessions.cli_import import import_command, withdraw_command
from exemplar.sessions.cli_pages import report_command, review_command
from exemplar.sessions.files import SESSIONS, read_sessions, session_files, write_session
from exemplar.settings import ROOT

if TYPE_CHECKING:
    from exemplar.sessions.model import Session

sessions = typer.Typer(
    no_args_is_help=True, help="SESSIONS: what the assistant learns its behaviour from."
)

#: Turns that `why` prints at most.
_SHOWN: Final = 8

_FOLDER = typer.Option(SESSIONS, "--sessions", help="The folder of the SESSIONS.")
_DATA = typer.Option(ROOT / "data", "--data", help="The project's data, where stories are written.")


sessions.command("import")(import_command)
sessions.command("withdraw")(withdraw_command)
sessions.command("report")(report_command)
sessions.command("review")(review_command)


def _read(folder: Path) -> Iterator[Session]:
    files = session_files(folder)
    with progress("reading SESSIONS", len(files)) as step:
        for session in read_sessions(folder):
            step()
            yield session


@sessions.command("check")
def sessions_check(folder: Path = _FOLDER) -> None:
    """Check every SESSION against its schema; say what is wrong, with file and line."""
    from exemplar.sessions.files import SessionError, read_session

    count, wrong = 0, 0
    for file in session_files(folder):
        count += 1
        try:
            read_session(file)
        except SessionError as error:
            wrong += 1
            typer.echo(str(error))
    if wrong:
        raise ExemplarError(f"{wrong} of {count} SESSIONS are wrong.")
    typer.echo(f"{count} SESSIONS: nothing to object to.")


@sessions.command("schema")
def sessions_schema() -> None:
    """Print the JSON Schema of a SESSION."""
    from exemplar.sessions.files import SCHEMA

    typer.echo(SCHEMA.read_text(encoding="utf-8").rstrip())


@sessions.command("annotate")
def sessions_annotate(folder: Path = _FOLDER) -> None:
    """Label turns that have no labels; what a person or an author said is never touched."""
    from exemplar.emotion.reader import EmotionReader
    from exemplar.sessions.annotating import annotate, train_moves

    folder_of = {file.stem: file.parent for file in session_files(folder)}
    console = Console(stderr=True)
    intent_of = _intents()
    with console.status("Learning to read moves from labelled turns, some two minutes …"):
        moves = train_moves(read_sessions(SESSIONS))
    reader, labelled = EmotionReader(), 0
    with progress("labelling", len(folder_of)) as step:
        for session in read_sessions(folder):
            done = annotate(session, moves, reader, intent_of)
            if done != session:
                write_session(done, folder_of.get(session.id, folder))
                labelled += sum(a != b for a, b in zip(done.turns, session.turns, strict=True))
            step()
    Console().print(
        f"{labelled} turns labelled by the model; confirm them with `exemplar sessions review`."
    )


def _intents() -> Any:
    from exemplar.nlu.parsing import newest_assistant

    console = Console(stderr=True)
    with console.status("Loading the trained assistant, which knows the intents …"):
        assistant = newest_assistant()
    if assistant is None:
        console.print("No assistant is trained (`exemplar train`): customers' turns get no intent.")
        return None
    # The name is the pipeline's own kind of text, which no YAML can hold.
    return lambda text: str(assistant.parse(text)["intent"]["name"])


@sessions.command("learn")
def sessions_learn(
    folder: Path = _FOLDER,
    data: Path = _DATA,
    minimum: int = typer.Option(3, min=2, help="Claim nothing of what fewer SESSIONS show."),
) -> None:
    """Learn which moves exemplary agents make: stories for the assistant, suggestions for the desk."""
    from exemplar.sessions.learning import Learned
    from exemplar.sessions.phrases import Phrases, write_phrases
    from exemplar.sessions.practice import practices_of, write_practices
    from exemplar.sessions.project import (
        goals_of,
        intents_of,
        read_domain,
        responses_of,
        stages_of,
    )
    from exemplar.sessions.replies import Replies, write_replies
    from exemplar.sessions.shelf import shelve
    from exemplar.sessions.stories import read_bases, sift, write_stories
    from exemplar.sessions.ways import Ways

    console = Console()
    domain = read_domain(data.parent)
    learned, heard = Learned(goals_of(domain), minimum), Phrases(intents_of(domain))
    ways, replies = Ways(goals_of(domain), minimum), Replies(intents_of(domain))
    for session in _read(folder):
        learned.add(session)
        ways.add(session)
        heard.add(session)
        replies.add(session)
    if not learned.sessions:
        console.print(
            "No SESSION may teach: there is none of an exemplary agent with the consent of both sides."
        )
    bases = read_bases(data)
    stories = write_stories(learned, bases, responses_of(data), stages_of(domain))
    kept, against = sift(stories, bases, data)
    result = shelve(kept, data)
    said = write_phrases(heard.by_intent(), data)
    answered = write_replies(replies.by_intent(), data)
    write_practices(practices_of(learned, ways), data)
    _show_patterns(console, learned)
    for contradiction in against:
        console.print(
            f"Not written: “{contradiction.story}” contradicts {contradiction.by}.", highlight=False
        )
    for name, difference in result.kept.items():
        console.print(f"\nKept as you changed it: “{escape(name)}”", highlight=False)
        console.print(escape(difference), highlight=False)
    for name in result.dropped:
        console.print(f"Stays out, since you took it out: “{escape(name)}”", highlight=False)
    for name in result.gone:
        console.print(f"No longer taught, taken out: “{escape(name)}”", highlight=False)
    console.print(
        f"{learned.sessions} SESSIONS taught {len(result.written)} stories in data/stories/exemplary; "
        f"{len(result.kept)} kept as designers changed them, {len(result.gone)} taken out, "
        f"{len(against)} not written. {said} things that customers said are in data/nlu/exemplary.yml, and "
        f"{answered} with what they answered in data/meant/exemplary.yml."
    )


def _show_patterns(console: Console, learned: Any) -> None:
    table = Table(title="What exemplars do, by feeling", title_justify="left")
    for heading in ("feeling", "mood", "", "moves", "SESSIONS", "frustration in the next words"):
        table.add_column(heading)
    for pattern in learned.patterns():
        situation = pattern.situation
        if situation.stage is None and situation.goal is None:
            table.add_row(
                situation.feeling,
                situation.mood,
                "asks" if situation.asks else "answers",
                " → ".join(pattern.moves) or "(no move is usual)",
                str(pattern.sessions),
                str(pattern.change or "too few"),
            )
    console.print(table)


@sessions.command("why")
def sessions_why(
    name: str = typer.Argument(..., help="A learned story, a response or an action."),
    folder: Path = _FOLDER,
    data: Path = _DATA,
) -> None:
    """Print the turns of the SESSIONS that taught a story or an action."""
    from exemplar.sessions.evidence import evidence_of
    from exemplar.sessions.project import goals_of, read_domain
    from exemplar.sessions.shelf import read_learned
    from exemplar.sessions.why import evidence_for, lessons, places_of, uses

    console = Console()
    known = {session.id: session for session in _read(folder) if session.teaches}
    stories = read_learned(data)
    if name in stories:
        _, story = stories[name]
        for key, value in (story.get("metadata") or {}).items():
            if key not in {"taught_by", "seen_in"}:
                console.print(f"{key.replace('_', ' ')}: {value}", highlight=False)
        places = places_of(story)
    else:
        using = {title: one for title, (_, one) in stories.items() if uses(one, name)}
        for title in using:
            console.print(f"In the learned story “{escape(title)}”", highlight=False)
        places = [place for one in using.values() for place in places_of(one)]
        goals = goals_of(read_domain(data.parent))
        if not places:
            exemplary = (s for s in known.values() if s.agent == "exemplary")
            shown = [one for session in exemplary for one in evidence_of(session, goals)]
            places = [one.place for one in evidence_for(name, shown)]
    found = list(lessons(dict.fromkeys(places), known))
    if not found:
        raise ExemplarError(
            f"no SESSION teaches {name!r}: it was written by a designer, or there is nothing of that name."
        )
    for lesson in found[:_SHOWN]:
        console.print(f"\n[bold]{lesson.place}[/bold]  {' → '.join(lesson.moves)}", highlight=False)
        if lesson.customer:
            console.print(f"  customer: {escape(lesson.customer.text.strip())}", highlight=False)
        console.print(f"  agent:    {escape(lesson.agent.text.strip())}", highlight=False)
    if len(found) > _SHOWN:
        console.print(f"\n… and {len(found) - _SHOWN} turns more.")
