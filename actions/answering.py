"""Questions about the matter in hand, answered from what is known of it: data/responses/questions.yml."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asked_on import PROMISED, SECOND_PAYMENT, wants_in_writing
from actions.domain import EXPLAIN_ASKED
from actions.in_words import several
from actions.latest import (
    intent_now,
    names_an_order_or_email,
    names_another_order,
    names_item,
    settled,
    text_of,
    texts_of,
)
from actions.offers import FAULTS, fault_told
from actions.order import facts_set
from actions.payment import returned_facts
from actions.policy import terms_set
from actions.product import product_spoken_of, was_said
from actions.promise import follow_order
from actions.who import order_named
from exemplar.conversation import wording_of
from exemplar.errors import ExemplarError
from exemplar.knowledge.search import Found, shared_knowledge
from exemplar.nlu.clauses import clauses_of
from exemplar.nlu.expectation import NOT_UNDERSTOOD, shared_expectation
from exemplar.said import says
from exemplar.settings import ROOT
from exemplar.shop.policy import is_large

logger = logging.getLogger(__name__)

ANSWERS: Final = ROOT / "data" / "responses" / "questions.yml"
#: An intent is read surely from here on.
_SURE: Final = 0.8
_QUESTION: Final = "question"
_OTHER: Final = "other"
#: Kinds whose answer is about the whole of an order.
_OF_ALL: Final = frozenset({"refund_amount", "cancel_cost"})
#: Kinds that are asked of a thing that has a fault.
_OF_FAULTS: Final = frozenset({"safe_use"})
#: In these somebody asks for money that is on its way back.
_OF_REFUND: Final = frozenset({"track_refund"})
_REFUND_WHEN: Final = "refund_when"
#: What is asked of ending an order, and of its coming.
_OF_ENDING: Final = frozenset({"cancel_until", "cancel_cost"})
_WHEN_COMES: Final = "when_comes"
_WHERE_IS: Final = "where_is"
_ONE_PARCEL: Final = "one_parcel"
#: With these, "a lamp" may be one that was ordered.
_ORDERED: Final = re.compile(r"\b(?:order\w*|bought|buy|purchas\w+)\b", re.IGNORECASE)
#: As these an order is still to come; in these matters it is its money that is spoken of.
_COMES: Final = frozenset({"processing", "shipped", "late"})
_OF_MONEY: Final = frozenset({"get_refund", "track_refund", "cancel_order", "payment_issue"})
#: Of so many messages none may have been about money where "how long?" asks for the parcel.
_LATELY: Final = 2
_PAYMENT: Final = "payment_issue"
#: What a message may ask in so many words, however likely its kind was read.
_IN_WRITING: Final = "in_writing"
_COMPENSATION: Final = "compensation"
#: Who has one of these in hand has something to be made up for.
_TROUBLES: Final = FAULTS | {"complaint", "payment_issue"}
#: Matters in which something is bought.
_BUYING: Final = frozenset({"place_order", "check_stock"})
#: A kind of question may be meant that is as likely as this share of the likeliest.
_NEAR: Final = 0.7
#: So likely a question must be that a pattern took for another one (data/knowledge/said.yml).
_LIKELIER: Final = 0.55
#: What is asked with a matter itself.
_OWN: Final[Mapping[str, frozenset[str]]] = {
    "track_order": frozenset({"where_is", "when_comes", "why_late"}),
    "track_refund": frozenset({"refund_when", "refund_step", "refund_amount"}),
    "payment_issue": frozenset({"what_paid"}),
    "ask_warranty": frozenset({"warranty"}),
}
#: The kinds of questions that a pattern hears.
_SAME: Final[Mapping[str, frozenset[str]]] = {
    "asks_taken": frozenset({"what_paid"}),
    "asks_arrival": frozenset({"when_comes"}),
    "asks_until": frozenset({"return_until", "cancel_until"}),
    "asks_too_late": frozenset({"return_until", "warranty", "cancel_until"}),
    "asks_keep": frozenset({"keep_old", "return_how"}),
    "asks_if_not": frozenset({"what_if_not", "cancel_cost", "lost_next"}),
    "asks_sure": frozenset({"how_sure"}),
    "sends_proof": frozenset({"proof"}),
    "no_second": frozenset({"what_paid"}),
    # That a card's number is for nobody goes before where the order's stands.
    "card_safety": frozenset({"pay_choice", "number_where"}),
    # What it does to the money or the order says more than that it is noted.
    "asks_chargeback": frozenset(),
    # Whether it is real, and what to do about it, says more than the warning alone; who we are says less.
    "suspicious": frozenset({"right_shop"}),
    "asks_of_money": frozenset(
        {
            *("refund_when", "refund_where", "refund_amount", "refund_step", "what_if_not"),
            *("in_writing", "how_sure", "speed_up", "people_how"),
        }
    ),
}
#: What alone may be meant where a pattern took a message for a question that is much like it.
_ONLY: Final[Mapping[str, frozenset[str]]] = {"asks_day": frozenset({"what_hour"})}
#: So many questions in one message are looked up on our pages each by itself, so surely each must be answered
#: by one, where an order is spoken of and where none is.
_SEVERAL: Final = 2
_PAGE_SURE: Final = 0.85
_PAGE_LIKELY: Final = 0.75
#: What joins a question to the one before it, and says nothing of what it asks.
_BEGINNING: Final = re.compile(r"(?:(?:oh|and|also|plus|but|so)\b[,\s]+)*", re.IGNORECASE)
_HOW_LONG: Final = re.compile(r"how long is (?:it|that|this)\W*", re.IGNORECASE)
#: So likely at least a message must be a question, as far as its act tells; less where its kind is likely.
_ASKS: Final = 0.35
_MAY_ASK: Final = 0.15
_PLAINLY: Final = 0.55


@lru_cache(maxsize=1)
def shared_answers() -> tuple[dict[str, Any], ...]:
    """Returns the variants of the response, with what each of them holds for.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    try:
        content: Any = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))
        variants = content["responses"][EXPLAIN_ASKED]
        return tuple(
            {one["name"]: one["value"] for one in variant["condition"]} for variant in variants
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ExemplarError(f"{ANSWERS}: cannot read the answers ({error!r}).") from error


def question_known(tracker: Tracker, *, angry: bool = False, turned: bool = False) -> str | None:
    """Returns the kind of question that a message asks, where there is an answer that was not given before.

    Of the kinds that it may be, those without an answer as things stand are left out: "how long?" asks for
    the refund where there is one. An answer that has been heard answers nothing.

    Args:
        tracker: of the conversation.
        angry: whether the customer is.
        turned: whether the message turned to another order, which is the one that is known by now.
    """
    latest, known = tracker.latest_message, shared_expectation()
    intent = latest.get("intent") or {}
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)
    another = not turned and _is_another_matter(tracker)
    said = _kind_said(tracker)
    # What asks for a day in general asks for this order's, where one is known, and asks without a mark, too.
    of_this = tracker.get_slot("order_known") and tracker.get_slot("goal") not in _BUYING
    general = known.answered_else.get(name) if of_this else None
    if name not in known.answered_as or another or not (said or general or _may_ask(latest)):
        return None
    new = name == _PAYMENT != tracker.get_slot("goal")
    if new and says("charged_twice", text_of(tracker)):
        # Money that was taken twice is looked up, whatever is asked beside it.
        return None
    likely = dict(latest.get("asks") or {})
    if name == NOT_UNDERSTOOD:
        how = "fallback"
    elif name in known.answered_wishes:
        how = "wish"
    else:
        how = "surely" if confidence >= _SURE else "unsure"
    enough = known.answered[how]
    slots, heard = _standing(tracker), _heard(tracker)
    # One that is far less likely is not meant because the likelier has no answer.
    least = max(enough, max(likely.values(), default=0.0) * _NEAR)
    may = [kind for kind in sorted(likely, key=lambda one: -likely[one]) if likely[kind] >= least]
    if not slots.get("order_known") and not _has_ordered(slots):
        # Who has bought nothing asks of no order; what holds for everybody is answered where it is plain.
        least = max(least, known.answered["surely"])
        may = [kind for kind in may if kind in known.answered_anyway and likely[kind] >= least]
    if fault_told(tracker) is None:
        # Whether a thing without a fault may stand in the cold is no question of danger.
        may = [kind for kind in may if kind not in _OF_FAULTS]
    if _of_a_part(tracker):
        # What all of it comes to is no answer of one thing in it.
        may = list(dict.fromkeys("part_only" if kind in _OF_ALL else kind for kind in may))
    if general:
        may.append(general)
    if says("asks_alive", text_of(tracker)):
        # Who hopes that nothing is cancelled does not ask until when it can be.
        may = [kind for kind in may if kind not in _OF_ENDING]
        may += [_WHEN_COMES] if slots.get("handover") else []
    plain = _in_plain_words(tracker)
    may = [plain, *(kind for kind in may if kind != plain)] if plain else may
    if name in _OF_REFUND and slots.get("settled") == SECOND_PAYMENT:
        # What comes back here is the payment that was taken twice.
        may.append(_REFUND_WHEN)
    # A matter that is new, or that somebody is angry about, is met as a whole, and its own question with it;
    # unless it is one of something that is not in the order before us.
    whole = (angry or name != slots.get("goal")) and not slots["asked_of"]
    own = _OWN.get(name, frozenset())
    if slots.get("settled") == SECOND_PAYMENT or (name in _OF_REFUND and _is_kept_so_far(slots)):
        # Where nothing is on its way back, it is asked how long that would take.
        own = frozenset()
    may = [kind for kind in may if not (whole and kind in own)]
    may = [said, *may] if said else may
    return next(
        (kind for kind in may if any(number not in heard for number in _fitting(kind, slots))),
        None,
    )


def where_it_is(tracker: Tracker) -> str | None:
    """Returns the kind of question that tells how an order stands: when it comes, or where it is."""
    slots, heard = _standing(tracker), _heard(tracker)
    return next(
        (
            kind
            for kind in (_WHEN_COMES, _WHERE_IS)
            if any(number not in heard for number in _fitting(kind, slots))
        ),
        None,
    )


def _is_kept_so_far(slots: Mapping[str, Any]) -> bool:
    return slots.get("order_state_seen") in _COMES | {"delivered"} and not slots.get("settled")


def _in_plain_words(tracker: Tracker) -> str | None:
    """Returns the kind of what is asked so shortly that its meaning tells little: "and when, roughly?"

    Where it was offered to pay an order back, "how long does it take" is still about the parcel, unless money
    was spoken of.
    """
    text = text_of(tracker)
    comes = tracker.get_slot("order_known") and tracker.get_slot("order_state_seen") in _COMES
    if not comes or tracker.get_slot("settled") or tracker.get_slot("goal") in _BUYING:
        return None
    if several(tracker) and says("asks_together", text) and names_item(tracker, text):
        return _ONE_PARCEL
    lately = [text, *texts_of(tracker)[-_LATELY:]]
    of_money = tracker.get_slot("goal") in _OF_MONEY or tracker.get_slot("pending") in _OF_MONEY
    of_money = of_money or any(says("asks_day_of_else", said) for said in lately)
    return _WHEN_COMES if says("asks_its_day", text) and not of_money else None


def _kind_said(tracker: Tracker) -> str | None:
    """Returns the kind of question that a message asks in so many words of what is in hand, if of any."""
    text = text_of(tracker)
    known = tracker.get_slot("order_known") or tracker.get_slot("order_sought")
    if known and wants_in_writing(tracker):
        return _IN_WRITING
    late = tracker.get_slot("order_state_seen") == "late"
    seen_to = settled(tracker) in PROMISED | {SECOND_PAYMENT}
    trouble = late or seen_to or tracker.get_slot("goal") in _TROUBLES
    # A complaint with a wish in it is registered first.
    files = says("files", text) and settled(tracker) != "complaint"
    return _COMPENSATION if trouble and not files and says("asks_amends", text) else None


def question_left(tracker: Tracker) -> str | None:
    """Returns the kind of a question that a message asks beside what its turn has answered, None if none.

    Only what is surely asked, of what is known, and was not answered in this conversation: the turn itself
    stands, and this is said after it.
    """
    slots, heard = _standing(tracker), _heard(tracker)
    answered = _answered_kinds(heard) | _OWN.get(str(tracker.get_slot("goal")), frozenset())
    if not slots.get("order_known"):
        return None
    least = shared_expectation().answered["beside"]
    latest = tracker.latest_message
    for likely in (*(latest.get("asks_each") or ()), latest.get("asks") or {}):
        kind = max(likely, key=likely.__getitem__, default=None)
        if kind is None or likely[kind] < least or kind in answered:
            continue
        if any(number not in heard for number in _fitting(kind, slots)):
            return str(kind)
    return None


def _answered_kinds(heard: Collection[int]) -> frozenset[str]:
    """Returns the kinds of which an answer was said."""
    return frozenset(str(shared_answers()[number].get("asked")) for number in heard)


def _standing(tracker: Tracker) -> dict[str, Any]:
    """Returns how things stand, as the answers have conditions on it."""
    return {
        **tracker.current_slot_values(),
        **_size(str(tracker.get_slot("order_items") or "")),
        "asked_of": asked_of(tracker),
    }


def _of_a_part(tracker: Tracker) -> bool:
    """Tells whether a message is about one of several things in the order: "dropping the spare jug"."""
    text = text_of(tracker)
    return several(tracker) and names_item(tracker, text) and says("part_words", text)


def _has_ordered(slots: Mapping[str, Any]) -> bool:
    """Tells whether there is an order, though it is not known: the matter tells, or people seek it."""
    matter = slots.get("goal")
    return bool(slots.get("order_sought")) or matter in shared_expectation().answered_of_orders


def meant_otherwise(tracker: Tracker, said: str, asked: str | None) -> bool:
    """Tells whether a message asks something else, likely enough, than a pattern took it for."""
    likely: Mapping[str, float] = tracker.latest_message.get("asks") or {}
    if asked is None or likely.get(asked, 0.0) < _LIKELIER:
        return False
    return asked in _ONLY[said] if said in _ONLY else said in _SAME and asked not in _SAME[said]


def asked_of(tracker: Tracker) -> str | None:
    """Returns ``other`` where a message names something, and nothing that is in the order looked up.

    What is named as any of its kind is none that was ordered: "he pours it from a plastic measuring jug".
    """
    items = str(tracker.get_slot("order_items") or "").casefold()
    text = text_of(tracker)
    named = [
        str(one.get("value")).casefold().split()
        for one in tracker.latest_message.get("entities") or ()
        if one.get("entity") == "product" and not _any_of_its_kind(str(one.get("value")), text)
    ]
    another = (
        items
        and named
        and not any(all(word.removesuffix("s") in items for word in words) for words in named)
    )
    return _OTHER if another else None


def _any_of_its_kind(product: str, text: str) -> bool:
    """Tells whether a thing is named with "a" alone, as one has it at home, and is not said to be ordered."""
    named = re.search(
        rf"\b(?:a|an|some|any) (?:\w+ )?{re.escape(product)}\b(?! (?:from you|i ordered|i bought))",
        text,
        re.IGNORECASE,
    )
    return bool(named) and not _ORDERED.search(text)


def _size(items: str) -> dict[str, str | None]:
    """Returns whether something of an order comes on a van, as responses have conditions on it."""
    large = any(is_large(item) for item in re.split(r", | and ", items))
    return {"delivery_large": "yes" if large else None}


def _fitting(kind: str, slots: Mapping[str, Any]) -> Iterator[int]:
    """Yields the numbers of the variants that answer a kind of question as things stand."""
    standing = {**slots, "asked": kind}
    for number, condition in enumerate(shared_answers()):
        # What is asked of another order is not answered from this one.
        of_it = condition.get("asked_of") == standing["asked_of"]
        if of_it and all(standing.get(name) == value for name, value in condition.items()):
            yield number


def _heard(tracker: Tracker) -> frozenset[int]:
    """Returns the numbers of the variants that were said in this conversation."""
    metadata = [
        event.get("metadata") or {} for event in tracker.events if event.get("event") == "bot"
    ]
    return frozenset(
        int(one["variant"])
        for one in metadata
        if one.get("utter_action") == EXPLAIN_ASKED and "variant" in one
    )


def _is_another_matter(tracker: Tracker) -> bool:
    """Tells whether a message names an order that was not looked up yet."""
    known = tracker.get_slot("order_known")
    return names_another_order(tracker) if known else names_an_order_or_email(tracker)


def _may_ask(latest: Mapping[str, Any]) -> bool:
    if says("asks_something", wording_of(latest)):
        return True
    share = float(((latest.get("act") or {}).get("shares") or {}).get(_QUESTION, 0.0))
    plainly = max((latest.get("asks") or {}).values(), default=0.0) >= _PLAINLY
    return share >= (_MAY_ASK if plainly else _ASKS)


def page_left(tracker: Tracker) -> Found | None:
    """Returns what our pages surely say to one of several questions of a message, and was not said yet."""
    text = text_of(tracker)
    asking = [one for one in clauses_of(text) if says("asks_something", one)]
    beside = intent_now(tracker) in shared_expectation().asks_nothing
    if len(asking) < (1 if beside else _SEVERAL):
        return None
    enough = _PAGE_SURE if tracker.get_slot("order_known") else _PAGE_LIKELY
    thing = product_spoken_of(tracker)
    told = _answered_kinds(_heard(tracker))
    kinds = _kinds_asked(tracker, len(asking))
    for joined, kind in zip(asking, kinds, strict=True):
        one = _BEGINNING.sub("", joined.strip(), count=1)
        if kind in told or _HOW_LONG.fullmatch(one):
            # It was answered from what is known; and "how long is it?" asks on, mostly of no length.
            continue
        if says("asks_price", one) or says("asks_total", one):
            # What it costs stands on no page.
            continue
        found = shared_knowledge().find(one, thing=thing, surer=True)
        if found and found.confidence >= enough and not was_said(found.text, tracker):
            return found
    return None


def _kinds_asked(tracker: Tracker, many: int) -> list[str | None]:
    """Returns the likeliest kind of each of the questions in a message, None where it is of none."""
    enough = shared_expectation().answered["fallback"]
    kinds: list[str | None] = []
    for likely in (tracker.latest_message.get("asks_each") or ())[:many]:
        kind = max(likely, key=likely.__getitem__, default=None)
        kinds.append(str(kind) if kind is not None and likely[kind] >= enough else None)
    return [*kinds, *[None] * (many - len(kinds))]


class ActionAnswerRest(Action):
    """Looks whether a message asked something beside what was answered."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_answer_rest"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``asked``, the facts that its answer quotes, and ``answer``: ``nothing`` if none is left.

        Where a page answers it, ``asked`` is unset, and its text and place are what is quoted.
        """
        kind = question_left(tracker)
        if kind is None:
            try:
                found = page_left(tracker)
            except ExemplarError as error:
                # The turn has been answered: what stands beside it must not undo that.
                logger.warning("A question beside another was not looked up: %s", error)
                found = None
            if found is None:
                return [SlotSet("answer", "nothing")]
            return [
                *(SlotSet(name) for name in ("asked", "fits", "advice")),
                SlotSet("answer", "found"),
                SlotSet("answer_text", found.text),
                SlotSet("answer_place", found.place),
            ]
        tracker.slots["asked"] = kind
        events = ActionAnswerQuestion().run(dispatcher, tracker, domain)
        return [SlotSet("asked", kind), SlotSet("asked_of", asked_of(tracker)), *events]


class ActionAnswerQuestion(Action):
    """Looks how things stand now, for the answer to what was asked."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_answer_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets the facts that answers quote, and ``answer``: ``found``, or ``nothing`` where it changed."""
        try:
            order = order_named(tracker)
        except ExemplarError as error:
            logger.warning("An order was not looked up: %s", error)
            return [SlotSet("answer", "nothing")]
        if order is None:
            facts = []
        else:
            follow_order(tracker, order)
            facts = [*facts_set(order), *returned_facts(order)]
            size = _size(", ".join(order.items))
            facts += [SlotSet(name, value) for name, value in size.items()]
        known = {one["name"]: one["value"] for one in facts}
        now = {**tracker.current_slot_values(), **known}
        found = next(_fitting(str(tracker.get_slot("asked")), now), None) is not None
        return [*facts, *terms_set(), SlotSet("answer", "found" if found else "nothing")]
