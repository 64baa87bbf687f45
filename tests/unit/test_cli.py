from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main

from exemplar.cli import app
from exemplar.database import open_database
from exemplar.desk.brief import Brief
from exemplar.desk.registry import Registry
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "exemplar"]
Done = subprocess.CompletedProcess[str]


def exemplar(*arguments: str | Path, given: bytes = b"", **environment: str | Path) -> Done:
    """Runs `exemplar …` from the project's root."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        timeout=600,
        check=False,
    )
    return Done(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def read(given: bytes, *arguments: str) -> list[dict[str, Any]]:
    done = exemplar("emotion", "read", *arguments, given=given)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def complaint(done: Done) -> str:
    """Returns the error that a command ended with: one line, no traceback, exit code 1."""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("exemplar: ")
    assert done.returncode == 1
    return done.stderr


def commands(group: click.Command, *names: str) -> list[tuple[str, ...]]:
    """Returns the names of a command and of all below it."""
    below = group.commands.items() if isinstance(group, click.Group) else ()
    return [names, *(found for name, one in below for found in commands(one, *names, name))]


@pytest.mark.parametrize("command", commands(typer.main.get_command(app)), ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    done = exemplar(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert " ".join(("exemplar", *command)) in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["emotion", "nonsense"],
        ["emotion", "read", "--nonsense"],
        ["emotion", "train"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_a_usage_error(arguments: list[str]) -> None:
    done = exemplar(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")
    assert "Traceback" not in done.stderr


def test_each_line_comes_back_in_order_with_a_reading_added() -> None:
    entries = [
        {"text": "Where is it? 😡", "id": 7},
        {"text": "", "context": [["customer", "hi"], ["agent", "…"]]},
        {"text": "Thank you so much!", "nested": {"a": [None, 1.5]}},
        {"text": "null\0byte"},
    ]
    lines = read("\n".join(json.dumps(entry) for entry in entries).encode())
    assert [{k: v for k, v in line.items() if k != "emotion"} for line in lines] == entries
    assert [line["emotion"]["name"] for line in lines[1:3]] == ["neutral", "gratitude"]
    assert all(tuple(line["emotion"]["scores"]) == EMOTIONS for line in lines)


def test_the_28_are_added_on_request_only() -> None:
    given = b'{"text": "Thank you so much!"}\n'
    (coarse,), (fine,) = read(given), read(given, "--fine")
    assert "goemotions" not in coarse
    assert tuple(fine["goemotions"]) == GOEMOTIONS
    assert max(fine["goemotions"], key=fine["goemotions"].get) == "gratitude"
    assert fine["emotion"] == coarse["emotion"]


def test_empty_lines_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    lines = read(b'\xef\xbb\xbf{"text": "a"}\r\n\r\n  \n{"text": "b"}')
    assert [line["text"] for line in lines] == ["a", "b"]
    assert read(b"") == []


@pytest.mark.parametrize(
    ("line", "complains_of"),
    [
        (b"not JSON", "not JSON"),
        (b'{"text": "cut o', "not JSON"),
        (b"caf\xe9", "not JSON"),
        (b'{"text": "caf\xe9"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'["text"]', 'expected an object with a "text"'),
        (b'"text"', 'expected an object with a "text"'),
        (b"null", 'expected an object with a "text"'),
        (b"{}", 'expected an object with a "text"'),
        (b'{"text": 5}', 'expected an object with a "text"'),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', "longer than"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_a_wrong_line_is_named_in_one_line(line: bytes, complains_of: str) -> None:
    error = complaint(exemplar("emotion", "read", given=b"\n\n" + line + b"\n"))
    assert "standard input, line 3: " in error
    assert complains_of in error
    assert len(error) < 500


def test_the_lines_before_a_wrong_one_are_answered() -> None:
    done = exemplar("emotion", "read", given=b'{"text": "a"}\n{"text": "b"}\n{}\n{"text": "c"}\n')
    assert "line 3" in complaint(done)
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["a", "b"]


@pytest.mark.parametrize("line", [b'{"text": "late \\ud83d"}', b'{"text": "late \xed\xa0\xbd"}'])
def test_half_an_emoji_is_read_or_complained_of(line: bytes) -> None:
    done = exemplar("emotion", "read", given=line + b"\n")
    if done.returncode:
        assert "standard input, line 1: " in complaint(done)
    else:
        assert json.loads(done.stdout)["text"] == "late \ufffd"


def test_a_reader_that_has_enough_ends_it_in_silence() -> None:
    with subprocess.Popen(
        [*COMMAND, "emotion", "read"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b'{"text": "hi"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "hi"
        process.stdout.close()
        process.stdin.write(b'{"text": "hi"}\n' * 100)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(60) in {0, 1}


def test_a_base_model_that_is_not_there_is_one_line() -> None:
    done = exemplar(
        "emotion", "read", given=b'{"text": "hi"}', EXEMPLAR_BASE_MODEL="/no/such/folder"
    )
    assert "EXEMPLAR_BASE_MODEL" in complaint(done)


def test_evaluating_a_missing_file_is_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.jsonl"
    assert str(missing) in complaint(exemplar("emotion", "evaluate", missing))


def test_evaluating_shows_the_figures(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(
        '{"text": "I am furious!", "emotions": ["anger"], "intensity": 3}\n'
        '{"text": "Which sizes do you have?", "emotions": ["neutral"], "intensity": 0}\n'
    )
    page = tmp_path / "new" / "report.html"
    done = exemplar("emotion", "evaluate", file, "--report", page)
    assert done.returncode == 0
    assert all(emotion in done.stdout for emotion in EMOTIONS)
    assert "AUC 1.000" in done.stdout
    assert "<svg" in page.read_text()


def test_evaluating_on_goemotions_shows_its_28_labels(tmp_path: Path) -> None:
    file = tmp_path / "some.tsv"
    file.write_text("thanks a lot\t15\ta\nwhat does that mean?\t6\tb\nmany thanks\t15\tc\n")
    done = exemplar("emotion", "evaluate", file, "--report", tmp_path / "report.html")
    assert done.returncode == 0
    assert all(label in done.stdout for label in GOEMOTIONS)


def test_evaluating_what_holds_no_labelled_message_is_one_line(tmp_path: Path) -> None:
    for name in ("empty.tsv", "empty.jsonl"):
        (tmp_path / name).touch()
        complaint(exemplar("emotion", "evaluate", tmp_path / name, "--report", tmp_path / "r.html"))


def test_a_company_teaches_its_own_sentences(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    lines = [
        {"text": f"the {thing} {end}", "emotions": [emotion], "intensity": intensity}
        for end, emotion, intensity in [("went blorp", "frustration", 2), ("is zonky", "joy", 0)]
        for thing in (
            "gizmo",
            "pump",
            "tap",
            "boiler",
            "valve",
            "filter",
            "hose",
            "seal",
            "rim",
            "cog",
        )
    ]
    own.write_text("\n".join(map(json.dumps, lines)))
    done = exemplar("emotion", "refine", own, "--out", tmp_path / "heads.npz")
    assert done.returncode == 0, done.stderr
    assert "Of your 20 messages" in done.stdout
    assert (tmp_path / "heads.npz").exists()


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(
        '{"text": "I am furious!", "emotions": ["anger"], "intensity": 3}\n'
        '{"text": "Which sizes do you have?", "emotions": ["neutral"], "intensity": 0}\n'
    )
    assert "cannot write" in complaint(exemplar("emotion", "evaluate", file, "--report", tmp_path))
    (tmp_path / "train.tsv").write_text("thanks\t15\ta\n" * 50)
    done = exemplar("emotion", "train", "--goemotions", tmp_path, "--out", file)
    assert "cannot write" in complaint(done)


def test_other_weights_can_be_measured_or_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(
        '{"text": "I am furious!", "emotions": ["anger"], "intensity": 3}\n'
        '{"text": "Which sizes do you have?", "emotions": ["neutral"], "intensity": 0}\n'
    )
    evaluate = ("emotion", "evaluate", file, "--report", tmp_path / "report.html", "--weights")
    done = exemplar(*evaluate, ROOT / "models" / "emotion")
    assert (done.returncode, done.stderr) == (0, "")
    assert "heads.npz" in complaint(exemplar(*evaluate, tmp_path / "heads.npz"))


def test_the_model_card_is_written_out_of_what_is_measured(tmp_path: Path) -> None:
    (tmp_path / "dev.tsv").write_text(
        "thanks a lot\t15\ta\nwhat is that?\t6\tb\nmany thanks\t15\tc\n"
    )
    heldout = tmp_path / "some.jsonl"
    lines = [
        '{"text": "I am furious!", "emotions": ["anger"], "intensity": 3}',
        '{"text": "Which sizes do you have?", "emotions": ["neutral"], "intensity": 0}',
    ]
    heldout.write_text("\n".join(lines))
    card = ("emotion", "card", "--goemotions", tmp_path, "--heldout", heldout)
    assert '"voice"' in complaint(exemplar(*card, "--out", tmp_path / "card.md"))
    lines += [line.replace("}", ', "voice": "terse"}') for line in lines]
    heldout.write_text("\n".join(lines))
    assert exemplar(*card, "--out", tmp_path / "card.md").returncode == 0
    assert "# Model card" in (tmp_path / "card.md").read_text()


def test_too_few_sentences_of_ones_own_are_one_line(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text('{"text": "a", "emotions": ["joy"], "intensity": 0}\n')
    done = exemplar("emotion", "refine", own, "--out", tmp_path / "heads.npz")
    assert "at least 20" in complaint(done)
    assert not (tmp_path / "heads.npz").exists()


def test_turns_before_a_message_change_its_reading() -> None:
    turns = [
        *(["customer", "where is my order"], ["agent", "I can help you with returns."]),
        *(["customer", "not a return. my order"], ["agent", "Sorry, I didn't get that."]),
    ]
    lines = [{"text": "where is my order"}, {"text": "where is my order", "context": turns}]
    done = exemplar("emotion", "read", given="\n".join(map(json.dumps, lines)).encode())
    alone, after = map(json.loads, done.stdout.splitlines())
    assert after["context"] == turns
    assert after["emotion"]["frustration"] > alone["emotion"]["frustration"]


@pytest.mark.parametrize(
    "turns", ["hi", ["hi"], [["customer"]], [["bot", "hi"]], [["agent", 5]], None]
)
def test_turns_that_are_none_are_one_line(turns: object) -> None:
    line = json.dumps({"text": "hi", "context": turns}).encode()
    error = complaint(exemplar("emotion", "read", given=line))
    assert "line 1" in error
    assert '"context" is a list of turns' in error


def test_training_on_missing_files_is_one_line(tmp_path: Path) -> None:
    done = exemplar("emotion", "train", "--goemotions", tmp_path, "--out", tmp_path / "new")
    assert "train.tsv" in complaint(done)


def test_training_on_nothing_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").touch()
    (tmp_path / "customers.jsonl").touch()
    done = exemplar(
        *("emotion", "train", "--goemotions", tmp_path),
        *("--customers", tmp_path / "customers.jsonl", "--out", tmp_path / "new"),
    )
    complaint(done)
    assert not (tmp_path / "new").exists()


def test_the_shop_is_filled_once(tmp_path: Path) -> None:
    first, second = (exemplar("shop", "seed", EXEMPLAR_STATE=tmp_path) for _ in range(2))
    assert (first.returncode, first.stdout) == (0, "Customers and orders written.\n")
    assert (second.returncode, second.stdout) == (0, "The shop has customers already.\n")
    assert (tmp_path / "shop.db").exists()


def test_a_state_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (["shop", "seed"], ["desk", "list"]):
        error = complaint(exemplar(*command, EXEMPLAR_STATE=tmp_path / "file"))
        assert "EXEMPLAR_STATE" in error


def test_an_empty_desk_lists_nobody(tmp_path: Path) -> None:
    done = exemplar("desk", "list", EXEMPLAR_STATE=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Waiting for a person" in done.stdout
    assert "H-" not in done.stdout


@pytest.mark.parametrize("words", ["I wrote three times", "see [/b] and [red] in the manual"])
def test_the_desk_lists_who_waits_with_the_customers_own_words(tmp_path: Path, words: str) -> None:
    registry = Registry(open_database(f"sqlite:///{tmp_path / 'shop.db'}"))
    handover = registry.request("web-1", "website", Brief("asked", words, (), (), words))
    done = exemplar("desk", "list", EXEMPLAR_STATE=tmp_path, COLUMNS="200")
    assert (done.returncode, done.stderr) == (0, "")
    assert handover.number in done.stdout
    assert words in done.stdout


def test_people_at_the_desk_are_added_listed_and_removed(tmp_path: Path) -> None:
    here: dict[str, str | Path] = {"EXEMPLAR_STATE": tmp_path}
    secret = {**here, "EXEMPLAR_AGENT_PASSWORD": "a rug of wool!"}
    added = exemplar("desk", "add-agent", "sara", "--shown", "Sara", **secret)
    assert "sara may sign in as agent; customers see Sara." in added.stdout
    exemplar("desk", "add-agent", "priya", "--role", "supervisor", **secret)
    assert exemplar("desk", "agents", **here).stdout.split("\n")[:2] == [
        "priya\tsupervisor\tPriya",
        "sara\tagent\tSara",
    ]
    assert exemplar("desk", "remove-agent", "sara", **here).returncode == 0
    assert "sara" not in exemplar("desk", "agents", **here).stdout
    assert "nobody signs in as sara" in complaint(exemplar("desk", "remove-agent", "sara", **here))


@pytest.mark.parametrize(
    ("arguments", "password", "problem"),
    [
        (["sara"], "short", "at least 10 characters"),
        (["sara", "--role", "king"], "a rug of wool!", "is no role"),
        (["Sära"], "a rug of wool!", "English letters"),
    ],
)
def test_an_agent_that_cannot_be_is_one_line(
    tmp_path: Path, arguments: list[str], password: str, problem: str
) -> None:
    done = exemplar(
        "desk",
        "add-agent",
        *arguments,
        EXEMPLAR_STATE=tmp_path,
        EXEMPLAR_AGENT_PASSWORD=password,
    )
    assert problem in complaint(done)


def test_a_handover_is_closed_from_the_terminal(tmp_path: Path) -> None:
    registry = Registry(open_database(f"sqlite:///{tmp_path / 'shop.db'}"))
    number = registry.request("web-1", "website", Brief("asked", "…", (), (), "…")).number
    assert exemplar("desk", "close", number, EXEMPLAR_STATE=tmp_path).returncode == 0
    assert registry.handover(number).state == "closed"
    again = exemplar("desk", "close", number, EXEMPLAR_STATE=tmp_path)
    assert "no open handover" in complaint(again)


def test_a_port_that_is_taken_is_one_line_that_says_which_variable_to_set(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = exemplar("run", EXEMPLAR_STATE=tmp_path, EXEMPLAR_PORT=str(port))
    error = complaint(done)
    assert f"127.0.0.1:{port} " in error
    assert "EXEMPLAR_PORT" in error
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_port_is_one_line(tmp_path: Path) -> None:
    error = complaint(exemplar("run", EXEMPLAR_STATE=tmp_path, EXEMPLAR_PORT="http"))
    assert "EXEMPLAR_PORT" in error
