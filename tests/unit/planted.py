"""Transcripts with personal data planted in them, from a seed: what redaction is measured on.

Four sheets of names, phrases and forms, each written before redaction had seen anything of it. On first
sight 0.965, 0.965, 0.968 and 0.987 of some 3000 items went; what was missed was then mended, so that the
tests guard what works, and tell less of texts that nobody has seen (docs/sessions-import.md).
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass, field

import fourth_sheet as fourth


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


NAMES = _listed(
    "Adaeze Obiora|Bartłomiej Kaczmarek|Catriona MacLeod|Duc Pham|Elif Kaya|Faisal Qureshi|"
    "Gudrun Eriksdóttir|Hyun-woo Kang|Ivana Horvat|Jomo Otieno|Katarzyna Lewandowska|"
    "Lupe Hernández|Makoto Fujimoto|Nalini Krishnan|Orla Fitzgerald|Panagiota Economou|"
    "Quynh Tran|Ruairí Gallagher|Sipho Ndlovu|Tariq Aziz|Uche Eze|Vikram Malhotra|"
    "Wiremu Parata|Xochitl Morales|Yevhen Kovalenko|Zeynep Arslan|Anselm Hoffmann|"
    "Béatrice Rousseau|Chiamaka Igwe|Devika Nair|Eoin Doyle|Freja Lindholm|Gareth Pugh|"
    "Hanneke Bakker|Ismail Touré|Jasper Winkel|Kofi Boateng|Lin Xiaoming|Mihai Ionescu|"
    "Noa Mizrahi|Omar Haddad|Petra Novotná|Rangi Walker|Sanjay Gupta|Tove Nyström|"
    "Ulf Bergström|Violeta Stoyanova|Will Carpenter|Hope Barnes|Mark Rivers|June Carter|"
    "Dawn Fletcher|Tevita Mahe|Ingrid van den Heuvel|Paulo da Silva|Maeve O'Connor"
)
#: {N} the name, {F} the given, {L} the family name; small letters as people type and transcripts have them.
NAMED = (
    "Hello there, {N} here, I wrote last week about the shelf.",
    "good afternoon, my name is {n} and i have a question about a lamp",
    "Thanks for waiting, {F}. I have found it.",
    "hi {f}, sorry for the delay",
    "Dear {N},",
    "The chair wobbles.\n\nBest wishes\n{N}",
    "ok thanks so much {f}!",
    "Can I speak to {F} please? She helped me on Monday.",
    "I was told by {F} that it would be free.",
    "{F} promised a call back and nobody called.",
    "It was ordered by {N} in June.",
    "hello this is {n} calling about a delivery",
    "This is {F} from Meadow Lane, am I speaking to the account holder?",
    "Could you put it in the name of {N}?",
    "Yes, Mrs {L}, I see it here.",
    "Is Mr {L} at home on Thursday?",
    "so you're {f}, right, the one from yesterday",
    "The neighbour, {N}, took it in.",
    "Leave it with my son {F}.",
    "My daughter's name is {F}, she will open the door.",
    "You're talking to {F}, I'll stay with you until it's sorted.",
    "{N}\n{F} is what everybody calls me",
    "Sincerely,\n\n{N}",
    "Please ask {F} to ring me.",
    "the delivery man left it with {f} next door",
    "First name {F}, last name {L}.",
    "I've written to {N} twice.",
    "Hey {F}! Any update?",
    "you can call me {f}",
    "That is correct, {F}, it left on Tuesday.",
)
EMAILED = (
    "You can write to {x}.",
    "email: {x}",
    "i registered with {x} i think",
    "Is {x} still the right one?",
    "the invoice should go to {x}, not the old one",
)
SPOKEN = (
    "sure it's {x}",
    "yeah my email is {x}, all lower case",
    "you could send that to {x} if that's easier",
)
PHONED = (
    "Ring me on {x} any time.",
    "my mobile number is {x}",
    "Tel. {x}",
    "the driver can call {x}",
    "{x} is the best number for me",
    "I'm on {x} all day",
)
PHONES = _listed(
    "+44 20 79## ####|07### ### ###|01## ### ####|+1 415-###-####|(212) ###-####|646.###.####|"
    "+49 (0)30 #######|0049 170 #######|+33 7 ## ## ## ##|04 ## ## ## ##|+31 20 ### ####|"
    "0031 6 ## ## ## ##|+34 91# ### ###|+39 02 #### ####|+48 22 ### ## ##|+46 8 ### ### ##|"
    "+47 4## ## ###|+45 ## ## ## ##|+358 40 ### ####|+41 79 ### ## ##|+43 660 #######|"
    "+32 47# ## ## ##|+353 1 ### ####|+351 91# ### ###|+30 69# ### ####|+90 212 ### ## ##|"
    "+91-98###-#####|+61 2 #### ####|+64 21 ### ####|+65 9### ####|+81 3-####-####|"
    "+82 10-####-####|+86 138 #### ####|+254 7## ### ###|+27 82 ### ####|+52 55 #### ####|"
    "+55 21 9####-####|555-01##"
)
CARDED = (
    "it's {x}",
    "The card number is {x}.",
    "i paid with {x} on sunday",
    "{x}",
    "charge {x} instead please",
)
ORDERED = (
    "Where's {x} got to?",
    "my order is {x}",
    "{x} please",
    "It's about order {x}, the oak table.",
    "the number on the box says {x}",
)
ORDERS = ("ML-10####", "ml-10####", "ML 10####", "ml10####", "10####")
SAID_ORDERS = ("it's order M L {x}", "the order number is {x}", "order m l dash {x} I think")
ACCOUNTS = (
    ("My account number is {x}.", "########"),
    ("customer number {x}", "#######"),
    ("it's account {x} at your place", "#########"),
    ("invoice {x} is wrong", "IN-10####"),
    ("the bill, INV-{x}, never came", "10####"),
    ("complaint number {x}", "C-1###"),
    ("my membership number is {x}", "MB#######"),
    ("tracking number {x} says delivered", "JJD0099########"),
)
IBANS = _listed(
    "NL91 RABO 0### #### ##|DE## 3704 0044 05## #### ##|GB29 NWBK 60## #### #### ##|"
    "FR76 3000 6000 01## #### #### ###|BE68 5390 #### ####|IE29 AIBK 9311 52## #### ##|"
    "es9121000418450200######|AT61 1904 3002 #### ####"
)
BANKED = ("My IBAN is {x}.", "pay it back to {x} please", "iban {x}")
ADDRESSES = _listed(
    "17 Larch Avenue|Flat 2B, 9 Mill Lane, Bristol BS1 4QA|4 The Crescent, York YO24 1AW|"
    "1208 Maple Drive, Austin, TX 78704|99 West 10th Street, New York, NY 10011|"
    "Prinsengracht 267, 1016 GV Amsterdam|Dorpsstraat 8|Goethestraße 12a, 60313 Frankfurt|"
    "Am Markt 3, 28195 Bremen|8 rue Victor Hugo, 69002 Lyon|"
    "25 boulevard Saint-Michel, 75005 Paris|Calle de Alcalá 45, 28014 Madrid|"
    "Via Garibaldi 7, 40124 Bologna|ul. Mickiewicza 15/4, 31-120 Kraków|"
    "Drottninggatan 33, 111 51 Stockholm|Nørrebrogade 50, 2200 København|"
    "Rua das Flores 21, 4050-262 Porto|PO Box 771|"
    "Apartment 5, 30 Harbour Road, Dublin D04 X2F8|62 hillcrest road|"
    "Mariahilfer Straße 88, 1070 Wien|310 Yonge Street, Toronto, ON M5B 1R8|"
    "14 Rose Gardens, Edinburgh EH9 3BJ|Chaussée de Wavre 120, 1050 Brussels"
)
LIVING = (
    "My new address is {x}.",
    "it should go to {x}",
    "we live at {x}",
    "{x}",
    "Deliver to {x}, please.",
    "You sent it to {x} by mistake.",
)
#: What looks like personal data and is none; nothing of it may be touched.
CLEAN = (
    "I love the Nora lamp but is it in stock in Sage?",
    "The Oslo desk lamp costs €64.90 and ships in 3 to 5 days.",
    "Will it come by the end of May, or in June?",
    "We deliver to Utrecht, Leeds, Paris and Milan.",
    "There is a grace period of 14 days.",
    "I will mark the box so that it may be seen.",
    "The rug is 160 x 230 cm, the wool one 120 x 180.",
    "That was on 2026-09-14, and again on 03/10/2026.",
    "It rose from $1,299.00 to $1,349.50 on Black Friday.",
    "Frankly I hope it works; it would be a joy.",
    "DHL lost it, then PostNL found it in Rotterdam.",
    "The Klara floor lamp in Olive is back in stock.",
    "I waited from 10:30 to 16:45 on Tuesday.",
    "Two weeks, three calls, four emails and no lamp.",
    "Can I pay with PayPal, Klarna or American Express?",
    "the stone top has a chip and a dark spot",
    "Is the Miele kettle louder than the Bosch one?",
    "My German is bad, sorry, and my English is worse.",
    "I want the small one, not the large one, at 40 watts.",
    "Happy Easter to the whole team!",
    "It broke in August, so a year and a half later.",
    "You can have a refund within 30 days of delivery.",
    "one or two of the six glasses are cracked",
    "please come between 8 and 12 in the morning",
    "Good morning, how can I help you today?",
    "That's frustrating; let me see what happened.",
    "It is model WH-1000, in black, size 38.",
    "Meadow Lane has the best cork boards.",
    "The 2025 catalogue said 24 months of warranty.",
    "oh great, another bot",
)
#: The second sheet.
FRESH_NAMES = _listed(
    "Abimbola Ogunleye|Agnieszka Dąbrowska|Alejandro Quispe|Amrita Bhattacharya|Árpád Kocsis|"
    "Bayu Setiawan|Caoimhe Brennan|Chen Yutong|Daichi Morikawa|Dilnoza Karimova|Efua Owusu|"
    "Emre Yıldız|Fennella Shaw|Gintaras Kazlauskas|Hrvoje Babić|Iman Al-Sayed|"
    "Jitka Procházková|Kalani Akana|Khadija Benali|Lerato Molefe|Luukas Mäkinen|"
    "Mahesh Deshpande|Mirela Dumitru|Ngaio Tamihana|Nokuthula Mthembu|Oisín Kavanagh|"
    "Parisa Rahimi|Phuong Le|Roos Vermeulen|Sakura Hayashida|Shreya Banerjee|"
    "Sigríður Jónsdóttir|Tendai Moyo|Thorsten Krüger|Uzma Chaudhry|Valentina Ricci|"
    "Wambui Njoroge|Yusuf Abdi|Zofia Pietrzak|Bill Fisher|Penny Baker|Grant Hill|Faith Wells|"
    "Ray Banks|Olive Turner|Chip Wood"
)
FRESH_NAMED = (
    "Evening, {N} speaking. It's about my sofa.",
    "yes this is {n}",
    "Thank you {F}, you have been very kind.",
    "hello {f} i am back",
    "Dear Mr {L},\nThank you for your letter.",
    "All the best,\n{F}",
    "I'd like to talk to {F} again.",
    "According to {F} the parcel went out on Monday.",
    "{F} told me to send a photo.",
    "the account is under {n}",
    "Please address it to {N}.",
    "I'm {F}, one of the team here.",
    "Is this Ms {L}?",
    "My brother {F} set it up.",
    "It's for my friend {F}.",
    "Thanks!\n- {F}",
    "name: {n}",
    "Sorry about that, {F}.",
    "I spoke to a {F} on the phone.",
    "your colleague {F} was rude",
    "My full name is {N}, as on the passport.",
)
FRESH_ADDRESSES = _listed(
    "83 Beechwood Drive|Unit 7, 210 Station Street, Melbourne VIC 3000|"
    "5 Orchard Close, Reading RG1 5AN|2214 Oak Ridge Road, Portland, OR 97205|"
    "Herengracht 44, 1015 BN Amsterdam|Molenweg 19|Schillerstraße 40, 80336 München|"
    "3 avenue Jean Jaurès, 31000 Toulouse|Via Dante 18, 20121 Milano|"
    "Carrer de Balmes 77, 08007 Barcelona|ul. Piękna 22, 00-549 Warszawa|"
    "Kungsgatan 5, 411 19 Göteborg|Av. da Liberdade 110, 1250-146 Lisboa|P.O. Box 9034|"
    "11 kestrel lane|Bergmannstraße 102, 10961 Berlin|Rue de la Loi 16, 1000 Bruxelles|"
    "45 Queen Street West, Toronto, ON M5H 2M9|"
    "Flat 12, Rowan House, 6 Park Road, Glasgow G3 6AX"
)
FRESH_PHONES = _listed(
    "+44 161 ### ####|07### ######|+1 503.###.####|503-###-####|+49 89 ########|089 #######|"
    "+33 5 61 ## ## ##|06 ## ## ## ##|+31 6 ## ## ## ##|+34 6## ## ## ##|+39 347 #######|"
    "+48 5## ### ###|+46 73 ### ## ##|+61 3 9### ####|+91 80 #### ####|+234 81# ### ####|"
    "+972 3 ### ####|+971 50 ### ####|555 01##|+420 60# ### ###"
)
FRESH_CLEAN = (
    "The Nora lamp or the Klara one, which is brighter?",
    "Does the Ingrid sofa come in Hazel or Amber?",
    "I drove to Bremen and back, 240 km, for one chair.",
    "My card was charged £1,045.00 on 12 March 2026.",
    "We may be late, so mark it as fragile and hope for the best.",
    "It has 12 drawers, 4 doors and 2 shelves.",
    "the dawn light through the olive curtains is a joy",
    "Is it 90 x 200 or 140 x 200 cm?",
    "Model KX-450 needs 230 V and 1500 W.",
    "Every Wednesday in April and May, from 9 to 5.",
    "We ship with UPS and FedEx to Spain and Portugal.",
    "I'm furious, tired and out of patience.",
    "Hi there, quick question about returns",
    "Thank you so much for the fast reply!",
    "To be frank, I want to bill them for my time.",
    "The Bosch mixer broke after 18 months.",
)
#: The third sheet; its clean turns are the first one's.
LATE_NAMES = _listed(
    "Adwoa Amoako|Aleksander Nowicki|Amaru Condori|Anahit Grigoryan|Bintou Diallo|"
    "Bjarne Haugen|Camille Delacroix|Chiara Lombardi|Dilip Acharya|Ebru Aydın|Esi Quaye|"
    "Fintan Murphy|Gao Jing|Hassan Mahmoud|Hinemoa Ropata|Ilse Jansen|Iskander Akhmetov|"
    "Jiří Dvořák|Kamala Subramanian|Kenji Nakagawa|Laszlo Farkas|Lwazi Sithole|Manoj Shetty|"
    "Minh Anh Vu|Nadia Benhaddou|Oksana Tkachenko|Pilar Navarro|Rohan Mukherjee|"
    "Runa Bjornstad|Sabelo Nkosi|Sinéad Walsh|Suda Wongsawat|Tadeusz Wrona|Tomoko Ishikawa|"
    "Ulla Heikkinen|Victor Okonkwo|Xavier Puig|Yara Nassar|Zainab Yakubu|Art Mason|Joy Price|"
    "Rusty Page|Chase Knight|Autumn Lake"
)
LATE_NAMED = (
    "Hiya, {N} again.",
    "it is me, {n}",
    "Thank you very much {F}!",
    "morning {f}",
    "Dear {F} and team,",
    "Yours,\n{N}",
    "Put me through to {F}, would you?",
    "I emailed {F} on Tuesday.",
    "{F} never rang back.",
    "account holder: {n}",
    "Send it to {N}, not to me.",
    "My name's {F}, I'll be helping you now.",
    "Ms {L}, are you still there?",
    "my sister {F} gave it to me",
    "It's a present for {N}.",
    "Cheers,\n{F}",
    "the card is in the name {N}",
    "Bye {F}, and thanks.",
    "A man called {F} picked up.",
    "Your Mr {L} promised me that.",
    "{N} signed for the parcel.",
    "hello {n} speaking how may i help",
    "Could {F} please call me?",
    "I've been dealing with {F} so far.",
)
LATE_ADDRESSES = _listed(
    "41 Willow Crescent|Flat 9, 118 Hackney Road, London E2 7QL|23 Station Road, Bath BA1 1SU|"
    "905 Cedar Street, Boise, ID 83702|Oudegracht 211, 3511 NG Utrecht|"
    "Lindenstraße 7, 50674 Köln|16 rue du Faubourg Saint-Denis, 75010 Paris|"
    "Via Mazzini 30, 37121 Verona|Calle Serrano 61, 28006 Madrid|"
    "ul. Kwiatowa 3, 61-881 Poznań|Sveavägen 44, 111 34 Stockholm|"
    "Rua do Carmo 12, 1200-093 Lisboa|PO Box 2281|7 badger close|Hauptplatz 14, 8010 Graz|"
    "Grote Markt 5, 2000 Antwerpen|1450 Granville Street, Vancouver, BC V6Z 1M2|"
    "14 Kea Street, Wellington 6011"
)
LATE_PHONES = _listed(
    "+44 113 ### ####|075## ######|+1 206-###-####|(503) ###-####|+49 40 #######|"
    "0176 ########|+33 1 4# ## ## ##|+31 70 ### ####|+34 93# ### ###|+39 06 #######|"
    "+48 60# ### ###|+46 31 ### ## ##|+353 87 ### ####|+91 70### #####|+27 11 ### ####|"
    "+52 1 55 #### ####|555-01##|+966 5# ### ####"
)
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass
class Planted:
    """One transcript.

    Attributes:
        texts: its turns.
        items: kind, what was planted, and the turn that it stands in.
        clean: the turns that hold nothing.
    """

    texts: list[str] = field(default_factory=list)
    items: list[tuple[str, str, int]] = field(default_factory=list)
    clean: list[int] = field(default_factory=list)

    def plant(self, kind: str, phrase: str, **values: str) -> None:
        self.texts.append(phrase.format(**values))
        for key in re.findall(r"\{(\w)\}", phrase):
            self.items.append((kind, values[key], len(self.texts) - 1))


@dataclass(frozen=True)
class Sheet:
    """What transcripts are made of; the phrases around details are the first sheet's unless given."""

    names: tuple[str, ...]
    named: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[str, ...]
    clean: tuple[str, ...]
    emailed: tuple[str, ...] = EMAILED
    spoken: tuple[str, ...] = SPOKEN
    phoned: tuple[str, ...] = PHONED
    carded: tuple[str, ...] = CARDED
    ordered: tuple[str, ...] = ORDERED
    said_orders: tuple[str, ...] = SAID_ORDERS
    accounts: tuple[tuple[str, str], ...] = ACCOUNTS
    ibans: tuple[str, ...] = IBANS
    banked: tuple[str, ...] = BANKED
    living: tuple[str, ...] = LIVING


SHEETS = (
    Sheet(NAMES, NAMED, PHONES, ADDRESSES, CLEAN),
    Sheet(FRESH_NAMES, FRESH_NAMED, FRESH_PHONES, FRESH_ADDRESSES, FRESH_CLEAN),
    Sheet(LATE_NAMES, LATE_NAMED, LATE_PHONES, LATE_ADDRESSES, CLEAN),
    Sheet(
        names=fourth.FOURTH_NAMES,
        named=fourth.FOURTH_NAMED,
        phones=fourth.FOURTH_PHONES,
        addresses=fourth.FOURTH_ADDRESSES,
        clean=fourth.FOURTH_CLEAN,
        emailed=fourth.FOURTH_EMAILED,
        spoken=fourth.FOURTH_SPOKEN,
        phoned=fourth.FOURTH_PHONED,
        carded=fourth.FOURTH_CARDED,
        ordered=fourth.FOURTH_ORDERED,
        said_orders=fourth.FOURTH_SAID_ORDERS,
        accounts=fourth.FOURTH_ACCOUNTS,
        ibans=fourth.FOURTH_IBANS,
        banked=fourth.FOURTH_BANKED,
        living=fourth.FOURTH_LIVING,
    ),
)


def transcripts(seed: int, items: int, sheet: int = 0) -> list[Planted]:
    """Makes transcripts with at least so many planted items, from one of the sheets."""
    chance = random.Random(seed)
    made: list[Planted] = []
    while sum(len(one.items) for one in made) < items:
        made.append(_transcript(chance, SHEETS[sheet]))
    return made


def _transcript(chance: random.Random, sheet: Sheet) -> Planted:
    one = Planted()
    name = chance.choice(sheet.names)
    given, _, family = name.partition(" ")
    for phrase in chance.sample(sheet.named, 3):
        one.plant("name", phrase, N=name, n=name.lower(), F=given, f=given.lower(), L=family)
    for kind in chance.sample(
        (
            "email",
            "said email",
            "phone",
            "phone",
            "said phone",
            "card",
            "order",
            "said order",
            "account",
            "iban",
            "address",
            "address",
        ),
        5,
    ):
        if kind == "email":
            one.plant(kind, chance.choice(sheet.emailed), x=_email(name, chance))
        elif kind == "said email":
            one.plant(kind, chance.choice(sheet.spoken), x=_said_email(name, chance))
        elif kind == "phone":
            one.plant(
                kind, chance.choice(sheet.phoned), x=_filled(chance.choice(sheet.phones), chance)
            )
        elif kind == "said phone":
            number = _filled(
                chance.choice(("07#########", "555####", "06########", "0171#######")), chance
            )
            one.plant(kind, chance.choice(sheet.phoned[:4]), x=_said(number, chance))
        elif kind == "card":
            one.plant(kind, chance.choice(sheet.carded), x=_card(chance))
        elif kind == "order":
            one.plant(kind, chance.choice(sheet.ordered), x=_filled(chance.choice(ORDERS), chance))
        elif kind == "said order":
            one.plant(
                kind, chance.choice(sheet.said_orders), x=_said(_filled("10####", chance), chance)
            )
        elif kind == "account":
            phrase, form = chance.choice(sheet.accounts)
            one.plant(kind, phrase, x=_filled(form, chance))
        elif kind == "iban":
            one.plant(
                kind, chance.choice(sheet.banked), x=_filled(chance.choice(sheet.ibans), chance)
            )
        else:
            one.plant("address", chance.choice(sheet.living), x=chance.choice(sheet.addresses))
    for text in chance.sample(sheet.clean, 4):
        one.clean.append(len(one.texts))
        one.texts.append(text)
    return one


def left_over(item: str, text: str) -> bool:
    """Whether anything of an item still stands in a redacted text."""
    words = [
        word for word in re.findall(r"\w+", item) if len(word) > 1 and word.lower() not in _SMALL
    ]
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)


#: Words of items that anybody may say.
_SMALL = frozenset(
    _listed(
        "at|dot|de|la|mr|das|van|den|da|the|am|ul|rue|via|po|box|flat|apartment|and|oh|double|west"
    )
)


def _filled(form: str, chance: random.Random) -> str:
    return "".join(chance.choice("0123456789") if sign == "#" else sign for sign in form)


def _plain(name: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFKD", name.lower().replace("ł", "l"))
    given, _, family = re.sub(r"[^a-z ]", "", decomposed).partition(" ")
    return given, family.replace(" ", "")


def _email(name: str, chance: random.Random) -> str:
    given, family = _plain(name)
    return chance.choice(
        (
            f"{given}.{family}@example.com",
            f"{given}{family[0]}{chance.randint(60, 99)}@example.net",
            f"{family}.{given}@post.example.de",
            f"{given[0]}{family}@example.ac.uk",
            f"{given}-{family}@example.org",
        )
    )


def _said_email(name: str, chance: random.Random) -> str:
    given, family = _plain(name)
    return chance.choice(
        (
            f"{given} dot {family} at example dot com",
            f"{given} underscore {family} at example dot co dot uk",
            f"{given}{family} at gmail dot com",
            f"{given} dash {family} at example dot net",
            f"{given} [at] example [dot] org",
        )
    )


def _said(digits: str, chance: random.Random) -> str:
    words: list[str] = []
    n = 0
    while n < len(digits):
        word = "oh" if digits[n] == "0" and chance.random() < 0.5 else _DIGITS[int(digits[n])]
        if digits[n : n + 2] == digits[n] * 2 and chance.random() < 0.4:
            words.append(f"double {word}")
            n += 1
        else:
            words.append(word)
        if n % 3 == 2 and n < len(digits) - 1 and chance.random() < 0.3:
            words[-1] += chance.choice((",", " uh", " -"))
        n += 1
    return " ".join(words)


def _card(chance: random.Random) -> str:
    start, size = chance.choice((("4", 16), ("52", 16), ("55", 16), ("6011", 16), ("34", 15)))
    digits = start + "".join(chance.choice("0123456789") for _ in range(size - len(start) - 1))
    for last in "0123456789":
        if _fits(digits + last):
            digits += last
            break
    groups = [digits[:4], digits[4:10], digits[10:]] if size == 15 else re.findall("....", digits)
    return chance.choice(("", " ", "-", " ")).join(groups)


def _fits(digits: str) -> bool:
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
