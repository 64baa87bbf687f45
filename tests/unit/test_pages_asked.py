"""Customers' wordings beside the pages, and what is learned from them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from exemplar.emotion.encoder import Encoder, shared_encoder
from exemplar.errors import ExemplarError
from exemplar.knowledge.asked import ASKED, load_hand, load_wordings, together, with_wordings
from exemplar.knowledge.encoding import QuestionEncoder, shared_question_encoder
from exemplar.knowledge.pages import load_pages
from exemplar.knowledge.search import FOLDER, SURER, SYNONYMS, Index, Knowledge, load_synonyms
from exemplar.nlu.exchange_reader import exchange_encoder
from exemplar.nlu.learned import Learned
from exemplar.shop.policy import shared_policy

TERMS = asdict(shared_policy())
PAGE = (
    "# Tea\n\n## Brewing\n\nPour it at 95 degrees. Wait.\n\n## Cups\n\nThey hold a pint. Or two.\n"
)
#: Measured with a hand left out: 0.79 answered rightly, 0.06 wrongly, 0.08 of what no page answers.
HELD_OUT = "hand-d"


def both() -> tuple[Encoder, ...]:
    return shared_encoder(), exchange_encoder()


def test_every_wording_belongs_to_a_section_that_there_is() -> None:
    sections = {(one.file, one.heading) for one in load_pages(FOLDER, TERMS)}
    wordings = load_wordings(FOLDER / ASKED)
    assert len(wordings.nothing) > 500
    assert not wordings.asked.keys() - sections


def test_questions_of_a_hand_left_out_are_mostly_answered_and_rarely_wrongly() -> None:
    files = sorted((FOLDER / ASKED).glob("*.yml"))
    others = together([load_hand(file) for file in files if file.stem != HELD_OUT])
    own = load_hand(FOLDER / ASKED / f"{HELD_OUT}.yml")
    sections = with_wordings(load_pages(FOLDER, TERMS), others)
    index = Index(
        sections, load_synonyms(FOLDER / SYNONYMS), shared_question_encoder(), others.nothing
    )

    def answered(text: str, least: float = 0.5) -> tuple[str, str] | None:
        best = max(index.rank(text), key=lambda one: one.confidence, default=None)
        if best is None or best.confidence < least:
            return None
        return sections[best.section].file, sections[best.section].heading

    found = [(name, answered(text)) for name, texts in own.asked.items() for text in texts]
    assert len(found) > 600
    assert sum(name == place for name, place in found) > 0.75 * len(found)
    assert sum(place not in (None, name) for name, place in found) < 0.08 * len(found)
    assert np.mean([answered(text) is not None for text in own.nothing]) < 0.12
    assert np.mean([answered(text, SURER) is not None for text in own.nothing]) < 0.08


def test_a_wording_beside_the_page_is_understood_at_once(tmp_path: Path) -> None:
    (tmp_path / "tea.md").write_text(PAGE)
    knowledge = Knowledge(tmp_path, dict, QuestionEncoder(both()))
    question = "my gran wants to know about the vessel"
    assert knowledge.find(question) is None
    (tmp_path / ASKED).mkdir()
    (tmp_path / ASKED / "gran.yml").write_text(
        "tea.md:\n  Cups:\n  - what's the vessel like for my gran\n  - my gran asks of the vessel\n"
    )
    found = knowledge.find(question)
    assert found is not None
    assert found.section.heading == "Cups"


def test_wordings_of_a_section_that_is_gone_disturb_nothing(tmp_path: Path) -> None:
    (tmp_path / "tea.md").write_text(PAGE)
    (tmp_path / ASKED).mkdir()
    (tmp_path / ASKED / "old.yml").write_text("tea.md:\n  Saucers:\n  - are there saucers\n")
    found = Knowledge(tmp_path, dict, QuestionEncoder(both())).find("how much do the cups hold")
    assert found is not None
    assert found.section.heading == "Cups"


@pytest.mark.parametrize(
    "content",
    [
        "- just a list\n",
        "tea.md: text\n",
        "tea.md:\n  Cups: one wording\n",
        "none: [1, 2]\n",
        "a: [\n",
    ],
)
def test_a_broken_file_of_wordings_is_named_with_what_it_should_hold(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "broken.yml").write_text(content)
    with pytest.raises(
        ExemplarError, match=r"broken\.yml: it holds pages, under each its headings"
    ):
        load_wordings(tmp_path)


@pytest.fixture
def counted() -> tuple[list[str], tuple[Encoder, ...]]:
    """Texts that were encoded, and the encoders."""
    texts: list[str] = []

    class Counting(Encoder):
        def __init__(self) -> None:
            self.__dict__.update(shared_encoder().__dict__)

        def encode(self, text: str):  # type: ignore[no-untyped-def]
            texts.append(text)
            return super().encode(text)

    return texts, (Counting(),)


def test_vectors_of_the_pages_are_kept_between_starts(
    tmp_path: Path, counted: tuple[list[str], tuple[Encoder, ...]]
) -> None:
    encoded, encoders = counted
    file = tmp_path / "vectors-1.npz"
    texts = [f"is number {n} “still” there?" for n in range(60)]
    made = QuestionEncoder(encoders, file).encode_many(texts)
    assert sorted(encoded) == sorted(texts)
    again = QuestionEncoder(encoders, file).encode_many([*texts, "and this one?"])
    assert encoded[len(texts) :] == ["and this one?"]
    assert all(np.array_equal(again[text], made[text]) for text in texts)


def test_kept_vectors_that_are_broken_are_made_anew(
    tmp_path: Path, counted: tuple[list[str], tuple[Encoder, ...]]
) -> None:
    encoded, encoders = counted
    file = tmp_path / "vectors-1.npz"
    file.write_bytes(b"PK no vectors")
    QuestionEncoder(encoders, file).encode_many(["is it there?"])
    assert encoded == ["is it there?"]


def test_what_is_learned_tells_sections_and_nothing_apart() -> None:
    texts = ["red apples", "ripe apples", "a bus to town", "the bus stop", "hm", "oh well"]
    encoder = QuestionEncoder(both())
    vectors = np.stack(list(encoder.encode_many(texts).values()), axis=1)
    learned = Learned(texts, vectors, np.array([0, 0, 1, 1, 2, 2]), 2)
    for text, section in (("some apples", 0), ("when does the bus go", 1), ("well, hm", 2)):
        assert int(np.argmax(learned.scores(text, encoder.encode(text)))) == section
