"""Tokens that tie a browser to its conversation, so that nobody can join another's."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_visitor(key: str) -> tuple[str, str]:
    """Returns a new conversation id, which nobody can guess, and the token that opens it."""
    conversation = f"web-{secrets.token_urlsafe(16)}"
    return conversation, token_for(conversation, key)


def token_for(conversation: str, key: str) -> str:
    """Returns the token that opens a conversation."""
    return f"{conversation}.{_sign(conversation, key)}"


def conversation_of(token: object, key: str) -> str | None:
    """Returns the conversation that a token opens, None if it was not made with this key."""
    if not isinstance(token, str):
        return None
    conversation, _, signature = token.rpartition(".")
    expected = _sign(conversation, key)
    fits = hmac.compare_digest(_bytes(signature), _bytes(expected))
    return conversation if fits else None


def _sign(conversation: str, key: str) -> str:
    return hmac.new(key.encode(), _bytes(conversation), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    """Encodes what JSON may carry, half characters included."""
    return text.encode(errors="surrogatepass")
