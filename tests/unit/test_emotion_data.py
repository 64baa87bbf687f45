from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exemplar.emotion.context import TURNS
from exemplar.emotion.conversations import messages_of
from exemplar.emotion.data import (
    CustomerMessage,
    GoEmotionsComment,
    read_customers,
    read_goemotions,
)
from exemplar.emotion.refining import says_alone
from exemplar.emotion.taxonomy import EMOTION_OF_GOEMOTION, EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError
from exemplar.sessions.files import read_sessions

GOOD = '{"text": "Where is it?", "emotions": ["anxiety"], "intensity": 1}'


def test_a_labelled_message_is_read_whole(tmp_path: Path) -> None:
    entry = {
        "text": "Great, late again.",
        "emotions": ["frustration", "disappointment"],
        "intensity": 2,
        "context": [["customer", "Where is it?"], ["agent", "It is late."]],
        "kind": "sarcasm",
    }
    file = tmp_path / "some.jsonl"
    file.write_text(json.dumps(entry) + "\n")
    assert read_customers(file) == [
        CustomerMessage(
            "Great, late again.",
            ("frustration", "disappointment"),
            2,
            (("customer", "Where is it?"), ("agent", "It is late.")),
            "sarcasm",
        )
    ]


def test_a_writer_is_frustrated_at_any_intensity_but_none() -> None:
    read = [CustomerMessage("x", ("neutral",), intensity).frustrated for intensity in range(4)]
    assert read == [False, True, True, True]


def test_a_folder_is_read_file_by_file_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(GOOD.replace("Where is it?", "second"))
    (tmp_path / "a.jsonl").write_text(f"\n{GOOD.replace('Where is it?', 'first')}\n\n")
    (tmp_path / "notes.txt").write_text("not for reading")
    assert [message.text for message in read_customers(tmp_path)] == ["first", "second"]


def test_an_unusual_line_end_inside_a_text_does_not_split_it(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(GOOD.replace("Where is it?", "Where\u2028is it?"), encoding="utf-8")
    assert [message.text for message in read_customers(file)] == ["Where\u2028is it?"]


@pytest.mark.parametrize(
    "line",
    [
        "not JSON",
        "[]",
        '"text"',
        "{}",
        '{"text": 5, "emotions": ["joy"], "intensity": 0}',
        '{"text": "x", "intensity": 0}',
        '{"text": "x", "emotions": [], "intensity": 0}',
        '{"text": "x", "emotions": "joy", "intensity": 0}',
        '{"text": "x", "emotions": ["rage"], "intensity": 0}',
        '{"text": "x", "emotions": [["joy"]], "intensity": 0}',
        '{"text": "x", "emotions": ["joy"]}',
        '{"text": "x", "emotions": ["joy"], "intensity": 4}',
        '{"text": "x", "emotions": ["joy"], "intensity": "1"}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "context": ["hello"]}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "context": null}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "context": [["bot", "hi"]]}',
        '{"text": "x", "emotions": ["joy", "neutral"], "intensity": 0}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "kind": ["sarcasm"]}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "voice": 3}',
        '{"text": "x", "emotions": ["joy"], "intensity": 0, "meaning": "x"}',
        "[" * 100_000,
    ],
)
def test_a_wrong_line_is_one_clear_error_that_names_file_and_line(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f"{GOOD}\n\n{line}\n")
    with pytest.raises(ExemplarError, match=r"some\.jsonl, line 3: "):
        read_customers(file)


def test_a_file_of_another_editor_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n")
    (tmp_path / "train.tsv").write_bytes(b"\xef\xbb\xbfThanks\rall\t15\tid1\r\n")
    assert [message.text for message in read_customers(tmp_path)] == ["Where is it?"]
    assert [c.text for c in read_goemotions(tmp_path / "train.tsv")] == ["Thanks\rall"]


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(GOOD.replace("Where", "\\ud83d"))
    assert [message.text for message in read_customers(tmp_path)] == ["� is it?"]


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match=r"nowhere\.jsonl"):
        read_customers(tmp_path / "nowhere.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"caf\xe9")
    with pytest.raises(ExemplarError, match=r"latin\.jsonl"):
        read_customers(tmp_path)


def test_a_folder_without_messages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match=r"holds no \.jsonl"):
        read_customers(tmp_path)


def test_goemotions_labels_are_read_by_number(tmp_path: Path) -> None:
    file = tmp_path / "train.tsv"
    file.write_text("Thanks a lot\t15\tid1\nUgh\t2,3\tid2\n")
    assert read_goemotions(file) == [
        GoEmotionsComment("Thanks a lot", ("gratitude",)),
        GoEmotionsComment("Ugh", ("anger", "annoyance")),
    ]


@pytest.mark.parametrize("line", ["no tabs", "x\t28\tid", "x\t-1\tid", "x\tanger\tid", "x\t\tid"])
def test_a_wrong_line_of_goemotions_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "train.tsv"
    file.write_text(f"Thanks\t15\tid\n{line}\n")
    with pytest.raises(ExemplarError, match=r"train\.tsv, line 2: "):
        read_goemotions(file)


def test_every_goemotions_label_means_one_of_the_nine() -> None:
    assert EMOTION_OF_GOEMOTION.keys() == set(GOEMOTIONS)
    assert set(EMOTION_OF_GOEMOTION.values()) == set(EMOTIONS)


SESSIONS = list(read_sessions())


def test_of_sessions_only_those_that_may_teach_do() -> None:
    taught = messages_of(SESSIONS)
    assert len(taught) > 500
    apart = [replace(session, apart=True) for session in SESSIONS]
    assert messages_of(apart) == []


def test_a_withdrawn_consent_takes_a_session_out() -> None:
    session = next(one for one in SESSIONS if one.teaches)
    taken_back = replace(session.customer_consent, withdrawn=date(2026, 11, 24))
    assert messages_of([session])
    assert messages_of([replace(session, customer_consent=taken_back)]) == []


def test_what_the_model_said_of_a_session_is_not_learned_again() -> None:
    session = next(one for one in SESSIONS if one.teaches)
    turns = [
        replace(turn, labels=turn.labels and replace(turn.labels, by="model"))
        for turn in session.turns
    ]
    assert messages_of([replace(session, turns=tuple(turns))]) == []


def test_a_turn_of_a_session_comes_with_the_turns_before_it_and_its_label() -> None:
    session = next(one for one in SESSIONS if one.teaches and len(one.turns) > 12)
    taught = messages_of([session])
    asked = [turn for turn in session.turns if turn.speaker == "customer"]
    assert [message.text for message in taught] == [turn.text for turn in asked]
    assert taught[-1].context == tuple(
        (turn.speaker, turn.text)
        for turn in session.turns[: session.turns.index(asked[-1])][-TURNS:]
    )
    for message, turn in zip(taught, asked, strict=True):
        assert turn.labels
        assert message.emotions == (turn.labels.emotion,)
        if message.emotions[0] in ("anger", "frustration"):
            assert message.frustrated


def test_few_words_labelled_in_their_context_say_nothing_alone() -> None:
    before = (("agent", "Restart it again."),)
    assert says_alone(CustomerMessage("right", ("neutral",), 0)) == 1
    assert says_alone(CustomerMessage("right", ("frustration",), 2, before)) == 0
    longer = CustomerMessage("I have now done that four times", ("frustration",), 2, before)
    assert 0 < says_alone(longer) < 1
