"""What of a message says nothing of how its writer feels: numbers, addresses, and the hello before it.

The reading learned from sentences, and seldom from such with an order number and an email address in them:
"I am fed up" beside those two was read as calm. They are taken out before anything is read, and so is a
greeting that only opens a message.
"""

from __future__ import annotations

import re
from typing import Final

#: What is told with the words that lead to it: "my order number is ML-104217".
_TOLD: Final = re.compile(
    r"""
    (?:\b(?:(?:my|the|our|for|with|about|on|under|and|here|here's|it's|its|is)\s+)*
       (?:(?:order|invoice|tracking|account|customer|ticket|case|phone|mobile|e-?mail|reference|booking)
          \s+(?:number|no\.?|nr\.?|id|code|address|reference|ref)
         |e-?mail|phone|mobile)
       \s*(?:(?:is|was|:|\#|=)\s*)*)?
    (?: \b[\w.+-]+@[\w-]+(?:\.[\w-]+)+
      | https?://\S+
      | (?:\+|\b0)\d[\d ()/-]{6,}\d
      | \b(?:[a-z]{1,4}[-_]|(?-i:[A-Z]{2,4})\ ?|ml\ ?)?\#?\d{6,}\b
      | \b(?:[a-z]{1,4}-|(?-i:[A-Z]{2,4})\ ?)\d{4,5}\b )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_GREETING: Final = re.compile(
    r"^\W*(?:(?:hi|hiya|hello|hey|heya|good (?:morning|afternoon|evening|day)|morning"
    r"|dear (?:sir|madam|team|sirs)(?: or madam)?)\b(?: (?:there|again|all|everyone|team))?[\s,.!-]*)+",
    re.IGNORECASE,
)
#: With fewer words after it, a greeting is what the message says.
_WORDS_AFTER_GREETING: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+")
_STRAY: Final = re.compile(r"\s*[,;:]\s*(?=[,.;:!?]|$)")


def without_facts(text: str) -> str:
    """Returns a message without them; as it is, where nothing else would be left.

    Args:
        text: the message as written, of any length.
    """
    rest = _TOLD.sub(" ", text)
    ungreeted = _GREETING.sub("", rest)
    if len(_WORD.findall(ungreeted)) >= _WORDS_AFTER_GREETING:
        rest = ungreeted
    if rest == text:
        return text
    rest = _STRAY.sub("", re.sub(r"\s+(?=[,.;:!?])", "", " ".join(rest.split())))
    rest = re.sub(r"^[.,;:!?\s-]+|[\s,;:-]+$", "", rest)
    return rest if _WORD.search(rest) else text
