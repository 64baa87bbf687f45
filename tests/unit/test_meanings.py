"""What messages mean amid a conversation, and how intents and questions are decided between."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from exemplar.emotion.encoder import shared_encoder
from exemplar.errors import ExemplarError
from exemplar.nlu.acts import Exchange, load_exchanges
from exemplar.nlu.exchange import meaning_model, meant_in, some_of
from exemplar.nlu.exchange_reader import load_exchange_reader
from exemplar.nlu.meanings import MEANT, MeaningModel, Meant, load_meant
from exemplar.nlu.meant_intents import weigh
from exemplar.nlu.questions import NONE, asked_in, load_wordings
from exemplar.settings import ROOT

HELD_OUT = ROOT / "tests" / "meant"
SAME = {"track_order": ["where_is"]}


@pytest.fixture(scope="module")
def intents() -> set[str]:
    listed = yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]
    return {one if isinstance(one, str) else next(iter(one)) for one in listed}


@pytest.fixture(scope="module")
def model() -> MeaningModel:
    return meaning_model(load_meant(), load_exchange_reader())


def scores(model: MeaningModel, before: str, text: str) -> dict[str, float]:
    sentence = shared_encoder().encode(text).sentence
    seen = load_exchange_reader().see(Exchange(text, before))
    return model.scores(text, sentence, seen)


@pytest.mark.parametrize("folder", [MEANT, HELD_OUT])
def test_whatever_a_message_means_is_an_intent_or_a_kind_of_question(
    folder: Path, intents: set[str]
) -> None:
    kinds = {kind for _, kind in [*load_wordings(), *asked_in(load_exchanges())]}
    strange = {one.name for one in load_meant(folder)} - intents - kinds - {NONE}
    assert not strange


def test_no_message_stands_in_two_places() -> None:
    texts = [one.exchange for folder in (MEANT, HELD_OUT) for one in load_meant(folder)]
    assert [one for one, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize(
    "content",
    ["cancel_order: unpack it\n", "cancel_order:\n- [only one]\n", "- [a, b]\n", "a: [[1, 2]]\n"],
)
def test_a_broken_file_is_one_plain_error_that_names_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "hand.yml").write_text(content)
    with pytest.raises(ExemplarError, match=r"hand\.yml"):
        load_meant(tmp_path)


def test_of_many_messages_some_are_taken_from_all_along_the_list() -> None:
    many = [Meant(Exchange(str(at)), "a") for at in range(100)] + [Meant(Exchange("x"), "b")]
    some = some_of(many, 4)
    assert [one.exchange.text for one in some] == ["0", "25", "50", "75", "x"]


def test_of_exchanges_those_are_learned_from_that_ask_or_wish_amid_a_conversation() -> None:
    found = meant_in(load_exchanges())
    assert len(found) > 3000
    assert all(one.exchange.before and one.name != "other" for one in found)


def test_what_hands_left_out_mean_is_found_far_more_often_than_by_chance(
    model: MeaningModel,
) -> None:
    held_out = [one for one in load_meant(HELD_OUT) if one.name != NONE][::3]
    right = 0
    for one in held_out:
        found = scores(model, one.exchange.before, one.exchange.text)
        right += max(found, key=found.__getitem__) == one.name
    # The figures are in docs/testers.md.
    assert right / len(held_out) > 0.6


def test_what_was_said_before_tells_what_is_meant(model: MeaningModel) -> None:
    text = "and when is that, roughly?"
    money = scores(model, "Your 40 euros go back to your card.", text)
    parcel = scores(model, "The parcel has left our warehouse.", text)
    assert money["refund_when"] - money["when_comes"] > parcel["refund_when"] - parcel["when_comes"]


def test_a_model_that_was_kept_says_the_same(model: MeaningModel) -> None:
    kept = pickle.loads(pickle.dumps(model))
    before, text = "It ships tomorrow.", "unpack it then"
    assert scores(kept, before, text) == pytest.approx(scores(model, before, text), abs=1e-3)
    assert set(model.names) == {one.name for one in load_meant()} - {NONE}


def ranked(**confidences: float) -> list[dict[str, object]]:
    return [{"name": name, "confidence": share} for name, share in confidences.items()]


def test_a_wish_by_hint_goes_before_what_was_read_from_the_message_alone() -> None:
    ranking, asks = weigh(
        ranked(thank=0.7, cancel_order=0.1), {"is_done": 0.3}, {"cancel_order": 0.4}, {}
    )
    assert ranking[0]["name"] == "cancel_order"
    assert ranking[0]["confidence"] > 0.8
    assert asks == {}


def test_a_question_of_the_matter_in_hand_is_no_intent() -> None:
    ranking, asks = weigh(
        ranked(product_advice=0.9, thank=0.05), {"one_parcel": 0.4}, {"one_parcel": 0.4}, {}
    )
    assert asks["one_parcel"] > 0.8
    assert ranking[0]["confidence"] < 0.2


def test_what_asks_the_same_is_read_as_either() -> None:
    means = {"where_is": 0.3, "track_order": 0.3}
    ranking, asks = weigh(ranked(track_order=0.9, thank=0.05), {"where_is": 0.9}, means, SAME)
    assert ranking[0]["name"] == "track_order"
    assert ranking[0]["confidence"] > 0.9
    assert asks["where_is"] > 0.9


def test_what_resembles_nothing_is_neither_surely() -> None:
    ranking, asks = weigh(ranked(thank=0.1, vent=0.1), {"is_done": 0.1}, {NONE: 0.3}, {})
    assert ranking[0]["confidence"] < 0.3
    assert asks == {}


def test_shares_are_probabilities_and_never_as_sure_as_a_pattern() -> None:
    likeness = dict(zip(("thank", "is_done", NONE), np.linspace(0, 1, 3), strict=True))
    for first in (0.0, 0.5, 0.99):
        ranking, asks = weigh(ranked(thank=first), {"is_done": first}, likeness, SAME)
        assert all(0 <= float(str(one["confidence"])) < 1 for one in ranking)
        assert all(0 < share <= 1 for share in asks.values())
