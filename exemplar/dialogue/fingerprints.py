"""What tells whether the training data are the same as at the last training, worked out fast."""

from __future__ import annotations

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.utils.io import get_list_fingerprint, get_text_hash

_KNOWN = "_fingerprint_known"


def remember_fingerprints() -> None:
    """Has trackers and tokens that are trained on tell their fingerprint fast.

    Before and after every component Rasa takes the fingerprint of all that goes into it, of a tracker by
    its events and by every slot of the domain. With thousands of trackers and some two hundred slots that is
    more than half of the training of the policies. What the slots hold follows from the events and the
    domain, which every policy is given as well, and which has its own fingerprint. Of a token, Rasa takes
    that of each of its parts; there are half a million.
    """
    TrackerWithCachedStates.fingerprint = _of_tracker  # type: ignore[method-assign]
    Token.fingerprint = _of_token  # type: ignore[method-assign]


def _of_tracker(tracker: TrackerWithCachedStates) -> str:
    """Returns a digest of a tracker's events, the same in every process."""
    count = len(tracker.events)
    before, known = getattr(tracker, _KNOWN, (-1, ""))
    if before != count:
        known = get_list_fingerprint([tracker.sender_id, *tracker.events])
        setattr(tracker, _KNOWN, (count, known))
    return known


def _of_token(token: Token) -> str:
    """Returns a digest of a token and what was noted of it, the same in every process."""
    parts = (token.text, token.start, token.end, token.lemma, sorted(token.data.items()))
    return get_text_hash(repr(parts))
