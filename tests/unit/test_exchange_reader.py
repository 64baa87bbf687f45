"""Messages read together with what was said before them."""

from __future__ import annotations

from pathlib import Path

import pytest

from exemplar.emotion.base import base_model_folder, load_tokenizer
from exemplar.emotion.encoder import pair_pieces
from exemplar.errors import ExemplarError
from exemplar.nlu import exchange_reader
from exemplar.nlu.acts import ACTS, Exchange, Labelled, load_exchanges
from exemplar.nlu.exchange import acts_together, heard_together
from exemplar.nlu.exchange_reader import Read, load_exchange_reader
from exemplar.nlu.exchange_training import FEWEST, load_tuned, train
from exemplar.settings import ROOT

HELD_OUT = ROOT / "tests" / "exchanges"


def test_of_a_long_message_beginning_and_end_are_read_and_of_what_was_said_before_the_end() -> None:
    tokenizer = load_tokenizer(base_model_folder())
    text = " ".join(["first", *["middle"] * 50, "last"])
    before = " ".join(["early", *["between"] * 50, "late"])
    ids = pair_pieces(tokenizer, before, text, most_before=10, most=12)
    words = [tokenizer.id_to_token(one) for one in ids]
    assert len(ids) == 10 + 12 + 3
    assert {"first", "last", "late"} <= set(words)
    assert "early" not in words
    assert words.count("[SEP]") == 2


def test_a_message_of_nothing_is_read_as_something_without_an_error() -> None:
    read = load_exchange_reader().read(Exchange(""))
    assert sum(read.kinds.values()) == pytest.approx(1, abs=1e-4)
    assert sum(read.acts.values()) == pytest.approx(1, abs=1e-4)


def test_both_readings_are_heard_and_a_kind_that_came_later_is_told_by_words() -> None:
    together = Read({"when_comes": 0.5, "none": 0.5}, dict.fromkeys(ACTS, 1 / 6))
    both = heard_together({"when_comes": 0.0, "brand_new": 0.7}, together)
    assert both == {"when_comes": pytest.approx(0.3), "brand_new": 0.7}
    assert heard_together({"when_comes": 0.2}, None) == {"when_comes": 0.2}
    acts = acts_together(dict.fromkeys(ACTS, 1 / 6), together)
    assert sum(acts.values()) == pytest.approx(1)


def test_weights_that_are_missing_are_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="exemplar exchanges train"):
        load_exchange_reader(tmp_path)


def test_too_few_messages_are_refused() -> None:
    with pytest.raises(ExemplarError, match="too few"):
        train([], [("when?", "when_comes")])


def test_nothing_to_go_on_from_is_one_plain_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="leave --on away"):
        load_tuned(tmp_path)


def test_training_learns_what_only_the_words_before_can_tell(tmp_path: Path) -> None:
    things = ("lamp", "chair", "desk", "rug", "kettle")
    labelled = [
        Labelled(Exchange(f"and when, for the {thing}?", before), "question", (kind,))
        for thing in things
        for before, kind in (
            ("Your money is going back to you.", "refund_when"),
            ("Your parcel has left our warehouse.", "when_comes"),
        )
        for _ in range(FEWEST // 10)
    ]
    done = list[float]()
    tuned = train(labelled, [], rounds=2, progress=lambda share, what: done.append(share))
    tuned.save(tmp_path)
    assert done[-1] == 1.0
    # It goes on from there, also with a kind that was not known before.
    more = [*labelled, *(Labelled(Exchange("how much?"), "question", ("price",)) for _ in range(9))]
    train(more, [], rounds=1, before=load_tuned(tmp_path)).save(tmp_path)
    reader = load_exchange_reader(tmp_path)
    money = reader.read(Exchange("and when, for the mirror?", "The money goes back today."))
    parcel = reader.read(Exchange("and when, for the mirror?", "The parcel left us today."))
    assert money.kinds["refund_when"] > 0.6
    assert parcel.kinds["when_comes"] > 0.6


def test_in_conversations_of_a_hand_left_out_it_finds_what_is_asked() -> None:
    reader, held_out = load_exchange_reader(), load_exchanges(HELD_OUT)
    assert len(held_out) > 400
    right_acts, taken, right = 0, 0, 0
    for one in held_out:
        read = reader.read(one.exchange)
        right_acts += max(read.acts, key=read.acts.__getitem__) == one.act
        asks = {kind: share for kind, share in read.kinds.items() if kind != "none"}
        best = max(asks, key=asks.__getitem__)
        if asks[best] >= 0.5:
            taken += 1
            right += best in one.asks
    # The figures are in docs/testers.md. A kind drawn at random would be right once in eighty times.
    assert right_acts / len(held_out) > 0.75
    assert right / taken > 0.6
    assert right / sum(bool(one.asks) for one in held_out) > 0.25


def test_weights_that_are_gone_say_what_to_do_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_reader, "FOLDER", tmp_path)

    with pytest.raises(ExemplarError, match=r"run 'exemplar exchanges train'") as raised:
        exchange_reader.exchange_fingerprint()

    assert "emotion" not in str(raised.value)
