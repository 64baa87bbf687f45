"""Whether and how we send to a country is told of the country that is asked about."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.policy
from actions.policy import sent_to
from exemplar.details import country_named, shared_details
from exemplar.shop.policy import shared_policy


def asked(text: str) -> dict[str, Any]:
    message = {"text": text, "intent": {"name": "delivery_options"}, "entities": [], "metadata": {}}
    tracker = Tracker("x", {}, message, [], False, None, {}, "action_listen")
    found = actions.policy.ActionQuotePolicy().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


@pytest.mark.parametrize(
    ("text", "to", "country"),
    [
        ("do you send to switzerland", "abroad", "Switzerland"),
        ("hi, delivery to Poznan, Poland?", "abroad", "Poland"),
        ("is the UK possible", "abroad", "the United Kingdom"),
        ("I live in Utrecht", "home", "the Netherlands"),
        ("do you ship to the USA", "far", "the United States"),
        ("what ways of delivery are there", None, None),
    ],
)
def test_a_country_is_heard_and_what_holds_for_it(
    text: str, to: str | None, country: str | None
) -> None:
    found = asked(text)
    assert (found["delivery_to"], found["country_asked"]) == (to, country)
    assert country is None or found["page_answer"] is None


def test_every_country_of_the_terms_is_served_and_no_other() -> None:
    served = shared_details().choices["delivery_to"]
    # The European Union has 27 members; to them come the three that the terms name, too.
    assert shared_policy().abroad_countries == "the EU, the UK, Norway and Switzerland"
    assert len(served) == 30
    assert not set(served) & set(shared_details().choices["delivery_not_to"])


def test_a_country_is_named_in_a_customers_words() -> None:
    assert country_named("swiss address, 6900") == "Switzerland"
    assert country_named("the blue one") is None
    assert sent_to("to canada?") is False
    assert sent_to("to ireland?")
    assert sent_to("to my house")
