"""Plays SESSIONS to the trained assistant: at each of the agent's turns, what would it have said?

The assistant is Rasa's, with the project's own processor and wording, and its actions run: in the same
process, and in a shop in which things stand as the SESSION shows them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rasa.core.actions.action import Action
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.who import full_number
from exemplar.emulation.made import moves_of
from exemplar.emulation.shop import EMAIL, NUMBER, Found, SessionShop, found_at, lacks, seen_in
from exemplar.moves import move_of
from exemplar.nlu.parsing import Assistant
from exemplar.server.processor import install
from exemplar.server.wording import Wording
from exemplar.sessions.evidence import NOTHING, Evidence, evidence_of
from exemplar.sessions.model import Session, Turn

_LISTEN: Final = "action_listen"
#: What looks at that of which a SESSION's labels tell how it stands.
_LOOKS: Final = {
    "order_state": "action_look_up_order",
    "product_state": "action_look_up_product",
    "payment_state": "action_look_up_payment",
}
#: Moves that meet a customer, where no response is for the feeling that shows: what is met is known by them.
PLAIN: Final = {
    "listen": "utter_listen_told",
    "restate": "utter_restate_order",
    "validate": "utter_validate_matter",
    "apologize": "utter_apologize_frustration",
    "own": "utter_own_matter",
    "boundary": "utter_boundary_abuse",
}
#: Actions that pass a customer to a person, whatever is said then.
_TO_PERSON: Final = frozenset(
    {"action_hand_over", "action_pass_on_legal", "action_pass_on_data", "action_raise_alarm"}
)


@dataclass(frozen=True)
class Answer:
    """What the assistant would have done at one point of a SESSION, beside what the agent did.

    Attributes:
        shown: what the agent did.
        heard: the intent that the assistant understood.
        said: the customer's words just before.
        agent: the agent's words.
        moves: the assistant's, in order.
        actions: its actions and responses, in order.
        texts: its words.
    """

    shown: Evidence
    heard: str
    said: str
    agent: str
    moves: tuple[str, ...]
    actions: tuple[str, ...]
    texts: tuple[str, ...]


class _Inside(EndpointConfig):
    """The action server, in this process."""

    def __init__(self) -> None:
        super().__init__()
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *given: Any, json: Any = None, **named: Any) -> Any:
        """Runs the action that is asked for, as the action server does."""
        return await self._executor.run(json)


class Player:
    """A trained assistant that SESSIONS are played to."""

    def __init__(self, model: Path, shop: SessionShop) -> None:
        """Loads a trained assistant, which takes some seconds.

        Args:
            model: the file.
            shop: what its actions look into.
        """
        install()
        processor = Assistant(model).agent.processor
        assert processor
        self._processor = processor
        self._domain = processor.domain
        processor.nlg = Wording(None, self._domain)
        processor.action_endpoint = _Inside()
        # Nothing is kept of an action that failed: the log says what it was.
        logging.getLogger("rasa.core.processor").setLevel(logging.ERROR)
        self._shop = shop
        self._loop = asyncio.new_event_loop()
        self._goals = frozenset(
            next(slot for slot in self._domain.slots if slot.name == "goal").values
        ) - {"__other__"}

    def play(self, session: Session, *, mood: bool = True) -> Iterator[Answer]:
        """Yields what the assistant would have said at each of the agent's turns, with the true history.

        Args:
            session: annotated; what the agent found in the systems is taken from its labels.
            mood: False for the control, the same assistant with its reading switched off.
        """
        tracker = DialogueStateTracker(session.id, self._domain.slots)
        self._shop.show(Found(), NUMBER, EMAIL, ())
        self._run("action_session_start", tracker)
        if not mood:
            tracker.update(SlotSet("emotion_reading", False))
        shown = {one.turn - 1: one for one in evidence_of(session, self._goals)}
        proven = proves_who(session)
        facts = [(turn.labels or NOTHING).facts for turn in session.turns]
        trial = tracker
        for number, turn in enumerate(session.turns):
            if turn.speaker == "customer":
                self._hear(tracker, turn)
                continue
            if number in shown:
                found = found_at(
                    [*facts[:number], dict(shown[number].facts), *facts[number + 1 :]],
                    number,
                    shown[number].goal,
                )
                # Whoever is asked for an order later has not shown yet which one is theirs.
                asked = lacks(facts[number]) or any(
                    one.get("order_state") == "needs_details" for one in facts[number:]
                )
                self._stage(tracker, found, proven=proven and not asked)
                trial = tracker.copy()
                yield self._answer(tracker, trial, session, number, shown[number])
                # What the trial did is undone: the exemplar's turn goes on from before it.
                self._stage(tracker, found, proven=False)
            self._say(tracker, turn, list(trial.events)[len(tracker.events) :])

    def _stage(self, tracker: DialogueStateTracker, found: Found, *, proven: bool) -> None:
        """Lets things stand as they are found; who the customer is, is known where it was proven."""
        if proven and not tracker.get_slot("email"):
            tracker.update(SlotSet("email", EMAIL), self._domain)
        number = full_number(tracker.get_slot("order_number"))
        if proven and not number:
            tracker.update(SlotSet("order_number", NUMBER), self._domain)
        self._shop.show(
            found, number or NUMBER, tracker.get_slot("email") or EMAIL, _products(tracker)
        )

    def _hear(self, tracker: DialogueStateTracker, turn: Turn) -> None:
        message = UserMessage(turn.text, sender_id=tracker.sender_id, input_channel="rest")
        self._loop.run_until_complete(self._heard(message, tracker))

    async def _heard(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        await self._processor._handle_message_with_tracker(message, tracker)
        await self._processor.run_action_extract_slots(CollectingOutputChannel(), tracker)

    def _answer(
        self,
        tracker: DialogueStateTracker,
        trial: DialogueStateTracker,
        session: Session,
        number: int,
        shown: Evidence,
    ) -> Answer:
        self._loop.run_until_complete(
            self._processor._run_prediction_loop(CollectingOutputChannel(), trial)
        )
        done = list(trial.events)[len(tracker.events) :]
        before = [turn for turn in session.turns[:number] if turn.speaker == "customer"]
        return Answer(
            shown=shown,
            heard=str(tracker.latest_message.intent.get("name")) if tracker.latest_message else "",
            said=before[-1].text if before else "",
            agent=session.turns[number].text,
            moves=moves_in(done),
            actions=tuple(
                event.action_name
                for event in done
                if isinstance(event, ActionExecuted) and event.action_name != _LISTEN
            ),
            texts=tuple(str(event.text or "") for event in done if isinstance(event, BotUttered)),
        )

    def _run(self, name: str, tracker: DialogueStateTracker) -> None:
        action: Action = self._processor._get_action(name)
        self._loop.run_until_complete(
            self._processor._run_action(
                action,
                tracker,
                CollectingOutputChannel(),
                self._processor.nlg,
                PolicyPrediction.for_action_name(self._domain, name),
            )
        )

    def _say(self, tracker: DialogueStateTracker, turn: Turn, done: Sequence[Event]) -> None:
        """Puts what the agent did and said into the history, as far as we have actions and responses for it.

        Args:
            tracker: of the SESSION.
            turn: the agent's.
            done: what the assistant would have done: what both did is known from then on.
        """
        labels = turn.labels or NOTHING
        kept, settled = done_by_both(done, labels.facts)
        for event in kept:
            tracker.update(event, self._domain)
        for fact in labels.facts:
            if fact in _LOOKS and fact not in settled:
                self._run(_LOOKS[fact], tracker)
        said = [event.action_name for event in done if isinstance(event, ActionExecuted)]
        for name in words_for(
            labels.moves, tracker.get_slot("feeling"), said, self._domain.responses
        ):
            tracker.update(ActionExecuted(name), self._domain)
        tracker.update(BotUttered(turn.text), self._domain)
        tracker.update(ActionExecuted(_LISTEN), self._domain)


def proves_who(session: Session) -> bool:
    """Tells whether the agent sees the customer's things, so that they have shown who they are."""
    facts = [seen_in((turn.labels or NOTHING).facts) for turn in session.turns]
    return any({"order_state", "payment_state", "change", "details"} & set(one) for one in facts)


def moves_in(done: Iterable[Event]) -> tuple[str, ...]:
    """Returns the moves that events make, in order: what is said, by actions too, and who is passed on."""
    names: list[str] = []
    for event in done:
        if isinstance(event, ActionExecuted):
            names.append(event.action_name or "")
        elif isinstance(event, BotUttered):
            names.append(str(event.metadata.get("utter_action") or ""))
    moves = [["handover"] if name in _TO_PERSON else moves_of(name) for name in names]
    return tuple(dict.fromkeys(move for several in moves for move in several))


def done_by_both(
    done: Iterable[Event], facts: Mapping[str, str]
) -> tuple[list[Event], frozenset[str]]:
    """Returns which of the assistant's actions the exemplar's turn shows too, with all that they set.

    Args:
        done: the assistant's.
        facts: what the exemplar saw.

    Returns:
        The actions and what they set, and which of the facts they are.
    """
    kept, settled = list[Event](), set[str]()
    action: list[Event] = []
    for event in [*done, ActionExecuted(_LISTEN)]:
        if isinstance(event, ActionExecuted | UserUttered):
            same = {
                one.key
                for one in action
                if isinstance(one, SlotSet) and facts.get(one.key) == one.value
            }
            if same:
                kept += action
                settled |= same
            heard_anew = isinstance(event, UserUttered)
            action = [] if heard_anew or event.action_name == _LISTEN else [event]
        elif isinstance(event, SlotSet) and action:
            action.append(event)
    return kept, frozenset(settled)


def words_for(
    moves: Iterable[str], feeling: str | None, said: Sequence[str], responses: Mapping[str, Any]
) -> list[str]:
    """Returns our responses for an agent's moves; what we have no words for is left to the agent's own.

    Args:
        moves: the agent's.
        feeling: that showed.
        said: what the assistant would have said at the same place.
        responses: all that we have.
    """
    chosen = []
    for move in moves:
        general = f"utter_{move}_{feeling}"
        same = next((name for name in said if move_of(name) == move), None)
        name = same or (general if general in responses else PLAIN.get(move))
        if name:
            chosen.append(name)
    return chosen


def _products(tracker: DialogueStateTracker) -> list[str]:
    """Returns what the customer named so far, the latest last."""
    said = [event for event in tracker.events if isinstance(event, UserUttered)]
    entities = [one for event in said for one in event.entities if one["entity"] == "product"]
    return list(dict.fromkeys(str(one["value"]) for one in entities))
