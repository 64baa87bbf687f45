"""How the webhook is signed, and how a helpdesk sees that it is."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Final

#: Seconds when it was sent, since 1970.
TIMESTAMP: Final = "X-Exemplar-Timestamp"
#: ``v1=`` and the hexadecimal HMAC-SHA256 of timestamp, a full stop, and the body as it was sent.
SIGNATURE: Final = "X-Exemplar-Signature"
#: How old a request may be, in seconds; what is older may have been recorded and sent again.
WINDOW: Final = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Returns the signature of a body that is sent at a time."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={digest.hexdigest()}"


def is_signed(
    secret: str, timestamp: str | None, body: bytes, signature: str | None, now: float | None = None
) -> bool:
    """Tells whether a body was signed with the secret, and not long ago."""
    if not timestamp or not signature or not (timestamp.isascii() and timestamp.isdecimal()):
        return False
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW:
        return False
    wanted = sign(secret, timestamp, body)
    return hmac.compare_digest(wanted.encode(), signature.encode(errors="replace"))
