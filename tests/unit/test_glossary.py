"""Messages in another language are put into English word by word; English ones are never touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exemplar.errors import ExemplarError
from exemplar.nlu.glossary import GLOSSARIES, Glossary, load_glossaries, load_glossary
from exemplar.nlu.in_english import Glossed, in_english
from exemplar.settings import ROOT

GERMAN = """
"wo": "where"
"wo ist": "where is"
"mein": "my"
"meine": "my"
"muss": "must"
"ich": "I"
"jetzt": "now"
"neu": "again"
"bestellen": "order"
"bestellung": "order"
"bestellnummer": "order number"
"nicht angekommen": "not arrived"
"ist": "is"
"und": "and"
"schreibtisch": "desk"
"klein": "small"
"straße": "street"
"rückgabe": "return"
"lampe": "lamp"
"_alone": {"die": "the", "was": "what", "so": "like that"}
"""
FRENCH = """
"je n'ai toujours pas reçu": "I still have not received"
"bonjour": "hello"
"commande": "order"
"ma": "my"
"étagère": "shelf"
"cassée": "broken"
"est": "is"
"paix": "peace"
"blanc": "white"
"""
SPANISH = """
"hola": "hello"
"llegó": "arrived"
"roto": "broken"
"dónde está": "where is"
"mi": "my"
"pedido": "order"
"calle": "street"
"""


@pytest.fixture
def glossaries(tmp_path: Path) -> dict[str, Glossary]:
    for code, content in (("de", GERMAN), ("fr", FRENCH), ("es", SPANISH)):
        (tmp_path / f"{code}.yml").write_text(content, encoding="utf-8")
    return load_glossaries(tmp_path)


@pytest.mark.parametrize(
    ("said", "language", "wholly", "english"),
    [
        (
            "muss ich jetzt neu bestellen or can I pay the same one again?",
            "de",
            False,
            "must I now again order or can I pay the same one again?",
        ),
        (
            "Hola, my order llegó roto, what can I do?",
            "es",
            False,
            "hello, my order arrived broken, what can I do?",
        ),
        (
            "Bonjour, je n'ai toujours pas reçu ma commande ML-104120",
            "fr",
            True,
            "hello, I still have not received my order ML-104120",
        ),
        ("Bonjour, l’étagère est cassée", "fr", True, "hello, shelf is broken"),
        (
            "¿Dónde está mi pedido ML-104120? ana@example.org",
            "es",
            True,
            "where is my order ML-104120? ana@example.org",
        ),
        ("DONDE ESTA MI PEDIDO", "es", True, "where is my order"),
        ("Die Lampe ist neu\nund wo ist die Bestellung", "de", True, None),
        ("Rückgabe?", "de", True, "return?"),
        ("can you send me the Bestellnummer again", "de", False, None),
    ],
)
def test_a_message_in_another_language_is_put_into_english(
    glossaries: dict[str, Glossary], said: str, language: str, wholly: bool, english: str | None
) -> None:
    found = in_english(said, glossaries)
    assert found is not None
    assert (found.language, found.wholly, found.enough) == (language, wholly, True)
    assert english is None or found.english == english
    assert found.english.count("\n") == said.count("\n")


@pytest.mark.parametrize(
    "said",
    [
        "Where is my order ML-104120? mia@example.org",
        "was ist what you call service? so die Lampe … no",
        "Please send it to 12 rue de la Paix, 75002 Paris. I'm Marie Blanc.",
        "it goes to Calle de la Cruz 4, Madrid, for Pedro de la Rosa",
        "meine@example.org, and my name is Anna Klein",
        "Klein",
        "hola! where is my parcel",
        "muss",
        "",
        "12345 😡",
    ],
)
def test_an_english_message_stays_as_it_is(glossaries: dict[str, Glossary], said: str) -> None:
    assert in_english(said, glossaries) is None


def test_words_that_are_english_too_count_where_all_around_them_is_foreign(
    glossaries: dict[str, Glossary],
) -> None:
    wholly = in_english("wo ist die Bestellung", glossaries)
    mixed = in_english("wo ist meine Bestellung? I was told that it would die here", glossaries)
    assert wholly is not None
    assert wholly.english == "where is the order"
    assert mixed is not None
    assert mixed.english == "where is my order? I was told that it would die here"


def test_streets_and_names_stay_as_they_are(glossaries: dict[str, Glossary]) -> None:
    found = in_english("wo ist meine Bestellung, Kleine Straße 14, 04277 Leipzig?", glossaries)
    assert found is not None
    assert found.english == "where is my order, Kleine Straße 14, 04277 Leipzig?"


def test_it_is_known_what_stood_where(glossaries: dict[str, Glossary]) -> None:
    said = "Wo ist mein Schreibtisch, ML-104163, und die Lampe?"
    found = in_english(said, glossaries)
    assert found is not None
    for value, own in (("desk", "Schreibtisch"), ("ML-104163", "ML-104163"), ("lamp", "Lampe")):
        at = found.english.index(value)
        start, end = found.own(at, at + len(value))
        assert said[start:end] == own


def test_of_words_that_nobody_knows_too_many_are_not_read(glossaries: dict[str, Glossary]) -> None:
    found = in_english("ich überlege morgens meistens trotzdem jetzt lieber", glossaries)
    assert found is None or not found.enough


@pytest.mark.parametrize(
    "content", ["- a\n- b", '"ja": 1', "ja: [yes", '"_alone": "x"', '"…": "dots"', "no: none"]
)
def test_a_broken_glossary_says_what_is_wrong(tmp_path: Path, content: str) -> None:
    (file := tmp_path / "xx.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ExemplarError, match=r"xx\.yml") as error:
        load_glossary(file)
    assert "\n" not in str(error.value)


def test_the_companys_own_glossaries_can_be_read() -> None:
    assert {"de", "es", "fr", "nl"} <= load_glossaries(GLOSSARIES).keys()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("muss ich jetzt neu bestellen or can I pay the same one again?", "order"),
        ("Bonjour, je n'ai toujours pas reçu ma commande ML-104120", "received"),
        ("Hola, my order llegó roto, what can I do?", "broken"),
        ("Waar blijft mijn bestelling? ML-104163", "order"),
        ("ich will nicht mehr leben", "live"),
        ("me quiero morir", "die"),
        ("je veux mourir", "die"),
        ("ik wil dood", "die"),
    ],
)
def test_the_companys_own_glossaries_know_what_customers_say(said: str, words: str) -> None:
    found = in_english(said)
    assert found is not None
    assert found.enough
    assert words in found.english


#: In English, with names, dialect, slips, and words that came from elsewhere.
ENGLISH = (
    "It's been déjà vu with you lot, c'est la vie",
    "pls send it too 14 Keizersgracht, 1015 CN Amsterdam, name of Van der Berg",
    "hoe long does delivery take, its for mi mum",
    "wat is dis, dat is not what I ordered",
    "My name is Juan Carlos de la Fuente and I live at Calle Mayor 12, 28013 Madrid",
    "I want to return the Kleine Lampe lamp, order ML-104163",
    "Merci! That's all",
    "hola amigo, where's my stuff",
    "gracias",
    "I am a pour over coffee person, is the kettle any good for that?",
    "can the main table leg come off? the pain of the stairs …",
    "och aye ye ken the wee lamp's no working, dinnae ken why",
    "ur app is kaputt again",
    "Rue Haute 96, 1000 Brussels",
    "Herr Schneider said you'd call",
    "ou r late agian. i wan my mony bak nou",
)


@pytest.mark.parametrize("said", ENGLISH)
def test_english_is_never_touched(said: str) -> None:
    assert in_english(said) is None


def test_of_what_customers_wrote_only_what_is_foreign_is_touched() -> None:
    """Each of those that are (a few in a thousand) was looked at: all have words of another language."""
    said = sorted(set(_texts(ROOT / "tests" / "nlu", ROOT / "tests" / "conversations")))
    touched: list[Glossed] = [found for one in said if (found := in_english(one))]
    assert len(said) > 2000
    assert len(touched) <= 0.01 * len(said)


def _texts(*folders: Path) -> Iterator[str]:
    for folder in folders:
        for file in folder.rglob("*.yml"):
            yield from _strings(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader))


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield from (line.removeprefix("- ") for line in content.splitlines() if " " in line)
    elif isinstance(content, dict | list):
        for one in content.values() if isinstance(content, dict) else content:
            yield from _strings(one)
