"""Several things at once: what they come to together, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Final

from rasa_sdk import Tracker

from actions.latest import text_of, texts_of
from exemplar.details import quantity_of
from exemplar.knowledge.parts import say_part
from exemplar.knowledge.purposes import ours
from exemplar.knowledge.search import shared_knowledge
from exemplar.said import says
from exemplar.shop.catalogue import name_words
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Product
from exemplar.shop.policy import delivery_cost, shared_policy
from exemplar.wording import say_amount, say_date, say_list

#: The things of a list stand between these.
_LISTED: Final = re.compile(r"[?.!;,:+\n]+|\b(?:and|or|plus|with|versus|vs|than)\b", re.IGNORECASE)
_THE_ONE: Final = re.compile(r"\b(?:the|your|that|a) (\w+)(?: ones?\b|\W*$)", re.IGNORECASE)
#: What is summed was spoken of in so many of the customer's messages.
_SUMMED: Final = 5
#: So many things are told apart in one answer.
_COMPARED: Final = 3


def nouns_of(name: str) -> list[str]:
    """Returns the words of a product's name, its noun last: "wool rug, 160 x 230" is a rug."""
    return name_words(name.split(",")[0])


def several_meant(tracker: Tracker) -> dict[str, tuple[Product, int]]:
    """Returns the things whose sum is asked for, by their number in the shop, each with how many of it.

    They are those that the message names, where it names several; else all that were spoken of lately, if it
    speaks of all of them: "what would that be together?"
    """
    text = text_of(tracker)
    lately = [one for one in texts_of(tracker)[-_SUMMED:] if one != text]
    found = counted_in(text)
    if len(found) < 2 and says("all_of_them", text):
        for said in reversed(lately):
            found = {**counted_in(said), **found}
    return found if len(found) > 1 else {}


def counted_in(text: str) -> dict[str, tuple[Product, int]]:
    """Returns the products that a text names, each plainly, and how many of each."""
    found: dict[str, tuple[Product, int]] = {}
    kinds = _kinds_in(text)
    for clause in _LISTED.split(text):
        for product in _other_one(clause, kinds):
            found.setdefault(product.sku, (product, 1))
        words = set(name_words(ours(clause)))
        named = shared_shop().find_products(clause)
        most = max((len(words.intersection(nouns_of(p.name))) for p in named), default=0)
        named = [p for p in named if len(words.intersection(nouns_of(p.name))) == most]
        name = nouns_of(named[0].name)[-1] if len(named) == 1 else ""
        if name and name in words and not _is_done(name, clause):
            found[named[0].sku] = (named[0], quantity_of(name, clause) or 1)
    return found


def _is_done(noun: str, clause: str) -> bool:
    """Tells whether a word that is a thing's name is something to do: "a radiator I won't cover"."""
    done = rf"(?:\b(?:to|not|rather|will|would|could|can|should|i|you|we|they)|n['’]t) {re.escape(noun)}\b"
    every = re.findall(rf"\b{re.escape(noun)}\b", clause, re.IGNORECASE)
    return bool(every) and len(re.findall(done, clause, re.IGNORECASE)) == len(every)


def _kinds_in(text: str) -> set[str]:
    """Returns the kinds of things that a text names: "a rug, the wool or the cotton"."""
    words = set(name_words(ours(text)))
    return words & {nouns_of(product.name)[-1] for product in shared_shop().find_products(text)}


def _other_one(clause: str, kinds: Collection[str]) -> list[Product]:
    """Returns the thing that "the cotton one" means where rugs are spoken of."""
    one = _THE_ONE.search(clause)
    if one is None:
        return []
    named = shared_shop().find_products(one[1])
    meant = [
        product
        for product in named
        if nouns_of(product.name)[-1] in kinds
        and set(name_words(one[1])) & set(nouns_of(product.name)[:-1])
    ]
    return meant if len(meant) == 1 else []


def facts_of_sum(
    wanted: Collection[tuple[Product, int]], country: str, today: date
) -> dict[str, str | None]:
    """Returns what several things come to together, with their delivery: it is paid once, for the largest."""
    goods = sum((p.price * many for p, many in wanted), start=Decimal(0))
    costs = [delivery_cost(p.name, goods, country, shared_policy()) for p, _ in wanted]
    known = [cost for cost in costs if cost is not None]
    cost = max(known, default=Decimal(0))
    listed = say_list([_priced(p, many, today) for p, many in wanted])
    return {
        "purchase": listed,
        "purchase_total": say_amount(goods + cost),
        "purchase_delivery": delivery_said(cost if len(known) == len(costs) else None),
    }


def _priced(product: Product, many: int, today: date) -> str:
    back = product.restocked_on
    out = ""
    if not product.stock:
        until = back and say_date(back, today)
        out = say_part("summed_out_until", day=until) if until else say_part("summed_out")
    price = say_amount(product.price * many)
    return say_part("summed", number=many, thing=product.name, price=price, out=out)


def delivery_said(cost: Decimal | None) -> str:
    """Returns how the cost of a delivery is said, None where our terms don't name it."""
    if cost is None:
        return say_part("delivery_unnamed")
    return (
        say_part("delivery_costs", amount=say_amount(cost)) if cost else say_part("delivery_free")
    )


def compared(text: str) -> list[str]:
    """Returns what is known of each of the things that a message compares, one after the other."""
    named = [product for product, _ in counted_in(text).values()]
    if not (1 < len(named) <= _COMPARED and says("compares", text)):
        return []
    pages = [(one, shared_knowledge().of_product(one.name, text)) for one in named]
    if not any(page for _, page in pages):
        return []
    return [f"{_titled(one)}: {page.text if page else say_part('no_facts')}" for one, page in pages]


def _titled(product: Product) -> str:
    return f"{product.name[0].upper()}{product.name[1:]}"
