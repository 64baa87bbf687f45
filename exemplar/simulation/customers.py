"""Simulated customers: a need, a temper, a patience, and habits. The same seed draws the same people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from exemplar.simulation.needs import NEEDS, ORDERS, Need

#: Share of customers with a second matter after the first.
SECOND_NEED: Final = 0.25
#: Of the logarithm of how strongly people react.
_SPREAD_OF_STRENGTH: Final = 0.3
#: Unhelpful answers that people bear at least, and the mean of what comes on top.
_LEAST_PATIENCE: Final = 4
_MORE_PATIENCE: Final = 4.0
#: Frustration at which people give up lies between these.
_TOLERANCE: Final = (0.7, 1.0)
#: Chances of the habits.
_ASKS_FOR_PERSON: Final = 0.5
_THANKS: Final = 0.7
_CLICKS: Final = 0.35
_TELLS_ALL_AT_ONCE: Final = 0.25
_MISTYPES: Final = 0.06
_GIVES_BOTH: Final = 0.8
#: Of asking the same again at least once, twice, three times.
_INSISTS: Final = (0.2, 0.1, 0.05)
_STRAYS: Final = 0.2


@dataclass(frozen=True)
class Temper:
    """How a customer feels and reacts.

    Attributes:
        frustration: at the start, in [0, 1].
        strength: how strongly they react to what is said; 1 is usual.
    """

    frustration: float
    strength: float


@dataclass(frozen=True)
class Patience:
    """When a customer has had enough.

    Attributes:
        turns: answers that do not give what they want, after which they stop.
        frustration: at which they stop, in [0, 1].
        asks_for_person: whether they then ask for a person; otherwise they leave.
    """

    turns: int
    frustration: float
    asks_for_person: bool


@dataclass(frozen=True)
class Habits:
    """How a customer writes.

    Attributes:
        thanks: whether they thank when they have what they want.
        clicks: whether they click buttons; otherwise they write.
        tells_all: whether they give number and address with the wish.
        gives_both: whether they give both at once when asked for both.
        mistypes: whether they mistype their email address the first time.
        insists: how often they ask the same again when it was answered.
        strays: whether they ask something else on the way.
    """

    thanks: bool
    clicks: bool
    tells_all: bool
    gives_both: bool
    mistypes: bool
    insists: int
    strays: bool


@dataclass(frozen=True)
class Customer:
    """One simulated customer.

    Attributes:
        number: from 0.
        needs: what they want, one after the other; all are about the same order.
        order: the number of the demonstration shop's order that theirs is like.
        product: what they buy or ask after, if they do.
        temper: theirs.
        patience: theirs.
        habits: theirs.
        seed: of all that is left to chance in their conversation.
    """

    number: int
    needs: tuple[Need, ...]
    order: str
    product: str
    temper: Temper
    patience: Patience
    habits: Habits
    seed: tuple[int, int]


def draw_customers(
    count: int, seed: int, initial: Sequence[float], products: tuple[Sequence[str], Sequence[str]]
) -> tuple[Customer, ...]:
    """Draws customers.

    Args:
        count: how many.
        seed: the same one draws the same customers; more of them begin with the same.
        initial: frustration with which people come, in [0, 1], to draw from: what SESSIONS begin with.
        products: names of what is in stock, and of what is sold out.
    """
    return tuple(_draw(number, seed, initial, products) for number in range(count))


def _draw(
    number: int, seed: int, initial: Sequence[float], products: tuple[Sequence[str], Sequence[str]]
) -> Customer:
    random = np.random.default_rng([seed, number])
    weights = np.array([need.weight for need in NEEDS])
    first = NEEDS[int(random.choice(len(NEEDS), p=weights / weights.sum()))]
    # A second matter is one about an order in the same state.
    others = [n for n in NEEDS if n.order == first.order and n.goal != first.goal]
    others = [n for n in others if first.goal not in _LAST and n.goal not in _LAST]
    more = random.random() < SECOND_NEED
    second = [others[int(random.integers(len(others)))]] if more and others else []
    orders = ORDERS[first.order]
    in_stock, sold_out = products
    choice = sold_out if first.goal == "check_stock" and random.random() < 0.5 else in_stock
    chances = random.random(8)
    return Customer(
        number=number,
        needs=(first, *second),
        order=orders[int(random.integers(len(orders)))],
        product=choice[int(random.integers(len(choice)))],
        temper=Temper(
            frustration=float(
                np.clip(initial[int(random.integers(len(initial)))] + random.normal(0, 0.05), 0, 1)
            ),
            strength=float(np.exp(random.normal(0, _SPREAD_OF_STRENGTH))),
        ),
        patience=Patience(
            turns=_LEAST_PATIENCE + int(random.poisson(_MORE_PATIENCE)),
            frustration=float(random.uniform(*_TOLERANCE)),
            asks_for_person=bool(chances[0] < _ASKS_FOR_PERSON),
        ),
        habits=Habits(
            thanks=bool(chances[1] < _THANKS),
            clicks=bool(chances[2] < _CLICKS),
            tells_all=bool(chances[3] < _TELLS_ALL_AT_ONCE),
            gives_both=bool(chances[4] < _GIVES_BOTH),
            mistypes=bool(chances[5] < _MISTYPES),
            insists=int(np.searchsorted(-np.array(_INSISTS), -chances[6])),
            strays=bool(chances[7] < _STRAYS),
        ),
        seed=(seed, number),
    )


#: After these nothing else is talked about, or the order stands otherwise than before.
_LAST: Final = frozenset(
    {"contact_human_agent", "delete_account", "cancel_order", "get_refund", "payment_issue"}
    | {"change_shipping_address"}
)
