"""Order numbers that are none of ours: somebody took another shop's, a parcel's, or a customer number."""

from __future__ import annotations

import re
from typing import Final

#: What an order number of ours looks like; with it in a message nothing is foreign.
_OURS: Final = re.compile(r"(?<![\w-])\d{6}(?![\d-])|\bML\W?\d", re.IGNORECASE)
#: Email addresses, phone numbers, sums, dates and hours have figures, too.
_OTHERS: Final = re.compile(
    r"\S+@\S+|\b(?:VAT|BTW|IBAN|tax)\b\W*(?:(?:number|no|id)\W*)?\w+|\b\d{4} ?[A-Z]{2}\b"
    r"|(?<![\w-])(?:\+|00?)\d[\d ()/.-]{7,}\d"
    r"|[€£$]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|\$|euros?\b|pounds?\b|eur\b|gbp\b)"
    r"|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b"
    r"|\b\d{1,2}[:.]\d{2}\b|\b\d+ ?[x×] ?\d+\b",
    re.IGNORECASE,
)
#: A code in which letters and figures stand together: "HW-20418-B", "GB/55/00871".
_CODE: Final = re.compile(
    r"(?<![\w@])(?=[\w/-]*[A-Z])(?=(?:[^\s]*\d){3})[A-Z0-9]+(?:[/-][A-Z0-9]+)*(?![\w@])"
)
#: A shop's letters before its figures: "CMD 90-412", "Bestellung 2024/331".
_LETTERED: Final = re.compile(
    r"(?<![\w@])(?:[A-Z]{2,4}|Bestellung|Auftrag|commande|pedido|bestelling) (?:nr\.? ?|no\.? ?|# ?)?"
    r"(?P<code>(?=(?:[\w/-]*?\d){5})\d[\dA-Z]*(?:[/-]\d[\dA-Z]*)+)(?![\w/-])"
)
#: What follows a word for it: "order number is 7739120", "ref 31-884-02", "#90177".
_NAMED: Final = re.compile(
    r"(?:\b(?:order|booking|confirmation|purchase|reference|ref|inv|invoice|number|no|nr|num)\b[\s.:#']*"
    r"(?:(?:is|was|it'?s|something like|like|says|number|no|nr|ref|reference)\b[\s.:#]*)*|#\s?)"
    r"(?P<code>(?=(?:[\w /-]*?\d){3})[A-Z]{0,4}\d[\dA-Z]*(?:[ /-][\dA-Z]*\d[\dA-Z]*)*)(?!\w)",
    re.IGNORECASE,
)
#: Alone in a message, or first in it: figures with strokes, or of another length than ours.
_ALONE: Final = re.compile(r"^\W*(?P<code>\d(?:[\d/-]*\d){4,}(?:-?[A-Z]\b)?)(?:\W|$)")
#: After a colon or the like: "here it is again: 1007-33925". A phone number begins otherwise.
_AGAIN: Final = re.compile(r"(?:[:,;(]\s*|\bit'?s )(?P<code>[1-9]\d+(?:[-/]\d{2,})+)(?![\w/-])")
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?(?: ?\d[A-Z]{2})?")
#: Figures that stand apart are one number: "6 0 0 4 1 7 7".
_APART: Final = re.compile(r"\b\d(?: \d){4,}\b")


def foreign_number(text: str) -> str | None:
    """Returns what a message gives as an order's number and is none of ours, None if it gives none.

    >>> foreign_number("Order is HW-20418-B, email a@example.org")
    'HW-20418-B'
    >>> foreign_number("the order number is 7739120")
    '7739120'
    >>> foreign_number("CMD 90-412, mathilde@example.com")
    '90-412'
    >>> foreign_number("Invoice says inv. 9-3302")
    '9-3302'
    >>> foreign_number("ML-104163, a@example.org")
    >>> foreign_number("it was 118.40 on 3/11/2026")
    """
    plain = _OTHERS.sub(" ", _APART.sub(lambda found: found[0].replace(" ", ""), text))
    if _OURS.search(plain):
        return None
    for pattern in (_NAMED, _ALONE, _AGAIN, _LETTERED, _CODE):
        for found in pattern.finditer(plain):
            code = (found.groupdict().get("code") or found[0]).strip(" /-")
            if sum(map(str.isdigit, code)) >= 3 and not _POSTCODE.fullmatch(code):
                return code
    return None
