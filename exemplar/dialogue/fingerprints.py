"""What tells whether the stories are the same as at the last training, worked out once."""

from __future__ import annotations

from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.utils.io import get_list_fingerprint

_KNOWN = "_fingerprint_known"


def remember_fingerprints() -> None:
    """Has the trackers that policies are trained on tell their fingerprint fast.

    Before and after every component Rasa takes the fingerprint of all that goes into it, of a tracker by
    its events and by every slot of the domain. With thousands of trackers and some two hundred slots that is
    more than half of the training of the policies. What the slots hold follows from the events and the
    domain, which every policy is given as well, and which has its own fingerprint.
    """
    TrackerWithCachedStates.fingerprint = _fingerprint  # type: ignore[method-assign]


def _fingerprint(tracker: TrackerWithCachedStates) -> str:
    """Returns a digest of a tracker's events, the same in every process."""
    count = len(tracker.events)
    before, known = getattr(tracker, _KNOWN, (-1, ""))
    if before != count:
        known = get_list_fingerprint([tracker.sender_id, *tracker.events])
        setattr(tracker, _KNOWN, (count, known))
    return known
