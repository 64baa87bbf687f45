"""Of messages as customers write them, those that tell two wishes are found, and no others."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.loading import load_data

from exemplar.conversation import OTHER_WISH
from exemplar.nlu.wishes import pieces_of
from tests.conftest import Running

PHRASES = Path(__file__).parents[1] / "nlu"

#: The wish that is seen to first, the one that waits, and what was written.
TWO = [
    ("cancel_order", "track_order", "please cancel ML-104217 and tell me where my other order is"),
    ("get_invoice", "change_shipping_address", "send me the invoice and also change my address"),
    ("report_damaged_item", "delivery_period", "my vase is broken. how long is delivery to Spain?"),
    ("recover_password", "track_order", "I forgot my password. And where is my parcel?"),
    (
        "track_refund",
        "newsletter_subscription",
        "where's my refund? also take me off your newsletter",
    ),
    ("delete_account", "get_invoice", "I want to delete my account but I need my invoices first"),
    (
        "check_stock",
        "delivery_options",
        "is the oak lamp in stock, and do you deliver on Saturdays?",
    ),
    (
        "check_payment_methods",
        "delivery_period",
        "can I pay by card and how long does it take to ship?",
    ),
    (
        "switch_account",
        "get_invoice",
        "make it a business account please and email me the last bill",
    ),
    ("edit_account", "track_order", "I want to update my phone number, also where is ML-104163?"),
    ("report_wrong_item", "check_invoice", "You sent me the wrong rug. Can I also see my bill?"),
    ("create_account", "check_payment_methods", "how do I open an account and can I use PayPal?"),
    (
        "payment_issue",
        "change_order",
        "my payment failed and I want to change a colour in my order",
    ),
    ("track_order", "track_order", "where is ML-104198 and when does ML-104163 come?"),
    (
        "get_refund",
        "newsletter_subscription",
        "I want my money back, and unsubscribe me from your mails",
    ),
]


def test_two_wishes_in_one_message_are_told_apart(assistant: Running) -> None:
    missed = []
    for first, other, text in TWO:
        parsed = assistant.parse(text)
        found = parsed["intent"]["name"], (parsed.get(OTHER_WISH) or {}).get("intent")
        if found != (first, other):
            missed.append((text, found))
    assert len(missed) <= len(TWO) * 0.3, missed


def test_a_message_with_one_wish_is_not_taken_for_two(assistant: Running) -> None:
    phrases = [
        str(example.get(TEXT))
        for file in sorted(PHRASES.glob("*.yml"))
        for example in load_data(str(file)).intent_examples
    ]
    # What has one piece has one wish.
    several = [text for text in phrases if len(pieces_of(text)) > 1]
    split = [text for text in several if assistant.parse(text).get(OTHER_WISH)]
    assert len(split) < len(phrases) * 0.01, split
    assert len(split) <= len(several) * 0.05, split
