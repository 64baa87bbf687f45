from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker

from actions.details import _left_behind
from exemplar.details import (
    address_in,
    choice_in,
    corrected_email,
    load_details,
    quantity_said,
    shared_details,
    taken_for,
)
from exemplar.errors import ExemplarError
from exemplar.settings import ROOT


@pytest.mark.parametrize(
    ("text", "street", "postcode", "city"),
    [
        ("Rue Haute 96, 1000 Brussels", "Rue Haute 96", "1000", "Brussels"),
        (
            "my new address is Nieuwegracht 41, 3512 LE Utrecht",
            "Nieuwegracht 41",
            "3512 LE",
            "Utrecht",
        ),
        ("ok lets do it. Coupure 12, 9000 Gent", "Coupure 12", "9000", "Gent"),
        ("14 Ashgrove Road, Bristol BS6 6LY", "14 Ashgrove Road", "BS6 6LY", "Bristol"),
        ("ul. Garbary 7, 61-867 Poznań, Poland", "ul. Garbary 7", "61-867", "Poznań"),
        ("order ML-104217 to Amiralsgatan 12, 211 55 Malmö", "Amiralsgatan 12", "211 55", "Malmö"),
    ],
)
def test_an_address_in_one_line_is_read(text: str, street: str, postcode: str, city: str) -> None:
    assert address_in(text) == {"street": street, "postcode": postcode, "city": city}


@pytest.mark.parametrize(
    ("email", "said", "meant"),
    [
        ("ada@example.com", "example.org not com", "ada@example.org"),
        ("ada@example.com", ".org, not .com", "ada@example.org"),
        ("ada@example.com", "sorry, it's org not com", "ada@example.org"),
        ("ada@hotmail.com", "not hotmail but gmail", "ada@gmail.com"),
        ("ada@hotmail.com", "gmail.com not hotmail.com", "ada@gmail.com"),
        ("jon.bakker@example.org", "john instead of jon", "john.bakker@example.org"),
        ("ada@mail.example.com", "org not com", "ada@mail.example.org"),
        ("ada@example.com", "it's not me", None),
        ("ada@example.com", "that is right, not wrong", None),
        ("ada@example.com", "I said example.com", None),
        ("", "org not com", None),
    ],
)
def test_a_mistyped_email_address_is_corrected_by_the_part_that_was_wrong(
    email: str, said: str, meant: str | None
) -> None:
    assert corrected_email(email, said) == meant


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("to 43 please, Nieuwegracht 43", "Nieuwegracht 43"),
        ("Nieuwegracht 43, please", "Nieuwegracht 43"),
        ("Building 4, Kade 12", "Building 4, Kade 12"),
    ],
)
def test_of_a_corrected_house_number_the_street_is_kept(said: str, street: str) -> None:
    assert taken_for("street", said) == street


@pytest.mark.parametrize(
    "text", ["", "where is ML-104217?", "3512", "it was on 4 March", "mara@example.org"]
)
def test_what_is_no_address_is_not_taken_for_one(text: str) -> None:
    assert address_in(text) == {}


@pytest.mark.parametrize(
    ("detail", "text", "value"),
    [
        ("name", "My name is Anna Smith", "Anna Smith"),
        ("name", "O'Dwyer", "O'Dwyer"),
        ("name", "zofia", "zofia"),
        ("city", "it's Utrecht.", "Utrecht"),
        ("city", "'s-Hertogenbosch", None),
        ("postcode", "BS6 6LY", "BS6 6LY"),
        ("street", "Nieuwegracht 41", "Nieuwegracht 41"),
        ("phone", "+31 6 1234 5678", "+31 6 1234 5678"),
        ("name", "why do you need that?", None),
        ("name", "this is ridiculous, I want my money", None),
        ("street", "no idea", None),
        ("postcode", "I don't know it", None),
        ("phone", "call me", None),
        ("email", "anything", None),
    ],
)
def test_a_whole_message_is_taken_for_the_detail_that_was_asked_for_where_it_looks_like_one(
    detail: str, text: str, value: str | None
) -> None:
    assert taken_for(detail, text) == value


@pytest.mark.parametrize(
    ("detail", "text", "value"),
    [
        ("order_number", "104-217", "ML-104217"),
        ("order_number", "# 104 217", "ML-104217"),
        ("order_number", "it's ml 104.217", "ML-104217"),
        ("order_number", "3512 LE", None),
        ("order_number", "call me on 104 217 6", None),
        ("email", "mara dot okafor at example dot org", "mara.okafor@example.org"),
        ("email", "it's mara.okafor at example.org", "mara.okafor@example.org"),
        ("email", "meet me at noon", None),
        ("email", "look at this dot com thing", None),
    ],
)
def test_a_number_written_apart_and_an_address_that_is_spoken_are_heard(
    detail: str, text: str, value: str | None
) -> None:
    assert taken_for(detail, text) == value


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("name", "Ludwig van Beethoven"),
        ("name", "van den Berg"),
        ("city", "Den Bosch"),
        ("street", "Am Alten Markt 7a"),
        ("street", "12 High Road"),
        ("postcode", "3511 AM"),
        ("postcode", "D-10115"),
    ],
)
def test_a_detail_that_was_read_as_something_else_is_heard_where_it_clearly_is_one(
    detail: str, text: str
) -> None:
    assert taken_for(detail, text, misread=True) == text


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("name", "tell me a joke"),
        ("name", "banana pancakes"),
        ("name", "qwpe zxcm flurb"),
        ("city", "what a day"),
        ("street", "I have 2 dogs"),
        ("street", "tell me 3 jokes"),
        ("postcode", "2 days"),
        ("postcode", "in 14 days"),
    ],
)
def test_nonsense_is_no_detail(detail: str, text: str) -> None:
    assert taken_for(detail, text, misread=True) is None


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("take me off your list", "unsubscribe"),
        ("I don’t want your emails any more", "unsubscribe"),
        ("Unsubscribe", "unsubscribe"),
        ("sign me up please", "subscribe"),
        ("I'd like to get the newsletter", "subscribe"),
        ("the newsletter", None),
        ("", None),
    ],
)
def test_a_choice_is_heard_in_its_words(text: str, choice: str | None) -> None:
    assert choice_in("newsletter_wish", text, shared_details().choices) == choice


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("i want to order two lamps", 2),
        ("3 mugs please", 3),
        ("one desk", 1),
        ("a mug", 1),
        ("order ML-104217 again", 1),
        ("the rug, 160 x 230", 1),
        ("a desk for €319.00", 1),
        ("0 mugs", 1),
        ("99 mugs", 99),
        ("we've got a 7 month old and want the rug", 1),
        ("three kids, so 4 mugs", 4),
        ("two weeks ago I saw a lamp on the 2nd floor", 1),
    ],
)
def test_how_many_are_wanted_is_read(text: str, many: int) -> None:
    assert (quantity_said(text) or 1) == many


def test_every_detail_that_is_asked_for_has_words_to_ask_with() -> None:
    responses = yaml.safe_load(
        (ROOT / "data" / "responses" / "details.yml").read_text(encoding="utf-8")
    )["responses"]["utter_clarify_details"]
    asked = {
        condition["value"] for variant in responses for condition in variant.get("condition", ())
    }
    # Proof of who is asking is asked for as an order and what goes with it.
    proof = {"customer": "order", "order": "order", "bill": "order", "buyer": "email"}
    for matter, needs in shared_details().needs.items():
        for needed in needs:
            assert proof.get(needed, needed) in asked, (matter, needed)


@pytest.mark.parametrize("content", ["", "needs: 3", "[", "needs: {}\n", "\x00"])
def test_a_broken_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "details.yml"
    file.write_text(content)
    with pytest.raises(ExemplarError, match=r"details\.yml"):
        load_details(file)


@pytest.mark.parametrize("said", ["wait no just one, the other desk has one", "express then", "ok"])
def test_talk_is_no_town(said: str) -> None:
    assert taken_for("city", said) is None


FLAT = {"street": "ul. Garbary 62 m 11", "postcode": "61-758", "city": "Poznań"}


@pytest.mark.parametrize(
    ("told", "left"),
    [
        # The office has a postcode of its own; a number put right has not, nor what was never told.
        ([FLAT, {"street": "ul. Wojska Polskiego 28"}], {"postcode", "city"}),
        ([FLAT, {}, {"street": "Wojska Polskiego 28"}, {}], {"postcode", "city"}),
        ([FLAT, {"street": "Wojska Polskiego 28", "postcode": "60-637"}], {"city"}),
        (
            [FLAT, {"street": "Wojska Polskiego 28"}, {"postcode": "60-637", "city": "Poznań"}],
            set(),
        ),
        ([FLAT, {"street": "Garbary 64"}], set()),
        ([FLAT], set()),
        ([{"postcode": "61-758", "city": "Poznań"}, {"street": "Garbary 62"}], set()),
    ],
)
def test_a_street_does_not_take_over_the_postcode_of_another(
    told: list[dict[str, str]], left: set[str]
) -> None:
    events: list[dict[str, Any]] = []
    for parts in told:
        events.append({"event": "user", "text": "…", "parse_data": {"intent": {"name": "inform"}}})
        events += [{"event": "slot", "name": name, "value": one} for name, one in parts.items()]
    held = {name: one for parts in told for name, one in parts.items()}
    heard = Tracker("x", held, {}, events, False, None, {}, "action_listen")
    assert _left_behind(heard, {}) == left
