"""The company's terms, for responses to quote."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_slots
from actions.latest import text_of
from actions.product import found_on_pages, product_meant
from exemplar.details import FAR, SERVED, choice_in, country_named, shared_details
from exemplar.errors import ExemplarError
from exemplar.knowledge.search import Found, shared_knowledge
from exemplar.shop.policy import HOME, is_large, shared_policy

logger = logging.getLogger(__name__)

#: By intent, the terms that its answer lists: a page that says just these is no better answer.
_LISTED: Final[Mapping[str, tuple[str, ...]]] = {
    "delivery_options": ("standard_price", "express_price"),
    "check_payment_methods": ("payment_methods",),
    "check_refund_policy": (),
    "ask_warranty": (),
}
#: So sure a page must be where the answer lists none of them.
_PAGE_SURE: Final = 0.8
#: Matters in which something is bought.
_BUYING: Final = frozenset({"place_order", "check_stock"})
#: What is asked where nobody is there to take a parcel in; and as what the order still comes.
_AT_THE_DOOR: Final = "Can my neighbour take it?"
_COLLECTED: Final = "Can I pick it up somewhere, because I am at work all day?"
_ON_THE_ROAD: Final = frozenset({"shipped", "late"})
_STILL_COMES: Final = frozenset({"processing", "shipped", "late"})
#: Somebody may live next door, tell or have something, and not be asked to take anything in; unless the rest
#: of the message is about that.
_NEAR: Final = r"(?:next[- ]door|neighbou?rs?|flatmates?|across the (?:road|street|hall|landing))"
_KEEPS_FOR: Final = (
    r"(?:(?:a|the|my) )?(?:spare )?(?:keys?|room|space)|to (?:sign|take|accept|collect)"
)
_LIVES_NEAR: Final = re.compile(
    rf"(?:\b\w+ ){{0,2}}?\b{_NEAR}(?:'s)?(?: (?-i:[A-Z]\w+))?"
    r"(?: (?:across|over|opposite|from|at|in|on|up|down|next|two|of)(?: (?!said|got)[\w']+){0,3}?)?"
    r"(?:,? (?:just|also|always|already|even|who|only|all|both|he|she|they))*"
    r" (?:says?|said|saying|told|tells|thinks?|thought|reckons?|heard|saw|mentioned|claims?|swears?|warned"
    r"|insists|asked|laughs?|laughed|got|gets|received|bought|ordered|orders|paid|pays|waited|came|arrived"
    rf"|ha(?:s|d|ve)(?! (?:{_KEEPS_FOR})))\b",
    re.IGNORECASE,
)
_TAKES_IN: Final = re.compile(
    r"\b(?:(?:she|he|they|you|someone|somebody|driver|courier)(?:'ll|'d| will| can| could| would| should)?"
    r" (?:take|takes|accept|accepts|sign|signs|keep|keeps|hold|holds|leave|drop|hand)\b"
    r"|(?:leave|left|drop|dropped|hand|give|deliver(?:ed)?|bring|put) (?:it|them|this|that|(?:the|my) \w+)"
    r" (?:there|with|at|to|off|over|next)\b)",
    re.IGNORECASE,
)
#: With these it is the price that is asked about.
_OF_MONEY: Final = re.compile(r"\b(?:how much|costs?|price|free|charge|fee)\b", re.IGNORECASE)
#: A question about when or how much names a way to pay without asking whether it is taken.
_ASKS_OTHERWISE: Final = re.compile(
    r"\b(?:when(?! (?:it|he|she|they|the \w+) (?:comes?|arrives?|brings?))"
    r"|how (?:much|long|often|many)|why|charged?|fees?|cost|safe|secure)\b",
    re.IGNORECASE,
)


def terms_set() -> list[dict[str, Any]]:
    """Returns the slots that hold the company's terms, for responses that quote them."""
    terms = asdict(shared_policy()).items()
    return [SlotSet(name, str(value)) for name, value in terms if name in shared_slots()]


class ActionQuotePolicy(Action):
    """Puts the company's terms into the slots of the same names."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_quote_policy"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets a slot a term, and ``change`` to ``made``: the terms could be read.

        Beside them, what the question itself names: a way to pay (``payment_asked``, and whether it is
        taken), or something that a page says more exactly than the list of terms (``page_answer``).
        """
        return [
            SlotSet("change", "made"),
            *(SlotSet(name, value) for name, value in _brought_to(tracker).items()),
            *(SlotSet(name, value) for name, value in named_in_question(tracker).items()),
            *terms_set(),
        ]


def sent_to(text: str) -> bool:
    """Tells whether we send to the country that a text names, or it names none."""
    choices = shared_details().choices
    return choice_in(SERVED, text, choices) is not None or not choice_in(FAR, text, choices)


def _brought_to(tracker: Tracker) -> dict[str, str | None]:
    """Returns to which country delivery is asked about, and whether and how we send there."""
    text, large = text_of(tracker), _large_in_hand(tracker)
    country = country_named(text)
    served = choice_in(SERVED, text, shared_details().choices)
    if country is None:
        to = None
    elif served is None:
        to = "far"
    elif served.removeprefix("the ") == HOME.removeprefix("the "):
        to = "home"
    else:
        to = "van_abroad" if large else "abroad"
    return {
        "delivery_to": to,
        "country_asked": country,
        "delivery_large": "yes" if large and to != "van_abroad" else None,
    }


def _large_in_hand(tracker: Tracker) -> bool:
    """Tells whether the ways of delivery are asked about something that comes on a van."""
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    own = tracker.get_slot("order_number") and tracker.get_slot("goal") not in _BUYING
    if intent != "delivery_options" or own:
        return False
    try:
        product = product_meant(tracker)
    except ExemplarError as error:
        logger.warning("What is spoken of was not looked up: %s", error)
        return False
    return product is not None and is_large(product.name)


def delivery_asked(text: str) -> str | None:
    """Returns what is asked of how something is brought, as our pages are asked for it; None if nothing is.

    >>> delivery_asked("can my neighbour take it in?")
    'Can my neighbour take it?'
    >>> delivery_asked("the lad next door got his on Monday, so when is mine coming?")
    >>> delivery_asked("the lad next door says customs want money from me, is he right?")
    'Customs want money from me, do I have to pay them?'
    """
    plain = text.replace("’", "'")
    rest = plain if _TAKES_IN.search(plain) else _LIVES_NEAR.sub(" ", plain)
    return choice_in("delivery_asked", rest, shared_details().choices)


def _answered_for(tracker: Tracker, about: str | None) -> str | None:
    """Tells what is asked of how an order that is still to come is brought, where more can be said of it."""
    state = tracker.get_slot("order_state_seen")
    if about == _AT_THE_DOOR:
        return "door" if state in _STILL_COMES else None
    return "collect" if about == _COLLECTED and state in _ON_THE_ROAD else None


def named_in_question(tracker: Tracker) -> dict[str, str | None]:
    """Returns what a question about terms names, for an answer that names it too."""
    latest = tracker.latest_message
    intent = str((latest.get("intent") or {}).get("name") or "")
    text = text_of(tracker)
    named: dict[str, str | None] = {
        **dict.fromkeys(("payment_asked", "payment_taken", "payment_refused", "page_answer")),
    }
    if intent not in _LISTED:
        return named
    if intent == "check_payment_methods" and not _ASKS_OTHERWISE.search(text):
        asked = {
            taken: choice_in(f"payment_taken_{taken}", text, shared_details().choices)
            for taken in ("yes", "no")
        }
        if any(asked.values()):
            taken = "yes" if asked["yes"] else "no"
            refused = asked["no"] if asked["yes"] else None
            return {
                **named,
                "payment_asked": asked[taken],
                "payment_taken": "both" if refused else taken,
                "payment_refused": refused,
            }
    about = delivery_asked(text)
    if intent == "delivery_options" and about is None and country_named(text):
        # Whether we send there, and what it costs, says more than any page.
        return named
    if intent == "delivery_options" and about and not _OF_MONEY.search(text):
        found = shared_knowledge().find(about)
    else:
        found = found_on_pages(tracker, surer=True)
    if found is None or _says_no_more(found, _LISTED[intent]):
        return named
    return {
        **named,
        "page_answer": _answered_for(tracker, about) or "yes",
        "answer_text": found.text,
        "answer_place": found.place,
    }


def _says_no_more(found: Found, listed: tuple[str, ...]) -> bool:
    """Tells whether a passage says no more than the answer that lists these terms, or is not surely meant."""
    if not listed:
        return found.confidence < _PAGE_SURE
    terms = asdict(shared_policy())
    return all(str(terms[one]) in found.section.text for one in listed)
