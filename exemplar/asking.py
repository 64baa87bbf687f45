"""Who is asking: proof that a message comes from a customer who signed in on the shop's page.

The shop's server signs a token (JSON Web Token, HS256, RFC 7519) with a key that it shares with the
assistant, and its page hands it to the chat. The channel verifies it; what it passes on is signed
again, for this conversation alone, since messages may come in by other ways.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import jwt

#: Where a message's metadata says who wrote it.
CUSTOMER: Final = "customer"


#: For whom the shop's token is meant; one for another service does not open this one.
AUDIENCE: Final = "exemplar"
_ALGORITHM: Final = "HS256"


def customer_token(email: str, key: str, valid: timedelta = timedelta(hours=1)) -> str:
    """Returns the token that the shop's page hands to the chat of a customer who signed in."""
    expires = datetime.now(timezone.utc) + valid
    return jwt.encode({"sub": email, "aud": AUDIENCE, "exp": expires}, key, _ALGORITHM)


def customer_of(token: object, key: str) -> str | None:
    """Returns the email address that the shop vouches for, None if the token is not good (any more)."""
    if not isinstance(token, str):
        return None
    try:
        said = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["sub", "exp", "aud"]},
        )
    except (jwt.InvalidTokenError, UnicodeEncodeError):
        return None
    return said["sub"] if isinstance(said["sub"], str) else None


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
