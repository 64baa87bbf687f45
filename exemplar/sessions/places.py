"""Finds postal addresses: street and number, post office boxes, postcodes with their town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exemplar.sessions.names import NEVER, fold, words_in

_CAP: Final = r"(?-i:[^\W\d_a-zà-öø-ÿ])[\w'’.\-]*"
_NAME: Final = (
    r"(?:(?:de|du|des|da|do|dos|das|del|di|la|le|las|los|van|der|den|von)[ ]+){0,2}"
    rf"{_CAP}(?:[ ]+(?:{_CAP}|of|the|de|du|des|da|do|dos|das|del|di|la|le|van|der|den|von|zu|y|l'|d'))*"
)
_NUMBER: Final = (
    r"\d{1,5}(?:[ ]?[a-zA-Z](?![\w])|-[a-zA-Z](?!\w)|[-/]\d{1,4}[a-zA-Z]?|[- ]?[IVX]{1,4}(?!\w))?"
)
_KIND: Final = (
    r"(?:street|road|avenue|lane|drive|court|close|crescent|terrace|place|square|boulevard|"
    r"highway|parkway|"
    r"grove|gardens|mews|row|walk|hill|quay|circle|rise|green|trail|alley|esplanade|parade|"
    r"gate|view|wharf|"
    r"loop|heights|common|fields|meadow|bend|path|plaza|expressway|promenade|"
    r"st|rd|ave|av|ln|dr|ct|blvd|hwy|pkwy|cres|terr?|pl|sq|cir)"
)
_ABBREVIATED: Final = words_in("st rd ave av ln dr ct blvd hwy pkwy cres ter terr pl sq cir")
#: Kinds of street that are words of everyday, too; they need a name with a capital before them.
_COMMON: Final = words_in(
    "place close view green row walk common path gate drive square bend court hill plaza fields rise "
    "loop meadow circle trail st pl dr ct av ter park way sq cir"
)
_UNIT: Final = (
    r"(?:(?:flat|apt|apartment|unit|suite|ste|room|floor|door|block|building|#)\.?[ ]*"
    r"[\w\-/]{1,6}(?:,?[ ]+)(?:[^\W\d_]+[ ]+(?:house|court|building|lodge|mansions|tower),?[ ]+)?)"
)
_AFTER_UNIT: Final = (
    r"(?:,?[ ]+(?:(?:flat|apt|apartment|unit|suite|ste|room|floor|bus|app|appartement|top|"
    r"stiege|door|esc|piso)"
    r"\.?[ ]*#?[\w\-/]{1,6}|#[ ]?\w{1,5}|\d(?:st|nd|rd|th)[ ]floor|[23]e[ ]verdieping))"
)
_ENGLISH: Final = re.compile(
    rf"(?<![\w€$£.,\-#]){_UNIT}?{_NUMBER}[ ]+"
    rf"(?:(?:[NSEW]\.?|North|South|East|West)[ ]+)?"
    rf"(?:(?:(?!days?\b|hours?\b|weeks?\b|times?\b|of\b|for\b|to\b|on\b|in\b|at\b|and\b|is\b|"
    rf"are\b|different\b)"
    rf"[^\W\d_][\w'’.\-]*|\d{{1,3}}(?:st|nd|rd|th))[ ]+){{1,3}}?(?:{_KIND}|(?-i:Way|Park))\b\.?"
    rf"(?:[ ]+(?-i:[NSEW]{{1,2}}|North|South|East|West)\b)?{_AFTER_UNIT}?",
    re.IGNORECASE,
)
_NUMBER_LAST: Final = re.compile(
    rf"""(?<![\w])(?:
        (?:[^\W\d_][\w'’.\-]*[ ]+)?
        (?:[^\W\d_][\w'’.\-]+(?:straat|laan|gracht|plein|kade|burgwal|steeg|stra[sß]s?e|gasse|
          allee|chaussee|vænget|
            stræde|gatan|vägen|veien|katu)
          | (?-i:[^\W\d_a-zà-öø-ÿ])[\w'’.\-]+(?:weg|singel|dreef|hof|dijk|markt|pad|baan|lei|
            str\.?|platz|ring|damm|
            ufer|zeile|steig|graben|vej|gade|gata|gate|veg|gränd|torget|tie|polku|utca|út)
          | [Uu]lica|[Uu]lice)[ ]+(?:\#[ ]?)?{_NUMBER}(?![\w%€$£])
      | (?-i:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Vv]ia|[Vv]iale|[Cc]orso|[Pp]iazza|[Ll]argo|
        [Cc]alle|[Cc]/|
            [Aa]venida|[Aa]v\.|Avda\.?|[Pp]laza|[Pp]aseo|[Cc]arrer|[Rr]ua|[Tt]ravessa|[Pp]raça|
              [Uu]l\.|[Uu]lica|
            [Aa]leja|[Aa]l\.|[Oo]s\.|[Pp]lac|[Pp]l\.|[Cc]hemin|[Aa]ll[ée]e|[Ii]mpasse|
              [Cc]hauss[ée]e|[Qq]uai|Jalan|
            Jl\.?|Lange|Korte|Am|An[ ]der|Auf[ ]der|Im|Zum|Zur|Unter[ ]den|Ulitsa|ulitsa|Str\.|
              Strada|Calea|Sokak|
            Cadde|Mahallesi)
            [ ]*{_NAME},?[ ]*(?:n[°ºo]\.?[ ]*|nr\.?[ ]*|No[.:]?[ ]*)?{_NUMBER}(?![\w%€$£])
      | (?-i:{_CAP}(?:[ ]{_CAP}){{0,2}}[ ](?:Sokak|Sok\.|Caddesi|Cad\.|Sk\.|Marg|Nagar|Road|
        Street|Avenue|Crescent|
            Gardens|Square|Lane|Drive|Boulevard|Close|Way|Allé|utca|u\.|út|Sträßchen|Weg|Straat|
              Plein|Platz|
            Straße|Strasse))[ ,]+(?:No[.:]?[ ]*|nr\.?[ ]*)?{_NUMBER}(?![\w%€$£])
      )(?:[ ,]*(?:bus|app|top|apt|D:|kat|piso)[ .:]*\w{{1,4}})?""",
    re.IGNORECASE | re.VERBOSE,
)
_FRENCH: Final = re.compile(
    rf"(?<![\w€$£.,\-#]){_NUMBER}(?:[ ](?:bis|ter|quater))?,?[ ]+(?:rue|avenue|av\.?|boulevard|"
    rf"bd|place|chemin|"
    rf"all[ée]e|impasse|quai|cours|route|square|via|calle|"
    rf"rua)[ ]+[^\W\d_][\w'’\-]*(?:[ ]+(?:{_CAP}|de|du|des|la|"
    rf"le|les|l'|d'|et|saint|sainte)){{0,4}}",
    re.IGNORECASE,
)
_BOX: Final = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post(?:al)?\s?box|postbus|postfach|bo[iî]te postale|bp|"
    r"apartado)\s*#?\d{1,6}\b",
    re.IGNORECASE,
)
#: After a number these are measured or counted, not lived in.
_UNITS: Final = (
    r"(?:days?|hours?|weeks?|months?|years?|times?|min(?:ute)?s?|of|to|for|x|small|large|"
    r"big|dark|light)\b"
)
#: After these a name with a number is an address, whatever its street is called.
_LED: Final = re.compile(
    rf"""\b(?:address(?:\s+is|\s+was|\s+to|\s*:|\s+should\s+be|\s+would\s+be)?|
          (?:i|we)\s+(?:now\s+)?live\s+(?:at|on)
        |i'?m\s+at|we'?re\s+at|lives\s+at|(?:deliver|delivered|ship|shipped|send|sent|post|
          posted|bring|went)\s+
        (?:it\s+|them\s+|that\s+|everything\s+)?(?:out\s+)?to|moved\s+to|moving\s+to|
          drop\s+(?:it\s+)?at|street\s*:
        |adres(?:se)?\s*:?|neighbou?r\s+at|number)\s*(?:is\s+|at\s+)?[:,]?\s*
        (?P<address>(?:{_CAP}(?:[ ]+{_CAP}){{0,3}}[ ]+{_NUMBER}
        |{_NUMBER}[ ]+{_CAP}(?:[ ]+{_CAP}){{0,3}}))(?![\w%€$£])""",
    re.VERBOSE | re.IGNORECASE,
)
_LED_CASE: Final = re.compile(
    rf"(?:{_CAP}(?:[ ]+{_CAP}){{0,3}}[ ]+{_NUMBER}|"
    rf"{_NUMBER}[ ]+{_CAP}(?:[ ]+{_CAP}){{0,3}})"
)

#: The same in small letters, where the kind of street could be another word: "i live at 7 badger close".
_LED_SMALL: Final = re.compile(
    rf"(?:^|\b(?:address is|live at|lives at|we'?re at|i'?m at|moved to|deliver(?:ed)? to|ship(?:ped)? to|"
    r"sen[dt] (?:it |that |them )?to|went to|go to)\s+)"
    rf"(\d{{1,4}}[a-z]? (?!{_UNITS})[a-z]+(?: [a-z]+)? {_KIND})"
    r"(?=\s*(?:$|[,.!?;\n]|please|pls|by mistake|instead))",
    re.IGNORECASE,
)
_POSTCODE_ALONE: Final = re.compile(
    r"""(?<![\w\-#.])(?:
        (?:[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[ABD-HJLNP-UW-Z]{2})     # Britain
      | \d{4}[ ]?[A-Z]{2}(?![A-Z])                            # Netherlands
      | [ABCEGHJ-NPRSTVXY]\d[A-Z][ ]?\d[A-Z]\d                # Canada
      | (?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)[ ]\d{4}               # Australia
      | \d{2}-\d{3}(?=[ ,]+[^\W\d_])                          # Poland
      | \d{4}-\d{3}(?=[ ,]+[^\W\d_])                          # Portugal
      | [A-Z]{2}[ ]\d{5}(?:-\d{4})?                           # a state and its ZIP
      | (?<!\d[ ])\d{5}-\d{4}
      | 〒?\d{3}-\d{4}(?=[ ,]+(?:Tokyo|Osaka|Kyoto|Japan))
      | [A-Z]\d{2}[ ][A-Z0-9]{4}                              # Ireland
      )(?![\w\-@])""",
    re.VERBOSE,
)
_POSTCODE_SMALL: Final = re.compile(
    r"(?<![\w\-#.])(?:[a-z]{1,2}\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}|\d{4} [a-z]{2}(?=[\s,.]*$|"
    r",))(?![\w\-@])"
)
_POSTCODE_TOLD: Final = re.compile(
    r"\b(?:post\s?codes?|postal code|zip(?: ?code)?|pin ?code|pin|plz|eircode|cap|cp|code postal)"
    r"(?:\s+(?:is|was|changed|now|to|should be|here is))*\s*[:#]?\s*(?:is\s+)?"
    r"([A-Z0-9]{2,5}(?:[ \-][A-Z0-9]{2,5})?)(?!\w)",
    re.IGNORECASE,
)
#: "10115 Berlin", "B-1000 Brussels", "113 45 Stockholm".
_POSTCODE_TOWN: Final = re.compile(
    rf"(?<![\w\-#.€$£])(?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}}|\d{{3}} \d{{2}}|\d{{6}})[ ](?:{_CAP})"
    rf"(?:[ \-](?:{_CAP}|am|an der|sur|de|la|le|les|en))*"
)
_TOWN_AFTER: Final = re.compile(
    rf"(?:,?[ ]+{_CAP}(?:[ \-](?:{_CAP}|am|an|der|sur|de|la|upon|on|under)){{0,3}})(?=[\s,.;!?)]|$)"
)
_BETWEEN: Final = re.compile(
    rf"^(?:\s*[,\n]\s*|\s+)(?:(?:in\s+)?{_CAP}(?:[ \-]{_CAP}){{0,2}}(?:\s*[,\n]\s*|\s+)){{0,2}}$"
    r"|^,\s*[^\W\d_]+(?:[ \-][^\W\d_]+)?,?\s+$"
)
_STREET_BEFORE: Final = re.compile(rf"{_CAP}[ ]\d{{1,4}}[a-z]?[ ]*[,\n]\s*$")
_BEFORE_TOWN: Final = re.compile(
    rf"(?<![\w€$£.])(?:{_NUMBER}[ ]+{_CAP}(?:[ ]+{_CAP}){{0,2}}|"
    rf"{_CAP}(?:[ ]+{_CAP}){{0,2}}[ ]+{_NUMBER})"
    rf"(?:[ ]*[,\n][ ]*{_CAP}(?:[ \-]{_CAP}){{0,2}}){{0,2}}[ ]*[,\n]?[ ]*$"
)
#: What may follow a street: ", 2000 Antwerpen", ", Boise, ID 83702", ", Wellington 6011", ", Dundee".
_TAIL: Final = re.compile(
    rf"[ ]*[,\n][ ]*(?:(?:[A-Z]{{1,2}}-)?(?:\d{{4,6}}|\d{{3}}[ ]\d{{2}}|\d{{2,4}}-\d{{3}})[ ]+{_CAP}"
    rf"(?:[ \-]{_CAP}){{0,2}}|{_CAP}(?:[ \-]{_CAP}){{0,2}}(?:,?[ ]+(?:[A-Z]{{2,3}}[ ]+)?"
    r"(?:\d{4,6}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d))?)(?![\w\-@])"
)
_DATES: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
_TIME_OF_DAY: Final = re.compile(r"^\d{4} (?:am|pm|AM|PM)$")


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields start, end and a key of each address, parts that stand together as one.

    The key is the street's, or else the postcode's, so that an address in other words stays the same.
    """
    spans = sorted(_pieces(text))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif joined and start - joined[-1][1] < 40 and _BETWEEN.match(text[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    for start, end in joined:
        written = text[start:end]
        tail = _TAIL.match(text, end)
        if tail and _names_town(tail.group()):
            end = tail.end()
        elif (
            re.search(
                r"\d[ ]?[A-Z]{2}$|\d{5}$|[A-Z]{2,3}[ ]\d{4}$|\d[A-Z]{2}$|\d{2,4}-\d{3}$", written
            )
            and start != end
        ):
            town = _TOWN_AFTER.match(text, end)
            if town and not _DATES.match(town.group().strip(" ,")):
                end = town.end()
        if re.match(r"\S*\d\S*(?: \S+){0,2}$|\d{4,6} ", written):
            # "27 Kingsway, Cardiff CF10 3FD": a street that only its town and postcode show to be one.
            street = _BEFORE_TOWN.search(text[max(0, start - 70) : start])
            if street:
                start -= len(street.group())
        # A town that was taken along keeps no full stop.
        while end > start and text[end - 1] in " ,.\n":
            end -= 1
        yield start, end, _key(text[start:end])


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    if not any(sign.isdigit() for sign in text):
        return
    for found in _LED_SMALL.finditer(text):
        yield found.span(1)
    for pattern in (_ENGLISH, _FRENCH, _NUMBER_LAST, _BOX):
        for found in pattern.finditer(text):
            if pattern is _ENGLISH and not _english(found.group()):
                continue
            yield found.span()
    for found in _LED.finditer(text):
        # The pattern ignores case for the sake of what leads; the address itself needs its capitals.
        inner = _LED_CASE.match(text, found.start("address"))
        if (
            inner
            and not re.match(r"(?:ML|IN|INV|Order)\b", inner.group())
            and not _DATES.match(re.sub(r"^\d+[a-z]* ", "", inner.group()))
        ):
            yield inner.span()
    for found in _POSTCODE_ALONE.finditer(text):
        if (
            not re.match(r"(?:ML|IN|INV|NO|NR|ID|US|EU|UK) \d", found.group())
            and not _TIME_OF_DAY.match(found.group())
            and not re.match(
                r"\d{4} ?(?:CM|MM|KM|KG|ML|AM|PM|UK|EU|US|PS|OK|TV|XL)$", found.group()
            )
        ):
            yield found.span()
    for found in _POSTCODE_SMALL.finditer(text):
        if not re.search(
            r" (?:am|pm|cm|mm|kg|ml|of|or|in|is|it|at|to|on|so|us|uk|eu)$", found.group()
        ):
            yield found.span()
    for found in _POSTCODE_TOLD.finditer(text):
        if any(sign.isdigit() for sign in found[1]):
            code = re.match(
                r"\S*\d\S*(?:[ \-][A-Z0-9]{2,5})?|[A-Z0-9]{2,5}[ \-]\S*\d\S*", found[1], re.I
            )
            if code:
                end = found.start(1) + code.end()
                # "postcode 1012 is" names no second half.
                tail = re.search(r" ([a-z]{2,5})$", text[found.start(1) : end])
                if (
                    tail
                    and tail[1] not in {"ab"}
                    and not re.fullmatch(r"\d{4} [a-z]{2}", text[found.start(1) : end])
                ):
                    end -= len(tail.group())
                yield found.start(1), end
    for found in _POSTCODE_TOWN.finditer(text):
        word = found.group().split()[-1]
        if not _DATES.match(word) and not re.match(r"(?:[A-Z]{2,}$)", word):
            near = text[max(0, found.start() - 60) : found.start()]
            digits = re.match(r"\d+", found.group())
            year = (
                digits and len(digits.group()) == 4 and re.match(r"(?:19|20)\d\d", digits.group())
            )
            six = digits and len(digits.group()) == 6
            if (
                re.search(r"(?:,|\n|^|\bin|\bat|\bto|\bis|code)\s*$", near)
                and (not year or _STREET_BEFORE.search(near))
                and not (six and re.search(r"order|ML|invoice", near, re.IGNORECASE))
            ):
                yield found.span()


def _names_town(tail: str) -> bool:
    """Whether what follows a street is a town, not the next sentence."""
    # "ID" is Idaho here, not a word.
    words = [
        fold(word)
        for word in re.findall(r"[^\W\d_]+", tail)
        if not re.fullmatch("[A-Z]{2,3}", word)
    ]
    return bool(words) and not any(word in NEVER for word in words) and not _DATES.match(words[0])


def _english(written: str) -> bool:
    """Whether a number, words and a kind of street are an address: "12 Elm St", not "2 days to close"."""
    words = written.split()
    kind = re.sub(r"\W", "", words[-1])
    short = kind.lower() in _ABBREVIATED
    named = [w for w in words[1:-1] if w[0].isupper()]
    common = kind.lower() in _COMMON
    if common or short:
        return bool(named) and (kind[0].isupper() or not short)
    return True


def _key(written: str) -> str:
    """Returns what is the same of an address however it is written: its number and its longest word."""
    words = re.findall(r"[^\W\d_]{4,}", written.lower())
    numbers = re.findall(r"\d+", written)
    if words and numbers:
        skip = {"street", "road", "avenue", "lane", "drive", "flat", "apartment", "unit"}
        named = [word for word in words if word not in skip] or words
        return f"{named[0][:12]} {numbers[0] if len(numbers[0]) < 5 or len(numbers) == 1 else numbers[-1]}"
    return re.sub(r"\W", "", written.lower())
