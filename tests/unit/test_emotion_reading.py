from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exemplar.emotion.context import CONTEXT_FILE, load_context
from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.heads import HEADS_FILE, Heads, load_heads
from exemplar.emotion.lexicon import LEXICON_FILE, load_lexicon
from exemplar.emotion.reader import NOTHING_TO_READ, EmotionReader
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError

POLITE = "With all due respect, I have now explained this to three of your colleagues."
SARCASM = "great, another week of waiting, wonderful"
THANKS = "Thank you so much, you were a great help!"
QUESTION = "Which sizes do you have in this shirt?"
FURY = "This is outrageous, you are liars and I want my money back NOW!!!"

TEXTS = [
    *(POLITE, SARCASM, THANKS, QUESTION, FURY),
    *("", "ok", "😡", "12345", "你好", "\ud83d where\0is it", "late " * 2000),
]


@pytest.fixture(scope="module")
def reader() -> EmotionReader:
    return EmotionReader()


@pytest.mark.parametrize("text", TEXTS)
def test_a_reading_has_the_shape_that_others_rely_on(reader: EmotionReader, text: str) -> None:
    emotion = reader.read(text).as_dict()
    assert list(emotion) == ["name", "confidence", "frustration", "scores"]
    assert tuple(emotion["scores"]) == EMOTIONS
    assert emotion["confidence"] == emotion["scores"][emotion["name"]]
    assert emotion["confidence"] == max(emotion["scores"].values())
    assert all(0 <= score <= 1 for score in (emotion["frustration"], *emotion["scores"].values()))


@pytest.mark.parametrize("text", TEXTS)
def test_the_28_of_goemotions_stay_available(reader: EmotionReader, text: str) -> None:
    fine = reader.read(text).goemotions
    assert tuple(fine) == GOEMOTIONS
    assert all(0 <= score <= 1 for score in fine.values())


@pytest.mark.parametrize("text", ["", "  \n", "4711", "# 118-342", "?!", "...", "\0", "\ud83d"])
def test_where_there_is_nothing_to_read_it_is_neutral_and_not_sure(
    reader: EmotionReader, text: str
) -> None:
    reading = reader.read(text)
    assert reading.name == "neutral"
    assert reading.confidence < 0.5
    assert reading.frustration == 0


@pytest.mark.parametrize(
    ("text", "emotions"),
    [
        (FURY, {"anger"}),
        ("I have been waiting for three weeks and nobody answers.", {"frustration"}),
        (SARCASM, {"frustration"}),
        (POLITE, {"frustration"}),
        ("I had hoped for better quality, what a pity.", {"disappointment"}),
        ("My mother died and she cannot use it any more, I am so sad.", {"sadness"}),
        ("I'm worried that it won't arrive before the funeral.", {"anxiety"}),
        ("I don't understand, which of the two forms do I fill in?", {"confusion"}),
        (THANKS, {"gratitude"}),
        ("I love it, it made my day!", {"joy"}),
        (QUESTION, {"neutral"}),
        ("😡", {"anger"}),
        ("Thanks 😊", {"gratitude"}),
    ],
)
def test_what_is_plainly_felt_is_read(reader: EmotionReader, text: str, emotions: set[str]) -> None:
    assert reader.read(text).name in emotions


@pytest.mark.parametrize("frustrated", [FURY, SARCASM, POLITE])
@pytest.mark.parametrize("calm", [THANKS, QUESTION, "My order number is 5512, thank you."])
def test_hidden_frustration_scores_above_thanks_and_plain_questions(
    reader: EmotionReader, frustrated: str, calm: str
) -> None:
    assert reader.read(frustrated).frustration > 0.5 > reader.read(calm).frustration


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "Hello", "hi", "hey", "hello there", "yes", "no", "ok", "thanks"),
        *("mara@example.org", "ML-104163", "12345", "14 Elm Street", "agent"),
        *("payment failed", "my parcel is late"),
    ],
)
def test_a_greeting_a_bare_detail_and_trouble_told_once_are_no_irritation(
    reader: EmotionReader, text: str
) -> None:
    assert reader.read(text).frustration < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "payment failed AGAIN",
        "this is now the fourth time I am writing about it",
        SARCASM,
    ],
)
def test_trouble_that_comes_back_is_irritation(reader: EmotionReader, text: str) -> None:
    assert reader.read(text).frustration > 0.6


def test_sarcasm_is_told_from_the_same_words_meant(reader: EmotionReader) -> None:
    meant = reader.read("Great, the parcel is here, wonderful")
    assert reader.read(SARCASM).frustration > meant.frustration


def test_emoji_change_the_reading(reader: EmotionReader) -> None:
    plain, cross, glad = (reader.read(f"the parcel is here {e}") for e in ("", "😡", "😊"))
    assert cross.scores["anger"] > plain.scores["anger"]
    assert cross.frustration > glad.frustration
    assert glad.scores["joy"] > cross.scores["joy"]


@pytest.mark.parametrize("text", ["where is my order", "still no answer", "I wrote twice"])
@pytest.mark.parametrize("louder", ["!", "!!!!", " 😡", " 🤬"])
def test_said_louder_it_is_no_calmer(reader: EmotionReader, text: str, louder: str) -> None:
    assert reader.read(text + louder).frustration > reader.read(text).frustration - 0.1


@pytest.mark.parametrize("text", TEXTS)
def test_an_encoding_that_was_made_already_gives_the_same_reading(
    reader: EmotionReader, text: str
) -> None:
    assert reader.read(text, encoding=shared_encoder().encode(text)) == reader.read(text)


FOREIGN = [
    "Wo bleibt mein Paket? Ich warte seit drei Wochen und bin wütend!",
    "¿Dónde está mi pedido? Llevo tres semanas esperando",
    "Je suis très déçu de votre service, remboursez-moi",
    "Gdzie jest moja paczka? Czekam już trzy tygodnie",
    "Siparişim nerede, çok sinirliyim artık",
    "đơn hàng của tôi ở đâu",
    "我的包裹在哪里，太生气了",
    "注文した商品が届きません。怒っています",
    "где мой заказ? я жду уже три недели",
    "मेरा ऑर्डर कहाँ है",
    "أين طلبي؟ أنا غاضب جدا",
]


@pytest.mark.parametrize("text", FOREIGN)
@pytest.mark.parametrize("context", [(), (("customer", "hello?"), ("agent", "Pardon?"))])
def test_another_language_is_neutral_and_not_sure(
    reader: EmotionReader, text: str, context: tuple[tuple[str, str], ...]
) -> None:
    reading = reader.read(text, context)
    assert reading.name == "neutral"
    assert reading.confidence < 0.5
    assert reading.frustration == 0


@pytest.mark.parametrize(
    "text",
    [
        "helo i wuld liek to canel my newsleter its anoying",
        "och whaur's ma parcel, ah'm fair scunnered wi this",
        "ma'am kindly do the needful, I am waiting since three weeks only",
        "YALL STILL AINT SENT MY STUFF SMH",
        "no dont cancel",
        "danke",
        "omg ty ty ty ily",
    ],
)
def test_english_of_any_kind_is_read(reader: EmotionReader, text: str) -> None:
    assert reader.read(text).confidence != NOTHING_TO_READ


FAILED = (
    *(("customer", "where is my order ML-104163"), ("agent", "I can help you with returns.")),
    *(("customer", "not a return. my order"), ("agent", "Sorry, I didn't get that.")),
    *(("customer", "WHERE is my order"), ("agent", "I can help you with returns.")),
)
HELPED = (
    *(("customer", "can i change the colour of my lamp"), ("agent", "Of course. Which one?")),
    *(("customer", "the green one please"), ("agent", "Done, your lamp will come in green.")),
)


@pytest.mark.parametrize(
    "text", ["where is my order", "again?", "ML-104163", "hello?", "can you check", "no"]
)
def test_the_same_words_mean_more_after_three_failures(reader: EmotionReader, text: str) -> None:
    helped, failed = reader.read(text, HELPED), reader.read(text, FAILED)
    assert failed.frustration > helped.frustration + 0.2
    assert failed.frustration > reader.read(text).frustration - 0.05


@pytest.mark.parametrize("text", ["and when will it be here?", "ok", "14 Elm Street", "perfect"])
def test_calm_words_after_good_help_stay_calm(reader: EmotionReader, text: str) -> None:
    assert reader.read(text, HELPED).frustration < 0.3


def test_thanks_after_a_bad_story_are_no_anger(reader: EmotionReader) -> None:
    solved = (*FAILED, ("agent", "I am sorry. I found it: it is at your door today by noon."))
    assert reader.read("oh great, thank you so much!", solved).frustration < 0.5


def test_empty_turns_before_a_message_change_nothing(reader: EmotionReader) -> None:
    assert reader.read(POLITE, (("agent", ""), ("customer", " \n"))) == reader.read(POLITE)


def test_a_long_conversation_is_read_by_its_last_turns(reader: EmotionReader) -> None:
    long = (*HELPED * 500, *FAILED, *FAILED[:2])
    assert reader.read("hello?", long) == reader.read("hello?", long[-8:])


def test_a_feeling_at_the_end_of_a_long_message_is_not_cut_off(reader: EmotionReader) -> None:
    story = "The lamp is for the hall and the table is for the kitchen. " * 60
    end = "I am furious, you are liars, this is outrageous! " * 8
    assert reader.read(story + end).scores["anger"] > reader.read(story).scores["anger"] + 0.5


def test_eight_threads_read_what_one_reads(reader: EmotionReader) -> None:
    alone = [reader.read(text) for text in TEXTS]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(reader.read, TEXTS * 4)) == alone * 4


def test_heads_survive_save_and_load(tmp_path: Path) -> None:
    heads = load_heads()
    heads.save(tmp_path / "new" / "heads.npz")
    again = load_heads(tmp_path / "new" / "heads.npz")
    for field in fields(Heads):
        assert np.array_equal(getattr(again, field.name), getattr(heads, field.name))


def test_heads_are_written_to_the_very_file_that_was_named(tmp_path: Path) -> None:
    load_heads().save(tmp_path / "heads.new")
    assert [file.name for file in tmp_path.iterdir()] == ["heads.new"]


def damaged_heads() -> dict[str, bytes]:
    good = HEADS_FILE.read_bytes()
    middle = len(good) // 2
    return {
        "empty": b"",
        "no heads": b"version https://git-lfs.github.com/spec/v1",
        "cut off": good[:middle],
        "damaged": good[:middle] + b"damage" + good[middle + 6 :],
    }


@pytest.mark.parametrize("damage", damaged_heads())
def test_a_broken_heads_file_is_one_clear_error(tmp_path: Path, damage: str) -> None:
    (tmp_path / "heads.npz").write_bytes(damaged_heads()[damage])
    with pytest.raises(ExemplarError, match=r"heads\.npz .*run 'exemplar emotion train'"):
        load_heads(tmp_path / "heads.npz")


def test_missing_heads_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match=r"nowhere\.npz .*run 'exemplar emotion train'"):
        load_heads(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("part", ["feelings", "hidden", "goemotions_bias"])
def test_heads_of_another_shape_are_one_clear_error(tmp_path: Path, part: str) -> None:
    heads = load_heads()
    replace(heads, **{part: getattr(heads, part)[..., :5]}).save(tmp_path / "heads.npz")
    with pytest.raises(ExemplarError, match="another version"):
        load_heads(tmp_path / "heads.npz")


def test_heads_that_lack_a_part_are_one_clear_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "heads.npz", hidden=load_heads().hidden)
    with pytest.raises(ExemplarError, match=r"heads\.npz"):
        load_heads(tmp_path / "heads.npz")


@pytest.mark.parametrize(
    ("load", "file"), [(load_context, CONTEXT_FILE), (load_lexicon, LEXICON_FILE)]
)
def test_what_else_is_loaded_is_whole_or_one_clear_error(
    tmp_path: Path, load: Callable[[Path], Any], file: Path
) -> None:
    load(file).save(tmp_path / "same.npz")
    again, before = load(tmp_path / "same.npz"), load(file)
    for field in fields(before):
        assert np.array_equal(getattr(again, field.name), getattr(before, field.name))
    for content in (b"", b"cut", file.read_bytes()[:500]):
        (tmp_path / "broken.npz").write_bytes(content)
        with pytest.raises(ExemplarError, match=r"broken\.npz .*run 'exemplar emotion train'"):
            load(tmp_path / "broken.npz")
    with pytest.raises(ExemplarError, match=r"nowhere\.npz .*run 'exemplar emotion train'"):
        load(tmp_path / "nowhere.npz")


def test_weights_of_another_shape_are_one_clear_error(tmp_path: Path) -> None:
    context = load_context()
    replace(context, seen=context.seen[:5]).save(tmp_path / "context.npz")
    lexicon = load_lexicon()
    replace(lexicon, steps=lexicon.steps[:5]).save(tmp_path / "lexicon.npz")
    with pytest.raises(ExemplarError, match="another version"):
        load_context(tmp_path / "context.npz")
    with pytest.raises(ExemplarError, match="another version"):
        load_lexicon(tmp_path / "lexicon.npz")
