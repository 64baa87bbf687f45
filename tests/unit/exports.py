"""One small export of each format, as the service itself would give it, with personal data in it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

#: What must not stand in any SESSION that comes of these.
PERSONAL = ("Okafor", "Mara", "Lindqvist", "555-0142", "4111", "mara.okafor", "104217", "Rue Haute")

VTT = """WEBVTT - call of 14 September

NOTE
Transcribed by hand.

intro
00:00:01.000 --> 00:00:04.200 align:start
<v Sara Lindqvist>Meadow Lane, Sara speaking, how can I help?

00:00:05.000 --> 00:00:11.500
<v.loud Mara Okafor>Hi, uh, it's <i>Mara Okafor</i>. My lamp from order
M L one oh four two one seven arrived broken &amp; I'm upset.

00:00:12.000 --> 00:00:15.000
<v Mara Okafor>Call me on five five five oh one four two,

00:00:15.500 --> 00:00:18.000
or mara dot okafor at example dot org.

00:00:19.000 --> 00:00:26.000
<v Sara Lindqvist>A lamp in pieces is no fun, Ms Okafor. I'm sending a new one today.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Sara: Meadow Lane, how can I help?

2
00:00:05,000 --> 00:00:09,000
Mara Okafor: My card 4111 1111 1111 1111
was charged twice.

3
00:00:10,000 --> 00:00:14,000
- Sara: I see both charges, and I'll undo one.
- Mara Okafor: Thanks, Sara!
"""
CSV = """conversation,speaker,text,at,name,rating,stage
A-1,customer,"Hi, I'm Mara Okafor, my order ML-104217 is late",2026-09-14T10:02:00Z,Mara Okafor,4,after
A-1,agent,"Thanks Mara. Let me look, ""one"" moment.",2026-09-14T10:03:10Z,Sara Lindqvist,,
A-1,customer,"Rue Haute 96, 1000 Brussels is the address",2026-09-14T10:04:00Z,Mara Okafor,,
B-2,customer,Is the Oslo desk lamp in stock?,2026-09-15T08:00:00Z,,,before
B-2,agent,"Yes, 41 of them.",2026-09-15T08:01:00Z,,,
"""
JSONL = "\n".join(
    json.dumps(line)
    for line in (
        {
            "id": "j-1",
            "channel": "website",
            "stage": "after",
            "rating": 5,
            "solved": True,
            "turns": [
                {"speaker": "customer", "text": "mara okafor here, where is 104217?", "at": 0},
                {"speaker": "agent", "text": "Hello Mara, it left today.", "at": 40},
            ],
        },
        {
            "id": "j-2",
            "stage": "during",
            "messages": [
                {"role": "system", "content": "You are …"},
                {"role": "user", "content": "my payment by card 4111111111111111 fails"},
                {"role": "assistant", "content": "Which message do you see?"},
            ],
        },
    )
)
ZENDESK: dict[str, Any] = {
    "tickets": [
        {
            "id": 4711,
            "status": "solved",
            "requester_id": 11,
            "via": {"channel": "email"},
            "created_at": "2026-09-14T10:02:00Z",
            "satisfaction_rating": {"score": "good"},
            "comments": [
                {
                    "id": 1,
                    "author_id": 11,
                    "public": True,
                    "created_at": "2026-09-14T10:02:00Z",
                    "body": "Hello,\nmy order ML-104217 came broken. Call me on 555-0142.\n\nMara Okafor",
                },
                {
                    "id": 2,
                    "author_id": 22,
                    "public": False,
                    "created_at": "2026-09-14T10:05:00Z",
                    "body": "internal: Mara is a regular",
                },
                {
                    "id": 3,
                    "author_id": 22,
                    "public": True,
                    "created_at": "2026-09-14T10:09:00Z",
                    "html_body": "<p>Dear Mara,</p><p>a new one leaves today.<br>Sara Lindqvist</p>",
                },
            ],
        },
        {
            "id": 4712,
            "status": "open",
            "requester_id": 12,
            "via": {"channel": "native_messaging"},
            "created_at": "2026-09-15T10:02:00Z",
            "satisfaction_rating": None,
            "comments": [
                {
                    "author_id": 12,
                    "public": True,
                    "created_at": "2026-09-15T10:02:00Z",
                    "body": "where is my parcel?",
                },
                {
                    "author_id": 22,
                    "public": True,
                    "created_at": "2026-09-15T10:03:00Z",
                    "body": "On its way.",
                },
            ],
        },
    ],
    "users": [
        {"id": 11, "name": "Mara Okafor", "email": "mara.okafor@example.org", "role": "end-user"},
        {"id": 12, "name": "Tunde Bello", "email": None, "role": "end-user"},
        {"id": 22, "name": "Sara Lindqvist", "role": "agent"},
    ],
    "count": 2,
    "end_of_stream": True,
}
INTERCOM: dict[str, Any] = {
    "type": "conversation.list",
    "conversations": [
        {
            "type": "conversation",
            "id": "99",
            "created_at": 1789380120,
            "state": "closed",
            "source": {
                "type": "conversation",
                "body": "<p>Hi, mara.okafor@example.org here: is <b>ML-104217</b> lost?</p>",
                "author": {
                    "type": "user",
                    "id": "u1",
                    "name": "Mara Okafor",
                    "email": "mara.okafor@example.org",
                },
            },
            "conversation_rating": {"rating": 5, "remark": "Sara Lindqvist was kind"},
            "conversation_parts": {
                "type": "conversation_part.list",
                "conversation_parts": [
                    {
                        "part_type": "note",
                        "body": "<p>secret</p>",
                        "created_at": 1789380125,
                        "author": {"type": "admin", "name": "Sara Lindqvist"},
                    },
                    {
                        "part_type": "comment",
                        "body": "<p>I am the bot</p>",
                        "created_at": 1789380126,
                        "author": {"type": "bot", "name": "Fin"},
                    },
                    {
                        "part_type": "assignment",
                        "body": None,
                        "created_at": 1789380127,
                        "author": {"type": "admin", "name": "Sara Lindqvist"},
                    },
                    {
                        "part_type": "comment",
                        "body": "<p>Hello Mara, it is in Leeds and comes tomorrow.</p>",
                        "created_at": 1789380180,
                        "author": {"type": "admin", "name": "Sara Lindqvist"},
                    },
                    {
                        "part_type": "close",
                        "body": "<p>thanks Sara</p>",
                        "created_at": 1789380240,
                        "author": {"type": "user", "name": "Mara Okafor"},
                    },
                ],
            },
        }
    ],
}
CHATWOOT: dict[str, Any] = {
    "meta": {
        "contact": {
            "name": "Mara Okafor",
            "email": "mara.okafor@example.org",
            "phone_number": "+15555550142",
        },
        "assignee": {"name": "Sara Lindqvist"},
    },
    "payload": [
        {
            "id": 1,
            "conversation_id": 31,
            "message_type": 0,
            "content": "my lamp ML-104217 flickers",
            "created_at": 1789380120,
            "private": False,
            "sender": {"name": "Mara Okafor", "type": "contact"},
        },
        {
            "id": 2,
            "conversation_id": 31,
            "message_type": 2,
            "content": "Sara Lindqvist was assigned",
            "created_at": 1789380125,
            "private": False,
        },
        {
            "id": 3,
            "conversation_id": 31,
            "message_type": 1,
            "content": "poor Mara",
            "created_at": 1789380130,
            "private": True,
            "sender": {"name": "Sara Lindqvist", "type": "user"},
        },
        {
            "id": 4,
            "conversation_id": 31,
            "message_type": 1,
            "content": "That's a loose bulb, Mara; turn it right.",
            "created_at": 1789380150,
            "private": False,
            "sender": {"name": "Sara Lindqvist", "type": "user"},
        },
        {
            "id": 5,
            "conversation_id": 31,
            "message_type": 3,
            "content_type": "input_csat",
            "content": "Rate us",
            "created_at": 1789380190,
            "private": False,
            "content_attributes": {"submitted_values": {"csat_survey_response": {"rating": 4}}},
        },
    ],
}
SLACK: dict[str, Any] = {
    "channels.json": [{"id": "C1", "name": "help"}],
    "users.json": [
        {
            "id": "U1",
            "name": "mara",
            "real_name": "Mara Okafor",
            "is_stranger": True,
            "profile": {"email": "mara.okafor@example.org", "display_name": "Mara"},
        },
        {
            "id": "U2",
            "name": "sara",
            "real_name": "Sara Lindqvist",
            "profile": {"display_name": "sara"},
        },
        {"id": "U3", "name": "bot", "is_bot": True, "profile": {}},
    ],
    "help/2026-09-14.json": [
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U1",
            "text": "<@U1> has joined",
            "ts": "1789380100.000100",
        },
        {
            "type": "message",
            "user": "U1",
            "text": "<@U2> ML-104217 is late, mail <mailto:mara.okafor@example.org|me>",
            "ts": "1789380120.000200",
            "thread_ts": "1789380120.000200",
        },
        {
            "type": "message",
            "user": "U3",
            "text": "beep",
            "ts": "1789380121.000200",
            "thread_ts": "1789380120.000200",
        },
        {
            "type": "message",
            "user": "U2",
            "text": "Looking now, <@U1> &amp; thanks",
            "ts": "1789380150.000200",
            "thread_ts": "1789380120.000200",
        },
    ],
    "help/2026-09-15.json": [
        {
            "type": "message",
            "user": "U1",
            "text": "it came, thanks Sara",
            "ts": "1789466520.000200",
            "thread_ts": "1789380120.000200",
        },
    ],
}


def slack_zip(content: dict[str, Any] = SLACK) -> bytes:
    """Returns a Slack export as its ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in content.items():
            archive.writestr(name, json.dumps(value))
    return packed.getvalue()


#: Format, file's name, content.
SAMPLES: tuple[tuple[str, str, bytes], ...] = (
    ("vtt", "2026-09-14 call.vtt", VTT.encode()),
    ("srt", "call.srt", SRT.encode()),
    ("csv", "chats.csv", CSV.encode()),
    ("jsonl", "chats.jsonl", JSONL.encode()),
    ("zendesk", "tickets.json", json.dumps(ZENDESK, indent=1).encode()),
    ("intercom", "conversations.json", json.dumps(INTERCOM, indent=1).encode()),
    ("chatwoot", "messages.json", json.dumps(CHATWOOT, indent=1).encode()),
    ("slack", "export.zip", slack_zip()),
)
CONSENT = """
customer: {given: 2026-11-01, by: form 12, for: [learning, evaluation]}
agent: {given: 2026-10-01, by: works agreement 7, for: [learning]}
"""
