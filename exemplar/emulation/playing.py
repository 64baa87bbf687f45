"""Plays SESSIONS to the trained assistant: at each of the agent's turns, what would it have said?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.notice import ActionNotice
from exemplar.emulation.outcomes import outcome, outcomes_of
from exemplar.moves import move_of
from exemplar.nlu.parsing import Assistant
from exemplar.server.wording import VARIANT, Wording
from exemplar.sessions.evidence import NOTHING, Evidence, evidence_of
from exemplar.sessions.model import Session, Turn
from exemplar.settings import ROOT

#: No turn of ours is longer.
_MOST_STEPS: Final = 14
_LISTEN: Final = "action_listen"


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


class Player:
    """A trained assistant that SESSIONS are played to."""

    def __init__(self, model: Path, data: Path = ROOT / "data") -> None:
        """Loads a trained assistant, which takes some seconds."""
        self._assistant = Assistant(model)
        self._agent = self._assistant.agent
        self._domain = self._agent.domain
        self._goals = frozenset(
            next(slot for slot in self._domain.slots if slot.name == "goal").values
        ) - {"__other__"}
        self._outcomes = outcomes_of(data)
        self._wording = Wording(None, self._domain)
        self._by_move: dict[str, list[str]] = {}
        for name in sorted(self._domain.responses):
            if move := move_of(name):
                self._by_move.setdefault(move, []).append(name)

    def play(self, session: Session, *, mood: bool = True) -> Iterator[Answer]:
        """Yields what the assistant would have said at each of the agent's turns, with the true history.

        Args:
            session: annotated; what the agent found in the systems is taken from its labels.
            mood: False for the control, the same assistant with its reading switched off.
        """
        tracker = DialogueStateTracker.from_dict(session.id, [], self._domain.slots)
        for event in (ActionExecuted("action_session_start"), SessionStarted()):
            tracker.update(event, self._domain)
        if not mood:
            tracker.update(SlotSet("emotion_reading", False))
        tracker.update(ActionExecuted(_LISTEN), self._domain)
        shown = {one.turn - 1: one for one in evidence_of(session, self._goals)}
        known: dict[str, str] = {}
        for number, turn in enumerate(session.turns):
            if turn.speaker == "customer":
                self._hear(tracker, turn)
                continue
            facts = (turn.labels or NOTHING).facts
            if number in shown:
                yield self._answer(tracker, session, number, shown[number], known)
            known |= {k: v for k, v in facts.items() if v not in {"needs_details", "missing"}}
            self._say(tracker, turn)

    def _hear(self, tracker: DialogueStateTracker, turn: Turn) -> None:
        parsed = self._assistant.read(turn.text, tracker)
        tracker.update(
            UserUttered(
                turn.text,
                parsed["intent"],
                parsed["entities"],
                parse_data=parsed,
                input_channel="rest",
            ),
            self._domain,
        )
        for event in self._slots_filled(parsed):
            tracker.update(event, self._domain)
        sdk = Tracker.from_dict(tracker.current_state(EventVerbosity.ALL))
        for event in ActionNotice().run(CollectingDispatcher(), sdk, self._domain.as_dict()):
            tracker.update(SlotSet(event["name"], event["value"]), self._domain)

    def _slots_filled(self, parsed: Mapping[str, Any]) -> Iterator[SlotSet]:
        """Yields what Rasa's own slot mappings fill from a message."""
        intent = parsed["intent"]["name"]
        entities = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
        for slot in self._domain.slots:
            for mapping in slot.mappings:
                if mapping.get("type") == "from_intent":
                    wanted = mapping.get("intent")
                    wanted = [wanted] if isinstance(wanted, str) else wanted
                    if not wanted or intent in wanted:
                        yield SlotSet(slot.name, mapping["value"])
                elif mapping.get("type") == "from_entity" and mapping["entity"] in entities:
                    yield SlotSet(slot.name, entities[mapping["entity"]])

    def _answer(
        self,
        tracker: DialogueStateTracker,
        session: Session,
        number: int,
        shown: Evidence,
        known: Mapping[str, str],
    ) -> Answer:
        trial = tracker.copy()
        actions, texts = list[str](), list[str]()
        facts = dict(shown.facts)
        for _ in range(_MOST_STEPS):
            prediction = self._agent.processor._predict_next_with_tracker(trial)
            name = self._domain.action_names_or_texts[prediction.max_confidence_index]
            trial.update(ActionExecuted(name, prediction.policy_name), self._domain)
            if name == _LISTEN:
                break
            actions.append(name)
            if name.startswith("utter_"):
                texts.append(self._utter(trial, name, session.channel))
            for slot, value in outcome(
                self._outcomes.get(name, {}), facts, known, shown.asks
            ).items():
                trial.update(SlotSet(slot, value), self._domain)
        moves = [move for name in actions if (move := move_of(name) or _moves_of_action(name))]
        before = [turn for turn in session.turns[:number] if turn.speaker == "customer"]
        return Answer(
            shown=shown,
            heard=str(tracker.latest_message.intent.get("name")),
            said=before[-1].text if before else "",
            agent=session.turns[number].text,
            moves=tuple(dict.fromkeys(moves)),
            actions=tuple(actions),
            texts=tuple(texts),
        )

    def _utter(self, tracker: DialogueStateTracker, name: str, channel: str) -> str:
        response = asyncio.run(self._wording.generate(name, tracker, channel))
        if response is None:
            return ""
        variant = {"utter_action": name, VARIANT: response.get(VARIANT)}
        tracker.update(BotUttered(response.get("text"), metadata=variant), self._domain)
        return str(response.get("text") or "")

    def _say(self, tracker: DialogueStateTracker, turn: Turn) -> None:
        """Puts what the agent said into the history, in the words of our responses."""
        for move in (turn.labels or NOTHING).moves:
            feeling = tracker.get_slot("feeling")
            names = self._by_move.get(move, [])
            name = f"utter_{move}_{feeling}"
            chosen = name if name in names else names[0] if names else None
            if chosen:
                tracker.update(ActionExecuted(chosen), self._domain)
        tracker.update(ActionExecuted(_LISTEN), self._domain)


def _moves_of_action(name: str) -> str | None:
    return (
        "handover"
        if name
        in {"action_hand_over", "action_pass_on_legal", "action_pass_on_data", "action_raise_alarm"}
        else None
    )
