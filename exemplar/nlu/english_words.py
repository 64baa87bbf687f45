"""Which words are English, in any of their forms."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from exemplar.nlu.glossary import fold


def listed(words: str) -> frozenset[str]:
    """Returns the words of a list that is written as one text."""
    return frozenset(words.split())


#: What an English word may end in, after its apostrophe: "he's", "didn't".
_ENDINGS: Final = frozenset({"s", "ve", "re", "ll", "d", "m", "t"})
#: English words that no dictionary of lemmas has.
_MORE_ENGLISH: Final = listed(
    "against although among amongst anyone anything beside cannot during else everyone everything "
    "for from her hers herself him if into its itself my myself noone nor of onto our ourselves per "
    "she should since something than the their themselves they thru to toward towards unless upon "
    "via we what when whenever whereas whereby whether which whoever whom with without your "
    "somebody anybody nobody everybody whose theirs ours yours hi ok okay pls plz thx ty hey email "
    "emails online app website webshop btw asap lol omg wtf eta im ive dont cant wont didnt isnt id "
    "ill youre thats whats gonna wanna gotta yeah yep nope duvet wifi refund and because himself "
    "how that them this until where would you yourself shall ought won't can't don't shan't y'all "
    "theres whos shes hes hasnt havent wasnt werent doesnt arent couldnt wouldnt shouldnt youve "
    "weve theyre ye yo ah haha hmm uh um ugh nah til teh uni inbox login paypal klarna screenshot "
    "pdf sms gmail whatsapp barcode dpd dhl tbh idk ppl ffs abt hiya dunno gimme lemme oops "
    "whichever unsubscribe adress acount"
)


@lru_cache(maxsize=4096)
def is_english(word: str) -> bool:
    """Tells whether a folded word is English.

    >>> is_english("parcel"), is_english("she's"), is_english("paket")
    (True, True, False)
    """
    plain, _, ending = word.partition("'")
    return word in english_words() or (ending in _ENDINGS and plain in english_words())


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Returns English words with their forms, by spaCy's lookups (WordNet's words, among others)."""
    import spacy_lookups_data

    folder = Path(spacy_lookups_data.__file__).parent / "data"
    words: set[str] = set()
    for name in ("en_lemma_index", "en_lemma_lookup", "en_lemma_exc"):
        with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
            content = json.load(file)
        parts = [content] if name == "en_lemma_lookup" else content.values()
        words.update(word for part in parts for word in part)
    return frozenset(map(fold, words)) | _MORE_ENGLISH
