"""What people type, made fit to be kept: any text goes in, and what comes out every database takes."""

from __future__ import annotations

import re
from dataclasses import astuple
from hashlib import sha256
from typing import Final

from exemplar.shop.model import Address

#: Longest email address, by the protocol.
_LONGEST_EMAIL: Final = 320
_LONGEST_CONVERSATION: Final = 255
#: Longest street, postcode, city and country.
_LONGEST_PARTS: Final = (200, 20, 100, 100)


def clean(text: str) -> str:
    """Returns text without what databases refuse: null bytes and halves of surrogate pairs.

    They are replaced and not dropped, so that nothing comes to equal what it was not.
    """
    return re.sub("[\x00\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)


def email_address(text: str) -> str | None:
    """Returns an address that mail can be sent to, None where it cannot be one.

    A line's end in it would be a way to write other headers of a mail.
    """
    address = text.strip()
    fits = re.fullmatch(r"[^\s@]+@[^\s@]+", address) and address.isprintable()
    return address if fits and len(address) <= _LONGEST_EMAIL else None


def clean_address(address: Address) -> Address:
    """Returns an address as it is kept: trimmed, and no part longer than its column."""
    parts = zip(astuple(address), _LONGEST_PARTS, strict=True)
    return Address(*(clean(part).strip()[:longest].rstrip() for part, longest in parts))


def name_of_conversation(conversation: str) -> str:
    """Returns a conversation's id as it is kept; two that differ only far behind stay apart."""
    name = clean(conversation)
    if len(name) <= _LONGEST_CONVERSATION and name == conversation:
        return name
    digest = sha256(conversation.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[: _LONGEST_CONVERSATION - len(digest) - 1]}-{digest}"


def add_to(known: str, text: str) -> str:
    """Returns what was told before with what is told now; what is told again stands there once."""
    if text in known:
        return known
    return text if text.startswith(known) else f"{known}\n{text}"
