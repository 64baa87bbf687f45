"""What the assistant asks of the company's system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date

from exemplar.shop.model import Complaint, Order, OrderState, Refund


class NotPossible(Exception):
    """The order does not stand so that this could be done; nothing was changed."""


class Shop(ABC):
    """Customers, orders, shipments and refunds, as the company's system keeps them."""

    @abstractmethod
    def find_order(self, number: str, email: str) -> Order | None:
        """Returns the order if both belong together, else None.

        A wrong number and somebody else's number look the same from outside.
        """

    @abstractmethod
    def state_of(self, order: Order) -> OrderState:
        """Tells how an order stands today."""

    @abstractmethod
    def cancel_order(self, order: Order) -> Refund:
        """Cancels an order that has not left the warehouse, and sends the money back.

        Raises:
            NotPossible: it has left, or was cancelled before.
        """

    @abstractmethod
    def refund_order(self, order: Order) -> Refund:
        """Sends the money back for an order that is late or can still be returned.

        Raises:
            NotPossible: it is neither, or was refunded before.
        """

    @abstractmethod
    def note_on_order(self, order: Order, text: str) -> None:
        """Leaves a note on the order that every colleague sees."""

    @abstractmethod
    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """Registers a complaint, once a conversation: a second call adds the text to the first."""

    @abstractmethod
    def open_complaints(self) -> list[Complaint]:
        """Returns the complaints that wait for an answer, the most urgent first."""

    @abstractmethod
    def today(self) -> date:
        """The shop's date."""
