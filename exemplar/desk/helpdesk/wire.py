"""What goes over the wire between the desk and a helpdesk; ``docs/desk-api.json`` is made of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final

from pydantic import BaseModel, Field

from exemplar.desk import model
from exemplar.desk.terms import Terms

#: Who acts where a helpdesk does: whoever of its people writes has the conversation.
HELPDESK: Final = "helpdesk"
#: Longest message or note, in characters.
LONGEST: Final = 10_000
#: What the webhook calls what happened.
EVENTS: Final = {
    model.Kind.ASKED: "handover.requested",
    model.Kind.URGENT: "handover.urgent",
    model.Kind.CLAIMED: "handover.claimed",
    model.Kind.UNANSWERED: "handover.unanswered",
    model.Kind.CLOSED: "handover.closed",
    model.Kind.CUSTOMER: "message.customer",
    model.Kind.ASSISTANT: "message.assistant",
    model.Kind.AGENT: "message.agent",
    model.Kind.NOTE: "note",
}


class _Strict(BaseModel):
    class Config:
        """What is not known is refused: a misspelt name would else go unseen."""

        extra = "forbid"
        min_anystr_length = 0


class Claim(_Strict):
    """Who takes a conversation."""

    agent: str = Field(min_length=1, max_length=60, description="first name, as customers see it")


class Message(Claim):
    """Words of a person, for the customer or for colleagues."""

    key: str = Field(
        min_length=1,
        max_length=200,
        description="the message's own id; sent again with the same one, it counts once",
    )
    text: str = Field(min_length=1, max_length=LONGEST)


class End(Claim):
    """The end of a handover."""

    note: str = Field("", max_length=LONGEST, description="what was done; no customer sees it")


class Problem(BaseModel):
    """Why a call was not done."""

    error: str = Field(description="for the person who wanted it")


class Fact(BaseModel):
    """Something known of customer or order."""

    name: str
    value: str


class Brief(BaseModel):
    """What a person must know."""

    reason: str = Field(description="why a person is wanted, as in data/knowledge/desk.yml")
    label: str = Field(description="the same in words")
    summary: str
    mood: list[float] = Field(description="frustration after each message, 0 to 1; may be empty")
    tried: list[str]
    last_words: str
    facts: list[Fact]
    before: str = Field(description="what came of the last handover")
    suggestions: list[str]


class Handover(BaseModel):
    """A conversation that a person takes over, as it stands now."""

    number: str
    conversation: str = Field(description="the same in every handover of a conversation")
    channel: str
    state: str = Field(description="`requested`, `waiting`, `with_person` or `closed`")
    urgent: bool = Field(description="the customer may be in danger")
    requested: datetime
    claimed_by: str | None = Field(description="`helpdesk`, or somebody at another front")
    claimed_name: str
    outcome: str = Field(description="`solved`, `returned`, `left`, or empty while it is open")
    note: str
    last_seq: int
    brief: Brief


class Entry(BaseModel):
    """Something that was said or done."""

    handover: str
    seq: int = Field(description="its place in the handover, from 1 on")
    kind: str = Field(description=", ".join(f"`{kind}`" for kind in EVENTS))
    text: str
    author: str = Field(description="`helpdesk`, somebody at another front, or empty")
    name: str
    at: datetime
    delivered: datetime | None = Field(description="when the customer's channel had it")


class Event(BaseModel):
    """What the webhook tells; ``id`` is the same however often it is sent."""

    id: str
    event: str = Field(description=", ".join(f"`{event}`" for event in EVENTS.values()))
    entry: Entry
    handover: Handover


def handover_of(one: model.Handover, terms: Terms) -> Handover:
    """Returns a handover as it goes over the wire."""
    brief = one.brief
    return Handover(
        number=one.number,
        conversation=one.conversation,
        channel=one.channel,
        state=one.state,
        urgent=one.urgent,
        requested=_zoned(one.requested),
        claimed_by=one.claimed_by,
        claimed_name=one.claimed_name,
        outcome=one.outcome,
        note=one.note,
        last_seq=one.last_seq,
        brief=Brief(
            reason=brief.reason,
            label=str(terms.reasons.get(brief.reason, {}).get("label") or brief.reason),
            summary=brief.summary,
            mood=list(brief.mood),
            tried=list(brief.tried),
            last_words=brief.last_words,
            facts=[Fact(name=name, value=value) for name, value in brief.facts],
            before=brief.before,
            suggestions=list(brief.suggestions),
        ),
    )


def entry_of(one: model.Entry) -> Entry:
    """Returns an entry as it goes over the wire."""
    return Entry(
        handover=one.handover,
        seq=one.seq,
        kind=one.kind,
        text=one.text,
        author=one.author,
        name=one.name,
        at=_zoned(one.at),
        delivered=_zoned(one.delivered) if one.delivered else None,
    )


def event_of(entry: model.Entry, handover: model.Handover, terms: Terms) -> Event:
    """Returns what the webhook tells of an entry."""
    return Event(
        id=f"{entry.handover}:{entry.seq}",
        event=EVENTS[entry.kind],
        entry=entry_of(entry),
        handover=handover_of(handover, terms),
    )


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc)
