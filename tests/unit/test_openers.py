"""What is said before a detail is asked for: one sentence that fits what was told, and no announcement."""

from __future__ import annotations

import re

import pytest
import yaml

from exemplar.said import says
from exemplar.settings import ROOT


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("declined", "my card was refused for a piece of felt for 29.50"),
        ("declined", "the payment keeps failing"),
        ("declined", "It won't take my card"),
        ("declined", "you declined my payment twice"),
        ("declined", "paypal didn't go through"),
        ("declined", "Your shop trusted me with a 399 euro chair but not with a piece of felt"),
        ("stuck", "I put my card numbers in and then it went round and round"),
        ("stuck", "the page froze when I pressed pay"),
        ("stuck", "I don't know if it went through"),
        ("stuck", "So have I bought it or havent I?"),
        ("chased", "I am writing, for what I believe is the third time, about my desk"),
        ("chased", "i emailed you twice about the invoice"),
        ("chased", "I've already told your colleague that the leg is missing"),
        ("chased", "how many times do I have to ask"),
        ("chased", "nobody answers"),
        ("chased", "three emails and not one reply, nothing"),
        ("late", "Two days late and nobody says anything"),
        ("late", "it was supposed to come on Sunday?"),
        ("late", "was told the 19th of November. It is now December."),
        ("late", "my desk should have been here last week"),
        ("late", "the rug still hasn't arrived"),
        ("late", "my parcel is late"),
        ("silent", "I have not heard a thing since"),
        ("silent", "no news at all from you"),
    ],
)
def test_what_went_wrong_is_heard_in_the_customers_words(what: str, text: str) -> None:
    assert says(f"told_{what}", text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("declined", "what happens if my card is declined?"),
        ("declined", "can I pay by card"),
        ("stuck", "the drawer got stuck"),
        ("chased", "it's the second time I order here"),
        ("chased", "where is my order"),
        ("late", "is it too late to cancel?"),
        ("late", "when is it supposed to come"),
        ("late", "I get home late at night"),
        ("silent", "no news is good news"),
    ],
)
def test_what_only_looks_like_trouble_is_not_heard(what: str, text: str) -> None:
    assert not says(f"told_{what}", text)


def _texts(file: str, name: str) -> list[str]:
    content = yaml.safe_load((ROOT / "data" / "responses" / file).read_text(encoding="utf-8"))
    return [variant["text"] for variant in content["responses"][name]]


OPENERS = _texts("details.yml", "utter_validate_matter")
REQUESTS = _texts("order.yml", "utter_clarify_order_details")


@pytest.mark.parametrize("text", OPENERS)
def test_what_meets_a_customer_is_one_sentence_and_announces_nothing(text: str) -> None:
    assert not re.search(
        r"\b(?:I'll (?:look|deal|check|see to)|look(?:ing)? into|let me|I'm on it)\b", text
    )
    assert len(re.findall(r"[.!?](?:\s|$)", text)) == 1
    assert len(text) <= 100


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_stands_by_itself(text: str) -> None:
    assert not text.startswith(("For that", "All I need", "Let me"))


@pytest.mark.parametrize(
    "matter", ["track_order", "get_refund", "payment_issue", "report_damaged_item"]
)
def test_a_request_says_what_the_details_are_for(matter: str) -> None:
    content = yaml.safe_load(
        (ROOT / "data" / "responses" / "order.yml").read_text(encoding="utf-8")
    )
    said = [
        variant["text"]
        for variant in content["responses"]["utter_clarify_order_details"]
        if {"type": "slot", "name": "goal", "value": matter} in variant.get("condition", ())
    ]
    assert len(said) >= 2
    assert all(re.search(r"\bI(?:'ll| can)\b", text) for text in said)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        (
            "praises",
            "And whoever packed the box drew a small bear on the inside of the lid?? My daughter "
            "is 4 and she has cut it out and it now lives on the fridge. His name is Kjell. Please "
            "tell this person.",
        ),
        ("praises", "someone put a handwritten thank you note in, lovely touch"),
        ("praises", "please thank the packer"),
        (
            "goes_public",
            "I have the Trustpilot page open. One star. I have written it already, 'they hide "
            "behind a chat'. Give me a reason not to press the button",
        ),
        ("goes_public", "give me one good reason not to post it"),
        ("apologizes", "ok got to go. thank you, sorry if I was short"),
        ("apologizes", "sorry if i sounded a bit grumpy"),
        ("money_there", "Yes there is money on the account. I checked, in case I became poor"),
        ("money_there", "there's enough money in my account"),
        (
            "on_file",
            "I would kindly ask that this conversation be put on file, as I do not intend to "
            "explain it a fourth time.",
        ),
        ("on_file", "please note this on the file"),
        (
            "loss",
            "it was for the wedding. well for after. there isnt one anymore so. i just dont want "
            "the box to come",
        ),
    ],
)
def test_what_is_told_beside_a_matter_is_heard(what: str, text: str) -> None:
    assert says(what, text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("praises", "whoever packed this should be fired, the lamp is broken"),
        ("praises", "someone wrote the wrong name on the card"),
        ("goes_public", "I left a five star review on Trustpilot"),
        ("apologizes", "sorry if I was unclear"),
        ("apologizes", "sorry if this was asked before"),
        ("apologizes", "sorry if I am short of money"),
        ("money_there", "is there any money on the gift card"),
        ("money_there", "the refund isn't on my account"),
        ("on_file", "which address do you have on file?"),
        ("on_file", "put me through to a person and keep it on file"),
        ("loss", "the wedding is on Saturday, is there one left"),
    ],
)
def test_what_looks_like_it_and_is_not_is_left_alone(what: str, text: str) -> None:
    assert not says(what, text)
