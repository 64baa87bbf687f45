"""What is noticed of every message, before any policy sees it."""

from __future__ import annotations

import logging
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import asked_of, meant_otherwise, question_known, where_it_is
from actions.asked_on import money_asked
from actions.assent import OPEN_FOR, said_yes, still_pending, taken_whole
from actions.danger import in_danger
from actions.domain import shared_goals
from actions.handover import person_needed, request_person
from actions.in_words import (
    ASIDES,
    ASKED,
    CONDOLED,
    ESTATE_OFFERED,
    FORGIVEN,
    deadline_set,
    keep_case,
    language_wanted,
    said_in_words,
    said_of_order,
)
from actions.latest import (
    FINDS_ORDER,
    NUMBERLESS,
    names_another_order,
    settled,
    text_of,
    texts_of,
    words_of,
)
from actions.met import met_already, shared_meets
from actions.offers import (
    CLAIM_WISH,
    CLAIM_WISHES,
    FAULTS,
    NO_ASSENT,
    NO_NEW,
    REASON,
    RECOUNTED,
    REPLACEMENT,
    STILL_OFFERED,
    UNSURE,
    WAIT,
    claim_offered,
    claimed,
    fault_told,
    offer_taken,
    says_wait,
    wish_said,
)
from actions.order import facts_of, forget_order
from actions.purchase import OF_PURCHASE, said_beside
from actions.thing import page_asked
from actions.turning import order_turned_to
from actions.who import order_named
from exemplar.conversation import (
    ALL_IN_IT,
    IN_ENGLISH,
    OTHER_WISH,
    WRITTEN_IN,
    Answer,
    answers_before,
    done,
    done_in_turn_before,
    done_since_message,
    other_wish_of,
    turns,
    turns_since,
)
from exemplar.desk.model import WAITING
from exemplar.details import address_in, shared_details
from exemplar.emotion.legibility import language_of, partly_english, seems_foreign
from exemplar.errors import ExemplarError
from exemplar.foreign_numbers import foreign_number
from exemplar.mood import CALM, MET, WARM, Turn, feeling, follow
from exemplar.said import says
from exemplar.shop.model import Order, PaymentState

logger = logging.getLogger(__name__)

#: A wish that was told beside another one waits for so many of their messages.
WAITS_FOR: Final = 10
#: Details for which whatever the customer says next is taken.
OWN_WORDS: Final = frozenset({"review", "order_change"})
#: What may look like a matter of its own and is the words that were asked for.
_MAY_BE_WORDS: Final = {
    "review": frozenset(
        {"review", "complaint", "report_damaged_item", "report_wrong_item", "report_missing_item"}
    ),
    "order_change": frozenset({"change_order", "place_order", "check_stock", "report_wrong_item"}),
}
#: What a message in another language may be about, and what it may say beside that.
_FOREIGN: Final = ("fault", "money", "cancel", "return", "where")
_POLITE: Final = ("thanks", "bye")
#: Languages in which it can be said (data/responses/next.yml).
_GREETED: Final = frozenset({"nl", "de", "fr", "es", "it", "pl"})
#: What says that only English is understood.
_TOLD: Final = frozenset({"utter_explain_language", "utter_explain_language_matter"})
#: Thanks have no more words than the first, a question has as many as the second.
_A_FEW_WORDS: Final = 10
_A_QUESTION: Final = 4
#: An address that is all there: a street, a postcode and a town.
_WHOLE: Final = 3
#: Matters that are a side question where a detail for another one is awaited.
_ASIDE: Final = frozenset({"delivery_period"})
_NOT_UNDERSTOOD: Final = frozenset({"nlu_fallback", "out_of_scope"})
#: Read as these, a mention of something else in an order of one's own asks how that stands.
_TELLS_LITTLE: Final = _NOT_UNDERSTOOD | {"provide_details", "ask_product"}
_FAILED: Final = _NOT_UNDERSTOOD | {"reject_answer"}
_MET_BY_ACT: Final = frozenset({"inform", "question", "request"})
_COUNTED: Final = ("once", "twice", "often")
#: Answered so often before, a matter that is asked again is asked often.
_OFTEN: Final = 2
#: Matters in which every asking says something of its own, and is no repetition.
_SAID_ANEW: Final = frozenset(
    {
        *("change_order", "place_order", "check_stock", "review", "complaint", "ask_warranty"),
        *("change_invoice", "switch_account", "newsletter_subscription"),
    }
)
#: Another value of one of these makes it another matter; what a matter needs is added.
_IDENTITIES: Final = frozenset({"order_number", "invoice_number", "email"})
_PARTS: Final = {"account_change": ("name", "phone"), "street": ("street", "country")}
#: After these, no person is wanted; and what offers one.
_PERSON_DECLINED: Final = frozenset({"utter_listen_without_person", "utter_listen_only"})
_PERSON_OFFERED: Final = "utter_options_person"
#: What is said of a day that passed, once in a conversation.
_LATE_SAID: Final = "utter_validate_order_late"
#: A warm word with so much frustration beside it is meant otherwise.
_NOT_MEANT: Final = 0.5
#: What was said thus is no review.
_NO_REVIEW: Final = (
    *("no_review", "takes_back", "nothing_wanted", "asks_newsletter", "where_number"),
    *("changes_email", "no_second", "cannot_keep"),
)
#: What is said in passing: what is asked of the order goes before it.
_YIELDS: Final = frozenset({"yes_or_no", "asks_sum_up", "praises", "apologizes"})
#: What is told of the matter in hand, and opens none.
_OF_THE_MATTER: Final = ASIDES | {"money_there", "on_file", "asks_page"}
#: What an order that is known answers better.
_TO_ORDER: Final = _YIELDS | {"sets_deadline"}
#: As these an order is nothing to be glad about.
_NO_JOY: Final = frozenset({"late"})
#: These need no order; somebody who cannot get into their account may want to see one.
_OF_ACCOUNT: Final = frozenset({"recover_password", "registration_problems"})
#: What a message does that only tells something (exemplar/nlu/acts.py).
_INFORMS: Final = "inform"
_TELLS: Final = frozenset({None, "answer"})
#: What is asked is known, and can be answered.
KNOWN: Final = "known"
#: What was said within so many messages may still be meant, for the wording.
_LATELY: Final = 3
#: Thanks take so many words, and so many more may follow them.
_THANKS: Final = 3
_TOLD_AFTER: Final = 15
#: Whoever leaves has to know what was not done; so an order still stands.
_LEAVING: Final = frozenset({"thank", "goodbye"})
_STANDS: Final = frozenset({"unpaid", "processing"})
_UNPAID_BACK: Final = frozenset({"processing", "shipped", "late", "delivered"})
#: A yes or no of so many words may be a review after all.
_WORDS_OF_A_REVIEW: Final = 4


#: What may have gone wrong (data/knowledge/said.yml); a day that passed is told beside much else.
_TROUBLES: Final = ("declined", "stuck", "chased", "late", "silent")


class ActionNotice(Action):
    """Fills the slots that say how the conversation stands.

    They are set anew at every message, also where they stay the same: so a story is recalled
    wherever in a conversation it begins.
    """

    def __init__(self) -> None:
        """Reads the rules, for which the first message would wait otherwise."""
        shared_meets()

    def name(self) -> str:
        """Its name in the domain."""
        return "action_notice"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the slots."""
        read = turns(tracker.events, shared_goals())
        latest = read[-1] if read else Turn("")
        did = done(tracker.events)
        danger = in_danger(tracker, latest)
        if danger:
            _see_to_danger(tracker, latest)
            return danger
        turned, wrong = order_turned_to(tracker), False
        if turned is None and _gives_while_waiting(tracker):
            turned, wrong = _found_while_waiting(tracker)
        facts = facts_of(turned) if turned else {}
        tracker.slots.update(facts)
        reading = tracker.get_slot("emotion_reading") is not False
        # Whoever apologizes for their words is not angry in that message.
        mood = follow(read) if reading and not says("apologizes", text_of(tracker)) else CALM
        awaited = _awaited(tracker, latest)
        # Words that were asked for, and side questions, open no matter of their own.
        keeps = awaited in OWN_WORDS or (awaited and latest.goal in _ASIDE)
        goal = tracker.get_slot("goal") if keeps else latest.goal or tracker.get_slot("goal")
        said = said_beside(tracker, said_in_words(tracker))
        offered = None if said in ASKED else offer_taken(tracker, latest)
        offered = None if met_already(tracker, "offered", offered) else offered
        if offered in {REPLACEMENT, UNSURE, NO_NEW, REASON, *STILL_OFFERED}:
            # In whatever words, it answers what was offered for this matter.
            asked = tracker.get_slot("pending")
            asked = None if asked == "person" else asked
            goal = asked or claim_offered(tracker) or tracker.get_slot("goal")
            if offered == REPLACEMENT and goal == "get_refund":
                goal = fault_told(tracker)
        elif offered in CLAIM_WISHES or (offered == CLAIM_WISH and claimed(tracker)):
            goal = tracker.get_slot("claim_matter")
        elif offered == CLAIM_WISH and latest.intent == "place_order":
            # What is wished for of a claim is no purchase.
            goal = claim_offered(tracker) or goal
        elif offered == RECOUNTED:
            goal = "place_order"
        goal = _of_order_given(tracker, latest, goal, offered, turned)
        goal = _of_what_is_sought(tracker, latest, goal)
        if said == "praises" and latest.goal in FAULTS:
            # "I made breakfast without burning it": nothing is wrong with what is praised.
            goal = tracker.get_slot("goal")
        kept = offered in {REPLACEMENT, REASON, *STILL_OFFERED}
        pending = goal if kept else still_pending(tracker, latest)
        agreed = offered not in {*NO_ASSENT, RECOUNTED, REASON} and said_yes(tracker, latest)
        if agreed or said in ASKED or said in _OF_THE_MATTER:
            # The question beside the yes opens no matter of its own.
            goal = tracker.get_slot("goal")
            pending = taken_whole(tracker) or tracker.get_slot("pending")
        if said in OF_PURCHASE:
            # Neither does one within a purchase, and what was asked stays open.
            goal, pending = tracker.get_slot("goal"), tracker.get_slot("pending")
        said = _said(said, said_of_order(tracker, latest, goal, pending))
        # What belongs to the order that is turned to is asked about, and not what such a thing is like.
        comes = turned is not None and says("asks_of_coming", text_of(tracker))
        if not (said or offered or comes) and _asks_page(tracker):
            # What is asked there opens no matter, and what was asked of the customer stays open.
            said = "asks_page"
            goal, pending = tracker.get_slot("goal"), tracker.get_slot("pending")
        if said == "asks_alive":
            # Who asks whether an order stands ends nothing.
            goal = tracker.get_slot("goal")
        again = latest.intent in {goal, "provide_details", "ask_next"} and not awaited
        # A wish for a colleague is noted however often it is told.
        again = again and offered != CLAIM_WISH
        answers = _answers(tracker, goal) if again else []
        # What was understood in it is seen to, in whatever language the rest is.
        by_wording = IN_ENGLISH in tracker.latest_message
        legible = by_wording or partly_english(text_of(tracker))
        known = said or (latest.act and legible and not _thanks_first(text_of(tracker)))
        language = None if known else _language(tracker, latest.intent, awaited)
        person = person_needed(tracker, latest.intent)
        asked = question_known(tracker, angry=mood.frustration == "high", turned=turned is not None)
        waits = tracker.get_slot("handover") == WAITING
        if (waits and turned and not asked) or (comes and latest.intent in _TELLS_LITTLE):
            # No rule looks an order up then: it is said here how it stands.
            asked = asked or where_it_is(tracker)
        # What is asked of a thing, its page answers, and nothing that is known of its order.
        of_thing = met_already(tracker, "said", "asks_page")
        asked = None if of_thing or met_already(tracker, "asks", KNOWN) else asked
        if asked and offered == WAIT and not says_wait(text_of(tracker)):
            # What is asked right after the choice between waiting and the money is no answer to it.
            offered = None
        otherwise = asked if said and meant_otherwise(tracker, said, asked) else None
        # No rule meets what is said to whoever will come.
        met = not otherwise and not waits and said not in {None, *_YIELDS}
        # Of two wishes in one message the first is seen to, and the other offered.
        two = tracker.latest_message.get(OTHER_WISH) and not tracker.get_slot("order_known")
        if met or offered or agreed or language or person or two or awaited in OWN_WORDS:
            asked = None
        if asked:
            # It is about the matter in hand, and opens none.
            goal, pending, said = tracker.get_slot("goal"), tracker.get_slot("pending"), None
            answers = []
        text = text_of(tracker)
        return [
            # A wrong pair counts here as well: nobody may guess for free.
            *([SlotSet("details_missing", "match"), SlotSet("details_missing")] if wrong else []),
            SlotSet("frustration", mood.frustration),
            SlotSet("mood_trend", mood.trend),
            SlotSet("emotion", latest.emotion if reading else None),
            SlotSet("feeling", _feeling(tracker, read) if reading else None),
            SlotSet("goal", goal),
            SlotSet("matter", "in_hand" if goal else None),
            SlotSet("failures", _failures(read)),
            SlotSet("act", _act(tracker, latest)),
            SlotSet("pending", pending),
            SlotSet("said_yes", "first" if agreed else None),
            SlotSet("details_awaited", awaited),
            SlotSet("person_needed", person),
            SlotSet("asks", KNOWN if asked else None),
            SlotSet("asked", asked),
            SlotSet("asked_of", asked_of(tracker) if asked else None),
            *(forget_order() if names_another_order(tracker) and not turned else []),
            *(SlotSet(name, value) for name, value in facts.items()),
            SlotSet("asked_before", _asked_before(answers, goal, mood.frustration)),
            SlotSet("done_before", "done" if any(one.done for one in answers) else None),
            SlotSet("offered", offered),
            SlotSet("settled", None if turned else settled(tracker)),
            # Nobody is in danger, or is no more.
            SlotSet("safety"),
            SlotSet("heard"),
            SlotSet("heard_what"),
            SlotSet("company"),
            SlotSet("language", None if offered else language),
            SlotSet("language_heard", _heard(tracker) if language else _written_in(tracker)),
            SlotSet("language_told", "once" if _TOLD.intersection(did) else None),
            SlotSet("other_orders"),
            SlotSet("person_declined", _person_declined(tracker)),
            SlotSet("undone", _undone(tracker, latest)),
            SlotSet("late_said", "yes" if _LATE_SAID in did else None),
            SlotSet(
                "met_lately",
                "yes" if any(map(_meets, done_in_turn_before(tracker.events))) else None,
            ),
            SlotSet("mourns", "yes" if CONDOLED in did else None),
            SlotSet("said", said),
            *([SlotSet(CLAIM_WISH, wish_said(tracker))] if offered == CLAIM_WISH else []),
            *([SlotSet("keep_case", keep_case(tracker))] if said == "asks_keep" else []),
            *([SlotSet("money_asked", money_asked(tracker))] if said == "asks_of_money" else []),
            *([SlotSet("deadline", deadline_set(tracker))] if said == "sets_deadline" else []),
            *(
                [SlotSet("language_wanted", language_wanted(text))]
                if said == "wants_language"
                else []
            ),
            SlotSet("fault_told", fault_told(tracker)),
            SlotSet("number_lacking", _said_lately(tracker, "no_number")),
            SlotSet("charged_twice", _said_lately(tracker, "charged_twice")),
            SlotSet("trouble_told", _trouble_told(tracker)),
            *_other_wish(tracker, latest),
        ]


def _of_order_given(
    tracker: Tracker, latest: Turn, goal: str | None, offered: str | None, turned: Order | None
) -> str | None:
    """Returns the matter that an order's number is given for, where the matter in hand needs none.

    Who is asked for the email address of an account, and answers with an order, wants to know of that; and a
    new one that is wished for with the number at last is for the fault that was told before it. Beside a
    payment that failed, what is asked of another order that is paid for is whether it comes.
    """
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    if latest.intent != "provide_details" or "order_number" not in named or offered:
        return goal
    paid = turned is not None and turned.payment is PaymentState.PAID
    if goal in _OF_ACCOUNT or (goal == "payment_issue" and paid):
        return "track_order"
    fault = fault_told(tracker)
    wished = says("wants_new", text_of(tracker)) and not claim_offered(tracker, lately=False)
    return fault if fault and wished else goal


def _found_while_waiting(tracker: Tracker) -> tuple[Order | None, bool]:
    """Returns the order whose number and address are given to whoever will come, and whether they are wrong.

    Where the shop does not answer, they are neither.
    """
    # What a message names reaches the slots only afterwards.
    entities = tracker.latest_message.get("entities") or ()
    given = {one.get("entity"): one.get("value") for one in entities}
    tracker.slots.update({name: given[name] for name in FINDS_ORDER if given.get(name)})
    try:
        order = order_named(tracker)
    except ExemplarError as error:
        logger.warning("An order was not looked up: %s", error)
        return None, False
    return order, order is None


def _gives_while_waiting(tracker: Tracker) -> bool:
    """Tells whether a message of somebody who waits completes what an order is found by."""
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    waits = tracker.get_slot("handover") == WAITING and not tracker.get_slot("order_known")
    complete = all(name in named or tracker.get_slot(name) for name in FINDS_ORDER)
    return bool(waits and complete and named.intersection(FINDS_ORDER))


def _of_what_is_sought(tracker: Tracker, latest: Turn, goal: str | None) -> str | None:
    """Returns the matter of an order that people look for: what lies there broken is not where it is."""
    before = tracker.get_slot("goal")
    there = tracker.get_slot("order_sought") and before in FAULTS
    return before if there and latest.intent in {"track_order", "ask_next"} else goal


def _asks_page(tracker: Tracker) -> bool:
    return not met_already(tracker, "said", "asks_page") and page_asked(tracker)


def _said(in_words: str | None, of_order: str | None) -> str | None:
    """Returns what a message says in so many words; a death is told with the day that matters."""
    if in_words == "loss" and of_order == "asks_day":
        return "loss_day"
    return of_order if of_order and in_words in _TO_ORDER else in_words or of_order


def _feeling(tracker: Tracker, read: list[Turn]) -> str | None:
    """Returns the feeling that shows, as far as what is known bears it out.

    A loss was met in this very message, or an apology taken; and who sounds glad of an order that is late,
    sounds glad and asks, or glad and fed up in one, is likely to mean it otherwise.
    """
    shows = feeling(read)
    if shows and {CONDOLED, FORGIVEN}.intersection(done_since_message(tracker.events)):
        return MET
    if shows in WARM and read[-1].frustration >= _NOT_MEANT:
        return None
    asks = text_of(tracker).rstrip().endswith("?")
    late = tracker.get_slot("order_state_seen") in _NO_JOY
    # Nobody is glad of what came broken, however lightly they tell it.
    fault = read[-1].intent in FAULTS
    return None if shows == "joy" and (asks or late or fault) else shows


def _said_lately(tracker: Tracker, what: str) -> str | None:
    """Tells whether something was said in so many words in one of the latest messages."""
    return "yes" if any(says(what, text) for text in texts_of(tracker)[-_LATELY:]) else None


def _trouble_told(tracker: Tracker) -> str | None:
    """Tells what went wrong in the customer's own words, as far as one of the latest messages says it.

    What the newest of them says counts; of several things in it the one that is most its own.
    """
    lately = reversed(texts_of(tracker)[-_LATELY:])
    told = (one for text in lately for one in _TROUBLES if says(f"told_{one}", text))
    return next(told, None)


def _undone(tracker: Tracker, latest: Turn) -> str | None:
    """Tells what was offered and never done, where somebody thanks or takes their leave."""
    if latest.intent not in _LEAVING or tracker.get_slot("handover") or _asked_of_another(tracker):
        return None
    if claim_offered(tracker, lately=False):
        return "claim"
    asked, state = tracker.get_slot("question_asked"), tracker.get_slot("order_state_seen")
    if asked == "get_refund":
        return "refund" if state in _UNPAID_BACK else None
    return "cancel" if asked == "cancel_order" and state in _STANDS else None


def _asked_of_another(tracker: Tracker) -> bool:
    """Tells whether what was offered last was about another order than the one that is spoken of now."""
    number = asked_for = None
    for event in tracker.events:
        if event.get("event") != "slot" or event.get("value") is None:
            continue
        if event.get("name") == "order_number":
            number = event["value"]
        elif event.get("name") == "question_asked":
            asked_for = number
    return asked_for is not None and asked_for != number


def _person_declined(tracker: Tracker) -> str | None:
    """Counts how often no person was wanted: an offer that nobody took up is not put again as a question."""
    did = done(tracker.events)
    declined = sum(name in _PERSON_DECLINED for name in did)
    return _counted(max(declined, (did.count(_PERSON_OFFERED) + 1) // 2))


def _failures(read: list[Turn]) -> str | None:
    """Counts how often in a row the customer was not helped."""
    count = 0
    for turn in reversed(read):
        # Whoever told something was heard, and a question that was passed on is with somebody.
        if turn.intent not in _FAILED or turn.act in _MET_BY_ACT:
            break
        count += 1
    return _counted(count)


def _act(tracker: Tracker, latest: Turn) -> str | None:
    """Tells what a message does that was not understood; details of an order are looked up first."""
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    gives = named & {"order_number", "email"} or foreign_number(text_of(tracker))
    if gives:
        return None
    # Whoever mourns is not asked to put it in other words: what they tell was heard.
    mourns = latest.intent in _NOT_UNDERSTOOD and CONDOLED in done(tracker.events)
    return _INFORMS if mourns and latest.act in _TELLS else latest.act


def _counted(count: int) -> str | None:
    return _COUNTED[min(count, len(_COUNTED)) - 1] if count else None


def _answers(tracker: Tracker, goal: str | None) -> list[Answer]:
    """Returns how the matter in hand was answered before, as long as it is the same."""
    if not goal:
        return []
    needs = shared_details().needs.get(goal, ())
    parts = {part for needed in needs for part in _PARTS.get(needed, (needed,))}
    return answers_before(tracker.events, goal, shared_goals(), _IDENTITIES | parts)


def _asked_before(answers: list[Answer], goal: str | None, frustration: str) -> str | None:
    """Tells how often what is asked now was answered before.

    Somebody who is angry is first answered as angry people are, twice, however often they asked.
    """
    if not answers or goal in _SAID_ANEW:
        return None
    angry = sum(one.frustration == "high" for one in answers)
    new_mood = frustration == "high" and angry < _OFTEN
    return "often" if len(answers) >= _OFTEN and not new_mood else "once"


def _language(tracker: Tracker, intent: str, awaited: str | None) -> str | None:
    """Tells whether what was not understood is likely to be in another language, and what it is about then.

    A street or a name that was asked for is in no language, and neither is a whole address.
    """
    text = words_of(tracker)
    if intent not in _NOT_UNDERSTOOD:
        return None
    short = len(text.split()) <= _A_FEW_WORDS and "?" not in text
    polite = next((what for what in _POLITE if short and says(f"foreign_{what}", text)), None)
    if _thanks_first(text):
        return "thanks"
    if polite or says("asks_language", text_of(tracker)):
        return polite or "other"
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    given = named & {"order_number", "email"}
    matter = next((what for what in _FOREIGN if says(f"foreign_{what}", text)), None)
    if matter is None and ({"street", "postcode"} <= named or len(address_in(text)) == _WHOLE):
        return None
    if awaited:
        asks = "?" in text and len(text.split()) >= _A_QUESTION and not given
        return "other" if asks and (matter or seems_foreign(text)) else None
    if matter or not seems_foreign(text):
        return matter
    if given and tracker.get_slot("goal"):
        return "details"
    return "where" if "order_number" in given else "other"


def _meets(did: str) -> bool:
    """Tells whether a response meets what somebody feels with a sentence of its own."""
    return did.startswith("utter_validate")


def _thanks_first(text: str) -> bool:
    """Tells whether a short message begins with thanks in another language, and asks nothing."""
    words = text.split()
    told = len(words) <= _TOLD_AFTER and "?" not in text
    return told and says("foreign_thanks", " ".join(words[:_THANKS]))


def _heard(tracker: Tracker) -> str | None:
    """Returns the language in which it is said that only English is understood, None for all of them."""
    return language_of(words_of(tracker), _GREETED)


def _written_in(tracker: Tracker) -> str | None:
    """Returns the language in which all of a message is that was understood, None where it is English."""
    message = tracker.latest_message
    return str(message[WRITTEN_IN]) if message.get(ALL_IN_IT) else None


def _awaited(tracker: Tracker, latest: Turn) -> str | None:
    """Tells what the customer was asked for: a detail, or words of their own on something."""
    missing = str(tracker.get_slot("details_missing") or "")
    if missing in NUMBERLESS and ESTATE_OFFERED in done(tracker.events):
        # People look for what was ordered by somebody who died, and nothing more is asked.
        return None
    asked_long_ago = turns_since(tracker.events, "details_missing") > OPEN_FOR
    within = _MAY_BE_WORDS.get(missing, frozenset()) | _ASIDE
    another_matter = latest.goal and latest.intent not in within
    if not missing or another_matter or asked_long_ago:
        return None
    if missing == "review" and not _may_be_review(tracker, latest.intent):
        return None
    return missing if missing in OWN_WORDS else "detail"


def _may_be_review(tracker: Tracker, intent: str) -> bool:
    """Tells whether a message can be the review that was asked for: what is posted should plainly be one."""
    text = text_of(tracker)
    if intent != "review" and says("asks_something", text):
        # "Can I take spirit to it?" is asked of us, and nobody's opinion.
        return False
    named = {one.get("entity") for one in tracker.latest_message.get("entities") or ()}
    if intent != "review" and "order_number" in named:
        # Another matter begins, about an order.
        return False
    short = intent in {"affirm", "deny"} and len(text.split()) < _WORDS_OF_A_REVIEW
    return not (short or any(says(what, text) for what in _NO_REVIEW))


def _other_wish(tracker: Tracker, latest: Turn) -> list[dict[str, Any]]:
    """Lets a wish wait that was told beside the one that is seen to first.

    It waits until the customer comes to it by themselves, or time has passed.
    """
    told = tracker.latest_message.get(OTHER_WISH)
    if told:
        return [SlotSet("other_wish", "waiting"), SlotSet("other_wish_said", told["text"])]
    wish = other_wish_of(tracker.events) if tracker.get_slot("other_wish") else None
    waits = (
        wish is not None
        and wish["intent"] != latest.intent
        and turns_since(tracker.events, "other_wish_said") <= WAITS_FOR
    )
    return [SlotSet("other_wish", "waiting" if waits else None)]


def _see_to_danger(tracker: Tracker, latest: Turn) -> None:
    """Makes the handover urgent of a customer who waits in silence and may be in danger."""
    if latest.intent == "crisis" and tracker.get_slot("handover") == "waiting":
        request_person(tracker, reason="crisis")
