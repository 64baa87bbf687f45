"""Of the terms what is asked about is told: a country, or what a page says of one thing."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.policy
from actions.policy import sent_to
from exemplar.details import country_named, shared_details
from exemplar.shop.policy import shared_policy


def asked(text: str, intent: str = "delivery_options") -> dict[str, Any]:
    message = {"text": text, "intent": {"name": intent}, "entities": [], "metadata": {}}
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


def test_one_thing_that_is_asked_about_returns_or_the_warranty_gets_its_page() -> None:
    carton = asked("I've thrown away the box it came in, is that a problem?", "check_refund_policy")
    assert (carton["page_answer"], "original packaging" in carton["answer_place"]) == ("yes", True)
    café = asked("does the warranty hold if I use the chair in my café?", "ask_warranty")
    assert (café["page_answer"], "café" in café["answer_place"]) == ("yes", True)


def test_whoever_asks_for_all_of_the_terms_gets_them() -> None:
    assert asked("what is your refund policy", "check_refund_policy")["page_answer"] is None
