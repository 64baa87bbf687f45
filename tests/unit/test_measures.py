"""Whether a thing goes where a customer wants it."""

from __future__ import annotations

import pytest

from exemplar.knowledge.measures import Fit, fit_of, measures, space_in

DESK = "The desk is 120 centimetres wide, 60 deep and 75 high, and weighs 31 kilograms."
LAMP = "The lamp is 48 centimetres high and its arm reaches 40 centimetres."


def test_measures_are_read_from_our_pages_by_direction() -> None:
    assert measures(DESK) == {"wide": 120, "deep": 60, "high": 75}
    assert measures(LAMP) == {"high": 48}


@pytest.mark.parametrize(
    ("text", "space"),
    [
        ("the alcove is 118cm wide, 55 deep", {"wide": 118, "deep": 55}),
        ("width 1.3 m and height: 80 cm", {"wide": 130, "high": 80}),
        ("i've a gap of 1180 mm between the wall and the door", {"wide": 118}),
        ("we have 130 cm along the wall", {"wide": 130}),
        ("it costs 130 and i pay 2 of them", {}),
        ("between 3 and 5 pm please", {}),
    ],
)
def test_a_place_is_read_however_it_is_given(text: str, space: dict[str, float]) -> None:
    assert space_in(text) == space


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        (
            "alcove 118 cm wide, 55 deep. would it fit?",
            Fit("no", "120 cm wide and 60 deep", "118 and 55"),
        ),
        ("does it fit into a niche of 125 cm?", Fit("yes", "120 cm wide", "125")),
        ("120.5 cm wide is what i have, does it go in?", Fit("tight", "120 cm wide", "120.5")),
        ("is it too high for a sill at a height of 74 cm?", Fit("no", "75 cm high", "74")),
        ("does it go with oak?", None),
        ("my alcove is 118 cm wide and i like walnut", None),
    ],
)
def test_it_is_said_whether_it_goes_in_where_that_is_asked(text: str, fit: Fit | None) -> None:
    assert fit_of(DESK, [text]) == fit


def test_the_measures_may_have_been_given_before() -> None:
    said = ["would the walnut one go in there then?", "the alcove is 118cm wide"]
    assert fit_of(DESK, said) == Fit("no", "120 cm wide", "118")
    assert fit_of(LAMP, said) is None
