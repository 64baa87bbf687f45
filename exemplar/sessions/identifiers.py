"""Finds what identifies a customer by form: addresses, numbers, dates of birth, links, passwords.

Cards, IBANs, emails, phone and social security numbers, and IP addresses come from Presidio's
recognizers (MIT, no language model needed); around them stand our own shop's numbers, what is known by
the words before it, and a net for whatever is left: nobody's sentence needs a number of seven digits.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from exemplar.sessions.asked import MONTH
from exemplar.sessions.names import NameLexicon, shared_lexicon
from exemplar.sessions.places import addresses
from exemplar.sessions.spoken import spoken_digits, spoken_emails
from exemplar.sessions.spoken_places import spoken_addresses

#: The kinds of placeholders, surest first: where two overlap, the first is right.
KINDS: Final = (
    "EMAIL",
    "URL",
    "IBAN",
    "CARD",
    "EXPIRY",
    "IP",
    "PASSWORD",
    "DATE_OF_BIRTH",
    "ID",
    "INVOICE",
    "ORDER",
    "TICKET",
    "TRACKING",
    "ACCOUNT",
    "PHONE",
    "ADDRESS",
    "HANDLE",
    "NAME",
)


@dataclass(frozen=True)
class Found:
    """A place that identifies somebody.

    Attributes:
        start: in characters.
        end: behind it.
        kind: of :data:`KINDS`.
        key: the same for the same thing, however it is written.
        weight: how sure it is; the heavier of two that overlap stays.
    """

    start: int
    end: int
    kind: str
    key: str
    weight: float


_LETTERS_BEFORE: Final = re.compile(
    r"(?<![\w\-/.])(?:S/?N[ .:]{1,2})?(?:[A-Z]{1,5}|(?=[A-Z]*\d)[A-Z0-9]{2,5})[\-–/]"
    r"(?:[A-Z0-9]{1,5}[\-–/]){0,2}$"
)
_LETTERS_TOLD: Final = re.compile(
    r"\b(?:numbers?|no|nr|id|code|ref|reference|order|case|ticket|return|account|it['’]?s|is|was)\b\W{1,4}"
    r"((?-i:[A-Z]{1,4})[ ])$",
    re.IGNORECASE,
)
_LETTERS_BEHIND: Final = re.compile(r"[\-–/][A-Z0-9]{1,3}(?![\w])")
#: What the words before a number say that it is. The nearest counts.
_CUES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("INVOICE", r"\b(?:invoices?|bills?|inv|factuur|rechnung|facture|receipt)\b"),
        (
            "ORDER",
            r"\b(?:orders?|bestelling|bestellung|commande|pedido|purchase)\b|\bml\b|\bm[ .\-]*l\b",
        ),
        (
            "TRACKING",
            r"\b(?:track(?:ing)?|parcels?|packages?|shipments?|consignment|waybill|barcode|dhl|"
            r"ups|fedex|"
            r"dpd|gls|hermes|evri|postnl|royal mail)\b",
        ),
        (
            "TICKET",
            r"\b(?:tickets?|case|complaint|reference|ref|rma|return number|handover|claim|"
            r"incident)\b",
        ),
        (
            "PHONE",
            r"\b(?:tele)?phones?\b|\b(?:mobile|cell(?:phone)?|handy|whats ?app|landline|fax|"
            r"tel|call(?:ed|ing)?|"
            r"ring|rang|reach(?:ed)?|dial(?:ed)?|text(?:ed)?(?: me)?|sms|callback|"
            r"contact number|mob|number is|"
            r"extension|ext)\b|☎|📞",
        ),
        (
            "ID",
            r"\b(?:passport|social security|ssn|national insurance|nino|ni number|tax (?:id|"
            r"number)|vat|bsn|nif|nie|"
            r"dni|pesel|cpf|aadhaar|pan card|id card|driv(?:er|ing)(?:'?s)? licen[cs]e|"
            r"personnummer|codice fiscale)\b",
        ),
        ("IBAN", r"\biban\b"),
        (
            "CARD",
            r"\b(?:cards?|visa|mastercard|amex|american express|maestro|debit|credit)\b|"
            r"\bending (?:in|with)\b"
            r"|\blast (?:four|4)\b",
        ),
        (
            "ACCOUNT",
            r"\b(?:accounts?|customer|client|member(?:ship)?|loyalty|sort code|routing|bic|"
            r"swift|bank|user|"
            r"profile|gift ?card|voucher|serial|policy|contract|acct)\b",
        ),
    )
)
_DIGITS: Final = re.compile(
    r"(?<![\w.,@€$£/:])(?:\+|00)?[(]?\+?\d(?:[)]?[ \t\-/().–‑ ]{0,3}\d)*(?![\w@])"
)
_DATE: Final = (
    rf"(?:\d{{1,4}}[-/. ]\d{{1,2}}[-/. ]\d{{1,4}}|\d{{1,2}}(?:st|nd|rd|"
    rf"th)?[ \-](?:of )?{MONTH}\.?,?[ \-]*\d{{2,4}}|"
    rf"{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}|"
    rf"(?:the )?[a-z]+(?:[ \-][a-z]+)? (?:of )?{MONTH},? (?:nineteen|twenty|"
    rf"two thousand)(?:[ \-][a-z]+){{1,3}}|"
    rf"{MONTH} (?:the )?[a-z]+(?:[ \-][a-z]+)?,? (?:nineteen|twenty|"
    rf"two thousand)(?:[ \-][a-z]+){{1,3}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?![\w])"
)
_BIRTH: Final = re.compile(
    rf"\b(?:born(?: on)?|date of birth|d\.?o\.?b\.?|birth ?date|birthday|geboren(?: am)?|"
    rf"geboortedatum)\b"
    rf"(?:\W{{0,5}}(?:is|was|on|the|it'?s|:|=))*\W{{0,4}}({_DATE})",
    re.IGNORECASE,
)
_PLAIN_DATE: Final = re.compile(
    r"(?:(?:19|20)\d\d[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:0?[1-9]|[12]\d|3[01])|"
    r"(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.](?:(?:19|20)\d\d|\d\d)|"
    r"(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[0-2]) (?:19|20)\d\d|"
    r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)|"
    r"(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d)(?: \d{1,2})?"
)
_ORDER: Final = re.compile(
    r"(?<![\w.+-])(?<!\d )(?:m[ .\-]{0,2}l|em[ .\-]?el)[ .,\-–#:]{0,3}"
    r"(\d(?:[ .\-–/]?\d){5})(?!\d|[.,\-]\d)",
    re.IGNORECASE,
)
_SIX_DIGITS: Final = re.compile(r"(?<![\w.,\-€$£+])\d(?:[ .\-–/]?\d){5}(?![\w%€$£]|[.,\-]\d)")
_OURS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("ORDER", _ORDER),
    ("INVOICE", re.compile(r"(?<![\w.+-])inv?[ #.\-]{0,2}(\d{6})(?!\d)", re.IGNORECASE)),
    ("TICKET", re.compile(r"(?<![\w.+-])[HXRKCV]-(\d{4,6})(?!\d)", re.IGNORECASE)),
    # As others number their returns and cases.
    (
        "TICKET",
        re.compile(
            r"(?<![\w.+-])(?:RMA|RET|TKT|INC|REQ|TCK)[ #\-]?(\d(?:[ ]?\d){3,9}(?:[\-/][A-Z\d]{1,4})*)(?!\w)"
        ),
    ),
)
#: "Is NL-5520 my client number?"
_TOLD_AFTER: Final = re.compile(
    r"(?<![\w@./\-])(?P<code>[A-Z]{0,4}-?\d(?:[ \-]?\d){3,11})(?=\W{1,3}(?:(?:is|was|as|that['’]?s)\W)?"
    r"(?:my|your|his|her|their|the|our) (?:client|customer|account|member(?:ship)?|loyalty)"
    r"(?: card)? (?:number|no\b|nr\b|id\b))",
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"(?<![\w@./\-])#?(?=[A-Z0-9\-/]*\d)[A-Z0-9]+(?:[-/][A-Z0-9]+)*(?![\w@])", re.IGNORECASE
)
_TOLD: Final = re.compile(
    r"""\b(?P<what>order|invoice|bill|ticket|case|complaint|reference|ref|booking|rma|return|tracking|parcel|shipment|
        account|customer|member(?:ship)?|loyalty|client|passport|voucher|serial|policy|vat|tax|
          licen[cs]e|sort|routing
        |user|contract|confirmation)
        (?:\s+card)?(?:\s*(?:numbers?|no\.?|nr\.?|id|code|ref(?:erence)?|\#))*\s*(?:is|was|:|=|-|
          –|it's|of)?\s*
        (?P<code>\d{2,5}[ ]\d{2,5}(?![ ]?[\w@.,:/%-]*\d)|
          \#?(?=[A-Z0-9\-/]*\d[A-Z0-9\-/]*\d)[A-Z0-9][A-Z0-9\-/]{2,24})(?![\w@])""",
    re.IGNORECASE | re.VERBOSE,
)
_WHAT: Final = {
    "order": "ORDER",
    "booking": "ORDER",
    "confirmation": "ORDER",
    "invoice": "INVOICE",
    "bill": "INVOICE",
    "ticket": "TICKET",
    "case": "TICKET",
    "complaint": "TICKET",
    "reference": "TICKET",
    "ref": "TICKET",
    "rma": "TICKET",
    "return": "TICKET",
    "tracking": "TRACKING",
    "parcel": "TRACKING",
    "shipment": "TRACKING",
    "passport": "ID",
    "vat": "ID",
    "tax": "ID",
    "license": "ID",
    "licence": "ID",
}
_IBAN: Final = re.compile(
    r"(?<![\w])[A-Z]{2}[ ]?\d{2}[ \-]?[A-Z0-9]{4}(?:[ \-]?(?=[A-Z0-9]*\d)[A-Z0-9]{4}){1,6}"
    r"(?:[ \-]?\d[A-Z0-9]{0,3})?(?![\w])",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|(?<![\w@.])(?:[\w\-]+\.)+[a-z]{2,}/[^\s<>\"')]+", re.I
)
_HANDLE: Final = re.compile(
    r"(?<![\w@.])@(?!here\b|channel\b|everyone\b)[A-Za-z][\w.\-]{2,30}(?<![.\-])"
)
#: Presidio's pattern stops in the midst of what is shortened: "2001:db8::8a2e:370:7334".
_IPV6: Final = re.compile(
    r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}(?:%\w+)?(?![\w:])", re.I
)
_PASSWORD: Final = re.compile(
    r"\b(?:password|passwort|wachtwoord|pwd?(?=\s*[:=])|passcode|pass ?phrase|pin(?: ?code)?|security code|"
    r"cvv2?|cvc2?|"
    r"verification code|one[- ]time code|otp)(?:\s+(?:is|was|to|now|again|"
    r"set to))*\s*[:=]?\s*[\"“'‘]?"
    r"(?P<secret>\S*[\d!#$%&*@^_+=]\S*)",
    re.IGNORECASE,
)
_EXPIRY: Final = re.compile(
    r"\b(?:exp(?:iry|ires|iration)?(?: date)?|valid (?:thru|until|"
    r"to))\W{0,4}(?:is\s+)?(\d{1,2} ?[/\-] ?\d{2,4})(?!\d)",
    re.IGNORECASE,
)
_LAST_FOUR: Final = re.compile(
    r"\b(?:ending(?: in| with)?|ends(?: in| with)?|(?P<last>last (?:four|4))(?: digits| numbers)?"
    r"(?: of (?:it|(?:the|my|your) (?!order|tracking|ticket)\w+))?(?: are| is| were)?)\W{0,4}(\d{4})(?!\d)",
    re.IGNORECASE,
)
_SORT_CODE: Final = re.compile(
    r"\b(?:sort code|routing(?: number)?|bsb|"
    r"blz)\W{0,3}(?:is\W+)?(\d{2,3}(?:[ \-]?\d{2,3}){1,3})(?!\d)",
    re.I,
)
_MEASURE_AFTER: Final = re.compile(
    r"\s*(?:€|£|\$|%|eur\b|euros?\b|usd\b|gbp\b|dollars?\b|pounds?\b|cm\b|mm\b|kg\b|g\b|ml\b|"
    r"w\b|watts?\b|x\s*\d|×|"
    r"hours?\b|days?\b|weeks?\b|months?\b|years?\b|minutes?\b|mins?\b|times\b|people\b|"
    r"pieces\b|km\b|m\b|lumens?\b|"
    r"inch(?:es)?\b|rpm\b|watt\b|kelvin\b|(?-i:K)\b|volts?\b|v\b|hz\b|°)",
    re.IGNORECASE,
)


def identifiers(
    text: str,
    names: frozenset[str] = frozenset(),
    lexicon: NameLexicon | None = None,
    *,
    asked: bool = False,
) -> list[Found]:
    """Returns everything that a text tells by form; places may overlap.

    Args:
        text: what was said.
        names: known names in lower case; spoken addresses may begin with them.
        lexicon: what words can be; the shared one if none is given.
        asked: whether the turn before asked for an address or a postcode.
    """
    lexicon = lexicon or shared_lexicon()
    found = [*_links(text, names), *secrets(text)]
    if any(sign.isdigit() for sign in text):
        found += [*_codes(text), *_bank(text), *_numbers(text)]
    found += _spoken(text)
    for place in addresses(text, lexicon, asked=asked):
        # What is part of an address with its town is no order's number and no phone's.
        weight = 7.3 if place.whole else 5.5
        found.append(Found(place.start, place.end, "ADDRESS", place.key, weight))
    for start, end in spoken_addresses(text, lexicon, asked=asked):
        key = re.sub(r"\W", "", text[start:end]).lower()
        found.append(Found(start, end, "ADDRESS", key, 7.35))
    return found


def order_numbers(text: str) -> Iterator[str]:
    """Yields the digits of our own orders' numbers, which may stand elsewhere without their letters."""
    for ours in _ORDER.finditer(text):
        yield _squeezed(ours[1])


def regrouped(text: str, numbers: Collection[str]) -> Iterator[Found]:
    """Yields orders' numbers that are known, however their digits are grouped: "the second one, 104 217"."""
    for found in _SIX_DIGITS.finditer(text) if numbers else ():
        if (digits := _squeezed(found.group())) in numbers:
            yield Found(found.start(), found.end(), "ORDER", digits, 7.9)


def emails(text: str, names: frozenset[str] = frozenset()) -> Iterator[Found]:
    """Yields the email addresses of a text, written and spoken; see :func:`identifiers`."""
    if "@" in text:
        for start, end in _presidio("email", text):
            yield Found(start, end, "EMAIL", text[start:end].lower(), 10)
    if "@" in text or re.search(r"\bat\b", text, re.IGNORECASE):
        for start, end, written in spoken_emails(text, names):
            yield Found(start, end, "EMAIL", written, 9.5)


def _links(text: str, names: frozenset[str]) -> Iterator[Found]:
    lower = text.lower()
    yield from emails(text, names)
    if "@" in text:
        for handle in _HANDLE.finditer(text):
            yield Found(handle.start(), handle.end(), "HANDLE", handle.group().lower(), 5.1)
    if "/" in text or "www." in lower:
        for link in _URL.finditer(text):
            written = link.group().rstrip(".,;:!?)")
            if "@" not in written.split("//")[-1].split("/")[0]:
                yield Found(link.start(), link.start() + len(written), "URL", written.lower(), 9)
    if ":" in text:
        for address in _IPV6.finditer(text):
            if _is_ipv6(address.group()):
                yield Found(address.start(), address.end(), "IP", address.group().lower(), 8.6)
    if ":" in text or text.count(".") > 2:
        for start, end in _presidio("ip", text):
            if end - start >= 7 and re.search(r"\d", text[start:end]):
                yield Found(start, end, "IP", text[start:end].lower(), 8.5)


def secrets(text: str) -> Iterator[Found]:
    """Yields passwords, dates of birth and expiry dates that are called so; see :func:`identifiers`."""
    for secret in _PASSWORD.finditer(text):
        written = secret["secret"].rstrip(".,;:!?)\"”'’")
        if len(written) >= 3 and any(sign.isalnum() for sign in written):
            start = secret.start("secret")
            yield Found(start, start + len(written), "PASSWORD", written, 7.5)
    for birth in _BIRTH.finditer(text):
        if re.search(r"\d|nineteen|twenty|thousand", birth[1], re.IGNORECASE):
            yield Found(birth.start(1), birth.end(1), "DATE_OF_BIRTH", _squeezed(birth[1]), 8)
    for expiry in _EXPIRY.finditer(text):
        yield Found(expiry.start(1), expiry.end(1), "EXPIRY", _squeezed(expiry[1]), 7)


def _codes(text: str) -> Iterator[Found]:
    for kind, pattern in _OURS:
        for ours in pattern.finditer(text):
            yield Found(ours.start(), ours.end(), kind, _squeezed(ours[1]), 8)
    for after in _TOLD_AFTER.finditer(text):
        yield Found(after.start(), after.end(), "ACCOUNT", _squeezed(after["code"]), 8)
    for told in _TOLD.finditer(text):
        code = told["code"].rstrip("-/")
        digits = re.sub(r"\D", "", code)
        if digits == code and re.match(r"[ \-]\d", text[told.start("code") + len(code) :]):
            continue  # The first group of a longer number, which is read whole below.
        if (
            len(digits) < 3
            or _PLAIN_DATE.fullmatch(code)
            or _MEASURE_AFTER.match(text, told.start("code") + len(code))
        ):
            continue
        if len(digits) == 4 and digits == code and re.match(r"(?:19|20)\d\d$", code):
            continue
        if re.search(r"\d+x\d+", code, re.IGNORECASE):
            continue
        kind = _WHAT.get(told["what"].lower(), "ACCOUNT")
        kind = (
            "ORDER"
            if re.match(r"#?ml-?\d", code, re.I)
            else "INVOICE"
            if re.match(r"#?inv?-?\d", code, re.I)
            else kind
        )
        start = told.start("code")
        # A longer number in groups is read as one below.
        weight = 7.2 if digits != code else 6.2
        yield Found(start, start + len(code), kind, _key_of(kind, code), weight)
    for code_found in _CODE.finditer(text):
        code = code_found.group()
        digits = re.sub(r"\D", "", code)
        letters = re.sub(r"[^A-Za-z]", "", code)
        if not letters or len(digits) < 5 or (not letters.isupper() and len(digits) < 7):
            continue
        if not re.search(r"\d{4}", code) and len(digits) < 7:
            continue
        if re.search(r"\d[x×]\d|\d(?:st|nd|rd|th)$", code, re.IGNORECASE):
            continue
        if re.match(r"#?inv?-?\d", code, re.IGNORECASE) or re.match(
            r"#?ml-?\d", code, re.IGNORECASE
        ):
            continue
        kind = _cued(text, code_found.start()) or ("TRACKING" if len(code) >= 12 else "ACCOUNT")
        kind = "ACCOUNT" if kind in {"CARD", "PHONE", "IBAN"} else kind
        yield Found(code_found.start(), code_found.end(), kind, _squeezed(code), 6)


def _bank(text: str) -> Iterator[Found]:
    # Presidio takes longest of all; it is asked only where there are digits enough.
    count = sum(sign.isdigit() for sign in text)
    for start, end in _presidio("iban", text) if count >= 8 else ():
        yield Found(start, end, "IBAN", _squeezed(text[start:end]), 9)
    for iban in _IBAN.finditer(text):
        written = _squeezed(iban.group())
        if sum(sign.isdigit() for sign in written) >= 8 and len(written) >= 14:
            yield Found(iban.start(), iban.end(), "IBAN", written, 8.6)
    for start, end in _presidio("card", text) if count >= 12 else ():
        digits = re.sub(r"\D", "", text[start:end])
        yield Found(start, end, "CARD", digits[-4:], 8.4)
    for four in _LAST_FOUR.finditer(text):
        near = text[max(0, four.start() - 60) : four.end() + 30]
        card = re.search(r"card|visa|master|amex|debit|credit|paid|payment", near, re.IGNORECASE)
        bank = re.search(r"\b(?:account|iban|bank|phone|mobile)\b", near, re.IGNORECASE)
        if (
            card
            or bank
            or four["last"]
            or re.search(r"\b(?:one|number) (?:ending|that ends) ", near, re.I)
        ):
            kind = "ACCOUNT" if bank and not card else "CARD"
            yield Found(four.start(2), four.end(2), kind, four[2], 7)
    for name, fewest in (("ssn", 9), ("nino", 6)):
        for start, end in _presidio(name, text) if count >= fewest else ():
            if _cued(text, start) in {"ID", None} and re.search(r"\D", text[start:end]):
                sure = 7.8 if _cued(text, start) == "ID" else 4.8
                yield Found(start, end, "ID", _squeezed(text[start:end]), sure)


def _numbers(text: str) -> Iterator[Found]:
    for sort in _SORT_CODE.finditer(text):
        yield Found(sort.start(1), sort.end(1), "ACCOUNT", _squeezed(sort[1]), 7)
    for found in _DIGITS.finditer(text):
        for start, end in _split_at_dates(found.group()):
            yield from _number(text, found.start() + start, found.start() + end)
    phones = list(_presidio("phone", text)) if sum(s.isdigit() for s in text) >= 7 else []
    for found_at, end in phones:
        # "+44 (0)7664 …" goes with its country.
        country = re.search(r"\+\d{1,3} ?$", text[:found_at])
        start = country.start() if country else found_at
        written = text[start:end]
        digits = re.sub(r"\D", "", written)
        if len(digits) < 7 or _PLAIN_DATE.fullmatch(written) or _measured(text, start, end):
            continue
        cue = _cued(text, start)
        if cue in {None, "PHONE"} and re.search(r"[+ ().\-/]", written):
            yield Found(start, end, "PHONE", digits[-7:], 5.2)


def _split_at_dates(written: str) -> Iterator[tuple[int, int]]:
    """Yields the parts of a run of digits that are no dates."""
    position = 0
    if written.startswith(("+", "00")):
        yield 0, len(written)
        return
    for date in re.finditer(rf"(?<!\d){_PLAIN_DATE.pattern}(?!\d|[ \-.]?\d)", written):
        # A phone number in pairs looks like a date in its midst.
        if date.start() > 0 and date.end() < len(written):
            continue
        if date.start() > position:
            yield position, date.start()
        position = date.end()
    if position < len(written):
        yield position, len(written)


def _number(text: str, start: int, end: int) -> Iterator[Found]:
    """Yields what one run of digits is, if it identifies somebody."""
    while start < end and not (text[start].isdigit() or text[start] in "+("):
        start += 1
    while end > start and not text[end - 1].isdigit():
        end -= 1
    written = text[start:end]
    digits = re.sub(r"\D", "", written)
    count = len(digits)
    if count < 4 or _measured(text, start, end) or _PLAIN_DATE.fullmatch(written):
        return
    cue = _cued(text, start)
    groups = [len(group) for group in re.findall(r"\d+", written)]
    if 13 <= count <= 19 and (
        (luhn(digits) and not written.startswith(("+", "00")))
        or cue == "CARD"
        or groups in ([4, 4, 4, 4], [4, 6, 5], [4, 6, 4])
    ):
        yield Found(start, end, "CARD", digits[-4:], 8.3)
        return
    kind = _kind_of(written, digits, groups, cue, text[max(0, start - 45) : start])
    if kind:
        sure = 6.5 if cue == kind else 5 if count >= 7 else 3
        if kind not in {"PHONE", "CARD", "IBAN"}:
            # Its letters belong to a number: "K-55 20 931", "SN 44X-9912-07", "RET-20311-B".
            letters = _LETTERS_BEFORE.search(text[max(0, start - 16) : start])
            told = _LETTERS_TOLD.search(text[max(0, start - 24) : start]) if cue == kind else None
            start -= len(letters.group()) if letters else len(told[1]) if told else 0
            suffix = _LETTERS_BEHIND.match(text, end)
            end = suffix.end() if suffix else end
        yield Found(start, end, kind, _key_of(kind, digits), sure)


def _kind_of(
    written: str, digits: str, groups: list[int], cue: str | None, before: str
) -> str | None:
    count = len(digits)
    dialled = written.startswith(("+", "00")) and 8 <= count <= 17
    if cue in {"ORDER", "INVOICE"} and count == 6 and len(groups) <= 3:
        return cue
    if dialled:
        return "PHONE"
    if cue == "PHONE" and 7 <= count <= 15:
        return "PHONE"
    grouped = len(groups) > 1
    american = groups in ([3, 3, 4], [1, 3, 3, 4]) or (
        groups == [3, 4] and (digits.startswith("555") or "-" in written)
    )
    if american and cue not in {"ACCOUNT", "ORDER", "INVOICE", "TRACKING", "TICKET", "ID"}:
        return "PHONE"
    if (
        cue in {"ORDER", "INVOICE", "TICKET", "TRACKING", "ACCOUNT", "ID"}
        and count >= 5
        and (count >= 7 or not grouped or cue in {"ACCOUNT", "ID"})
    ):
        return cue
    if (digits.startswith("0") and 9 <= count <= 12) or (
        grouped and len(groups) >= 3 and 8 <= count <= 12
    ):
        return "PHONE"
    if count == 6 and not grouped:
        return "ORDER"
    if count >= 7:
        return "PHONE" if count == 10 and not grouped and digits[0] in "6789" else "ACCOUNT"
    if (
        cue == "ACCOUNT"
        and count >= 4
        and re.search(r"(?:number|no\.?|nr|id|code|#)\W{0,6}(?:is\W*)?$", before, re.I)
    ):
        return "ACCOUNT"
    return None


def _spoken(text: str) -> Iterator[Found]:
    for said in spoken_digits(text):
        cue = _cued(text, said.start)
        count = len(said.digits)
        kind: str | None
        start = said.start
        letters = re.search(
            r"\b(m[\s.\-]*l|em[\s\-]*el+|i[\s.\-]*n(?:[\s.\-]*v)?)[\s.,\-]*(?:dash|hyphen)?[\s,]*$",
            text[:start],
            re.I,
        )
        if letters and count >= 5:
            kind = "ORDER" if letters[1][0].lower() in "me" else "INVOICE"
            start = letters.start()
        elif 13 <= count <= 19 and (
            luhn(said.digits) or cue == "CARD" or (cue is None and said.digits[0] != "0")
        ):
            kind = "CARD"
        elif cue == "CARD":
            kind = "CARD" if count >= 4 else None
        elif cue in {"ORDER", "INVOICE"} and count >= 5:
            kind = cue
        elif cue == "PHONE" and count >= 6:
            kind = "PHONE"
        elif cue and count >= 5:
            kind = cue if cue != "IBAN" else "IBAN"
        elif count >= 7:
            # Who says a phone number begins it again: "oh seven, so oh seven seven double oh …".
            kind = "PHONE" if count <= (15 if said.digits[0] == "0" else 12) else "ACCOUNT"
        elif count == 6 and said.words >= 4:
            kind = "ORDER"
        else:
            kind = None
        if kind and not _measured(text, said.start, said.end):
            key = said.digits[-4:] if kind == "CARD" else _key_of(kind, said.digits)
            if kind == "PHONE" and (plus := re.search(r"\bplus[ ,]+$", text[:start], re.I)):
                start = plus.start()
            yield Found(start, said.end, kind, key, 7.1)


def _cued(text: str, start: int) -> str | None:
    """Returns the kind that the words before a place speak of; the nearest counts."""
    before = text[max(0, start - 45) : start]
    # What the sentence before said does not count, unless it asked.
    before = re.split(r"[!;\n]|\.(?=\s+[A-Z])", before)[-1]
    best: tuple[int, str] | None = None
    for kind, pattern in _CUES:
        for cue in pattern.finditer(before):
            if best is None or cue.end() > best[0]:
                best = (cue.end(), kind)
    return best[1] if best else None


def _measured(text: str, start: int, end: int) -> bool:
    """Whether a number counts or measures something."""
    if re.search(r"(?:[€$£]|eur|usd|gbp)\s*$", text[max(0, start - 5) : start], re.IGNORECASE):
        return True
    written = text[start:end]
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}", written) or re.fullmatch(
        r"\d{1,3}(?:[ .,]\d{3})+", written
    ):
        after = _MEASURE_AFTER.match(text, end)
        return bool(after) or bool(re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}", written))
    return bool(_MEASURE_AFTER.match(text, end)) and len(re.sub(r"\D", "", written)) < 8


def _is_ipv6(written: str) -> bool:
    try:
        ipaddress.IPv6Address(written.partition("%")[0].rstrip("."))
    except ValueError:
        return False
    return len(written) >= 6


def _key_of(kind: str, written: str) -> str:
    """Returns what is the same of a number however it is written."""
    digits = re.sub(r"\D", "", written)
    if kind == "PHONE":
        return digits[-7:]
    if kind == "CARD":
        return digits[-4:]
    if kind in {"ORDER", "INVOICE", "TICKET"} and re.fullmatch(
        r"#?(?:[a-z]{1,3}[ \-]?)?\d+", written, re.IGNORECASE
    ):
        return digits
    return _squeezed(written)


def _squeezed(written: str) -> str:
    return re.sub(r"[\W_]", "", written).lower()


def luhn(digits: str) -> bool:
    """Tells whether a card number's last digit fits the others."""
    total = 0
    for n, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + n % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _presidio(name: str, text: str) -> Iterator[tuple[int, int]]:
    recognizer = _recognizers()[name]
    for result in recognizer.analyze(text, recognizer.supported_entities, None) or ():
        if result.score > 0:
            yield result.start, result.end


@functools.lru_cache(maxsize=1)
def _recognizers() -> dict[str, Any]:
    """Presidio's recognizers that need no language model, made to ask nothing of the network."""
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    known = _presidio_recognizers()

    class Email(known.EmailRecognizer):  # type: ignore[misc, name-defined]
        """Presidio's own asks the network which top-level domains there are; any will do here."""

        def validate_result(self, pattern_text: str) -> bool:
            return True

    return {
        "email": Email(),
        "iban": known.IbanRecognizer(),
        "card": known.CreditCardRecognizer(),
        "ip": known.IpRecognizer(),
        "phone": known.PhoneRecognizer(
            supported_regions=("US", "GB", "DE", "NL", "FR", "IN"), leniency=1
        ),
        "ssn": known.UsSsnRecognizer(),
        "nino": known.NhsRecognizer()
        if not hasattr(known, "UkNinoRecognizer")
        else known.UkNinoRecognizer(),
    }


def _presidio_recognizers() -> Any:
    """Imports Presidio without TensorFlow, for which spaCy looks and of which nothing here has any use."""
    spared = {name: None for name in ("tensorflow", "torch") if name not in sys.modules}
    sys.modules.update(spared)  # type: ignore[arg-type]
    try:
        from presidio_analyzer import predefined_recognizers
    finally:
        for name in spared:
            del sys.modules[name]
    return predefined_recognizers
