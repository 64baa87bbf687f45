from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from exemplar.asking import (
    CUSTOMER,
    customer_of,
    customer_token,
    proof_for,
    signed_in_email,
)

KEY, MARA = "the key of this test, long enough for HS256", "mara.okafor@example.org"


def test_the_shops_token_says_who_signed_in() -> None:
    assert customer_of(customer_token(MARA, KEY), KEY) == MARA


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        "",
        "x.y.z",
        "\ud800",
        customer_token(MARA, "another key, which is long enough, too"),
        customer_token(MARA, KEY, timedelta(hours=-1)),
        customer_token(MARA, KEY)[:-2],
        jwt.encode({"sub": MARA, "aud": "another service", "exp": 9999999999}, KEY, "HS256"),
        jwt.encode({"sub": MARA, "aud": "exemplar"}, KEY, "HS256"),
        jwt.encode({"aud": "exemplar", "exp": 9999999999}, KEY, "HS256"),
        jwt.encode({"sub": MARA, "aud": "exemplar", "exp": 9999999999}, None, "none"),
    ],
    # A token holds the time, and is another in every process.
    ids=str.split(
        "none number empty no_token no_text other_key expired cut other_service endless nobody unsigned"
    ),
)
def test_a_token_that_is_forged_expired_or_for_others_is_nobody(token: object) -> None:
    assert customer_of(token, KEY) is None


def test_a_proof_counts_in_its_own_conversation_only() -> None:
    metadata = {CUSTOMER: {"email": MARA, "proof": proof_for(MARA, "web-1", KEY)}}
    assert signed_in_email(metadata, "web-1", KEY) == MARA
    assert signed_in_email(metadata, "web-2", KEY) is None
    assert signed_in_email(metadata, "web-1", "another key") is None


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        "mara",
        {},
        {CUSTOMER: MARA},
        {CUSTOMER: {"email": MARA}},
        {CUSTOMER: {"email": MARA, "proof": None}},
        {CUSTOMER: {"email": MARA, "proof": "\ud800"}},
        {CUSTOMER: {"email": [MARA], "proof": "x"}},
    ],
)
def test_metadata_that_proves_nothing_is_nobody(metadata: Any) -> None:
    assert signed_in_email(metadata, "web-1", KEY) is None
