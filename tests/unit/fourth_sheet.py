"""The fourth sheet, written without sight of how redaction is done."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


FOURTH_NAMES = _listed(
    "Ayodele Bankole|Milica Stanković|Thijs de Vries|Rhiannon Llewellyn|Siobhán O'Rourke|"
    "Jean-Baptiste Mercier|Anne-Sophie Lefèvre|Ludovica D'Amico|Farah binti Razak|"
    "Mwajuma Kipkemboi|Tomasz Wójcik|Søren Kjær|Þórunn Magnúsdóttir|Kristýna Havlíčková|"
    "Baraka Mwangi|Nguyet Dang|Somchai Rattanakorn|Hiroshi Takeda-Lowe|Jae-won Seo|"
    "Zhihao Zheng|Arjun Venkataraman|Harpreet Sandhu|Lakshmi Iyer|Tanvir Hossain|"
    "Nimmi Wickramasinghe|Otgonbayar Batbold|Aigerim Nurlanova|Giorgi Beridze|"
    "Levon Sarkisian|Shirin Tabatabai|Layla El-Masri|Hamza Bouazizi|Selamawit Tesfaye|"
    "Thandeka Dlamini|Fatoumata Keïta|Rafael Monteiro|Guadalupe Ibarra Soto|"
    "Joaquín del Valle|Ximena Cárdenas|Kaimana Kealoha|Sione Taufa|Aroha Ngata|"
    "Dagmar von Lindau|Maarten Smit-Koster|Eszter Szabó|Ilmari Korhonen|Rasa Petrauskienė|"
    "Iris Lamb|Miles Woods|Summer Brook|Heath Stone|Drew Long|Daisy Cook"
)
FOURTH_NAMED = (
    "Hi Meadow Lane, this is {N} writing about the walnut sideboard.",
    "Am I through to {F}? You were going to check the stock for me.",
    "Agent: Right, Mrs {L}, the warehouse has just come back to me.",
    "my wife {f} placed the order but i'm the one paying for it",
    "Kind regards from a fed-up customer,\n{N}",
    "The surname is {L}, shall I spell it for you?",
    "Okay {F}, I've put a note on your file for the driver.",
    "sorry it's {f}, we got cut off a minute ago",
    "Both stools were paid for by {N}, and the bench by me.",
    "um yeah so the name on the booking should be {n}",
    "Nobody by the name of {N} lives here, yet her catalogue keeps coming.",
    "You've reached Meadow Lane customer care, {F} speaking.",
    "Please change the recipient to {N}, it's her flat now.",
    "The fitter, {F} I think he was called, left a panel off the wardrobe.",
    "My flatmate {F} can take the parcel, I'm at work until six.",
    "Warm wishes,\n{F} {L}",
    "Customer: {N}\nItem: floor lamp, brass\nProblem: it flickers",
    "ta {f}, you've been a star",
    "Would Dr {L} prefer the morning or the afternoon slot?",
    "The gift message should read: Happy birthday {F}, with love from all of us.",
    "i am {n} and i bought a bunk bed from you in march",
    "Has {F} left a note about my refund? We talked at noon.",
    "My late father, {N}, was a customer of yours for years.",
    "Let me hand you over to my supervisor, {F}.",
    "Attn: {N}, second floor reception",
    "so that's {f} with the blue velvet armchair, have i got that right",
    "Apologies for the wait, Mr {L}. There are two lamps in your basket.",
    "caller: it's under my partner's name, {n}",
)
FOURTH_ADDRESSES = _listed(
    "52 Foxglove Way, Norwich NR5 8TB|The Old Bakery, 3 Church Street, Ludlow SY8 1AP|"
    "Flat 14, Canal House, 27 Wharf Road, Manchester M4 6JB|38 thornbury terrace|"
    "6 saxon mews, cardiff cf11 9dx|4417 Sycamore Boulevard, Apt 3C, Tucson, AZ 85712|"
    "730 NE 42nd Avenue, Seattle, WA 98105|19 birchmount court, madison wi|"
    "2085 rue Sherbrooke Est, Montréal, QC H2K 1B9|Unit 4/61 Banksia Parade, Perth WA 6005|"
    "22 Tui Glen Road, Dunedin 9010|Lauriergracht 92-2, 1016 RL Amsterdam|kerkstraat 41, zwolle|"
    "Kastanienallee 63, 10435 Berlin|Untere Bachgasse 9, 93047 Regensburg|"
    "41 bis avenue de la République, 33000 Bordeaux|Plaza Mayor 6, 3º B, 37002 Salamanca|"
    "Corso Vittorio Emanuele 115, 10128 Torino|Bahnhofstrasse 24, 8001 Zürich|"
    "Storgata 17, 0184 Oslo|Vesterbrogade 78, 3. tv, 1620 København V|"
    "Mannerheimintie 36 A 12, 00100 Helsinki|al. Niepodległości 54 m. 8, 02-626 Warszawa|"
    "Flat 302, Lotus Residency, 14 MG Road, Bengaluru 560001"
)
FOURTH_LIVING = (
    "Please bring the sofa to {x}.",
    "we've moved, the right address is now {x}",
    "Shipping address: {x}",
    "I'm at {x}, the bell with no label.",
    "So that's going out to {x}, is that correct?",
    "the courier should collect the old mattress from {x}",
    "My parents' house is {x}, could you send the lamp there?",
    "Billing and delivery are both {x}.",
)
FOURTH_PHONES = _listed(
    "+44 (0)7### ######|(0161) 496 0###|020 7946 0###|00 44 78## ### ###|07###-######|"
    "+1 (312) 555-01##|773-555-01##|917 555 01##|+49 151 ########|030/########|"
    "+33 (0)6 ## ## ## ##|01.4#.##.##.##|+31 (0)6 ########|06-########|+34 6## ### ###|"
    "+39 06 #### ####|+46 (0)70-### ## ##|+41 44 ### ## ##|+353 86 ### ####|+48 ### ### ###|"
    "+91 9#### #####|04## ### ###|+64 27 ### ####|+63 917 ### ####"
)
FOURTH_PHONED = (
    "Could the courier text me on {x} before he sets off?",
    "you can get hold of me at {x}",
    "Phone: {x}",
    "My landline's {x}, the mobile has no signal here.",
    "I've got {x} down as your contact number, is that still right?",
    "whatsapp me, {x}",
)
FOURTH_EMAILED = (
    "Please resend the confirmation to {x}, I deleted it.",
    "my login is {x} but it says wrong password",
    "E-mail address: {x}",
    "I have {x} on file for you, shall I use that?",
    "Photos of the scratch are coming from {x} in a minute.",
)
FOURTH_SPOKEN = (
    "okay so the email address is {x}",
    "caller: um it's {x}, have you got that",
    "right i'll send the label over to {x} then",
)
FOURTH_CARDED = (
    "The long number across the front is {x}.",
    "you took it twice from my visa {x}",
    "Card: {x}, it runs out next spring.",
    "can i switch the payment over to {x}",
    "I'd rather you refunded {x} than sent a voucher.",
)
FOURTH_ORDERED = (
    "Can you tell me whether order {x} has left the warehouse?",
    "order number {x}, two bedside lamps",
    "I'd like to cancel {x}, I ordered the wrong shade.",
    "Thanks, I've pulled up your order {x} now.",
    "re: order {x} - leg missing",
)
FOURTH_SAID_ORDERS = (
    "yeah the order is m l {x}",
    "my order number's {x}, for the bookcase",
    "it says order m l hyphen {x} on the slip",
)
FOURTH_ACCOUNTS = (
    ("Account no. {x}, it's on every letter you send.", "#########"),
    ("my customer id is {x}", "MLC-######"),
    ("Please check invoice number {x}, the VAT is wrong.", "INV-20##-####"),
    ("The parcel's tracking code is {x}.", "1Z999AA10#########"),
    ("your case reference {x} has been open for weeks", "CS-#####"),
    ("Loyalty card number: {x}", "#### #### ####"),
    ("the return number you gave me was {x}", "RMA-######"),
)
FOURTH_IBANS = _listed(
    "NL## INGB 000# #### ##|DE## 1001 0010 #### #### ##|IT## X054 2811 1010 0000 0### ###|"
    "PL## 1090 1014 0000 0712 #### ####|ch##0076201162385####|FI## 1234 5600 00## ##"
)
FOURTH_BANKED = (
    "Please transfer the refund to my account, IBAN {x}.",
    "bank details: {x}",
    "It was debited from {x} at the start of the month.",
)
FOURTH_CLEAN = (
    "Is the Matilda bookcase deeper than the Edmund one?",
    "I bought the Vincent armchair in Rust and it has faded already.",
    "How tall is the Astrid floor lamp with the linen shade?",
    "The Florence table seats six, or eight when extended.",
    "Do you have the Clara pendant in Sage Green or only in Ivory?",
    "We've discontinued the Henry desk, but the Oscar is very close.",
    "does the sofa come in rose or only in hazel",
    "Can you deliver to Inverness, or only as far as Perth?",
    "Shipping to Lisbon takes 6 to 8 working days.",
    "Do you have a showroom in Lincoln or Chester?",
    "Lorries leave Hamburg on Monday and reach Vienna on Wednesday.",
    "It'll cost an extra £29.50 to deliver to Cornwall or the Isle of Wight.",
    "The top measures 180 x 90 x 75 cm and weighs 42 kg.",
    "I need an E27 bulb, 806 lumens, 2700 K, dimmable.",
    "Is 76 1/2 inches the height with or without the feet?",
    "The sale runs from 12 April to 3 May 2026.",
    "I placed it on 07/02/2026 and was told 21 days at most.",
    "It was £459 on Sunday and £519.99 by Tuesday night.",
    "I paid €1.249,00 with the 15% code SPRING15.",
    "Does Apple Pay work, or do I need Visa or Mastercard?",
    "Will a Philips Hue bulb fit, or one from Osram?",
    "John Lewis sells the same thing for less, will you match it?",
    "The Dyson fan and the Anglepoise share one socket.",
    "May I return it in May if I buy it in March?",
    "My August delivery slipped to September, then to October.",
    "Will the christmas lights be back before December?",
    "it may well be a fault with the switch, i will check the manual",
    "The stone base is long and heavy, and there's a chip near the edge.",
    "I could not be more frank: the glue has come off and the drawer won't shut.",
    "Dear Sir or Madam, I am writing to complain about a wobbly stool.",
    "Hello, is anyone there?",
    "Thanks again, have a lovely weekend!",
    "Kind regards, a disappointed customer",
    "The driver said he would ring the bell, but he just drove off.",
    "I've checked with the warehouse: three are left, all in Charcoal.",
    "Please hold for a moment while I look into this.",
    "The 2-seater is 1.6 m wide and the 3-seater 2.1 m.",
    "Meadow Lane opens at 9:30 on Saturdays and 11:00 on Sundays.",
    "my husband and my neighbour had to carry it up four floors",
    "I'd give the lamp 4 out of 5, the service 2 out of 10.",
)
