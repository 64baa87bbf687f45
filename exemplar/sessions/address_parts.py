"""What an address has before and behind its street: flats and houses, towns, regions, postcodes, countries.

Hardly a town is known by name here. Once something is a street with a number, a box or a postcode, what is
written with a capital next to it belongs to it, in whatever order its country has it; it ends
where a sentence
goes on. Taking a word too much there does no harm: it stands next to where somebody lives.
"""

from __future__ import annotations

import re
from typing import Final

from exemplar.sessions.name_tokens import near
from exemplar.sessions.names import (
    CALENDAR,
    NEVER,
    PRODUCTS,
    NameLexicon,
    fold,
    words_in,
)

#: A house's number: 12, 12b, 12-14, 3/47, 44/2/15, 14 A 22, 8-2-120, 14 bis, 6 hs.
NUMBER: Final = (
    r"\d{1,5}(?:[ ]?[a-zA-Z](?!\w)|[a-zA-Z]-[a-zA-Z](?!\w)|[ ]?[-–/][ ]?(?:\d{1,5}[a-zA-Z]?"
    r"|[a-zA-Z])(?!\w)){0,3}"
    r"(?:[ ](?-i:[A-Z])(?:[ ]\d{1,3})?(?!\w)|[ ]?(?:bis|ter|quater|hs|huis)\b|[- ]?(?-i:[IVX]{1,4})(?!\w))?"
)
#: Small words inside the names of streets and towns.
JOINERS: Final = words_in(
    """
    of the upon on under in by and next over le la les de du des d' l' da do dos das del della delle
    degli dei di al el los las y e i van der den de 't ten ter aan op bij het zu zum zur am an im auf
    dem unter vor sur sous en aux au à saint sainte lez près im ob der nad pod pri na w we nel
    """
)
_JOINER: Final = "|".join(sorted((re.escape(word) for word in JOINERS), key=len, reverse=True))
#: Words of addresses that are barred from being people's names, and are none here.
_ALLOWED: Final = words_in(
    """
    lane meadow best good high next down sweet kind support service back away right same general
    mille tag dias tardes through great many just well over old one two much how may march august june april
    new first hill us mine miss fine santa christ god jesus man lord st pin santa marlow la las los el true
    """
)
#: With these a sentence goes on, although a capital stands there.
STOPS: Final = (NEVER | CALENDAR) - _ALLOWED | words_in(
    """
    i we he she they you it my your our his her their the this that these those and but or so if is
    are was were will would can could do does did has have had not no yes please thanks thank hello
    hi hey dear sorry cheers regards sent send deliver delivered ship leave left call ring mine
    actually unfortunately however also anyway although because since when where what why who how
    order invoice email phone
    """
)
#: May follow an address in small letters: it ends before.
_GOES_ON: Final = (
    r"(?:please|pls|plz|now|instead|thanks|thank|thx|until|till|by|and|not|but|for|from|since|on|in|"
    r"is|was|if|when|where|which|who|so|or|with|cheers|ok|right|that'?s|this|next|today|tomorrow|"
    r"again|then|because|as|to|at|it|i|you|we|they|my|your)\b"
)
#: Makes of words before a street a house, a building, a quarter.
HOUSES: Final = words_in(
    """
    house cottage cottages court lodge farm farmhouse villa villas tower towers apartments mansion
    mansions barn hall building residence residences residency manor mill rectory estate annexe
    annex forge vicarage stables bungalow chalet park centre center plaza point heights enclave apts
    complex quay wharf foundry works mews yard old college school hospital hotel hostel hut grange
    priory abbey chapel chambers studios flats lofts loft terrace gardens place croft granary dairy
    maltings brewery oast gatehouse coach schoolhouse lockside flat floor wing annexe nursery ranch
    residencial residenz résidence residence bâtiment bât edificio edifício urbanización colonia palazzo
    cascina domaine clos lieu-dit hameau château mas quinta finca cortijo hof haus huis huize
    society nagar vihar apartment sector phase colony layout block plot mahallesi mah estate village
    camp compound kampung kampong condominium condo tower towers square
    """
)
_VALUE: Final = r"[ .:#]*(?:\d[\w/\-]{0,6}|(?-i:[A-HJ-Z])(?:[\-/]?\d{1,4})?)(?!\w)"
#: "Flat 2B", "3rd floor", "2ª izq.", "lok. 7", "#08-1133", "st. th.".
UNIT: Final = rf"""(?:
      (?:flat|apt|apartment|unit|suite|ste|room|rm|floor|fl|level|lvl|door|block|blk|building|bldg|tower|
        lot|plot|shop|studio|wing|stair|staircase|entrance|bay|gate|house|stand|erf|site|space
        |trailer|box|rr|
        bus|bo[iî]te|bte|app|appartement|appt|apto?|ap|appt|top|stiege|stg|t[üu]r|t[üu]re|aufgang
        |eingang|whg|
        wohnung|esc|escalera|escalier|esq|piso|pta|puerta|planta|portal|int|interno|scala|piano|lok|lokal|m|
        lgh|daire|kat|d|k|no|nr|n°|nº|bl|bloc|bloco|sc|et|etaj|etage|étage|sector|depto?|departamento|andar|
        sala|lote|quadra|qd|lt|b[âa]t|b[âa]timent|porte|plot|phase|kamer|h\.?no|door\ no|house\ no|flat\ no|
        plot\ no|shop\ no|unit\ no)\.?{_VALUE}
    | \#[ ]?\d[\d\-]{{0,6}}[a-z]?(?!\w)
    | \d{{1,3}}(?:st|nd|rd|th|e|er|ème|eme)[ ](?:floor|fl\.?|flat|verdieping|étage|etage|stock)
    | \d{{1,2}}\.?[ºª°][ .]*(?:(?:piso|planta|andar)[ ,]*)?
        (?:(?:izq\w*|izda|dcha|der\w*|dir\w*|dto|drt|drto|esq\w*|fte|frente|centro|ext|int)\b\.?
        |(?-i:[A-Z]{{1,2}})(?!\w)|\d{{1,2}}[ºª]|)
    | \d{{1,2}}\.[ ]?(?:(?:tv|th|mf|sal|og|etage|stock|stk|em|kerros|krs|emelet|patro|npor)\b\.?)
    | (?:st|kl|stuen)\.?,?[ ](?:th|tv|mf)\b\.?
    | (?:top|ground|first|second|third|fourth|basement|upper|lower|garden|rear|front)[ ](?:floor|flat|level)
        (?:[ ]flat)?
    | (?:bajo|[aá]tico|entresuelo|principal)(?:[ ](?:izq|dcha)(?:uierda|recha)?)?\b\.?
    | (?-i:[IVX]{{1,4}})[./][ ]?\d{{1,3}}\.?
    | (?:hinterhaus|vorderhaus|seitenfl[üu]gel|rez-de-chauss[ée]e|rdc|parterre|erdgeschoss|penthouse)\b
    )"""
_UNIT: Final = re.compile(UNIT, re.IGNORECASE | re.VERBOSE)
_UNIT_BEFORE: Final = re.compile(
    rf"(?<![\w\-])(?:the[ ])?{UNIT}[ ]*(?:[,;/\-–][ ]*\n?|\n)?[ ]*$", re.IGNORECASE | re.VERBOSE
)
#: Postcodes, as they stand behind a street or next to a town.
_LETTERED: Final = r"""(?:
      [A-Z]{1,2}\d[A-Z\d]?(?:[ ]?\d[A-Z]{2})?           # Britain, its first half alone too
    | [A-Z]\d[A-Z][ ]?\d[A-Z]\d                          # Canada
    | [A-Z]\d[\dW][ ]?[A-Z\d]{4}                         # Ireland
    | \d{4}[ ]?[A-Z]{2}                                  # Netherlands
    | (?:AD|MT|MSQ|VLT|SLM|LV|LT|MD|GI)[\- ]?\d{2,4}
    )(?![\w])"""
_PLAIN: Final = r"""(?:[A-Z]{1,3}-[ ]?|〒[ ]?)?(?:
      \d{5}-\d{3,4} | \d{5}-\d{5} | \d{4}-\d{3} | \d{3}-\d{3,4} | \d{2}-\d{3}
    | \d{3}[ ]\d{2,3} | \d{5,6} | \d{4} | \d{3}(?=[ ][^\W\d_])
    )(?![\w\-]|[.,:]\d)"""
_CODE: Final = re.compile(
    rf"(?:(?:c\.?p\.?|cep|cap|plz|zip(?:[ ]?code)?|post(?:al)?[ ]?code|pin(?:[ ]?code)?"
    rf"|eircode)[ :.\-]*(?:is[ ])?)?"
    rf"(?:(?P<lettered>{_LETTERED})|(?P<plain>{_PLAIN}))",
    re.VERBOSE,
)
_CODE_SMALL: Final = re.compile(
    r"(?:[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{4} ?[a-z]{2}|[a-z]{1,2}\d{1,2}|"
    r"[a-z]\d[\dw] ?[a-z\d]{4})(?![\w\-])"
)
#: Numbers that count, last or cost something are no postcodes.
_COUNTED: Final = re.compile(
    r"[ ]?(?:€|£|\$|%|(?:eur|euros?|usd|gbp|dollars?|pounds?|days?|hours?|weeks?|months?|years?|times?|"
    r"min(?:ute)?s?|people|pieces|cm|mm|m|kg|am|pm|o'clock|of|x|percent)\b)",
    re.IGNORECASE,
)
_GAP: Final = re.compile(
    r"(?:[ \t]*(?:[,;/]|[ \t][-–—|](?=[ \t])|,[ ]*[-–])[ \t]*\n?|[ \t]*\n|[ \t]+)[ \t]*"
    r"|\.[ ]+(?=[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}\b)|\.,[ ]*"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’‑\-/][^\W\d_]+)*['’]?")
_DOTTED: Final = words_in(
    """
    st mt ft co str av ave ul al os pl dr jr gen col prof avda sra sta sto ptge blvd bulv cad sok mah
    sk u ut krt bd bld rd ln hwy gral ing lic pte nte pres dept apt s n e w nr p o c pue edo jal qro
    """
)
_COUNTED_WORD: Final = re.compile(r"[ ]\d{1,3}(?:[a-z]|e|er|º|\.)?(?![\w]|[.,:\-]\d)")
#: A number goes on: "44/2" of "44/2/15", "14 A" of "14 A 22".
_MORE_NUMBER: Final = re.compile(
    r"(?:[-/][ ]?(?:\d{1,5}[a-z]?|[a-zA-Z])(?!\w)|(?<=[A-Z])[ ]\d{1,3}(?!\w)|[ ](?:hs|huis|bis|ter)\b){1,3}"
)
_KIND_NUMBER: Final = re.compile(r"([^\W\d_]{1,10})\.?[ ]\d{1,4}[a-z]?(?!\w|[.:,]\d)")
_STREET_NUMBER: Final = re.compile(rf"{NUMBER}[ ]+", re.IGNORECASE)
_NTH: Final = re.compile(r"\d{1,3}(?:st|nd|rd|th)[ ](?=[A-Z])")
_UNIT_WORD: Final = re.compile(
    r"(?<!\w)(?:flat|apt\.?|apartment|unit|suite|ste\.?|room|lot|plot|shop|block|blk|no\.?|nr\.?"
    r"|n[°º]|house|h\.?[ ]?no\.?)"
    r"[ ]*[#:]?[ ]*$",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(r"[ ]?\((?-i:[A-Z])[^\W\d_]*(?:[ \-][^\W\d_]+){0,2}\)")
#: No town begins with it: "231 Uxbridge Road, and Venkat is the contact".
_AND: Final = re.compile(r"(?:and|&)(?!\w)", re.IGNORECASE)
#: In capitals, and no state behind a town.
_NO_REGIONS: Final = words_in("vat pin tel fax att eta ref cc id po mob fao hrs")
#: What a number behind an address may belong to.
_LINES: Final = words_in("tel fax iban mob")
_BOUNDARY: Final = re.compile(rf"[ \t]*(?:$|[,.;:!?)\n]|[ ]{_GOES_ON}|[ ]-)", re.IGNORECASE)
#: Before an address without a street's usual form: where something is brought, or where somebody is.
LEADS: Final = re.compile(
    r"""(?:^|[\n:;("“]|,|\b(?:to|at|from|is|it['’]?s|its|for|in|near|with|have|into|address|was|of
    |yes|no|sure|
    ok|okay|on|has|not|towards|outside|now|be|gave|give|use|used|put|enter(?:ed)?|typed?|got|says?
    |said|wrote|write|via|my))[ \t]*["“]?$""",
    re.IGNORECASE | re.VERBOSE,
)


def sentence_end(words: str) -> int:
    """Returns where the sentence ends in which words with capitals begin: "Acacia Row. Could it …"."""
    for full in re.finditer(r"([^\W\d_]{3,})\.[ ]+", words):
        if fold(full[1]) not in _DOTTED:
            return full.end(1)
    return len(words)


def capital(word: str) -> bool:
    """Tells whether a word is written with a capital, at its start or behind an apostrophe: "l'Étuve"."""
    parts = re.split(r"['’]", word)
    return parts[0][:1].isupper() or (
        len(parts) > 1 and len(parts[0]) <= 2 and parts[1][:1].isupper()
    )


def tail(text: str, end: int, lexicon: NameLexicon, *, small: bool) -> int:
    """Returns where an address ends that is known up to a place.

    Args:
        text: what was said.
        end: of what is known.
        lexicon: what words can be.
        small: whether it is written in small letters, so that its town will be too.
    """
    town = False
    code = False
    more = _MORE_NUMBER.match(text, end) if end and text[end - 1].isalnum() else None
    if more and re.search(r"\d(?:[ ]?\w)?$", near(text, end)):
        end = more.end()
    for _ in range(12):
        brackets = _IN_BRACKETS.match(text, end)
        if brackets:
            end = brackets.end()
            continue
        gap = _GAP.match(text, end)
        if not gap:
            break
        apart = bool(gap.group().strip()) or "\n" in gap.group()
        at = gap.end()
        unit = _UNIT.match(text, at)
        if unit and not _COUNTED.match(text, unit.end()):
            end = unit.end()
            continue
        stop = _postcode(text, at, town=town, small=small)
        if stop and not code:
            end, code = stop, True
            continue
        nth = _NTH.match(text, at)
        at = nth.end() if nth else at
        stop = _town(text, at, lexicon, town=town) or _street_in(text, at)
        if stop and not _someone(text, at, stop, gap.group(), lexicon):
            end, town = stop, True
            continue
        # "Tisza Lajos körút 41": a kind of street that no list here has.
        kind = _KIND_NUMBER.match(text, at)
        if (
            kind
            and town
            and fold(kind[1]) not in STOPS | JOINERS | _LINES | lexicon.ordinary
            and not _COUNTED.match(text, kind.end())
        ):
            end = kind.end()
            continue
        stop = _small_town(text, at, lexicon, surely=small and apart, apart=apart or code)
        if not stop:
            break
        end, town = stop, True
    return end


def _postcode(text: str, at: int, *, town: bool, small: bool) -> int | None:
    code = _CODE.match(text, at)
    if code:
        after = text[code.end() :]
        if _COUNTED.match(after):
            return None
        if code["lettered"]:
            return code.end()
        named = re.match(r"[ ,]+(?:[A-Z]{1,2}[ ,]+)?([^\W\d_][\w'’\-]*)", after)
        if (
            named
            and (capital(named[1]) or small or named[1] in {"den", "s", "het", "la", "le"})
            and fold(named[1]) not in STOPS
        ):
            return code.end()
        if town and len(re.sub(r"\D", "", code.group())) >= 4 and _BOUNDARY.match(after):
            return code.end()
    elif small:
        little = _CODE_SMALL.match(text, at)
        if little and _BOUNDARY.match(text, little.end()):
            return little.end()
    return None


def _town(text: str, at: int, lexicon: NameLexicon, *, town: bool) -> int | None:
    """Returns the end of words with capitals: a town, a quarter, a region, a country.

    Behind a town "OR" and "ME" are states.
    """
    if _AND.match(text, at):
        return None
    end: int | None = None
    position = at
    for n in range(7):
        word = _WORD.match(text, position)
        if not word:
            break
        folded = fold(word.group())
        if capital(word.group()):
            if folded in _LINES and re.match(r"[ .:]*[\d(+]", text[word.end() :]):
                break  # "34000 Montpellier, Tel 04 67 …"
            region = (
                word.group().isupper()
                and len(folded) in {2, 3}
                and (n or town)
                and folded not in _NO_REGIONS
            )
            if folded in STOPS and not region and not _names_more(text, word.end()):
                break
            if folded in PRODUCTS - HOUSES - {"garden", "wood", "oak"} and not n:
                break
            end = word.end()
            if (
                text[end : end + 1] == "."
                and folded in _DOTTED
                and re.match(r"\.[ ]?\w|\.,", text[end:])
            ):
                end += 1
            counted = _COUNTED_WORD.match(text, end)
            if counted and not _COUNTED.match(text, counted.end()):
                more = re.match(r"\d{3}$", counted.group().strip())
                if not more or not re.match(r"[ ]\d", text[counted.end() :]):
                    end = counted.end()
        elif (folded not in JOINERS and word.group().lower() not in JOINERS) or (
            folded == "and" and _goes_on(text, word.end(), lexicon)
        ):
            break
        gap = re.match(
            r"[ ]|-(?=\w)|/(?=\w)", text[end if end and end >= word.end() else word.end() :]
        )
        if not gap:
            break
        position = (end if end and end >= word.end() else word.end()) + 1
    return end


def _goes_on(text: str, end: int, lexicon: NameLexicon) -> bool:
    """Whether behind "and" stands somebody or something else, and no half as in "Brighton and Hove"."""
    following = re.match(r"[ ]([^\W\d_]+)([^,.;!?\n]*)", text[end:])
    if not following:
        return True
    word = fold(following[1])
    return (
        (word in lexicon.given and word not in lexicon.places)
        or any(sign.isdigit() for sign in following[2])
        or bool(re.match(rf"[ ]{_GOES_ON}", following[2], re.IGNORECASE))
    )


def _names_more(text: str, end: int) -> bool:
    """Whether a word that ends sentences begins a street's name: "Will Crooks Gardens"."""
    following = re.match(r"[ ]([^\W\d_]+)", text[end:])
    return bool(following) and capital(following[1]) and fold(following[1]) in HOUSES  # type: ignore[index]


def _street_in(text: str, at: int) -> int | None:
    """Returns the end of a numbered street that stands behind a house: "Rowan House, 6 Park Road"."""
    number = _STREET_NUMBER.match(text, at)
    if not number or _COUNTED.match(text, number.end() - 1):
        return None
    word = re.match(r"(?:the[ ]|de[ ]|rue[ ])?([^\W\d_]\w*)", text[number.end() :])
    if not word or not capital(word[1]) or fold(word[1]) in STOPS:
        return None
    position = number.end() + word.end()
    while more := re.match(r"[ ]([^\W\d_][\w'’\-]*)", text[position:]):
        if not capital(more[1]) or fold(more[1]) in STOPS:
            break
        position += more.end()
    return position


def _someone(text: str, at: int, stop: int, gap: str, lexicon: NameLexicon) -> bool:
    """Whether what stands on the next line is who signs, and no town."""
    if "\n" not in gap or text[stop:].strip():
        return False
    words = [fold(word) for word in _WORD.findall(text[at:stop])]
    return bool(words) and words[0] in lexicon.given and words[0] not in lexicon.places


def _small_town(
    text: str, at: int, lexicon: NameLexicon, *, surely: bool, apart: bool
) -> int | None:
    """Returns the end of a town in small letters; ``surely``, if even everyday words may be one."""
    words: list[str] = []
    position = at
    best: int | None = None
    while len(words) < 5:
        word = re.match(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", text[position:])
        if not word:
            break
        folded = fold(word.group())
        joins = folded in JOINERS and words
        if (folded in STOPS and not joins) or (
            words and re.match(_GOES_ON, text[position:]) and folded not in JOINERS
        ):
            break
        words.append(folded)
        position += word.end()
        little = re.match(r"[ ,]+", text[position:])
        coded = bool(
            little
            and (
                _CODE_SMALL.match(text, position + little.end())
                or re.match(r"\d{4,6}(?!\w)", text[position + little.end() :])
            )
        )
        named = (
            any((w not in lexicon.ordinary and len(w) > 2) or w in lexicon.places for w in words)
            or " ".join(words) in lexicon.places
        )
        if (
            folded not in JOINERS
            and (coded or _BOUNDARY.match(text, position))
            and ((coded and apart) or named or (surely and _BOUNDARY.match(text, position)))
        ):
            best = position
        if text[position : position + 1] != " ":
            break
        position += 1
    if best is None:
        return None
    if not apart and not all(
        w not in lexicon.ordinary or w in lexicon.places or w in JOINERS
        for w in (fold(word) for word in _WORD.findall(text[at:best]))
    ):
        return None
    return best


_SEGMENT: Final = re.compile(
    r"""(?<![\w'’\-.])(?P<said>(?:(?:[^\W\d_][^\W_]*(?:['’.\-/][^\W_]+)*\.?|\d[\w/\-]{0,6}
    |〒\d[\d\-]+)[ ]+){0,6}
    (?:[^\W\d_][^\W_]*(?:['’.\-/][^\W_]+)*\.?|\d[\w/\-]{0,6}))(?P<gap>[ ]*(?:[,;]
    |[ ][-–])[ ]*\n?[ ]*|[ ]*\n[ ]*|[ ]+)$""",
    re.VERBOSE,
)


def head(text: str, start: int, lexicon: NameLexicon) -> int:
    """Returns where an address begins that is known from a place on."""
    for _ in range(8):
        before = text[max(0, start - 90) : start]
        offset = max(0, start - 90)
        unit = _UNIT_BEFORE.search(before) or (
            _UNIT_WORD.search(before) if text[start : start + 1].isdigit() else None
        )
        if unit:
            start = offset + unit.start()
            continue
        segment = _SEGMENT.search(before)
        if not segment:
            break
        said = _from_the_right(segment["said"])
        if not said:
            break
        begin = offset + segment.start() + len(segment["said"]) - len(said)
        words = [fold(word) for word in _WORD.findall(said)]
        housed = any(word in HOUSES for word in words)
        apart = bool(segment["gap"].strip()) or "\n" in segment["gap"]
        if not apart and said.islower() and text[start].isupper():
            # "the summer house Strandvägen 7B"
            break
        # Before a postcode and a street's own words anything with a capital belongs to it.
        loose = not text[start].isdigit() or bool(
            re.match(r"(?:\d{4}[ ]?[A-Z]{2}|\d{5,6}|\d{2,5}-\d{3,4})(?!\w)", text[start:])
        )
        if not words or (words[0] in lexicon.given and not housed and apart):
            break
        numbered = bool(re.search(r"\d", said))
        led = bool(LEADS.search(near(text, begin)))
        if not (
            housed
            or (numbered and apart and len(said) > 3)
            or (loose and not apart)
            or (apart and led and words[0] not in lexicon.given)
        ):
            break
        if (
            len(words) == 1
            and not near(text, begin).strip()
            and not (housed or loose or numbered)
            and words[0] in lexicon.ordinary
        ):
            # "Berlin, 12 …" begins with a town, "Urgent, 12 …" with a word.
            break
        start = begin
    return start


def _from_the_right(said: str) -> str:
    """Returns the last words of a segment that can be an address's."""
    parts = re.findall(r"\S+[ ]*", said)
    kept: list[str] = []
    for part in reversed(parts):
        word = part.strip().rstrip(".")
        folded = fold(word)
        if folded == "and" and any(sign.isdigit() for sign in "".join(kept)):
            break  # Another address ends before it.
        if (
            word[:1].isdigit()
            or word[:1] == "〒"
            # "Tŷ Gwyn": with such letters it is no English word.
            or (capital(word) and (folded not in STOPS or not word.isascii()))
            or (kept and capital(word) and folded == "the")
            or (word.lower() in JOINERS and kept)
            or (
                folded
                in HOUSES
                - {"old", "place", "building", "school", "point", "park", "works", "block", "floor"}
                and not kept
            )
        ):
            kept.insert(0, part)
        elif (
            kept
            and all(p.strip().islower() for p in kept)
            and any(fold(p.strip()) in HOUSES for p in kept)
        ):
            # "rowan house, 6 park road": the house's own name.
            kept.insert(0, part)
            break
        else:
            break
    # A small word does not begin it, unless as in "de Lairessestraat" or "the old forge".
    while kept and kept[0].strip().islower() and fold(kept[0].strip()) in JOINERS:
        kept.pop(0)
    return "".join(kept)
