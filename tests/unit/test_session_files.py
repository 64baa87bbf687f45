from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exemplar.cli import app
from exemplar.errors import ExemplarError
from exemplar.sessions.files import (
    SESSIONS,
    SessionError,
    read_session,
    read_sessions,
    session_files,
    write_session,
)
from exemplar.sessions.model import Consent, Labels, Outcome, Session, Turn

TEXT = """\
id: late-sofa
channel: website
stage: after
language: en
origin: recorded
agent: exemplary
consent:
  customer: {given: 2026-09-01, by: form 12, for: [learning, evaluation]}
  agent: {given: 2026-01-05, by: contract, for: [learning], withdrawn: 2026-10-02}
started: 2026-09-14T10:02:00Z
outcome: {solved: true, rating: 4}
turns:
- speaker: customer
  at: 0
  text: where is my sofa?
  labels: {intent: track_order, emotion: anger, frustration: 0.8, by: author}
- speaker: agent
  at: 70.5
  text: "Six days late, and nobody told you."
  labels: {moves: [restate, validate], anti_moves: [defend], facts: {order_state: late}, by: person}
- speaker: customer
  at: 90
  text: ok
  labels: {emotion: neutral, frustration: 0.3, by: model, confidence: 0.7}
- speaker: agent
  at: 95
  text: "It comes on Friday."
"""

SESSION = Session(
    id="late-sofa",
    channel="website",
    stage="after",
    language="en",
    origin="recorded",
    agent="exemplary",
    customer_consent=Consent(date(2026, 9, 1), "form 12", ("learning", "evaluation")),
    agent_consent=Consent(date(2026, 1, 5), "contract", ("learning",), date(2026, 10, 2)),
    started=datetime(2026, 9, 14, 10, 2, tzinfo=timezone.utc),
    outcome=Outcome(True, 4),
    turns=(
        Turn(
            "customer",
            0.0,
            "where is my sofa?",
            Labels("author", intent="track_order", emotion="anger", frustration=0.8),
        ),
        Turn(
            "agent",
            70.5,
            "Six days late, and nobody told you.",
            Labels(
                "person",
                moves=("restate", "validate"),
                anti_moves=("defend",),
                facts={"order_state": "late"},
            ),
        ),
        Turn("customer", 90.0, "ok", Labels("model", 0.7, emotion="neutral", frustration=0.3)),
        Turn("agent", 95.0, "It comes on Friday."),
    ),
)


def write(folder: Path, content: str | bytes, name: str = "late-sofa.yml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def complaint(file: Path) -> str:
    """Returns what is said of a file that is no SESSION: one line that people can read."""
    with pytest.raises(SessionError) as raised:
        read_session(file)
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 400 + len(str(file))
    return message


def test_a_session_is_what_its_file_says(tmp_path: Path) -> None:
    assert read_session(write(tmp_path, TEXT)) == SESSION


@pytest.mark.parametrize(
    ("was", "wrong", "line", "said"),
    [
        # What means nothing here.
        ("stage: after", "stage: after\nmood: sour", 1, "'mood', which means nothing here"),
        ("rating: 4", "stars: 4", 11, "'stars', which means nothing here"),
        ("  at: 90", "  at: 90\n  mood: sour", 21, "turn 3 has 'mood'"),
        (
            "moves: [restate, validate]",
            "moves: [], emotion: joy",
            20,
            "turn 2, labels, has 'emotion'",
        ),
        ("stage: after", "stage: after\n7: 8", 1, "7, which is no word"),
        ("emotion: anger", "on: anger, x: y", 16, "turn 1, labels, has True, which is no word"),
        ("{order_state: late}", "{1: late}", 20, "turn 2, labels facts, has 1, which is no word"),
        # What is missing.
        ("channel: website\n", "", 1, "lacks channel: add it"),
        ("solved: true, ", "", 11, "outcome lacks solved: add it"),
        (", by: form 12", "", 8, "consent.customer lacks by: add it"),
        ("  at: 90\n", "", 21, "turn 3 lacks at: add it"),
        (", by: author", "", 16, "turn 1, labels, lacks by: add it"),
        # What is none of the words that it may be.
        ("channel: website", "channel: fax", 2, "website, slack, call, email"),
        ("stage: after", "stage: afterwards", 3, "before, during, after"),
        ("agent: exemplary", "agent: outstanding", 6, "exemplary, ordinary"),
        ("for: [learning]", "for: [everything]", 9, "learning, evaluation"),
        ("emotion: anger", "emotion: rage", 16, "anger, frustration, disappointment"),
        ("[restate, validate]", "[restate, validat]", 20, '"validat"; it is one of open'),
        ("speaker: agent\n  at: 95", "speaker: bot\n  at: 95", 25, "customer or agent"),
        # What is of another kind.
        ("at: 90", "at: soon", 22, 'turn 3, at, is "soon"'),
        ("at: 0", "at: -1", 14, "turn 1, at, is -1"),
        ("at: 0", "at: .nan", 14, "turn 1, at, is nan"),
        ("at: 95", "at: .inf", 26, "turn 4, at, is inf"),
        ("at: 95", f"at: 1{'0' * 400}", 26, "turn 4, at, is 1000"),
        ("frustration: 0.8", "frustration: 1.2", 16, "turn 1, labels frustration, is 1.2"),
        ("frustration: 0.8", "frustration: .nan", 16, "turn 1, frustration, is nan"),
        ("rating: 4", "rating: 6", 11, "outcome.rating is 6"),
        ("language: en", "language: no", 4, "ISO 639-1"),
        ("text: ok", 'text: ""', 23, "turn 3, text, is"),
        ("[restate, validate]", "[restate, restate]", 20, "non-unique"),
        ("id: late-sofa", "id: Late Sofa", 1, "kebab-case"),
        ("id: late-sofa", "id: {2026-09-01: x}", 1, "id is"),
        ("id: late-sofa", "id: {!!timestamp 2026-09-01: x}", 1, "which is no word"),
        # What is no date.
        ("2026-09-14T", "2026-02-30T", 10, "write a real date"),
        ("10:02:00Z", "10:02:00", 10, "date and time with its zone"),
        ("2026-09-14T10:02:00Z", "yesterday", 10, "date and time with its zone"),
        ("given: 2026-09-01", "given: 2026-09-31", 8, "consent.customer.given"),
        ("given: 2026-01-05", "given: 5 January", 9, "consent.agent.given"),
        ("withdrawn: 2026-10-02", "withdrawn: 2026-13-02", 9, "consent.agent.withdrawn"),
        # What stands in another order than it was said.
        ("at: 90", "at: 60", 22, "turn 3 comes before the one above it"),
        # What is called otherwise than its file.
        ("id: late-sofa", "id: early-sofa", 1, "called by its id: early-sofa.yml"),
        # What is no YAML, or tries to be more than that.
        ("where is my sofa?", "where is: my sofa?", 15, "no YAML"),
        ("[restate, validate]", "[restate, validate", 20, "no YAML"),
        ("  at: 90", "\tat: 90", 22, "no YAML"),
        ("text: ok", "text: o\0k", 23, "no YAML"),
        ("text: ok", 'text: "late \\ud83d"', 23, "no YAML"),
        ("text: ok", "text: !!python/object:os.system x", 23, "no YAML"),
        (TEXT, TEXT + "---\n" + TEXT, 28, "no YAML"),
        ("id: late-sofa", "id: " + "[" * 100_000, 1, "nested deeper than any SESSION"),
        ("id: late-sofa", "id: " + "[" * 900 + "]" * 900, 1, "nested deeper than any SESSION"),
        ("id: late-sofa", "id: &a [*a]", 1, "write it out"),
        ("text: ok", "text: &a ok\n- *a", 24, "write it out"),
        # What is something else.
        (TEXT, "", 1, "is no SESSION"),
        (TEXT, "- late-sofa\n", 1, "is no SESSION"),
        (TEXT, "WEBVTT\n", 1, "is no SESSION"),
        (TEXT[TEXT.index("turns:") :], "turns: []\n", 12, "turns is []"),
        (TEXT[TEXT.index("turns:") :], "turns: none\n", 12, 'turns is "none"'),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_whatever_is_wrong_is_one_line_with_the_files_line_and_what_to_do(
    tmp_path: Path, was: str, wrong: str, line: int, said: str
) -> None:
    assert TEXT.count(was) == 1
    file = write(tmp_path, TEXT.replace(was, wrong))
    message = complaint(file)
    assert message.startswith(f"{file}:{line}: "), message
    assert said in message


@pytest.mark.parametrize(
    ("content", "line"),
    [(TEXT.encode() + b"# caf\xe9\n", 28), (TEXT.encode("utf-16"), 1), (b"\xff", 1)],
    ids=["latin-1", "utf-16", "a byte"],
)
def test_another_encoding_is_named_with_its_line(tmp_path: Path, content: bytes, line: int) -> None:
    file = write(tmp_path, content)
    assert complaint(file).startswith(f"{file}:{line}: is not UTF-8")


def test_of_several_mistakes_the_first_is_named(tmp_path: Path) -> None:
    turns = "".join(f"- speaker: customer\n  at: {n}\n  text: hm\n" for n in range(96, 108))
    text = (TEXT + turns).replace("at: 90\n", "at: x\n").replace("at: 106\n", "at: y\n")
    assert "turn 3, at" in complaint(write(tmp_path, text))


def test_a_file_that_explodes_when_read_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "write it out" in complaint(write(tmp_path, "\n".join(lines) + "\n" + TEXT))


def test_what_is_far_too_large_is_not_even_read(tmp_path: Path) -> None:
    file = write(tmp_path, TEXT.encode() + b"#" * 8_000_000)
    assert complaint(file) == f"{file} is larger than any SESSION: is it another kind of file?"


def test_what_cannot_be_read_at_all_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "no.yml") in complaint(tmp_path / "no.yml")
    assert str(tmp_path) in complaint(tmp_path)


def test_windows_line_ends_a_byte_order_mark_and_a_comment_do_not_matter(tmp_path: Path) -> None:
    for text in (
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        "# from the call of 14 September\n" + TEXT,
    ):
        assert read_session(write(tmp_path, text)) == SESSION


@pytest.mark.parametrize("fraction", ["5", "25", "123", "1234567"])
def test_fractions_of_a_second_are_a_real_time_however_many_digits_they_have(
    tmp_path: Path, fraction: str
) -> None:
    session = read_session(write(tmp_path, TEXT.replace("02:00Z", f"02:00.{fraction}Z")))
    late = (session.started - SESSION.started).total_seconds()
    assert late == pytest.approx(float(f"0.{fraction}"), abs=2e-6)


def test_two_files_of_one_id_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    first = write(tmp_path, TEXT, "calls/late-sofa.yml")
    second = write(tmp_path, TEXT, "slack/late-sofa.yml")
    with pytest.raises(SessionError) as raised:
        list(read_sessions(tmp_path))
    assert str(raised.value) == (f"{second}:1: has the id of {first}; give one of them another.")


def test_a_folder_is_read_in_the_order_of_names_whatever_lies_beside(tmp_path: Path) -> None:
    for name in ("d", "calls/b", "a"):
        write(tmp_path, TEXT.replace("late-sofa", Path(name).name), f"{name}.yml")
    write(tmp_path, "hello", "README.md")
    write(tmp_path, "half", ".d.yml.x1.yml")
    assert [session.id for session in read_sessions(tmp_path)] == ["a", "b", "d"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="nowhere"):
        session_files(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "session",
    [
        SESSION,
        replace(SESSION, apart=True),
        replace(SESSION, outcome=Outcome(False)),
        replace(SESSION, turns=SESSION.turns[:1]),
        replace(SESSION, id="no"),
        replace(SESSION, id="1e5"),
        replace(SESSION, language="no"),
        replace(SESSION, started=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5.5)))),
        replace(SESSION, started=datetime(2026, 1, 1, 0, 0, 0, 5000, tzinfo=timezone.utc)),
        replace(SESSION, turns=(Turn("agent", 1.25, "hm", Labels("author")),)),
    ],
)
def test_what_is_written_is_read_again_as_it_was(tmp_path: Path, session: Session) -> None:
    file = write_session(session, tmp_path)
    assert file == tmp_path / f"{session.id}.yml"
    assert read_session(file) == session


@pytest.mark.parametrize(
    "text",
    [
        "  spaces around  ",
        "two\n\nparagraphs\n",
        "\r\nfrom Windows\r\n",
        "\ttab",
        "- a dash: and a colon # no comment",
        "'quoted' \"twice\"",
        "{by: nobody}",
        "null",
        "2026-09-14",
        "0x1f",
        "😡 Straße żółć 你好 مرحبا",
        "a\u2028line\x85break\ufeff",
        "\x00\x07",
        "*&!|>%@`",
        "word " * 3000,
        "x" * 20_000,
    ],
    ids=lambda text: repr(text)[:20],
)
def test_people_may_say_whatever_they_like(tmp_path: Path, text: str) -> None:
    session = replace(SESSION, turns=(Turn("customer", 0.0, text), Turn("agent", 0.0, text)))
    assert read_session(write_session(session, tmp_path)) == session


def test_our_own_sessions_are_read_again_as_they_were(tmp_path: Path) -> None:
    sessions = list(read_sessions(SESSIONS))[::4]
    assert sessions
    for session in sessions:
        file = write_session(session, tmp_path)
        written = file.read_bytes()
        assert read_session(file) == session
        assert write_session(session, tmp_path).read_bytes() == written


@pytest.mark.parametrize(
    "session",
    [
        replace(SESSION, turns=(Turn("customer", 0.0, "cut in two \ud83d"),)),
        replace(SESSION, turns=(Turn("customer", 0.0, ""),)),
        replace(SESSION, turns=()),
        replace(SESSION, turns=SESSION.turns[::-1]),
        replace(SESSION, turns=(Turn("bot", 0.0, "hi"),)),
        replace(SESSION, turns=(Turn("customer", float("nan"), "hi"),)),
        replace(SESSION, turns=(Turn("customer", 0.0, "hi", Labels("author")),)),
        replace(SESSION, turns=(Turn("agent", 0.0, "hi", Labels("author", moves=("dance",))),)),
        replace(SESSION, started=datetime(2026, 9, 14)),
        replace(SESSION, channel="fax"),
    ],
    ids=range(10),
)
def test_what_would_be_no_session_is_never_written(tmp_path: Path, session: Session) -> None:
    before = write_session(SESSION, tmp_path).read_bytes()
    with pytest.raises(SessionError, match="late-sofa"):
        write_session(session, tmp_path)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [
        ("late-sofa.yml", before)
    ]


def mutated(text: bytes, chance: random.Random) -> bytes:
    """Returns a file that something has happened to."""
    content = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) or 1)
        match chance.randrange(6):
            case 0:
                content[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                content[place:place] = chance.choice(
                    [b"\n", b"\t", b": ", b"- ", b"[", b"}", b'"', b"&a ", b"*a", b"\0", b"\xf0"]
                )
            case 2:
                del content[place : place + chance.randint(1, 40)]
            case 3:
                del content[place:]
            case 4:
                start = chance.randrange(len(content) or 1)
                content[place:place] = content[start : start + chance.randint(1, 200)]
            case _:
                word = chance.choice([b"null", b"1e999", b"-1", b"{}", b"!!binary x", b"? ", b"<<"])
                content[place:place] = word
    return bytes(content)


def test_a_damaged_file_is_a_session_or_one_line_and_nothing_else(tmp_path: Path) -> None:
    chance = random.Random(5)
    wrong = 0
    for number in range(500):
        file = write(tmp_path, mutated(TEXT.encode(), chance))
        try:
            said: Session | str = read_session(file)
        except SessionError as error:
            said, wrong = str(error), wrong + 1
        assert isinstance(said, Session) or (str(file) in said and "\n" not in said), number
    assert 100 < wrong < 500


def test_a_consent_that_is_still_to_come_is_reported_and_teaches_nothing_until_then(
    tmp_path: Path,
) -> None:
    own = TEXT.replace(", withdrawn: 2026-10-02", "")
    assert read_session(write(tmp_path, own)).teaches
    tomorrow = date.today() + timedelta(days=3)
    file = write(tmp_path, own.replace("given: 2026-01-05", f"given: {tomorrow}"))
    message = complaint(file)
    assert message.startswith(
        f"{file}:9: consent.agent.given is {tomorrow}, which is still to come"
    )
    # Others need not wait for it.
    (session,) = read_sessions(tmp_path)
    assert not session.teaches
    assert not session.may_serve("evaluation")
    done = CliRunner().invoke(app, ["sessions", "check", "--sessions", str(tmp_path)])
    assert str(done.exception) == "1 of 1 SESSIONS are wrong."


@pytest.mark.parametrize(
    ("was", "wrong"),
    [
        ("text: ok", f"text: {'I am Mara Okafor, and cross. ' * 900}"),
        ("- speaker: customer\n  at: 90\n  text: ok\n", "- I am Mara Okafor\n- at: 90\n"),
        ("at: 90", "at: when Mara called"),
        ("  at: 90", "  at: 90\n  where is Mara Okafor: late"),
    ],
    ids=range(4),
)
def test_what_people_said_is_in_no_error(tmp_path: Path, was: str, wrong: str) -> None:
    assert "Mara" not in complaint(write(tmp_path, TEXT.replace(was, wrong)))


def test_every_wrong_session_of_a_folder_is_listed_at_once(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    late = write(tmp_path, TEXT.replace("late-sofa", "b").replace("at: 90", "at: 60"), "b.yml")
    fax = write(tmp_path, TEXT.replace("late-sofa", "a").replace("website", "fax"), "a.yml")
    done = CliRunner().invoke(app, ["sessions", "check", "--sessions", str(tmp_path)])
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{fax}:2: ")
    assert second.startswith(f"{late}:22: ")
    assert isinstance(done.exception, ExemplarError)
    assert str(done.exception) == "2 of 3 SESSIONS are wrong."
    for file in (late, fax):
        file.unlink()
    done = CliRunner().invoke(app, ["sessions", "check", "--sessions", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, "1 SESSIONS: nothing to object to.\n")
