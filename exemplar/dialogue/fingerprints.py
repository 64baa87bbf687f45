"""What tells whether the training data are the same as at the last training, worked out fast."""

from __future__ import annotations

from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.utils import io

_KNOWN = "_fingerprint_known"


def remember_fingerprints() -> None:
    """Has Rasa tell the fingerprint of training data fast.

    Before and after every component Rasa takes the fingerprint of all that goes into it: of each list and
    dictionary by the digests of its parts, of which there are millions; and of a tracker by its events and
    by every slot of the domain, which is more than half of the training of the policies. Here a digest is
    taken once, of all that is in it; a tracker's is remembered. What its slots hold follows from the events
    and the domain, which every policy is given as well, and which has its own fingerprint.
    """
    io.deep_container_fingerprint = fingerprint_of
    io.get_dictionary_fingerprint = fingerprint_of
    io.get_list_fingerprint = fingerprint_of
    TrackerWithCachedStates.fingerprint = _of_tracker  # type: ignore[method-assign]


def fingerprint_of(what: Any, encoding: str = io.DEFAULT_ENCODING) -> str:
    """Returns a digest that is the same in every process, whatever the order of a dictionary's keys."""
    return str(io.get_text_hash(_written(what), encoding))


def _written(what: Any) -> str:
    if what is None or isinstance(what, (str, int, float)):
        return repr(what)
    if isinstance(what, dict):
        return "{" + ",".join(sorted(f"{_written(k)}:{_written(v)}" for k, v in what.items())) + "}"
    if isinstance(what, (list, tuple)):
        return "[" + ",".join(map(_written, what)) + "]"
    if isinstance(what, Token):
        # There are half a million, and a digest of each would be of use to nobody.
        return f"{what.text!r}:{what.start}:{what.end}:{what.lemma!r}:{_written(what.data)}"
    if callable(fingerprint := getattr(what, "fingerprint", None)):
        return str(fingerprint())
    return str(what)


def _of_tracker(tracker: TrackerWithCachedStates) -> str:
    """Returns a digest of a tracker's events, the same in every process."""
    count = len(tracker.events)
    before, known = getattr(tracker, _KNOWN, (-1, ""))
    if before != count:
        known = fingerprint_of([tracker.sender_id, *tracker.events])
        setattr(tracker, _KNOWN, (count, known))
    return known
