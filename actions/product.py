"""Products: what is on sale, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import text_of, texts_of
from actions.several import compared, delivery_said, nouns_of
from actions.who import email_of
from exemplar.conversation import OTHER_WISH, customer_messages, wording_of
from exemplar.details import address_in, house_corrected, quantity_of, quantity_said, recounted_in
from exemplar.knowledge.measures import fit_of
from exemplar.knowledge.parts import say_part
from exemplar.knowledge.purposes import budget_in, ours, shared_purposes
from exemplar.knowledge.search import PRODUCT_PAGES, Found, shared_knowledge
from exemplar.nlu.expectation import shared_expectation
from exemplar.said import says
from exemplar.shop.catalogue import alike, name_words
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Product
from exemplar.shop.policy import delivery_cost, shared_policy
from exemplar.wording import say_amount, say_date, say_list

#: A choice by its place in what was listed, and nothing else.
_PLACES: Final = {
    **{"first": 0, "1st": 0, "1": 0, "second": 1, "2nd": 1, "2": 1},
    **{"third": 2, "3rd": 2, "3": 2, "fourth": 3, "4th": 3, "4": 3, "last": -1},
}
_PLACE: Final = re.compile(
    r"(?:(?:ok|yes|well|then|i'll take|i take|i want|i'd like|i would like|take|make it)[ ,]+)*"
    rf"(?:the |number |that )*(?P<place>{'|'.join(_PLACES)})(?: (?:one|of them|lamp|option))?"
    r"(?:[ ,]+(?:please|pls|then|thanks|thank you))*[ .!]*"
)
#: "The glass one": by what it is made of, or by what stands before its noun.
_THE_ONE: Final = re.compile(r"\b(?:the|that|a) (\w+) ones?\b", re.IGNORECASE)
#: "Right, the gooseneck it is", "ok the oslo then": taken by what stands before its noun.
_CHOSEN: Final = (
    re.compile(
        r"(?:^|[.!,;]\s*)(?:(?:ok(?:ay)?|right|well|yes|yeah|alright|all right|good|great|fine|so|then|hm+"
        r"|cool|perfect|oh|ah|no|make it|send(?: me)?|give me|let'?s (?:have|take|go with))\W+)*"
        r"(?:the|that) (\w+)(?: \w+)? (?:it is|then)\b(?!\s*\?)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:i|we)(?:'?ll| will) (?:have|take|get|buy|order|go (?:for|with)) (?:the|that) (\w+)",
        re.IGNORECASE,
    ),
)
#: With these, what is on sale is asked about anew; an address beside it names no thing.
_ASKS_FOR: Final = frozenset({"check_stock", "place_order"})
_PLACE_NAMED: Final = frozenset({"street", "postcode"})
#: The parts of a message, of which one may ask for the sum; a question has so many words.
_CLAUSES: Final = re.compile(r"[?.!;,\n]+|\band\b", re.IGNORECASE)
_QUESTION: Final = 3
#: So many things are suggested, and so many named that would fit and are sold out.
_SUGGESTED: Final = 3
_SOLD_OUT_NAMED: Final = 1
#: Where the facts of products stand.
_FACTS: Final = "Product facts"
#: What a page says was said before if it began like this.
_BEGINNING: Final = 60
#: The last words of a name that tell no kind of thing.
_NO_KIND: Final = frozenset(
    {"one", "thing", "item", "product", "model", "version", "size", "colour", "color"}
)
#: A question may point back to so many of the customer's messages.
_POINTS_BACK: Final = 3
#: What was named within so many of them is still spoken of, as long as nothing else was named since.
_SPOKEN_OF: Final = 8
#: "Another lamp", "which lamps": any of a kind, and none that was spoken of.
_ANY: Final = re.compile(
    r"\b(?:an?|any|another|other|different|new|some|which|what|more|second|no)(?: \w+)?\s+$",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"[^s]s$", re.IGNORECASE)
#: What stands between the things of an order as it is listed.
_BETWEEN_ITEMS: Final = re.compile(r", | and |\d+ × ")
#: With one of these, a number in a message counts no pieces.
_NUMBERED: Final = frozenset({"street", "postcode", "date", "amount", "phone", "order_number"})


def products_named(tracker: Tracker) -> list[Product]:
    """Returns the products that the customer may mean by what they named.

    Where that means several, the rest of the message may tell: all the pieces in which it names a
    product, or, where they were asked which one, all of its words.
    """
    named = tracker.get_slot("product")
    latest = tracker.latest_message
    said = [str(e["value"]) for e in latest.get("entities") or () if e.get("entity") == "product"]
    told = [] if said else _told_in_words(tracker)
    if told:
        return told
    named = named or _spoken_of_since(tracker)
    found = shared_shop().find_products(str(named)) if named else []
    found = [product for product in found if _is_of_that_kind(product, str(named))]
    if len(found) > 1 and not said and tracker.get_slot("details_missing") == "product":
        return _by_its_place(text_of(tracker), found) or found
    if len(found) < 2 or not said:
        return found
    asked = tracker.get_slot("details_missing") == "product"
    text = text_of(tracker)
    all_of_it = shared_shop().find_products(text)
    # "The desk lamp. The Oslo one": what stands beside the name may tell.
    if len(all_of_it) == 1 and all_of_it[0] in found:
        return all_of_it
    return (all_of_it if asked else shared_shop().find_products(" ".join(said))) or found


def _told_in_words(tracker: Tracker) -> list[Product]:
    """Returns what is asked about by its words alone: "the glass one", "do you have a bookcase"."""
    latest = tracker.latest_message
    intent = str((latest.get("intent") or {}).get("name") or "")
    entities = {str(e.get("entity")) for e in latest.get("entities") or ()}
    if intent not in _ASKS_FOR or entities & _PLACE_NAMED:
        return []
    if tracker.get_slot("details_missing") == "product":
        return []
    return products_in_words(text_of(tracker))


def products_in_words(text: str) -> list[Product]:
    """Returns the products that a text names by their noun, or as "the glass one"."""
    plain = ours(text)
    one = _THE_ONE.search(plain)
    if one:
        word = name_words(one[1])
        made = [
            p for p in shared_shop().find_products(one[1]) if word and word[0] in _before_noun(p)
        ]
        if made:
            return made
    words = set(name_words(plain))
    found = shared_shop().find_products(plain)
    return [p for p in found if nouns_of(p.name)[-1:] and nouns_of(p.name)[-1] in words]


def product_chosen(text: str) -> Product | None:
    """Returns the product that is taken by a word of its name: "right, the gooseneck it is"."""
    plain = text.replace("’", "'")
    chosen = next(filter(None, (pattern.search(plain) for pattern in _CHOSEN)), None)
    word = name_words(chosen[1]) if chosen else []
    if not (chosen and word):
        return None
    made = [p for p in shared_shop().find_products(chosen[1]) if word[0] in _before_noun(p)]
    return made[0] if len(made) == 1 else None


def same_product(name: str, wanted: str | None) -> bool:
    """Tells whether a name may mean the product that is wanted; where none is, it may."""
    if not wanted:
        return True
    meant = {product.sku for product in shared_shop().find_products(wanted)}
    return bool(meant & {product.sku for product in shared_shop().find_products(name)})


def _kind_named(text: str) -> list[Product]:
    """Returns the products of the kind that a text names first: for "a rug under the table", the rugs."""
    words, found = name_words(ours(text)), products_in_words(text)
    places = [words.index(nouns_of(p.name)[-1]) for p in found if nouns_of(p.name)[-1] in words]
    return [p for p in found if nouns_of(p.name)[-1] == words[min(places)]] if places else found


def _mostly_named(product: Product, text: str) -> bool:
    """Tells whether a text has at least half of the words of a product's name: a dining table is none."""
    words, named = set(name_words(ours(text))), nouns_of(product.name)
    return 2 * sum(word in words for word in named) >= len(named)


def _is_of_that_kind(product: Product, named: str) -> bool:
    """Tells whether a product can be what was named: of "the oak bed", no oak bedside table can.

    It has the noun, or the last word, which alone may name it: "the gooseneck".
    """
    words, of_ours = name_words(ours(named)), name_words(product.name)
    last = [word for word in words if word not in _NO_KIND][-1:]
    nouns = nouns_of(product.name)[-1:]
    return (
        not last
        or any(alike(word, one) for word in last for one in of_ours)
        or any(alike(word, one) for word in words for one in nouns)
    )


def _before_noun(product: Product) -> list[str]:
    return nouns_of(product.name)[:-1]


def _by_its_place(text: str, offered: Sequence[Product]) -> list[Product]:
    """Returns the one that is chosen by its place among those that were listed: "the first one, please"."""
    chosen = _PLACE.fullmatch(text.strip().lower())
    place = _PLACES.get(chosen["place"]) if chosen else None
    return [offered[place]] if place is not None and place < len(offered) else []


def product_meant(tracker: Tracker) -> Product | None:
    """Returns the product, where what the customer named means just one."""
    found = products_named(tracker)
    return found[0] if len(found) == 1 else None


def quantity(tracker: Tracker) -> int:
    """Returns how many are wanted: by the latest message that says so of the product, or puts it right.

    A message that names the product again without a number leaves the number as it was.
    """
    for message in reversed(list(customer_messages(_since_purchase(tracker)))):
        entities = (message.get("parse_data") or {}).get("entities") or ()
        text = _without_address(wording_of(message), entities)
        names = [str(one.get("value")) for one in entities if one.get("entity") == "product"]
        if not names:
            recounted = None if house_said(tracker, text) else recounted_in(text)
            if recounted:
                return recounted
            continue
        mine = [name for name in names if _may_be_meant(name, tracker)]
        if not mine:
            # Before it, another thing was spoken of.
            return 1
        counted = (quantity_of(name, text) for name in mine)
        many = next((n for n in counted if n), None)
        many = many or (quantity_said(text) if len(names) == 1 else None)
        if many:
            return many
    return 1


def house_said(tracker: Tracker, text: str) -> bool:
    """Tells whether the number that a message puts right is the house's: "81 not 18"."""
    return house_put_right(tracker, text) is not None


def house_put_right(tracker: Tracker, text: str) -> str | None:
    """Returns the street with the number that a message puts right, None if it puts none right."""
    streets = [
        str(event.get("value"))
        for event in tracker.events
        if event.get("event") == "slot" and event.get("name") == "street" and event.get("value")
    ]
    known = dict.fromkeys([str(tracker.get_slot("street") or ""), *reversed(streets)])
    return next(filter(None, (house_corrected(street, text) for street in known)), None)


def _since_purchase(tracker: Tracker) -> list[dict[str, Any]]:
    """Returns the events after the purchase before: what was counted for that is not counted again.

    Once it was ordered or dropped, the product is unset; where our systems failed, it is not.
    """
    ended = [
        n
        for n, one in enumerate(tracker.events)
        if one.get("event") == "slot" and one.get("name") == "product" and one.get("value") is None
    ]
    return list(tracker.events[ended[-1] + 1 :] if ended else tracker.events)


def _without_address(text: str, entities: Any) -> str:
    """Returns a text without its numbers that count no pieces, a house number's above all."""
    numbered = [str(one.get("value")) for one in entities if one.get("entity") in _NUMBERED]
    for value in (*numbered, *address_in(text).values()):
        text = text.replace(value, " … ")
    return text


def _may_be_meant(name: str, tracker: Tracker) -> bool:
    """Tells whether what a message names may be the product in hand."""
    wanted = str(tracker.get_slot("product") or "")
    if not wanted or name.lower() in wanted.lower() or wanted.lower() in name.lower():
        return True
    meant = {product.sku for product in shared_shop().find_products(wanted)}
    return bool(meant & {product.sku for product in shared_shop().find_products(name)})


def facts_of_product(product: Product | None, tracker: Tracker) -> dict[str, str | None]:
    """Returns what responses may quote of a product, as a person would say it."""
    if product is None:
        return {}
    many = quantity(tracker)
    back = product.restocked_on
    return {
        "product_name": product.name,
        "product_price": say_amount(product.price),
        "product_stock": str(product.stock),
        "product_back_on": say_date(back, shared_shop().today()) if back else None,
        # The number of pieces is said always, also where it is one.
        "purchase": f"{many} × {product.name}",
        "purchase_total": say_amount(product.price * many),
    }


def _each_named(tracker: Tracker) -> list[Product]:
    """Returns the products of a message that names several, each of them plainly."""
    latest = tracker.latest_message
    said = [str(e["value"]) for e in latest.get("entities") or () if e.get("entity") == "product"]
    if len(said) < 2:
        return []
    found = [shared_shop().find_products(name) for name in said]
    plain = [products[0] for products in found if len(products) == 1]
    return list({product.sku: product for product in plain}.values())


def facts_of_delivery(
    product: Product | None, country: str, tracker: Tracker
) -> dict[str, str | None]:
    """Returns what a purchase comes to with its delivery, and what of that the delivery is."""
    if product is None:
        return {}
    goods = product.price * quantity(tracker)
    cost = delivery_cost(product.name, goods, country, shared_policy())
    return {
        "purchase_total": say_amount(goods + (cost or 0)),
        "purchase_delivery": delivery_said(cost),
    }


class ActionLookUpProduct(Action):
    """Finds the product that the customer named."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_product"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``product_state``, and the facts that responses quote."""
        found = products_named(tracker)
        if not (found or tracker.get_slot("product") or _spoken_of_since(tracker)):
            return [
                SlotSet("product_state", "unnamed"),
                SlotSet("details_missing", "product"),
            ]
        wanted = _each_named(tracker)
        if len(wanted) > 1:
            # Two things are bought one after the other; who names both once more has the first one first.
            again = tracker.get_slot("products_wanted") == "several"
            found = wanted[:1] if again else wanted
        if len(found) != 1:
            names = say_list([_priced(product) for product in found])
            return [
                SlotSet("product_state", "several" if found else "unknown"),
                SlotSet("products_found", names or None),
                SlotSet("products_wanted", "several" if len(wanted) > 1 else None),
                SlotSet("details_missing", "product"),
            ]
        product = found[0]
        return [
            SlotSet("product_state", "in_stock" if product.stock else "sold_out"),
            *(
                [SlotSet("details_missing")]
                if tracker.get_slot("details_missing") == "product"
                else []
            ),
            # What was meant is known from here on.
            SlotSet("product", product.name),
            *(SlotSet(name, value) for name, value in facts_of_product(product, tracker).items()),
        ]


class ActionTellWhenRestocked(Action):
    """Has a mail sent once the product is back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_tell_when_restocked"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        product, email = product_meant(tracker), email_of(tracker)
        if not (product and email):
            return [SlotSet("change", "refused"), SlotSet("pending")]
        shared_shop().tell_when_restocked(email, product)
        return [SlotSet("change", "made"), SlotSet("pending"), SlotSet("mail_to", email)]


class ActionSearchKnowledge(Action):
    """Looks the question up in the company's own pages."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_search_knowledge"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``answer``: ``found`` with the text and its place, or ``nothing``.

        Who asks for advice is told what of it is in stock, and what it costs; ``advice`` is ``products``
        where that is all there is to say, and ``again`` where it was said before.
        """
        # Whoever has ordered names its thing in passing: its page has to hold what is asked.
        found = found_on_pages(tracker, beside_name=_has_order(tracker))
        if found and was_said(found.text, tracker):
            # What was spoken of has led to the same page: the question alone may lead to another.
            anew = shared_knowledge().find(text_of(tracker), surer=True)
            found = anew if anew and not was_said(anew.text, tracker) else found
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if intent == "product_advice" and _of_another_product(found, text_of(tracker)):
            # A page about one thing is no advice to somebody who did not name it.
            found = None
        page = found.text if found else ""
        both = compared(text_of(tracker))
        if both:
            page = "\n\n".join([*([page] if found and _guides(found) else []), *both])
        goods = _suggested(text_of(tracker), page) if intent == "product_advice" else None
        if goods and budget_in(text_of(tracker)) is not None:
            # Who named a sum is told what is to be had for it, after what they compare.
            found, page = None, "\n\n".join(both)
        if not (found or goods):
            return [SlotSet("answer", "nothing"), SlotSet("advice")]
        fit = fit_of(page, _said_lately(tracker)) if page else None
        advice = None if page else "products"
        if page and not (goods or fit) and was_said(page, tracker):
            advice = "again"
        return [
            SlotSet("answer", "found"),
            SlotSet("fits", fit.fits if fit else None),
            SlotSet("fit_thing", fit.thing if fit else None),
            SlotSet("fit_space", fit.space if fit else None),
            SlotSet("answer_text", "\n\n".join(part for part in (page, goods) if part)),
            SlotSet("answer_place", found.place if found else _FACTS if page else None),
            SlotSet("advice", advice),
            *([] if both else _product_of_page(tracker, found)),
        ]


def _has_order(tracker: Tracker) -> bool:
    """Tells whether there is an order, though it may not be known yet."""
    found = tracker.get_slot("order_sought") or tracker.get_slot("order_known")
    return bool(found) or tracker.get_slot("goal") in shared_expectation().answered_of_orders


def was_said(page: str, tracker: Tracker) -> bool:
    """Tells whether a passage was quoted in this conversation, as its beginning shows."""
    said = (str(one.get("text") or "") for one in tracker.events if one.get("event") == "bot")
    return any(page[:_BEGINNING] in one for one in said)


def _guides(found: Found) -> bool:
    return found.section.file not in PRODUCT_PAGES


def _said_lately(tracker: Tracker) -> list[str]:
    """Returns the customer's latest messages, the last one first; one that was heard again stands once."""
    said = texts_of(tracker)
    return list(dict.fromkeys([text_of(tracker), *said[::-1]]))[: _POINTS_BACK + 1]


def _of_another_product(found: Found | None, text: str) -> bool:
    """Tells whether a page is about one product that a text does not name."""
    if found is None or found.section.file not in PRODUCT_PAGES:
        return False
    product = shared_shop().find_products(found.section.heading)
    return len(product) == 1 and not _mostly_named(product[0], text)


def _product_of_page(tracker: Tracker, found: Found | None) -> list[dict[str, Any]]:
    """Returns what was asked about, where its own page answered: "I'll have it" means that."""
    bought = tracker.get_slot("goal") == "place_order" or tracker.get_slot("order_number")
    if found is None or bought or found.section.file not in PRODUCT_PAGES:
        return []
    product = shared_shop().find_products(found.section.heading)
    return [SlotSet("product", product[0].name)] if len(product) == 1 else []


def _suggested(text: str, page: str) -> str | None:
    """Returns what is in stock of what fits a wish for advice, with the prices; None where nothing is known.

    It goes by the budget that is named, by what the thing is for, and by what the page names.
    """
    budget = budget_in(text)
    kind = _kind_named(text)
    wished = shared_purposes().things_for(text)
    fitting = {p.sku: p for one in wished for p in shared_shop().find_products(one)[:1]}
    if any(p.stock for p in kind):
        # Who names the kind of thing that it shall be is shown nothing else for the same purpose.
        fitting = {p.sku: p for p in kind if p.sku in fitting}
    more = kind or [p for p in products_in_words(page) if _mostly_named(p, page)]
    fitting |= {p.sku: p for p in more if p.sku not in fitting}
    within = [p for p in fitting.values() if budget is None or p.price <= budget]
    here = [p for p in within if p.stock][:_SUGGESTED]
    out = [p for p in within if not p.stock][:_SOLD_OUT_NAMED]
    if not here:
        return None
    things = say_list([_priced(product) for product in here])
    said = (
        say_part("advised_within", things=things, budget=say_amount(budget))
        if budget
        else say_part("advised", things=things)
    )
    return " ".join([said, *map(_sold_out, out)])


def _priced(product: Product) -> str:
    return say_part("priced", thing=product.name, price=say_amount(product.price))


def _sold_out(product: Product) -> str:
    back = product.restocked_on
    if back is None:
        return say_part("advised_out", thing=_priced(product))
    day = say_date(back, shared_shop().today())
    return say_part("advised_out_back", thing=_priced(product), day=day)


def found_on_pages(
    tracker: Tracker, *, surer: bool = False, beside_name: bool = False
) -> Found | None:
    """Returns what our pages say to the latest message, and to what it points back to."""
    said = texts_of(tracker)
    asked = text_of(tracker)
    # What is wished besides is seen to by itself.
    other = str((tracker.latest_message.get(OTHER_WISH) or {}).get("text") or "")
    question = asked.replace(other, " ") if other else asked
    if tracker.get_slot("said") == "asks_total":
        # What it comes to is answered by itself, and a word alone asks nothing.
        parts = (part.strip() for part in _CLAUSES.split(question))
        question = ". ".join(p for p in parts if " " in p and not says("asks_total", p))
        if len(question.split()) < _QUESTION:
            return None
    # A message that is heard again stands there twice.
    before = [text for text in said[::-1] if text and text != asked][:_POINTS_BACK]
    product = product_spoken_of(tracker)
    found = shared_knowledge().find(
        question,
        before=[*before, *([product] if product else [])],
        thing=product,
        surer=surer,
        beside_name=beside_name,
    )
    # "How wide is the oak bed?" is answered by no bedside table.
    of_thing = found is not None and found.section.file in PRODUCT_PAGES
    return None if of_thing and _names_another_kind(tracker) else found


def _names_another_kind(tracker: Tracker) -> bool:
    """Tells whether all things that a message names are only of the same make as things of ours."""
    named = _products_in({"parse_data": tracker.latest_message})
    alike_ones = [(name, shared_shop().find_products(name)) for name in named]
    return bool(named) and all(
        found and not any(_is_of_that_kind(product, name) for product in found)
        for name, found in alike_ones
    )


def product_spoken_of(tracker: Tracker) -> str | None:
    """Returns the product that is spoken of, also where nothing came of it.

    That is the one that was named last; where only its kind was ("your lamp"), the last of that kind that was
    named more exactly, or is in the order that is known. Of an order with one thing in it that is meant
    where none was named.
    """
    named = _named_lately(tracker)
    items = _items_ordered(tracker)
    if not named:
        return items[0] if len(items) == 1 else None
    latest = named[0]
    kind = _called(latest.name)
    if len(kind) == 1:
        return kind[0]
    if not kind or latest.any_of_them:
        return latest.name
    exact = (_called(one.name) for one in named[1:])
    told = [found[0] for found in exact if len(found) == 1 and found[0] in kind]
    ordered = [item for item in items if item in kind]
    meant = [*told, *(ordered if len(ordered) == 1 else ())]
    return meant[0] if meant else latest.name


@dataclass(frozen=True)
class _Named:
    """How a message names a product.

    Attributes:
        name: in the customer's words.
        any_of_them: whether it is any of that kind, and none that was spoken of: "another lamp", "lamps".
    """

    name: str
    any_of_them: bool


def _named_lately(tracker: Tracker) -> list[_Named]:
    """Returns how the latest messages name products, the last one first; before them what a page told of."""
    messages = list(customer_messages(tracker.events))[-_SPOKEN_OF:]
    named = [
        _Named(name, _any_of_them(name, wording_of(message)))
        for message in reversed(messages)
        for name in _products_in(message)
    ]
    known = str(tracker.get_slot("product") or "")
    # What a page told of is in nobody's words.
    of_page = known and [one.name for one in named[:1]] != [known]
    return [_Named(known, any_of_them=False), *named] if of_page else named


def _products_in(message: Mapping[str, Any]) -> list[str]:
    entities = (message.get("parse_data") or {}).get("entities") or ()
    return [str(one.get("value")) for one in entities if one.get("entity") == "product"]


def _any_of_them(name: str, text: str) -> bool:
    """Tells whether a text names any thing of a kind, and not one that was spoken of."""
    before = text[: max(text.lower().find(name.lower()), 0)]
    return bool(_ANY.search(before)) or bool(_PLURAL.search(name))


def _items_ordered(tracker: Tracker) -> list[str]:
    """Returns the products in the order that is known, by the shop's names."""
    items = str(tracker.get_slot("order_items") or "") if tracker.get_slot("order_known") else ""
    found = (_called(one) for one in _BETWEEN_ITEMS.split(items) if one)
    return list(dict.fromkeys(products[0] for products in found if len(products) == 1))


def _called(name: str) -> list[str]:
    """Returns the names of the products that may be called so: "Oslo lamp" is one desk lamp, and no other."""
    found = [product.name for product in shared_shop().find_products(name)]
    words = set(name_words(name))
    holding = [one for one in found if words <= set(nouns_of(one))]
    return holding if len(holding) == 1 else found


def _spoken_of_since(tracker: Tracker) -> str | None:
    """Returns what the latest messages name; what was ordered or dropped is not spoken of any more."""
    messages = list(customer_messages(_since_purchase(tracker)))[-_POINTS_BACK:]
    named = [name for message in reversed(messages) for name in _products_in(message)]
    return named[0] if named else None
