from __future__ import annotations

import pytest

from exemplar.channels.visitor import conversation_of, new_visitor, token_for

KEY = "a key that nobody may guess"


def test_a_token_opens_its_own_conversation() -> None:
    conversation, token = new_visitor(KEY)
    assert conversation.startswith("web-")
    assert conversation_of(token, KEY) == conversation


def test_every_visitor_gets_a_conversation_of_their_own() -> None:
    assert len({new_visitor(KEY)[0] for _ in range(100)}) == 100


def test_a_token_does_not_open_another_conversation() -> None:
    (mine, token), (other, _) = new_visitor(KEY), new_visitor(KEY)
    assert conversation_of(token.replace(mine, other), KEY) is None


def test_a_token_made_with_another_key_opens_nothing() -> None:
    conversation, _ = new_visitor(KEY)
    assert conversation_of(token_for(conversation, "another key"), KEY) is None


def test_a_token_changed_in_any_one_place_opens_nothing() -> None:
    _, token = new_visitor(KEY)
    for place, letter in enumerate(token):
        changed = token[:place] + ("a" if letter != "a" else "b") + token[place + 1 :]
        assert conversation_of(changed, KEY) is None, changed


def test_a_shortened_token_opens_nothing() -> None:
    _, token = new_visitor(KEY)
    assert not [end for end in range(len(token)) if conversation_of(token[:end], KEY)]


@pytest.mark.parametrize(
    "token",
    [
        None,
        5,
        True,
        [],
        {},
        b"web-x.y",
        "",
        ".",
        "web-x",
        "web-x.",
        "..",
        "ü.ü",
        "\x00",
        "a" * 100_000,
    ],
)
def test_what_is_no_token_opens_nothing(token: object) -> None:
    assert conversation_of(token, KEY) is None


@pytest.mark.parametrize("token", ["\ud800.x", "web-x.\udfff"])
def test_half_a_character_as_json_may_carry_it_opens_nothing(token: str) -> None:
    assert conversation_of(token, KEY) is None


def test_a_conversation_with_dots_in_its_name_is_opened_by_its_token() -> None:
    assert conversation_of(token_for("web-a.b.c", KEY), KEY) == "web-a.b.c"
