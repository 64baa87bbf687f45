"""Details that customers give: what a matter needs, and what a text can be taken for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

DETAILS_FILE: Final = ROOT / "data" / "knowledge" / "details.yml"

#: What a whole message must look like to be taken as the detail that was asked for. Generous: names and
#: streets differ more than anybody's rule; what is read is said back before it counts for much.
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "name": re.compile(r"[^\W\d_][^\d_@<>{}\[\]?!,;:/]{1,59}"),
    "street": re.compile(r"(?=.*\d)(?=.*[^\W\d_])[^@<>{}\[\]?!]{4,80}"),
    "postcode": re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 \-]{2,9}"),
    "city": re.compile(r"[^\W\d_][^\d_@<>{}\[\]?!,;:/]{1,49}"),
    "phone": re.compile(r"\+?[\d()][\d ()/.\-]{5,24}"),
}
#: Words within a name or a town that are written small.
_SMALL: Final = (
    "van|von|zu|de|den|der|del|della|di|da|do|la|le|el|al|bin|ter|am|an|im|sur|upon|on|the"
)
_NAMED: Final = rf"[^\W\d_a-z]\S*(?: (?:[^\W\d_a-z]\S*|{_SMALL}))*"
#: What one must look like where the message was understood as something else: "tell me a joke" is no name,
#: "I have 2 dogs" no street, and "2 days" no postcode.
_STRICTER: Final[Mapping[str, re.Pattern[str]]] = {
    "name": re.compile(rf"(?:(?:{_SMALL}) )*{_NAMED}"),
    "city": re.compile(rf"(?:(?:{_SMALL}) )*{_NAMED}"),
    "street": re.compile(
        rf"(?:{_NAMED},? \d+ ?[a-zA-Z]?|\d+ ?[a-zA-Z]?,? {_NAMED})(?:,.{{1,20}})?"
    ),
    "postcode": re.compile(r"(?=(?:.*\d){2})(?!.*[A-Za-z]{3})[A-Za-z0-9 \-]+"),
}
#: An order number that is written apart, and an email address that is spoken.
_NUMBER: Final = re.compile(r"\W*(?:ml\W*)?(\d{3})[ .\-/]?(\d{3})\W*", re.IGNORECASE)
_SPOKEN: Final = re.compile(
    r"([\w+-]+(?:(?:\.| dot )[\w+-]+)*) ?(?:@| at |\(at\)|\[at\]) ?([\w-]+(?:(?:\.| dot )[\w-]+)+)",
    re.IGNORECASE,
)
#: … amid other words, where it is said to be one: "my e mail is dorothy at example dot com. I can't find …".
_SPOKEN_AMID: Final = re.compile(
    r"\b(?:is|it'?s|mail|address)\W+([\w+-]+(?:(?:\.| dot )[\w+-]+)*) at ([\w-]+(?: dot [\w-]+)+)",
    re.IGNORECASE,
)
#: An email address and what goes before it: beside a street and a town it is neither.
_EMAIL: Final = re.compile(
    r"(?:\b(?:(?:and|oh|also) )*(?:(?:my|the|our) )?e?-?mail(?: add?ress)?(?: is|'s)?\b[\s:]*)?[^\s@,;]+@\S+",
    re.IGNORECASE,
)
#: What is right and what was wrong: "example.org not com", "not hotmail but gmail".
_CORRECTION: Final = (
    re.compile(r"(?P<right>[\w.+-]+),? (?:and )?not (?P<wrong>[\w.+-]+)", re.IGNORECASE),
    re.compile(r"not (?P<wrong>[\w.+-]+),? but (?P<right>[\w.+-]+)", re.IGNORECASE),
    re.compile(r"(?P<right>[\w.+-]+) instead of (?P<wrong>[\w.+-]+)", re.IGNORECASE),
)
#: More words than this are a sentence, not a name or a town.
_MOST_WORDS: Final = 5
#: No town or name begins so: "wait no just one, the other desk has one".
_TALK: Final = frozenset(
    {
        *(
            "wait",
            "no",
            "not",
            "nope",
            "yes",
            "yeah",
            "yep",
            "ok",
            "okay",
            "just",
            "actually",
            "sorry",
        ),
        *(
            "hmm",
            "hm",
            "and",
            "but",
            "so",
            "then",
            "what",
            "when",
            "how",
            "why",
            "where",
            "is",
            "it",
        ),
        *("i", "you", "we", "can", "could", "do", "does", "please", "thanks", "hang", "hold"),
        *("express", "standard"),
    }
)
#: What goes before a detail in speech.
_LEAD: Final = re.compile(
    r"^(?:(?:it'?s|it is|that'?s|that is|i'?m|i am|my name is|name is|name|the name is|this is|here"
    r"|sure|ok|okay|yes|street|postcode|post code|zip|zip code|city|town|in|to)\b[\s:,.]*)+",
    re.IGNORECASE,
)
#: Postcodes as they are written in the countries that are delivered to.
_POSTCODE: Final = re.compile(
    r"\b(?:\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{2}-\d{3}|\d{3} \d{2}|\d{5}|\d{4})\b"
)
_ONE_TO_TWENTY: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    "twenty",
)
_QUANTITIES: Final = {
    "half a dozen": 6,
    "two dozen": 24,
    **{word: n for n, word in enumerate(_ONE_TO_TWENTY, 1)},
    "a pair": 2,
    "a dozen": 12,
}
_MOST: Final = 99
#: What a number before one of these counts is nothing to buy: "a 7 month old", "2nd floor".
_NO_PIECES: Final = (
    r"(?! ?-?(?:months?|years?|yrs?|weeks?|days?|nights?|hours?|hrs?|minutes?|mins?|kids?|children|people"
    r"|persons?|adults|floors?|rooms?|euros?|eur|quid|pounds|cm|mm|m|metres?|meters?|kg|kilos?|st|nd|rd|th|o'?clock|am|pm"
    r"|percent)\b)"
)
_COUNT: Final = rf"(?:\d{{1,2}}|{'|'.join(_QUANTITIES)})"
#: How a number of pieces is put right: "make it 10", "12 actually, not 10", "1?? it's twelve".
_RECOUNTED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:make (?:it|that|them)|change (?:it|that|them) to|it'?s|it is|that'?s|it was"
        r"|i (?:said|meant|mean|asked for|want(?:ed)?|need(?:ed)?|ordered)"
        r"|should(?: say| be| have been)|supposed to be|rather|but|only|just)"
        rf" (?P<n>{_COUNT})\b(?! ?(?:o'?clock|(?:more )?(?:days?|weeks?|hours?|minutes?)|am\b|pm\b|%|percent"
        r"|euros?|eur\b|times|to\b))",
        rf"^\W*(?:(?:no|oh|sorry|wait|actually|um|please),? )*(?P<n>{_COUNT})(?: of (?:them|those|these))?,?"
        r" (?:actually|instead|not \w+|please|pls|rather|in total|altogether|pieces|pcs)\b",
        rf"\bnot {_COUNT},? (?:but |it'?s )?(?P<n>{_COUNT})\b",
        rf"\b(?:only|just) the (?P<n>{_COUNT})\b",
        rf"\b(?P<n>{_COUNT}) (?:will do|would do|'ll do|should do|(?:is|are) (?:enough|plenty))\b",
        rf"\b(?:she|he|wife|husband|mum|mom|boss) (?:only )?(?:says?|said|wants?|needs?) (?P<n>{_COUNT})\b"
        r"(?! ?(?:o'?clock|days?|weeks?|hours?|minutes?|am\b|pm\b|thing))",
        rf"\b(?P<n>{_COUNT}) of (?:them|those|these)\b"
        r"(?! (?:is|are|was|were|came|arrived|has|have|broke|did)\b)",
        rf"\bi(?:'ll| will|'d like to| would like to| want to) (?:have|take|buy|order) (?P<n>{_COUNT})\b"
        r"(?! ?(?:days?|weeks?|hours?|minutes?|years?|thing|question|problem|more|%|euros?))",
        r"\b(?:quantity|number of (?:pieces|them)|how many|amount)\b\D{0,25}?"
        rf"\b(?P<n>{_COUNT})\b",
        rf"^\W*(?:(?:no|oh|sorry|wait|actually),? )*(?P<n>{_COUNT})\W*$",
    )
)
#: What somebody says before a street while they write, and is none of it. "Well Street 5" stays.
_FILLER: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|yes|yeah|yep|sure|no(?! ?\d)|oh|um+|uh|hi|hello|hey|please|pls|thanks|thank you"
    r"|sorry|great|perfect|alright|all right|and|so|then|actually|wait|it'?s|it is|that'?s|that is"
    r"|(?:(?:my|the|our) )?(?:new |right |correct )*add?ress(?: is|:)?|is|should be"
    r"|(?:deliver|send|ship|change)(?: it)? to)\b[\s:,.!-]*)+",
    re.IGNORECASE,
)
#: A town and a full stop before the street: "Utrecht. Nieuwegracht 41"; "St. Annastraat" is no town.
_TOWN_BEFORE: Final = re.compile(r"^(?P<town>[^\W\d_]{5,}(?: [^\W\d_]+)?)\.\s+(?=\S)")
#: "It should be Kade 12": a street in a correction, up to its house number.
_STREET_GIVEN: Final = re.compile(
    r"\b(?:should be|should read|must be|is really|is actually|(?:it|that)'?s actually|change it to|but"
    r"|correct (?:one )?is|right one is|make it|street is|address is)[\s:]+"
    r"(?P<street>\d+ ?[a-zA-Z]?,? (?:[^\W\d_][\w'.-]*\s?){1,4}"
    r"|(?:[^\W\d_][\w'.-]*\s){1,4}\d+ ?(?:[a-zA-Z]\b|bis\b)?)",
    re.IGNORECASE,
)
#: What somebody says after a town, and is none of it: "Utrecht please", "Bristol by Friday".
_TAIL: Final = re.compile(
    r"[\s,;:-]+(?:full stop|please|pls|plz|thanks|thank you|thx|cheers|ta|ok(?:ay)?|instead|asap"
    r"|now|today|tomorrow"
    r"|then|directly|if|and|but|because|cause|cos|for|by|before|until|till|from|when|as|so|that|which|who|she|he|they|we|i|it"
    r"|i'?m|it'?s|that'?s|she'?s|he'?s|not|no|yes|my|his|her|our|with|will|would|can|could|does|do|is|was)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
#: The end of a sentence before a street: "to her place directly? Kade 12". "St. Annastraat" is no end.
_SENTENCE_BEFORE: Final = re.compile(
    r"^.*(?:[?!]|(?<=[^\W\d_]{4})\.|\b(?:it|me|us|ok|yes|now|so)\.)\s+(?=[^?!]*\d)", re.DOTALL
)
#: Lists of countries in data/knowledge/details.yml: those that we send to, and others.
SERVED: Final = "delivery_to"
FAR: Final = "delivery_not_to"
#: Which house number is right, and which was wrong: "81 not 18", "not 18 but 81".
_HOUSE: Final = (
    re.compile(
        r"\b(?P<right>\d{1,4} ?[a-z]?),? (?:and )?not (?P<wrong>\d{1,4} ?[a-z]?)\b", re.IGNORECASE
    ),
    re.compile(
        r"\bnot (?P<wrong>\d{1,4} ?[a-z]?),? (?:but |it'?s )?(?P<right>\d{1,4} ?[a-z]?)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<right>\d{1,4} ?[a-z]?) instead of (?P<wrong>\d{1,4} ?[a-z]?)\b", re.IGNORECASE
    ),
)
#: Kinds of streets, which are no street by themselves.
_KINDS_OF_STREET: Final = re.compile(
    r"(?:street|st|road|rd|lane|avenue|ave|close|drive|court|walk|way|square|place|hill|row|mews|terrace)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Details:
    """What matters need, and the words by which choices are made.

    Attributes:
        needs: details by matter, in the order in which they are asked for.
        choices: for a detail that is a choice, the words of each.
    """

    needs: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, Mapping[str, tuple[str, ...]]]


@lru_cache(maxsize=1)
def shared_details() -> Details:
    """Returns what the company's own file says.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    return load_details(DETAILS_FILE)


def load_details(file: Path) -> Details:
    """Reads a YAML file; see :func:`shared_details`."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Details(
            {matter: tuple(map(str, needed)) for matter, needed in content["needs"].items()},
            {
                detail: {choice: tuple(map(str, words)) for choice, words in ways.items()}
                for detail, ways in content["choices"].items()
            },
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError) as e:
        raise ExemplarError(
            f"{file}: cannot read what is asked of customers ({e!r}); it has the sections needs and choices."
        ) from e


def taken_for(detail: str, text: str, *, misread: bool = False) -> str | None:
    """Returns what a whole message says of the detail that was asked for, None if it is something else.

    Args:
        detail: what was asked for.
        text: of the message.
        misread: whether it was understood as something else; then it must look the more like it.

    >>> taken_for("city", "it's Utrecht")
    'Utrecht'
    >>> taken_for("email", "My e mail is dorothy at example dot com. I can't find the key for it")
    'dorothy@example.com'
    >>> taken_for("email", "I look at it later dot")
    """
    shape = _SHAPES.get(detail)
    said = _LEAD.sub("", text.strip().strip(".!")).strip()
    said = plain_place(said) if detail == "city" else said
    if detail == "order_number":
        number = _NUMBER.fullmatch(said)
        return f"ML-{number[1]}{number[2]}" if number else None
    if detail == "email":
        spoken = _SPOKEN.fullmatch(said) or _SPOKEN_AMID.search(said)
        return re.sub(r" dot ", ".", f"{spoken[1]}@{spoken[2]}", flags=re.I) if spoken else None
    if detail == "street":
        # "to 43 please, Nieuwegracht 43": the part that is a street, where only one part is.
        parts = [part.strip() for part in said.split(",")]
        streets = [part for part in parts if _STRICTER["street"].fullmatch(part)]
        polite = any(re.search(r"\b(?:please|pls)\b", part, re.I) for part in parts)
        said = streets[0] if len(parts) > 1 and len(streets) == 1 and polite else said
    if shape is None or not shape.fullmatch(said):
        return None
    if detail in {"name", "city"} and said.lower().split()[0] in _TALK:
        return None
    if misread and detail in _STRICTER and not _STRICTER[detail].fullmatch(said):
        return None
    return None if detail in {"name", "city"} and len(said.split()) > _MOST_WORDS else said


def corrected_email(email: str, text: str) -> str | None:
    """Returns an email address as a text corrects it, None if it corrects nothing of it.

    >>> corrected_email("ada@example.com", "example.org not com")
    'ada@example.org'
    """
    said = text.strip().strip(" .!?")
    for pattern in _CORRECTION:
        for found in pattern.finditer(said):
            right, wrong = (found[part].strip(".").lower() for part in ("right", "wrong"))
            user, _, domain = email.lower().partition("@")
            if not (right and wrong and domain) or right == wrong:
                continue
            if domain == wrong or domain.endswith(f".{wrong}"):
                kept = domain.removesuffix(wrong)
                # "example.org not com" names all of the domain, "org not com" its end.
                whole = "." in right and right.split(".")[0] == domain.split(".")[0]
                return f"{user}@{right if whole or not kept else kept + right}"
            if domain.split(".")[0] == wrong:
                return f"{user}@{right if '.' in right else domain.replace(wrong, right, 1)}"
            if len(wrong) > 1 and user.count(wrong) == 1:
                return f"{user.replace(wrong, right)}@{domain}"
    return None


def is_postcode(text: str) -> bool:
    """Tells whether a whole message is a postcode, as they are written where parcels go."""
    return bool(_POSTCODE.fullmatch(text.strip(" .!").upper()))


def address_in(text: str) -> dict[str, str]:
    """Returns the parts of an address written in one go: "Rue Haute 96, 1000 Brussels".

    Only what stands around a postcode is taken: before it the street, after it the town.
    """
    text = _EMAIL.sub(" ", text)
    found = list(_POSTCODE.finditer(text))
    for code in reversed(found):
        before = [
            part.strip()
            for part in re.split(r"[,\n;]|(?<=[^\W\d_]{4})[.!?]\s", text[: code.start()])
            if part.strip()
        ]
        # A sentence may end with the town; "St. Gallen" is no end.
        parts_after = re.split(r"[,\n;]|(?<=[^\W\d_]{3})\.\s", text[code.end() :])
        after = [part.strip(" .") for part in parts_after if part.strip(" .")]
        after = [part for part in after if not re.match(r"(?:please|pls|thanks?)\b", part, re.I)]
        street = next((part for part in reversed(before) if re.search(r"\d", part)), None)
        if street and not _TOWN_BEFORE.match(street):
            street = _SENTENCE_BEFORE.sub("", street)
        # In Britain the town goes before the postcode.
        towns = after or [part for part in before if not re.search(r"\d", part)][-1:]
        street = street and re.sub(r"^.*\b(?:is|to|at|address:?)\s+(?=\S+.*\d)", "", street)
        town = _TOWN_BEFORE.match(street or "")
        towns = towns or ([town["town"]] if town else [])
        street = street and plain_street(street)
        towns = [plain_place(one) for one in towns]
        city = towns[0] if towns and re.fullmatch(r"[^\W\d_][^\d]{1,40}", towns[0]) else None
        parts = {"street": street, "postcode": code.group(), "city": city}
        if street:
            return {name: value for name, value in parts.items() if value}
    return {}


def choice_in(
    detail: str, text: str, choices: Mapping[str, Mapping[str, Sequence[str]]]
) -> str | None:
    """Returns the choice that a text makes, None if it makes none."""
    words_said = re.findall(r"[\w']+", text.lower().replace("’", "'"))
    said = f" {' '.join(words_said)} "
    for choice, words in choices.get(detail, {}).items():
        if any(f" {word} " in said for word in words):
            return choice
    return None


def country_named(text: str) -> str | None:
    """Returns the country that a text names, also by "Swiss" or "UK", None if it names none."""
    choices = shared_details().choices
    return choice_in(SERVED, text, choices) or choice_in(FAR, text, choices)


def plain_street(street: str) -> str:
    """Returns a street without what is no part of it: "ok Keizersgracht 5", "Utrecht. Nieuwegracht 41".

    >>> plain_street("its Keizersgracht 5")
    'Keizersgracht 5'
    """
    kept = street.strip().lstrip(" .,;:!?-")
    if not _TOWN_BEFORE.match(kept):
        kept = _SENTENCE_BEFORE.sub("", kept)
    for pattern in (_FILLER, _TOWN_BEFORE):
        left = pattern.sub("", kept).strip()
        named = re.search(r"[^\W\d_]{2,}", left)
        if named and re.search(r"\d", left) and not _KINDS_OF_STREET.match(left):
            kept = left
    return kept


def street_corrected(text: str) -> str | None:
    """Returns the street that a message gives in the place of a wrong one, None if it gives none.

    >>> street_corrected("the street should be Kade 12, without the ok")
    'Kade 12'
    """
    given = address_in(text).get("street")
    if given:
        return given
    named = _STREET_GIVEN.search(text.replace("’", "'"))
    return plain_street(named["street"]) if named else None


def names_product(street: str, words: Collection[str]) -> bool:
    """Tells whether what was taken for a street is a product and its number: "mugs 12", "10 mugs".

    Args:
        street: what was taken.
        words: of the products' names, in the singular.
    """
    said = [word.lower() for word in re.findall(r"[^\W\d_]+", street)]
    said = [word for word in said if word not in {"x", "of", "the", "times"}]
    return bool(said) and all(
        word in words or (word.endswith("s") and word[:-1] in words) for word in said
    )


def plain_name(name: str) -> str:
    """Returns a name or a town without what is said before it: "ok Sanne Bakker", "it's Utrecht"."""
    return _FILLER.sub("", name.strip()).strip() or name.strip()


def plain_place(town: str) -> str:
    """Returns a town without what is said after it.

    >>> plain_place("Utrecht please")
    'Utrecht'
    """
    return _TAIL.sub("", town.strip()).strip(" .,!?") or town.strip()


def house_corrected(street: str, text: str) -> str | None:
    """Returns a street as a text corrects its number, None if it corrects nothing of it.

    >>> house_corrected("Kade 18", "sorry, 81 not 18")
    'Kade 81'
    """
    for pattern in _HOUSE:
        for found in pattern.finditer(text.replace("’", "'")):
            wrong, right = found["wrong"].strip(), found["right"].strip()
            number = re.compile(rf"(?<!\w){re.escape(wrong)}(?!\w)", re.IGNORECASE)
            if number.search(street):
                return number.sub(right, street, count=1)
    return None


def quantity_said(text: str) -> int | None:
    """Returns how many of something are wanted, 1 to 99; None where nothing is said."""
    said = text.lower()
    for word, number in _QUANTITIES.items():
        if re.search(rf"\b{word}\b{_NO_PIECES}", said) and word != "one":
            return number
    found = re.search(
        rf"(?<![\w.,€$£-])(\d{{1,2}})(?!\d){_NO_PIECES}(?: ?(?:x|×|of|pieces|pcs|more))?(?![\w.,:€%-]*\d)",
        said,
    )
    return min(max(int(found[1]), 1), _MOST) if found else None


def quantity_of(product: str, text: str) -> int | None:
    """Returns how many of a product are wanted where a text names several things: "mugs 12, pads 2".

    The number stands right before or right after it.

    >>> quantity_of("mugs", "12 of the mugs n 2 felt pads")
    12
    """
    named = re.escape(product.lower())
    before = re.search(
        rf"(?<![\w.,€-])({_COUNT})(?: ?[x×])?(?: \w+(?<!\d)){{0,2}}? {named}",
        text.lower(),
    )
    after = re.search(
        rf"{named}s?(?: ?[x×:(-])? ?({_COUNT})\b(?! ?(?:euros?|€|cm|%))", text.lower()
    )
    found = after if after and not before else before or after
    return quantity_said(found[1]) or 1 if found else None


def recounted_in(text: str) -> int | None:
    """Returns the number of pieces that a message puts right, None if it puts none right.

    >>> recounted_in("1?? its twelve")
    12
    """
    said = text.lower().replace("’", "'")
    for pattern in _RECOUNTED:
        found = pattern.search(said)
        if found:
            return quantity_said(found["n"]) or 1
    return None
