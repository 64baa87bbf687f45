"""Each format gives the conversations that its service describes, and says where a file is broken."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from exports import CHATWOOT, CSV, INTERCOM, SAMPLES, SLACK, SRT, VTT, ZENDESK, slack_zip

from exemplar.errors import ExemplarError
from exemplar.sessions.files import SessionError
from exemplar.sessions.formats import FORMATS, RawConversation, format_of
from exemplar.sessions.formats.base import text_of


def read(tmp_path: Path, kind: str, name: str, content: str | bytes) -> list[RawConversation]:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(FORMATS[kind](file))


def says(conversation: RawConversation) -> list[tuple[str, str]]:
    return [(turn.role or turn.name, turn.text) for turn in conversation.turns]


@pytest.mark.parametrize(("kind", "name", "content"), SAMPLES, ids=[s[0] for s in SAMPLES])
def test_a_format_is_known_by_its_file(
    tmp_path: Path, kind: str, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert format_of(tmp_path / name) == kind


def test_vtt_knows_speakers_by_their_voice_and_joins_what_one_says(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "vtt", "2026-09-14 call.vtt", VTT)
    assert [turn.name for turn in one.turns] == ["Sara Lindqvist", "Mara Okafor", "Sara Lindqvist"]
    assert one.turns[1].text.startswith("Hi, uh, it's Mara Okafor. My lamp from order M L one")
    assert one.turns[1].text.endswith(
        "broken & I'm upset. Call me on five five five oh one four two, "
        "or mara dot okafor at example dot org."
    )
    assert [turn.at for turn in one.turns] == [1.0, 5.0, 19.0]
    assert one.started == datetime(2026, 9, 14, tzinfo=timezone.utc)


def test_srt_knows_speakers_by_the_name_before_a_colon(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "srt", "a.srt", SRT)
    assert says(one) == [
        ("Sara", "Meadow Lane, how can I help?"),
        ("Mara Okafor", "My card 4111 1111 1111 1111 was charged twice."),
        ("Sara", "I see both charges, and I'll undo one."),
        ("Mara Okafor", "Thanks, Sara!"),
    ]


def test_csv_groups_rows_and_reads_what_stands_beside_them(tmp_path: Path) -> None:
    first, second = read(tmp_path, "csv", "a.csv", CSV)
    assert [turn.role for turn in first.turns] == ["customer", "agent", "customer"]
    assert (first.rating, first.stage, second.stage, second.line) == (4, "after", "before", 5)
    assert set(first.names) == {"Mara Okafor", "Sara Lindqvist"}
    semicolons = "id;role;message\n1;client;hallo\n1;support;hi, you\n"
    assert says(read(tmp_path, "csv", "b.csv", semicolons)[0]) == [
        ("customer", "hallo"),
        ("agent", "hi, you"),
    ]


def test_zendesk_leaves_internal_notes_out_and_knows_who_is_who(tmp_path: Path) -> None:
    first, second = read(tmp_path, "zendesk", "a.json", json.dumps(ZENDESK))
    assert [turn.role for turn in first.turns] == ["customer", "agent"]
    assert first.turns[1].text == "Dear Mara,\na new one leaves today.\nSara Lindqvist"
    assert (first.key, first.channel, first.rating, first.solved) == ("4711", "email", 5, True)
    assert (second.channel, second.rating, second.solved) == ("website", None, False)
    assert first.emails == ("mara.okafor@example.org",)


def test_zendesk_reads_lines_single_tickets_and_events_as_well(tmp_path: Path) -> None:
    tickets = ZENDESK["tickets"]
    lines = "\n".join(json.dumps(ticket) for ticket in tickets)
    assert [c.key for c in read(tmp_path, "zendesk", "a.ndjson", lines)] == ["4711", "4712"]
    one = {
        "ticket": {**tickets[0], "comments": None},
        "comments": tickets[0]["comments"],
        "users": ZENDESK["users"],
    }
    (single,) = read(tmp_path, "zendesk", "b.json", json.dumps(one))
    assert [turn.role for turn in single.turns] == ["customer", "agent"]
    events = {
        "ticket_events": [
            {
                "ticket_id": 7,
                "updater_id": 11,
                "created_at": "2026-09-14T10:02:00Z",
                "child_events": [
                    {"event_type": "Comment", "author_id": 11, "public": True, "body": "it broke"},
                    {"event_type": "Change", "status": "open"},
                ],
            },
            {
                "ticket_id": 7,
                "updater_id": 22,
                "created_at": "2026-09-14T10:05:00Z",
                "child_events": [
                    {
                        "event_type": "Comment",
                        "author_id": 22,
                        "public": True,
                        "body": "a new one comes",
                    }
                ],
            },
        ]
    }
    (talk,) = read(tmp_path, "zendesk", "c.json", json.dumps(events))
    assert says(talk) == [("customer", "it broke"), ("agent", "a new one comes")]


def test_intercom_leaves_notes_and_bots_out(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "intercom", "a.json", json.dumps(INTERCOM))
    assert says(one) == [
        ("customer", "Hi, mara.okafor@example.org here: is ML-104217 lost?"),
        ("agent", "Hello Mara, it is in Leeds and comes tomorrow."),
        ("customer", "thanks Sara"),
    ]
    assert (one.rating, one.solved, one.channel) == (5, True, "website")
    (alone,) = read(
        tmp_path, "intercom", "b.json", json.dumps(INTERCOM["conversations"][0], indent=2)
    )
    assert says(alone) == says(one)


def test_chatwoot_leaves_private_notes_and_activities_out_and_reads_the_rating(
    tmp_path: Path,
) -> None:
    (one,) = read(tmp_path, "chatwoot", "a.json", json.dumps(CHATWOOT))
    assert says(one) == [
        ("customer", "my lamp ML-104217 flickers"),
        ("agent", "That's a loose bulb, Mara; turn it right."),
    ]
    assert (one.key, one.rating) == ("31", 4)
    whole = [{"id": 31, "status": "resolved", "messages": CHATWOOT["payload"]}]
    (other,) = read(tmp_path, "chatwoot", "b.json", json.dumps(whole))
    assert says(other) == says(one)
    assert other.solved is True


def test_slack_follows_a_thread_over_days_and_knows_guests(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "slack", "a.zip", slack_zip())
    assert [turn.role for turn in one.turns] == ["customer", "agent", "customer"]
    assert one.turns[1].text == "Looking now, Mara Okafor & thanks"
    folder = tmp_path / "unpacked"
    for name, value in SLACK.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value))
    assert [says(c) for c in FORMATS["slack"](folder)] == [says(one)]


def test_html_becomes_text() -> None:
    assert (
        text_of("<div>a<br/>b</div><ul><li>one</li><li>two &lt;3</li></ul><style>x{}</style>")
        == "a\nb\none\ntwo <3"
    )
    assert text_of("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"


@pytest.mark.parametrize(
    ("kind", "content", "line", "says_so"),
    [
        ("vtt", "hello\n", 1, "WEBVTT"),
        (
            "vtt",
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v A>hi\n\n00:00:xx --> 00:00:09.000\nhello\n",
            6,
            "times",
        ),
        ("vtt", "WEBVTT\n\n00:00:05.000 --> 00:00:02.000\n<v A>hi\n", 3, "ends before"),
        ("srt", "1\n00:00:01,000 --> 00:00:02\nA: hi\n", 2, "times"),
        ("csv", "a,b\n1,2\n", 1, "conversation"),
        ("csv", "conversation,speaker,text\n1,customer\n", 2, "cells"),
        ("csv", 'conversation,speaker,text\n1,customer,"hi\n', 2, "quotes"),
        ("csv", "conversation,speaker,text\n1,customer,a\n2,agent,b\n1,agent,c\n", 4, "sort"),
        ("csv", "conversation,speaker,text,at\n1,customer,a,yesterday\n", 2, "time"),
        ("csv", "conversation,speaker,text,rating\n1,customer,a,\n1,agent,a,9\n", 3, "rating"),
        ("jsonl", '{"id": 1, "turns": []}\n{"id": 2, "turns": [}\n', 2, "JSON"),
        ("jsonl", '{"id": 1, "turns": []}\n{"turns": []}\n', 2, "id"),
        ("zendesk", '{"tickets": [\n{"id": 1, "comments": []}\n]}', 2, "comments"),
        (
            "zendesk",
            '{"tickets": [\n{"id": 1,\n "comments": [{"body": "x"}]},\n{"id": 2',
            4,
            "JSON",
        ),
        ("intercom", '{"conversations": [\n{"id": "1"}]}', 2, "conversation_parts"),
        (
            "chatwoot",
            '{"payload": [\n{"conversation_id": 1, "message_type": 9}]}',
            2,
            "message_type",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, kind: str, content: str, line: int, says_so: str
) -> None:
    with pytest.raises(SessionError) as raised:
        read(tmp_path, kind, "broken.txt", content)
    message = str(raised.value)
    assert f"broken.txt:{line}:" in message
    assert says_so in message
    assert "\n" not in message


def test_a_slack_export_says_which_of_its_files_is_broken(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"help/2026-09-14.json:1: .*ts"):
        read(
            tmp_path,
            "slack",
            "a.zip",
            slack_zip(
                {
                    **SLACK,
                    "help/2026-09-14.json": [
                        {"type": "message", "user": "U1", "text": "hi", "ts": "soon"}
                    ],
                }
            ),
        )
    with pytest.raises(SessionError, match="ZIP"):
        read(tmp_path, "slack", "b.zip", slack_zip()[:400])


def test_what_is_no_known_file_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    with pytest.raises(ExemplarError, match="--format"):
        format_of(tmp_path / "a.bin")
