"""Conversations in, SESSIONS out: consent asked for, personal data taken out, all of a file or nothing."""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Final

from exemplar.errors import ExemplarError
from exemplar.files import check_writable, write_whole
from exemplar.sessions.consent import ConsentBook
from exemplar.sessions.files import SESSIONS, SessionError, read_session, write_session
from exemplar.sessions.formats import FORMATS, RawConversation, RawTurn, format_of, reader_for
from exemplar.sessions.formats.base import AGENT, CUSTOMER, called, shown
from exemplar.sessions.import_report import ImportReport, some
from exemplar.sessions.model import (
    AGENTS,
    CHANNELS,
    PURPOSES,
    STAGES,
    Consent,
    Outcome,
    Session,
    Turn,
)
from exemplar.sessions.redaction import Redactor
from exemplar.sessions.speakers import Speakers, role_in, same_name, with_roles

GUESS: Final = "guess"
#: The SESSIONS that were withdrawn, so that they are not imported again: one a line, id and day.
WITHDRAWN: Final = "withdrawn.txt"
#: The SESSIONS whose stage was guessed and waits for a person's look: one a line, id and stage.
GUESSED: Final = "stages-to-review.txt"
#: Kinds of source that ids begin with; the desk's conversations are exported by itself.
_KINDS: Final = (*FORMATS, "desk")
#: What redaction reads; other languages stay outside.
LANGUAGE: Final = "en"
_LONGEST_TEXT: Final = 20_000
_MOST_TURNS: Final = 2_000
#: Fewer letters tell no language.
_FEWEST_LETTERS: Final = 80
_AFTER: Final = re.compile(
    r"\b(?:refund|return(?:ed|ing)?|arriv(?:ed?|al)|deliver(?:ed|y)|track(?:ing)?|parcel|"
    r"courier|broken|damaged|faulty|"
    r"warranty|invoice|my order|ml-?\d{6}|cancel|missing|late|exchange|received|complaint|"
    r"repair|spare part)\b",
    re.I,
)
_DURING: Final = re.compile(
    r"\b(?:check ?out|basket|cart|payment|pay(?:ing)?|declined|voucher|discount code|"
    r"promo code|place (?:the|my|an) order|"
    r"card (?:was|is) |at the till|3-?d secure|klarna|paypal)\b",
    re.I,
)
_THANKS: Final = re.compile(
    r"\b(?:thank|thanks|thx|cheers|perfect|great|brilliant|sorted|solved|works now|lovely)\b", re.I
)
_UNSOLVED: Final = re.compile(
    r"\b(?:not solved|still (?:not|no|doesn'?t|isn'?t|hasn'?t)|useless|waste of time|no help|"
    r"ridiculous|unacceptable|"
    r"never again|thanks for nothing)\b",
    re.I,
)


@dataclass(frozen=True)
class _Settings:
    consent: ConsentBook
    speakers: Speakers
    channel: str | None
    stage: str | None
    agent: str
    kind: str


def import_sessions(
    source: Path,
    format: str = "auto",
    *,
    consent: ConsentBook | None = None,
    speakers: Speakers | None = None,
    channel: str | None = None,
    stage: str | None = None,
    agent: str = "exemplary",
    out: Path = SESSIONS,
    replace_changed: bool = False,
    elsewhere: Collection[str] = (),
    progress: Callable[[int], object] | None = None,
) -> ImportReport:
    """Imports the conversations of one file, all that may be or none.

    Args:
        source: a file, or a folder for Slack.
        format: of :data:`~exemplar.sessions.formats.FORMATS`, or ``auto``.
        consent: what is on record; what the source itself has counts too.
        speakers: who is who, where the source has only names.
        channel: of ours, instead of what the source tells.
        stage: before, during, after the purchase; ``guess``; or None where the source tells.
        agent: ``exemplary`` or ``ordinary``.
        out: the folder of SESSIONS.
        replace_changed: whether a SESSION that is there with other content is replaced, and withdrawn where
            the consent to it was taken back.
        elsewhere: numbers of conversations that are in other files, see :func:`numbers_of`.
        progress: called with the number of conversations read so far.

    Raises:
        ExemplarError: the source is malformed, nobody consented, or something that only a person can
            decide; nothing was written then.
    """
    if not source.exists():
        raise ExemplarError(f"there is no {source}: name the file to import.")
    kind = format_of(source) if format == "auto" else format
    reader = reader_for(kind, source)
    return import_conversations(
        reader(source),
        kind,
        str(source),
        consent=consent,
        speakers=speakers,
        channel=channel,
        stage=stage,
        agent=agent,
        out=out,
        replace_changed=replace_changed,
        elsewhere=elsewhere,
        progress=progress,
    )


def numbers_of(source: Path, format: str, wanted: Collection[str]) -> set[str]:
    """Returns which of some numbers are those of a file's conversations.

    Args:
        source: see :func:`import_sessions`.
        format: likewise.
        wanted: the numbers.

    Raises:
        ExemplarError: the file cannot be read, or is malformed.
    """
    if not source.exists():
        raise ExemplarError(f"there is no {source}: name the file to import.")
    return {one.key for one in reader_for(format, source)(source) if one.key in wanted}


def import_conversations(
    conversations: Iterable[RawConversation],
    kind: str,
    source: str,
    *,
    consent: ConsentBook | None = None,
    speakers: Speakers | None = None,
    channel: str | None = None,
    stage: str | None = None,
    agent: str = "exemplary",
    out: Path = SESSIONS,
    replace_changed: bool = False,
    elsewhere: Collection[str] | None = None,
    progress: Callable[[int], object] | None = None,
) -> ImportReport:
    """Imports conversations from wherever they come, all that may be or none.

    Args:
        conversations: before redaction.
        kind: what kind of source it is; their ids begin with it.
        source: what to call it in errors.
        consent: see :func:`import_sessions`, also for all below.
        speakers: likewise.
        channel: likewise.
        stage: likewise.
        agent: likewise.
        out: likewise.
        replace_changed: likewise.
        elsewhere: likewise; None if the consents are about more than these conversations.
        progress: likewise.

    Raises:
        ExemplarError: see :func:`import_sessions`.
    """
    for value, known, option in (
        (channel, CHANNELS, "channel"),
        (stage, (*STAGES, GUESS), "stage"),
        (agent, AGENTS, "agent"),
    ):
        if value is not None and value not in known:
            raise ExemplarError(f"--{option} is {shown(value)}; it is one of {', '.join(known)}.")
    settings = _Settings(
        consent or ConsentBook(), speakers or Speakers(), channel, stage, agent, kind
    )
    nearest = next((folder for folder in (out, *out.parents) if folder.exists()), out)
    if nearest.exists() and not nearest.is_dir():
        raise ExemplarError(f"{nearest} is no folder: name another one for the SESSIONS.")
    check_writable(out)
    there = {file.stem: file for file in out.rglob("*.yml") if not file.name.startswith(".")}
    gone = set(withdrawn_ids(out))
    report = ImportReport()
    # Beside the folder, not in it: whoever reads SESSIONS meanwhile must not find half an import.
    staging = Path(tempfile.mkdtemp(prefix=".import-", dir=out.resolve().parent))
    try:
        keys: dict[str, RawConversation] = {}
        for number, conversation in enumerate(conversations, 1):
            identity = session_id(kind, conversation.key)
            if identity in keys:
                raise SessionError(
                    f"{conversation.where}: {called(conversation.key)} is there twice (see line "
                    f"{keys[identity].line}); every conversation needs a number of its own."
                )
            keys[identity] = replace(conversation, turns=(), names=(), emails=(), consent={})
            _take(conversation, identity, settings, there, gone, staging, report, replace_changed)
            if progress is not None:
                progress(number)
        if elsewhere is not None:
            _check_named(settings, keys, elsewhere, there, gone, report)
        if report.taken_back and not replace_changed:
            raise SessionError(
                f"{source}: consent was taken back to what was imported before, {some(report.taken_back)}; "
                "say --replace to withdraw that as well, or `exemplar sessions withdraw ID`."
            )
        if report.read and report.no_consent == report.read and not report.taken_back:
            raise ExemplarError(
                f"{source}: no conversation has the consent of both sides, so none was imported; record "
                "it in a file and name it with --consent (docs/sessions-import.md)."
            )
        # Before anything is written: whoever took consent back is gone whatever happens then.
        for identity in report.taken_back:
            withdraw(identity, out)
        report.files = _move(staging, out, there)
        _note_guesses(report.guessed, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return report


def session_id(kind: str, key: str) -> str:
    """Returns a SESSION's id: the same for the same conversation, and telling nothing about anybody."""
    return f"{kind}-{hashlib.sha256(f'{kind}:{key}'.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _check_named(
    settings: _Settings,
    keys: Mapping[str, RawConversation],
    elsewhere: Collection[str],
    there: Mapping[str, Path],
    gone: Collection[str],
    report: ImportReport,
) -> None:
    """Makes sure that each conversation that the consents name is known.

    Raises:
        SessionError: one is not: whoever was meant by it would be imported as if nothing was said.
    """
    for number, sides in settings.consent.named.items():
        if session_id(settings.kind, number) in keys or number in elsewhere:
            continue
        ids = [session_id(kind, number) for kind in _KINDS]
        if None in sides.values():
            # It is in another file, but its SESSION is here, and consent to it was taken back.
            report.taken_back += [identity for identity in ids if identity in there]
        if not any(identity in there or identity in gone for identity in ids):
            raise SessionError(
                f"{settings.consent.places.get(number, 'the consents')}: no conversation is called "
                f"{called(number)}, neither in what is imported nor in a SESSION: correct its number, or "
                "take it out."
            )


def _take(
    conversation: RawConversation,
    identity: str,
    settings: _Settings,
    there: Mapping[str, Path],
    gone: set[str],
    staging: Path,
    report: ImportReport,
    replace_changed: bool,
) -> None:
    """Writes one conversation to the staging folder, or counts why not."""
    report.note_unread(conversation.unread)
    if identity in gone:
        report.withdrawn += 1
        return
    consents = {
        side: settings.consent.of(conversation.key, side, conversation.consent, conversation.where)
        for side in (CUSTOMER, AGENT)
    }
    if None in consents.values():
        report.no_consent += 1
        if identity in there:
            refused = any(
                settings.consent.refused(
                    conversation.key, side, conversation.consent, conversation.where
                )
                for side in consents
            )
            (report.taken_back if refused else report.still_there).append(identity)
        return
    turns = with_roles(conversation, settings.speakers, settings.kind)
    unknown = next((turn for turn in turns if turn.role is None), None)
    if unknown is not None:
        report.unknown_side += 1
        report.first_unknown = (
            report.first_unknown
            or f"{conversation.where_of(unknown)}, author {called(unknown.name)}"
        )
        return
    if len({turn.role for turn in turns}) < 2:
        report.one_sided += 1
        return
    if not _is_read(conversation):
        report.other_language += 1
        return
    redactor = _redactor(conversation, settings.speakers)
    session = _session(conversation, identity, turns, consents, redactor, settings)
    before = there.get(identity)
    if before is not None:
        old = read_session(before, ahead=True)
        less = _consents_to_less(session, old)
        if _content(old) == _content(session) and not less:
            report.unchanged += 1
            return
        if not replace_changed:
            raise SessionError(
                f"{conversation.where}: {'has consent for less than' if less else 'differs from'} {before}, "
                "which was imported before; say --replace to take the new one (what people labelled stays "
                "where the turn is the same)."
            )
        session = _with_labels(session, old)
        report.replaced += 1
    else:
        report.imported += 1
    if settings.stage == GUESS and _own_stage(conversation) is None:
        report.guessed.append(f"{identity} {session.stage}")
    write_session(session, staging)
    report.redacted.update(redactor.counts)


def _redactor(conversation: RawConversation, speakers: Speakers) -> Redactor:
    names = [*conversation.names, *(turn.name for turn in conversation.turns if turn.name)]
    mapped = [*speakers.customers, *speakers.agents]
    said = {same_name(name) for name in names}
    # An export that knows no name has a number, which is nobody's name in what was said.
    names = [
        name
        for name in dict.fromkeys(names)
        if role_in(name) is None and not name.replace(" ", "").isdigit()
    ]
    redactor = Redactor(
        [*names, *(m for m in mapped if same_name(m) in said)], emails=conversation.emails
    )
    redactor.read(turn.text for turn in conversation.turns)
    return redactor


def _session(
    conversation: RawConversation,
    identity: str,
    turns: list[RawTurn],
    consents: Mapping[str, Consent | None],
    redactor: Redactor,
    settings: _Settings,
) -> Session:
    if len(turns) > _MOST_TURNS:
        raise SessionError(
            f"{conversation.where}: has {len(turns)} turns; more than {_MOST_TURNS} are no conversation."
        )
    started, times = _times(conversation, turns)
    said = []
    for turn, at in zip(turns, times, strict=True):
        text = redactor.redact(turn.text)
        if len(text) > _LONGEST_TEXT:
            raise SessionError(
                f"{conversation.where}: a turn has {len(text)} characters; "
                f"more than {_LONGEST_TEXT} are no turn."
            )
        said.append(Turn(str(turn.role), at, text))
    customer, agent = consents[CUSTOMER], consents[AGENT]
    assert customer is not None
    assert agent is not None
    return Session(
        id=identity,
        channel=settings.channel or _channel(conversation),
        stage=_stage(conversation, settings),
        language=LANGUAGE,
        origin="recorded",
        agent=settings.agent,
        customer_consent=replace(customer, by=redactor.redact(customer.by)),
        agent_consent=replace(agent, by=redactor.redact(agent.by)),
        started=started,
        outcome=Outcome(_solved(conversation, turns), conversation.rating),
        turns=tuple(said),
    )


def _times(conversation: RawConversation, turns: list[RawTurn]) -> tuple[datetime, list[float]]:
    """Returns when a conversation began, and each turn's seconds since then, rising.

    A turn without a time has that of the one before it.

    Raises:
        SessionError: a turn comes before the one above it.
    """
    moments = [turn.at for turn in turns if isinstance(turn.at, datetime)]
    started = moments[0] if moments else conversation.started
    if started is None:
        started = datetime.fromtimestamp(int(conversation.file.stat().st_mtime), timezone.utc)
    times: list[float] = []
    latest = 0.0
    for turn in turns:
        at = turn.at
        now = (at - started).total_seconds() if isinstance(at, datetime) else at
        if now is not None and now < latest:
            which = f"turn {turn.number} " if turn.number else ""
            raise SessionError(
                f"{conversation.where_of(turn)}: {which}comes before the one above it: put them in the order "
                "of time, or correct its time."
            )
        latest = latest if now is None else float(now)
        times.append(round(latest, 3))
    return started.replace(microsecond=0), times


def _channel(conversation: RawConversation) -> str:
    channel = conversation.channel or "website"
    if channel not in CHANNELS:
        raise SessionError(
            f"{conversation.where}: channel is {shown(channel)}; it is one of {', '.join(CHANNELS)}."
        )
    return channel


def _own_stage(conversation: RawConversation) -> str | None:
    stage = (conversation.stage or "").strip().lower() or None
    if stage is not None and stage not in STAGES:
        raise SessionError(
            f"{conversation.where}: stage is {shown(stage)}; it is one of {', '.join(STAGES)}."
        )
    return stage


def _stage(conversation: RawConversation, settings: _Settings) -> str:
    own = _own_stage(conversation)
    if settings.stage not in (None, GUESS):
        return str(settings.stage)
    if own is not None:
        return own
    if settings.stage is None:
        raise SessionError(
            f"{conversation.where}: does not say whether it was before, during or after the purchase; "
            "say --stage before, during, after, or guess."
        )
    return guess_stage(turn.text for turn in conversation.turns)


def guess_stage(texts: Iterable[str]) -> str:
    """Guesses a stage by words: of an order that exists, else of paying, else it is before the purchase."""
    words = " ".join(texts)
    after, during = len(_AFTER.findall(words)), len(_DURING.findall(words))
    if after > during:
        return "after"
    return "during" if during else "before"


def _solved(conversation: RawConversation, turns: list[RawTurn]) -> bool:
    """Returns whether the matter was solved: as the source says, by the rating, or by the last words."""
    if conversation.solved is not None:
        return conversation.solved
    if conversation.rating is not None:
        return conversation.rating >= 4
    last = " ".join([turn.text for turn in turns if turn.role == CUSTOMER][-2:])
    return bool(_THANKS.search(last)) and not _UNSOLVED.search(last)


def _is_read(conversation: RawConversation) -> bool:
    """Whether a conversation is in the language that redaction reads."""
    if conversation.language:
        return conversation.language.strip().lower()[:2] == LANGUAGE
    text = " ".join(turn.text for turn in conversation.turns)[:4000]
    if sum(sign.isalpha() for sign in text) < _FEWEST_LETTERS:
        return True
    language, sure = _identifier().classify(text)
    return language == LANGUAGE or sure < 0.95


@functools.lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(
        ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "tr", "ru", "uk", "ar", "zh"]
    )
    return identifier


def _content(session: Session) -> tuple[Any, ...]:
    """Returns what makes two SESSIONS the same conversation: what was said, whatever was labelled since."""
    return tuple((turn.speaker, round(turn.at, 3), turn.text) for turn in session.turns)


def _consents_to_less(new: Session, old: Session) -> bool:
    """Whether a side agrees to less than is written in a SESSION that is there."""
    return any(new.may_serve(purpose) < old.may_serve(purpose) for purpose in PURPOSES)


def _with_labels(new: Session, old: Session) -> Session:
    """Returns a SESSION with the labels of the one that it replaces, where the turn is the same."""
    turns = [
        replace(turn, labels=before.labels)
        if before is not None and (before.speaker, before.text) == (turn.speaker, turn.text)
        else turn
        for turn, before in zip(new.turns, [*old.turns, *[None] * len(new.turns)], strict=False)
    ]
    return replace(new, turns=tuple(turns), apart=old.apart)


def _move(staging: Path, out: Path, there: Mapping[str, Path]) -> list[Path]:
    """Puts what was staged in its place; if that fails midway, takes everything back."""
    moved: list[tuple[Path, Path | None]] = []
    kept = staging / "before"
    try:
        kept.mkdir()
        for number, file in enumerate(sorted(staging.glob("*.yml"))):
            target = there.get(file.stem, out / file.name)
            before = None
            if target.exists():
                before = kept / f"{number}.yml"
                shutil.copy2(target, before)
            file.replace(target)
            moved.append((target, before))
    except OSError as error:
        for target, before in reversed(moved):
            with suppress(OSError):
                if before is None:
                    target.unlink()
                else:
                    before.replace(target)
        raise ExemplarError(
            f"cannot write to {out}: {error.strerror or error}; nothing was imported."
        ) from error
    return [target for target, _ in moved]


def _note_guesses(guessed: list[str], out: Path) -> None:
    if not guessed:
        return
    file = out / GUESSED
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    named = {line.split()[0] for line in guessed}
    lines = [line for line in lines if line.split() and line.split()[0] not in named]
    write_whole(
        file, lambda output: output.write("".join(f"{x}\n" for x in [*lines, *guessed]).encode())
    )


def withdrawn_ids(folder: Path = SESSIONS) -> Mapping[str, str]:
    """Returns the withdrawn SESSIONS' ids with their days.

    Raises:
        SessionError: the list cannot be read.
    """
    file = folder / WITHDRAWN
    if not file.exists():
        return {}
    found: dict[str, str] = {}
    try:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            parts = line.split()
            if not parts or parts[0].startswith("#"):
                continue
            if len(parts) != 2 or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", parts[0]):
                raise SessionError(
                    f"{file}:{number}: has an id and a day on each line; correct it."
                )
            found[parts[0]] = parts[1]
    except (OSError, UnicodeDecodeError) as error:
        raise SessionError(f"cannot read {file}: {error}.") from error
    return found


def withdraw(id: str, folder: Path = SESSIONS, *, today: date | None = None) -> bool:
    """Removes a SESSION whose consent was taken back, and remembers that, so that it is not imported again.

    What the assistant learned from it goes with the next ``exemplar sessions learn``.

    Args:
        id: of the SESSION.
        folder: of the SESSIONS.
        today: the day that is remembered.

    Returns:
        Whether there was a file; False if it had been withdrawn before.

    Raises:
        ExemplarError: there is no such SESSION.
    """
    gone = dict(withdrawn_ids(folder))
    files = [file for file in folder.rglob("*.yml") if file.stem == id] if folder.is_dir() else []
    if not files and id not in gone:
        raise ExemplarError(
            f"there is no SESSION {shown(id)} in {folder}; its id is its file's name without .yml."
        )
    if id not in gone:
        # Remembered first: what is remembered and still there can be withdrawn again.
        gone[id] = (today or datetime.now(timezone.utc).date()).isoformat()
        lines = "".join(f"{name} {day}\n" for name, day in gone.items())
        head = "# SESSIONS that were withdrawn, and when; they are not imported again.\n"
        write_whole(folder / WITHDRAWN, lambda output: output.write((head + lines).encode()))
    for file in files:
        try:
            file.unlink()
        except OSError as error:
            raise ExemplarError(
                f"cannot remove {file}: {error.strerror or error}; remove it by hand."
            ) from error
    return bool(files)
