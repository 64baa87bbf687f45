"""Conversations come in redacted, with consent only, all of a file or nothing, and go when withdrawn."""

from __future__ import annotations

import json
import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from exports import CONSENT, CSV, JSONL, PERSONAL, SAMPLES, VTT, ZENDESK
from typer.testing import CliRunner

from exemplar.errors import ExemplarError
from exemplar.sessions.cli_import import importing
from exemplar.sessions.consent import ConsentBook, read_consents
from exemplar.sessions.files import read_session, read_sessions, write_session
from exemplar.sessions.import_report import ImportReport
from exemplar.sessions.importing import (
    GUESSED,
    guess_stage,
    import_sessions,
    session_id,
    withdraw,
    withdrawn_ids,
)
from exemplar.sessions.model import Labels
from exemplar.sessions.speakers import Speakers

SPEAKERS = Speakers(customers=("Mara Okafor",), agents=("Sara Lindqvist", "Sara"))


@pytest.fixture
def book(tmp_path: Path) -> ConsentBook:
    file = tmp_path / "consent.yml"
    file.write_text(CONSENT)
    return read_consents(file)


def bring(
    tmp_path: Path, name: str, content: str | bytes, book: ConsentBook | None, **more: Any
) -> ImportReport:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    more = {"stage": "after", "speakers": SPEAKERS, "out": tmp_path / "sessions", **more}
    return import_sessions(file, consent=book, **more)


def left_behind(tmp_path: Path) -> list[str]:
    return sorted(
        str(path.relative_to(tmp_path))
        for path in tmp_path.rglob("*")
        if path.is_file()
        and (path.suffix == ".yml" or "import-" in str(path))
        and path.name != "consent.yml"
    )


@pytest.mark.parametrize(("kind", "name", "content"), SAMPLES, ids=[s[0] for s in SAMPLES])
def test_every_format_comes_in_redacted(
    tmp_path: Path, book: ConsentBook, kind: str, name: str, content: bytes
) -> None:
    report = bring(tmp_path, name, content, book)
    assert report.imported >= 1
    for session in read_sessions(tmp_path / "sessions"):
        text = (tmp_path / "sessions" / f"{session.id}.yml").read_text()
        assert not [
            secret for secret in PERSONAL if re.search(rf"\b{secret}\b", text, re.IGNORECASE)
        ], text
        assert not re.search(r"\d{5}|\S@\S", " ".join(turn.text for turn in session.turns))
        assert {turn.speaker for turn in session.turns} == {"customer", "agent"}
        assert session.origin == "recorded"
        assert session.may_serve("learning")
        assert not session.may_serve("evaluation")
    assert len(left_behind(tmp_path)) == report.imported


def test_no_consent_no_import(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="consent"):
        bring(tmp_path, "chats.csv", CSV, None)
    assert left_behind(tmp_path) == []


def test_consent_is_asked_conversation_by_conversation(tmp_path: Path) -> None:
    file = tmp_path / "consent.yml"
    file.write_text(CONSENT + 'conversations:\n  "4712": {customer: none}\n')
    report = bring(tmp_path, "tickets.json", json.dumps(ZENDESK), read_consents(file))
    assert (report.imported, report.no_consent) == (1, 1)


def test_consent_may_stand_in_the_table_itself(tmp_path: Path) -> None:
    head = (
        "conversation,speaker,text,customer_consent_given,customer_consent_by,customer_consent_for"
    )
    rows = (
        "1,customer,mara okafor here: where is it,2026-11-01,survey of Mara Okafor,learning\n"
        "1,agent,here you are,,,\n2,customer,and mine,,,\n2,agent,there,,,\n"
    )
    file = tmp_path / "consent.yml"
    file.write_text("agent: {given: 2026-10-01, by: agreement, for: [learning]}\n")
    report = bring(tmp_path, "a.csv", f"{head}\n{rows}", read_consents(file))
    assert (report.imported, report.no_consent) == (1, 1)
    (session,) = read_sessions(tmp_path / "sessions")
    assert "Okafor" not in session.customer_consent.by


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("customer: yes please\n", "write {given"),
        ("customer: {given: soon, by: x, for: [learning]}\n", "day"),
        ("customer: {given: 2026-01-01, for: [learning]}\n", "by whom"),
        ("customer: {given: 2026-01-01, by: x, for: [selling]}\n", "what for"),
        ("somebody: {}\n", "nothing else"),
        ("a: [\n", ":2: is no YAML"),
    ],
)
def test_a_consent_file_says_what_is_wrong_with_it(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "c.yml").write_text(content)
    with pytest.raises(ExemplarError) as raised:
        read_consents(tmp_path / "c.yml")
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_consent_that_is_still_to_come_is_none_yet(tmp_path: Path, book: ConsentBook) -> None:
    later = (date.today() + timedelta(days=3)).isoformat()
    file = tmp_path / "later.yml"
    file.write_text(CONSENT.replace("2026-11-01", later, 1))
    with pytest.raises(ExemplarError, match=rf"{later}, which is still to come"):
        read_consents(file)
    agreed = {"given": later, "by": "form 12", "for": ["learning"]}
    entry = {**json.loads(JSONL.splitlines()[0]), "consent": {"customer": agreed}}
    with pytest.raises(ExemplarError, match=r"a\.jsonl:1: the customer's consent .* still to come"):
        bring(tmp_path, "a.jsonl", json.dumps(entry), book)
    assert not list((tmp_path / "sessions").glob("*"))


def test_nothing_stands_twice_in_a_consent_file(tmp_path: Path) -> None:
    file = tmp_path / "c.yml"
    file.write_text("conversations:\n  4711: {customer: none}\n  '4711': {agent: none}\n")
    with pytest.raises(ExemplarError, match=r"c\.yml:3: '4711' is there twice"):
        read_consents(file)
    file.write_text("conversations:\n  0042: {customer: none}\n  34: {customer: none}\n")
    with pytest.raises(ExemplarError, match="put them in quotes"):
        read_consents(file)
    # A number is what is written, not what YAML makes of it.
    file.write_text("conversations:\n  0042: {customer: none}\n")
    assert list(read_consents(file).named) == ["0042"]


def named(tmp_path: Path, conversations: str) -> ConsentBook:
    file = tmp_path / "named.yml"
    file.write_text(f"{CONSENT}conversations:\n  {conversations}\n")
    return read_consents(file)


def test_a_number_that_no_conversation_has_is_an_error_before_anything_is_written(
    tmp_path: Path,
) -> None:
    typed = named(tmp_path, "A-11: {customer: none}")
    with pytest.raises(ExemplarError, match=r"named\.yml:\d+: no conversation is called 'A-11'"):
        bring(tmp_path, "chats.csv", CSV, typed)
    assert not list((tmp_path / "sessions").glob("*"))
    # It may be in another file, and it may have been imported before.
    assert bring(tmp_path, "chats.csv", CSV, typed, elsewhere={"A-11"}).imported == 2
    agreed = "{given: 2026-11-01, by: form 3, for: [learning]}"
    known = named(tmp_path, f"A-1: {{customer: {agreed}}}")
    assert bring(tmp_path, "chats.jsonl", JSONL, known).imported == 2


def test_one_consent_file_may_stand_for_several_files(tmp_path: Path) -> None:
    (tmp_path / "chats.csv").write_text(CSV)
    (tmp_path / "chats.jsonl").write_text(JSONL)
    call = ["import", str(tmp_path / "chats.csv"), str(tmp_path / "chats.jsonl")]
    call += ["--consent", str(tmp_path / "named.yml"), "--to", str(tmp_path / "sessions")]
    named(tmp_path, "j-1: {customer: none}\n  A-11: {customer: none}")
    refused = CliRunner().invoke(importing, call)
    assert "'A-11'" in str(refused.exception)
    assert not list((tmp_path / "sessions").glob("*"))
    named(tmp_path, "j-1: {customer: none}\n  A-1: {customer: none}")
    done = CliRunner().invoke(importing, call)
    assert done.exit_code == 0, done.output
    assert "2 SESSIONs imported; 2 without consent, left out." in done.output


def test_consent_that_was_taken_back_is_said_and_with_replace_the_session_goes(
    tmp_path: Path, book: ConsentBook
) -> None:
    folder = tmp_path / "sessions"
    bring(tmp_path, "chats.csv", CSV, book)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    gone = session_id("csv", "A-1")
    back = named(tmp_path, "A-1: {customer: none}")
    with pytest.raises(ExemplarError, match=rf"taken back .* {gone}; say --replace .* withdraw ID"):
        bring(tmp_path, "chats.csv", CSV, back)
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}
    report = bring(tmp_path, "chats.csv", CSV, back, replace_changed=True)
    assert (report.taken_back, report.unchanged, report.no_consent) == ([gone], 1, 1)
    assert not (folder / f"{gone}.yml").exists()
    assert gone in withdrawn_ids(folder)
    # And it stays out, whatever the consents say then.
    again = bring(tmp_path, "chats.csv", CSV, book)
    assert (again.withdrawn, again.unchanged) == (1, 1)


def test_consent_is_taken_back_from_a_session_that_came_of_another_file(
    tmp_path: Path, book: ConsentBook
) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    back = named(tmp_path, "A-1: {customer: none}")
    with pytest.raises(ExemplarError, match=session_id("csv", "A-1")):
        bring(tmp_path, "chats.jsonl", JSONL, back)
    report = bring(tmp_path, "chats.jsonl", JSONL, back, replace_changed=True)
    assert (report.imported, report.taken_back) == (2, [session_id("csv", "A-1")])


def test_when_everybody_takes_consent_back_everything_goes(
    tmp_path: Path, book: ConsentBook
) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    file = tmp_path / "none.yml"
    file.write_text("customer: none\n")
    with pytest.raises(ExemplarError, match="taken back"):
        bring(tmp_path, "chats.csv", CSV, read_consents(file))
    bring(tmp_path, "chats.csv", CSV, read_consents(file), replace_changed=True)
    assert not list((tmp_path / "sessions").glob("*.yml"))


def test_a_consent_file_that_was_forgotten_takes_nothing_back(
    tmp_path: Path, book: ConsentBook
) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    with pytest.raises(ExemplarError, match="--consent"):
        bring(tmp_path, "chats.csv", CSV, None, replace_changed=True)
    assert len(list((tmp_path / "sessions").glob("*.yml"))) == 2
    file = tmp_path / "some.yml"
    agreed = "{given: 2026-11-01, by: form 3, for: [learning]}"
    file.write_text(f"conversations:\n  B-2: {{customer: {agreed}, agent: {agreed}}}\n")
    report = bring(tmp_path, "chats.csv", CSV, read_consents(file), replace_changed=True)
    assert report.still_there == [session_id("csv", "A-1")]
    assert (report.taken_back, report.unchanged) == ([], 1)


def test_consent_to_less_than_before_is_asked_about(tmp_path: Path, book: ConsentBook) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    less = named(tmp_path, "A-1: {customer: {given: 2026-11-01, by: x, for: [evaluation]}}")
    with pytest.raises(ExemplarError, match=r"consent for less than .* --replace"):
        bring(tmp_path, "chats.csv", CSV, less)
    assert bring(tmp_path, "chats.csv", CSV, less, replace_changed=True).replaced == 1
    assert not read_session(tmp_path / "sessions" / f"{session_id('csv', 'A-1')}.yml").may_serve(
        "learning"
    )


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", "conversation,speaker,text,at\n1,customer,hi,50\n1,agent,hello,2\n", 3),
        (
            "b.csv",
            "conversation,speaker,text,at\n1,customer,hi,2026-09-14T10:00:00Z\n"
            "1,agent,hello,\n1,customer,oh,2026-09-14T09:59:00Z\n",
            4,
        ),
        (
            "a.jsonl",
            '{"id": 1, "turns": [{"speaker": "customer", "text": "hi", "at": 50},\n'
            '{"speaker": "agent", "text": "hello", "at": 2}]}\n',
            2,
        ),
    ],
)
def test_times_that_go_backwards_are_refused_with_their_line(
    tmp_path: Path, book: ConsentBook, name: str, content: str, line: int
) -> None:
    with pytest.raises(ExemplarError, match=rf"{name}:{line}: .*comes before the one above it"):
        bring(tmp_path, name, content, book)


def test_a_speaker_who_is_none_is_no_customer(tmp_path: Path, book: ConsentBook) -> None:
    head = "conversation,speaker,text\n"
    for name, content in (
        ("a.csv", f"{head}1,customer,hi\n1,agent,oh\n2,robot,hi\n2,agent,hello\n"),
        ("a.csv", f"{head}1,Sara,hi\n2,agent,hello\n2,robot,hi\n2,Sara,oh\n"),
        (
            "a.jsonl",
            '{"id": 1, "turns": [\n{"speaker": "agent", "text": "a"},\n\n'
            '{"speaker": "robot", "text": "b"}]}',
        ),
    ):
        with pytest.raises(ExemplarError, match=rf"{name}:4: 'robot' speaks: .* --customer NAME"):
            bring(tmp_path, name, content, book)
    # Of two who talk, the one who is not known by name is the other.
    two = f"{head}1,Tunde,hi\n1,Sara,hello\n"
    assert bring(tmp_path, "b.csv", two, book).imported == 1
    assert (
        bring(
            tmp_path,
            "c.csv",
            f"{head}2,Robot 7,hi\n2,Agent 2,hello\n",
            book,
            speakers=Speakers(customers=("robot 7",)),
        ).imported
        == 1
    )


def test_who_speaks_is_asked_for_where_they_first_do(tmp_path: Path, book: ConsentBook) -> None:
    with pytest.raises(ExemplarError, match=r"call\.vtt:7: 'Sara .*' and 'Mara Okafor' speak: who"):
        bring(tmp_path, "call.vtt", VTT, book, speakers=Speakers())
    calm = VTT.replace("<v Sara Lindqvist>", "").replace("<v.loud Mara Okafor>", "")
    with pytest.raises(ExemplarError, match=r"call\.vtt:7: does not say who speaks"):
        bring(tmp_path, "call.vtt", calm.replace("<v Mara Okafor>", ""), book)


def test_an_author_whom_an_export_does_not_know_keeps_a_conversation_out(
    tmp_path: Path, book: ConsentBook
) -> None:
    users = [user for user in ZENDESK["users"] if user["id"] != 22]
    export = json.dumps({**ZENDESK, "users": users})
    report = bring(tmp_path, "tickets.json", export, book)
    assert (report.unknown_side, report.imported, report.read) == (2, 0, 2)
    assert report.first_unknown.endswith("tickets.json:1, author '22'")
    told = Speakers(agents=("22",))
    assert bring(tmp_path, "tickets.json", export, book, speakers=told).imported == 2


def test_what_was_not_read_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "consent.yml").write_text(CONSENT)
    (tmp_path / "a.csv").write_text(
        "conversation,speaker,text,stage,mood\n1,customer,hi,after,x\n1,agent,oh,,\n"
    )
    call = ["import", str(tmp_path / "a.csv"), "--consent", str(tmp_path / "consent.yml")]
    done = CliRunner().invoke(importing, [*call, "--to", str(tmp_path / "sessions")])
    assert done.exit_code == 0
    assert done.output.splitlines()[1] == "Not read, since it means nothing here: mood."


def test_a_file_where_sessions_should_go_is_named(tmp_path: Path, book: ConsentBook) -> None:
    (tmp_path / "sessions").write_text("")
    for out in ("sessions", "sessions/below"):
        with pytest.raises(ExemplarError, match="/sessions is no folder"):
            bring(tmp_path, "chats.csv", CSV, book, out=tmp_path / out)


def test_importing_again_changes_nothing_and_a_change_is_asked_about(
    tmp_path: Path, book: ConsentBook
) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    before = {file: (tmp_path / file).read_bytes() for file in left_behind(tmp_path)}
    again = bring(tmp_path, "chats.csv", CSV, book)
    assert (again.imported, again.unchanged) == (0, 2)
    changed = CSV.replace("Yes, 41 of them.", "Yes, plenty.").replace(
        "Is the Oslo", "And is the Oslo", 0
    )
    with pytest.raises(ExemplarError, match="--replace"):
        bring(tmp_path, "chats.csv", changed, book)
    assert before == {file: (tmp_path / file).read_bytes() for file in left_behind(tmp_path)}
    assert bring(tmp_path, "chats.csv", changed, book, replace_changed=True).replaced == 1


def test_what_people_labelled_survives_a_replacement(tmp_path: Path, book: ConsentBook) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    folder = tmp_path / "sessions"
    session = next(s for s in read_sessions(folder) if len(s.turns) == 2)
    from dataclasses import replace

    labelled = replace(
        session.turns[0], labels=Labels("person", emotion="neutral", frustration=0.1)
    )
    write_session(replace(session, turns=(labelled, session.turns[1])), folder)
    assert bring(tmp_path, "chats.csv", CSV, book).unchanged == 2
    bring(
        tmp_path,
        "chats.csv",
        CSV.replace("Yes, 41 of them.", "Yes, plenty."),
        book,
        replace_changed=True,
    )
    again = read_session(folder / f"{session.id}.yml")
    assert again.turns[0].labels == labelled.labels
    assert again.turns[1].text == "Yes, plenty."


def test_a_broken_last_row_keeps_the_whole_file_out(tmp_path: Path, book: ConsentBook) -> None:
    with pytest.raises(ExemplarError, match=r"chats\.csv:7: "):
        bring(tmp_path, "chats.csv", CSV + "C-3,customer\n", book)
    assert left_behind(tmp_path) == []


def test_withdrawing_removes_a_session_and_keeps_it_out(tmp_path: Path, book: ConsentBook) -> None:
    bring(tmp_path, "chats.csv", CSV, book)
    folder = tmp_path / "sessions"
    gone = sorted(folder.glob("*.yml"))[0].stem
    assert withdraw(gone, folder) is True
    assert not (folder / f"{gone}.yml").exists()
    assert gone in withdrawn_ids(folder)
    assert withdraw(gone, folder) is False
    again = bring(tmp_path, "chats.csv", CSV, book)
    assert (again.withdrawn, again.unchanged, again.imported) == (1, 1, 0)
    with pytest.raises(ExemplarError, match="no SESSION"):
        withdraw("../consent", folder)


def test_who_is_who_is_asked_where_only_names_are_known(tmp_path: Path, book: ConsentBook) -> None:
    with pytest.raises(ExemplarError, match="--agent-name"):
        bring(tmp_path, "call.vtt", VTT, book, speakers=Speakers())
    assert (
        bring(
            tmp_path, "call.vtt", VTT, book, speakers=Speakers(customers=("mara okafor",))
        ).imported
        == 1
    )


def test_a_stage_is_asked_for_or_guessed_and_noted(tmp_path: Path, book: ConsentBook) -> None:
    with pytest.raises(ExemplarError, match="--stage"):
        bring(tmp_path, "call.vtt", VTT, book, stage=None)
    report = bring(tmp_path, "call.vtt", VTT, book, stage="guess")
    assert len(report.guessed) == 1
    assert (tmp_path / "sessions" / GUESSED).read_text().split()[1] == "after"
    assert guess_stage(["is the lamp bright enough for reading?"]) == "before"
    assert guess_stage(["my card was declined at checkout"]) == "during"


def test_other_languages_and_monologues_stay_outside(tmp_path: Path, book: ConsentBook) -> None:
    dutch = "Goedemiddag mijn bestelling is nog niet aangekomen en ik wil graag weten waar mijn lamp nu is."
    talk = f"1,customer,{dutch}\n1,agent,Ik zoek het meteen voor u uit.\n2,customer,hello?\n"
    rows = f"conversation,speaker,text\n{talk}"
    report = bring(tmp_path, "a.csv", rows, book)
    assert (report.other_language, report.one_sided, report.imported) == (1, 1, 0)


def test_the_command_line_says_what_it_did_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "consent.yml").write_text(CONSENT)
    (tmp_path / "chats.csv").write_text(CSV)
    out = tmp_path / "sessions"
    call = [
        "import",
        str(tmp_path / "chats.csv"),
        "--consent",
        str(tmp_path / "consent.yml"),
        "--to",
        str(out),
    ]
    done = CliRunner().invoke(importing, call)
    assert done.exit_code == 0, done.output
    assert "2 SESSIONs imported" in done.output
    gone = sorted(out.glob("*.yml"))[0].stem
    assert CliRunner().invoke(importing, ["withdraw", gone, "--from", str(out)]).exit_code == 0
    refused = CliRunner().invoke(importing, ["withdraw", "nobody", "--from", str(out)])
    assert isinstance(refused.exception, ExemplarError)


@pytest.mark.parametrize(("kind", "name", "content"), SAMPLES, ids=[s[0] for s in SAMPLES])
def test_damaged_files_of_every_format_end_in_a_plain_error_and_nothing_is_left(
    tmp_path: Path, book: ConsentBook, kind: str, name: str, content: bytes
) -> None:
    chance = random.Random(f"{kind} 7")
    refused = 0
    for round_ in range(60):
        damaged = _damaged(content, chance)
        out = tmp_path / f"out{round_}"
        try:
            report = bring(tmp_path, name, damaged, book, format=kind, out=out, stage="guess")
        except ExemplarError as error:
            refused += 1
            message = str(error)
            assert "\n" not in message
            assert not list(out.rglob("*")), damaged
        else:
            assert len(list(out.rglob("*.yml"))) == report.imported
            assert all(session.turns for session in read_sessions(out))
        assert not list(tmp_path.glob(".import-*"))
    assert refused >= 10


def _damaged(content: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(8)
    place = chance.randrange(len(content))
    if kind == 0:
        return content[:place]
    if kind == 1:
        flipped = bytearray(content)
        for _ in range(chance.randrange(1, 30)):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if kind == 2:
        return content[:place] + chance.randbytes(chance.randrange(1, 60)) + content[place:]
    if kind == 3:
        return chance.randbytes(chance.randrange(0, 3000))
    if kind == 4:
        end = min(len(content), place + chance.randrange(1, 80))
        return content[:place] + content[end:]
    if kind == 5:
        # Wrong types: a value of JSON, or a cell, becomes another.
        values = list(
            re.finditer(rb'(?<=: )(?:"[^"]*"|\d+|true|false|null)|(?<=,)[^,\n]+', content)
        )
        if not values:
            return content[::-1]
        value = chance.choice(values)
        other = chance.choice(
            [b"null", b"[]", b"{}", b"-1", b"1e999", b"true", b'"\\ud800"', b'[[["x"]]]', b'""']
        )
        return content[: value.start()] + other + content[value.end() :]
    if kind == 6:
        return b"[" * 100_000 if chance.random() < 0.3 else b'{"tickets": [' + b'{"a":' * 50_000
    return content.decode("utf-8", "replace").encode("utf-16")
