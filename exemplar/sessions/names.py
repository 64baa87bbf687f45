"""Which words can be names of people: gazetteer, ordinary words, places. Knows of no transcript.

Sources: given and family names of some ninety locales from Faker (MIT); how often an English word is
written with and without a capital from spaCy's lookups (MIT, ``en_lexeme_prob``); towns and countries
from ``data/nlu/lookups.yml`` and from the names of time zones.
"""

from __future__ import annotations

import functools
import gzip
import importlib
import json
import pkgutil
import re
import unicodedata
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import faker.providers.person
import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

LOOKUPS: Final = ROOT / "data" / "nlu" / "lookups.yml"
#: Log probabilities (base e) below which a word without a capital is a typing error, not a word.
_RAREST: Final = -17.0
_RAREST_NAME: Final = -15.0
_RARE: Final = -14.5
_COMMON: Final = -11.5
#: Above it words are common enough that somebody will misspell them.
_OFTEN: Final = -11.0
_USUAL: Final = -14.0
_OFTEN_LONG: Final = -13.0
#: By how much a word may be more frequent with a capital and still be an ordinary word.
_MORE_OFTEN_CAPITAL: Final = 0.7
_COMMON_MORE_OFTEN_CAPITAL: Final = 2.5
#: By how much a rare word has to be less frequent with a capital.
_RARE_LESS_OFTEN_CAPITAL: Final = 0.5
#: By how much a given name that is a word may be less frequent with a capital and still be mostly a name.
_TWOFOLD_LESS_OFTEN_CAPITAL: Final = 0.8

_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"’": "'", "ʻ": "'", "`": "'"}
)


def words_in(text: str) -> frozenset[str]:
    """Returns the words of a list that is written as a text."""
    return frozenset(text.split())


def phrases_in(text: str) -> frozenset[str]:
    """Returns the phrases of a list that is written as a text, with commas between."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


#: Words that are never a name, whatever stands around them: grammar, courtesy, the shop's own talk.
NEVER: Final = words_in(
    """
    a about after again all also am an and any anyone anything are as ask at away back be because
    been before being but by bye can can't could customer dear did didn't do does doesn't don't done
    down each eh either else er even ever every everyone fine for from get gets give go going good
    got great had has have haven't he hello help her here hers hey hi him his hm hmm how however i
    i'd i'll i'm i've if in into is isn't it it'd it'll it's its just keep know later let let's like
    look looking lot ma'am madam many maybe me mine miss more most mr mrs ms much my never new next
    no nobody none nope not nothing now of off oh ok okay on once one only or other our ours out
    over own per please pls quite really right same see she should since sir so some somebody
    someone something soon sorry speak speaking still such sure sweet team than thank thanks that
    that's the their them then there there's these they they're thing things this those though to
    today tomorrow tonight too two uh um under until up us use very wait want was wasn't we we'll
    we're we've well were what what's when where where's which while who who's whose why with
    without won't would wow yeah yep yes yesterday yet you you'll you're you've your yours meadow
    lane exemplar assistant support service agent delivery order invoice refund return email phone
    address account name number morning afternoon evening cheers regards sincerely best kind warm
    guys folks everybody all hiya everything welcome anybody monsieur madame herr frau im ive id ill
    youre youve theyre dont cant wont arent isnt wasnt didnt doesnt havent hasnt its thats whats
    lets mate buddy pal bro sis dude man hun darling honey sweetie boss chief bot chatbot human
    person sad mad true chance ty jesus christ santa god lord siri alexa cortana hoover iban bic
    swift cvv cvc pin zip eta faq pdf vat sms usb dob asap
    ain't ain’t ola olá
    order called named false add
    heya argh aargh y'all yall phew ugh ah aw aww huh hmmm congratulations congrats lol omg jeez gosh
    blimey ooh ouch whoa yay cheerio dr prof sirs ladies gentlemen colleagues
    grazie mille merci beaucoup danke vielen bitte gracias obrigado obrigada bedankt dank hola bonjour
    ciao salut hallo servus guten tag buenos buenas dias tardes favor tack takk tusen dziekuje dzieki
    tesekkurler merhaba namaste salaam
    """
)
#: What people cry out, and what they write for it; no name anywhere.
INTERJECTIONS: Final = words_in(
    """
    aargh abracadabra achoo agh aha ahem ahoy alleluia amen argh arghh arrgh aww awww ayy
    bingo blah bleh boohoo bollocks brr brrr cripes crikey dammit damn damnit
    darn darnit doh d'oh drat duh eek eep egad egads eureka eww ewww ew ffs fiddlesticks fml
    gah geez golly goodness gosh gracious grr grrr grrrr haha hahaha hahahaha hah
    heh hehe hehehe hallelujah halleluja hmph hmpf hmmmm hooray hoorah hrm hrmph huh humph hurrah
    hurray huzzah jeepers jeez kaboom kudos lmao lmfao lolz mmm mmmm mm-hm mhm mm-hmm nah oho
    okey-dokey okie ooft oof oops oopsie oopsy ouch ow owie pfft pff phooey phwoar poof presto
    psst righto righty rofl sheesh shh shhh shucks shush smh strewth ta-da ta-dah ta-ta
    toodle-oo toodles touche tsk tut tut-tut ugh ughh uh-huh uh-oh uhoh umm ummm wahey wahoo wham
    whee whew whoo whoop whoops whoopsie whoopee whoosh woah woohoo woo-hoo wow wowee wowza wtf yahoo yay
    yeehaw yikes yippee yoo-hoo yoohoo yuck zounds zzz
    """
)
#: Cries that are names as well: no name where one is cried out alone, as in "Ha, it's late".
OUTCRIES: Final = words_in(
    """
    ack alas ay bah bam boo boom bravo cor dang gee ha heck ho ick lo mama mamma meh nay oi okey oy tada
    voila yo yuk yum
    """
)
#: Months and days; "May", "April", "June" and "August" are names only where something says so.
CALENDAR: Final = words_in(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov
    dec mon tue wed thu fri sat sun easter christmas ramadan diwali eid hanukkah valentine halloween
    """
)
#: Who delivers, who takes payments, who makes things, and what tongues are called.
NOT_PEOPLE: Final = words_in(
    """
    chatgpt openai marlow argos tesco asda sainsbury lidl aldi walmart target wayfair habitat bol
    coolblue otto zara
    vodafone dhl ups fedex dpd gls hermes evri yodel postnl bpost correos royal mail usps chronopost
    inpost colissimo tnt amazon paypal klarna visa mastercard maestro amex ideal bancontact sofort
    giropay apple google android samsung sony philips bosch miele siemens braun dyson ikea osram lego
    nespresso delonghi kitchenaid smeg tefal krups bodum hario baratza slack zendesk intercom
    chatwoot whatsapp facebook instagram twitter tiktok youtube gmail outlook hotmail yahoo icloud
    microsoft windows chrome safari firefox iphone ipad macbook trustpilot ebay etsy shopify stripe
    wise revolut monzo barclays lloyds santander hsbc ing rabobank abn amro english dutch german
    french spanish italian portuguese polish swedish norwegian danish finnish turkish arabic hebrew
    russian ukrainian chinese japanese korean british american european african asian australian
    canadian indian irish scottish welsh belgian austrian swiss greek czech hungarian romanian
    bulgarian croatian brazilian mexican nigerian kenyan scandinavian nordic christian muslim jewish
    catholic buddhist bluetooth wifi velvet victorian
    """
)
#: Firms and makes that bear names of people; those are people's where something introduces them.
BRANDS: Final = frozenset({"sky", "ltd"}) | phrases_in(
    """
    john lewis, jack daniel, jack daniels, laura ashley, marks spencer, ted baker, ralph lauren, calvin klein,
    hugo boss, paul smith, tommy hilfiger, russell hobbs, morphy richards, fred perry, ben sherman,
    johnnie walker, jim beam, harvey nichols, peter jones, philip morris, harley davidson, mercedes benz,
    estee lauder, elizabeth arden, max factor, tom ford, fritz hansen, arne jacobsen, louis poulsen,
    orla kiely, cath kidston, emma bridgewater, sophie allport, joseph joseph, robert dyas, ernest jones,
    oliver bonas, john deere, ford fiesta, ford focus, ford transit, ford mondeo, alfa romeo, rolls royce,
    aston martin, levi strauss, michael kors, kate spade, marc jacobs, jimmy choo, dolce gabbana, dr martens,
    doc martens, captain morgan, jack wills, austin reed, thomas cook, stella artois, tim hortons,
    wendy house, bobbi brown, charlotte tilbury, jo malone, yankee candle, henry hoover, lloyd loom
    """
)
#: Makes that are called like people; behind "a" they are things.
MAKES: Final = words_in(
    """
    mercedes ford lexus bentley benz austin morris dacia octavia fabia clio astra fiesta polo leon ibiza zoe
    sierra carrera cayenne elantra mercury lincoln chrysler harley dyson henry alexa billy stanley rolex
    cartier
    """
)
#: Countries that are on lists of given names, too.
COUNTRIES_TOO: Final = words_in(
    "india holland georgia kenya ireland china france germany cyprus malta america africa asia austria italy"
)
#: Shades that people are called by too.
SHADES: Final = words_in(
    """
    frank allen roman rush hoover matt bill art reed true messi ronaldo sage olive amber jade ruby rose
    hazel ivory ash scarlet violet ginger pearl coral crystal ebony indigo jasmine lily iris daisy
    heather fern ivy poppy holly willow autumn summer dawn sienna saffron cherry clay flint slate
    robin jay martin wren oak stone brown green white black gray grey
    """
)
#: Of the words that are never a name alone, those that are one behind a given name.
SURNAMES_TOO: Final = words_in("best sweet good kind fine may love mine lane long chance")
#: Given names that hardly anybody has; in small letters and at a sentence's start they are the word.
RATHER_WORDS: Final = words_in(
    """
    patience love job early friend cash said made joy hope may will bill chase guy happy long price hall
    major case young little star spring winter art sure rich wishes free real smart noble prince
    king queen duke earl baron bishop judge
    wise sunday monday tuesday wednesday thursday friday saturday genuine bless kindly ready
    any bad book mean note pay sale ship store return late fast quick open close sun moon sky ocean river
    man men son lady sir mom mum dad baby can page ray rank rule rush self set send van wait wing won
    """
)
#: What our kind of shop sells; a name before one of these is a product's.
PRODUCTS: Final = words_in(
    """
    lamp lamps light lights lampshade shade desk desks chair chairs armchair stool stools sofa sofas
    couch bed beds table tables shelf shelves bookshelf bookcase cabinet wardrobe dresser drawer
    drawers bookcases armchairs cabinets mattresses headboards collections sofabed rug rugs carpet
    mat curtain curtains blind blinds cushion cushions pillow pillows duvet
    duvets throw blanket sheet sheets towel towels tablecloth napkin napkins mug mugs cup cups glass
    glasses plate plates bowl bowls pot pots pan pans kettle kettles toaster blender grinder jug
    mixer oven knife knives speaker speakers headphones backpack bag bags board mirror mirrors frame
    frames clock clocks vase vases candle candles planter bench benches parasol hammock grill range
    collection series line model set sets edition version frame mattress headboard nightstand
    sideboard bedside floor wall ceiling standing reading pendant swivel dining coffee side corner
    garden outdoor cover covers fabric leather linen cotton wool tweed walnut oak one ones in
    """
)
#: Small words inside names.
PARTICLES: Final = words_in(
    """
    ni nic ui van der den de la las los le du da das do dos del della di von zu zur ten ter al el bin binti
    ibn ben bint san st saint mac mc y e af av i
    """
)


def joined(word: str) -> str:
    """Returns a word folded and without hyphens and apostrophes, as addresses write it: "obrien"."""
    return fold(word).replace("-", "").replace("'", "").replace("‑", "")


def fold(word: str) -> str:
    """Returns a word without capitals and accents: ``"Wójcik"`` → ``"wojcik"``."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS)


@dataclass(frozen=True, eq=False)
class NameLexicon:
    """What is known of words; all of them folded.

    Attributes:
        given: given names.
        family: family names.
        ordinary: words that are written without a capital about as often as with one.
        english: all words that people write in English without a capital, the misspelt ones too.
        seldom: given names that are nearly always written with a capital, or are no English word.
        places: towns and countries; those of several words with spaces.
        common: words of every day that are often misspelt.
        proper: short words that are written with a capital more often than not.
        usual: words that are often written without one, although oftener with: "meanwhile".
        towns: given names that are towns; after "in" they are those.
        twofold: given names that are ordinary words, and have a capital about half the time: "Grace".
    """

    given: frozenset[str]
    family: frozenset[str]
    ordinary: frozenset[str]
    english: frozenset[str]
    seldom: frozenset[str]
    places: frozenset[str]
    common: tuple[str, ...] = ()
    proper: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    twofold: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()

    def listed(self, word: str) -> bool:
        """Tells whether a word is a name of the gazetteer, whatever else it may be."""
        return (
            word in self.given
            or word in self.family
            or ("-" in word and all(part in self.given for part in word.split("-")))
        )


#: Towns to which people ask whether something is sent; those that are given names, too, do not count.
_TOWNS: Final = words_in(
    """
    aberdeen aberystwyth basingstoke bath bedford belfast birkenhead birmingham blackburn blackpool
    bournemouth bracknell brighton bristol burnley cambridge canterbury cardiff carlisle chelmsford
    cheltenham chester chesterfield colchester crawley croydon darlington doncaster dover dundee durham
    eastbourne edinburgh falmouth gateshead glasgow gloucester grimsby guildford halifax harlow harrogate
    hartlepool hastings hereford huddersfield hull inverness ipswich kettering kirkwall leeds leicester
    lerwick lichfield limerick lisburn liverpool londonderry luton maidstone manchester mansfield
    margate middlesbrough newcastle newport newquay northampton nuneaton oldham oxford paisley penzance
    perth peterborough poole portsmouth ramsgate reading redditch rochdale rotherham salford salisbury
    scarborough shrewsbury slough southampton southend southport stafford stevenage stirling stroud
    sunderland swansea swindon taunton telford torquay truro wakefield walsall warrington watford
    weymouth whitby wigan winchester windsor woking wolverhampton worcester worthing wrexham york
    cork dublin galway kilkenny killarney sligo tralee waterford wexford drogheda dundalk athlone
    amersfoort alkmaar almere apeldoorn assen deventer dordrecht enschede gouda heerlen helmond hilversum
    hoofddorp leeuwarden middelburg roermond schiedam venlo vlaardingen zaandam zeist zoetermeer aalst
    brussels charleroi hasselt kortrijk mechelen mons namur ostend roeselare tournai verviers
    aachen augsburg bielefeld bochum bonn braunschweig bremen chemnitz darmstadt dortmund dresden
    duisburg dusseldorf duesseldorf erfurt essen frankfurt freiburg gelsenkirchen hagen halle hamburg
    hannover hanover ingolstadt kaiserslautern karlsruhe kassel kiel koblenz koln krefeld leipzig lubeck
    ludwigshafen magdeburg mainz mannheim munchen munich munster nurnberg oldenburg osnabruck paderborn
    potsdam regensburg rostock saarbrucken stuttgart trier ulm wiesbaden wuppertal wurzburg vienna graz
    linz salzburg innsbruck klagenfurt basel bern geneva lausanne lucerne lugano winterthur zurich
    avignon angers besancon brest caen calais cannes dijon grenoble lyon marseille metz montpellier nancy
    nimes orleans perpignan poitiers reims rennes rouen toulon toulouse tours barcelona bilbao cadiz
    cordoba granada madrid malaga murcia palma pamplona seville toledo valencia zaragoza braga coimbra
    faro lisbon porto setubal bari bergamo bologna catania genoa messina milan modena naples padua
    palermo parma perugia pisa rimini rome siena torino trieste turin udine venice verona vicenza
    gdansk gdynia katowice krakow lodz lublin poznan szczecin warsaw wroclaw brno olomouc ostrava plzen
    prague bratislava kosice budapest debrecen szeged bucharest cluj timisoara sofia plovdiv varna
    belgrade zagreb split ljubljana maribor sarajevo skopje tirana athens patras thessaloniki ankara
    antalya bursa istanbul izmir adana aarhus odense aalborg copenhagen esbjerg gothenburg goteborg
    helsingborg linkoping malmo norrkoping orebro stockholm uppsala vasteras bergen drammen oslo
    stavanger tromso trondheim espoo helsinki oulu tampere turku vantaa reykjavik tallinn tartu riga
    vilnius kaunas kyiv kiev lviv odesa moscow minsk albuquerque anchorage asheville atlanta baltimore
    boise buffalo charleston charlotte chicago cincinnati cleveland columbus dallas detroit duluth
    fresno honolulu indianapolis kansas knoxville memphis miami milwaukee minneapolis nashville newark
    oakland omaha philadelphia pittsburgh portland providence raleigh richmond rochester sacramento
    savannah seattle spokane tacoma tallahassee tampa toledo tucson tulsa wichita calgary edmonton
    hamilton kelowna montreal ottawa quebec regina saskatoon toronto vancouver winnipeg adelaide
    ballarat bendigo brisbane cairns canberra darwin fremantle geelong hobart launceston melbourne
    newcastle sydney toowoomba townsville wollongong auckland christchurch dunedin hastings invercargill
    napier nelson rotorua tauranga wellington whangarei bangalore bengaluru chennai delhi hyderabad
    jaipur kochi kolkata lucknow mumbai nagpur noida pune surat dubai sharjah doha riyadh jeddah kuwait
    muscat manama singapore bangkok jakarta manila hanoi saigon tokyo osaka kyoto nagoya sapporo fukuoka
    yokohama seoul busan taipei shanghai beijing shenzhen guangzhou lagos abuja accra nairobi mombasa
    kampala kigali lusaka harare johannesburg pretoria durban bloemfontein cairo casablanca rabat tunis
    algiers bogota lima quito santiago montevideo brasilia curitiba recife fortaleza guadalajara
    monterrey puebla tijuana oaxaca cancun ukraine zealand cheshire devon dorset essex hampshire kent
    norfolk suffolk sussex somerset surrey cornwall cumbria lancashire lincolnshire northumberland
    oxfordshire shropshire staffordshire warwickshire wiltshire worcestershire yorkshire cambridgeshire
    bedfordshire buckinghamshire derbyshire gloucestershire hertfordshire leicestershire fife
    lothian gwynedd powys ulster munster leinster connacht donegal kerry mayo clare tipperary
    brittany normandy provence burgundy alsace saxony hesse westphalia tuscany lombardy sicily sardinia
    andalusia catalonia flanders wallonia zeeland friesland limburg gelderland overijssel drenthe
    tasmania queensland victoria ontario alberta manitoba saskatchewan
    """
)


#: Towns of two words of which one or both are names.
_TWO_WORDS: Final = phrases_in(
    """
    milton keynes, st albans, tunbridge wells, leamington spa, kings lynn, king's lynn, los angeles, san
    diego, san francisco, san jose, san antonio, san leandro, santa fe, santa monica, santa barbara, new
    york, new orleans, las vegas, salt lake, fort worth, kansas city, oklahoma city, st louis, st paul,
    st andrews, st helens, st ives, st davids, baton rouge, virginia beach, long beach, ann arbor,
    little rock, grand rapids, el paso, palo alto, hong kong, kuala lumpur, buenos aires, sao paulo,
    cape town, port elizabeth, port harcourt, tel aviv, abu dhabi, addis ababa, new delhi, den haag, the
    hague, den bosch, welwyn garden, george town, sutton coldfield, merthyr tydfil, market harborough,
    melton mowbray, hemel hempstead, east grinstead, haywards heath, burgess hill, bishops stortford,
    saffron walden, newton abbot, lyme regis, bognor regis, west bromwich, leidsche rijn, forest hill,
    harrow hill, new jersey, north carolina, south carolina, west virginia, rhode island, costa rica,
    sri lanka, saint lucia
    """
)


@functools.lru_cache(maxsize=1)
def shared_lexicon() -> NameLexicon:
    """Returns the lexicon, made at first use (about two seconds).

    Raises:
        ExemplarError: its sources are not installed.
    """
    given, family = _gazetteer()
    ordinary: set[str] = set()
    capital: set[str] = set()
    probabilities = _probabilities()
    for word, low in probabilities.items():
        if word != word.lower() or not word.isalpha():
            continue
        high = probabilities.get(word.capitalize(), -30.0)
        folded = fold(word)
        rarest = _RAREST_NAME if folded in given or folded in family else _RAREST
        if (
            (low > _COMMON and low >= high - _COMMON_MORE_OFTEN_CAPITAL)
            or (low > _RARE and low >= high - _MORE_OFTEN_CAPITAL)
            or (low > rarest and low >= high + _RARE_LESS_OFTEN_CAPITAL)
        ):
            ordinary.add(folded)
        elif high > low + 1.0:
            capital.add(fold(word))
    known = {fold(word) for word in probabilities if word.isalpha() and word == word.lower()}
    seldom = {
        name
        for name in given
        if len(name) > 3 and name not in ordinary and (name in capital or name not in known)
    }
    return NameLexicon(
        given=frozenset(given),
        family=frozenset(family),
        ordinary=frozenset(ordinary),
        english=frozenset(known),
        seldom=frozenset(seldom),
        places=_places() | _TWO_WORDS | (_TOWNS - given),
        towns=frozenset(_TOWNS & given),
        common=tuple(
            sorted(
                word
                for word in ordinary
                if len(word) > 3
                and probabilities.get(word, -30.0) > (_OFTEN if len(word) < 8 else _OFTEN_LONG)
            )
        ),
        proper=frozenset(word for word in capital if len(word) < 5),
        twofold=frozenset(
            word
            for word in given & ordinary
            if probabilities.get(word.capitalize(), -30.0)
            >= probabilities.get(word, -30.0) - _TWOFOLD_LESS_OFTEN_CAPITAL
        ),
        usual=frozenset(
            word
            for word in capital
            if probabilities.get(word, -30.0) > _USUAL and word not in given and word not in family
        ),
    )


def _probabilities() -> dict[str, float]:
    try:
        import spacy_lookups_data

        file = Path(spacy_lookups_data.__file__).parent / "data" / "en_lexeme_prob.json.gz"
        with gzip.open(file, "rt", encoding="utf-8") as content:
            return dict(json.load(content))
    except (ImportError, OSError) as error:
        raise ExemplarError(
            f"cannot read spaCy's word frequencies ({error}): run script/setup."
        ) from error


def _gazetteer() -> tuple[set[str], set[str]]:
    given: set[str] = set()
    family: set[str] = set()
    package = faker.providers.person
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for owner in provider.__mro__:
            for field, value in vars(owner).items():
                if "prefix" in field or "suffix" in field:
                    continue
                for kind, names in (("first", given), ("last", family)):
                    if kind in field:
                        names.update(_words(value))
    for word in NEVER | INTERJECTIONS | PARTICLES:
        given.discard(word)
        family.discard(word)
    return given, family


def _words(value: Any) -> Iterator[str]:
    """Yields the folded words of Faker's tuples, mappings, and pairs of scripts."""
    if isinstance(value, str):
        for word in re.findall(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", value):
            if len(word) > 1:
                yield fold(word)
    elif isinstance(value, (tuple, list, dict, set, frozenset)):
        for part in value:
            yield from _words(part)


def _places() -> frozenset[str]:
    try:
        content = yaml.safe_load(LOOKUPS.read_text(encoding="utf-8"))
        listed = [
            line[2:].strip()
            for entry in content["nlu"]
            if entry.get("lookup") in {"country", "city"}
            for line in entry["examples"].splitlines()
            if line.startswith("- ")
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ExemplarError(f"{LOOKUPS}: cannot read the towns and countries ({error}).") from error
    zones = [
        zone.rsplit("/", 1)[-1].replace("_", " ")
        for zone in zoneinfo.available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "US/", "posix", "right"))
    ]
    more = words_in(
        """
    england scotland wales britain london europe asia africa america brabant bavaria brooklyn
    manhattan queens bronx chelsea yorkshire kent surrey essex cornwall texas california florida
    virginia georgia carolina dakota washington oregon nevada arizona utah ohio iowa kansas maine
    cologne nuremberg heidelberg groningen eindhoven tilburg breda nijmegen haarlem leiden delft
    arnhem zwolle maastricht ghent bruges antwerp leuven liege strasbourg bordeaux nantes nice lille
    nottingham sheffield leicester coventry bradford norwich exeter plymouth derby lincoln lancaster
    preston bolton stockport milton houston austin dallas phoenix denver boston orlando jackson
    """
    )
    return frozenset(fold(place) for place in [*listed, *zones, *more]) - {
        "chad",
        "jordan",
        "israel",
    }
