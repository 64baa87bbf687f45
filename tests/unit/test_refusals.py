"""What a message refuses, and what it only seems to."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import yaml

from exemplar.refusals import refused_in, without
from exemplar.settings import ROOT


@functools.cache
def words() -> dict[str, list[str]]:
    """What config.yml says can be refused."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (intents,) = (one for one in config["pipeline"] if one["name"].endswith(".Intents"))
    return dict(intents["refusals"])


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("cancel_order", "NO i dont want it cancelled!! i want the glasses"),
        ("cancel_order", "what the hell no I JUST SAID NOT CANCELLED. undo that"),
        ("cancel_order", "i never asked to cancel, YOU did that"),
        ("get_refund", "I'd rather have a replacement than my money back"),
        ("get_refund", "id rather take another green one than the refund"),
        ("review", "Fine. I'll hold off on the review till then"),
        ("cancel_order", "NO do not cancel!! heavens"),
        ("cancel_order", "do NOT cancel it, i only asked"),
        ("cancel_order", "no no, i never said cancel the lamp"),
        ("cancel_order", "heavens, not cancelling!"),
        ("cancel_order", "I don’t want you to cancel anything"),
        ("cancel_order", "please don't cancel my order"),
        ("cancel_order", "and please don't anybody cancel the actual order by accident!!"),
        ("get_refund", "no no, no money back! i want the grinder"),
        ("get_refund", "stop, i dont want the money back, he wants the blender"),
        ("get_refund", "I do not want a refund, I want the thing I paid for"),
        ("contact_human_agent", "no person needed. refund instead of the replacement"),
        ("contact_human_agent", "no i dont want a person. i dont want anything"),
        ("contact_human_agent", "i dont want a human, can you do it"),
        ("contact_human_agent", "no person. the email never came btw"),
        ("contact_human_agent", "no need for a colleague, thanks"),
        ("contact_human_agent", "Please don't pass me on to somebody. I want to do this here."),
        ("contact_human_agent", "I have no wish to talk with a person"),
        ("contact_human_agent", "pls dont connect me to a person tho i get really nervous"),
        ("contact_human_agent", "I'd rather not speak to an agent about this"),
        ("contact_human_agent", "don't transfer me to another colleague again please"),
        ("delete_account", "NO dont delete it, god"),
        ("get_invoice", "No dear I do not want a bill, the kettle is broken"),
        ("review", "not a review. I want ONE new left speaker"),
        ("review", "i dont want a survey"),
        ("create_account", "I don't want an account"),
        ("complaint", "no complaint for once!! just wanted to tell you something nice"),
        ("complaint", "this is not a complaint"),
        ("complaint", "I'm not complaining, but where is my lamp"),
        ("complaint", "nothing to complain about, thanks"),
        ("complaint", "no complaints here"),
        ("recover_password", "not a password thing, the lamp is broken"),
        ("recover_password", "I said my address, not the password"),
        ("recover_password", "we no need password, we want exchange chair"),
        ("recover_password", "I didn't ask for a password"),
    ],
)
def test_a_refusal_is_seen_in_many_words(intent: str, text: str) -> None:
    assert intent in refused_in(text, words())


@pytest.mark.parametrize(
    "text",
    [
        "why is my order not cancelled",
        "my order was still not cancelled!",
        "I can't cancel my order",
        "why don't you cancel it",
        "if you don't cancel it today i go to my bank",
        "they did not cancel it",
        "i dont want the lamp anymore cancel it",
        "I don't want to talk to a bot, give me a human",
        "i dont want to wait i want a person",
        "is there no human here?",
        "why can't I speak to a person",
        "why dont you just put me through to a person",
        "if you don't connect me to a person now I call my bank",
        "you never pass me to a human",
        "you still haven't transferred me to an agent",
        "they wont put me through to anyone, get me a person",
        "i can't talk to a machine about this, person",
        "no wish to talk to a bot",
        "no refund yet",
        "still no money back after three weeks",
        "no invoice came",
        "STILL NO INVOICE",
        "not angry just want to leave a complaint",
        "no one answers, a person please",
        "i got no complaint number",
        "why is there no complaint procedure?",
        "that is not the first complaint I make",
        "I'd rather have my money back than a new one",
        "I'd rather have the refund than wait for another",
    ],
)
def test_a_wish_told_with_a_no_stays_a_wish(text: str) -> None:
    refused = refused_in(text, words())
    assert not refused.keys() & {
        "cancel_order",
        "contact_human_agent",
        "get_refund",
        "get_invoice",
        "complaint",
    }


def phrases() -> list[tuple[str, str]]:
    found = []
    for file in [*ROOT.glob("data/nlu/*.yml"), *ROOT.glob("tests/nlu/*.yml")]:
        if file.name == "refusals.yml":
            continue
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            examples: Any = block.get("examples") if "intent" in block else None
            if isinstance(examples, str):
                found += [(block["intent"], line[2:]) for line in examples.splitlines()]
    return found


def test_no_phrase_that_tells_a_wish_is_taken_for_its_refusal() -> None:
    known = phrases()
    assert len(known) > 8_000
    wrong = [(intent, text) for intent, text in known if intent in refused_in(text, words())]
    assert wrong == []


def test_what_is_left_stays_where_it_was() -> None:
    text = "No I do not want a bill, the kettle is broken"
    left = without(text, refused_in(text, words())["get_invoice"])
    assert len(left) == len(text)
    assert left.split() == [",", "the", "kettle", "is", "broken"]


def test_an_enormous_message_is_read_in_time() -> None:
    assert refused_in("no " * 20_000 + "i do not want " * 2_000, words()) == {}
    refused_in(("no " * 100 + "i do not want " * 50)[:800], words())
