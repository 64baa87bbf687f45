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
        # What would be lost without a word.
        ("csv", "conversation,speaker,text,Text\n1,customer,a,b\n", 1, "'text' twice"),
        ("csv", "conversation,speaker,text,ratng\n1,customer,a,b\n", 1, "write rating"),
        ("csv", "conversation,speker,text\n1,customer,a\n", 1, "'speker'"),
        ("csv", "conversation,speaker,text,customer_consent\n", 1, "customer_consent_given"),
        ("csv", "conversation,speaker,text,Consent customer by\n", 1, "customer_consent_by"),
        ("jsonl", '{"id": 1, "turns": []}\n{"id": 2, "trunes": []}\n', 2, "write turns"),
        ("jsonl", '{"id": 1,\n "turns": [],\n "Rating": 5}\n', 3, "write rating"),
        ("jsonl", '{"id": 1, "turns": [\n{"speaker": "agent",\n"txt": "x"}]}\n', 3, "write text"),
        ("jsonl", '{"id": 1, "turns": [], "id": 2}\n', 1, "'id' twice"),
        ("jsonl", '{"id": 1, "turns": [], "consent": {"custmer": {}}}\n', 1, "customer and agent"),
        ("zendesk", '{"users": [],\n"users": [], "tickets": []}', 2, "'users' twice"),
        ("zendesk", '{"users": {}, "tickets": [{"id": 1, "comments": [{}]}]}', 1, "not a list"),
        # The line of the fault, not of the conversation around it.
        (
            "jsonl",
            '{"id": 1, "turns": [\n{"speaker": "agent", "text": "x"},\n{"speaker": "agent", "text": 5}]}',
            3,
            "turn 2",
        ),
        (
            "zendesk",
            '{"tickets": [{"id": 1,\n"requester_id": 5,\n"comments": [\n{"author_id": 5, "body": "x"},\n'
            '{"author_id": 5,\n"created_at": "then",\n"body": "x"}]}]}',
            6,
            "ticket '1', comment 2, created_at",
        ),
        (
            "zendesk",
            '{"tickets": [{"id": 1, "comments": [\n{"body": "x"}]}]}',
            2,
            "ticket '1', comment 1, has no author_id",
        ),
        (
            "intercom",
            '{"id": 9, "source": {"author": {"type": "user"}, "body": "x"}, "conversation_parts": [\n'
            '{"body": "x", "author": {"type": "admin"}},\n{"body": "y"}]}',
            3,
            "conversation '9', part 2, has no author",
        ),
        (
            "intercom",
            '{"id": 9, "source":\n{"author":\n{"type": "martian"}, "body": "x"}, "conversation_parts": []}',
            3,
            "user, lead, contact, admin, team, bot",
        ),
        # What would let an internal note through.
        (
            "intercom",
            '{"id": 9, "source": {}, "conversation_parts": [\n{"part_type": ["note"], "body": "x"}]}',
            2,
            "part 1, part_type, is a list",
        ),
        (
            "zendesk",
            '{"tickets": [{"id": 1, "comments": [\n{"public": "false", "body": "x"}]}]}',
            2,
            "comment 1, public, is 'false'",
        ),
        (
            "chatwoot",
            '[{"id": 7, "messages": [\n{"message_type": 1, "private": "yes", "content": "x"}]}]',
            2,
            "message 1, private, is 'yes'",
        ),
        (
            "intercom",
            '{"id": 9, "conversation_parts": [{"body": "x", "author": {"type": "admin"}}]}',
            1,
            "no source",
        ),
        (
            "intercom",
            '{"id": 9, "source": {"author": {"type": "user"}, "body": "x", "created_at": "soon"}}',
            1,
            "seconds since 1970",
        ),
        (
            "chatwoot",
            '[{"id": 7, "messages": [\n{"message_type": 0, "content": "x"},\n'
            '{"message_type": 1, "content": "y", "sender": {"type": "martian"}}]}]',
            3,
            "conversation '7', message 2, has a sender of type 'martian'",
        ),
        (
            "chatwoot",
            '[{"id": 7, "messages": [\n{"message_type": 0, "content": "x"},\n'
            '{"message_type": 1, "content": "y"}]}]',
            3,
            "does not say who sent it",
        ),
        # Files that end in the middle.
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nA: hi\n\n2\n00:00:05,000 -", 6, "times"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nA: hi\n\n2\n00:00:0", 6, "complete"),
        ("srt", "1\n00:00:01,000 --> 00:00:02,000\nA: hi\n\n2\n", 5, "complete"),
        (
            "srt",
            "1\n00:00:01,000 --> 00:00:02,000\nA: hi\n\n2\n00:00:05,000 --> 00:00:06,000",
            6,
            "complete",
        ),
        ("vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>hi\n\n00:05.000", 6, "times"),
        # Numbers that Python has an opinion of.
        ("jsonl", '{"id": ' + "9" * 6000 + ', "turns": []}\n', 1, "a number too long"),
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


def test_what_people_said_is_in_no_error(tmp_path: Path) -> None:
    said = "Jiří Dvořák here. Is ML-104118 going to 120 00 Praha 2?"
    turn = json.dumps({"id": "1", "turns": [{"speaker": "customer", "text": said}]})
    whole = "conversation,speaker,text,at,rating\n"
    for kind, content in (
        ("csv", turn),
        ("csv", f'{whole}1,customer,x,"{said}",\n'),
        ("csv", f'{whole}1,customer,x,,"{said}"\n'),
        ("csv", f"{whole}1,customer,x,,mail@example.org\n"),
        ("csv", f"{whole}1,customer,x,,4111111111111111\n"),
        ("csv", f'{whole}1,customer,x,,"{said}\n'),
        ("jsonl", json.dumps({"id": "1", "turns": said})),
        ("jsonl", json.dumps({"id": "1", "turns": [said]})),
        ("jsonl", json.dumps({"id": {said: said}, "turns": []})),
        ("zendesk", json.dumps({"tickets": [said]})),
        ("srt", f"1\n{said}\n"),
        ("vtt", f"WEBVTT\n\n1\n{said} --> \n"),
    ):
        with pytest.raises(ExemplarError) as raised:
            read(tmp_path, kind, "a.file", content)
        message = str(raised.value).split("a.file", 1)[1]
        for word in ("Dvořák", "104118", "Praha", "example.org", "4111"):
            assert word not in message, message


def test_columns_that_mean_nothing_here_are_named(tmp_path: Path) -> None:
    # "state" is a letter away from "stage", and another word.
    (one,) = read(
        tmp_path, "csv", "a.csv", "conversation,speaker,text,state,Agent Team\n1,customer,x,UT,y\n"
    )
    assert one.unread == ("state", "Agent Team")
    line = {"id": "1", "model": "x", "turns": [{"speaker": "agent", "text": "x", "tone": "warm"}]}
    (other,) = read(tmp_path, "jsonl", "a.jsonl", json.dumps(line))
    assert other.unread == ("model", "tone")


def test_zendesk_gives_nobody_a_side_that_is_not_known(tmp_path: Path) -> None:
    def sides(users: object, *authors: int, **more: object) -> list[str | None]:
        comments = [{"author_id": author, "body": "hello"} for author in authors]
        ticket = {"id": 1, "requester_id": 5, "comments": comments, **more}
        export = {"tickets": [ticket], **({"users": users} if users else {})}
        (one,) = read(tmp_path, "zendesk", "a.json", json.dumps(export))
        return [turn.role for turn in one.turns]

    users = [{"id": 5, "role": "end-user"}, {"id": 6, "role": "agent"}]
    assert sides(users, 5, 6) == ["customer", "agent"]
    assert sides(users, 5, 77) == ["customer", None]
    assert sides(users, 5, 77, assignee_id=77) == ["customer", "agent"]
    # Without a list of users: the one who asks, and whoever answers if there is one alone.
    assert sides(None, 5, 77, 5) == ["customer", "agent", "customer"]
    assert sides(None, 5, 77, 88) == ["customer", None, None]
    assert sides(None, 5, 77, 88, assignee_id=88) == ["customer", None, "agent"]


def test_in_zendesk_events_the_one_who_asks_stays_the_customer_without_a_list_of_users(
    tmp_path: Path,
) -> None:
    events = [
        {
            "ticket_id": 7,
            "updater_id": author,
            "created_at": f"2026-09-14T10:0{minute}:00Z",
            "child_events": [{"event_type": "Comment", "body": "hello"}],
        }
        for minute, author in enumerate((11, 22, 11))
    ]
    (one,) = read(tmp_path, "zendesk", "a.json", json.dumps({"ticket_events": events}))
    assert [turn.role for turn in one.turns] == ["customer", "agent", "customer"]
    assert one.names == ()


def test_zendesk_comments_may_come_from_the_newest_to_the_oldest(tmp_path: Path) -> None:
    ticket = ZENDESK["tickets"][0]
    export = {**ZENDESK, "tickets": [{**ticket, "comments": ticket["comments"][::-1]}]}
    (one,) = read(tmp_path, "zendesk", "a.json", json.dumps(export))
    assert [turn.role for turn in one.turns] == ["customer", "agent"]


def test_slack_gives_nobody_a_side_who_is_in_no_list_of_users(tmp_path: Path) -> None:
    users = [user for user in SLACK["users.json"] if user["id"] != "U2"]
    (one,) = read(tmp_path, "slack", "a.zip", slack_zip({**SLACK, "users.json": users}))
    assert [turn.role for turn in one.turns] == ["customer", None, "customer"]


def test_what_a_rule_of_chatwoot_sent_is_no_agents(tmp_path: Path) -> None:
    sent = {
        "message_type": 1,
        "content": "we are closed",
        "content_attributes": {"automation_rule_id": 3},
    }
    asked = {"message_type": 0, "content": "hello?"}
    (one,) = read(
        tmp_path, "chatwoot", "a.json", json.dumps([{"id": 7, "messages": [asked, sent]}])
    )
    assert says(one) == [("customer", "hello?")]


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
    for content, said in (
        (b"\x00\x01", "--format"),
        (b" \n", "is empty"),
        (b"\xff\xfe{\x00", "UTF-16"),
    ):
        (tmp_path / "a.bin").write_bytes(content)
        with pytest.raises(ExemplarError, match=said):
            format_of(tmp_path / "a.bin")
