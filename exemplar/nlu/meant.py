"""Whether a message can be meant as it was read, given what it does in the conversation.

"I do have the post office receipt, do you need it?" looks like a wish for an invoice, and asks something. An
intent that does not fit the act is believed only where it was read surely: both are independent hints, and
their odds are multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from exemplar.conversation import DANGER_LIKELY
from exemplar.nlu.clauses import DANGER
from exemplar.nlu.expectation import NOT_UNDERSTOOD, Expectation, shared_expectation
from exemplar.said import says

#: A reading as sure as this was decided by a pattern.
DECIDED: Final = 1.0
#: So sure an act must be to speak against an intent, or to name what is not understood, in [0, 1].
_NAMES: Final = 0.5
#: So sure it must be a question for its answer to be chosen with more care, in [0, 1].
_PLAINLY_ASKS: Final = 0.6
_ASKS: Final = "question"
#: What gives a detail that is waited for, and how surely it must do no more.
_ANSWER: Final = "answer"
GIVES: Final = "provide_details"
_WISHES: Final = "request"
_DETAILS: Final = "details"
_PLAINLY_ANSWERS: Final = 0.7
_COMPLAINT: Final = "complaint"
_PERSON: Final = "contact_human_agent"
_TRACKED: Final = "track_order"
_INVOICE: Final = "get_invoice"
#: What somebody does who is about their business, and how plainly; a surer crisis than this is one.
_BUSINESS: Final = ("question", "request")
_PLAINLY_BUSINESS: Final = 0.9
_NEARLY_DECIDED: Final = 0.9
#: So unlikely a message tells of danger that the nearest intent is nothing to go by.
_UNLIKELY: Final = 0.006
#: As these the conversation waits for an answer, and "why?" is about that.
_WAITS: Final = frozenset({"question", "details"})
_WHY: Final = "ask_why"
#: The order that it is about is not known: what is asked of it, only people can answer.
_UNFOUND: Final = "unfound"
#: Whoever gives one of these gives what an order is found by, whatever they say beside it.
GIVEN: Final = frozenset({"order_number", "invoice_number", "email"})
_ORDER: Final = frozenset({"order_number", "email"})
#: As these, what stands beside a detail that was asked for is no matter of its own.
_BESIDE: Final = frozenset(
    {
        *("vent", "thank", "ask_why", "reject_answer", "review", NOT_UNDERSTOOD),
        # What holds for everybody is asked of the matter in hand: "is it too late to complain?"
        *("check_refund_policy", "check_cancellation_fee", "delivery_period"),
    }
)
#: So surely another matter must have been read beside details for it to be one.
_ANOTHER: Final = 0.8
#: So many words go on beyond a yes.
_BEYOND_YES: Final = 8
_LEAST: Final = 1e-3


def fitting(
    parsed: Mapping[str, Any],
    stands: Collection[str] = (),
    expectation: Expectation | None = None,
) -> dict[str, Any]:
    """Returns the reading of a message, ``nlu_fallback`` where its intent does not fit what it does.

    Args:
        parsed: as ``/model/parse`` has it, with ``act`` where the conversation is known.
        stands: how the conversation stands, of ``SITUATIONS``.
        expectation: which intents fit which act; the company's unless given.
    """
    known = expectation or shared_expectation()
    act, ranking = parsed.get("act"), list(parsed.get("intent_ranking") or [])
    if not act or not ranking:
        return dict(parsed)
    scores: Mapping[str, float] = act["shares"]
    name, confidence = str(ranking[0]["name"]), float(ranking[0]["confidence"])
    gives = {str(one.get("entity")) for one in parsed.get("entities") or ()} & GIVEN
    if gives and _DETAILS in stands and _answers(name, confidence, act, known, gives):
        return led_by(GIVES, float(act["confidence"]), parsed)
    if gives >= _ORDER and confidence < _NAMES and name not in known.any_act:
        # Whoever gives an order's number and its address, and hardly anything else that shows, gives these.
        return led_by(GIVES, confidence, parsed)
    if confidence >= DECIDED or name in known.any_act or gives:
        return dict(parsed)
    plain = float(act["confidence"]) >= _NAMES
    if name != NOT_UNDERSTOOD and not plain:
        # What the message does is as unclear as what it is about.
        return dict(parsed)
    if name != NOT_UNDERSTOOD:
        fits = sum(p for one, p in scores.items() if name in known.acts.get(one, ()))
        sure = confidence >= _asked_surely(name, scores, stands, known)
        trust = known.trust - known.in_passing.get(name, 0.0)
        if sure and _logit(confidence) + _logit(fits) + trust >= 0:
            return dict(parsed)
    meant = str(act["name"])
    named = known.named_by.get(meant, ()) if plain else ()
    best = max(
        (one for one in ranking if one["name"] in named),
        key=lambda one: float(one["confidence"]),
        default={"name": NOT_UNDERSTOOD, "confidence": float(act["confidence"])},
    )
    first = {"name": best["name"], "confidence": float(act["confidence"])}
    others = [one for one in ranking if one["name"] != first["name"]]
    return {**parsed, "intent": first, "intent_ranking": [first, *others]}


def _answers(
    name: str, confidence: float, act: Mapping[str, Any], known: Expectation, gives: Collection[str]
) -> bool:
    """Tells whether a message gives what was asked for, and wishes for nothing of its own.

    "ML-104120, and my name; I can recite it in my sleep by now" asks for no invoice; and what is said beside
    it in anger ("and before you say sorry …") does not make it any less an answer. Whoever gives what was
    asked for, and tells something beside it, goes on with their matter unless another is plain.
    """
    if confidence >= DECIDED or name in known.any_act or name == GIVES:
        return False
    if confidence < _ANOTHER and act["name"] != _WISHES:
        return True
    reacts = name in _BESIDE
    return reacts or (act["name"] == _ANSWER and float(act["confidence"]) >= _PLAINLY_ANSWERS)


def danger_unlikely(parsed: Mapping[str, Any]) -> bool:
    """Tells whether a message, by itself, is far from telling of danger (exemplar/nlu/danger.py)."""
    return float(parsed.get(DANGER_LIKELY, 1.0)) < _UNLIKELY


def plainly_business(parsed: Mapping[str, Any]) -> bool:
    """Tells whether a message plainly asks or wishes for something, and is less than nearly a sure crisis.

    "the post office, I have to go there myself?" Real crises that no pattern knew, held out, asked far less
    plainly (0.71 at the most).
    """
    ranking = list(parsed.get("intent_ranking") or [])
    shares: Mapping[str, float] = (parsed.get("act") or {}).get("shares") or {}
    business = sum(float(shares.get(act) or 0.0) for act in _BUSINESS)
    sure = float(ranking[0]["confidence"]) if ranking else 0.0
    return business >= _PLAINLY_BUSINESS and sure < _NEARLY_DECIDED


def without_danger(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message without a crisis, unless a pattern decided that it is one.

    Args:
        parsed: as ``/model/parse`` has it, of a message that holds no sign, as do those before it.
    """
    ranking = list(parsed.get("intent_ranking") or [])
    if not ranking or ranking[0]["name"] != DANGER or ranking[0]["confidence"] >= DECIDED:
        return dict(parsed)
    return led_by(NOT_UNDERSTOOD, float(ranking[0]["confidence"]), parsed)


def goes_on_asking(parsed: Mapping[str, Any]) -> bool:
    """Tells whether what begins like a yes goes on to ask: "fine then. suppose I wait, what can I do?" """
    intent = parsed.get("intent") or {}
    text = str(parsed.get("text") or "")
    return (
        intent.get("name") == "affirm"
        and len(text.split()) > _BEYOND_YES
        and says("asks_something", text)
    )


def only_heard(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message, where what shall not be offered is told and nothing wished for."""
    act = parsed.get("act") or {}
    intent = parsed.get("intent") or {}
    declines = act.get("name") == _WISHES and intent.get("name") == NOT_UNDERSTOOD
    if not declines or not says("declines_offers", str(parsed.get("text") or "")):
        return dict(parsed)
    return {**parsed, "act": {**act, "name": "inform"}}


def not_understood(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message that was taken for something and is not that."""
    confidence = float((parsed.get("intent") or {}).get("confidence") or 0.0)
    return led_by(NOT_UNDERSTOOD, confidence, parsed)


def without_person(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message without a wish for a person, unless a pattern decided that it is one.

    Whoever wants in writing, or on file, what was said, so that no other person need be told, wants that; and
    "can't someone press the money through?" asks for speed.
    """
    ranking = list(parsed.get("intent_ranking") or [])
    if not ranking or ranking[0]["name"] != _PERSON or ranking[0]["confidence"] >= DECIDED:
        return dict(parsed)
    text = str(parsed.get("text") or "")
    if says("mock_praise", text):
        late = says("told_late", text)
        return led_by(_TRACKED, _NEARLY_DECIDED, parsed) if late else not_understood(parsed)
    other = any(
        says(what, text) for what in ("in_writing", "on_file", "hurries_it", "asks_certificate")
    )
    return not_understood(parsed) if other else dict(parsed)


def without_invoice(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message without a wish for an invoice where it names none.

    "Can somebody send me that in German, by mail?" wants in writing what was said.
    """
    ranking = list(parsed.get("intent_ranking") or [])
    if not ranking or ranking[0]["name"] != _INVOICE or ranking[0]["confidence"] >= _ANOTHER:
        return dict(parsed)
    named = says("names_bill", str(parsed.get("text") or ""))
    return dict(parsed) if named else not_understood(parsed)


def without_complaint(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the reading of a message without a complaint, unless a pattern decided that it is one.

    For whoever said that theirs is none: a worry amid praise is not held against anybody.
    """
    ranking = list(parsed.get("intent_ranking") or [])
    if not ranking or ranking[0]["name"] != _COMPLAINT:
        return dict(parsed)
    confidence = float(ranking[0]["confidence"])
    return dict(parsed) if confidence >= DECIDED else led_by(NOT_UNDERSTOOD, confidence, parsed)


def led_by(intent: str, confidence: float, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a reading with this intent as the likeliest."""
    first = {"name": intent, "confidence": confidence}
    ranking = parsed.get("intent_ranking") or []
    others = [one for one in ranking if one["name"] not in {intent, _dropped(ranking, intent)}]
    return {**parsed, "intent": first, "intent_ranking": [first, *others]}


def _dropped(ranking: Sequence[Mapping[str, Any]], intent: str) -> str | None:
    """Returns the likeliest intent, where it is taken for not understood."""
    return str(ranking[0]["name"]) if ranking and intent == NOT_UNDERSTOOD else None


def _asked_surely(
    name: str, scores: Mapping[str, float], stands: Collection[str], known: Expectation
) -> float:
    """Returns how surely an intent must have been read to stand, given how plainly something is asked."""
    about_waiting = name == _WHY and _WAITS.intersection(stands)
    if scores.get(_ASKS, 0.0) < _PLAINLY_ASKS or about_waiting or name not in known.asked_surely:
        return 0.0
    return DECIDED if _UNFOUND in stands else known.asked_surely[name]


def _logit(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))
