"""What a message is meant as amid a conversation: by what was answered there, is looked for, or has not come.

Each of these takes a reading, as ``/model/parse`` has it with ``act``, and the slots as they were before the
message; it returns the reading, changed where it cannot be meant so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from exemplar.nlu.meant import DECIDED, GIVEN, GIVES, led_by, not_understood
from exemplar.said import says

Reading = Mapping[str, Any]
Slots = Mapping[str, Any]

_WHERE_IT_IS: Final = frozenset({"track_order", "track_refund"})
_FAULTS: Final = frozenset({"report_damaged_item", "report_wrong_item", "report_missing_item"})
#: As these an order has not come.
_NOT_THERE: Final = frozenset({"unpaid", "processing", "shipped", "late"})
_NEXT: Final = "ask_next"
#: What is waited for of an order; whoever lacks it may speak of an account beside it.
_OF_THE_ORDER: Final = frozenset({"order", "order_number"})
_OF_ACCOUNT: Final = frozenset({"recover_password", "registration_problems", "edit_account"})
_LACKS: Final = "no_details"
#: What is told is said to be heard where that is as likely.
_TELLS: Final = "inform"
_HEARD: Final = "vent"
_HEARD_LIKELY: Final = 0.4
#: What was answered is asked again where it is read as surely, or where so much of a message wants something.
_PLAINLY_AGAIN: Final = 0.9
_BUSINESS: Final = ("question", "request")
_WANTS: Final = 0.5
#: Below this, another matter is hardly read in what is told amid one; from the other on it is plain.
_HARDLY: Final = 0.6
_PLAINLY: Final = 0.8
#: So sure an act must be to say what a message does, and a reading not to be a weak one, in [0, 1].
_EVEN: Final = 0.5


def amid(parsed: Reading, slots: Slots) -> dict[str, Any]:
    """Returns the reading of a message as it can be meant where the conversation stands.

    Args:
        parsed: as ``/model/parse`` has it, with ``act`` where the conversation is known.
        slots: as they were before the message.
    """
    if not parsed.get("act") or not parsed.get("intent_ranking"):
        return dict(parsed)
    for fitted in _ALL:
        changed = fitted(parsed, slots)
        if changed is not None:
            return changed
    return dict(parsed)


def _after_praise(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """Whoever praised, and gives their address with it, asks for no parcel and no money."""
    name, confidence = _read(parsed)
    weak = name in _WHERE_IT_IS and confidence < _EVEN
    return not_understood(parsed) if weak and slots.get("settled") == "review" else None


def _of_a_thing(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """Where nothing is under way that could go on, what is asked is asked of the thing that is named."""
    name, confidence = _read(parsed)
    of_thing = name == _NEXT and confidence < DECIDED and "product" in _entities(parsed)
    return not_understood(parsed) if of_thing and not slots.get("goal") else None


def _given_while_sought(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """While people look for an order, an address or a number is one more thing for them to go by."""
    name, confidence = _read(parsed)
    sought = slots.get("order_sought") and slots.get("goal") and not slots.get("order_state_seen")
    other = name not in {slots.get("goal"), GIVES} and confidence < DECIDED
    gives = other and _entities(parsed) & GIVEN and not _asks_in_words(parsed)
    return led_by(GIVES, confidence, parsed) if sought and gives else None


def _lacks_the_number(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """Where an order's number is waited for, whoever says that they have none gives no other matter."""
    name, confidence = _read(parsed)
    waits = slots.get("details_missing") in _OF_THE_ORDER and slots.get("goal")
    other = name in _OF_ACCOUNT and confidence < _PLAINLY_AGAIN
    lacks = waits and other and says("no_number", str(parsed.get("text") or ""))
    return led_by(_LACKS, confidence, parsed) if lacks else None


def _broken_before_it_came(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """Nothing of what has not come is broken, unless that is plain: "my ironing board squeaks"."""
    name, confidence = _read(parsed)
    told = name in _FAULTS and confidence < _PLAINLY and not (_asks(parsed) or _gives(parsed))
    return _only_told(parsed) if told and slots.get("order_state_seen") in _NOT_THERE else None


def _told_of_what_stands(parsed: Reading, slots: Slots) -> dict[str, Any] | None:
    """Whoever was told where their order is, and then tells what the wait means for them, is listened to.

    The same date once more would be no answer to that. Nor does whoever tells, amid another matter, what it
    was ordered for ask where it is: that is said to be heard.
    """
    name, confidence = _read(parsed)
    if not slots.get("goal") or name not in _WHERE_IT_IS or _asks(parsed) or _gives(parsed):
        return None
    if name == slots["goal"]:
        again = confidence >= _PLAINLY_AGAIN or not slots.get("order_state_seen")
        return None if again else _only_told(parsed)
    ranking = parsed["intent_ranking"]
    heard = {one["name"]: float(one["confidence"]) for one in ranking}.get(_HEARD, 0.0)
    act = parsed["act"]
    tells = act["name"] == _TELLS and float(act["confidence"]) >= _EVEN
    if not tells or confidence >= (_PLAINLY if heard >= _HEARD_LIKELY else _HARDLY):
        return None
    return led_by(_HEARD, heard, parsed) if heard >= _HEARD_LIKELY else not_understood(parsed)


#: The first that changes a reading counts.
_ALL: Final[tuple[Callable[[Reading, Slots], dict[str, Any] | None], ...]] = (
    _after_praise,
    _of_a_thing,
    _given_while_sought,
    _lacks_the_number,
    _broken_before_it_came,
    _told_of_what_stands,
)


def _read(parsed: Reading) -> tuple[str, float]:
    first = parsed["intent_ranking"][0]
    return str(first["name"]), float(first["confidence"])


def _entities(parsed: Reading) -> set[str]:
    return {str(one.get("entity")) for one in parsed.get("entities") or ()}


def _gives(parsed: Reading) -> bool:
    return bool(_entities(parsed) & GIVEN)


def _asks_in_words(parsed: Reading) -> bool:
    return says("asks_something", str(parsed.get("text") or ""))


def _asks(parsed: Reading) -> bool:
    shares: Mapping[str, float] = parsed["act"]["shares"]
    wants = sum(float(shares.get(one, 0.0)) for one in _BUSINESS)
    return wants >= _WANTS or _asks_in_words(parsed)


def _only_told(parsed: Reading) -> dict[str, Any]:
    return {**not_understood(parsed), "act": {**parsed["act"], "name": _TELLS}}
