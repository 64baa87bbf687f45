"""What training does faster than Rasa, it does alike."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import scipy.sparse as sp
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.tensorflow.feature_array import FeatureArray

from exemplar.dialogue import batches, slots
from exemplar.dialogue.fingerprints import remember_fingerprints

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
slots:
  mood: {type: categorical, values: [calm, angry], mappings: [{type: custom}]}
  found: {type: bool, mappings: [{type: custom}]}
  order: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  never: {type: text, mappings: [{type: custom}]}
"""
)


def as_array(parts: list[Any]) -> Any:
    made = np.empty(len(parts), dtype=object)
    made[:] = parts
    return made


def test_a_batch_holds_what_rasa_would_put_into_it() -> None:
    drawn = np.random.default_rng(0)

    def turn() -> sp.csr_matrix:
        # Rasa fills a short dialogue up with turns of no words.
        return sp.csr_matrix((drawn.random((drawn.integers(0, 3), 40)) > 0.9).astype(np.float32))

    dialogues = [as_array([turn() for _ in range(drawn.integers(1, 9))]) for _ in range(60)]
    features = FeatureArray(as_array(dialogues), 4)
    for mine, rasas in zip(batches.stacked(features), batches._as_rasa_does(features), strict=True):
        assert mine.dtype == rasas.dtype
        assert np.array_equal(mine, rasas)


def test_an_empty_batch_is_an_empty_one() -> None:
    features = FeatureArray(as_array([as_array([sp.csr_matrix((0, 40), dtype=np.float32)])]), 4)
    indices, values, shape = batches.stacked(features)
    assert (len(indices), len(values), list(shape)) == (0, 0, [0, 0, 40])


def test_policies_see_the_slots_that_rasa_shows_them() -> None:
    tracker = DialogueStateTracker("x", DOMAIN.slots)
    assert slots._seen(tracker) == slots._as_rasa_does(tracker) == {}
    for name, value in (("mood", "angry"), ("found", False), ("order", "ML-1")):
        tracker.update(SlotSet(name, value))
    tracker.update(ActionExecuted("action_listen"))
    assert slots._seen(tracker) == slots._as_rasa_does(tracker)
    assert set(slots._seen(tracker)) == {"mood", "found"}
    assert slots._seen(tracker, True) == slots._as_rasa_does(tracker, True)


def test_a_copied_slot_is_one_of_its_own() -> None:
    slots.pass_over_idle_slots()
    slot = next(one for one in DOMAIN.slots if one.name == "mood")
    other = copy.copy(slot)
    other.value = "angry"
    assert type(other) is type(slot)
    assert (slot.value, slot.has_been_set) == (None, False)
    assert other.as_feature() != slot.as_feature()


def test_a_token_is_known_by_all_that_was_noted_of_it() -> None:
    remember_fingerprints()

    def token(**data: Any) -> Token:
        return Token("lamp", 3, 7, data=data, lemma="lamp")

    assert (
        token(pattern={"order": True}).fingerprint() == token(pattern={"order": True}).fingerprint()
    )
    others = [token(), token(pattern={"order": False}), Token("lamp", 4, 8, lemma="lamp")]
    assert (
        len({token(pattern={"order": True}).fingerprint(), *(o.fingerprint() for o in others)}) == 4
    )
