"""Two wishes in one message: which is seen to first, and which waits."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from exemplar.conversation import OTHER_WISH

#: Where this component finds what each piece of a message says by itself.
PIECES: Final = "pieces"
#: Longer than this, in characters or words, or in more pieces, a message is a story; the wish in it is one.
_LONGEST: Final = 400
_MOST_WORDS: Final = 40
_MOST_PIECES: Final = 4
#: Fewer words than this are no wish of their own.
_SHORTEST: Final = 2
#: What is told and not asked, or is read otherwise within the whole, must be surer than what is asked.
_SURE: Final = 0.85
#: What wants something done when it is merely told: "I've got December to plan" wishes for no change.
_TOLD: Final = frozenset(
    {
        *("report_damaged_item", "report_wrong_item", "report_missing_item", "ask_warranty"),
        *("payment_issue", "track_order", "track_refund", "recover_password"),
        *("registration_problems", "change_shipping_address", "edit_account", "change_invoice"),
        "newsletter_subscription",
    }
)
#: What tells one matter from another of its kind.
_WHICH: Final = frozenset({"order_number", "invoice_number", "product"})
#: With these a clause begins that can stand alone.
_BEGINS: Final = (
    r"(?:i|i'?m|i'?d|i'?ve|we|can|could|would|will|please|pls|where|when|what|how|why|which|who|is|are|do|does"
    r"|did|has|have|my|the|cancel|send|change|track|tell|let|give|update|return|refund|check|add|remove"
    r"|unsubscribe|subscribe|sign|order|resend|email|mail|show|find|get|delete|stop)\b"
)
_JOINS: Final = r"(?:and|but|plus|also|then|oh|another thing|one more thing)"
_BETWEEN: Final = re.compile(
    rf"[.!?;\n]+\s+|[,\s]\s*{_JOINS}\b(?:[\s,:]+(?:{_JOINS}|please|secondly))*[\s,:]+(?={_BEGINS})",
    re.IGNORECASE,
)
#: How a wish is put that is no mere statement; a statement that tells one is about oneself.
_ASKS: Final = re.compile(
    r"(?:(?:hi|hello|hey|please|pls|so|ok|sorry|and)\b[\s,]*)*(?!(?:i|i'?m|i'?ve|we|my|the|stop)\b)"
    rf"{_BEGINS}|.*\b(?:i|we)(?:'?d| would| also| really| just)* (?:want|need|like|wish)\b|.*\?$",
    re.IGNORECASE | re.DOTALL,
)
#: With this, a wish of the same kind is still another one.
_OTHER: Final = re.compile(
    r"\b(?:other|another|second) (?:order|parcel|package|one)\b", re.IGNORECASE
)
_ONESELF: Final = re.compile(r"\b(?:i|i'm|i've|my|me|mine|we|our|us)\b", re.IGNORECASE)
#: What an order is found by, and the words that stand beside it: "Order ML-104205, jo@example.org" is none.
_FOUND_BY: Final = re.compile(
    r"\S+@\S+|\S*\d\S*|\b(?:order(?:ed)?|number|numbers|no|nr|ref|reference|email|mail|address|account|name|my"
    r"|the|is|it|it's|its|and|by|under|with|for|here|this|that|are)\b",
    re.IGNORECASE,
)
#: What asks for a thing that was just named is part of the wish for it: "another one. Do you have it?"
_POINTS_BACK: Final = re.compile(
    r"(?:and |so )?(?:do|have) (?:you|u) (?:still |even )?(?:have|got)(?: (?:it|one|them|that|any))?"
    r"(?: in stock| there| left)?\W*",
    re.IGNORECASE,
)
#: What is not to be done, made sure of, or asked as a duty, is nothing to see to: "so please dont send me
#: back to them", "nothing was taken, right?", "do I have to register?"
_NO_WISH: Final = re.compile(
    r"(?:(?:so|and|but|or|please|pls|plz|ok)\b[\s,]*)*"
    r"(?:(?:don'?t|do not|never|no need to)\b(?! (?:want|need|like)\b).*"
    r"|(?:do|must|should|shall|will|would) (?:i|we) (?:then |still |also )?(?:have|need|register|must)\b.*"
    r"|.*\b(?:right|correct|yes|yeah|no"
    r"|(?:is|isn'?t|does|doesn'?t|was|wasn'?t|did|didn'?t) (?:it|that|he|she|they|i))\W*\?+)\W*",
    re.IGNORECASE | re.DOTALL,
)
_LEAD: Final = re.compile(rf"(?:(?:{_JOINS}|secondly)\b[\s,:]*)+", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A sentence, or a clause that can stand alone.

    Attributes:
        start, end: where it stands in the message.
        intent, confidence: of its words alone.
    """

    start: int
    end: int
    intent: str
    confidence: float


def pieces_of(text: str) -> list[tuple[int, int]]:
    """Returns where the pieces of a message begin and end; none for one that is too long.

    >>> pieces_of("where is my parcel? and send me the bill")
    [(0, 18), (24, 40)]
    """
    if len(text) > _LONGEST or len(text.split()) > _MOST_WORDS:
        return []
    spans, start = [], 0
    for between in [*_BETWEEN.finditer(text), None]:
        end = between.start() if between else len(text)
        lead = _LEAD.match(text, start, end)
        first = lead.end() if lead else start
        first += len(text[first:end]) - len(text[first:end].lstrip())
        if len(text[first:end].split()) >= _SHORTEST:
            spans.append((first, end))
        start = between.end() if between else end
    return spans if len(spans) <= _MOST_PIECES else []


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class OtherWish(GraphComponent):
    """Notes the second wish of a message that clearly tells two.

    The message is taken for the first, with the details that go with it; the other becomes the
    property ``other_wish``: its ``intent``, ``text`` and ``entities``. Two pieces tell two wishes where each
    by itself is a wish with much certainty, and either no line of ``wishes`` has both, or they are about
    different orders.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``wishes``: lines of intents that are easily one wish; ``threshold``: the least certainty."""
        return {"wishes": [], "threshold": 0.6}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OtherWish:
        """Made by Rasa, for training and for use."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Takes what can be a wish."""
        self._kin = [frozenset(line) for line in config["wishes"]]
        self._wishes = frozenset().union(*self._kin)
        self._threshold = float(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``other_wish``, and leaves the message the details of its first wish."""
        for message in messages:
            two = self._two(message)
            if two is None:
                continue
            first, other = two
            _take_for(message, first)
            text, entities = str(message.get(TEXT)), message.get(ENTITIES) or []
            theirs = [one for one in entities if _within(one, other)]
            wish = {
                "intent": other.intent,
                "text": text[other.start : other.end].strip(" ,;"),
                "entities": theirs,
            }
            message.set(OTHER_WISH, wish, add_to_output=True)
            left = [one for one in entities if one not in theirs or not _rivals(one, entities)]
            message.set(ENTITIES, left, add_to_output=True)
        return messages

    def _two(self, message: Message) -> tuple[Piece, Piece] | None:
        """Returns the two wishes of a message in the order of the text, None where it tells one."""
        text, entities = str(message.get(TEXT)), message.get(ENTITIES) or []
        intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        wishes = [one for one in message.get(PIECES) or () if self._is_wish(one, text)]
        pairs = (
            (first, other)
            for first, other in itertools.combinations(wishes, 2)
            if self._are_two(first, other, text, entities)
            and (
                intent in (first.intent, other.intent)
                or min(first.confidence, other.confidence) >= _SURE
            )
        )
        # Somebody in danger, or who wants a person, has no other wish.
        heard = intent in self._wishes or intent == DEFAULT_NLU_FALLBACK_INTENT_NAME
        return next(pairs, None) if heard else None

    def _is_wish(self, piece: Piece, text: str) -> bool:
        said = text[piece.start : piece.end]
        if not re.search(r"\w", _FOUND_BY.sub(" ", said)):
            return False
        if _POINTS_BACK.fullmatch(said.strip()) or _NO_WISH.fullmatch(said.strip()):
            return False
        told = bool(_ONESELF.search(said)) and piece.confidence >= _SURE and piece.intent in _TOLD
        asked = bool(_ASKS.match(said)) and piece.confidence >= self._threshold
        return piece.intent in self._wishes and (asked or told)

    def _are_two(
        self, first: Piece, other: Piece, text: str, entities: list[dict[str, Any]]
    ) -> bool:
        if not any({first.intent, other.intent} <= line for line in self._kin):
            return True
        mine, theirs = _orders_in(first, entities), _orders_in(other, entities)
        if mine and theirs:
            return mine.isdisjoint(theirs)
        return bool(_OTHER.search(text, other.start, other.end)) and first.intent != other.intent


def _take_for(message: Message, first: Piece) -> None:
    """Takes a message for its first wish."""
    decision = {INTENT_NAME_KEY: first.intent, PREDICTED_CONFIDENCE_KEY: first.confidence}
    others = [
        other
        for other in message.get(INTENT_RANKING_KEY) or ()
        if other[INTENT_NAME_KEY] != first.intent
    ]
    message.set(INTENT, decision, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [decision, *others], add_to_output=True)


def _within(entity: dict[str, Any], piece: Piece) -> bool:
    return bool(piece.start <= entity["start"] and entity["end"] <= piece.end)


def _rivals(entity: dict[str, Any], entities: list[dict[str, Any]]) -> bool:
    """Tells whether another entity says the same thing of another matter."""
    return entity["entity"] in _WHICH and any(
        one["entity"] == entity["entity"] and one["value"] != entity["value"] for one in entities
    )


def _orders_in(piece: Piece, entities: list[dict[str, Any]]) -> set[str]:
    return {
        str(one["value"])
        for one in entities
        if one["entity"] == "order_number" and _within(one, piece)
    }
