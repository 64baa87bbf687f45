"""What is heard where somebody may be in danger: by data/knowledge/safety.yml, beside the intent."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.latest import names_an_order_or_email, text_of
from actions.who import customer_asking
from exemplar.conversation import DANGER_LIKELY, Event, customer_messages, intent_of, wording_of
from exemplar.errors import ExemplarError
from exemplar.mood import Turn
from exemplar.safety import SIGNS, Lines, shared_safety
from exemplar.said import says

logger = logging.getLogger(__name__)

#: Less sure than this, or in words that people exaggerate with, it is asked about before it is an alarm. So
#: it is where nothing but the classifier hears it, however sure: no pattern, no sign of :data:`SIGNS` beside
#: it. "I won't be here on Friday, leave it with the neighbour" is one to it, at 0.95.
_SURE: Final = 0.6
#: So sure of it, the classifier alone has it asked about with the numbers of those who listen.
_LIKELY: Final = 0.8
#: So unlikely, by itself, a message tells of danger that a pattern without a plain word in it is only a hint.
#: Of 253 crises held out or written to go unnoticed, five are below it, and are asked after.
_HINTED: Final = 0.07
#: What somebody does who is about their business, how plainly, in [0, 1], and feelings that speak against it.
_BUSINESS: Final = ("question", "request")
_PLAINLY: Final = 0.7
_DARK: Final = frozenset({"sadness", "anxiety", "disappointment"})
_DARKLY: Final = 0.5
#: So sure is a message that a pattern of data/nlu/guarantees.yml decided.
_BY_PATTERN: Final = 1.0
#: So sure of a matter, a message is plainly about that.
_PLAIN: Final = 0.5
#: Less sure than this, and in words that only say that no person is needed, it is none.
_UNLIKELY: Final = 0.5
#: Signs add up within so many of the customer's messages.
_LATELY: Final = 4
#: With these the customer says yes to being safe.
_YES: Final = frozenset({"affirm", "misread"})
#: With these the customer may as well turn the question down as answer it.
_TURNED_DOWN: Final = frozenset({"deny", "reject_answer", "misread"})
#: A no of so many words is nothing but that.
_BARE: Final = 3
#: What is listened for while the alarm stands, the first that is said counts.
_LISTENED_FOR: Final = ("coming", "could", "lines", "no_numbers", "person")
#: The action that asks about what is not clear.
_ASKED: Final = "action_ask_gently"

#: While a customer may be in danger, no mood, failure or open question leads away from that.
_NOTHING_ELSE: Final = [
    SlotSet("frustration", "low"),
    *(
        SlotSet(name)
        for name in (
            *("mood_trend", "feeling", "failures", "pending", "details_awaited", "person_needed"),
            *(
                "asked_before",
                "done_before",
                "offered",
                "said_yes",
                "matter",
                "settled",
                "language",
            ),
            *("person_declined", "late_said", "other_wish", "other_wish_said", "said"),
        )
    ),
]

#: What was heard, which rules ask for, and what of it, which the wording goes by.
Heard = tuple[str | None, str | None]


def in_danger(tracker: Tracker, latest: Turn) -> list[dict[str, Any]]:
    """Returns the slots where the customer may be in danger; nothing where they are not, or no more."""
    before, crisis = tracker.get_slot("safety"), latest.intent == "crisis"
    heard = _heard(tracker, latest, before)
    if heard is None:
        return []
    what, closer = heard
    alarm = crisis or what is not None
    goal = _goal(tracker, latest)
    lines = _lines(tracker)
    if closer == "lines" and lines == shared_safety().anywhere:
        closer = "lines_unknown"
    return [
        *_NOTHING_ELSE,
        SlotSet("goal", goal),
        SlotSet("matter", "in_hand" if goal and what == "safe_now" else None),
        SlotSet("safety", "alarm" if alarm else before),
        SlotSet("heard", what),
        SlotSet("heard_what", closer),
        SlotSet("helplines", lines.first),
        SlotSet("helplines_again", lines.again),
        SlotSet("emergency", lines.emergency),
        SlotSet("company", _company(tracker, latest, what)),
    ]


def _heard(tracker: Tracker, latest: Turn, before: str | None) -> Heard | None:
    """Tells what a message says of danger, by how it stood before; None: there is none."""
    if before is None:
        return _heard_first(tracker, latest)
    text, safety = text_of(tracker), shared_safety()
    crisis = latest.intent == "crisis"
    if safety.says("acted", text):
        return "raised", "acted"
    safe = safety.says_safe(text) or (latest.intent in _YES and not safety.denies_safe(text))
    if before == "asked":
        return _heard_asked(tracker, latest, safe=safe)
    safe = safe or _laughs_off(tracker, latest)
    if safe and (before == "checking" or latest.intent != "affirm" or safety.says_safe(text)):
        return ("safe_now" if before == "checking" else "safe"), None
    if crisis and _sure(tracker):
        return None, None
    closer = next((what for what in _LISTENED_FOR if safety.says(what, text)), None)
    if not closer and _takes_up(tracker, latest):
        return ("safe_now", None) if _goal(tracker, latest) else None
    listens = before == "alarm" and (closer or crisis) and not safety.has_company(text)
    return ("listens" if listens else None), closer


def _heard_first(tracker: Tracker, latest: Turn) -> Heard | None:
    """Tells what a message says where nobody was in danger before."""
    text, safety = text_of(tracker), shared_safety()
    shows = _shows(text)
    if latest.intent == "crisis":
        if safety.says("acted", text):
            return None, "acted"
        if not shows and _confidence(tracker) < _UNLIKELY and says("declines", text):
            return None
        signs = shows or any(safety.says("soft", said) for said in _lately(tracker))
        decided = _confidence(tracker) >= _BY_PATTERN and not _plain_business(tracker)
        hinted = _only_hinted(tracker)
        if _sure(tracker) and (signs or decided) and not hinted:
            return None, None
        likely = _confidence(tracker) >= _LIKELY and not hinted and not _plain_business(tracker)
        return "doubt", "likely" if likely else None
    return ("doubt", "adds_up") if shows and safety.adds_up(_lately(tracker)) else None


def _only_hinted(tracker: Tracker) -> bool:
    """Tells whether a message holds no plain word of danger, and is by itself far from telling of it."""
    likely = (tracker.latest_message or {}).get(DANGER_LIKELY)
    far = likely is not None and float(likely) < _HINTED
    return far and not shared_safety().says("plain", text_of(tracker))


def _plain_business(tracker: Tracker) -> bool:
    """Tells whether a message plainly asks or wishes something and shows no dark feeling.

    Without a sign in its words, such a one is asked about, and nobody is alarmed at once.
    """
    message = tracker.latest_message
    scores, emotion = (message.get("act") or {}).get("shares") or {}, message.get("emotion") or {}
    business = sum(float(scores.get(act) or 0.0) for act in _BUSINESS) >= _PLAINLY
    dark = emotion.get("name") in _DARK and float(emotion.get("confidence") or 0.0) >= _DARKLY
    return business and not dark


def _heard_asked(tracker: Tracker, latest: Turn, *, safe: bool) -> Heard | None:
    """Tells what the answer says, where it was asked whether somebody is safe, for it was not clear."""
    text, safety = text_of(tracker), shared_safety()
    if safe:
        return "safe_now", None
    if latest.intent == "crisis" and _sure(tracker):
        return None, None
    bare = latest.intent == "deny" and len(text.split()) <= _BARE
    if bare or safety.denies_safe(text) or safety.says("soft", text):
        return "raised", None
    if tracker.get_slot("heard_what") != "adds_up" and safety.says("protests", text):
        return "safe_now", None
    # Something else is talked about: what was only a guess holds nobody up.
    return ("raised", None) if latest.intent == "crisis" else None


def _sure(tracker: Tracker) -> bool:
    """Tells whether a message is a crisis for certain, and not just in words that are easily said."""
    return _confidence(tracker) >= _SURE and not shared_safety().says(
        "exaggerates", text_of(tracker)
    )


def _confidence(tracker: Tracker) -> float:
    """Returns how sure it is what the message was read as."""
    return _confidence_in(tracker.latest_message)


def _confidence_in(parsed: Mapping[str, Any]) -> float:
    return float((parsed.get("intent") or {}).get("confidence") or _BY_PATTERN)


def _shows(text: str) -> bool:
    """Tells whether a message says what is no danger by itself, and may be beside something else."""
    return any(shared_safety().says(sign, text) for sign in SIGNS)


def _is_clear(latest: Turn, text: str) -> bool:
    """Tells whether there is nothing of danger in a message."""
    return not (latest.intent == "crisis" or _shows(text) or shared_safety().denies_safe(text))


def _laughs_off(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether the customer laughs at an alarm that was but a guess; "no lol" may be a no."""
    text = text_of(tracker)
    laughs = latest.intent != "deny" and shared_safety().says("laughs", text)
    return laughs and _is_clear(latest, text) and _only_guessed(tracker)


def _takes_up(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message is plainly about a matter of the shop, and the alarm was but a guess."""
    text = text_of(tracker)
    if not _is_clear(latest, text):
        return False
    if tracker.get_slot("company") or shared_safety().has_company(text):
        return False
    matter = latest.goal is not None and _confidence(tracker) >= _PLAIN
    return (matter or names_an_order_or_email(tracker)) and _only_guessed(tracker)


def _only_guessed(tracker: Tracker) -> bool:
    """Tells whether the alarm goes by the classifier alone: by no pattern, sign or answer."""
    guessed, standing = False, None
    certain = False
    for event in tracker.events:
        if event.get("event") == "user":
            guessed = guessed or intent_of(event) == "crisis"
            certain = certain or _is_certain(event, standing)
        elif event.get("event") == "slot" and event.get("name") == "safety":
            standing = event.get("value")
            if standing is None:
                guessed = certain = False
    return guessed and not certain


def _is_certain(message: Event, standing: str | None) -> bool:
    """Tells whether a message, said while it stood like this, leaves no doubt about the danger."""
    text, safety = wording_of(message), shared_safety()
    if safety.says("acted", text):
        return True
    if intent_of(message) == "crisis":
        by_pattern = _confidence_in(message.get("parse_data") or {}) >= _BY_PATTERN
        return by_pattern or _shows(text)
    if standing is None:
        return False
    # A bare no to the alarm may be meant for it; after a question it is an answer.
    answers = standing != "alarm" or intent_of(message) not in _TURNED_DOWN
    return safety.says("soft", text) or (answers and safety.denies_safe(text))


def _lately(tracker: Tracker) -> Iterator[str]:
    """Yields the customer's last messages, back to where it was asked about what they added up to."""
    asked = 0
    for at, event in enumerate(tracker.events):
        if event.get("event") == "action" and event.get("name") == _ASKED:
            asked = at
    said = [wording_of(message) for message in customer_messages(tracker.events[asked:])]
    yield from said[-_LATELY:]


def _goal(tracker: Tracker, latest: Turn) -> str | None:
    """Keeps the matter in hand, or takes the one that is surely told beside the danger."""
    told = _confidence(tracker) >= _SURE or _takes_up(tracker, latest)
    return (latest.goal if told else None) or tracker.get_slot("goal")


def _lines(tracker: Tracker) -> Lines:
    """Returns the helplines: by what the customer says now of where they are, their address, what they named.

    An address is surer than a country that was named before: that may have been asked about for a parcel.
    """
    try:
        customer = customer_asking(tracker)
    except ExemplarError as error:
        # Somebody in danger gets an answer, whether the shop gives one or not.
        logger.warning("No address for the helplines: %s", error)
        customer = None
    places = [customer.addresses[0].country] if customer and customer.addresses else []
    return shared_safety().lines_for(
        [*_named(tracker), *places, tracker.get_slot("country"), tracker.get_slot("city")]
    )


def _named(tracker: Tracker) -> Iterator[str]:
    """Yields where the customer said they are since they spoke of danger, the latest first."""
    messages = list(customer_messages(tracker.events))
    first = next((i for i, one in enumerate(messages) if intent_of(one) == "crisis"), None)
    since = messages[-1:] if first is None else messages[first:]
    for message in reversed(since):
        place = shared_safety().place_in(wording_of(message))
        if place:
            yield place


def _company(tracker: Tracker, latest: Turn, heard: str | None) -> str | None:
    """Tells whether somebody is with the customer: came just now, or before, and whether they ask."""
    if latest.intent == "crisis" or tracker.get_slot("safety") is None:
        return None
    text, safety = text_of(tracker), shared_safety()
    asks = safety.asks.search(text) is not None
    if safety.has_company(text) and not heard:
        return "came_asking" if asks else "came"
    if tracker.get_slot("company"):
        return "asking" if asks and not heard else "there"
    return None
