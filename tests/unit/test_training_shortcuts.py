"""What training does faster than Rasa, it does alike."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from rasa.engine.storage import local_model_storage
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.tensorflow.feature_array import FeatureArray
from tarsafe import TarSafe

from exemplar.dialogue import batches, slots
from exemplar.dialogue.fingerprints import fingerprint_of, remember_fingerprints
from exemplar.dialogue.packing import pack_fast
from tests.conftest import ROOT

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


@pytest.mark.parametrize("form", [sp.csr_matrix, sp.coo_matrix])
def test_a_batch_holds_what_rasa_would_put_into_it(form: type) -> None:
    drawn = np.random.default_rng(0)

    def turn() -> Any:
        # Rasa fills a short dialogue up with turns of no words.
        return form((drawn.random((drawn.integers(0, 3), 40)) > 0.9).astype(np.float32))

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


def test_what_differs_anywhere_has_another_fingerprint() -> None:
    remember_fingerprints()

    def token(**data: Any) -> Token:
        return Token("lamp", 3, 7, data=data, lemma="lamp")

    def message(text: str = "a lamp", **more: Any) -> Message:
        return Message({"text": text, "intent": "buy", **more})

    ones: list[Any] = [
        *(token(), token(pattern={"order": True}), token(pattern={"order": False})),
        Token("lamp", 4, 8, lemma="lamp"),
        *(message(), message("a  lamp"), message(tokens=[token()]), message(entities=[])),
        *(SlotSet("mood", "angry"), SlotSet("mood", "calm"), SlotSet("mood", None)),
        *([], {}, [[]], ["a", "b"], ["b", "a"], ["a, b"], [1], ["1"], [True], [None], {"a": 1}),
    ]
    assert len({fingerprint_of(one) for one in ones}) == len(ones)
    assert fingerprint_of(message(tokens=[token()])) == fingerprint_of(message(tokens=[token()]))
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})


def test_a_fingerprint_is_the_same_in_another_process() -> None:
    script = (
        "from exemplar.dialogue.fingerprints import fingerprint_of as f; "
        "print(f({'b': ['x', 1], 'a': {'d': None, 'c': 2.5}}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == fingerprint_of({"a": {"c": 2.5, "d": None}, "b": ["x", 1]})


def test_a_packed_assistant_is_read_by_rasa_as_it_was(tmp_path: Path) -> None:
    pack_fast()
    kept = tmp_path / "kept.txt"
    kept.write_text("as it was" * 1000)
    with local_model_storage.TarSafe.open(tmp_path / "packed.tar.gz", "w:gz") as archive:
        archive.add(kept, arcname="kept.txt")
    with TarSafe.open(tmp_path / "packed.tar.gz", mode="r:gz") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "kept.txt").read_bytes() == kept.read_bytes()
    assert (tmp_path / "packed.tar.gz").stat().st_size < kept.stat().st_size
