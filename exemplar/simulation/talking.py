"""How a simulated customer talks: what they say next, and when they have had enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from exemplar.details import choice_in, shared_details
from exemplar.moves import ANTI_MOVES, move_of
from exemplar.simulation.customers import Customer
from exemplar.simulation.needs import NEEDS, Need
from exemplar.simulation.phrases import Phrase, Phrasebook
from exemplar.simulation.reactions import BAD_NEWS, Reactions, Turn
from exemplar.simulation.record import FALLBACKS, GREETINGS, Answer
from exemplar.simulation.shop import Holding

#: A conversation that is longer goes nowhere.
LONGEST: Final = 24
#: From this frustration on people may vent beside what they say, or instead of it.
_VENTS_FROM: Final = 0.5
_VENTS_BESIDE: Final = 0.35
_VENTS_INSTEAD: Final = 0.15
#: Details that a phrase may have whoever says it: they are the speaker's own.
_OWN: Final = frozenset(
    {"order_number", "invoice_number", "product", "email", "name", "phone", "amount", "date"}
    | {"street", "city", "postcode", "country"}
)
#: Wishes whose phrases speak of a product that they are about, whatever the customer ordered.
_ABOUT_ANY_PRODUCT: Final = frozenset({"ask_product", "product_advice", "ask_warranty"})
#: Wishes about something that is to be bought.
_ABOUT_A_PURCHASE: Final = frozenset({"place_order", "check_stock"})
#: Where a moved customer lives now.
_NEW_HOMES: Final = (
    ("Oudegracht 99", "3511 AE", "Utrecht"),
    ("Keizersgracht 214", "1016 DX", "Amsterdam"),
    ("Rue Haute 12", "1000", "Brussels"),
    ("8 Mill Lane", "BS3 1AB", "Bristol"),
    ("Storgatan 5", "211 42", "Malmö"),
)
_CHANGES: Final = (
    "please make it two instead of one",
    "could you leave out the second item and send the rest",
    "can you swap it for the black one",
    "I'd like it gift wrapped, with a card that says happy birthday Noor",
    "one more of the same, please",
)
_REVIEWS: Final = (
    "lovely thing, sturdier than I expected, only the manual is useless",
    "does what it should. the box was twice too big though",
    "three weeks in and I'm still happy with it, the colour is warmer than in the photo",
    "it wobbles a bit. for that price I had hoped for more",
)
_NEW_NAMES: Final = ("Mara Lindgren", "Tom Baker", "Aisha de Wit", "Priya Nair")
_ANY_MATTER: Final = frozenset({"cancel_order", "get_refund"})
#: Asking for a detail of the matter in hand.
_ASKS: Final = (
    *("utter_clarify_details", "utter_clarify_order_details", "utter_clarify_back_to_matter"),
    *("utter_explain_order_not_found", "utter_clarify_restock_address", "utter_clarify_own_order"),
    "utter_options_restock",
)
_ASKS_PRODUCT: Final = (
    *("utter_clarify_product", "utter_options_products", "utter_explain_product_unknown"),
)
_LATE_CHOICE: Final = ("utter_options_order_late",)
#: What people ask beside their matter.
_ASIDE: Final = (
    *("ask_why", "ask_next", "delivery_period", "check_payment_methods", "are_you_bot", "greet"),
    *("check_refund_policy", "contact_customer_service", "ask_reading", "check_cancellation_fee"),
)
#: All that customers say.
INTENTS: Final = frozenset(
    {*(need.goal for need in NEEDS), *_ASIDE, "vent", "thank", "affirm", "deny"}
    | {"provide_details", "reject_answer"}
)
#: What makes little sense to ask twice in a row.
_DONE_ONCE: Final = frozenset(
    {"delete_account", "review", "newsletter_subscription", "contact_human_agent"}
)


@dataclass(frozen=True)
class Reply:
    """What the assistant did in a turn.

    Attributes:
        heard: the intent that it understood.
        read: the frustration that it read; None if it does not read.
        actions: names, in order.
        answers: what it said.
        slots: as they stand now.
    """

    heard: str
    read: float | None
    actions: tuple[str, ...]
    answers: tuple[Answer, ...]
    slots: Mapping[str, Any]

    def does(self, *prefixes: str) -> bool:
        """Tells whether an action's name begins with one of some words."""
        return any(action.startswith(prefixes) for action in self.actions)


class Talker:
    """A customer in a conversation. Ask :meth:`speak` for words, give :meth:`hear` what came back."""

    def __init__(
        self, customer: Customer, holding: Holding, book: Phrasebook, reactions: Reactions
    ) -> None:
        """Takes who speaks, what order is theirs, what can be said and how people react."""
        self.customer = customer
        self._holding = holding
        self._book = book
        self._reactions = reactions
        # Reactions and words have chances of their own, so that both arms draw the same ones.
        self._words = np.random.default_rng([*customer.seed, 1])
        self._chance = np.random.default_rng([*customer.seed, 2])
        home = _NEW_HOMES[int(self._words.integers(len(_NEW_HOMES)))]
        self.new_home = home
        self.new_name = _NEW_NAMES[int(self._words.integers(len(_NEW_NAMES)))]
        self.frustration = customer.temper.frustration
        self.served: list[Need] = []
        self.meant = ""
        #: How it ended; "" while it goes on.
        self.end = ""
        self.asked_for_person = False
        self._turns = 0
        self._without = 0
        self._needs = list(customer.needs)
        self._said: list[str] = []
        self._heard: set[str] = set()
        self._mistyped = not customer.habits.mistypes
        self._vented = 0
        self._strayed = not customer.habits.strays
        self._insists = customer.habits.insists
        self._closing = False
        self._chosen = False
        self._next: Callable[[], str] = self._open

    # -- hearing -----------------------------------------------------------------------------------

    def overhear(self, reply: Reply) -> None:
        """Takes note of what was said before the first turn that counts."""
        self._heard |= {answer.text for answer in reply.answers}

    def hear(self, reply: Reply) -> tuple[str, ...]:
        """Reacts to an answer; returns the anti-moves in it."""
        self._turns += 1
        again = [
            answer.text
            for answer in reply.answers
            if answer.text in self._heard and not answer.response.startswith(GREETINGS)
        ]
        self._heard |= {answer.text for answer in reply.answers}
        said = "\n".join(answer.text for answer in reply.answers)
        anti_moves = [name for name, wording in ANTI_MOVES.items() if wording.search(said)]
        anti_moves += ["repeat_answer"] if again else []
        moves = frozenset(m for a in reply.actions if (m := move_of(a)) is not None)
        states = ("order_state", "change", "product_state", "details", "answer", "payment_state")
        turn = Turn(
            moves,
            frozenset(anti_moves),
            self.frustration,
            any(reply.slots.get(name) in BAD_NEWS for name in states),
        )
        self.frustration = self._reactions.after(turn, self.customer.temper.strength, self._chance)
        self._decide(reply)
        return tuple(anti_moves)

    def _decide(self, reply: Reply) -> None:
        need = self._needs[0] if self._needs else None
        # Who asks the same again takes any answer to it.
        again = need in self.served and reply.does("utter_explain", "utter_resolve", "utter_expect")
        if need is not None and (again or need.is_served_by(reply.actions)):
            self._without = 0
            if self._insists and need.goal not in _DONE_ONCE:
                # The same again: "and where is it now?"
                self._insists -= 1
                if need not in self.served:
                    self.served.append(need)
                self._next = self._open
                return
            served = self._needs.pop(0)
            if served not in self.served:
                self.served.append(served)
            if need.goal == "contact_human_agent":
                self.end = "served"
                return
            need = self._needs[0] if self._needs else None
            if reply.does(*_LATE_CHOICE) and not self._chosen and self._words.random() < 0.6:
                self._chosen = True
                self._next = self._choose_when_late
            elif need is not None:
                self._next = self._open
            elif self.customer.habits.thanks:
                self._closing = True
                self._next = lambda: self._phrase("thank", 0.0)
            else:
                self.end = "served"
            return
        if reply.does("utter_handover_waiting") or reply.slots.get("handover") == "waiting":
            self.end = "person"
            return
        if self._closing or need is None:
            self.end = "served"
            return
        self._without += 1
        had_enough = (
            self.frustration >= self.customer.patience.frustration
            or self._without >= self.customer.patience.turns
        )
        if self._turns >= LONGEST:
            self.end = "stuck"
        elif self.asked_for_person:
            if self._without > self.customer.patience.turns + 3:
                self.end = "left"
            self._next = self._ask_for_person
        elif had_enough and self.customer.patience.asks_for_person:
            self._next = self._ask_for_person
        elif had_enough:
            self.end = "left"
        else:
            self._next = self._answer_to(reply, need)

    def _answer_to(self, reply: Reply, need: Need) -> Callable[[], str]:
        """Returns how to answer what was asked, or to say again what was wanted."""
        slots, chance = reply.slots, self._words.random()
        if not self._strayed and chance > 0.6:
            self._strayed = True
            aside = _ASIDE[int(self._words.integers(len(_ASIDE)))]
            return lambda: self._phrase(aside, self.frustration)
        pending = str(slots.get("pending") or "")
        if (
            self.frustration >= _VENTS_FROM
            and chance < _VENTS_INSTEAD * (1 + self.customer.temper.strength) / 2
            and self._vented < 2
        ):
            self._vented += 1
            return lambda: self._phrase("vent", self.frustration)
        if pending == "person":
            if self._words.random() < self.frustration:
                return lambda: self._yes(reply)
            return lambda: self._no(reply)
        missing = str(slots.get("details_missing") or "")
        if reply.does(*_ASKS_PRODUCT):
            return self._give_product
        if pending and reply.does("utter_clarify", "utter_options"):
            wanted = pending == need.goal or {pending, need.goal} <= _ANY_MATTER
            claims = pending.startswith("report_") and need.goal.startswith("report_")
            if wanted or claims:
                return lambda: self._yes(reply)
            return lambda: self._no(reply)
        if missing and reply.does(*_ASKS):
            return lambda: self._give(missing)
        if reply.does("utter_clarify_own_order"):
            return lambda: self._give("order")
        if set(reply.actions) & FALLBACKS or not reply.answers:
            return self._open
        if reply.does("utter_listen", "utter_clarify", "utter_open", "utter_validate"):
            return self._open
        if self._words.random() < 0.4:
            return lambda: self._phrase("reject_answer", self.frustration)
        return self._open

    # -- speaking ----------------------------------------------------------------------------------

    def speak(self) -> str:
        """Returns what the customer says next, and notes the intent in :attr:`meant`."""
        return self._next()

    def _open(self) -> str:
        """Says what is wanted."""
        need = self._needs[0]
        if need.goal == "contact_human_agent":
            return self._ask_for_person()
        said = self._phrase(need.goal, self.frustration, lambda phrase: self._suits(phrase, need))
        if (
            self.frustration >= _VENTS_FROM
            and not self._vented
            and self._words.random() < _VENTS_BESIDE
        ):
            self._vented += 1
            vent = self._book.choose("vent", self.frustration, self._words)
            said = f"{_sentence(vent.plain)} {said}" if vent else said
        if (
            self.customer.habits.tells_all
            and not self._turns
            and need.goal in shared_details().needs
            and "order" in shared_details().needs[need.goal]
        ):
            said = f"{_sentence(said)} {self._holding.order}, {self._holding.email}"
        return said

    def _suits(self, phrase: Phrase, need: Need) -> bool:
        """Tells whether a phrase may be said for a need: it must not say more than is so."""
        if not phrase.details <= _OWN:
            return False
        if "invoice_number" in phrase.details and not self._holding.invoice:
            return False
        if phrase.repeats_a_detail or phrase.has_other_numbers:
            return False
        unwanted = {"newsletter_subscription": "unsubscribe", "switch_account": "private"}
        for detail, choices in shared_details().choices.items():
            if need.goal in unwanted and detail in shared_details().needs[need.goal]:
                made = choice_in(detail, phrase.plain, {detail: choices})
                if made == unwanted[need.goal]:
                    return False
        if need.goal == "edit_account" and "email" in phrase.details:
            return False
        return not (need.goal in _ABOUT_A_PURCHASE and {"street", "city"} & phrase.details)

    def _phrase(
        self, intent: str, frustration: float, fits: Callable[[Phrase], bool] = lambda _: True
    ) -> str:
        self.meant = intent
        phrase = self._book.choose(intent, frustration, self._words, fits, self._said)
        if phrase is None:
            return intent.replace("_", " ")
        self._said.append(phrase.marked)
        return phrase.filled(self._details(intent))

    def _details(self, intent: str) -> dict[str, str]:
        own = self._holding
        street, postcode, city = self.new_home
        moved = intent in {"set_up_shipping_address", "change_shipping_address"}
        details = {
            "order_number": own.order,
            "invoice_number": own.invoice,
            "product": own.product,
            "email": f"new.{own.email}" if intent == "create_account" else own.email,
            "name": self.new_name if intent == "edit_account" else own.name,
            "phone": own.phone,
            "amount": own.total,
            "street": street if moved else own.street,
            "postcode": postcode if moved else own.postcode,
            "city": city if moved else own.city,
            "country": own.country,
        }
        if intent in _ABOUT_A_PURCHASE:
            details["product"] = self.customer.product
        if intent in _ABOUT_ANY_PRODUCT:
            details.pop("product")
        return details

    def _ask_for_person(self) -> str:
        self.asked_for_person = True
        return self._phrase("contact_human_agent", self.frustration)

    def _yes(self, reply: Reply) -> str:
        return self._click(reply, 0) or self._phrase("affirm", self.frustration)

    def _no(self, reply: Reply) -> str:
        return self._click(reply, 1) or self._phrase("deny", self.frustration)

    def _choose_when_late(self) -> str:
        if self._words.random() < 0.5:
            self.meant = "affirm"
            return "I'll wait"
        self.meant = "get_refund"
        self._needs.insert(
            0, Need("get_refund", self.customer.needs[0].order, ("utter_resolve_refund",))
        )
        return "Money back"

    def _click(self, reply: Reply, number: int) -> str | None:
        buttons = reply.answers[-1].buttons if reply.answers else ()
        if self.customer.habits.clicks and len(buttons) == 2:
            self.meant = ("affirm", "deny")[number]
            return buttons[number]
        return None

    def _give_product(self) -> str:
        self.meant = "provide_details"
        goal = self._needs[0].goal
        return self.customer.product if goal in _ABOUT_A_PURCHASE else self._holding.product

    def _give(self, missing: str) -> str:
        """Gives the detail that is missing."""
        self.meant = "provide_details"
        own, (street, postcode, city) = self._holding, self.new_home
        simple = {
            "street": street,
            "postcode": postcode,
            "city": city,
            "address": f"{street}, {postcode} {city}",
            "name": own.name,
            "account_change": own.phone,
            "account_type": "business please",
            "newsletter_wish": "sign me up",
            "order_change": _CHANGES[int(self._words.integers(len(_CHANGES)))],
            "review": _REVIEWS[int(self._words.integers(len(_REVIEWS)))],
        }
        if missing in simple:
            return simple[missing]
        if missing == "product":
            return self._give_product()
        if missing == "email" and self._needs[0].goal == "create_account":
            return self._details("create_account")["email"]
        if missing == "email":
            return self._detail({"email"})
        if missing in {"order_number", "order_choice"}:
            return self._detail({"order_number"})
        if missing == "order_email":
            return self._email()
        if self.customer.habits.gives_both or missing == "match":
            return f"{own.order} {self._email()}"
        return self._detail({"order_number"})

    def _email(self) -> str:
        if not self._mistyped:
            self._mistyped = True
            # Two letters swapped.
            user, _, domain = self._holding.email.partition("@")
            return f"{user[1]}{user[0]}{user[2:]}@{domain}"
        return self._detail({"email"}) if self._words.random() < 0.5 else self._holding.email

    def _detail(self, names: set[str]) -> str:
        said = self._phrase(
            "provide_details", self.frustration, lambda phrase: phrase.details == names
        )
        self.meant = "provide_details"
        return said


def _sentence(words: str) -> str:
    """Returns words with a full stop where they have no end of their own."""
    return words if words[-1] in ".!?…" else f"{words}."
