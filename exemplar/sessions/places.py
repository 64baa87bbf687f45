"""Finds postal addresses: street and number, post office boxes, postcodes with their town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exemplar.sessions.address_parts import (
    HOUSES,
    JOINERS,
    LEADS,
    NUMBER,
    STOPS,
    head,
    sentence_end,
    tail,
)
from exemplar.sessions.name_tokens import near
from exemplar.sessions.names import CALENDAR, PRODUCTS, NameLexicon, fold, words_in


@dataclass(frozen=True)
class Address:
    """An address in a text.

    Attributes:
        start: in characters.
        end: behind it.
        key: its number and its longest word, so that it stays the same in other words.
        whole: whether a street, a house or a code has a town with it, and so can be nothing else.
    """

    start: int
    end: int
    key: str
    whole: bool


_CAP: Final = r"(?-i:[^\W\d_a-zà-öø-ÿ])[\w'’.\-]*"
_NAME: Final = (
    r"(?:(?:de|du|des|da|do|dos|das|del|di|la|le|las|los|van|der|den|von)[ ]+){0,2}"
    rf"{_CAP}(?:[ ]+(?:{_CAP}|of|the|de|du|des|da|do|dos|das|del|di|la|le|van|der|den|von|zu|y|l'|d'))*"
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
    rf"(?<![\w€$£.,\-#]){_UNIT}?{NUMBER}[ ]+"
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
        (?:[^\W\d_][\w'’.\-]+(?:straat|laan|gracht|plein|kade|burgwal|steeg|stra[sß]s?e|str\.|gasse|
          allee|chaussee|vænget|
            stræde|gatan|vägen|veien|katu)
          | (?-i:[^\W\d_a-zà-öø-ÿ])[\w'’.\-]+(?:weg|singel|dreef|hof|dijk|markt|pad|baan|lei|
            str\.?|platz|ring|damm|
            ufer|zeile|steig|graben|vej|gade|gata|gate|veg|gränd|torget|tie|polku|utca|út)
          | [Uu]lica|[Uu]lice)[ ]+(?:\#[ ]?)?{NUMBER}(?![\w%€$£])
      | (?-i:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Vv]ia|[Vv]iale|[Cc]orso|[Pp]iazza|[Ll]argo|
        [Cc]alle|[Cc]/|
            [Aa]venida|[Aa]v\.|Avda\.?|[Pp]laza|[Pp]aseo|[Cc]arrer|[Rr]ua|[Tt]ravessa|[Pp]raça|
              [Uu]l\.|[Uu]lica|
            [Aa]leja|[Aa]l\.|[Oo]s\.|[Pp]lac|[Pp]l\.|[Cc]hemin|[Aa]ll[ée]e|[Ii]mpasse|
              [Cc]hauss[ée]e|[Qq]uai|Jalan|
            Jl\.?|Lange|Korte|Am|An[ ]der|Auf[ ]der|Im|Zum|Zur|Unter[ ]den|Ulitsa|ulitsa|Str\.|
              Strada|Calea|Sokak|
            Cadde|Mahallesi)
            [ ]*(?:\d{{1,2}}[ ](?:de[ ])?)?{_NAME},?[ ]*(?:n[°ºo]\.?[ ]*|nr\.?[ ]*
            |No[.:]?[ ]*)?{NUMBER}(?![\w%€$£])
      | (?-i:{_CAP}(?:[ ]{_CAP}){{0,2}}[ ](?:Sokak|Sok\.|Caddesi|Cad\.|Sk\.|Marg|Nagar|Road|
        Street|Avenue|Crescent|
            Gardens|Square|Lane|Drive|Boulevard|Close|Way|Allé|utca|u\.|út|Sträßchen|Weg|Straat|
              Plein|Platz|
            Straße|Strasse))[ ,]+(?:No[.:]?[ ]*|nr\.?[ ]*)?{NUMBER}(?![\w%€$£])
      )(?:[ ,]*(?:bus|app|top|apt|D:|kat|piso)[ .:]*\w{{1,4}})?""",
    re.IGNORECASE | re.VERBOSE,
)
_FRENCH: Final = re.compile(
    rf"(?<![\w€$£.,\-#]){NUMBER}(?:[ ](?:bis|ter|quater))?,?[ ]+(?:rue|avenue|av\.?|boulevard|"
    rf"bd|place|chemin|"
    rf"all[ée]e|impasse|quai|cours|route|square|via|calle|"
    rf"rua)[ ]+[^\W\d_][\w'’\-]*(?:[ ]+(?:(?:(?-i:[ldLD])['’])?{_CAP}|de|du|des|la|"
    rf"le|les|l'|d'|et|saint|sainte)){{0,4}}",
    re.IGNORECASE,
)
_BOX: Final = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post(?:al)?\s?box|postbus|postfach|bo[iî]te postale|bp|"
    r"apartado)\s*#?\d{1,6}(?:-\d{3,6})?\b",
    re.IGNORECASE,
)
#: After a number these are measured or counted, not lived in.
_UNITS: Final = (
    r"(?:days?|hours?|weeks?|months?|years?|times?|min(?:ute)?s?|of|to|for|x|small|large|"
    r"big|dark|light|lumens?|kelvin|watts?|volts?|(?-i:K|W|V))\b"
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
        (?P<address>(?:{_CAP}(?:[ ]+{_CAP}){{0,3}}[ ]+{NUMBER}
        |{NUMBER}[ ]+{_CAP}(?:[ ]+{_CAP}){{0,3}}))(?![\w%€$£])""",
    re.VERBOSE | re.IGNORECASE,
)
_LED_CASE: Final = re.compile(
    rf"(?:{_CAP}(?:[ ]+{_CAP}){{0,3}}[ ]+{NUMBER}|"
    rf"{NUMBER}[ ]+{_CAP}(?:[ ]+{_CAP}){{0,3}})"
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
      | (?<![\d)][ ])(?<![\d)])\d{5}-\d{4}
      | 〒?\d{3}-\d{4}(?=[ ,]+(?:Tokyo|Osaka|Kyoto|Japan))
      | [A-Z]\d{2}[ ][A-Z0-9]{4}                              # Ireland
      )(?![\w\-@])""",
    re.VERBOSE,
)
_POSTCODE_SMALL: Final = re.compile(
    r"(?<![\w\-#.])(?:[a-z]{1,2}\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}|\d{4} [a-z]{2}(?=[\s,.]*$|"
    r",))(?![\w\-@])"
)
_POSTCODE_CLOSE: Final = re.compile(
    r"(?<![\w\-#.€$£])(?:[a-z]{1,2}\d[a-z\d]?\d[abd-hjlnp-uw-z]{2}"
    r"|[1-9]\d{3}(?!am|pm|cm|mm|km|kg|ml|lm|of|or|in|is|it|at|to|on|so|us|uk|eu|st|nd|rd|th|hz|gb|mb|px)[a-z]{2})"
    r"(?![\w\-@])"
)
_POSTCODE_TOLD: Final = re.compile(
    r"\b(?:post\s?codes?|postal code|zip(?: ?code)?|pin ?code|pin|plz|eircode|cap|cp|code postal)"
    r"(?:\s+(?:is|was|changed|now|to|should be|here is))*\s*[:#]?\s*(?:is\s+)?"
    r"([A-Z0-9]{2,7}(?:[ \-][A-Z0-9]{2,5})?)(?!\w)",
    re.IGNORECASE,
)
#: "10115 Berlin", "B-1000 Brussels", "113 45 Stockholm".
_POSTCODE_TOWN: Final = re.compile(
    rf"(?<![\w\-#.€$£])(?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}}|\d{{3}} \d{{2}}|\d{{6}})[ ](?=\w{{2}})(?:{_CAP})"
    rf"(?:[ \-](?:{_CAP}|am|an der|sur|de|la|le|les|en))*"
)
_TOWN_AFTER: Final = re.compile(
    rf"(?:,?[ ]+{_CAP}(?:[ \-](?:{_CAP}|am|an|der|sur|de|la|upon|on|under)){{0,3}})(?=[\s,.;!?)]|$)"
)
_STREET_BEFORE: Final = re.compile(rf"{_CAP}[ ]\d{{1,4}}[a-z]?[ ]*[,\n]\s*$")
#: Kinds of street that only a capital shows to be one: "10 Downing View", "88 Coyote Run".
_MORE_KINDS: Final = words_in(
    """
    ridge reach bank fold garth croft dene dell glen hollow hill hills chase copse drove end acre acres
    orchard orchards paddock paddocks side top bottom bridge brow cross mount mead meads nook spur point
    pointe landing crossing run trace pass ferry route highway strand vale valley villas villa yard wynd
    vennel pend brae loan gait circus approach broadway causeway embankment turnpike pike freeway
    motorway track way ways wood woods park pines oaks estate precinct arcade bypass cove creek canyon
    bluff island knoll lake ranch shore shores springs station summit union well wells quarter view
    views crescent mansions court green common lawn lawns esplanade parade waterfront beach bay harbour
    harbor cottages cottage buildings house lodge farm barn mill parkside hillside riverside lakeside
    quayside seafront marina village field fields meadows gardens grove groves cross main extension
    colony nagar marg road street avenue
    """
)
#: Nouns with a number that are no streets.
_COUNTED_NOUNS: Final = words_in(
    """
    model version step page part chapter section figure windows chrome order box size item error number
    iphone galaxy android ios macbook playstation xbox switch pixel ipad level season episode volume
    day week question option point line row batch lot stage class grade type series mark hole screw
    bolt panel shelf drawer room table chair lamp bed desk set pack kit parcel package attempt round
    rule note clause article code pin ticket case team group phase tier zone platform gate terminal
    """
)
_CAPS: Final = (
    rf"{_CAP}(?:[ ]+(?:{_CAP}|(?-i:of|the|upon|on|de|du|des|la|le|les|del|dei|da|do|dos|van|der|den"
    rf"|dem|op|y|zum|zur|im|am|nad|na|pod|di)(?=[ ])))*"
)
#: "19 Broadway, Didcot", "88 Coyote Run": a number and words with capitals, whatever they mean.
_NUMBER_CAPS: Final = re.compile(
    rf"(?<![\w€$£.,#\-/:]){NUMBER},?[ ]+(?P<street>(?:the[ ])?{_CAPS})", re.I
)
#: "Masarykova 31, Brno", "Laugavegur 33, 101 Reykjavík", "Andrássy út 60, 1062 Budapest".
_CAPS_NUMBER: Final = re.compile(
    rf"(?<![\w'’.\-/])(?P<street>(?:(?:de|het|'t|la|le|el|al\.|ul\.|pl\.|n[áa]m\.|lieu-dit)[ ]+)?{_CAP}"
    rf"(?:[ ]+(?:{_CAP}|[^\W\d_A-Z][\w'’.]{{1,12}}))?"
    rf"(?:[ ]+(?:{_CAP}|(?-i:[^\W\d_A-Z][\w'’.]{{0,12}}))){{0,3}}?),?[ ]+"
    rf"(?:n[°ºo]\.?:?[ ]*|nr\.?[ ]*|No[.:]?[ ]*|\#[ ]?)?(?P<number>{NUMBER})(?!\w|[%€$£]|[.,:]\d)",
    re.IGNORECASE,
)
#: "Flat 402, Lotus Enclave", "Plot 23, Kindaruma Road", "RR 2 Box 118".
_UNIT_FIRST: Final = re.compile(
    r"\b(?:flat|apt\.?|apartment|unit|suite|plot|lot|block|blk|house|villa|h\.\s?no\.?|"
    r"(?:door|house|flat|plot|shop)\s+no\.?|level|studio|phase|sector|rr|"
    r"tower|no\.)[ ]*[#:]?[ ]*(?-i:[A-Z]?-?\d[\w\-/]{0,7}|[A-H])(?:,[ ]+"
    r"|[ ](?=box))(?=(?-i:[A-ZÀ-Þ]|\d|box))",
    re.IGNORECASE,
)
#: "2-11-3 Meguro", "〒604-8571", "1-7-1 Konan, Minato-ku", "B-14, Sector 62".
_BLOCKS: Final = re.compile(
    rf"(?<![\w\-])(?:\d{{1,3}}-\d{{1,3}}(?:-\d{{1,4}})?,?[ ]+{_CAP}|〒[ ]?\d{{3}}-?\d{{4}}"
    rf"|{_CAP}-(?:ku|shi|cho|machi|dori|ch[oō]me)\b|(?-i:[A-Z])-?\d{{1,4}}(?:/\d+)?,[ ](?:Sector"
    rf"|Block|Phase)[ ]\w{{1,4}})"
)
#: "18402 Highway 12", "1204. Sok."
_NUMBERED_ROAD: Final = re.compile(
    r"(?<![\w€$£.,#\-/:])\d{1,5}[ ](?:[NSEW]\.?[ ])?(?:(?:county|state|farm|ranch)[ ](?:road|route"
    r"|highway)|highway|hwy|"
    r"route|rte|(?-i:CR|SR|FM|US))[ ]\d{1,4}(?!\w)|\b\d{1,4}\.?[ ](?:sok(?:ak)?|sk|cad(?:desi)?)\b\.?",
    re.IGNORECASE,
)
#: Without any number: "Willow Barn, Mere Lane, Great Missenden".
_NO_NUMBER: Final = re.compile(
    rf"(?<![\w'’\-])(?!Meadow Lane)(?:The[ ])?{_CAP}(?:[ ]{_CAP}){{0,2}}[ ](?:Road|Street|Lane"
    rf"|Avenue|Drive|Terrace|Crescent|"
    rf"Close|Hill|Way|Gardens|Grove|Cottages?|Farm|Barn|Farmhouse|Lodge|Manor|Mill|Rectory|Vicarage"
    rf"|Estate|Mansions|Villas?)"
    rf"(?=[ ]*[,\n][ ]*{_CAP})"
)
#: "Derrybawn, Laragh, Co. Wicklow"
_COUNTY: Final = re.compile(rf"(?<=,[ ])(?:Co\.?|County)[ ]{_CAP}")
#: "flat 6 marlborough house"
_UNIT_SMALL: Final = re.compile(
    r"\b(?:flat|apt|apartment"
    r"|unit)[ ]\d{1,4}[a-z]?,?[ ](?:\d{1,4}[ ])?[a-z'’]+(?:[ ][a-z'’]+)?[ ](?:house|court|lodge|"
    r"mansions|towers?|point|heights|gardens|building|place|road|street|avenue|lane|close|terrace"
    r"|square|hill|park|wharf|quay)\b"
)
#: In small letters a number, words, and behind a comma what can be a town.
_SMALL: Final = re.compile(
    r"(?:^|\b(?:to|at|is|it'?s|its|yes|no|sure|address|from|for|have|in|on|near|by|gave|use|used"
    r"|put|of|was|now)[ ,:]+|[\n:,][ ]*)"
    r"(?P<street>\d{1,4}[a-z]?(?:[-/]\d{1,4}[a-z]?)?[ ](?P<words>[^\W\d_]+(?:['’.\-]?[ ]?[^\W\d_]+){0,4})"
    r"|(?P<said>[^\W\d_]{3,}(?:[ .\-]+[^\W\d_]+){0,2}\.?)[ ]\d{1,4}[a-z]?(?:[ ](?:hs|huis|bis"
    r"|i{1,3}))?)(?=,[ ]?[^\W_])"
)
_BOUNDED: Final = re.compile(
    r"[ ]*(?:$|[,.;!?\n)]|[ ](?:please|now|instead|thanks|until|and|by|not))"
)
#: After these a street needs no more than its number.
_LIVING: Final = re.compile(
    r"""(?:\b(?:live|lives|living|stay|staying|based|located|address|adresse?|moved|moving
    |deliver(?:ed|y)?|ship(?:ped)?|
    sen[dt]|post(?:ed)?|bring|brought|forward(?:ed)?|redirect(?:ed)?|leave|left|drop(?:ped)?
    |collect(?:ed)?|pick(?:ed)?|
    went|goes|go|came|come|street|office|house|home|neighbou?r)\b[^.!?\n\d]{0,40})$""",
    re.IGNORECASE | re.VERBOSE,
)
_DATES: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)",
    re.IGNORECASE,
)
_TIME_OF_DAY: Final = re.compile(r"^\d{4} (?:am|pm|AM|PM)$")


def addresses(text: str, lexicon: NameLexicon, *, asked: bool = False) -> Iterator[Address]:
    """Yields each address, parts that stand together as one.

    Args:
        text: what was said.
        lexicon: what words can be.
        asked: whether the turn before asked for an address or a postcode.
    """
    joined: list[tuple[int, int, bool]] = []
    pieces = {*_pieces(text), *_unlisted(text, lexicon)}
    if asked or pieces:
        # Beside a street, or asked for, it is a postcode without a space and in small letters, too.
        pieces |= {found.span() for found in _POSTCODE_CLOSE.finditer(text)}
    for start, end in sorted(pieces):
        if joined and end <= joined[-1][1]:
            continue
        small = not any(
            sign.isupper() for sign in re.sub(r"\b[A-Z]\b|\d[A-Z]", "", text[start:end])
        )
        first = head(text, start, lexicon)
        last = tail(text, end, lexicon, small=small)
        whole = first < start or last > end
        if joined and first <= joined[-1][1] + 2 and not text[joined[-1][1] : first].strip(" ,\n"):
            joined[-1] = (min(joined[-1][0], first), max(joined[-1][1], last), True)
        else:
            joined.append((first, last, whole))
    for start, end, whole in joined:
        # A town that was taken along keeps no full stop.
        while end > start and text[end - 1] in " ,.\n":
            end -= 1
        yield Address(start, end, _key(text[start:end]), whole)


def _unlisted(text: str, lexicon: NameLexicon) -> Iterator[tuple[int, int]]:
    """Yields streets that nothing in their own words shows to be one, but what stands around them."""
    for found in _NO_NUMBER.finditer(text):
        if not any(fold(word) in STOPS for word in found.group().split()[:-1]):
            yield found.span()
    for found in _COUNTY.finditer(text):
        yield found.span()
    if not any(sign.isdigit() for sign in text):
        return
    for found in _UNIT_FIRST.finditer(text):
        yield found.start(), found.end() - (2 if "," in found.group()[-2:] else 1)
    for pattern in (_NUMBERED_ROAD, _UNIT_SMALL):
        for found in pattern.finditer(text):
            yield found.span()
    for found in _BLOCKS.finditer(text):
        if not _DATES.match(re.sub(r"^[\d\- ,]+", "", found.group())):
            yield found.span()
    yield from _number_first(text, lexicon)
    yield from _number_behind(text, lexicon)
    yield from _in_small_letters(text, lexicon)


def _number_first(text: str, lexicon: NameLexicon) -> Iterator[tuple[int, int]]:
    for found in _NUMBER_CAPS.finditer(text):
        street = found["street"][: sentence_end(found["street"])]
        street_end = found.start("street") + len(street)
        words = [fold(word) for word in re.findall(r"[^\W\d_]+", street)]
        words = [word for word in words if word not in JOINERS] or words
        if (
            not words
            or words[0] in STOPS
            or (_DATES.fullmatch(words[0][:3]) and words[0] in CALENDAR)
        ):
            continue
        if any(
            word in PRODUCTS - HOUSES - {"wood", "oak", "walnut", "garden", "side"}
            for word in words
        ):
            continue
        if len(words) == 1 and words[0].endswith("s") and words[0] in lexicon.ordinary:
            continue
        led = LEADS.search(near(text, found.start()))
        kinds = len(words) > 1 and words[-1] in _MORE_KINDS
        town = _town_behind(text, street_end, lexicon)
        if town == "code":
            yield found.start(), street_end
            continue
        if not led:
            continue
        alone = (
            len(words) > 1
            and not text[street_end:].strip(" .!,")
            and not all(word in lexicon.ordinary for word in words)
        )
        if kinds or town or alone or (len(words) > 1 and _LIVING.search(near(text, found.start()))):
            yield found.start(), street_end - len(_trailing(street))


def _town_behind(text: str, end: int, lexicon: NameLexicon) -> str:
    """Returns "code" if a postcode stands behind a place, "town" if a town does, else nothing."""
    behind = text[end : tail(text, end, lexicon, small=False)]
    if re.search(
        r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|\d{5,6}|\d{2,4}-\d{3}"
        r"|[A-Z]\d[A-Z][ ]?\d[A-Z]\d)(?!\w)",
        behind,
    ):
        return "code"
    apart = re.search(r"[,\n][^,\n]*?[^\W\d_][^\W\d_]+", behind)
    return "town" if apart and re.search(r"(?-i:[A-ZÀ-Þ])[^\W\d_]", behind) else ""


def _trailing(street: str) -> str:
    """Returns what a street's words have at their end that begins the next sentence."""
    more = re.search(
        r"(?:[ ](?:Please|Thanks|Thank|Is|I|It|And|But|The|Instead|Now|Not)\b.*)$", street
    )
    return more.group() if more else ""


def _number_behind(text: str, lexicon: NameLexicon) -> Iterator[tuple[int, int]]:
    for found in _CAPS_NUMBER.finditer(text):
        said = list(re.finditer(r"[^\W\d_]+\.?", found["street"]))
        # The pattern lets one begin early: "Deliver to Masarykova 31" begins behind "to".
        while said and _not_yet(said[0].group(), said[1].group() if len(said) > 1 else "", lexicon):
            said.pop(0)
        if not said:
            continue
        start = found.start("street") + said[0].start()
        written = [word.group() for word in said]
        words = [fold(word.rstrip(".")) for word in written]
        if not written[0][0].isupper() and len(words) < 2:
            continue
        if any(word in STOPS or word in CALENDAR for word in words) or words[-1] in _COUNTED_NOUNS:
            continue
        if any(word in PRODUCTS - HOUSES for word in words[-1:]):
            continue
        named = (
            any(word not in lexicon.ordinary and len(word) > 2 for word in words)
            or not found["street"].isascii()
        )
        after = text[found.end() :]
        coded = re.match(
            r"(?:[^\n]{0,25}?,)?[ ]*[,\n]?[ ]*(?:[A-Z]{1,3}-)?(?:\d{4,6}|\d{3}[ ]\d{2,3}"
            r"|\d{2,4}-\d{3}|\d{3}(?=[ ]))[ ]+([^\W\d_]\w+)",
            after,
        )
        if coded and coded[1][0].isupper() and fold(coded[1]) not in STOPS:
            yield start, found.end()
            continue
        town = _town_behind(text, found.end(), lexicon)
        if (town and named and LEADS.search(near(text, start))) or (
            named and _LIVING.search(near(text, start)) and _BOUNDED.match(after)
        ):
            yield start, found.end()


def _not_yet(word: str, following: str, lexicon: NameLexicon) -> bool:
    """Whether a street begins behind a word that stands before it."""
    folded, after = fold(word.rstrip(".")), fold(following.rstrip("."))
    if folded in STOPS or not (word[0].isupper() or folded in JOINERS):
        return True
    return (
        bool(after)
        and not following[0].isupper()
        and after not in JOINERS
        and (after in STOPS or after in lexicon.ordinary)
    )


def _in_small_letters(text: str, lexicon: NameLexicon) -> Iterator[tuple[int, int]]:
    for found in _SMALL.finditer(text):
        said = found["words"] or found["said"]
        words = [fold(word) for word in re.findall(r"[^\W\d_]+", said)]
        if any(
            word in STOPS - JOINERS or word in PRODUCTS - HOUSES - {"side", "garden", "wood", "oak"}
            for word in words
        ):
            continue
        if words[0] in _COUNTED_NOUNS or re.match(rf"{_UNITS}", said) or words[0] in CALENDAR:
            continue
        if found["said"] and all(word in lexicon.ordinary for word in words):
            continue
        if found["words"] and len(words) < 2 and words[0] in lexicon.ordinary:
            continue
        end = found.end("street")
        coded = re.match(
            r",[ ]*(?:[a-z]{1,2}-)?(?:\d{4,6}|\d{3} \d\d|\d\d-\d{3}) [^\W\d_]{3}", text[end:]
        )
        if coded or tail(text, end, lexicon, small=False) > end:
            yield found.start("street"), end


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    if not any(sign.isdigit() for sign in text):
        return
    for found in _LED_SMALL.finditer(text):
        yield found.span(1)
    for pattern in (_ENGLISH, _FRENCH, _NUMBER_LAST, _BOX):
        for found in pattern.finditer(text):
            if pattern is _ENGLISH and not _english(found.group()):
                continue
            # "to Neubaugasse 44": a street may have a word before its own, but not any.
            led = re.match(r"([^\W\d_]+) +", found.group()) if pattern is _NUMBER_LAST else None
            # "Is Gneisenaustraße 88 right?", "the summer house Strandvägen 7B"
            told = led is not None and (
                (fold(led[1]) in STOPS and (led[1].islower() or fold(led[1]) not in JOINERS))
                or (
                    led[1].islower()
                    and fold(led[1]) in HOUSES
                    and found.group()[led.end() : led.end() + 1].isupper()
                )
            )
            yield found.start() + (led.end() if led and told else 0), found.end()
    for found in _LED.finditer(text):
        # The pattern ignores case for the sake of what leads; the address itself needs its capitals.
        inner = _LED_CASE.match(text, found.start("address"))
        if (
            inner
            and not re.match(r"(?:ML|IN|INV|Order)\b", inner.group())
            and not _DATES.match(re.sub(r"^\d+[a-z]* ", "", inner.group()))
        ):
            yield inner.start(), inner.start() + sentence_end(inner.group())
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
            # "a cap E27" is no Italian postcode.
            short = re.match(r"(?:cap|cp|pin|plz)\b", found.group(), re.IGNORECASE)
            if short and sum(sign.isdigit() for sign in found[1]) < 4:
                continue
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
