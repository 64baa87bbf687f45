"""Who is asking: proof that a message comes from a customer who signed in on the shop's page."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

#: Where a message's metadata says who wrote it.
CUSTOMER: Final = "customer"


def proof_for(email: str, conversation: str, key: str) -> str:
    """Returns what only this server can say: that this customer has this conversation."""
    text = f"customer\n{conversation}\n{email}".encode(errors="surrogatepass")
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def signed_in_email(metadata: object, conversation: str, key: str) -> str | None:
    """Returns the email address of the customer who wrote a message, None if nobody signed in.

    Whoever can send messages can send metadata; only a proof made with the server's key counts, and
    only in the conversation that it was made for.
    """
    said: Any = metadata.get(CUSTOMER) if isinstance(metadata, Mapping) else None
    if not isinstance(said, Mapping):
        return None
    email, proof = said.get("email"), said.get("proof")
    if not isinstance(email, str) or not isinstance(proof, str):
        return None
    fits = hmac.compare_digest(
        proof.encode(errors="surrogatepass"), proof_for(email, conversation, key).encode()
    )
    return email if fits else None
