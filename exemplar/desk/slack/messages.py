"""What the desk says in Slack, and what people there say, without Slack's markup.

Slack's limits: docs.slack.dev/reference/methods/chat.postMessage (a text is cut at 40,000 characters, and
best kept below 4,000), docs.slack.dev/reference/block-kit/blocks (50 blocks, a section of 3,000 characters,
a header of 150) and …/block-elements/button-element (75 characters). All blocks of a message together are
refused above some 13,000 characters, which is written down nowhere (github.com/slackapi/bolt-js/issues/2509).
Three characters are escaped, and nothing else: docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import emoji

from exemplar.desk.brief import curve
from exemplar.desk.model import (
    CLOSED,
    REQUESTED,
    WAITING,
    WITH_PERSON,
    Entry,
    Handover,
    Kind,
    Outcome,
)

#: What begins a message in a thread that only people at the desk see.
NOTE: Final = "note:"
#: What the buttons are called to the interaction that Slack sends.
CLAIM: Final = "desk_claim"
RETURN: Final = "desk_return"
CLOSE: Final = "desk_close"
#: Longest text of one message, in characters as Slack counts them.
LONGEST: Final = 3_800
_HEADER: Final = 150
_SECTION: Final = 3_000
#: What all blocks of a message may have together, as JSON.
_ALL: Final = 12_000
_MARKUP: Final = re.compile(r"<([^<>]+)>")

Block = dict[str, Any]


def escape(text: str) -> str:
    """Returns a text that Slack shows as it is: nothing in it links, mentions or calls a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Returns what a person wrote in Slack as a customer can read it."""
    read = _MARKUP.sub(lambda found: _said(found.group(1)), text)
    read = read.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return str(emoji.emojize(read, language="alias")).strip()


def _said(markup: str) -> str:
    """Reads what stands between angle brackets: a link, or a mention."""
    target, _, label = markup.partition("|")
    if target[:1] == "@":
        # Ids of colleagues are nothing to customers.
        return label or "a colleague"
    if target[:1] == "#":
        return f"#{label}" if label else "a channel"
    if target[:1] == "!":
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label:
        return address
    return label if label in address else f"{label} ({address})"


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """Cuts a text into pieces that Slack takes whole, at a line's or a word's end where there is one."""
    cut = []
    while len(text) > longest:
        at = max(text.rfind("\n", longest // 2, longest), text.rfind(" ", longest // 2, longest))
        at = at + 1 if at > 0 else longest
        cut.append(text[:at])
        text = text[at:]
    return [*cut, text]


def headline(handover: Handover, reason: str) -> str:
    """Returns the brief's first line, which is also what a notification shows."""
    alarm = "🚨 " if handover.urgent else ""
    return f"{alarm}{handover.number}: {reason}"


def brief_blocks(handover: Handover, reason: str) -> list[Block]:
    """Returns the message that stands in the channel, as the handover is now."""
    brief = handover.brief
    blocks = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": _clip(headline(handover, reason), _HEADER)},
        },
        _section(f"*{escape(_clip(standing(handover), 300))}*"),
        _section(_marked(brief.summary, 1_500)),
    ]
    if brief.mood:
        blocks.append(_section(f"*Frustration, message by message:* {curve(brief.mood[-60:])}"))
    if brief.facts:
        listed = "\n".join(
            f"• *{escape(name)}:* {_marked(value, 200)}" for name, value in brief.facts[:15]
        )
        blocks.append(_section(listed))
    for title, said in (
        ("The assistant tried", "; ".join(brief.tried)),
        ("Before", brief.before),
        ("Suggested", "\n".join(f"• {one}" for one in brief.suggestions)),
        ("Last words", brief.last_words),
    ):
        if said:
            blocks.append(_section(f"*{title}:*\n{_marked(said, 800)}"))
    if buttons := _buttons(handover):
        blocks.append({"type": "actions", "block_id": "desk", "elements": buttons})
        how = f"Write in the thread to answer the customer; “{NOTE} …” stays between colleagues."
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": how}]})
    if len(json.dumps(blocks, ensure_ascii=False)) > _ALL:
        for block in blocks:
            if block["type"] == "section":
                block["text"]["text"] = block["text"]["text"][: _ALL // 20]
    return blocks


def standing(handover: Handover) -> str:
    """Says in one line how a handover stands."""
    who = handover.claimed_name or "somebody"
    if handover.state == CLOSED:
        return {
            Outcome.SOLVED: f"✅ Closed by {handover.claimed_name or 'the desk'}",
            Outcome.RETURNED: f"↩️ Given back to the assistant by {handover.claimed_name or 'the desk'}",
            Outcome.LEFT: "↩️ The customer went back to the assistant",
        }.get(handover.outcome, "✅ Closed")
    return {
        REQUESTED: "📮 To be answered later: the customer does not wait in the chat",
        WAITING: "⏳ Waits for a person",
        WITH_PERSON: f"🧑 With {who}",
    }[handover.state]


def lines(entry: Entry, handover: Handover) -> list[str]:
    """Returns what an entry adds to the thread, in as many messages as Slack's limit asks for."""
    if entry.author.startswith("slack:") and entry.kind in (Kind.AGENT, Kind.NOTE):
        return []
    who = entry.name or "Somebody"
    customer = dict(handover.brief.facts).get("customer") or "Customer"
    noted = f": {entry.text}" if entry.text else "."
    first = entry.seq == 1
    said = {
        Kind.ASKED: "" if first else "The customer asks for a person again.",
        Kind.URGENT: "🚨 The customer may be in danger. The assistant stays until one of you comes.",
        Kind.CUSTOMER: f"💬 {customer}: {entry.text}",
        Kind.ASSISTANT: f"🤖 Assistant: {entry.text}",
        Kind.AGENT: f"🧑 {who} to the customer: {entry.text}",
        Kind.NOTE: f"📝 {who}, for colleagues: {entry.text}",
        Kind.CLAIMED: f"🧑 {who} has {entry.handover} now.",
        Kind.UNANSWERED: "⌛ Nobody came in time. The assistant is back; somebody must get in touch.",
        Kind.CLOSED: _end(entry, handover) + noted,
    }.get(entry.kind, "")
    return pieces(said) if said else []


def _end(entry: Entry, handover: Handover) -> str:
    if handover.outcome == Outcome.LEFT:
        return "↩️ The customer went back to the assistant"
    if handover.outcome == Outcome.RETURNED:
        return f"↩️ {entry.name or 'The desk'} gave the conversation back to the assistant"
    return f"✅ {entry.name or 'The desk'} closed {entry.handover}"


def _buttons(handover: Handover) -> list[Block]:
    def button(action: str, text: str, **more: Any) -> Block:
        return {
            "type": "button",
            "action_id": action,
            "value": handover.number,
            "text": {"type": "plain_text", "text": text},
            **more,
        }

    if handover.state == CLOSED:
        return []
    returned = button(RETURN, "Return to the assistant")
    closed = button(CLOSE, "Close", style="danger")
    if handover.state == WITH_PERSON:
        return [returned, closed]
    return [button(CLAIM, "Claim", style="primary"), closed]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_SECTION]}}


def _marked(text: str, longest: int) -> str:
    """Returns customers' words for a place where Slack reads markup: stars stay stars."""
    # A zero-width space before them keeps Slack from reading them as bold, italic, struck or code.
    quiet = re.sub(r"([*_~`])", "\u200b\\1", _clip(text, longest))
    return escape(quiet)


def _clip(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
