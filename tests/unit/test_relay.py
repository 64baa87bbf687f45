"""What a program says to the assistant is not taken for the customer's."""

from __future__ import annotations

from datetime import datetime

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.desk.brief import Brief
from exemplar.desk.model import REQUESTED, Handover
from exemplar.server.relay import from_program, said_since

HANDOVER = Handover(
    "H-1001", "web-1", "website", REQUESTED, Brief("promise", "…", (), (), ""), datetime(2026, 1, 1)
)


def test_a_message_of_a_program_is_known_by_its_intent_as_rasa_writes_and_reads_it() -> None:
    due = UserUttered.create_external("EXTERNAL_refund_due")
    assert from_program(due)
    kept = Event.from_parameters(due.as_dict())
    assert isinstance(kept, UserUttered)
    assert from_program(kept)


def test_a_customer_who_writes_like_a_program_is_a_customer() -> None:
    wrote = UserUttered("EXTERNAL: EXTERNAL_refund_due", {"name": "out_of_scope"})
    assert not from_program(wrote)


def test_the_desk_hears_what_was_said_and_nothing_of_programs() -> None:
    events = [
        UserUttered("is it there?", {"name": "track_refund"}),
        UserUttered.create_external("EXTERNAL_refund_due"),
        BotUttered("It is."),
    ]
    tracker = DialogueStateTracker.from_events("web-1", events)
    said = said_since(tracker, HANDOVER)
    assert [(kind, text) for kind, _, text in said] == [
        ("customer", "is it there?"),
        ("assistant", "It is."),
    ]
