"""Questions that our pages surely answer, whatever they were read as."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk import Tracker

from actions.latest import intent_now, names_an_order_or_email, text_of
from actions.offers import FAULTS, fault_told
from actions.product import found_on_pages, product_spoken_of, was_said
from exemplar.knowledge.search import CARE_PAGES, PRODUCT_PAGES, shared_knowledge
from exemplar.nlu.clauses import clauses_of
from exemplar.nlu.expectation import shared_expectation
from exemplar.said import says

#: So surely a page must answer it.
_SURE: Final = 0.85
#: Kinds of questions as which one about a thing is read; any other that is so likely is meant.
_LIKE: Final = frozenset({"what_ordered", "safe_use", "send_part", "packed_how", "have_ready"})
_LIKELY: Final = 0.6
#: As these a message has an answer of its own.
_BUYING: Final = frozenset({"place_order", "check_stock", "change_order"})
#: No page of a thing says when it comes, or where it is by now.
_ON_ITS_WAY: Final = re.compile(
    r"\b(?:when|where(?:'s| is| are)|arriv\w+|cancel\w*|on (?:its|their|the) way)\b", re.IGNORECASE
)


def thing_asked(tracker: Tracker) -> bool:
    """Tells whether a message asks of a thing in the order that is known what surely stands on its page.

    "What size is the tablecloth?" is answered by what is in the order as little as "does it come in one
    piece" by its day. Where a fault is told of, what to do about that goes first.
    """
    intent = intent_now(tracker)
    if not tracker.get_slot("order_known") or intent in FAULTS | _BUYING or fault_told(tracker):
        return False
    likely = tracker.latest_message.get("asks") or {}
    if any(share >= _LIKELY for kind, share in likely.items() if kind not in _LIKE):
        return False
    thing = product_spoken_of(tracker)
    text = text_of(tracker)
    return any(_on_its_page(one, thing) for one in clauses_of(text) or [text])


def page_asked(tracker: Tracker) -> bool:
    """Tells whether a message amid a matter asks what a page surely answers, read as nothing of its own.

    "Does this destroy it for me?" is about the carton that was thrown away, and asks for no next step.
    """
    expected = shared_expectation()
    goal = tracker.get_slot("goal")
    if (
        goal in _BUYING | {None}
        or intent_now(tracker) not in expected.pages_before
        or names_an_order_or_email(tracker)
    ):
        return False
    likely = tracker.latest_message.get("asks") or {}
    if max(likely.values(), default=0.0) >= _LIKELY:
        return False
    found = found_on_pages(tracker, surer=True, beside_name=True)
    sure = found is not None and found.confidence >= _SURE
    return found is not None and sure and not was_said(found.text, tracker)


def _on_its_page(clause: str, thing: str | None) -> bool:
    if (
        not says("asks_something", clause)
        or says("asks_price", clause)
        or _ON_ITS_WAY.search(clause)
    ):
        return False
    found = shared_knowledge().find(clause, thing=thing, surer=True)
    its_own = found is not None and found.section.file in PRODUCT_PAGES | CARE_PAGES
    return found is not None and its_own and found.confidence >= _SURE
